#!/bin/sh
# What a query that is being typed may become: words, phrases and titles, of
# any prefix whatever; and what lede search says of misspelt words.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

# Thirty articles of machine learning, ten of machine guns, and titles.
{
    for i in 1 2 3 4 5 6 7 8 9 10; do
        for text in 'On machine learning and leaves.' \
            'More machine learning, learned.' 'A machine gun.'; do
            n=$((${n-0} + 1))
            printf '{"id":"%d","title":"Note","body":"%s"}\n' $n "$text"
        done
    done
    cat <<'END'
{"id":"t1","title":"Machine learning","body":"What it is, at some length."}
{"id":"t2","title":"On the machine learning of cats","body":"Cats."}
{"id":"t3","title":"Machine Léarn","body":"A name."}
{"id":"t4","title":"São Paulo","body":"A city."}
{"id":"t5","title":"모델 비교","body":"모델을 비교했다."}
{"id":"t6","title":"通义千问 模型","body":"模型。"}
END
} >articles.jsonl
status 'articles' 0 "$LEDE" add --quiet articles.jsonl

# told PREFIX: the completions, apart by bars.
told() {
    "$LEDE" suggest -- "$@" | tr '\n' '|'
}

is 'words, most articles first' \
    "$("$LEDE" suggest -n 2 lea | head -n 1)" learning
is 'phrases, as titles have them, titles that begin so, others' \
    "$(told machine lea)" \
    'Machine learning|Machine Léarn|On the machine learning of cats|'
is 'a phrase goes on where there is one' "$(told machine gu)" 'machine gun|'
is 'case does not matter' "$(told MACHINE GU)" 'MACHINE gun|'
is 'behind a space comes a new word' \
    "$("$LEDE" suggest 'machine ' | head -n 1)" 'Machine learning'
is 'accents do not matter' "$(told sao pau)" 'São Paulo|'
is 'nor where they were typed' "$(told São P)" 'São Paulo|'
is 'Korean' "$(told 모델 | grep -c '모델 비교')" 1
is 'Chinese' "$(told 通义 | grep -c '通义千问 模型')" 1
is '-n' "$("$LEDE" suggest -n 1 m | wc -l | tr -d ' ')" 1
status 'nothing begins so' 1 "$LEDE" suggest xyzzyq
is 'nothing is printed' "$("$LEDE" suggest xyzzyq)" ''
status 'nothing was typed' 2 "$LEDE" suggest ''
status 'only signs' 1 "$LEDE" suggest '"(+-'
status 'no PREFIX' 2 "$LEDE" suggest
status 'not UTF-8' 2 "$LEDE" suggest "$(printf 'a\377')"
status 'long' 1 "$LEDE" suggest "$(printf '%0600d' 0)"
"$LEDE" suggest --json machine lea >answer
ok 'JSON' sh -c '"$0" "$1" <answer' "$TOP_BUILDDIR/tests/json-check" \
    "$TOP_SRCDIR/docs/json-schema/suggest.json"
is 'kinds and counts' \
    "$(grep -o '"kind":"[a-z]*","articles":[0-9]*' answer | tr '\n' ' ')" \
    '"kind":"phrase","articles":22 "kind":"title","articles":1 '\
'"kind":"title","articles":1 '

# ---- misspelt words ----

is 'did you mean' "$("$LEDE" search machine laerning | head -n 1)" \
    'Did you mean machine learning?'
is 'nothing found: what was meant is shown' \
    "$("$LEDE" search laerning | head -n 1)" \
    'Nothing found for laerning; showing learning'
status 'which is something found' 0 "$LEDE" search laerning
status 'not with --no-suggest' 1 "$LEDE" search --no-suggest laerning
is 'nor does it ask' \
    "$("$LEDE" search --no-suggest machine laerning | grep -c 'you mean')" 0
is 'programs are told apart' \
    "$("$LEDE" search --format csv laerning 2>&1 >out | head -n 1)" \
    'lede: note: did you mean `learning'"'?"
status 'and get what they asked for' 1 "$LEDE" search --paths laerning
is 'in JSON' "$("$LEDE" search --json -n 1 laerning |
    grep -o '"suggestions":.*"corrected":true')" \
    "$("$LEDE" search --json -n 1 laerning |
        grep -o '"suggestions":\[{"query":"learning".*"corrected":true')"
ok 'which is valid' sh -c '"$1" search --json laerning | "$0" "$2"' \
    "$TOP_BUILDDIR/tests/json-check" "$LEDE" \
    "$TOP_SRCDIR/docs/json-schema/search.json"
done_testing
