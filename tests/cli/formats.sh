#!/bin/sh
# lede search --format: what each form prints, read back by a reader of its own
# that knows nothing of how it was written.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

tab=$(printf '\t')
cat >articles.jsonl <<END
{"id":"a","title":"Say \"hi\", model","text":"A model.\n\nNext, \"line\".\n",\
"tags":["x y","z"],"authors":["Ada Ng","Bo Li"],"rating":5,\
"places":["Ulm","Bonn"],"date":"2025-02-12"}
{"id":"b","title":"Back\\\\slash and 통의 모델 model",\
"text":"One\tmodel \\\\n here.","lang":"en","source":"Ledger"}
{"id":"c","title":"=1+1","text":"model, model","summary":"In short."}
END
mkdir files
printf '%s\n' '---' 'title: On file' '---' 'A fourth model, of a file.' \
    >files/-four.md
"$LEDE" index --quiet articles.jsonl files

# csv: RFC 4180 -> "[field][field]" a record; a bare quote or line feed, or
# anything between a quote and the comma, is an error.
csv() {
    LC_ALL=C awk '
        BEGIN { RS = "\1"; ORS = "" }
        function fail(why) { print "ERROR " why " at " i "\n"; exit 1 }
        {
            n = length($0)
            for (i = 1; i <= n; i++) {
                c = substr($0, i, 1)
                if (quoted) {
                    if (c != "\"") field = field c
                    else if (substr($0, i + 1, 1) == "\"") {
                        field = field c; i++
                    } else { quoted = 0; closed = 1 }
                } else if (c == "\"") {
                    if (field != "" || closed) fail("a quote")
                    quoted = 1
                } else if (c == ",") {
                    print "[" field "]"; field = ""; closed = 0
                } else if (c == "\r") {
                    if (substr($0, ++i, 1) != "\n") fail("a bare CR")
                    print "[" field "]\n"; field = ""; closed = 0
                } else if (c == "\n" || closed) fail("a stray byte")
                else field = field c
            }
            if (quoted || field != "") fail("the end")
        }'
}

# ---- csv ----

is 'csv: the names first' \
    "$("$LEDE" search --format csv model | csv | head -n 1)" \
    "[rank][score][id][title][date][source][authors][tags][lang][url][path]\
[snippet]"
is 'csv: values come back' \
    "$("$LEDE" search --format csv --fields key,title,body,authors,tags model |
        csv | tail -n +2 | LC_ALL=C sort)" \
    '
Next, "line".][Ada Ng; Bo Li][x y; z]
[][On file][A fourth model, of a file.][][]
[a][Say "hi", model][A model.
[b][Back\slash and 통의 모델 model][One model \n here.][][]
[c][=1+1][model, model][][]'
is 'csv: other keys' \
    "$("$LEDE" search --format csv \
        --fields key,meta.rating,meta.places,meta.none,summary,date model |
        csv | grep '^\[[ac]')" \
    '[a][5][Ulm; Bonn][][][2025-02-12]
[c][][][][In short.][]'
is 'csv: what is not text is JSON' \
    "$("$LEDE" search --format csv --fields key,highlights lang:en model | csv |
        grep '^\[b')" '[b][[[4,9]]]'
is 'csv: an empty field alone is quoted' \
    "$("$LEDE" search --format csv --fields summary title:hi | tail -n 1)" \
    "$(printf '""\r')"
is 'csv: a field may come twice' \
    "$("$LEDE" search --format csv --fields key,key title:hi | csv)" \
    '[key][key]
[a][a]'
is 'csv: ranks and scores are those of --json' \
    "$("$LEDE" search --format csv --fields rank,score model | csv |
        tail -n +2)" \
    "$("$LEDE" search --json model | grep -o '"rank":[0-9]*\|"score":[0-9.]*' |
        sed 's/.*://' | paste - - | sed "s/\(.*\)$tab\(.*\)/[\1][\2]/")"

# ---- tsv ----

"$LEDE" search --format tsv --fields key,title,body model >out
is 'tsv: a line of each' "$(wc -l <out | tr -d ' ')" 5
is 'tsv: three fields in each' \
    "$(awk -F "$tab" 'NF != 3' out | wc -l | tr -d ' ')" 0
is 'tsv: values come back' \
    "$(awk -F "$tab" '$1 == "a" || $1 == "b" { print $3 }' out | LC_ALL=C sort |
        sed 's/.*/&;/' | while IFS= read -r line; do printf '%b\n' "$line"
        done)" \
    'A model.

Next, "line".;
One model \n here.;'

# ---- jsonl ----

"$LEDE" search --json model >answer
"$LEDE" search --format jsonl model >out
is 'jsonl: a line each' "$(wc -l <out | tr -d ' ')" 4
while IFS= read -r line; do
    ok 'jsonl: a hit of --json' grep -qF -e "$line" answer
done <out
is 'jsonl: the fields that are wanted, in that order' \
    "$("$LEDE" search --format jsonl --fields tags,key,meta.rating title:hi)" \
    '{"tags":["x y","z"],"key":"a","meta.rating":"5"}'

# ---- all ----

for member in $("$TOP_BUILDDIR/tests/json-check" --members \
    "$TOP_SRCDIR/docs/json-schema/search.json" |
    sed -n 's/^hits\[\]\.\([a-z_]*\)[^a-z_.[].*/\1/p')
do
    status "a member of hits is a field: $member" 0 \
        "$LEDE" search --format csv --fields "$member" model
done

is 'trec' "$("$LEDE" search --format trec --run-name r model)" \
    "$("$LEDE" search --trec --run-name r model)"
is 'paths' "$("$LEDE" search --format paths -0 file | tr '\0' '!')" \
    'files/-four.md!'
is 'json' "$("$LEDE" search --format json model | sed 's/took_us":[0-9]*//')" \
    "$("$LEDE" search --json model | sed 's/took_us":[0-9]*//')"
is 'text' "$("$LEDE" search --format text model | sed '$d')" \
    "$("$LEDE" search model | sed '$d')"
for form in csv tsv jsonl trec paths; do
    status "$form: nothing found" 1 "$LEDE" search --format $form unicorn
    case $form in
    csv|tsv) is "$form: the names alone" "$(wc -l <out | tr -d ' ')" 1 ;;
    *) ok "$form: nothing on stdout" test ! -s out ;;
    esac
    ok "$form: a message elsewhere" grep -q 'nothing found' err
    status "$form: a note is not in it" 0 \
        "$LEDE" search --format $form '"model'
    is "$form: on no line" "$(grep -c note: out)" 0
    is "$form: a closed pipe is no error" \
        "$("$LEDE" search --format $form model 2>&1 | : ; echo done)" 'done'
done
while IFS='|' read -r name arguments; do
    # shellcheck disable=SC2086 # several arguments
    status "refused: $name" 2 "$LEDE" search $arguments model
    ok "refused: $name: and nothing printed" test ! -s out
done <<'END'
a form that there is not|--format xml
two forms|--format csv --json
two shorthands|--paths --trec
NUL at the end of no path|--format csv -0
fields of text|--fields id
fields of JSON|--json --fields id
a field that there is not|--format csv --fields id,titel
an empty field|--format csv --fields id,,key
counts that have no place|--format csv --facet tag
a key without a name|--format csv --fields meta.
END
is 'no field is named twice in the list of them' \
    "$("$LEDE" search --format csv --fields none x 2>&1 |
        sed 's/.*fields are //' | tr -d ' ' | tr ',' '\n' | sort | uniq -d)" ''
done_testing
