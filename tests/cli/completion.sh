#!/bin/sh
# The shells' completions: they are read without complaint, and bash completes
# commands, options, their values, and files.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

for shell in bash zsh fish; do
    ok "$shell: they are written" "$LEDE" completion "$shell"
    cp .tap-output "lede.$shell"
    ok "$shell: --limit is among them" grep -q limit "lede.$shell"
    if command -v "$shell" >/dev/null; then
        ok "$shell reads them" "$shell" -n "lede.$shell"
    else
        skip "$shell reads them" "no $shell"
    fi
done
status 'an unknown shell' 2 "$LEDE" completion tcsh

if ! command -v bash >/dev/null; then
    skip 'bash completes' 'no bash'
    done_testing
fi

mkdir -p folder/inside
touch file.yaml

# completed WORD...: what bash proposes for the last word.
completed() {
    bash -c '. ./lede.bash
        COMP_WORDS=(lede "$@")
        COMP_CWORD=$#
        _lede
        printf "%s\n" "${COMPREPLY[@]}"' bash "$@" 2>&1 | sort | tr '\n' ' '
}

is 'a command' "$(completed sea)" 'search '
is 'all commands' "$(completed '')" \
    "$(echo --help --version search similar background suggest show info \
        index add remove alert check optimize convert analyze eval fuse help |
        tr ' ' '\n' | sort | tr '\n' ' ')"
is 'the hidden one is not proposed' "$(completed comp)" ' '
is 'an option' "$(completed search --explain-)" '--explain-query '
is 'only options of the command' "$(completed show --reb)" ' '
is 'values' "$(completed search --sort '')" \
    '-date -words date relevance title '
is 'values after =' "$(completed search --sort = rel)" 'relevance '
is 'a value that nobody knows' "$(completed search --limit '')" ' '
is 'a file' "$(completed index --config fi)" 'file.yaml '
is 'a folder' "$(completed search --index f)" 'folder '
is 'paths' "$(completed index f)" 'file.yaml folder '
is 'no files for a query' "$(completed search f)" ' '
is 'a command for help' "$(completed help ana)" 'analyze '
done_testing
