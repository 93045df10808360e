# query: query -> results.

noinst_LTLIBRARIES += libquery.la
libquery_la_CPPFLAGS = -DXAPIAN_CHECK='"$(XAPIAN_CHECK)"' $(AM_CPPFLAGS)
libquery_la_LIBADD = $(UNISTRING_LIBS)
# A fused multiply-add rounds once where the scoring function rounds twice.
libquery_la_CFLAGS = $(AM_CFLAGS) -ffp-contract=off
libquery_la_SOURCES = \
	query/chars.h \
	query/check.c \
	query/collect.c \
	query/collect.h \
	query/evaluate.c \
	query/handle.h \
	query/index.c \
	query/leaf.c \
	query/list.c \
	query/marks.c \
	query/match.c \
	query/match.h \
	query/measures.c \
	query/measures.h \
	query/open.c \
	query/parse-word.c \
	query/parse.c \
	query/parse.h \
	query/parser.h \
	query/phrase.c \
	query/plan-filters.c \
	query/plan-synonyms.c \
	query/plan-terms.c \
	query/plan-text.c \
	query/plan-words.c \
	query/plan.c \
	query/plan.h \
	query/planner.h \
	query/print.c \
	query/results.c \
	query/score.c \
	query/score.h \
	query/search.c \
	query/search.h \
	query/searcher-engines.h \
	query/searcher-xapian.c \
	query/searcher.c \
	query/searcher.h \
	query/snippet.c \
	query/snippet.h \
	query/topk.c \
	query/topk.h \
	query/warnings.c
