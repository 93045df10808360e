# tap.sh - what a shell test says, in the Test Anything Protocol. A test is
# POSIX sh and begins with
#     . "${TOP_SRCDIR:-.}/tests/tap.sh"
# It runs in a scratch folder of its own, removed at the end; $LEDE is the
# command, $SAMPLES the sample articles, $TOP_SRCDIR and $TOP_BUILDDIR the
# project and the build. By hand: make check TESTS=tests/NAME.sh VERBOSE=1

set -u
TOP_SRCDIR=$(cd "${TOP_SRCDIR:-.}" && pwd)
TOP_BUILDDIR=$(cd "${TOP_BUILDDIR:-.}" && pwd)
tap_count=0
tap_failed=0
tap_scratch=$(mktemp -d) || exit 1
trap 'chmod -R u+rwX "$tap_scratch" && rm -rf "$tap_scratch"' EXIT
trap 'exit 1' HUP INT TERM
cd "$tap_scratch" || exit 1

# ok NAME COMMAND...: the command succeeds. What it says is shown if not.
ok() {
    tap_name=$1
    shift
    if "$@" >.tap-output 2>&1; then
        tap_line ok "$tap_name"
    else
        tap_line 'not ok' "$tap_name"
        sed 's/^/# /' .tap-output
    fi
}

# is NAME GOT WANT: two strings are the same.
is() {
    if [ "$2" = "$3" ]; then
        tap_line ok "$1"
    else
        tap_line 'not ok' "$1"
        printf '%s\n' "$2" | sed 's/^/#  got: /'
        printf '%s\n' "$3" | sed 's/^/# want: /'
    fi
}

# status NAME WANT COMMAND...: the command ends with this exit status. Its
# output is left in the files out and err.
status() {
    tap_name=$1
    tap_want=$2
    shift 2
    "$@" >out 2>err
    tap_got=$?
    if [ "$tap_got" -eq "$tap_want" ]; then
        tap_line ok "$tap_name"
    else
        tap_line 'not ok' "$tap_name"
        echo "# exit status $tap_got, not $tap_want: $*"
        sed 's/^/# /' err
    fi
}

# skip NAME REASON: a test that cannot be run here.
skip() {
    tap_line ok "$1 # SKIP $2"
}

# skip_all REASON: none of this file's tests can be run here.
skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

# long_tests: whether tests that sample shall run whole (make check-long).
long_tests() {
    [ -n "${LEDE_TEST_LONG-}" ]
}

# done_testing: the last line of a test.
done_testing() {
    echo "1..$tap_count"
    [ "$tap_failed" -eq 0 ]
    exit
}

tap_line() {
    tap_count=$((tap_count + 1))
    [ "$1" = ok ] || tap_failed=$((tap_failed + 1))
    echo "$1 $tap_count - $2"
}
