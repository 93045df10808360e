# corpus: what an article is, and how it is read.

noinst_LTLIBRARIES += libcorpus.la
libcorpus_la_LIBADD = $(YAML_LIBS) $(JSON_LIBS) $(ZLIB_LIBS) \
	$(MD4C_LIBS)
libcorpus_la_SOURCES = \
	corpus/article.c \
	corpus/article.h \
	corpus/authors.c \
	corpus/builder.c \
	corpus/builder.h \
	corpus/encoding.c \
	corpus/encoding.h \
	corpus/fields.c \
	corpus/format.c \
	corpus/front-matter.c \
	corpus/front-matter.h \
	corpus/html.c \
	corpus/html.h \
	corpus/ignore.c \
	corpus/ignore.h \
	corpus/json.c \
	corpus/json.h \
	corpus/jsonl.c \
	corpus/jsonl.h \
	corpus/language.c \
	corpus/language.h \
	corpus/markdown-piece.c \
	corpus/markdown.c \
	corpus/markdown.h \
	corpus/reader.h \
	corpus/source.c \
	corpus/source.h \
	corpus/text.c \
	corpus/text.h \
	corpus/toml.c \
	corpus/values.c \
	corpus/walk.c \
	corpus/yaml.c

EXTRA_DIST += corpus/samples

UNIT_TESTS += \
	tests/unit/corpus-front-matter \
	tests/unit/corpus-ignore \
	tests/unit/corpus-json \
	tests/unit/corpus-jsonl \
	tests/unit/corpus-markdown \
	tests/unit/corpus-source \
	tests/unit/corpus-text \
	tests/unit/corpus-walk
tests_unit_corpus_front_matter_LDADD = $(CORPUS) $(STDCXX_LIBS)
tests_unit_corpus_ignore_LDADD = $(CORPUS) $(STDCXX_LIBS)
tests_unit_corpus_json_LDADD = $(CORPUS) $(STDCXX_LIBS)
tests_unit_corpus_jsonl_LDADD = $(CORPUS) $(STDCXX_LIBS)
tests_unit_corpus_markdown_LDADD = $(CORPUS) $(STDCXX_LIBS)
tests_unit_corpus_source_LDADD = $(CORPUS) $(STDCXX_LIBS) $(ZLIB_LIBS)
tests_unit_corpus_text_LDADD = $(CORPUS) $(STDCXX_LIBS)
tests_unit_corpus_walk_LDADD = $(CORPUS) $(STDCXX_LIBS)

# The fuzz target with the driver that replays files; see its first lines.
UNIT_TESTS += tests/fuzz/fuzz-article
tests_fuzz_fuzz_article_LDADD = $(CORPUS) $(STDCXX_LIBS)

EXTRA_DIST += tests/article-check.h
dist_doc_DATA += docs/formats.md
