#!/bin/sh
# What people type finds what they mean: each row of tests/data/lenient.tsv.
#
# All articles of all rows are in one index, so that every query runs against
# the others' articles too; of what it finds, those of its own row are judged.
# They are picked from the answer by their ids, ROW-must-1 and so on: a filter
# in the query would change what it means ("OR x" is no longer an OR at the
# beginning). What was understood, typed again, has to find the same. A row that
# is marked "later" has to fail: one that does not has lost its reason for it.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

rows=${LENIENT_ROWS:-$TOP_SRCDIR/tests/data/lenient.tsv}
most=5000

mkdir row
awk -F '\t' '
# Write the articles of one column, " | " between them. One may begin with
# members of its own, in braces; a pilcrow parts paragraphs.
function articles(kind, column,    at, n, text, members) {
    for (n = 1; column != ""; n++) {
        at = index(column, " | ")
        text = at ? substr(column, 1, at - 1) : column
        column = at ? substr(column, at + 3) : ""
        members = "\"title\":\".\""
        if (text ~ /^\{".*\} /) {
            at = index(text, "} ")
            members = substr(text, 2, at - 2)
            text = substr(text, at + 2)
        }
        gsub(/[\\"]/, "\\\\&", text)
        gsub(/ ¶ /, "\\n\\n", text)
        printf "{\"id\":\"%d-%s-%d\",\"lang\":\"en\",%s,\"body\":\"%s\"}\n", \
            row, kind, n, members, text
        print kind "-" n >("row/" row ".articles")
    }
}
/^# / { next }
NF < 5 || NF > 7 || (NF == 7 && $7 != "later") {
    print "line " NR " has " NF " columns" >"broken"
    next
}
{
    row++
    printf "%s", $1 >("row/" row ".query")
    printf "" >("row/" row ".articles")
    articles("must", $3)
    articles("not", $4)
    articles("later", $6)
    if (NF == 7) {
        print "" >("row/" row ".mark")
        close("row/" row ".mark")
    }
    close("row/" row ".query")
    close("row/" row ".articles")
}
END { print row + 0 >"count" }
' "$rows" >articles.jsonl
ok 'the table is well formed' test ! -e broken
status 'its articles are indexed' 0 "$LEDE" add --quiet articles.jsonl

# hits ROW QUERY: the articles of the row that are found, best first; fails
# where the query is refused.
hits() {
    "$LEDE" search --json --no-snippets --limit "$most" -- "$2" >answer 2>err
    [ $? -le 1 ] || return
    grep -o "\"id\":\"$1-[a-z]*-[0-9]*\"" answer |
        sed "s/\"id\":\"$1-//; s/\"//"
}

# understood: how the query of the answer was, printed back.
understood() {
    sed -n 's/.*"parsed":"\(\([^"\\]\|\\.\)*\)".*/\1/p' answer |
        sed 's/\\\(["\\/]\)/\1/g'
}

# judge ROW QUERY: found as the table has it.
judge() {
    hits "$1" "$2" >found || { cat err; return 1; }
    parsed=$(understood)
    if [ -n "$parsed" ] && [ "$parsed" != "$2" ]; then
        hits "$1" "$parsed" >again || { cat err; return 1; }
        cmp -s found again || {
            echo "as understood, $parsed, it finds"
            cat again
            echo 'and as typed'
            cat found
            return 1
        }
    fi
    awk -v articles="row/$1.articles" '
    { place[$0] = NR }
    END {
        while ((getline name <articles) > 0) {
            if (name ~ /^must/ && !(name in place)) {
                print name " is not found"
                bad = 1
            } else if (name ~ /^not/ && name in place) {
                print name " is found"
                bad = 1
            } else if (name ~ /^must/ && place[name] > last) {
                last = place[name]
            } else if (name ~ /^later/ && name in place &&
                       place[name] < last) {
                print name " comes too early"
                bad = 1
            }
        }
        exit bad
    }' found
}

# unlike ROW QUERY: the row is not as it should be yet, as its mark says.
unlike() {
    judge "$@" >/dev/null || return 0
    echo 'this is as it should be: its mark can go'
    return 1
}

row=0
while [ "$row" -lt "$(cat count)" ]; do
    row=$((row + 1))
    query=$(cat "row/$row.query")
    judged=judge
    [ ! -e "row/$row.mark" ] || judged=unlike
    # a # begins a directive of TAP, and echo may read backslashes
    ok "$row: $(printf %s "$query" | tr '#\\' '..')" \
        "$judged" "$row" "$query"
done
done_testing
