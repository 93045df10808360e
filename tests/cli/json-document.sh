#!/bin/sh
# docs/json.md and docs/json-schema/ say the same: each command's table lists
# the members and types of its schema, and each example is valid by it.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

check=$TOP_BUILDDIR/tests/json-check
document=$TOP_SRCDIR/docs/json.md

# section NAME: the lines of the document under `## NAME'.
section() {
    awk -v heading="## $1" '/^## / { on = $0 == heading } on' "$document"
}

for schema in "$TOP_SRCDIR"/docs/json-schema/*.json; do
    name=$(basename "$schema" .json)
    tab=$(printf '\t')
    is "$name: the members and types are those of the schema" \
        "$(section "$name" |
            sed -n "s/^| \`\([^\`]*\)\` | \([^|]*\) |.*/\1$tab\2/p")" \
        "$("$check" --members "$schema")"
    section "$name" | sed -n '/^```json/,/^```$/p' | grep -v '^```' |
        tr -d '\n' >example
    echo >>example
    ok "$name: the example is valid" sh -c '"$0" "$1" <example' \
        "$check" "$schema"
done
is 'each section has a schema' \
    "$(sed -n 's/^## //p' "$document" | sort | tr '\n' ' ')" \
    "$(cd "$TOP_SRCDIR/docs/json-schema" && ls | sed 's/\.json$//' |
        sort | tr '\n' ' ')"

# The checker finds what is wrong.
schema=$TOP_SRCDIR/docs/json-schema/remove.json
while IFS='|' read -r name answer; do
    status "refused: $name" 1 sh -c 'printf "%s\n" "$2" | "$0" "$1"' \
        "$check" "$schema" "$answer"
done <<'END'
another schema number|{"schema":2,"removed":0,"unknown":[],"index":"a"}
a member that lacks|{"schema":1,"removed":0,"unknown":[]}
a member too many|{"schema":1,"removed":0,"unknown":[],"index":"a","b":1}
a wrong type|{"schema":1,"removed":"0","unknown":[],"index":"a"}
null for a list|{"schema":1,"removed":0,"unknown":null,"index":"a"}
a wrong type in a list|{"schema":1,"removed":0,"unknown":[1],"index":"a"}
a number too small|{"schema":1,"removed":-1,"unknown":[],"index":"a"}
a real for an integer|{"schema":1,"removed":1.5,"unknown":[],"index":"a"}
a list for the object|[]
END
status 'refused: two lines' 2 sh -c 'printf "{}\n{}\n" | "$0" "$1"' \
    "$check" "$schema"
status 'refused: no line end' 2 sh -c 'printf "{}" | "$0" "$1"' \
    "$check" "$schema"
status 'refused: not JSON' 2 sh -c 'echo "{\"schema\":1,}" | "$0" "$1"' \
    "$check" "$schema"
status 'refused: not UTF-8' 2 sh -c 'printf "{\"a\":\"\377\"}\n" | "$0" "$1"' \
    "$check" "$schema"
echo '{"type":"object","propertyNames":{}}' >odd.json
status 'refused: a schema with a keyword that is not checked' 2 \
    sh -c 'echo "{}" | "$0" odd.json' "$check"
done_testing
