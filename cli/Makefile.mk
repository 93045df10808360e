# cli: the lede command. It sees <lede.h> and its own headers, nothing else of
# the project.

bin_PROGRAMS += lede
lede_CPPFLAGS = -I$(top_srcdir)/shared $(AM_CPPFLAGS) $(NCURSESW_CFLAGS)
lede_LDADD = liblede.la $(JSON_LIBS) $(UNISTRING_LIBS) $(NCURSESW_LIBS)
lede_SOURCES = \
	cli/add.c \
	cli/alert.c \
	cli/analyze.c \
	cli/check.c \
	cli/commands.c \
	cli/commands-index.c \
	cli/commands-search.c \
	cli/commands-similar.c \
	cli/commands-suggest.c \
	cli/commands-tools.c \
	cli/commands.h \
	cli/completion.c \
	cli/convert.c \
	cli/copies.c \
	cli/copies.h \
	cli/eval.c \
	cli/explain.c \
	cli/explain.h \
	cli/facets.c \
	cli/facets.h \
	cli/formats.c \
	cli/fuse.c \
	cli/help.c \
	cli/hit.c \
	cli/hit.h \
	cli/index.c \
	cli/info.c \
	cli/interactive-screen.c \
	cli/interactive-screen.h \
	cli/interactive-terminal.c \
	cli/interactive.c \
	cli/interactive.h \
	cli/json.c \
	cli/json.h \
	cli/main.c \
	cli/news.c \
	cli/news.h \
	cli/optimize.c \
	cli/options.c \
	cli/options.h \
	cli/output.c \
	cli/output.h \
	cli/pager.c \
	cli/pager.h \
	cli/place.c \
	cli/place.h \
	cli/progress.c \
	cli/progress.h \
	cli/query.c \
	cli/query.h \
	cli/ranking.c \
	cli/ranking.h \
	cli/remove.c \
	cli/rows.h \
	cli/search-json.c \
	cli/search-text.c \
	cli/search.c \
	cli/search.h \
	cli/show.c \
	cli/similar.c \
	cli/suggest.c \
	cli/text.c \
	cli/text.h \
	cli/trec.c \
	cli/trec.h \
	cli/words.c \
	cli/words.h \
	cli/writing.c \
	cli/writing.h

UNIT_TESTS += tests/cli/text
tests_cli_text_CPPFLAGS = $(lede_CPPFLAGS)
tests_cli_text_SOURCES = tests/cli/text.c cli/output.c cli/pager.c cli/text.c
tests_cli_text_LDADD = liblede.la $(UNISTRING_LIBS)

TEST_HELPERS += tests/json-check
tests_json_check_LDADD = $(JSON_LIBS)

SHELL_TESTS += \
	tests/cli/alert-xapian.sh \
	tests/cli/alert.sh \
	tests/cli/collapse-xapian.sh \
	tests/cli/collapse.sh \
	tests/cli/completion.sh \
	tests/cli/eval-xapian.sh \
	tests/cli/eval.sh \
	tests/cli/facets-xapian.sh \
	tests/cli/facets.sh \
	tests/cli/formats-xapian.sh \
	tests/cli/formats.sh \
	tests/cli/interactive.sh \
	tests/cli/json-answers-xapian.sh \
	tests/cli/json-answers.sh \
	tests/cli/json-document.sh \
	tests/cli/manual.sh \
	tests/cli/passages-xapian.sh \
	tests/cli/passages.sh \
	tests/cli/units-xapian.sh \
	tests/cli/units.sh \
	tests/cli/query-xapian.sh \
	tests/cli/query.sh \
	tests/cli/ranking-xapian.sh \
	tests/cli/ranking.sh \
	tests/cli/search-text-xapian.sh \
	tests/cli/search-text.sh \
	tests/cli/similar-xapian.sh \
	tests/cli/similar.sh \
	tests/cli/suggest-xapian.sh \
	tests/cli/suggest.sh \
	tests/cli/terminal.sh \
	tests/cli/usage.sh

# The shells' completions are written by the command itself, out of the table
# that its --help is made of.
if COMPLETIONS
bashcompdir = $(datadir)/bash-completion/completions
zshcompdir = $(datadir)/zsh/site-functions
fishcompdir = $(datadir)/fish/vendor_completions.d
nodist_bashcomp_DATA = completions/bash/lede
nodist_zshcomp_DATA = completions/zsh/_lede
nodist_fishcomp_DATA = completions/fish/lede.fish
BUILT_COMPLETIONS += $(nodist_bashcomp_DATA) $(nodist_zshcomp_DATA) \
	$(nodist_fishcomp_DATA)
CLEANFILES += $(BUILT_COMPLETIONS)

$(BUILT_COMPLETIONS): lede$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && rm -f $@ && \
	shell=`echo $(@D) | sed 's,.*/,,'` && \
	./lede$(EXEEXT) completion $$shell >$@.new && mv $@.new $@
endif
