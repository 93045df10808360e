#!/bin/sh
# What the command says about itself and about mistakes, and its exit status.
# Needs no index.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

commands='search similar background suggest show info index add remove alert
    check optimize convert analyze eval fuse help'
LEDE_INDEX=$tap_scratch/none
export LEDE_INDEX

# said FILE PATTERN: the file has a line that matches.
said() {
    grep -Eq -e "$2" "$1"
}

# mistake NAME PATTERN ARGUMENT...: status 2, a message, and no output.
mistake() {
    mistake_name=$1
    mistake_pattern=$2
    shift 2
    status "$mistake_name: status 2" 2 "$LEDE" "$@"
    ok "$mistake_name: says so" said err "$mistake_pattern"
    ok "$mistake_name: on stderr alone" test ! -s out
}

status '--version' 0 "$LEDE" --version
ok '--version names it' said out '^lede [0-9]+\.[0-9]+\.[0-9]+$'
for flag in --help -h help; do
    status "$flag" 0 "$LEDE" "$flag"
    ok "$flag: nothing on stderr" test ! -s err
    for command in $commands; do
        ok "$flag lists $command" said out "^  $command +[a-z]"
    done
done
ok 'the hidden command is not listed' sh -c '! grep -q completion out'

for command in $commands; do
    "$LEDE" help "$command" >full
    status "$command -h" 0 "$LEDE" "$command" -h
    ok "$command -h: shows the usage" said out "^Usage: lede $command"
    is "$command -h: at most 79 columns" "$(grep -E '.{80}' out full)" ''
    cp out short
    status "$command --help" 0 "$LEDE" "$command" --help
    ok "$command --help is lede help $command" cmp -s out full
    is "$command: -h and --help list the same options" \
        "$(grep -Eo '^ +(-., )?--[a-z0-9-]+' short | tr -d ' ' | sort)" \
        "$(grep -Eo '^ +(-., )?--[a-z0-9-]+' full | tr -d ' ' | sort)"
done
ok 'help wins over other arguments' "$LEDE" search --limit 3 x --help
ok 'help wins over missing arguments' "$LEDE" show --help

mistake 'no command' 'a command is needed'
mistake 'an unknown command' "no command is called 'serach'; did you mean" \
    serach x
mistake 'a word for a command' 'to search for it: lede search Qwen' Qwen
mistake 'an option before the command' 'comes before a command' --json search
mistake 'help for an unknown command' "no command is called 'foo'" help foo
mistake 'an unknown option' "did you mean --limit" search --limt 3 x
mistake 'an unknown letter' "'-z' is not an option of lede index" index -z
mistake 'an unknown option before text' 'put -- before it' search -zebra
mistake 'an unknown --long after a word' 'put -- before it' search a --zebra
mistake 'a beginning of an option' 'did you mean --rebuild' index --reb .
mistake 'an option without its value' '--limit needs a value' search --limit
mistake 'a letter without its value' '--limit needs a value' search -n
mistake 'a flag with a value' '--json takes no value' search --json=yes x
mistake 'a choice that is none' 'not one of: bm25' search --model up x
mistake 'an operand too many' "'b' is one argument too many" show a b
mistake 'two operands for info' "'y' is one argument too many" info x y
mistake 'an operand too few' 'lede show needs ID' show
mistake 'nothing to remove' 'lede remove needs ID' remove
mistake 'an empty query' 'an empty query' search
mistake 'a blank query' 'an empty query' search ' ' ''
mistake 'topics and no qrels' 'are needed' eval --topics x
mistake 'judgments of nothing' 'are needed' eval --qrels x
mistake 'one run compared' 'takes two runs' eval --qrels q --compare a
mistake 'three compared' 'takes two runs' \
    eval --qrels q --compare --run c a b
mistake 'a run without --compare' 'go with --compare' \
    eval --qrels q --run c a
