# shared/analysis: text -> tokens -> terms.

noinst_LTLIBRARIES += libanalysis.la
libanalysis_la_LIBADD = $(STEMMER_LIBS) $(UNISTRING_LIBS)
libanalysis_la_SOURCES = \
	shared/analysis/analysis.h
