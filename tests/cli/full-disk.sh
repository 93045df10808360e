#!/bin/sh
# A disk that is full or broken: the command says so and exits 2, the index is
# at its last commit and sound, and once there is room the next run succeeds.

. "${TOP_SRCDIR:-.}/tests/tap.sh"
. "$TOP_SRCDIR/tests/index.sh"

fault=$TOP_BUILDDIR/tests/.libs/fault.so
[ -e "$fault" ] || skip_all 'tests/fault.so is not built'

samples=12
if long_tests; then
    samples=100000
fi
seed 1
ENOSPC=28
EIO=5

# faulty AT ERRNO LASTS COMMAND...: run it on a disk that fails. ASan wants to
# be loaded first, and is not.
faulty() {
    fault_at=$1
    fault_errno=$2
    fault_lasts=$3
    shift 3
    env LD_PRELOAD="$fault" LEDE_FAULT_AT="$fault_at" \
        LEDE_FAULT_ERRNO="$fault_errno" LEDE_FAULT_LASTS="$fault_lasts" \
        LEDE_FAULT_COUNT="$PWD/count" \
        ASAN_OPTIONS="verify_asan_link_order=0:${ASAN_OPTIONS-}" "$@"
}

mkdir tree
for i in 1 2 3 4 5 6 7 8; do
    put_article tree/f$i.md old
done
"$LEDE" index --index first tree >/dev/null
for i in 2 3 4; do
    put_article tree/f$i.md new
done
rm tree/f5.md
printf '{"id":"b","title":"new","body":"x"}\n' >batch

# look NAME START LASTS ERRNO COMMAND...: fail each call in turn, or a sample
# of them. START is the index before, or none.
look() {
    look=$1
    start=$2
    lasts=$3
    errno=$4
    command=$5
    shift 5
    rm -rf index
    [ "$start" = none ] || cp -a "$start" index
    [ "$start" = none ] && : >before || state index >before
    faulty 0 0 0 "$LEDE" "$command" --index index "$@" >out 2>&1
    total=$(cat count)
    state index >after
    wrong=0
    quiet=0
    at=0
    step=1
    [ "$total" -le "$samples" ] || step=$((total * 2 / samples))
    while :; do
        below "$step"
        at=$((at + 1 + below))
        [ "$at" -le "$total" ] || break
        rm -rf index
        [ "$start" = none ] || cp -a "$start" index
        faulty "$at" "$errno" "$lasts" timeout 60 \
            "$LEDE" "$command" --index index "$@" >out 2>err
        got=$?
        said=$(cat err)
        : >found
        if has_index index; then
            state index >found
        fi
        case $got in
        0) cmp -s found after || got=unfinished ;;
        2)
            [ -n "$said" ] || quiet=$((quiet + 1))
            # A sync that fails after the commit cannot take it back.
            cmp -s found before || cmp -s found after || got=mixed
            ;;
        *) got=status-$got ;;
        esac
        if has_index index &&
            ! "$LEDE" check --index index >out 2>&1; then
            got=unsound
            sed 's/^/# /' out
        fi
        "$LEDE" "$command" --index index "$@" >out 2>&1 || got=stuck
        state index >found
        cmp -s found after || got=stuck
        "$LEDE" check --index index >out 2>&1 || got=unsound-later
        case $got in
        0 | 2) ;;
        *)
            echo "# $look: call $at of $total: $got: $said"
            wrong=$((wrong + 1))
            ;;
        esac
    done
    [ "$at" -gt 1 ] || wrong='no call was counted'
    is "$look: $total calls" "$wrong" 0
    is "$look: each failure is told" "$quiet" 0
}

look 'full while a first index is made' none 1 $ENOSPC index tree
look 'full while files are indexed' first 1 $ENOSPC index tree
look 'full while a batch is added' first 1 $ENOSPC add batch
look 'full while an index is rebuilt' first 1 $ENOSPC index --rebuild tree
look 'one failure while files are indexed' first 0 $EIO index tree
look 'one failure while an index is rebuilt' first 0 $EIO \
    index --rebuild tree

# What it says.
cp -a first index2
faulty 3 $ENOSPC 1 "$LEDE" index --index index2 tree >out 2>err
is 'a full disk is called so' "$(grep -c -i 'no space\|full' err)" 1

# A file system that is full indeed.
mkdir small
trap 'umount "$tap_scratch/small" 2>/dev/null; rm -rf "$tap_scratch"' EXIT
if mount -t tmpfs -o size=4m tmpfs small 2>/dev/null; then
    cp -a first small/index
    state small/index >before
    awk 'BEGIN {
        srand(4)
        for (i = 0; i < 800; i++) {
            printf "{\"id\":\"n%d\",\"title\":\"t\",\"body\":\"", i
            for (j = 0; j < 500; j++) {
                printf "w%d ", rand() * 100000000
            }
            print "\"}"
        }
    }' >large.jsonl
    status 'a file system of 4 MiB' 2 \
        "$LEDE" add --index small/index large.jsonl
    ok 'is told to be full' grep -qi 'no space\|full' err
    state small/index >found
    is 'the index is at its last commit' "$(cat found)" "$(cat before)"
    is_sound 'and sound' small/index
    mount -o remount,size=12m small
    status 'with more room it goes on' 0 "$LEDE" add --index small/index batch
    umount small
else
    skip 'a file system of 4 MiB' 'tmpfs cannot be mounted here'
fi
done_testing
