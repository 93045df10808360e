# query: query -> results.

noinst_LTLIBRARIES += libquery.la
libquery_la_CPPFLAGS = -DXAPIAN_CHECK='"$(XAPIAN_CHECK)"' $(AM_CPPFLAGS)
libquery_la_SOURCES = \
	query/check.c \
	query/searcher-engines.h \
	query/searcher-xapian.c \
	query/searcher.c \
	query/searcher.h
