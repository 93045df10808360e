# query: query -> results.

noinst_LTLIBRARIES += libquery.la
libquery_la_CPPFLAGS = -DXAPIAN_CHECK='"$(XAPIAN_CHECK)"' $(AM_CPPFLAGS)
libquery_la_LIBADD = $(JSON_LIBS) $(UNISTRING_LIBS)
# A fused multiply-add rounds once where the scoring function rounds twice.
libquery_la_CFLAGS = $(AM_CFLAGS) -ffp-contract=off
libquery_la_SOURCES = \
	query/alerts.c \
	query/alike.c \
	query/alike.h \
	query/article-terms.c \
	query/article-terms.h \
	query/bound.c \
	query/chars.h \
	query/check-native.c \
	query/check-xapian.c \
	query/check.c \
	query/check.h \
	query/collapse.c \
	query/collapse.h \
	query/collect.c \
	query/collect.h \
	query/collector.h \
	query/conjunction.c \
	query/count.c \
	query/cursor.c \
	query/cursor.h \
	query/cuts.c \
	query/cuts.h \
	query/document.c \
	query/diversify.c \
	query/diversify.h \
	query/engine.c \
	query/engine.h \
	query/evaluate.c \
	query/evaluation.c \
	query/evaluation.h \
	query/expand-stem.c \
	query/expand.c \
	query/facets-query.c \
	query/facets.c \
	query/facets.h \
	query/feedback.c \
	query/feedback.h \
	query/explain.c \
	query/explain.h \
	query/follow.c \
	query/fuse.c \
	query/fuse.h \
	query/handle.h \
	query/histogram.c \
	query/hits.c \
	query/hits.h \
	query/index.c \
	query/info.c \
	query/leaf.c \
	query/likeness.c \
	query/likeness.h \
	query/lines.c \
	query/lines.h \
	query/list.c \
	query/marks.c \
	query/match.c \
	query/match.h \
	query/measures.c \
	query/measures.h \
	query/open.c \
	query/order.c \
	query/order.h \
	query/page.c \
	query/page.h \
	query/parse-form.c \
	query/parse-json.c \
	query/parse-near.c \
	query/parse-phrase.c \
	query/parse-value.c \
	query/parse-word.c \
	query/parse.c \
	query/parse.h \
	query/parser.h \
	query/passages.c \
	query/passages.h \
	query/particles.c \
	query/particles.h \
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
	query/plan-weighted.c \
	query/plan-words.c \
	query/plan.c \
	query/plan.h \
	query/planner.h \
	query/print-json.c \
	query/print.c \
	query/qrels.c \
	query/qrels.h \
	query/rank-copies.c \
	query/rank-near.c \
	query/rank-prior.c \
	query/rank-recency.c \
	query/rank-title.c \
	query/rank-words.c \
	query/rank.c \
	query/rank.h \
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
	query/sentence.c \
	query/sentence.h \
	query/significance.c \
	query/similar.c \
	query/snippet.c \
	query/snippet.h \
	query/span.c \
	query/spell-forms.c \
	query/spell-together.c \
	query/spell-tree.c \
	query/spell.c \
	query/spell.h \
	query/speller.h \
	query/suggest.c \
	query/tally.c \
	query/tally.h \
	query/topics.c \
	query/topics.h \
	query/topk.c \
	query/topk.h \
	query/union.c \
	query/walk.c \
	query/walk.h \
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
	tests/unit/query-facets \
	tests/unit/query-feedback \
	tests/unit/query-form \
	tests/unit/query-match \
	tests/unit/query-measures \
	tests/unit/query-oracle \
	tests/unit/query-order \
	tests/unit/query-parse \
	tests/unit/query-rank \
	tests/unit/query-passages \
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
tests_unit_query_facets_SOURCES = tests/unit/query-facets.c \
	tests/values-check.h $(QUERY_ORACLE)
tests_unit_query_order_SOURCES = tests/unit/query-order.c \
	tests/values-check.h $(QUERY_ORACLE)
tests_unit_query_order_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_facets_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_feedback_SOURCES = tests/unit/query-feedback.c \
	$(QUERY_ORACLE)
tests_unit_query_feedback_CFLAGS = $(AM_CFLAGS) -ffp-contract=off
tests_unit_query_feedback_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_form_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_measures_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_match_SOURCES = tests/unit/query-match.c $(QUERY_ORACLE)
tests_unit_query_match_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_oracle_CFLAGS = $(AM_CFLAGS) -ffp-contract=off
tests_unit_query_oracle_SOURCES = tests/unit/query-oracle.c $(QUERY_ORACLE)
tests_unit_query_oracle_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_rank_CFLAGS = $(AM_CFLAGS) -ffp-contract=off
tests_unit_query_rank_SOURCES = tests/unit/query-rank.c $(QUERY_ORACLE)
tests_unit_query_rank_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_passages_SOURCES = tests/unit/query-passages.c \
	$(QUERY_ORACLE)
tests_unit_query_passages_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_parse_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_search_SOURCES = tests/unit/query-search.c $(QUERY_ORACLE)
tests_unit_query_search_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_tree_SOURCES = tests/unit/query-tree.c tests/query-same.h \
	tests/random.h
tests_unit_query_tree_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_unit_query_snippet_SOURCES = tests/unit/query-snippet.c $(QUERY_ORACLE)
tests_unit_query_snippet_LDADD = $(QUERY) $(STDCXX_LIBS)

# The fuzz targets with the drivers that replay files; see their first lines.
UNIT_TESTS += tests/fuzz/fuzz-parse tests/fuzz/fuzz-passages \
	tests/fuzz/fuzz-query
tests_fuzz_fuzz_parse_SOURCES = tests/fuzz/fuzz-parse.c tests/query-same.h \
	tests/random.h
tests_fuzz_fuzz_parse_LDADD = $(QUERY) $(STDCXX_LIBS)
tests_fuzz_fuzz_passages_SOURCES = tests/fuzz/fuzz-passages.c \
	$(QUERY_ORACLE)
tests_fuzz_fuzz_passages_LDADD = $(QUERY) $(STDCXX_LIBS)
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
	tests/data/lenient.tsv \
	tests/data/misspellings.tsv

dist_doc_DATA += docs/query-language.md
