# corpus: what an article is, and how it is read.

noinst_LTLIBRARIES += libcorpus.la
libcorpus_la_LIBADD = $(YAML_LIBS) $(JSON_LIBS) $(ZLIB_LIBS) \
	$(MD4C_LIBS) $(UCHARDET_LIBS) $(CLD2_LIBS) $(STDCXX_LIBS)
libcorpus_la_SOURCES = \
	corpus/article.c \
	corpus/article.h \
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
	corpus/jsonl.c \
	corpus/jsonl.h \
	corpus/lang.cc \
	corpus/language.c \
	corpus/language.h \
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
