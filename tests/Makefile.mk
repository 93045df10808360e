# tests: how they are run, and those that belong to no one room.
#
# A unit test of a room is listed in the room's own Makefile.mk:
#     UNIT_TESTS += tests/corpus/walk
#     tests_corpus_walk_LDADD = $(CORPUS)
# builds tests/corpus/walk out of tests/corpus/walk.c. A shell test is POSIX sh:
#     SHELL_TESTS += tests/search.sh

TEST_EXTENSIONS = .sh
TESTS = $(UNIT_TESTS) $(SHELL_TESTS)

# The time that one test may take; a test that hangs is a failure. 0: no limit.
TEST_SECONDS = 300
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
LOG_COMPILER = timeout
AM_LOG_FLAGS = --kill-after=10 $(TEST_SECONDS)
SH_LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_COMPILER = timeout
AM_SH_LOG_FLAGS = --kill-after=10 $(TEST_SECONDS) sh

# What a test finds in its environment. LEDE is the command under
# test, SAMPLES a folder that is not to be written to, the folders in capitals
# those of `make install'.
AM_TESTS_ENVIRONMENT = \
	unset LEDE_INDEX LEDE_ENGINE LEDE_TEST_ENGINE NO_COLOR PAGER \
		LEDE_PAGER COLUMNS CDPATH; \
	LC_ALL=C.UTF-8; TZ=UTC0; \
	LEDE='$(abs_top_builddir)/lede$(EXEEXT)'; \
	TOP_SRCDIR='$(abs_top_srcdir)'; \
	TOP_BUILDDIR='$(abs_top_builddir)'; \
	BINDIR='$(bindir)'; DATADIR='$(datadir)'; \
	INCLUDEDIR='$(includedir)'; LIBDIR='$(libdir)'; MANDIR='$(mandir)'; \
	SAMPLES='$(abs_top_srcdir)/corpus/samples'; \
	LEDE_TEST_CC='$(CC) $(CFLAGS)'; \
	LEDE_TEST_CXX='$(CXX) $(CXXFLAGS)'; \
	LEDE_TEST_NM='$(NM)'; \
	ASAN_OPTIONS="detect_stack_use_after_return=1:$$ASAN_OPTIONS"; \
	UBSAN_OPTIONS="print_stacktrace=1:$$UBSAN_OPTIONS"; \
	export LC_ALL TZ LEDE TOP_SRCDIR TOP_BUILDDIR BINDIR DATADIR \
		INCLUDEDIR LIBDIR MANDIR SAMPLES LEDE_TEST_CC LEDE_TEST_CXX \
		LEDE_TEST_NM ASAN_OPTIONS UBSAN_OPTIONS;

check-build: $(check_PROGRAMS)

# The tests that sample by a seed run whole.
check-long:
	LEDE_TEST_LONG=1 $(MAKE) check TEST_SECONDS=0

# Those that need the indexer and the query engine at once.
UNIT_TESTS += \
	tests/unit/bigrams \
	tests/unit/engine \
	tests/unit/generations \
	tests/unit/runs \
	tests/unit/runs-same \
	tests/unit/salvage \
	tests/unit/sink-faults \
	tests/unit/sink-native \
	tests/unit/spell \
	tests/unit/switch \
	tests/unit/writer
tests_unit_bigrams_LDADD = $(EVERYTHING) $(STDCXX_LIBS)
tests_unit_runs_LDADD = $(EVERYTHING) $(STDCXX_LIBS)
tests_unit_runs_same_LDADD = $(EVERYTHING) $(STDCXX_LIBS)
tests_unit_salvage_LDADD = $(EVERYTHING) $(STDCXX_LIBS)
tests_unit_spell_LDADD = $(EVERYTHING) $(STDCXX_LIBS)
tests_unit_switch_LDADD = $(EVERYTHING) $(STDCXX_LIBS)
tests_unit_writer_LDADD = $(EVERYTHING) $(STDCXX_LIBS)
tests_unit_sink_faults_LDADD = $(EVERYTHING) $(STDCXX_LIBS)
tests_unit_sink_native_LDADD = $(EVERYTHING) $(STDCXX_LIBS)
tests_unit_engine_LDADD = $(EVERYTHING) $(STDCXX_LIBS)
tests_unit_generations_LDADD = $(EVERYTHING) $(STDCXX_LIBS)

# Trials, at random from a seed: engines against each other and an oracle, and
# what damage, power failures and failing disks do.
UNIT_TESTS += \
	tests/trials/crash \
	tests/trials/damage \
	tests/trials/differential
tests_trials_crash_SOURCES = \
	tests/random.h \
	tests/segment-make.h \
	tests/trials/crash.c \
	tests/trials/disk-private.h \
	tests/trials/disk.c \
	tests/trials/disk.h \
	tests/trials/replay.c
tests_trials_crash_LDADD = $(EVERYTHING) $(STDCXX_LIBS)
tests_trials_damage_SOURCES = \
	tests/trials/damage.c \
	tests/trials/hang.h
tests_trials_damage_LDADD = $(EVERYTHING) $(STDCXX_LIBS)
tests_trials_differential_CFLAGS = $(AM_CFLAGS) -ffp-contract=off
tests_trials_differential_SOURCES = $(QUERY_ORACLE) \
	tests/trials/answers.c \
	tests/trials/articles.c \
	tests/trials/differential.c \
	tests/trials/hang.h \
	tests/trials/history.c \
	tests/trials/questions.c \
	tests/trials/shrink.c \
	tests/trials/trial.h
tests_trials_differential_LDADD = $(EVERYTHING) $(STDCXX_LIBS)

EXTRA_DIST += \
	tests/engine-compare.h \
	tests/engine-model.h \
	tests/faults.h \
	tests/random.h \
	tests/segment-make.h \
	tests/tap.h \
	tests/writer-check.h \
	tests/tap.sh

SHELL_TESTS += \
	tests/install.sh \
	tests/rooms.sh \
	tests/style.sh \
	tests/symbols.sh

# A library that is preloaded; -rpath makes it a shared one.
check_LTLIBRARIES = tests/fault.la
tests_fault_la_SOURCES = tests/fault.c
tests_fault_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere

SHELL_TESTS += \
	tests/cli/concurrent-xapian.sh \
	tests/cli/concurrent.sh \
	tests/cli/convert.sh \
	tests/cli/damage-xapian.sh \
	tests/cli/damage.sh \
	tests/cli/full-disk-xapian.sh \
	tests/cli/full-disk.sh \
	tests/cli/kill-xapian.sh \
	tests/cli/kill.sh \
	tests/cli/memory.sh \
	tests/unit/runs-xapian.sh \
	tests/unit/spell-xapian.sh \
	tests/unit/writer-xapian.sh
EXTRA_DIST += tests/index.sh
