# index.sh - for tests that change an index and look at what it holds; read
# after tap.sh.

# seed N, below N: numbers that look random and are the same in every run with
# the same seed; $below is the last one.
seed() {
    random=${LEDE_TEST_SEED:-$1}
}
below() {
    random=$(((random * 1103515245 + 12345) % 2147483648))
    below=$((random / 64 % $1))
}

# put_article FILE TITLE: a file whose title tells its version.
put_article() {
    printf -- '---\ntitle: %s\n---\nSome text about %s and common words.\n' \
        "$2" "$2" >"$1"
}

# state INDEX: all articles, "ID TITLE" a line.
state() {
    "$LEDE" search --index "$1" --json --no-snippets --limit 1000000 \
        -- -nosuchwordanywhere | tr '{' '\n' |
        sed -n 's/.*"id":"\([^"]*\)".*"title":"\([^"]*\)".*/\1 \2/p' |
        LC_ALL=C sort
}

# is_sound NAME INDEX: lede check finds nothing.
is_sound() {
    tap_name=$1
    if "$LEDE" check --index "$2" >.sound 2>&1; then
        tap_line ok "$tap_name"
    else
        tap_line 'not ok' "$tap_name"
        sed 's/^/# /' .sound
    fi
}

# engine: of the indexes that are made.
engine() {
    echo "${LEDE_ENGINE:-native}"
}

# has_index FOLDER: whether an index is there, of any engine.
has_index() {
    [ -L "$1/xapian" ] || [ -e "$1/native/manifest" ]
}

# left_over INDEX: what is in its folder and does not belong to it.
left_over() {
    if [ -L "$1/xapian" ]; then
        (cd "$1" && ls) | grep -vxF -e lock -e xapian \
            -e "$(readlink "$1/xapian")"
    else
        (cd "$1" && ls) | grep -vxF -e lock -e native
        "$LEDE" info --index "$1" --json | tr '{,' '\n\n' |
            sed -n 's/^"name":"\(.*\).segment"$/\1/p' >.segments
        (cd "$1/native" && ls) | sed 's/[.-].*//' | sort -u |
            grep -vxF -e manifest -f .segments
    fi
}

# sanitized: whether the command is built with a sanitizer.
sanitized() {
    case ${LEDE_TEST_CC-} in
    *-fsanitize=*) return 0 ;;
    esac
    return 1
}