mistake 'a least that is none' 'is not MEASURE=VALUE' \
    eval --qrels q --run r --fail-under map
mistake 'a least over 1' 'is not MEASURE=VALUE' \
    eval --qrels q --run r --fail-under map=2
mistake 'nothing to fuse' 'lede fuse needs RUN' fuse
mistake 'too few weights' '1 weight for 2 runs' fuse --weights 1 a b
mistake 'a weight that is none' 'is not a number' fuse --weights 1,-1 a b
mistake 'too many weights' '3 weights for 2 runs' fuse --weights 1,1,1 a b
mistake 'a run that is missing' 'none.run' fuse none.run
mistake '--paths and --json' 'exclude each other' search --paths --json x
mistake '-0 without --paths' '-0 goes with --paths' search -0 x
mistake '-0 without --files-from' '-0 goes with' index -0 .
mistake 'a list and paths' 'takes the place of PATHs' \
    index --files-from - a
mistake 'a list and --prune' 'nothing vanishes' index --files-from - --prune
mistake 'a list that is missing' 'none: ' index --files-from none
mistake 'a config that is missing' 'none.yaml: ' index --config none.yaml .
mistake 'two indexes for info' 'one index' info --index a --index b
mistake 'an empty --index' 'needs the path' search --index '' x
mistake 'an unknown engine' 'not one of: native xapian' \
    index --engine paper .
mistake 'an index named twice' 'not by both' optimize --index a b
mistake 'an index to convert named twice' 'not by both' convert --index a b
mistake 'an index to check named twice' 'not by both' check --index a b
mistake 'an index to tell of named twice' 'not by both' info --index a b
mistake 'two indexes to convert' "'b' is one argument too many" convert a b
LEDE_ENGINE=paper
export LEDE_ENGINE
mistake 'an unknown LEDE_ENGINE' 'LEDE_ENGINE is .paper.' index .
unset LEDE_ENGINE

while read -r option value; do
    command=search
    case $option in --memory|--jobs|-j|--wait|--max-article) command=index ;;
    esac
    mistake "$option $value" "'$value' is not" $command $option "$value" x
done <<'END'
--limit -1
--limit 1.5
--limit 1000001
--limit 5x
--limit 0x10
--limit 99999999999999999999
--offset nan
--offset inf
--k1 -0.1
--k1 1e400
--b 1.01
--b .
--memory 31M
--memory 512X
--memory 512MM
--memory 1e30
--jobs 0
-j 5000
--wait -1
--max-article 0
END
mistake 'limit and offset together' 'together are at most' \
    search --limit 600000 --offset 600000 x

# An index that is not there is an error for whoever reads, and is not made.
for line in 'search x' 'show x' info check 'remove x' optimize convert \
    'eval --topics a --qrels b'; do
    status "no index: lede $line" 2 "$LEDE" $line
    ok "no index: lede $line says which" said err "$LEDE_INDEX"
done
unset LEDE_INDEX
status 'no index here: status' 2 "$LEDE" search x
ok 'no index here: what to do' said err 'lede index FOLDER'
is 'no folder was made' "$(find . -name '*lede*' -o -type d ! -name .)" ''

# What cannot be written is an error; a closed pipe is none.
if [ -c /dev/full ]; then
    for line in --version help 'help search' 'search -h' 'completion bash'; do
        status "full disk: lede $line" 2 sh -c "\"\$0\" $line >/dev/full" \
            "$LEDE"
        ok "full disk: lede $line says so" said err 'standard output: '
    done
fi
is 'a closed pipe is quiet' "$("$LEDE" help search 2>&1 | :)" ''
is 'a closed pipe is quiet where SIGPIPE is ignored' \
    "$( (trap '' PIPE; "$LEDE" help search 2>err) | :; cat err)" ''
is 'stdout closed is no crash' \
    "$("$LEDE" --version >&- 2>/dev/null; [ $? -le 2 ] && echo ok)" ok
done_testing
