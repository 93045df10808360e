# shared/index: the bytes that are stored.

noinst_LTLIBRARIES += libindex.la
libindex_la_LIBADD = $(ZLIB_LIBS) $(XXHASH_LIBS)
libindex_la_SOURCES = \
	shared/index/record.c \
	shared/index/state.c \
	shared/index/store.h
