/* inspect.c - lede_analyze: the tokens of a text, to be looked at.

   What is shown is what an indexer would store, by the same functions: each
   atom as an exact form, words and numbers with their stem besides, extras as
   extra forms, all in the field of all fields. */

#include <stdlib.h>

#include "shared/analysis/analysis.h"
#include "shared/base/utf8.h"
#include "shared/cxx/cxx.h"
#include "shared/lede.h"

#define TEXT_MAX ((size_t)16 << 20)
#define BATCH 64
#define TERMS_MAX 2             // of one token

struct lede_tokens {
    struct arena arena;
    struct str lang;
    lede_token *items;
    size_t count;
    size_t cap;
    struct buf term;            // scratch
};

static const char *const kind_names[] = {
    [TOKEN_WORD] = "word",
    [TOKEN_NUMBER] = "number",
    [TOKEN_GRAM] = "gram",
    [TOKEN_CHAR] = "char",
    [TOKEN_JOINED] = "joined",
    [TOKEN_PART] = "part",
    [TOKEN_SYMBOLIC] = "symbolic",
    [TOKEN_PLAIN] = "plain",
};

/* Copy the term in tokens->term to terms[*n]. */
static lede_status
keep_term(struct lede_tokens *tokens, const char **terms, size_t *n,
          lede_error *err)
{
    struct str copy =
        lede__arena_str(&tokens->arena, lede__buf_view(&tokens->term));

    if (copy.p == NULL) {
        return lede__fail_memory(err);
    }
    terms[(*n)++] = copy.p;
    return LEDE_STATUS_OK;
}

static lede_status
add_terms(struct lede_tokens *tokens, const struct token *token,
          lede_token *out, lede_error *err)
{
    const struct word *word = token->word;
    const char **terms = lede__arena_array(&tokens->arena, TERMS_MAX,
                                           sizeof(*terms));
    lede_status status;

    if (terms == NULL) {
        return lede__fail_memory(err);
    }
    out->terms = terms;
    status = out->extra
             ? lede__term_extra(&tokens->term, FIELD_ALL, word->form, err)
             : lede__term_exact(&tokens->term, FIELD_ALL, word->form, err);
    if (status == LEDE_STATUS_OK) {
        status = keep_term(tokens, terms, &out->n_terms, err);
    }
    if (status == LEDE_STATUS_OK && !out->extra
        && (token->kind == TOKEN_WORD || token->kind == TOKEN_NUMBER)) {
        status = lede__term_stem(&tokens->term, FIELD_ALL,
                                 lede__analysis_stemmer(tokens->lang),
                                 word->stem, err);
        if (status == LEDE_STATUS_OK) {
            status = keep_term(tokens, terms, &out->n_terms, err);
        }
    }
    return status;
}

static lede_status
add(struct lede_tokens *tokens, const struct token *token, lede_error *err)
{
    const struct word *word = token->word;
    struct str form, stem;

    if (tokens->count == tokens->cap) {
        size_t cap = tokens->cap == 0 ? BATCH : tokens->cap * 2;
        lede_token *items = realloc(tokens->items, cap * sizeof(*items));
        if (items == NULL) {
            return lede__fail_memory(err);
        }
        tokens->items = items;
        tokens->cap = cap;
    }
    lede_token *out = &tokens->items[tokens->count];
    form = lede__arena_str(&tokens->arena, word->form);
    stem = lede__arena_str(&tokens->arena, word->stem);
    if (form.p == NULL || stem.p == NULL) {
        return lede__fail_memory(err);
    }
    *out = (lede_token){
        .start = token->start,
        .end = token->end,
        .position = token->position,
        .form = form.p,
        .stem = str_eq(form, stem) ? NULL : stem.p,
        .kind = kind_names[token->kind],
        .extra = (token->flags & TOKEN_EXTRA) != 0,
        .stop = (token->flags & TOKEN_STOP) != 0,
    };
    tokens->count++;
    return add_terms(tokens, token, out, err);
}

static lede_status
analyse(struct lede_tokens *tokens, struct str text, lede_error *err)
{
    struct analyzer *analyzer = NULL;
    struct analysis *analysis = NULL;
    struct token batch[BATCH];
    size_t count = 1;
    lede_status status = lede__analyzer_new(&analyzer, NULL, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__analysis_new(&analysis, analyzer, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__analysis_begin(analysis, text, tokens->lang, err);
    }
    while (status == LEDE_STATUS_OK && count > 0) {
        status = lede__analysis_next(analysis, batch, BATCH, &count, err);
        for (size_t i = 0; i < count && status == LEDE_STATUS_OK; i++) {
            status = add(tokens, &batch[i], err);
        }
    }
    lede__analysis_free(analysis);
    lede__analyzer_free(analyzer);
    return status;
}

lede_status
lede_analyze(lede_tokens **out, const char *text, const char *lang,
             lede_error *error)
{
    struct str input = str_from(text);
    struct lede_tokens *tokens = NULL;
    size_t valid;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (input.len > TEXT_MAX) {
        return lede__fail(error, LEDE_STATUS_LIMIT,
                          "the text has %zu bytes; at most %zu are analysed",
                          input.len, TEXT_MAX);
    }
    valid = lede__utf8_valid(input);
    if (valid < input.len) {
        return lede__fail(error, LEDE_STATUS_BAD_INPUT,
                          "the text is not UTF-8 at byte %zu", valid);
    }
    tokens = calloc(1, sizeof(*tokens));
    if (tokens == NULL) {
        return lede__fail_memory(error);
    }
    tokens->term = (struct buf)BUF_INIT(BUF_MAX_ANY);
    if (lang == NULL) {
        status = lede__cxx_need(error);
        lang = lede__lang_detect(input);
    }
    tokens->lang = lede__arena_str(&tokens->arena, str_from(lang));
    if (status == LEDE_STATUS_OK && tokens->lang.p == NULL) {
        status = lede__fail_memory(error);
    }
    if (status == LEDE_STATUS_OK) {
        status = analyse(tokens, input, error);
    }
    if (status != LEDE_STATUS_OK) {
        lede_tokens_free(tokens);
        return status;
    }
    *out = tokens;
    return LEDE_STATUS_OK;
}

const char *
lede_tokens_lang(const lede_tokens *tokens)
{
    return tokens->lang.p;
}

size_t
lede_tokens_count(const lede_tokens *tokens)
{
    return tokens->count;
}

const lede_token *
lede_tokens_get(const lede_tokens *tokens, size_t i)
{
    return i < tokens->count ? &tokens->items[i] : NULL;
}

void
lede_tokens_free(lede_tokens *tokens)
{
    if (tokens != NULL) {
        lede__arena_free(&tokens->arena);
        lede__buf_free(&tokens->term);
        free(tokens->items);
        free(tokens);
    }
}
