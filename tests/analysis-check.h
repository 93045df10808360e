/* analysis-check.h - what must be true of the tokens of any text.

   Used by the fuzz target and by tests over random and real texts.  A check
   that fails returns what was wrong in words, else NULL. */

#ifndef LEDE_TESTS_ANALYSIS_CHECK_H
#define LEDE_TESTS_ANALYSIS_CHECK_H

#include <stdlib.h>
#include <string.h>

#include "shared/analysis/private.h"

struct check {
    struct str text;
    uint32_t position;          // of the last atom
    uint32_t atom_start;
    uint32_t covered;           // atoms reach to here
    uint32_t chunk;
    bool any;
};

static inline bool
check_at_border(struct str text, uint32_t at)
{
    return at == text.len || ((unsigned char)text.p[at] & 0xC0) != 0x80;
}

/* May `gap`, between two atoms, hold letters?  Only the endings that an
   apostrophe cuts off. */
static inline bool
check_gap(struct unicode *unicode, struct str gap)
{
    static const char *const endings[] = { "s", "d", "m", "re", "ve", "ll" };
    bool apostrophe = false;
    size_t at = 0;

    while (at < gap.len) {
        uint32_t cp;
        size_t size = lede__utf8_next(gap.p + at, gap.p + gap.len, &cp);
        unsigned class = lede__char_class(unicode, cp) & CHAR_CLASS_MASK;
        if (char_is_word(class) || char_is_gram(class)) {
            size_t n = 0;
            char lower[3] = { 0 };
            while (at + n < gap.len && n < 2
                   && (unsigned char)((gap.p[at + n] | 0x20) - 'a') < 26) {
                lower[n] = (char)(gap.p[at + n] | 0x20);
                n++;
            }
            for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
                if (apostrophe && strcmp(lower, endings[i]) == 0) {
                    at += n;
                    size = 0;
                }
            }
            if (size > 0) {
                return false;
            }
        } else if (class != CHAR_IGNORE) {
            apostrophe = class == CHAR_APOS;
        }
        at += size;
    }
    return true;
}

static inline const char *
check_token(struct check *check, struct unicode *unicode,
            const struct token *token)
{
    struct str form = token->word->form;
    bool extra = (token->flags & TOKEN_EXTRA) != 0;

    if (token->start >= token->end || token->end > check->text.len) {
        return "a token is empty or reaches beyond the text";
    }
    if (!check_at_border(check->text, token->start)
        || !check_at_border(check->text, token->end)) {
        return "a token begins or ends inside a character";
    }
    if (form.len == 0 || form.len > FORM_MAX || form.p[form.len] != '\0'
        || memchr(form.p, '\0', form.len) != NULL) {
        return "a form is empty, too long or not terminated";
    }
    if (token->word->stem.len == 0) {
        return "a stem is empty";
    }
    if (lede__utf8_valid(form) != form.len
        || lede__utf8_valid(token->word->stem) != token->word->stem.len) {
        return "a form or a stem is not UTF-8";
    }
    if (extra) {
        if (!check->any || token->position != check->position
            || token->chunk != check->chunk) {
            return "an extra does not belong to the atom before it";
        }
        return NULL;
    }
    if (token->position != (check->any ? check->position + 1 : 0)) {
        return "positions of atoms do not count one by one";
    }
    if (check->any && token->start < check->atom_start) {
        return "atoms are not in order";
    }
    if (check->any && token->kind != TOKEN_GRAM
        && token->start < check->covered) {
        return "atoms overlap";
    }
    if (token->chunk != (check->any ? check->chunk : 0)
        && !(check->any && token->chunk == check->chunk + 1)) {
        return "chunks do not count one by one";
    }
    if (token->start > check->covered
        && !check_gap(unicode,
                      (struct str){ check->text.p + check->covered,
                                    token->start - check->covered })) {
        return "letters were passed over";
    }
    check->any = true;
    check->position = token->position;
    check->atom_start = token->start;
    check->covered = token->end;
    check->chunk = token->chunk;
    return NULL;
}

/* What a text came to. */
struct digest {
    size_t tokens;
    uint64_t all;               // of everything but pointers
    uint64_t shape;             // of what no language may change
};

static inline bool
digest_eq(const struct digest *a, const struct digest *b)
{
    return a->tokens == b->tokens && a->all == b->all && a->shape == b->shape;
}

static inline void
digest_add(uint64_t *sum, uint64_t value)
{
    *sum = (*sum ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    *sum ^= *sum >> 29;
}

/* Analyse a text and check all of it; the digest is to compare two ways. */
static inline const char *
check_text(struct analysis *analysis, struct unicode *unicode,
           struct str text, struct str lang, size_t batch,
           struct digest *digest)
{
    struct token items[256];
    struct check check = { .text = text };
    size_t count = 1;

    *digest = (struct digest){ 0, 0, 0 };
    if (lede__analysis_begin(analysis, text, lang, NULL) != LEDE_STATUS_OK) {
        return "begin failed";
    }
    while (count > 0) {
        if (lede__analysis_next(analysis, items, batch, &count, NULL)
            != LEDE_STATUS_OK) {
            return "next failed";
        }
        if (count > batch) {
            return "more tokens than there was room for";
        }
        for (size_t i = 0; i < count; i++) {
            const struct token *token = &items[i];
            const char *wrong = check_token(&check, unicode, token);
            if (wrong != NULL) {
                return wrong;
            }
            uint64_t of[] = { token->word->hash, token->start, token->end,
                              token->position, token->chunk, token->kind,
                              token->flags & TOKEN_EXTRA };
            for (size_t k = 0; k < sizeof(of) / sizeof(*of); k++) {
                digest_add(&digest->shape, of[k]);
            }
            digest_add(&digest->all, digest->shape);
            digest_add(&digest->all, token->flags);
            digest_add(&digest->all, token->word->stem.len);
        }
        digest->tokens += count;
    }
    if (!check_gap(unicode, (struct str){ text.p + check.covered,
                                          text.len - check.covered })) {
        return "letters at the end were passed over";
    }
    return NULL;
}

#endif
