#!/bin/sh
# lede search --interactive, in a terminal that a program types into.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

command -v script >/dev/null || skip_all 'no script(1)'

escape=$(printf '\033')
mkdir articles
cat >articles/one.md <<'END'
# Qwen and the harbour

The model Qwen reads the tide tables. Zebra crossings are not in them.
END
cat >articles/two.md <<'END'
# Seven small boats

A boat is a boat, says Qwen. Seven of them lie in the harbour.
END
cat >stored.jsonl <<'END'
{"id":"hostile","title":"Wide \u001b]0;owned\u0007","body":"通义千问 \u001b[2J"}
{"id":"only-stored","title":"Marmalade","body":"No file has this: marmalade."}
END
status 'articles' 0 "$LEDE" index --quiet articles
status 'two without a file' 0 "$LEDE" add --quiet stored.jsonl

# typed KEYS [OPTION...]: the keys, which are printf's, with "|" where the
# screen is given time, into a terminal.  What it prints is in out, its status
# in code, what the terminal got in screen.
typed() {
    keys=$1
    shift
    rm -f screen code
    : >screen
    {
        wait_for "$escape[?1049h"
        printf '%s\n' "$keys" | tr '|' '\n' | while IFS= read -r part; do
            printf "$part"
            sleep 0.2
        done
        wait_for_code
        printf '\003'           # what does not end by itself
    } | TERM=${term-xterm} timeout 30 script -qfc "
        stty rows ${rows-24} cols ${cols-80}
        '$LEDE' search --interactive $* >out 2>err
        echo \$? >code; stty -a >after" screen >/dev/null 2>&1
    code=$(cat code 2>/dev/null)
}

# Until the screen has a text, ten seconds at most.
wait_for() {
    tries=0
    until grep -qaF "$1" screen || [ -s code ] || [ "$tries" -ge 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
}

wait_for_code() {
    tries=0
    until [ -s code ] || [ "$tries" -ge 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
}

# drew TEXT: the screen has had it, whatever was marked or moved between.
drew() {
    sed "s/$escape\[[0-9;?]*[a-zA-Z]//g" screen | tr -d '\r' | grep -qaF "$1"
}

typed 'z|e|b|r|a|\r'
is 'a query typed key by key: Enter prints the path' \
    "$code $(cat out)" '0 articles/one.md'
ok 'the title was seen' drew 'Qwen and the harbour'
ok 'and the passage' drew 'crossings are not in them'
ok 'the other screen was left' grep -qaF "$escape[?1049l" screen
ok 'and the terminal is as it was' grep -q ' icanon.* echo ' after

second=$("$LEDE" search --paths qwen | sed -n 2p)
typed 'qwen|\033[B|\r'
is 'arrow down: the second' "$code $(cat out)" "0 $second"
typed 'qwen|\033OB|\033OA|\033OB|\r'
is 'and up again, as some terminals send it' "$code $(cat out)" "0 $second"
typed 'qwen|\016\016\016\016\016\r'
is 'no further than the last' "$code $(cat out)" \
    "0 $("$LEDE" search --paths qwen | tail -n 1)"
typed '|\r' zebra
is 'the query that one begins with' "$code $(cat out)" '0 articles/one.md'
typed 'marmalade|\r'
is 'an article without a file: its id' "$code $(cat out)" '0 only-stored'
typed 'zebra|\033'
is 'Esc: 130, and nothing' "$code $(cat out err)" '130 '
typed 'zebra|\003'
is '^C: 130, and nothing' "$code $(cat out err)" '130 '
typed 'xyzzyq|\r'
is 'Enter where nothing is found: 1' "$code $(cat out err)" '1 '
typed '|\r'
is 'nor is anything by no query' "$code $(cat out err)" '1 '
typed 'marmalade zebrx\177a\027\025zebré\177a|\r'
is 'erasing a character, a word, all' "$code $(cat out)" \
    '0 articles/one.md'
typed 'ebra\001z\005|\r'
is 'moving in the query' "$code $(cat out)" '0 articles/one.md'
typed 'seven|\t|\033[B|\t|\r'
is 'Tab shows the whole article, and the list again' \
    "$code $(cat out)" '0 articles/two.md'
typed '"zebra|\r'
ok 'what was not honoured is told' drew 'quot'
typed '|\r' --sort title qwen
is 'options hold' "$code $(cat out)" \
    "0 $("$LEDE" search --paths --sort title qwen | head -n 1)"

typed 'wide|\t|\r'
is 'an article with control characters' "$code $(cat out)" \
    '0 hostile'
ok 'is shown' drew '通义千问'
is 'without them' "$(grep -cF "$escape]0;owned" screen)" 0

for size in '5 20' '1 1' '2 3' '10 40' '60 200'; do
    rows=${size% *}
    cols=${size#* }
    typed 'qwen|\033[B|\t|\033[6~|\t|\033[5~|\r'
    is "$rows lines of $cols columns" "$code $(wc -l <out | tr -d ' ')" '0 1'
done
unset rows cols

typed '\377\376\303(\360\237|\342\202|\033[99;99~|\033[<0;1;1M|\200\300|\003'
is 'bytes that are no text' "$code $(cat out err)" '130 '
for i in 1 2 3; do
    noise=$(head -c 400 /dev/urandom | od -An -v -to1 | tr -d '\n' |
        sed -e 's/ \(003\|012\|015\|033\|174\|000\)/ 101/g' -e 's/ /\\/g')
    typed "$noise|\\003"
    is 'noise' "$code $(cat err)" '130 '
done

NO_COLOR=1 typed 'zebra|\r'
is 'NO_COLOR: no colour' "$(grep -c "$escape\[[0-9;]*3[0-9]m" screen)" 0
typed 'zebra|\r' --color never
is '--color never: no colour' "$(grep -c "$escape\[[0-9;]*3[0-9]m" screen)" 0
typed 'zebra|\r'
ok 'colour otherwise' grep -q "$escape\[[0-9;]*3[0-9]m" screen

# A signal ends it, and the terminal is as it was.
mkfifo keys
rm -f code pid
: >screen
TERM=xterm script -qfc "stty rows 24 cols 80
    sh -c 'echo \$\$ >pid; exec \"$LEDE\" search --interactive zebra' >out 2>err
    echo \$? >code; stty -a >after" screen <keys >/dev/null 2>&1 &
exec 3>keys
wait_for 'harbour'
kill -TERM "$(cat pid)"
wait_for_code
(printf '\003' >&3) 2>/dev/null || :
exec 3>&-
wait
is 'SIGTERM ends it' "$(cat code out)" 143
ok 'and leaves the terminal as it was' grep -q ' icanon.* echo ' after

term=dumb typed ''
is 'a dumb terminal' "$code $(cat err)" \
    '2 lede: --interactive needs a terminal that is not dumb'
term=no-such-thing typed ''
is 'an unknown one' "$code $(cat err)" \
    '2 lede: --interactive needs a terminal, of a kind that is known (TERM)'
if command -v setsid >/dev/null; then
    TERM=xterm
    export TERM
    status 'no terminal' 2 setsid -w "$LEDE" search --interactive zebra
    is 'nothing on stdout' "$(cat out)" ''
    ok 'but a message' grep -q 'needs a terminal' err
fi
for other in --json '--query-json x' --explain-query '--facet tag' \
    '--offset 3'; do
    status "not with $other" 2 "$LEDE" search --interactive $other
done
done_testing
