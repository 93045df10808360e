# shared/index: the bytes that are stored.

noinst_LTLIBRARIES += libindex.la
libindex_la_LIBADD = $(ZLIB_LIBS) $(XXHASH_LIBS)
libindex_la_SOURCES = \
	shared/index/record.c \
	shared/index/state.c \
	shared/index/store.h

UNIT_TESTS += \
	tests/unit/record \
	tests/unit/state
tests_unit_record_LDADD = $(INDEX)
tests_unit_state_LDADD = $(INDEX)
