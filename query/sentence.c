/* sentence.c - where sentences begin, by Unicode's rules and some of ours.

   The rules of UAX #29, Sentence Boundaries, for a text that is one block:

      SB6    a full stop before a digit ends nothing            3.5
      SB7    nor does one between letters                       Node.JS
      SB8    nor does one before a small letter                 e.g. so
      SB8a   nor does what a comma or the like follows          Wow!, he said
      SB9-11 else a stop ends a sentence, with the quotation marks and
             brackets that close behind it, and the spaces then

   and tailored, as that allows:

   - a stop of ASCII needs a space behind it, unless letters without case stand
     on both sides (Korean and Chinese typed with full stops);
   - SB8 is for all stops: "Stop!" he said;
   - French closes its quotations behind a space;
   - initials (J. R. R. Tolkien, U.S.), abbreviations that something always
     follows (Dr. No, Nr. 5), and the number of an item (1. First) end nothing;
     nor, in languages that write so, does a day of the month (12. Februar).

   Thai, Lao and Khmer have no mark for it: there a block is a sentence.  So is
   a text without stops in any script. */

#include "query/sentence.h"

#include <unictype.h>

#include "query/chars.h"

/* A word before a full stop is no longer than this, if it is short for one. */
#define ABBREVIATION_MAX 24

/* Behind so many characters no letter is looked for. */
#define LOOK_MAX 16

enum kind {
    KIND_OTHER,
    KIND_SPACE,
    KIND_UPPER,
    KIND_LOWER,
    KIND_LETTER,                // without case
    KIND_DIGIT,
    KIND_DOT,                   // ATerm
    KIND_STOP,                  // STerm of ASCII
    KIND_WIDE_STOP,             // STerm of other scripts
    KIND_CLOSE,
    KIND_CONTINUE,              // SContinue
    KIND_EXTEND,                // Extend and Format
};

static enum kind
ascii_kind(uint32_t c)
{
    if (c >= 'a' && c <= 'z') {
        return KIND_LOWER;
    }
    if (c >= 'A' && c <= 'Z') {
        return KIND_UPPER;
    }
    if (c >= '0' && c <= '9') {
        return KIND_DIGIT;
    }
    switch (c) {
    case '.':
        return KIND_DOT;
    case '!':
    case '?':
        return KIND_STOP;
    case '"':
    case '\'':
    case ')':
    case ']':
    case '}':
        return KIND_CLOSE;
    case ',':
    case ';':
    case ':':
    case '-':
        return KIND_CONTINUE;
    default:
        return char_is_space(c) ? KIND_SPACE : KIND_OTHER;
    }
}

static enum kind
kind_of(uint32_t c)
{
    if (c < 0x80) {
        return ascii_kind(c);
    }
    if (char_is_space(c)) {
        return KIND_SPACE;
    }
    switch (c) {
    case 0x2024:                // ONE DOT LEADER
    case 0x2026:                // HORIZONTAL ELLIPSIS; not in UAX #29
    case 0xFE52:
        return KIND_DOT;
    case 0xFF0E:                // FULLWIDTH FULL STOP
        return KIND_WIDE_STOP;
    case 0x055D:
    case 0x060C:
    case 0x060D:
    case 0x07F8:
    case 0x1802:
    case 0x1808:
    case 0x2013:
    case 0x2014:
    case 0x3001:
    case 0xFE10:
    case 0xFE11:
    case 0xFE13:
    case 0xFE31:
    case 0xFE32:
    case 0xFE50:
    case 0xFE51:
    case 0xFE55:
    case 0xFE58:
    case 0xFE63:
    case 0xFF0C:
    case 0xFF0D:
    case 0xFF1A:
    case 0xFF64:
        return KIND_CONTINUE;
    default:
        break;
    }
    if (uc_is_property_sentence_terminal(c)) {
        return KIND_WIDE_STOP;
    }
    if (uc_is_general_category_withtable(
            c, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Mc |
                   UC_CATEGORY_MASK_Me | UC_CATEGORY_MASK_Cf)) {
        return KIND_EXTEND;
    }
    if (uc_is_general_category_withtable(
            c, UC_CATEGORY_MASK_Pe | UC_CATEGORY_MASK_Pf |
                   UC_CATEGORY_MASK_Pi)) {
        return KIND_CLOSE;
    }
    if (uc_is_property_lowercase(c)) {
        return KIND_LOWER;
    }
    if (uc_is_general_category_withtable(
            c, UC_CATEGORY_MASK_Lu | UC_CATEGORY_MASK_Lt)) {
        return KIND_UPPER;
    }
    if (uc_is_property_alphabetic(c)) {
        return KIND_LETTER;
    }
    return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Nd)
               ? KIND_DIGIT : KIND_OTHER;
}

