/* spell-tree.c - the words of a query that can be misspelt, and the query with
   other words in their place. */

#include "query/chars.h"
#include "query/speller.h"
#include "shared/base/utf8.h"

/* Abbreviations in capitals are hardly ever mistaken for a word. */
#define CAPITALS_MAX 5

struct finder {
    struct speller *sp;
    struct str lang;            // to cut text in
    struct spell_word *words;
    size_t n;
};

static bool
is_capitals(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] < 'A' || text.p[i] > 'Z') {
            return false;
        }
    }
    return text.len <= CAPITALS_MAX;
}

/* The form of a text that is one word of letters and no stop word; else no
   p. */
static lede_status
find_form(struct finder *finder, struct str text, struct str *out, bool *stop)
{
    struct analysis *analysis = finder->sp->search->plan.indexes[0].analysis;
    struct arena *arena = &finder->sp->search->arena;
    lede_error *err = finder->sp->err;
    struct token tokens[16];
    size_t chars = 0;
    size_t n, i;
    lede_status status = lede__analysis_begin(analysis, text, finder->lang,
                                              err);

    *out = (struct str){ NULL, 0 };
    *stop = false;
    if (status == LEDE_STATUS_OK) {
        status = lede__analysis_next(analysis, tokens, 16, &n, err);
    }
    if (status != LEDE_STATUS_OK || n == 0 || n == 16 || is_capitals(text) ||
        tokens[0].kind != TOKEN_WORD || tokens[0].start > 0 ||
        tokens[0].end < text.len) {
        return status;
    }
    for (i = 1; i < n; i++) {
        if (tokens[i].kind != TOKEN_PLAIN) {
            return LEDE_STATUS_OK;
        }
    }
    for (i = 0; i < text.len; i++) {
        chars += ((uint8_t)text.p[i] & 0xC0) != 0x80;
    }
    if (chars > SPELL_CHARS_MAX ||
        memchr(tokens[0].word->form.p, '+', tokens[0].word->form.len) ||
        memchr(tokens[0].word->form.p, '#', tokens[0].word->form.len)) {
        return LEDE_STATUS_OK;
    }
    *stop = (tokens[0].flags & TOKEN_STOP) != 0;
    *out = lede__arena_str(arena, tokens[0].word->form);
    return out->p == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
}

/* Whether two that stand side by side could be one word. */
static bool
goes_on(const struct syntax *before, const struct syntax *word,
        const struct syntax *parent)
{
    return before != NULL && parent != NULL &&
           (parent->kind == SYNTAX_LIST || parent->kind == SYNTAX_PHRASE) &&
           before->kind == SYNTAX_WORD && before->must == word->must &&
           before->exact == word->exact && before->boost == word->boost &&
           str_eq(before->field, word->field);
}

static lede_status
find_words(struct finder *finder, const struct syntax *syntax,
           const struct syntax *parent, const struct syntax *before)
{
    const struct syntax *child;
    lede_status status = LEDE_STATUS_OK;

    if (finder->n == SPELL_WORDS_MAX) {
        return LEDE_STATUS_OK;
    }
    if (syntax->kind == SYNTAX_WORD && !syntax->literal) {
        struct spell_word *word = &finder->words[finder->n];

        *word = (struct spell_word){ .syntax = syntax, .parent = parent,
                                     .field = syntax->field };
        if (parent != NULL && parent->kind == SYNTAX_PHRASE) {
            word->field = parent->field;
        }
        status = find_form(finder, syntax->text, &word->form, &word->stop);
        if (status == LEDE_STATUS_OK && word->form.p != NULL) {
            word->follows = finder->n > 0 && goes_on(before, syntax, parent) &&
                            finder->words[finder->n - 1].syntax == before;
            finder->n++;
        }
        return status;
    }
    before = NULL;
    for (child = syntax->kind == SYNTAX_NOT ? NULL : syntax->child;
         child != NULL && status == LEDE_STATUS_OK; child = child->next) {
        status = find_words(finder, child, syntax, before);
        before = child;
    }
    return status;
}

lede_status
lede__spell_words(struct speller *sp, const struct syntax *root,
                  struct spell_word *out, size_t *n)
{
    const struct plan *plan = &sp->search->plan;
    struct finder finder = { .sp = sp, .words = out };
    lede_status status;

    finder.lang = plan->n_langs > 0 ? plan->langs[0] : STR("");
    status = find_words(&finder, root, NULL, NULL);
    *n = finder.n;
    return status;
}

