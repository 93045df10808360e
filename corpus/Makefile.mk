# corpus: what an article is, and how it is read.

noinst_LTLIBRARIES += libcorpus.la
libcorpus_la_LIBADD = $(YAML_LIBS) $(JSON_LIBS) $(ZLIB_LIBS) \
	$(MD4C_LIBS) $(UCHARDET_LIBS) $(CLD2_LIBS) $(STDCXX_LIBS)
libcorpus_la_SOURCES = \
	corpus/article.h \
	corpus/reader.h

EXTRA_DIST += corpus/samples
