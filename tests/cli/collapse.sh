#!/bin/sh
# --collapse shows near copies of a story as one, and --diversify demotes what
# is like better hits; neither loses or invents an article.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

# Stories of made words, 40 of them, and of each six copies that another paper
# might print, under headlines of their own: word for word; with one word in
# thirty changed; without the last fifth; between the lines that the paper
# prints with all it has; with its halves the other way round; all of that but
# the last.
awk 'function word() { return words[int(rand() * 3000)] }
    function boiler(paper,  i, t) {
        for (i = 0; i < 15; i++) t = t " " words[(paper * 37 + i) % 3000]
        return t
    }
    function put(story, kind, text) {
        printf "{\"id\":\"%d.%d\",\"title\":\"Story %d %s\"", story, kind,
            story, word()
        printf ",\"source\":\"Paper %d\",\"body\":\"news%s\"}\n", kind, text
    }
    BEGIN {
        srand(17)
        for (i = 0; i < 3000; i++) {
            words[i] = sprintf("%c%c%c%c%c", 97 + rand() * 26,
                97 + rand() * 26, 97 + rand() * 26, 97 + rand() * 26,
                97 + rand() * 26)
        }
        for (s = 1; s <= 40; s++) {
            n = 100 + int(rand() * 300)
            all = edited = part = first = second = mixed = ""
            for (i = 0; i < n; i++) {
                w = word()
                v = rand() < 1 / 30 ? word() : w
                all = all " " w
                edited = edited " " v
                if (i < n * .8) { part = part " " w; mixed = mixed " " v }
                if (i < n / 2) first = first " " w; else second = second " " w
            }
            put(s, 0, all); put(s, 1, all); put(s, 2, edited); put(s, 3, part)
            put(s, 4, boiler(4) all boiler(5)); put(s, 5, second first)
            put(s, 6, boiler(6) mixed)
        }
        for (i = 0; i < 12; i++) {
            printf "{\"id\":\"short%d\",\"source\":\"Wire\",\"title\":" \
                "\"Short news\",\"body\":\"Short news, no more.\"}\n", i
        }
    }' >made.jsonl
ok 'made copies' "$LEDE" add --quiet made.jsonl

# json ARGUMENT...: the answer, a hit or copy on each line.
json() {
    "$LEDE" search --json --no-snippets "$@" |
        sed 's/{"rank"/\nhit &/g; s/{"id"/\ncopy &/g; s/],"warnings".*/\n&/'
}

# ids ARGUMENT...: of hits, in their order.
ids() {
    json "$@" | sed -n 's/^hit .*"id":"\([^"]*\)".*/\1/p'
}

# groups ARGUMENT...: each on a line, the hit and its copies.
groups() {
    json "$@" | sed -n 's/^\(hit\|copy\) .*"id":"\([^"]*\)".*/\1 \2/p' |
        awk '{ if (NR > 1) printf "%s", $1 == "hit" ? "\n" : " "
               printf "%s", $2 } END { print "" }'
}

# ---- groups ----

ids -n 1000 news | sort >all
is 'all are found' "$(wc -l <all)" 292
groups --collapse -n 1000 news >together
is 'hits and copies are what is found' \
    "$(tr ' ' '\n' <together | sort | cmp - all && echo same)" same
is 'no group has two stories' \
    "$(awk '{ for (i = 2; i <= NF; i++)
        if (int($i) != int($1) || /short/ && NF > 1) print }' together)" ''
is 'texts of a few words are no copies' "$(grep -c short together)" 12
found=$(awk '!/short/ && NF > 1 { n += NF - 1 } END { print n }' together)
ok "of 240 copies $found stand with their story, 225 at least" \
    test "$found" -ge 225
is 'the total counts articles' \
    "$(json --collapse -n 1 news | grep -o '"total":[0-9]*')" '"total":292'
is 'nothing is told of copies without it' \
    "$(json -n 20 news | grep -c copies)" 0
is 'only what is the same' \
    "$(groups --collapse --similarity 1 -n 1000 1 |
        awk 'NF > 2' | head -n 3)" ''

# ---- pages ----

for size in 1 3 7; do
    : >pages
    at=0
    while [ "$at" -lt 28 ]; do
        ids --collapse -n "$size" --offset "$at" news >>pages
        at=$((at + size))
    done
    is "pages of $size neither repeat nor skip" \
        "$(head -n 21 pages | tr '\n' ' ')" \
        "$(sed 's/ .*//' together | head -n 21 | tr '\n' ' ')"
done
is 'ranks go on' "$(json --collapse -n 2 --offset 2 news |
    grep -o '"rank":[0-9]*' | tr '\n' ' ')" '"rank":3 "rank":4 '
cursor=$(json --collapse -n 5 news | grep -o '"cursor":"[^"]*"' |
    cut -d'"' -f4)
is 'by cursor, too' "$(ids --collapse -n 5 --after "$cursor" news |
    tr '\n' ' ')" "$(ids --collapse -n 5 --offset 5 news | tr '\n' ' ')"
is 'behind the last group there is none' \
    "$(json --collapse -n 1000 news | grep -o '"cursor":[^,]*')" \
    '"cursor":null'
status 'a thousand groups' 0 "$LEDE" search --collapse -n 999 --offset 1 news
status 'and no more' 2 "$LEDE" search --collapse -n 1000 --offset 1 news
status 'nothing found' 1 "$LEDE" search --collapse nothing
status 'a filter alone' 0 "$LEDE" search --collapse 'source:"Paper 1"'
status 'in another order' 0 "$LEDE" search --collapse --sort title news
status 'no similarity' 2 "$LEDE" search --collapse --similarity 0 news

