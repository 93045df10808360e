/* form.c - from a piece of the text to its folded form and its word.

   Plain ASCII is lower case.  Else each character is folded by itself, where
   none depends on the one beside it (unicode.c), and what remains, words with
   combining marks and the like, goes through the library, once for each
   distinct text. */

#include "shared/analysis/private.h"

lede_status
lede__form_word(struct analysis *analysis, struct str form, struct word **out,
                lede_error *err)
{
    *out = lede__words_get(analysis->words, form);
    return *out == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
}

/* Inside an atom or a gram these are no part of the form. */
static bool
is_dropped(unsigned class)
{
    return class == CHAR_IGNORE || class == CHAR_MIDDLE || class == CHAR_QUOTE
           || class == CHAR_APOS || class == CHAR_COMMA;
}

/* Fold character by character, where none depends on the one beside it.
   False: the library must do it, with what was collected in `raw`. */
static bool
fold_simply(struct analysis *analysis, struct str raw, lede_status *status,
            lede_error *err)
{
    const char *at = raw.p;
    const char *end = raw.p + raw.len;
    bool simple = !analysis->scan.by_pages;

    analysis->form.len = 0;
    analysis->raw.len = 0;
    *status = lede__buf_reserve(&analysis->form, raw.len * 2 + 8, err);
    if (*status == LEDE_STATUS_OK) {
        *status = lede__buf_reserve(&analysis->raw, raw.len, err);
    }
    if (*status != LEDE_STATUS_OK) {
        return true;
    }
    while (at < end) {
        uint32_t cp;
        size_t size = lede__utf8_next(at, end, &cp);
        unsigned class = lede__char_class(&analysis->unicode, cp)
                         & CHAR_CLASS_MASK;
        if (!is_dropped(class)) {
            memcpy(analysis->raw.p + analysis->raw.len, at, size);
            analysis->raw.len += size;
            uint32_t fold = simple ? lede__char_fold(&analysis->unicode, cp)
                                   : FOLD_COMPLEX;
            if (fold == FOLD_COMPLEX) {
                simple = false;
            } else {            // at most 4 bytes for 2 and 6 for 3: reserved
                analysis->form.len +=
                    lede__utf8_put(fold,
                                   analysis->form.p + analysis->form.len);
            }
        }
        at += size;
    }
    return simple;
}

lede_status
lede__form_fold(struct analysis *analysis, uint32_t start, uint32_t end,
                struct word **out, lede_error *err)
{
    struct str raw = { analysis->scan.text + start, end - start };
    lede_status status = LEDE_STATUS_OK;
    bool simple = fold_simply(analysis, raw, &status, err);

    if (status == LEDE_STATUS_OK && !simple) {
        *out = lede__words_find_raw(analysis->words, raw);
        if (*out != NULL) {
            return LEDE_STATUS_OK;
        }
        analysis->form.len = 0;
        status = lede__unicode_fold(&analysis->form,
                                    lede__buf_view(&analysis->raw), err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__form_word(analysis, lede__buf_view(&analysis->form),
                                 out, err);
    }
    if (status == LEDE_STATUS_OK && !simple) {
        lede__words_put_raw(analysis->words, raw, *out);
    }
    return status;
}

lede_status
lede__form_atom(struct analysis *analysis, uint32_t start, uint32_t end,
                bool ascii, struct word **out, lede_error *err)
{
    const char *text = analysis->scan.text + start;
    size_t n = end - start;
    char lower[ATOM_BYTES];

    if (!ascii || n > sizeof(lower)) {
        return lede__form_fold(analysis, start, end, out, err);
    }
    for (size_t i = 0; i < n; i++) {
        lower[i] = (char)((unsigned)text[i] - 'A' < 26 ? text[i] | 0x20
                                                       : text[i]);
    }
    return lede__form_word(analysis, (struct str){ lower, n }, out, err);
}
