/* chunk.c - one chunk of text cut into atoms.

   The grammar, over the classes of unicode.h; marks and ignored characters
   follow the character that they belong to (UAX #29, WB4) and are left out:

     chunk      sign? atom ( connector? atom )*
     atom       letters ( "++" | "#" )?  |  number ( letter | ordinal )?
     letters    LETTER ( MIDDLE? LETTER )*
     number     DIGIT+ ( "," DIGIT{3} )* ( "." DIGIT+ )*
     ordinal    "st" | "nd" | "rd" | "th"
     connector  - _+ . / ' & + # @ : :: $ , between letters and digits; the
                comma between digits only

   One letter after a number belongs to it ("4o", "405b", "5g"), more begin an
   atom ("128 gb", "2.5 vl"), so that `128GB` and `128 GB` are the same.  "#"
   belongs to a single letter ("c#").  A run of letters and digits that changes
   between them OPAQUE_ATOMS times is one atom.

   The apostrophe: what follows it is dropped in the possessive and in 're 've
   'll 'd 'm ("Apple's", "we're"); n't stays with its word and the apostrophe
   goes ("dont"); else it connects ("l'homme", "O'Reilly").  The rules are
   English but apply to every text, because the language of a query is never
   guessed; they do no harm in the others.

   Linear: a chunk is read once but for a look ahead that is bounded by
   constants, and by the length of what is skipped after its end. */

#include "shared/analysis/chunk.h"

#define GROUPS_MAX 6            // "1,000,..." to 10^21: bounds the look ahead

struct cutter {
    const struct scan *scan;
    struct chunk *chunk;
    uint32_t at;
};

static inline unsigned
class_at(const struct cutter *c, uint32_t at, uint32_t *size)
{
    return lede__scan_class(c->scan, at, size) & CHAR_CLASS_MASK;
}

/* Past the marks and ignored characters at `at`; not past the length of an
   atom, so that looking ahead has a bound. */
static uint32_t
skip_attached(const struct cutter *c, uint32_t at)
{
    uint32_t size;
    uint32_t start = at;
    unsigned class = class_at(c, at, &size);

    while ((class == CHAR_IGNORE || class == CHAR_MARK)
           && at - start < ATOM_BYTES) {
        at += size;
        class = class_at(c, at, &size);
    }
    return at;
}

/* Past the ignored characters alone. */
static uint32_t
skip_ignored(const struct cutter *c, uint32_t at)
{
    uint32_t size;

    while (class_at(c, at, &size) == CHAR_IGNORE) {
        at += size;
    }
    return at;
}

static inline bool
is_ascii_letter(char byte)
{
    return (unsigned char)((byte | 0x20) - 'a') < 26;
}

/* The letter at `at` in lower case where it is ASCII, else 0. */
static char
letter_at(const struct cutter *c, uint32_t at)
{
    return at < c->scan->len && is_ascii_letter(c->scan->text[at])
           ? (char)(c->scan->text[at] | 0x20) : 0;
}

/* Does a letter or a digit stand at `at`? */
static bool
word_at(const struct cutter *c, uint32_t at)
{
    uint32_t size;

    return char_is_word(class_at(c, at, &size));
}

static void
atom_begin(struct atom *atom, uint32_t at)
{
    atom->start = at;
    atom->end = at;
    atom->letters_end = 0;
    atom->n_dots = 0;
    atom->number = false;
    atom->plain_number = false;
    atom->ascii = true;
    atom->upper = false;
    atom->single = false;
}

/* Take one character into the atom unless it would grow too long. */
static bool
take(struct cutter *c, struct atom *atom, uint32_t size)
{
    if (c->at + size > atom->start + ATOM_BYTES) {
        return false;
    }
    atom->ascii = atom->ascii && size == 1;
    c->at += size;
    return true;
}

/* Take the marks that follow; false where the atom is full. */
static bool
take_attached(struct cutter *c, struct atom *atom)
{
    uint32_t size;
    unsigned class = class_at(c, c->at, &size);

    while (class == CHAR_MARK || class == CHAR_IGNORE) {
        if (!take(c, atom, size)) {
            return false;
        }
        if (class == CHAR_MARK) {
            atom->end = c->at;
        }
        class = class_at(c, c->at, &size);
    }
    return true;
}

/* Is the character at c->at dropped because letters stand on both sides? */
static bool
dropped_between(const struct cutter *c, unsigned class, bool hebrew,
                uint32_t size)
{
    uint32_t next_size;
    unsigned next = lede__scan_class(c->scan, c->at + size, &next_size);

    if (class == CHAR_QUOTE) {
        return hebrew && (next & CHAR_HEBREW) != 0;
    }
    return class == CHAR_MIDDLE && (next & CHAR_CLASS_MASK) == CHAR_LETTER;
}

