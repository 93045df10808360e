# shared/base: what everything stands on.

noinst_LTLIBRARIES += libbase.la
libbase_la_LIBADD = $(XXHASH_LIBS)
libbase_la_SOURCES = \
	shared/base/arena.c \
	shared/base/buf.c \
	shared/base/date-private.h \
	shared/base/date-query.c \
	shared/base/date-read.c \
	shared/base/date-told.c \
	shared/base/date.c \
	shared/base/date.h \
	shared/base/cpu.h \
	shared/base/error.c \
	shared/base/descriptor.c \
	shared/base/error.h \
	shared/base/file.c \
	shared/base/file.h \
	shared/base/lock.c \
	shared/base/map.c \
	shared/base/number.c \
	shared/base/path.c \
	shared/base/str.c \
	shared/base/str.h \
	shared/base/tree.c \
	shared/base/utf8.c \
	shared/base/utf8.h

UNIT_TESTS += \
	tests/unit/date \
	tests/unit/date-query \
	tests/unit/file \
	tests/unit/str \
	tests/unit/utf8
tests_unit_date_LDADD = $(BASE)
tests_unit_date_query_LDADD = $(BASE)
tests_unit_file_LDADD = $(BASE)
tests_unit_str_LDADD = $(BASE)
tests_unit_utf8_LDADD = $(BASE)
