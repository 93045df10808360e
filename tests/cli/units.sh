#!/bin/sh
# What the index knows of an article's body: its paragraphs and headings, and
# how many words it has; after updates, an optimisation and a rebuild as well.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

mkdir notes
cat >notes/harbour.md <<'END'
---
title: The harbour of Ruhn
---
The pilot waits on the quay, and the ferry is late.

# Tides

At the ebb a pilot must know the sandbank.

- The lighthouse stands on a rock.
- The buoy is painted green.

## Night

A lantern hangs at the mole, and the harbour master counts each ferry.
END
cat >notes/short.md <<'END'
---
title: A lantern and a buoy
---
One ferry.
END

# finds NAME QUERY FILES: exactly these are found.
finds() {
    got=$("$LEDE" search --json -- "$2" | grep -o '"id":"[^"]*"' |
        sed 's/.*notes.//; s/.md"//' | sort | tr '\n' ' ')
    is "$1: $2" "$got" "$3"
}

all() {
    finds "$1" 'pilot NEAR/p ferry' 'harbour '
    finds "$1" 'pilot NEAR/p sandbank' 'harbour '
    finds "$1" 'ferry NEAR/p sandbank' ''
    finds "$1" 'lighthouse NEAR/p buoy' ''
    finds "$1" 'lighthouse NEAR/h buoy' 'harbour '
    finds "$1" 'tides NEAR/h rock' 'harbour '
    finds "$1" 'tides NEAR/p sandbank' ''
    finds "$1" 'buoy NEAR/h lantern' 'short '
    finds "$1" 'quay NEAR/h sandbank' ''
    finds "$1" 'mole NEAR/p harbour' 'harbour '
    finds "$1" 'ruhn NEAR/h quay' ''
    finds "$1" '(quay OR mole) NEAR/p (ferry OR rock)' 'harbour '
    finds "$1" 'sandbank NEAR/h (lighthouse NEAR/p rock)' 'harbour '
    finds "$1" 'words:>10' 'harbour '
    finds "$1" 'words:1..3 ferry' 'short '
    finds "$1" 'words:2' 'short '
}

status 'an index' 0 "$LEDE" index --quiet notes
all 'as indexed'
"$LEDE" search --json 'ferry NEAR/p master' >answer
ok 'what is in one paragraph is marked' \
    grep -q '"snippet":"[^"]*harbour master counts each ferry' answer
is 'and no other ferry' \
    "$(grep -o '"highlights":\[\[[^a-z]*\]\]' answer | head -n 1 |
        tr -cd '[' | wc -c | tr -d ' ')" 3
sed -i 's/^One ferry/One old ferry/' notes/short.md
status 'an update' 0 "$LEDE" index --quiet notes
finds 'updated' 'words:3' 'short '
finds 'updated' 'words:2' ''
sed -i 's/^One old ferry/One ferry/' notes/short.md
status 'and back' 0 "$LEDE" index --quiet notes
status 'lede optimize' 0 "$LEDE" optimize --quiet
all 'optimised'
status 'lede index --rebuild' 0 "$LEDE" index --rebuild --quiet notes
all 'rebuilt'
status 'lede check' 0 "$LEDE" check
done_testing