/* Take letters with their marks, as many as there are. */
static void
take_letters(struct cutter *c, struct atom *atom)
{
    bool hebrew = false;

    for (;;) {
        uint32_t size;
        unsigned full = lede__scan_class(c->scan, c->at, &size);
        unsigned class = full & CHAR_CLASS_MASK;
        if (class == CHAR_LETTER) {
            if (!take(c, atom, size)) {
                return;
            }
            atom->upper = atom->upper || (full & CHAR_UPPER) != 0;
            atom->end = c->at;
            hebrew = (full & CHAR_HEBREW) != 0;
        } else if (class == CHAR_MARK || class == CHAR_IGNORE) {
            if (!take_attached(c, atom)) {
                return;
            }
        } else if (dropped_between(c, class, hebrew, size)) {
            if (!take(c, atom, size)) {
                return;
            }
            atom->ascii = false;
        } else {
            return;
        }
    }
}

static void
take_digits(struct cutter *c, struct atom *atom)
{
    uint32_t size;

    while (class_at(c, c->at, &size) == CHAR_DIGIT) {
        if (!take(c, atom, size)) {
            return;
        }
        atom->end = c->at;
        if (!take_attached(c, atom)) {
            return;
        }
    }
}

/* The length in bytes of ",DDD" at `at` (`digits` of them, ASCII) where no
   further digit follows; else 0. */
static uint32_t
group_at(const struct cutter *c, uint32_t at, uint32_t digits)
{
    const char *text = c->scan->text;

    if (at >= c->scan->len || text[at] != ','
        || c->scan->len - at <= digits) {
        return 0;
    }
    for (uint32_t i = 1; i <= digits; i++) {
        if (text[at + i] < '0' || text[at + i] > '9') {
            return 0;
        }
    }
    uint32_t size;
    return class_at(c, at + digits + 1, &size) == CHAR_DIGIT ? 0 : digits + 1;
}

/* Thousands: 1,000,000 and, as in India, 10,00,000. */
static void
take_groups(struct cutter *c, struct atom *atom)
{
    uint32_t at = c->at;
    uint32_t middle = 3;        // digits of the groups but the last
    int groups = 0;

    if (!atom->ascii || at - atom->start > 3) {
        return;
    }
    if (group_at(c, at, 2) > 0) {
        middle = 2;
    }
    while (groups < GROUPS_MAX && group_at(c, at, middle) > 0) {
        at += middle + 1;
        groups++;
    }
    if (middle == 2 && group_at(c, at, 3) > 0) {
        at += 4;
    } else if (middle == 2) {
        return;
    }
    if (groups == 0 || group_at(c, at, 1) > 0 || group_at(c, at, 2) > 0
        || group_at(c, at, 3) > 0) {
        return;                 // a list of numbers
    }
    atom->ascii = false;
    c->at = at;
    atom->end = at;
}

static bool
is_ordinal(char a, char b)
{
    return (a == 's' && b == 't') || (a == 'n' && b == 'd')
           || (a == 'r' && b == 'd') || (a == 't' && b == 'h');
}

/* Take what follows a number and belongs to it. */
static void
take_suffix(struct cutter *c, struct atom *atom)
{
    uint32_t size, next_size;
    unsigned full = lede__scan_class(c->scan, c->at, &size);

    if ((full & CHAR_CLASS_MASK) != CHAR_LETTER) {
        return;
    }
    uint32_t next = skip_attached(c, c->at + size);
    if (class_at(c, next, &next_size) != CHAR_LETTER) {
        atom->plain_number = false;
        take_letters(c, atom);
    } else if (is_ordinal(letter_at(c, c->at), letter_at(c, c->at + 1))) {
        next = skip_attached(c, c->at + 2);
        if (class_at(c, next, &next_size) != CHAR_LETTER) {
            atom->plain_number = false;
            take_letters(c, atom);
        }
    }
}

static void
take_number(struct cutter *c, struct atom *atom)
{
    uint32_t size;

    atom->number = true;
    atom->plain_number = true;
    take_digits(c, atom);
    take_groups(c, atom);
    while (atom->n_dots < NUMBER_DOTS
           && class_at(c, c->at, &size) == CHAR_DOT) {
        uint32_t dot = c->at;
        uint32_t digit_size;
        if (class_at(c, dot + size, &digit_size) != CHAR_DIGIT
            || dot + size + digit_size > atom->start + ATOM_BYTES) {
            break;
        }
        atom->dots[atom->n_dots++] = dot;
        take(c, atom, size);
        take_digits(c, atom);
    }
    take_suffix(c, atom);
}