lede_status
lede__spell_stem(struct speller *sp, struct str form, struct str *out)
{
    const struct plan *plan = &sp->search->plan;
    struct analysis *analysis = plan->indexes[0].analysis;
    struct token tokens[16];
    size_t n = 0;
    lede_status status =
        lede__analysis_begin(analysis, form,
                             plan->n_langs > 0 ? plan->langs[0] : STR(""),
                             sp->err);

    if (status == LEDE_STATUS_OK) {
        status = lede__analysis_next(analysis, tokens, 16, &n, sp->err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    *out = lede__arena_str(&sp->search->arena,
                           n > 0 ? tokens[0].word->stem : form);
    return out->p == NULL ? lede__fail_memory(sp->err) : LEDE_STATUS_OK;
}

/* ---- the query with other words ---- */

struct copier {
    struct speller *sp;
    const struct spell_change *changes;
    size_t n;
};

static lede_status
copy_tree(const struct copier *copier, const struct syntax *syntax,
          const struct syntax *parent, struct syntax ***tail,
          const struct syntax **last);

static lede_status
append(const struct copier *copier, const struct syntax *like,
       struct syntax ***tail, struct syntax **out)
{
    *out = lede__arena_array(&copier->sp->search->arena, 1, sizeof(**out));
    if (*out == NULL) {
        return lede__fail_memory(copier->sp->err);
    }
    **out = *like;
    (*out)->child = NULL;
    (*out)->next = NULL;
    **tail = *out;
    *tail = &(*out)->next;
    return LEDE_STATUS_OK;
}

/* A word that began with a capital does so still. */
static lede_status
append_word(const struct copier *copier, const struct syntax *like,
            struct str form, struct syntax ***tail)
{
    struct str text = lede__arena_str(&copier->sp->search->arena, form);
    struct syntax *word;
    lede_status status;

    if (text.p == NULL) {
        return lede__fail_memory(copier->sp->err);
    }
    if (like->text.p[0] >= 'A' && like->text.p[0] <= 'Z' &&
        text.p[0] >= 'a' && text.p[0] <= 'z') {
        ((char *)(uintptr_t)text.p)[0] = (char)(text.p[0] - 'a' + 'A');
    }
    status = append(copier, like, tail, &word);
    if (status == LEDE_STATUS_OK) {
        word->text = text;
    }
    return status;
}

/* Two words for one: side by side where words are, else as a phrase. */
static lede_status
append_two(const struct copier *copier, const struct syntax *like,
           const struct syntax *parent, const struct spell_change *change,
           struct syntax ***tail)
{
    bool phrase = parent != NULL && parent->kind == SYNTAX_PHRASE;
    bool list = (parent == NULL || parent->kind == SYNTAX_LIST) &&
                !like->must && !like->exact && like->field.len == 0 &&
                like->boost == 1;
    struct syntax plain = *like;
    struct syntax **inner;
    struct syntax *both;
    lede_status status;

    if (list && parent == NULL) {
        struct syntax root = { .kind = SYNTAX_LIST, .boost = 1 };

        status = append(copier, &root, tail, &both);
        inner = status == LEDE_STATUS_OK ? &both->child : NULL;
        tail = &inner;
    } else if (!list && !phrase) {
        status = append(copier, like, tail, &both);
        if (status == LEDE_STATUS_OK) {
            both->kind = SYNTAX_PHRASE;
            both->exact = false;
            both->within = 0;
            inner = &both->child;
            tail = &inner;
            plain = (struct syntax){ .kind = SYNTAX_WORD, .boost = 1,
                                     .exact = true, .text = like->text };
        }
    } else {
        status = LEDE_STATUS_OK;
    }
    if (status == LEDE_STATUS_OK) {
        status = append_word(copier, &plain, change->first, tail);
    }
    return status != LEDE_STATUS_OK ? status
           : append_word(copier, &plain, change->second, tail);
}

static lede_status
copy_tree(const struct copier *copier, const struct syntax *syntax,
          const struct syntax *parent, struct syntax ***tail,
          const struct syntax **last)
{
    const struct syntax *child;
    struct syntax *copy;
    struct syntax **inner;
    lede_status status;

    *last = syntax;
    for (size_t i = 0; i < copier->n; i++) {
        const struct spell_change *change = &copier->changes[i];

        if (change->syntax != syntax) {
            continue;
        }
        *last = change->last != NULL ? change->last : syntax;
        return change->second.p != NULL
               ? append_two(copier, syntax, parent, change, tail)
               : append_word(copier, syntax, change->first, tail);
    }
    status = append(copier, syntax, tail, &copy);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    inner = &copy->child;
    for (child = syntax->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        status = copy_tree(copier, child, syntax, &inner, &child);
    }
    return status;
}

lede_status
lede__spell_print(struct speller *sp, const struct syntax *root,
                  const struct spell_change *changes, size_t n,
                  struct buf *out)
{
    const struct copier copier = { sp, changes, n };
    struct syntax *copy = NULL;
    struct syntax **tail = &copy;
    const struct syntax *last;
    lede_status status = copy_tree(&copier, root, NULL, &tail, &last);

    return status != LEDE_STATUS_OK ? status : lede__print(out, copy, sp->err);
}
