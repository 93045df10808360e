# query: query -> results.

noinst_LTLIBRARIES += libquery.la
libquery_la_CPPFLAGS = -DXAPIAN_CHECK='"$(XAPIAN_CHECK)"' $(AM_CPPFLAGS)
libquery_la_LIBADD = $(JSON_LIBS) $(UNISTRING_LIBS)
# A fused multiply-add rounds once where the scoring function rounds twice.
libquery_la_CFLAGS = $(AM_CFLAGS) -ffp-contract=off
libquery_la_SOURCES = \
	query/bound.c \
	query/chars.h \
	query/check-native.c \
	query/check-xapian.c \
	query/check.c \
	query/check.h \
	query/collect.c \
	query/collect.h \
	query/collector.h \
	query/conjunction.c \
	query/count.c \
	query/engine.c \
	query/engine.h \
	query/evaluate.c \
	query/evaluation.c \
	query/evaluation.h \
	query/expand-stem.c \
	query/expand.c \
	query/follow.c \
	query/fuse.c \
	query/fuse.h \
	query/handle.h \
	query/index.c \
	query/info.c \
	query/leaf.c \
	query/lines.c \
	query/lines.h \
	query/list.c \
	query/marks.c \
	query/match.c \
	query/match.h \
	query/measures.c \
	query/measures.h \
	query/open.c \
	query/parse-form.c \
	query/parse-json.c \
	query/parse-near.c \
	query/parse-phrase.c \
	query/parse-value.c \
	query/parse-word.c \
	query/parse.c \
	query/parse.h \
	query/parser.h \
	query/pattern-private.h \
	query/pattern-regex.c \
	query/pattern.c \
	query/pattern.h \
	query/phrase.c \
	query/plan-filters.c \
	query/plan-known.c \
	query/plan-near.c \
	query/plan-pairs.c \
	query/plan-synonyms.c \
	query/plan-terms.c \
	query/plan-text.c \
	query/plan-umlauts.c \
	query/plan-words.c \
	query/plan.c \
	query/plan.h \
	query/planner.h \
	query/print-json.c \
	query/print.c \
	query/qrels.c \
	query/qrels.h \
	query/results.c \
	query/runs.c \
	query/runs.h \
	query/score-avx2.c \
	query/score-avx512.c \
	query/score-kernels.h \
	query/score.c \
	query/score.h \
	query/search.c \
	query/search.h \
	query/searcher-engines.h \
	query/searcher-native-pairs.c \
	query/searcher-native-postings.c \
	query/searcher-native-terms.c \
	query/searcher-native.c \
	query/searcher-native.h \
	query/searcher-xapian.c \
	query/searcher.c \
	query/searcher.h \
	query/significance.c \
	query/snippet.c \
	query/snippet.h \
	query/span.c \
	query/topics.c \
	query/topics.h \
	query/topk.c \
	query/topk.h \
	query/union.c \
	query/warnings.c \
	query/whole.c \
	query/with-run.c \
	query/with-run.h

# The slow evaluator and the index in memory that query/ is tested with.
QUERY_ORACLE = tests/mock-build.c tests/mock-private.h \
	tests/mock-searcher.c tests/mock-searcher.h tests/oracle.h \
	tests/oracle-corpus.c tests/oracle-eval.c tests/oracle-near.c \
	tests/random.h

UNIT_TESTS += \
	tests/unit/pattern \
	tests/unit/query-document \
	tests/unit/query-evaluate \
	tests/unit/query-form \
	tests/unit/query-match \
	tests/unit/query-measures \
	tests/unit/query-oracle \
	tests/unit/query-parse \
	tests/unit/query-search \
	tests/unit/query-snippet \
	tests/unit/query-tree \
	tests/unit/searcher-native
tests_unit_searcher_native_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_pattern_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_document_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_evaluate_SOURCES = tests/unit/query-evaluate.c \
	$(QUERY_ORACLE)
tests_unit_query_evaluate_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_form_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_measures_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_match_SOURCES = tests/unit/query-match.c $(QUERY_ORACLE)
tests_unit_query_match_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_oracle_CFLAGS = $(AM_CFLAGS) -ffp-contract=off
tests_unit_query_oracle_SOURCES = tests/unit/query-oracle.c $(QUERY_ORACLE)
tests_unit_query_oracle_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_parse_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_search_SOURCES = tests/unit/query-search.c $(QUERY_ORACLE)
tests_unit_query_search_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_tree_SOURCES = tests/unit/query-tree.c tests/query-same.h \
	tests/random.h
tests_unit_query_tree_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_snippet_SOURCES = tests/unit/query-snippet.c $(QUERY_ORACLE)
tests_unit_query_snippet_LDADD = $(QUERY) $(STDCXX_LIBS)

# The fuzz targets with the drivers that replay files; see their first lines.
UNIT_TESTS += tests/fuzz/fuzz-parse tests/fuzz/fuzz-query
tests_fuzz_fuzz_parse_SOURCES = tests/fuzz/fuzz-parse.c tests/query-same.h \
	tests/random.h
tests_fuzz_fuzz_parse_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_fuzz_fuzz_query_SOURCES = tests/fuzz/fuzz-query.c $(QUERY_ORACLE)
tests_fuzz_fuzz_query_LDADD = $(QUERY) $(STDCXX_LIBS)

SHELL_TESTS += \
	tests/finds-xapian.sh \
	tests/finds.sh \
	tests/lenient-xapian.sh \
	tests/lenient.sh
EXTRA_DIST += \
	tests/data/finds.tsv \
	tests/data/human-dates.tsv \
	tests/data/lenient.tsv

dist_doc_DATA += docs/query-language.md