/* The signs of "c++" and "c#". */
static void
take_signs(struct cutter *c, struct atom *atom)
{
    uint32_t size[3];
    unsigned class = class_at(c, c->at, &size[0]);

    if (class != CHAR_PLUS && !(class == CHAR_HASH && atom->single)) {
        return;
    }
    unsigned next = class_at(c, c->at + size[0], &size[1]);
    uint32_t end = c->at + size[0];
    if (class == CHAR_PLUS) {
        end += size[1];
        if (next != CHAR_PLUS || class_at(c, end, &size[2]) == CHAR_PLUS) {
            return;
        }
    } else if (next == CHAR_LETTER) {
        return;
    }
    if (end > atom->start + ATOM_BYTES) {
        return;
    }
    atom->ascii = atom->ascii && end - c->at <= 2;
    atom->letters_end = atom->end;
    atom->end = end;
    c->at = end;
}

static void
take_word(struct cutter *c, struct atom *atom)
{
    uint32_t size;

    class_at(c, c->at, &size);
    uint32_t second = skip_attached(c, c->at + size);
    atom->single = class_at(c, second, &size) != CHAR_LETTER;
    take_letters(c, atom);
    take_signs(c, atom);
}

/* ---- apostrophes ---- */

/* The number of ASCII letters at `at` that are dropped after an apostrophe. */
static uint32_t
dropped_ending(const struct cutter *c, uint32_t at, bool number)
{
    char a = letter_at(c, at);
    char b = letter_at(c, at + 1);
    uint32_t n = 0;

    if (a == 's' || (!number && (a == 'd' || a == 'm'))) {
        n = 1;
    }
    if (!number && ((a == 'r' && b == 'e') || (a == 'v' && b == 'e')
                    || (a == 'l' && b == 'l'))) {
        n = 2;
    }
    return n > 0 && !word_at(c, skip_attached(c, at + n)) ? n : 0;
}

/* An apostrophe of `size` bytes stands at c->at, after `atom`.  True where it
   was dealt with and is no connector. */
static bool
take_apostrophe(struct cutter *c, struct atom *atom, uint32_t size)
{
    uint32_t after = skip_ignored(c, c->at + size);
    uint32_t n = dropped_ending(c, after, atom->number);

    if (n > 0) {
        c->at = after + n;
        return true;
    }
    if (!atom->number && letter_at(c, after) == 't'
        && letter_at(c, atom->end - 1) == 'n' && atom->letters_end == 0
        && !word_at(c, skip_attached(c, after + 1))
        && after + 1 <= atom->start + ATOM_BYTES) {
        atom->ascii = false;
        atom->single = false;
        c->at = after + 1;
        atom->end = c->at;
        return true;
    }
    return false;
}

/* ---- the chunk ---- */

/* The run of letters and digits whose first atom is `first` becomes one. */
static void
make_opaque(struct cutter *c, size_t first)
{
    struct chunk *chunk = c->chunk;
    struct atom *atom = &chunk->atoms[first];
    const struct atom *last = &chunk->atoms[chunk->n_atoms - 1];

    if (last->end > atom->start + ATOM_BYTES) {
        return;
    }
    for (const struct atom *a = atom; a <= last; a++) {
        atom->ascii = atom->ascii && a->ascii;
        atom->upper = atom->upper || a->upper;
    }
    atom->end = last->end;
    atom->letters_end = 0;
    atom->plain_number = false;
    atom->single = false;
    chunk->n_atoms = first + 1;
    for (;;) {
        uint32_t size;
        unsigned full = lede__scan_class(c->scan, c->at, &size);
        if (!char_is_word(full & CHAR_CLASS_MASK) || !take(c, atom, size)) {
            break;
        }
        atom->upper = atom->upper || (full & CHAR_UPPER) != 0;
        atom->end = c->at;
        if (!take_attached(c, atom)) {
            break;
        }
    }
}

/* Are all atoms single letters, with nothing but points between them? */
static bool
is_initials(const struct chunk *chunk)
{
    if (chunk->n_atoms < 2 || chunk->connectors != 1u << CHAR_DOT) {
        return false;
    }
    for (size_t i = 0; i < chunk->n_atoms; i++) {
        const struct atom *atom = &chunk->atoms[i];
        if (!atom->single || atom->number || atom->letters_end != 0) {
            return false;
        }
    }
    return true;
}

/* Short names with "&" alone: at&t, r&d.  Longer words joined by it are words
   that lack their spaces. */
static bool
is_ampersand_name(const struct chunk *chunk)
{
    if (chunk->connectors != 1u << CHAR_AMP) {
        return false;
    }
    for (size_t i = 0; i < chunk->n_atoms; i++) {
        if (chunk->atoms[i].end - chunk->atoms[i].start > 3) {
            return false;
        }
    }
    return true;
}

/* Does `class` end a chunk that has a sign of its own? */
static bool
ends_symbol(const struct chunk *chunk, unsigned class)
{
    if (chunk->sign != 0) {
        return class != CHAR_UNDER
               && !(class == CHAR_HYPHEN && chunk->sign == '@');
    }
    return class != CHAR_AMP && is_ampersand_name(chunk);
}