# ---- what a person reads ----

is 'a line tells where a story is also to be read' \
    "$("$LEDE" search --collapse -n 1 --no-snippets -- +news title:17 |
        sed -n 's/^ *Also: //p' | tr ',' '\n' | sed 's/^ //' | sort |
        tr '\n' ' ')" \
    "$(json --collapse -n 1 -- +news title:17 |
        sed -n 's/^copy .*"source":"\([^"]*\)".*/\1/p' | sort | tr '\n' ' ')"
for i in 1 2 3; do
    "$LEDE" add --quiet --index "more$i" made.jsonl
done
json --collapse -n 1 --index more1 --index more2 --index more3 \
    --index .lede -- +news title:17 >several
is 'several indexes: a hit, and twenty of its copies' \
    "$(grep -c '^copy' several)" 20
is 'of those that there are' \
    "$(grep -o '"copies_found":[0-9]*' several | cut -d: -f2)" \
    "$(($(groups --collapse -n 1 -- +news title:17 | wc -w) * 4 - 1))"
ok 'and the others are counted' sh -c '"$0" search --collapse -n 1 \
    --no-snippets --index more1 --index more2 --index more3 --index .lede \
    -- +news title:17 | tr "\n" " " | grep -q "Also: .* and [0-9]* more"' \
    "$LEDE"
is 'each with its index' "$(sed -n 's/^copy .*"index":"\([^"]*\)".*/\1/p' \
    several | sed 's,.*/,,' | sort -u | tr '\n' ' ')" \
    '.lede more1 more2 more3 '

is 'stories are counted below them, and articles' \
    "$("$LEDE" search --collapse -n 1 news |
        sed -n 's/\(articles\) (.*/\1/p')" \
    '1 story of 292 articles'
ok 'JSON with copies is as it is written' sh -c '"$0" search --json \
    --collapse news | "$1" "$2"' "$LEDE" "$TOP_BUILDDIR/tests/json-check" \
    "$TOP_SRCDIR/docs/json-schema/search.json"

is 'a table may have how many copies there are' \
    "$("$LEDE" search --collapse -n 1 --format tsv --fields copies_found news |
        tail -n 1)" \
    "$(groups --collapse -n 1 news | awk '{ print NF - 1 }')"

# Of Chinese, four characters in a row.
other=天气晴朗适合出门散步今天的比赛结果令人意外大家都很高兴明天再来看看
text=阿里巴巴发布了新的千问大模型并公布了各项基准测试的成绩苹果公司宣布在中国使用它
cat >chinese.jsonl <<END
{"id":"z1","title":"一","source":"甲","body":"千问。$text。"}
{"id":"z2","title":"二","source":"乙","body":"千问。$text，据报道。"}
{"id":"z3","title":"三","source":"丙","body":"千问。$other"}
END
"$LEDE" add --quiet --index chinese chinese.jsonl
is 'Chinese copies' "$(groups --collapse --index chinese 千问 |
    awk '{ print NF }' | sort | tr '\n' ' ')" '1 2 '

# Words alone tell no story from another one that is as short.
"$LEDE" add --quiet --index empty </dev/null
status 'an empty index' 1 "$LEDE" search --collapse --diversify 1 \
    --index empty news

# ---- another order ----

for x in 0.1 0.5 1; do
    is "diversified by $x, what is found is the same" \
        "$(ids --diversify "$x" -n 1000 news | sort | cmp - all &&
            echo same)" same
    is "the best stays the best with $x" \
        "$(ids --diversify "$x" -n 1 news)" "$(ids -n 1 news)"
    ids --diversify "$x" -n 30 news >whole
    { ids --diversify "$x" -n 9 news
      ids --diversify "$x" -n 9 --offset 9 news
      ids --diversify "$x" -n 12 --offset 18 news; } >pages
    ok "pages are parts of one order with $x" cmp pages whole
done
is 'by 0, the order is what it is without' \
    "$(ids --diversify 0 -n 1000 news | cksum)" "$(ids -n 1000 news | cksum)"
is 'behind the hundredth, too' \
    "$(ids --diversify 1 -n 1000 news | tail -n 192 | cksum)" \
    "$(ids -n 1000 news | tail -n 192 | cksum)"
# sources ARGUMENT...: how many there are in the first seven.
sources() {
    json -n 7 "$@" | grep -o '"source":"[^"]*"' | sort -u | wc -l
}
ok 'there are more sources' test \
    "$(sources --diversify 0.9 -- news source:paper)" -ge \
    "$(sources -- news source:paper)"
is 'a story and its copies do not stand together' \
    "$(ids --diversify 1 -n 8 news | sed 's/\..*//' | sort -u |
        grep -c .)" \
    "$(ids --diversify 1 -n 8 news | grep -c .)"
status 'in an order of its own' 2 \
    "$LEDE" search --diversify 0.5 --sort date news
status 'more than all' 2 "$LEDE" search --diversify 1.5 news
status 'of a filter alone' 0 "$LEDE" search --diversify 1 lang:en
is 'and both at once' \
    "$(groups --diversify 0.5 --collapse -n 1000 news | tr ' ' '\n' | sort |
        cmp - all && echo same)" same
done_testing