/* Whether a character is a stop; most are known not to be at once. */
static bool
is_stop(uint32_t c)
{
    if (c < 0x0589 || (c >= 0x3041 && c <= 0x9FFF) ||
        (c >= 0xAC00 && c <= 0xD7A3)) {
        return c == '.' || c == '!' || c == '?';
    }
    return c == 0x2024 || c == 0x2026 || c == 0xFF0E ||
           uc_is_property_sentence_terminal(c);
}

static enum kind
kind_at(struct str text, size_t at, size_t to, size_t *next)
{
    size_t len;
    uint32_t c = char_at(text.p + at, text.p + to, &len);

    *next = at + len;
    return kind_of(c);
}

static enum kind
kind_before(struct str text, size_t from, size_t at)
{
    size_t unused;
    size_t start;

    if (at <= from) {
        return KIND_SPACE;
    }
    start = lede__utf8_floor(text, at - 1);
    return kind_at(text, start, text.len, &unused);
}

/* Whether a small letter is the first letter from `at` on. */
static bool
goes_on_small(struct str text, size_t at, size_t to)
{
    size_t n;

    for (n = 0; n < LOOK_MAX && at < to; n++) {
        switch (kind_at(text, at, to, &at)) {
        case KIND_LOWER:
            return true;
        case KIND_UPPER:
        case KIND_LETTER:
        case KIND_DIGIT:
        case KIND_DOT:
        case KIND_STOP:
        case KIND_WIDE_STOP:
            return false;
        default:
            break;
        }
    }
    return false;
}

/* ---- full stops that end no sentence ---- */

/* What something always follows, in any of the languages, without its last
   full stop; in ASCII's small letters. */
static const char *const abbreviations[] = {
    "abs", "adm", "approx", "avv", "bzw", "ca", "capt", "cf", "cit", "col",
    "comm", "cpl", "dept", "dipl", "dott", "dr", "dra", "ed", "eds", "evtl",
    "fr", "geb", "gen", "ggf", "gov", "hon", "hr", "hrsg", "inkl", "ing",
    "lt", "ltn", "messrs", "mgr", "mio", "mlle", "mm", "mme", "mr", "mrd",
    "mrs", "ms", "msgr", "mt", "pres", "prof", "prov", "pvt", "rep", "rev",
    "sen", "sgt", "sog", "sr", "sra", "srta", "st", "ste", "supt", "univ",
    "vgl", "viz", "vs", "z",
};

/* What a number follows. */
static const char *const before_numbers[] = {
    "abb", "abs", "anm", "approx", "apr", "art", "aug", "bd", "ca", "ch",
    "dec", "dez", "feb", "fig", "figs", "jan", "jul", "jun", "kap", "mar",
    "max", "min", "no", "nos", "nov", "nr", "n\xC3\xBAm", "oct", "okt", "op",
    "pag", "pp", "p\xC3\xA1g", "sec", "sep", "sept", "tab", "tel", "vol",
    "vols",
};

static bool
is_listed(const char *word, size_t len, const char *const *list, size_t n)
{
    size_t i, j;

    for (i = 0; i < n; i++) {
        for (j = 0; j < len && list[i][j] != '\0'; j++) {
            char c = word[j];

            if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != list[i][j]) {
                break;
            }
        }
        if (j == len && list[i][j] == '\0') {
            return true;
        }
    }
    return false;
}

/* Whether days are written "12." in this language. */
static bool
has_ordinals(struct str lang)
{
    static const char *const langs[] = {
        "cs", "da", "de", "et", "fi", "hr", "hu", "is", "lb", "lv", "nb",
        "nn", "no", "sk", "sl", "sr", "tr",
    };

    return is_listed(lang.p, lang.len, langs,
                     sizeof(langs) / sizeof(langs[0]));
}

/* Whether the full stop at `dot` is part of what is before it, and `next`
   begins what follows: initials, an abbreviation, a number. */
static bool
is_part_of_word(struct str text, size_t from, size_t dot, enum kind next,
                struct str lang)
{
    size_t start = dot;
    size_t letters = 0;
    size_t digits = 0;
    size_t dots = 0;
    size_t run = 0;             // letters since the last full stop
    size_t longest = 0;
    bool upper = false;
    bool number = next == KIND_DIGIT;

