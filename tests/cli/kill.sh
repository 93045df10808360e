#!/bin/sh
# kill -9 at any moment: the index opens, is sound, and holds exactly what was
# committed; the next run does what was left.

. "${TOP_SRCDIR:-.}/tests/tap.sh"
. "$TOP_SRCDIR/tests/index.sh"

rounds=24
parts=4
if long_tests; then
    rounds=300
    parts=60
fi
seed 1

# killed SECONDS COMMAND...: run it, but not longer. $was_killed tells.
killed() {
    killed_after=$1
    shift
    "$@" >/dev/null 2>&1 &
    pid=$!
    (
        sleep "$killed_after"
        kill -9 "$pid" 2>/dev/null
    ) &
    killer=$!
    wait "$pid" 2>/dev/null
    [ $? -gt 128 ] && was_killed=1 || was_killed=0
    kill "$killer" 2>/dev/null
    wait "$killer" 2>/dev/null
}

# pause MILLISECONDS: for sleep.
pause() {
    pause=$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))
}

# fits NAME FOUND A B: what was found is one of two states.
fits() {
    if cmp -s "$2" "$3" || cmp -s "$2" "$4"; then
        return 0
    fi
    echo "# $1: neither the state before nor the one after"
    diff "$3" "$2" | sed 's/^/# before: /' | head -n 5
    diff "$4" "$2" | sed 's/^/# after: /' | head -n 5
    return 1
}

mkdir tree
: >before
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    put_article tree/f$i.md start
done

# The tree and a batch change a little in each round; then one of four commands
# is killed. What the index should hold is kept in the files `before', as it
# was committed last, and `after'.
wrong=0
faults=0
kills=0
round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    for i in 1 2 3; do
        below 20
        put_article "tree/f$((below + 1)).md" "gen$round"
    done
    below 20
    rm -f "tree/f$((below + 1)).md"
    printf '{"id":"line%d","title":"gen%d","body":"x"}\n' \
        1 $round 2 $((round / 2)) >tree/lines.jsonl
    below 4
    case $below in
    0)
        below 5
        printf '{"id":"batch%d","title":"gen%d","body":"text"}\n' \
            $below $round 9 $round >batch
        set -- add --index index batch
        ;;
    1) set -- index --index index --rebuild tree ;;
    *) set -- index --index index tree ;;
    esac
    # What it would do without being killed, on a copy.
    rm -rf copy
    if [ -d index ]; then
        cp -a index copy
    fi
    command=$1
    shift 3
    begin=$(date +%s%N)
    "$LEDE" "$command" --index copy "$@" >out 2>&1 || {
        echo "# round $round: $command failed"
        sed 's/^/# /' out
        faults=$((faults + 1))
    }
    long=$((($(date +%s%N) - begin) / 1000000 + 1))
    state copy >after
    below "$long"
    pause "$below"
    killed "$pause" "$LEDE" "$command" --index index "$@"
    kills=$((kills + was_killed))
    if has_index index; then
        "$LEDE" check --index index >out 2>&1 || {
            sed 's/^/# check: /' out
            faults=$((faults + 1))
        }
        state index >found
    else
        : >found
    fi
    fits "round $round, $command killed after $pause s" found before after ||
        wrong=$((wrong + 1))
    below 2
    if [ "$below" = 0 ]; then
        # The next run does what is left.
        "$LEDE" "$command" --index index "$@" >out 2>&1 ||
            faults=$((faults + 1))
        state index >found
        fits "round $round, run again" found after after ||
            wrong=$((wrong + 1))
    fi
    mv found before
done
echo "# $kills of $rounds commands were killed in time"
is "no state but those that were committed (seed ${LEDE_TEST_SEED:-1})" \
    "$wrong" 0
is 'no command and no check fails' "$faults" 0
is 'nothing is left over after the next run' "$(
    "$LEDE" index --index index tree >/dev/null 2>&1
    left_over index
)" ''

# Commits in between: a part of the lines is there, each of them whole, and the
# next run adds the others.
awk 'BEGIN {
    srand(7)
    for (i = 0; i < 30; i++) {
        printf "{\"id\":\"n%d\",\"title\":\"t%d\",\"body\":\"", i, i
        for (j = 0; j < 5000; j++) {
            printf "%d ", rand() * 1000000
        }
        print "\"}"
    }
}' >many.jsonl
awk 'BEGIN { for (i = 0; i < 30; i++) print "n" i " t" i }' |
    LC_ALL=C sort >all
begin=$(date +%s%N)
"$LEDE" add --index whole --memory 32M many.jsonl >out 2>&1
long=$((($(date +%s%N) - begin) / 1000000))
wrong=0
between=0
while [ "$parts" -gt 0 ]; do
    parts=$((parts - 1))
    rm -rf index
    below "$long"
    pause "$below"
    killed "$pause" "$LEDE" add --index index --memory 32M many.jsonl
    if has_index index; then
        "$LEDE" check --index index >out 2>&1 || {
            sed 's/^/# check: /' out
            wrong=$((wrong + 1))
        }
        state index >found
        [ -z "$(LC_ALL=C comm -23 found all)" ] || wrong=$((wrong + 1))
        [ -s found ] && ! cmp -s found all && between=$((between + 1))
    fi
done
"$LEDE" add --index index --memory 32M many.jsonl >out 2>&1
state index >found
echo "# $between times killed between two commits"
is 'killed between commits' "$wrong" 0
is 'the last run adds the rest' "$(cat found)" "$(cat all)"
is_sound 'and the index is sound' index
done_testing
