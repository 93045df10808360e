# shared/analysis: text -> tokens -> terms.

noinst_LTLIBRARIES += libanalysis.la
libanalysis_la_LIBADD = $(STEMMER_LIBS) $(UNISTRING_LIBS) $(XXHASH_LIBS)
libanalysis_la_SOURCES = \
	shared/analysis/analysis.c \
	shared/analysis/analysis.h \
	shared/analysis/analyzer.c \
	shared/analysis/chunk.c \
	shared/analysis/chunk.h \
	shared/analysis/fold.c \
	shared/analysis/form.c \
	shared/analysis/gram.c \
	shared/analysis/identity.c \
	shared/analysis/inspect.c \
	shared/analysis/length.c \
	shared/analysis/name.c \
	shared/analysis/private.h \
	shared/analysis/sketch.c \
	shared/analysis/sketch.h \
	shared/analysis/stopwords.c \
	shared/analysis/stopwords.h \
	shared/analysis/term.c \
	shared/analysis/unicode.c \
	shared/analysis/unicode.h \
	shared/analysis/words.c \
	shared/analysis/words.h

UNIT_TESTS += \
	tests/unit/analysis-garbage \
	tests/unit/analysis-identifiers \
	tests/unit/analysis-inspect \
	tests/unit/analysis-oracle \
	tests/unit/analysis-stems \
	tests/unit/analysis-terms \
	tests/unit/analysis-tokens \
	tests/unit/analysis-unicode \
	tests/unit/sketch
tests_unit_analysis_garbage_LDADD = $(ANALYSIS)
tests_unit_analysis_identifiers_LDADD = $(ANALYSIS)
# A test of the public function, which detects languages besides.
tests_unit_analysis_inspect_LDADD = liblede.la
tests_unit_analysis_oracle_LDADD = $(ANALYSIS)
tests_unit_analysis_stems_LDADD = $(ANALYSIS)
tests_unit_analysis_terms_LDADD = $(ANALYSIS)
tests_unit_analysis_tokens_LDADD = $(ANALYSIS)
tests_unit_analysis_unicode_LDADD = $(ANALYSIS)
tests_unit_sketch_LDADD = $(ANALYSIS) -lm

# The fuzz target with the driver that replays files; see its first lines.
UNIT_TESTS += tests/fuzz/fuzz-analysis
tests_fuzz_fuzz_analysis_LDADD = $(ANALYSIS)

EXTRA_DIST += \
	tests/analysis-check.h \
	tests/data/identifiers.tsv

dist_doc_DATA += docs/analysis.md
