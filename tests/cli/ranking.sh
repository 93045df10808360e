#!/bin/sh
# What orders the best articles, over more of them than are ranked: pages are
# pieces of one long page, and --explain adds up, whatever is asked for.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

# 260 articles with gnu, at odd distances from zebra, of many lengths and ages.
awk 'BEGIN {
    for (i = 1; i <= 260; i++) {
        seed = (i * 7919) % 1009
        text = "gnu"
        for (j = 0; j < seed % 23; j++) {
            text = text " word" (j * i) % 31
        }
        if (seed % 3 > 0) {
            text = text " zebra"
        }
        title = seed % 11 == 0 ? "Gnu" : seed % 7 == 0 ? "A zebra and a gnu" \
                                       : "Number " i
        stars = seed % 5 == 0 ? "" : ",\"stars\":" seed % 13
        printf "{\"id\":\"n%d\",\"title\":\"%s\",\"date\":\"%d-%02d-01\"," \
               "\"text\":\"%s\"%s}\n", i, title, 2010 + seed % 15,
               1 + i % 12, text, stars
    }
}' >many.jsonl
"$LEDE" add --quiet many.jsonl

now=--now=2025-01-01

# Rank, name, score.
hits() {
    "$LEDE" search gnu zebra --format csv --fields rank,key,score "$now" "$@" |
        sed 1d
}

# pages NAME OPTION...: pieces of one long page.
pages() {
    name=$1
    shift
    hits --limit 260 "$@" >whole
    is "$name: all of them" "$(cut -d, -f2 whole | sort -u | wc -l |
                               tr -d ' ')" 260
    is "$name: best first" "$(sort -t, -k3,3gr -k1,1g whole)" "$(cat whole)"
    while read -r offset limit; do
        is "$name: $limit from $offset on" \
            "$(hits --offset "$offset" --limit "$limit" "$@")" \
            "$(sed -n "$((offset + 1)),$((offset + limit))p" whole)"
    done <<END
0 7
7 13
93 7
95 5
96 17
100 10
99 1
113 90
203 57
END
}

# adds_up NAME OPTION...
adds_up() {
    name=$1
    shift
    "$LEDE" search gnu '"a zebra"' zebra --limit 260 --explain "$now" "$@" \
        --format jsonl >explained
    is "$name: the parts add up" "$(awk '{
        sum = 0
        n = split($0, piece, "\"score\":")
        for (i = 2; i <= n; i++) {
            sum += i == 2 ? -piece[i] : piece[i] + 0
        }
        wrong += sum != 0 || n < 3
    } END { print NR - wrong }' explained)" 260
}

for options in '' '--near 3 --title-share 0' '--near 0 --title-share 30' \
    '--recency 90,0.1' '--prior stars,2 --near 0 --title-share 0' \
    '--prior stars,-2 --recency 1000,0'; do
    # shellcheck disable=SC2086
    pages "with '$options'" $options
    # shellcheck disable=SC2086
    adds_up "with '$options'" $options
done
is 'what comes after the best is below them' \
    "$(tail -n 1 explained | grep -c '"kind":"below"')" 1
is 'the best are not' "$(head -n 100 explained | grep -c below)" 0

# ---- with a run ----

printf '1 Q0 n%s 0 %s other\n' 17 9 40 8 999 7 2 6 >other.run
"$LEDE" search gnu zebra --limit 5 --with-run other.run --explain \
    --format jsonl >explained
is 'the best of a run' "$(grep '"key":"n17"' explained |
    grep -c '"kind":"run","of":null,"score":1,.*"rank":1}')" 1
is 'of both, both' "$(head -n 1 explained |
    grep -c '"kind":"search".*"kind":"run"')" 1

# ---- as text ----

"$LEDE" search gnu '"a zebra"' --explain --limit 5 >text
ok 'as text' grep -q '^ *[0-9.]*  phrase "a zebra": tf ' text
is 'within 80 columns' "$(awk 'length($0) > 80' text)" ''
is 'not unless it is asked for' "$("$LEDE" search gnu | grep -c idf)" 0

# ---- as JSON ----

"$LEDE" search gnu zebra --json --explain --recency 30 >out
ok 'as JSON' sh -c '"$0" "$1" <out' "$TOP_BUILDDIR/tests/json-check" \
    "$TOP_SRCDIR/docs/json-schema/search.json"

# ---- the other engine ----

other=xapian
if [ "${LEDE_ENGINE:-native}" = xapian ]; then
    other=native
fi
cp -R .lede other
"$LEDE" convert --quiet --engine "$other" other
for options in '' '--recency 90,0.1 --prior stars,2'; do
    # shellcheck disable=SC2086
    "$LEDE" search gnu '"a zebra"' zebra --limit 260 --explain $options \
        "$now" --format jsonl | sed 's/,"index":.*//' >explained
    # shellcheck disable=SC2086
    ok "$other has the same with '$options'" sh -c '"$0" search --index other \
        gnu "\"a zebra\"" zebra --limit 260 --explain --format jsonl "$@" |
        sed "s/,\"index\":.*//" | cmp - explained' "$LEDE" "$now" $options
done

# ---- mistakes ----

for wrong in '--recency x' '--recency -3' '--recency 30,2' '--recency 30,' \
    '--prior ,1' '--prior stars,x' '--near -1' '--title-share x'; do
    # shellcheck disable=SC2086
    status "$wrong" 2 "$LEDE" search $wrong gnu
done


# below OPTION...: what a prior takes below 0, all of it.
awk 'BEGIN {
    split("plain hill marsh wood shore field lake dune cliff heath", land)
    for (i = 1; i <= 100; i++) {
        printf "{\"id\":\"h%d\",\"text\":\"A %s of the %s.\"," \
               "\"stars\":%d}\n", i, i % 3 ? "gnu" : "zebra",
               land[1 + i % 10], 1 + i % 13
    }
}' >herds.jsonl
"$LEDE" add --quiet --index herds herds.jsonl
below() {
    "$LEDE" search --index herds gnu --format csv --fields rank,key,score \
        "$@" | sed 1d
}
below >plain
below --feedback rm3 >learnt
ok 'something is learnt from the best' sh -c '! cmp -s plain learnt'
below --prior stars,-100 >plain
below --prior stars,-100 --feedback rm3 >learnt
ok 'a prior can take all below 0' grep -q '^1,[^,]*,-' plain
is 'then nothing is' "$(cat learnt)" "$(cat plain)"
done_testing
