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

/* Fold `raw` into analysis->form character by character.  *simple is false
   where one depends on the one beside it. */
static lede_status
fold_simply(struct analysis *analysis, struct str raw, bool *simple,
            lede_error *err)
{
    const char *at = raw.p;
    const char *end = raw.p + raw.len;
    struct buf *form = &analysis->form;
    lede_status status;

    /* At most 4 bytes come for one, as from 2 to 3: twice is enough. */
    form->len = 0;
    status = lede__buf_reserve(form, raw.len * 2 + 4, err);
    *simple = !analysis->scan.by_pages;
    while (status == LEDE_STATUS_OK && *simple && at < end) {
        uint32_t cp;
        at += char_decode(at, end, &cp);
        uint32_t fold = lede__char_fold(&analysis->unicode, cp);
        if (fold < 0x80) {
            form->p[form->len++] = (char)fold;
        } else if (fold == FOLD_COMPLEX) {
            *simple = false;
        } else if (fold != FOLD_DROP) {
            form->len += lede__utf8_put(fold, form->p + form->len);
        }
    }
    return status;
}

/* Fold `raw` into analysis->form by the library, without what is dropped. */
static lede_status
fold_by_library(struct analysis *analysis, struct str raw, lede_error *err)
{
    const char *at = raw.p;
    const char *end = raw.p + raw.len;
    lede_status status = LEDE_STATUS_OK;

    analysis->raw.len = 0;
    while (status == LEDE_STATUS_OK && at < end) {
        uint32_t cp;
        uint32_t size = char_decode(at, end, &cp);
        if (!char_is_dropped(lede__char_class(&analysis->unicode, cp)
                             & CHAR_CLASS_MASK)) {
            status = lede__buf_add(&analysis->raw, at, size, err);
        }
        at += size;
    }
    analysis->form.len = 0;
    return status == LEDE_STATUS_OK
           ? lede__unicode_fold(&analysis->form,
                                lede__buf_view(&analysis->raw), err)
           : status;
}

lede_status
lede__form_fold(struct analysis *analysis, uint32_t start, uint32_t end,
                struct word **out, lede_error *err)
{
    struct str raw = { analysis->scan.text + start, end - start };
    bool simple;
    lede_status status = fold_simply(analysis, raw, &simple, err);

    if (status == LEDE_STATUS_OK && !simple) {
        *out = lede__words_find_raw(analysis->words, raw);
        if (*out != NULL) {
            return LEDE_STATUS_OK;
        }
        status = fold_by_library(analysis, raw, err);
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
