# shared: what indexing and querying must agree on, and the public header.

include_HEADERS += \
	shared/lede.h \
	shared/lede-alert.h \
	shared/lede-eval.h \
	shared/lede-search.h \
	shared/lede-write.h

noinst_LTLIBRARIES += libshared.la
libshared_la_LIBADD = $(YAML_LIBS)
libshared_la_SOURCES = \
	shared/schema-parse.c \
	shared/schema-yaml.c \
	shared/schema-yaml.h \
	shared/schema.c \
	shared/schema.h

UNIT_TESTS += tests/unit/schema
tests_unit_schema_LDADD = $(SHARED)
