# shared/index: the bytes that are stored.

noinst_LTLIBRARIES += libindex.la
libindex_la_LIBADD = $(ZLIB_LIBS) $(DEFLATE_LIBS) $(XXHASH_LIBS)
libindex_la_SOURCES = \
	shared/index/alerts.c \
	shared/index/alerts.h \
	shared/index/bigrams.c \
	shared/index/bigrams.h \
	shared/index/bytes.h \
	shared/index/columns.c \
	shared/index/columns.h \
	shared/index/deflate.c \
	shared/index/deflate.h \
	shared/index/frame.c \
	shared/index/frame.h \
	shared/index/impact.c \
	shared/index/impact.h \
	shared/index/kernel-avx2.c \
	shared/index/kernel-avx512.c \
	shared/index/kernel-private.h \
	shared/index/kernel.c \
	shared/index/kernel.h \
	shared/index/list-places.c \
	shared/index/list-private.h \
	shared/index/list-read.c \
	shared/index/list-skip.c \
	shared/index/list-write.c \
	shared/index/list.h \
	shared/index/manifest.c \
	shared/index/manifest.h \
	shared/index/pairs.c \
	shared/index/pairs.h \
	shared/index/record.c \
	shared/index/remains.c \
	shared/index/remains.h \
	shared/index/reorder-halve.c \
	shared/index/reorder-private.h \
	shared/index/reorder.c \
	shared/index/reorder.h \
	shared/index/segment-check.c \
	shared/index/segment-format.h \
	shared/index/segment-read.c \
	shared/index/segment-write.c \
	shared/index/segment.h \
	shared/index/state.c \
	shared/index/store.h \
	shared/index/stored.c \
	shared/index/stored.h \
	shared/index/terms-block.h \
	shared/index/terms-format.h \
	shared/index/terms-open.c \
	shared/index/terms-probe.c \
	shared/index/terms-read.c \
	shared/index/terms-scan.h \
	shared/index/terms-write.c \
	shared/index/terms.h

dist_doc_DATA += docs/native-format.md

UNIT_TESTS += \
	tests/unit/alerts \
	tests/unit/columns \
	tests/unit/frame \
	tests/unit/impact \
	tests/unit/list \
	tests/unit/manifest \
	tests/unit/pairs \
	tests/unit/record \
	tests/unit/reorder \
	tests/unit/segment \
	tests/unit/segment-crafted \
	tests/unit/state \
	tests/unit/stored \
	tests/unit/terms
tests_unit_alerts_LDADD = $(INDEX)
tests_unit_columns_LDADD = $(INDEX)
tests_unit_frame_LDADD = $(INDEX)
tests_unit_impact_LDADD = $(INDEX)
tests_unit_list_LDADD = $(INDEX)
tests_unit_manifest_LDADD = $(INDEX)
tests_unit_pairs_LDADD = $(INDEX)
tests_unit_record_LDADD = $(INDEX)
tests_unit_reorder_LDADD = $(INDEX)
tests_unit_segment_LDADD = $(INDEX)
tests_unit_segment_crafted_LDADD = $(INDEX)
tests_unit_state_LDADD = $(INDEX)
tests_unit_stored_LDADD = $(INDEX)
tests_unit_terms_LDADD = $(INDEX)
