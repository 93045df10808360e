# indexer: articles -> index.

noinst_LTLIBRARIES += libindexer.la
libindexer_la_SOURCES = \
	indexer/alerts.c \
	indexer/carry.c \
	indexer/change.c \
	indexer/commit.c \
	indexer/crew.c \
	indexer/crew.h \
	indexer/invert-columns.c \
	indexer/invert-private.h \
	indexer/invert.c \
	indexer/invert.h \
	indexer/item.c \
	indexer/item.h \
	indexer/look.c \
	indexer/many.c \
	indexer/many.h \
	indexer/meta.c \
	indexer/native-bigrams.c \
	indexer/native-bigrams.h \
	indexer/native-build.c \
	indexer/native-build.h \
	indexer/native-chain.c \
	indexer/native-chain.h \
	indexer/native-commit.c \
	indexer/native-docs.c \
	indexer/native-flush.c \
	indexer/native-gather.c \
	indexer/native-gather.h \
	indexer/native-heap.h \
	indexer/native-keys.c \
	indexer/native-keys.h \
	indexer/native-lists.c \
	indexer/native-merge.c \
	indexer/native-merge.h \
	indexer/native-metas.c \
	indexer/native-order.c \
	indexer/native-pending.c \
	indexer/native-rows.c \
	indexer/native-rows.h \
	indexer/native-salvage.c \
	indexer/native-segments.c \
	indexer/native-sort.c \
	indexer/native-sort.h \
	indexer/native-tiers.c \
	indexer/native.h \
	indexer/paths.c \
	indexer/pipeline.c \
	indexer/plan.c \
	indexer/postings.c \
	indexer/run.c \
	indexer/run.h \
	indexer/scan.c \
	indexer/sink-engines.h \
	indexer/sink-native.c \
	indexer/sink-xapian.c \
	indexer/sink.c \
	indexer/sink.h \
	indexer/vanish.c \
	indexer/whole.c \
	indexer/writer.c \
	indexer/writer.h

UNIT_TESTS += tests/unit/crew
tests_unit_crew_LDADD = libindexer.la libbase.la
