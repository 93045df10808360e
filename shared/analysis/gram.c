/* gram.c - what is no word: runs of scripts without spaces, and emoji.

   A run is delivered one character at a time, so that it may be of any
   length. */

#include "shared/analysis/private.h"

/* A character with all its marks, in a run of grams. */
#define GRAM_BYTES 64

/* Ignored characters and modifiers that are taken into one emoji. */
#define EMOJI_BYTES 64

/* Is a character of three bytes and class CHAR_CJK its own folded form?  Most
   kana, Han and Hangul syllables are. */
static bool
is_stable(const char *p)
{
    uint32_t cp;

    lede__utf8_next(p, p + 3, &cp);
    return (cp >= 0x3041 && cp <= 0x3096) || (cp >= 0x30A1 && cp <= 0x30FC)
           || (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0xAC00 && cp <= 0xD7A3);
}

/* The character of a run of grams at *at, with what is attached to it; false
   where none of the class stands there. */
static bool
read_gram_char(const struct analysis *analysis, uint32_t *at, unsigned run,
               struct gram_char *out)
{
    const struct scan *scan = &analysis->scan;
    uint32_t size;
    unsigned class = lede__scan_class(scan, *at, &size) & CHAR_CLASS_MASK;

    if (class != run && !(class == CHAR_TRAIL && run == CHAR_CJK)) {
        return false;
    }
    out->start = *at;
    out->stable = !scan->by_pages && run == CHAR_CJK && class == CHAR_CJK
                  && size == 3 && is_stable(scan->text + *at);
    *at += size;
    out->end = *at;
    class = lede__scan_class(scan, *at, &size) & CHAR_CLASS_MASK;
    while ((class == CHAR_MARK || class == CHAR_IGNORE || class == CHAR_TRAIL)
           && *at + size - out->start <= GRAM_BYTES) {
        *at += size;
        if (class != CHAR_IGNORE) {
            out->end = *at;
        }
        out->stable = false;
        class = lede__scan_class(scan, *at, &size) & CHAR_CLASS_MASK;
    }
    return true;
}

static lede_status
gram_word(struct analysis *analysis, uint32_t start, uint32_t end, bool stable,
          struct word **out, lede_error *err)
{
    struct str raw = { analysis->scan.text + start, end - start };

    return stable ? lede__form_word(analysis, raw, out, err)
                  : lede__form_fold(analysis, start, end, out, err);
}

/* Deliver what begins at the character of the run that is held: a gram and a
   character, or at the end of the run the character alone. */
lede_status
lede__read_gram(struct analysis *analysis, lede_error *err)
{
    struct gram_char now = analysis->run_char;
    struct gram_char next;
    struct word *word = NULL;
    uint32_t at = analysis->at;
    bool more = read_gram_char(analysis, &at, analysis->run, &next);
    lede_status status;

    if (more) {
        status = gram_word(analysis, now.start, next.end,
                           now.stable && next.stable && now.end == next.start,
                           &word, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        put_token(analysis, word, now.start, next.end, TOKEN_GRAM,
                  atom_flags(word));
    }
    status = gram_word(analysis, now.start, now.end, now.stable, &word, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (more) {
        put_token(analysis, word, now.start, now.end, TOKEN_CHAR, TOKEN_EXTRA);
        analysis->run_char = next;
        analysis->run_began = true;
        analysis->at = at;
        analysis->position++;
        return LEDE_STATUS_OK;
    }
    if (analysis->run_began) {  // the last one shares the last position
        analysis->position--;
        put_token(analysis, word, now.start, now.end, TOKEN_CHAR, TOKEN_EXTRA);
    } else {
        put_token(analysis, word, now.start, now.end, TOKEN_CHAR,
                  atom_flags(word));
    }
    analysis->position++;
    analysis->chunk++;
    analysis->run = 0;
    return LEDE_STATUS_OK;
}

void
lede__begin_run(struct analysis *analysis, unsigned class)
{
    analysis->run = class == CHAR_TRAIL ? CHAR_CJK : class;
    analysis->run_began = false;
    analysis->name.len = 0;
    read_gram_char(analysis, &analysis->at, analysis->run,
                   &analysis->run_char);
}

/* ---- emoji ---- */

#define JOINER 0x200D

lede_status
lede__read_emoji(struct analysis *analysis, lede_error *err)
{
    const struct scan *scan = &analysis->scan;
    uint32_t start = analysis->at;
    uint32_t size;
    unsigned class = lede__scan_class(scan, start, &size) & CHAR_CLASS_MASK;
    uint32_t end = start + size;
    bool flag = class == CHAR_FLAG;
    bool joined = flag;
    struct word *word = NULL;
    lede_status status;

    for (;;) {
        uint32_t cp = 0;
        class = lede__scan_class(scan, end, &size) & CHAR_CLASS_MASK;
        if (size > 0) {
            lede__utf8_next(scan->text + end, scan->text + scan->len, &cp);
        }
        bool tone = cp >= 0x1F3FB && cp <= 0x1F3FF;
        if (end + size - start > EMOJI_BYTES || size == 0
            || !(class == CHAR_MARK || class == CHAR_IGNORE || tone
                 || (joined && !flag && class == CHAR_EMOJI)
                 || (joined && flag && class == CHAR_FLAG))) {
            break;
        }
        flag = flag && class != CHAR_FLAG;
        joined = flag || cp == JOINER;
        end += size;
    }
    analysis->name.len = 0;
    analysis->at = end;
    status = lede__form_fold(analysis, start, end, &word, err);
    if (status != LEDE_STATUS_OK || word->form.len == 0) {
        return status;
    }
    put_token(analysis, word, start, end, TOKEN_SYMBOLIC, 0);
    analysis->position++;
    analysis->chunk++;
    return LEDE_STATUS_OK;
}
