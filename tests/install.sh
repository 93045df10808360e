#!/bin/sh
# What `make install' installs is enough: the examples build against it with
# pkg-config, as C and as C++, and run.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

stage=$tap_scratch/stage
# The outer make's flags and job server are not for the inner one.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES DESTDIR
ok 'make install DESTDIR=' \
    make -C "$TOP_BUILDDIR" install DESTDIR="$stage"

# Where things go: as configure was told.
for file in $BINDIR/lede $INCLUDEDIR/lede.h $LIBDIR/liblede.so \
    $LIBDIR/lede/liblede-cxx.so \
    $LIBDIR/pkgconfig/lede.pc $MANDIR/man1/lede.1 \
    $DATADIR/bash-completion/completions/lede \
    $DATADIR/zsh/site-functions/_lede \
    $DATADIR/fish/vendor_completions.d/lede.fish; do
    ok "${file##*/} is installed" test -s "$stage$file"
done
is 'no other header than lede.h and its parts' \
    "$(ls "$stage$INCLUDEDIR" | tr '\n' ' ')" \
    'lede-alert.h lede-eval.h lede-search.h lede-write.h lede.h '

PKG_CONFIG_PATH=$stage$LIBDIR/pkgconfig
PKG_CONFIG_SYSROOT_DIR=$stage
LD_LIBRARY_PATH=$stage$LIBDIR
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR LD_LIBRARY_PATH
flags="-Wall -Wextra -Wpedantic -Werror"

ok 'the installed command runs' "$stage$BINDIR/lede" --version
is 'lede.pc and lede.h are of one version' "$(pkg-config --modversion lede)" \
    "$(sed -n 's/^#define LEDE_VERSION_STRING "\(.*\)"/\1/p' \
        "$stage$INCLUDEDIR/lede.h")"
for source in "$TOP_SRCDIR"/docs/examples/*.c; do
    [ -e "$source" ] || continue
    name=$(basename "$source" .c)
    ok "$name builds as C" ${LEDE_TEST_CC:-cc} -std=c99 $flags \
        -o "$name" "$source" $(pkg-config --cflags --libs lede)
    ok "$name builds as C++" ${LEDE_TEST_CXX:-c++} -std=c++11 $flags \
        -o "$name-cxx" -x c++ "$source" $(pkg-config --cflags --libs lede)
    ok "$name runs" ./"$name" index "$SAMPLES" Qwen model benchmarks
done
done_testing