/* The end of the connector of class `class` at c->at; it may be of several
   characters. */
static uint32_t
connector_end(const struct cutter *c, unsigned class, uint32_t size)
{
    uint32_t at = c->at + size;

    if (class == CHAR_UNDER) {
        while (class_at(c, at, &size) == CHAR_UNDER) {
            at += size;
        }
    } else if (class == CHAR_COLON
               && class_at(c, at, &size) == CHAR_COLON) {
        at += size;
    }
    return skip_ignored(c, at);
}

/* Go to the next atom of the chunk; false at its end.  *joined says whether
   a connector was passed. */
static bool
to_next_atom(struct cutter *c, bool *joined)
{
    struct chunk *chunk = c->chunk;
    struct atom *atom = &chunk->atoms[chunk->n_atoms - 1];
    uint32_t size, next_size;
    unsigned class;

    c->at = skip_ignored(c, c->at);
    class = class_at(c, c->at, &size);
    if (class == CHAR_APOS && take_apostrophe(c, atom, size)) {
        c->at = skip_ignored(c, c->at);
        class = class_at(c, c->at, &size);
    }
    *joined = false;
    if (char_is_word(class)) {
        return true;
    }
    if (class == CHAR_DOT && is_initials(chunk)
        && class_at(c, c->at + size, &next_size) == CHAR_APOS) {
        uint32_t after = c->at + size + next_size;
        uint32_t n = dropped_ending(c, after, true);
        if (n > 0) {            // "the U.S.'s"
            c->at = after + n;
            return false;
        }
    }
    if (!char_is_connector(class) || ends_symbol(chunk, class)) {
        return false;
    }
    uint32_t next = connector_end(c, class, size);
    unsigned next_class = class_at(c, next, &next_size);
    if (!char_is_word(next_class)
        || (class == CHAR_COMMA
            && (!atom->number || next_class != CHAR_DIGIT))) {
        return false;
    }
    if (chunk->n_atoms < CHUNK_ATOMS) {
        chunk->joints[chunk->n_atoms] = class == CHAR_UNDER ? '_'
                                        : class == CHAR_HYPHEN ? '-' : 0;
        chunk->connectors |= 1u << class;
        c->at = next;
        *joined = true;
    }
    return true;
}

/* What the chunk, now complete, is a name of. */
static void
find_symbol(struct cutter *c)
{
    struct chunk *chunk = c->chunk;
    const struct atom *last = &chunk->atoms[chunk->n_atoms - 1];
    uint32_t size, next_size;

    if (chunk->sign != 0) {
        chunk->symbol = SYMBOL_PREFIX;
    } else if (is_ampersand_name(chunk)) {
        chunk->symbol = SYMBOL_AMP;
    } else if (is_initials(chunk)) {
        chunk->symbol = SYMBOL_INITIALS;
    } else if (chunk->n_atoms == 1 && !last->number
               && last->letters_end == 0 && c->at == last->end
               && class_at(c, c->at, &size) == CHAR_PLUS) {
        unsigned next = class_at(c, c->at + size, &next_size);
        if (!char_is_word(next) && next != CHAR_PLUS) {
            chunk->symbol = SYMBOL_PLUS;
            c->at += size;
            chunk->end = c->at;
        }
    }
}

void
lede__chunk_cut(const struct scan *scan, uint32_t at, char sign,
                struct chunk *chunk)
{
    struct cutter c = { scan, chunk, at };
    size_t run = 0;             // first atom of the run without connectors
    bool joined = false;
    uint32_t size;

    chunk->start = at;
    chunk->n_atoms = 0;
    chunk->connectors = 0;
    chunk->symbol = SYMBOL_NONE;
    chunk->sign = sign;
    chunk->joints[0] = 0;
    if (sign != 0) {
        class_at(&c, at, &size);
        c.at += size;
    }
    do {
        struct atom *atom = &chunk->atoms[chunk->n_atoms];
        if (joined) {
            run = chunk->n_atoms;
        } else {
            chunk->joints[chunk->n_atoms] = 0;
        }
        atom_begin(atom, c.at);
        if (class_at(&c, c.at, &size) == CHAR_DIGIT) {
            take_number(&c, atom);
        } else {
            take_word(&c, atom);
        }
        chunk->n_atoms++;
        if (atom->n_dots > 0 || atom->letters_end != 0) {
            run = chunk->n_atoms;
        } else if (chunk->n_atoms - run >= OPAQUE_ATOMS) {
            make_opaque(&c, run);
            run = chunk->n_atoms;
        }
    } while (to_next_atom(&c, &joined) && chunk->n_atoms < CHUNK_ATOMS);
    chunk->end = chunk->atoms[chunk->n_atoms - 1].end;
    find_symbol(&c);
    chunk->next = c.at;
}
