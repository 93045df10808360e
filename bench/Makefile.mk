# bench: programs that measure. `BENCHES += bench/scan' builds bench/scan out
# of bench/scan.c; bench_scan_LDADD says what it is linked with.

# What the engines measured have in common.
BENCH_PROTOCOL = bench/corpus.c bench/corpus.h bench/protocol.c \
	bench/protocol.h

# The yardstick.
BENCHES += bench/stock_xapian
bench_stock_xapian_SOURCES = bench/stock_xapian.cc $(BENCH_PROTOCOL)
bench_stock_xapian_LDADD = $(BASE) $(XAPIAN_LIBS)

# A corpus that all engines read alike.
BENCHES += bench/normalise
bench_normalise_SOURCES = bench/normalise.c bench/corpus.c bench/corpus.h
bench_normalise_LDADD = $(BASE)

# SQLite FTS5, where it is installed (libsqlite3-dev).
bench_stock_sqlite_SOURCES = bench/stock_sqlite.c $(BENCH_PROTOCOL)
bench_stock_sqlite_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
bench_stock_sqlite_LDADD = $(BASE) $(SQLITE_LIBS)
if SQLITE
BENCHES += bench/stock_sqlite
endif

# Engines on the same corpus and queries, in turn.
BENCHES += bench/driver
bench_driver_SOURCES = bench/corpus.c bench/corpus.h bench/driver-lede.c \
	bench/driver-report.c bench/driver.c bench/driver.h bench/process.c \
	bench/process.h
bench_driver_LDADD = $(BASE) $(JSON_LIBS)

# lede itself.
BENCHES += bench/game
bench_game_SOURCES = bench/game-build.c bench/game-query.c bench/game.c \
	bench/game.h bench/words.c bench/words.h $(BENCH_PROTOCOL)
bench_game_LDADD = $(EVERYTHING) $(STDCXX_LIBS)

# They count the same.
check_PROGRAMS += bench/game bench/normalise bench/stock_xapian
if SQLITE
check_PROGRAMS += bench/stock_sqlite
endif
SHELL_TESTS += tests/bench.sh

# Lists of postings alone: encoder and decoder, each kernel.
BENCHES += bench/codec
bench_codec_SOURCES = bench/codec.c
bench_codec_LDADD = $(INDEX)

# How to measure, and what was.
dist_doc_DATA += docs/benchmarks.md
