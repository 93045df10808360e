# indexer: articles -> index.

noinst_LTLIBRARIES += libindexer.la
libindexer_la_SOURCES = \
	indexer/carry.c \
	indexer/change.c \
	indexer/invert.c \
	indexer/invert.h \
	indexer/paths.c \
	indexer/pipeline.c \
	indexer/plan.c \
	indexer/run.c \
	indexer/run.h \
	indexer/scan.c \
	indexer/sink-engines.h \
	indexer/sink-xapian.c \
	indexer/sink.c \
	indexer/sink.h \
	indexer/vanish.c \
	indexer/writer.c \
	indexer/writer.h