    while (start > from && dot - start < ABBREVIATION_MAX) {
        size_t before = lede__utf8_floor(text, start - 1);
        size_t unused;
        enum kind kind = kind_at(text, before, text.len, &unused);

        if (kind == KIND_DOT) {
            dots++;
            run = 0;
        } else if (kind == KIND_UPPER || kind == KIND_LOWER) {
            letters++;
            upper = kind == KIND_UPPER;
            longest = ++run > longest ? run : longest;
        } else if (kind == KIND_DIGIT) {
            digits++;
        } else if (kind != KIND_EXTEND) {
            break;
        }
        start = before;
    }
    if (letters == 0 && digits > 0) {
        // the number of an item; a day
        return dots == 0 && digits <= 2 &&
               (start == from || (!number && has_ordinals(lang)));
    }
    if (digits > 0 || letters == 0) {
        return false;
    }
    if (dots > 0) {
        return longest == 1;    // U.S. z.B. e.g.
    }
    if (letters == 1 && upper) {
        return !number;
    }
    if (number) {
        return is_listed(text.p + start, dot - start, before_numbers,
                         sizeof(before_numbers) / sizeof(before_numbers[0]));
    }
    return is_listed(text.p + start, dot - start, abbreviations,
                     sizeof(abbreviations) / sizeof(abbreviations[0]));
}

/* ---- sentences ---- */

/* Whether a quotation mark opens: German texts close with what others open
   with, but they have no wide stops. */
static bool
opens(struct str text, size_t at, size_t to)
{
    size_t len;
    uint32_t c = char_at(text.p + at, text.p + to, &len);

    return c == 0x2018 || c == 0x201C;
}

static size_t
skip_spaces(struct str text, size_t at, size_t to)
{
    size_t next;

    while (at < to && kind_at(text, at, to, &next) == KIND_SPACE) {
        at = next;
    }
    return at;
}

/* A stop, and what is about it. */
struct stop {
    size_t at;                  // of the first one
    enum kind kind;             // of it
    size_t n;                   // how many there are
    size_t end;                 // behind them and what closes
    size_t next;                // behind the spaces after that
};

static bool
ends_sentence(struct str text, size_t from, size_t to,
              const struct stop *stop, struct str lang)
{
    size_t unused;
    enum kind next = kind_at(text, stop->next, to, &unused);
    bool spaced = stop->next > stop->end;

    if (next == KIND_CONTINUE) {
        return false;
    }
    if (!spaced) {
        enum kind before = kind_before(text, from, stop->at);

        if (stop->kind != KIND_WIDE_STOP) {
            return before == KIND_LETTER && next == KIND_LETTER;
        }
        return !(next == KIND_DIGIT && before == KIND_DIGIT) &&
               next != KIND_LOWER;
    }
    if (goes_on_small(text, stop->next, to)) {
        return false;
    }
    return stop->kind != KIND_DOT || stop->n > 1 ||
           !is_part_of_word(text, from, stop->at, next, lang);
}

size_t
lede__sentence_next(struct str text, size_t from, size_t to, struct str lang)
{
    size_t at = from;

    while (at < to) {
        unsigned char byte = (unsigned char)text.p[at];
        struct stop stop = { .at = at };
        size_t next, len;

        if (byte < 0x80 && byte != '.' && byte != '!' && byte != '?') {
            at++;
            continue;
        }
        if (!is_stop(char_at(text.p + at, text.p + to, &len))) {
            at += len;
            continue;
        }
        stop.kind = kind_at(text, at, to, &next);
        stop.n = 1;
        stop.end = next;
        while (stop.end < to) {
            enum kind kind = kind_at(text, stop.end, to, &next);

            if (kind == KIND_DOT || kind == KIND_STOP ||
                kind == KIND_WIDE_STOP) {
                stop.n++;
                stop.kind = kind == KIND_DOT ? stop.kind : kind;
            } else if ((kind != KIND_CLOSE && kind != KIND_EXTEND) ||
                       (stop.kind == KIND_WIDE_STOP &&
                        opens(text, stop.end, to))) {
                break;
            }
            stop.end = next;
        }
        stop.next = skip_spaces(text, stop.end, to);
        if (str_eq(lang, STR("fr")) &&
            char_at(text.p + stop.next, text.p + to, &len) == 0xBB) {
            stop.end = stop.next + len;
            stop.next = skip_spaces(text, stop.end, to);
        }
        if (stop.next >= to) {
            return to;
        }
        if (ends_sentence(text, from, to, &stop, lang)) {
            return stop.next;
        }
        at = stop.end;
    }
    return to;
}
