# query: query -> results.

noinst_LTLIBRARIES += libquery.la
libquery_la_CPPFLAGS = -DXAPIAN_CHECK='"$(XAPIAN_CHECK)"' $(AM_CPPFLAGS)
libquery_la_LIBADD = $(UNISTRING_LIBS)
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
	query/follow.c \
	query/handle.h \
	query/index.c \
	query/info.c \
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
	query/plan-pairs.c \
	query/plan-synonyms.c \
	query/plan-terms.c \
	query/plan-text.c \
	query/plan-words.c \
	query/plan.c \
	query/plan.h \
	query/planner.h \
	query/print.c \
	query/results.c \
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
	query/snippet.c \
	query/snippet.h \
	query/topk.c \
	query/topk.h \
	query/union.c \
	query/warnings.c

# The slow evaluator and the index in memory that query/ is tested with.
QUERY_ORACLE = tests/mock-build.c tests/mock-private.h \
	tests/mock-searcher.c tests/mock-searcher.h tests/oracle.h \
	tests/oracle-corpus.c tests/oracle-eval.c tests/random.h

UNIT_TESTS += \
	tests/unit/query-document \
	tests/unit/query-evaluate \
	tests/unit/query-match \
	tests/unit/query-oracle \
	tests/unit/query-parse \
	tests/unit/query-search \
	tests/unit/query-snippet \
	tests/unit/searcher-native
tests_unit_searcher_native_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_document_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_evaluate_SOURCES = tests/unit/query-evaluate.c \
	$(QUERY_ORACLE)
tests_unit_query_evaluate_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_match_SOURCES = tests/unit/query-match.c $(QUERY_ORACLE)
tests_unit_query_match_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_oracle_CFLAGS = $(AM_CFLAGS) -ffp-contract=off
tests_unit_query_oracle_SOURCES = tests/unit/query-oracle.c $(QUERY_ORACLE)
tests_unit_query_oracle_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_parse_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_search_SOURCES = tests/unit/query-search.c $(QUERY_ORACLE)
tests_unit_query_search_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_snippet_SOURCES = tests/unit/query-snippet.c $(QUERY_ORACLE)
tests_unit_query_snippet_LDADD = $(QUERY) $(STDCXX_LIBS)

# The fuzz target with the driver that replays files; see its first lines.
UNIT_TESTS += tests/fuzz/fuzz-query
tests_fuzz_fuzz_query_SOURCES = tests/fuzz/fuzz-query.c $(QUERY_ORACLE)
tests_fuzz_fuzz_query_LDADD = $(QUERY) $(STDCXX_LIBS)

dist_doc_DATA += docs/query-language.md
