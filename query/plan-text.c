/* plan-text.c - the words, phrases and prefixes of a query -> leaves.

   What becomes of a text depends on where it stands (enum text_mode):

     ranked     each chunk for itself, any of them:
                  one atom              the word with its stems
                  @handle, .net         the symbolic form alone
                  GPT-4o, qwen2.5       a unit: phrase | joined form
                  multi-agent           its words, and the unit besides, since
                                        people write such words apart as well
                  模型评测              each gram a word: articles with most of
                                        them come first, none is required
     strict     one thing: a word with its stems, a unit, or the phrase of all
                atoms (of grams, too)
     quoted     one thing in its exact form */

#include "query/planner.h"

#include <math.h>

static void
append(struct node ***tail, struct node *node)
{
    if (node != NULL) {
        **tail = node;
        *tail = &node->next;
    }
}

/* A word, with its synonyms where it is not quoted. */
static lede_status
word_leaf(struct planner *pl, const struct syntax *syntax, int field,
          const struct atom *atom, enum text_mode mode, struct node ***tail)
{
    struct node *leaf;
    lede_status status = lede__plan_leaf(pl, syntax, field, 1, &leaf);

    if (status != LEDE_STATUS_OK || leaf == NULL) {
        return status;
    }
    leaf->stop = atom->stop && mode == TEXT_RANKED;
    status = lede__plan_member(pl, leaf, atom, 1, mode != TEXT_QUOTED);
    if (status == LEDE_STATUS_OK && mode != TEXT_QUOTED) {
        status = lede__plan_synonyms(pl, syntax, field, atom, 1, &leaf);
    }
    append(tail, leaf);
    return status;
}

/* Several atoms as one thing: their phrase, or `joined` where not NULL. */
static lede_status
unit_leaf(struct planner *pl, const struct syntax *syntax, int field,
          const struct atom *atoms, size_t n, const struct atom *joined,
          enum text_mode mode, struct node ***tail)
{
    struct node *leaf;
    lede_status status;

    if (n > PLAN_SLOTS_MAX) {
        n = PLAN_SLOTS_MAX;
        status = plan_warn(pl, "long-phrase", syntax, "only the first %d "
                           "words of the phrase are searched",
                           PLAN_SLOTS_MAX);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    status = lede__plan_leaf(pl, syntax, field, n, &leaf);
    if (status != LEDE_STATUS_OK || leaf == NULL) {
        return status;
    }
    leaf->phrase = true;
    status = lede__plan_member(pl, leaf, atoms, n, false);
    if (status == LEDE_STATUS_OK && joined != NULL) {
        status = lede__plan_member(pl, leaf, joined, 1, false);
    }
    if (status == LEDE_STATUS_OK && mode != TEXT_QUOTED) {
        status = lede__plan_synonyms(pl, syntax, field, atoms, n, &leaf);
    }
    append(tail, leaf);
    return status;
}

/* ---- chunks ---- */

/* A chunk of the query, sorted: what it is as a whole, and its atoms. */
struct chunk {
    const struct atom *symbolic;        // covers it; or NULL
    const struct atom *joined;          // likewise
    struct atom *atoms;                 // without extras
    size_t n_atoms;
};

static bool
is_gram(const struct atom *atom)
{
    return atom->kind == TOKEN_GRAM || atom->kind == TOKEN_CHAR;
}

/* Sort the tokens [from, to), which are one chunk. */
static lede_status
sort_chunk(struct planner *pl, const struct atom *from, const struct atom *to,
           struct chunk *out)
{
    const struct atom *atom;
    uint32_t start = UINT32_MAX;
    uint32_t end = 0;

    memset(out, 0, sizeof(*out));
    out->atoms = lede__arena_array(pl->plan->arena, (size_t)(to - from),
                                   sizeof(*out->atoms));
    if (out->atoms == NULL) {
        return lede__fail_memory(pl->err);
    }
    for (atom = from; atom < to; atom++) {
        start = atom->start < start ? atom->start : start;
        end = atom->end > end ? atom->end : end;
        if (!atom->extra) {
            out->atoms[out->n_atoms++] = *atom;
        }
    }
    for (atom = from; atom < to; atom++) {
        if (!atom->extra || atom->start != start || atom->end != end) {
            continue;
        }
        if (atom->kind == TOKEN_SYMBOLIC && out->symbolic == NULL) {
            out->symbolic = atom;
        } else if (atom->kind == TOKEN_JOINED && out->joined == NULL) {
            out->joined = atom;
        }
    }
    return LEDE_STATUS_OK;
}

/* The symbolic form alone: @handle does not mean the word. */
static lede_status
symbolic_leaf(struct planner *pl, const struct syntax *syntax, int field,
              const struct atom *symbolic, struct node ***tail)
{
    struct node *leaf;
    lede_status status = lede__plan_leaf(pl, syntax, field, 1, &leaf);

    if (status == LEDE_STATUS_OK && leaf != NULL) {
        status = lede__plan_member(pl, leaf, symbolic, 1, false);
        append(tail, leaf);
    }
    return status;
}

/* The grams of a run, each a word, any of them. */
static lede_status
plan_grams(struct planner *pl, const struct syntax *syntax, int field,
           const struct atom *atoms, size_t n, struct node ***tail)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        struct node **leaf = *tail;

        status = word_leaf(pl, syntax, field, &atoms[i], TEXT_RANKED, tail);
        if (*leaf != NULL) {
            (*leaf)->boost = 1 / sqrt((double)n);
        }
    }
    return status;
}

/* Several atoms of letters and digits: one thing; where they are letters
   alone, rather the words, and the whole besides. */
static lede_status
plan_unit(struct planner *pl, const struct syntax *syntax, int field,
          const struct atom *atoms, size_t n, const struct atom *joined,
          struct node ***tail)
{
    struct node **leaf;
    bool letters = true;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    for (i = 0; i < n; i++) {
        letters = letters && atoms[i].kind == TOKEN_WORD;
    }
    for (i = 0; letters && i < n && status == LEDE_STATUS_OK; i++) {
        status = word_leaf(pl, syntax, field, &atoms[i], TEXT_RANKED, tail);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    leaf = *tail;
    status = unit_leaf(pl, syntax, field, atoms, n, joined, TEXT_RANKED,
                       tail);
    if (letters && *leaf != NULL) {
        (*leaf)->boost = EVIDENCE_BOOST;
    }
    return status;
}

static lede_status
plan_chunk(struct planner *pl, const struct syntax *syntax, int field,
           const struct chunk *chunk, struct node ***tail)
{
    const struct atom *atoms = chunk->atoms;
    size_t n = chunk->n_atoms;
    size_t at = 0;
    lede_status status = LEDE_STATUS_OK;

    if (chunk->symbolic != NULL) {
        return symbolic_leaf(pl, syntax, field, chunk->symbolic, tail);
    }
    while (at < n && status == LEDE_STATUS_OK) {
        bool gram = is_gram(&atoms[at]);
        size_t end = at + 1;

        while (end < n && is_gram(&atoms[end]) == gram) {
            end++;
        }
        if (gram) {
            status = plan_grams(pl, syntax, field, atoms + at, end - at,
                                tail);
        } else if (end == at + 1) {
            status = word_leaf(pl, syntax, field, &atoms[at], TEXT_RANKED,
                               tail);
        } else {
            status = plan_unit(pl, syntax, field, atoms + at, end - at,
                               end - at == n ? chunk->joined : NULL, tail);
        }
        at = end;
    }
    return status;
}

/* All the atoms as one thing. */
static lede_status
plan_whole(struct planner *pl, const struct syntax *syntax, int field,
           const struct atoms *tokens, enum text_mode mode,
           struct node ***tail)
{
    const struct atom *last = &tokens->items[tokens->count - 1];
    bool single = tokens->items[0].chunk == last->chunk;
    struct chunk all;
    lede_status status = sort_chunk(pl, tokens->items, last + 1, &all);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (single && all.symbolic != NULL) {
        return symbolic_leaf(pl, syntax, field, all.symbolic, tail);
    }
    if (all.n_atoms == 0) {
        return LEDE_STATUS_OK;
    }
    if (all.n_atoms == 1) {
        return word_leaf(pl, syntax, field, all.atoms, mode, tail);
    }
    return unit_leaf(pl, syntax, field, all.atoms, all.n_atoms,
                     single ? all.joined : NULL, mode, tail);
}

/* ---- word* ---- */

static lede_status
plan_prefix(struct planner *pl, const struct syntax *syntax, int field,
            const struct atoms *tokens, struct node ***tail)
{
    struct plan_prefix *prefix;
    struct chunk all;
    struct node *leaf;
    struct str form;
    lede_status status;

    status = sort_chunk(pl, tokens->items, tokens->items + tokens->count,
                        &all);
    if (status != LEDE_STATUS_OK || all.n_atoms == 0) {
        return status;
    }
    // gpt4* is gpt and 4 when cut: what begins so is the joined form gpt4o
    if (all.n_atoms > 1 && all.joined == NULL) {
        status = plan_warn(pl, "wildcard", syntax, "the * stands for the end "
                           "of one word; here it was ignored");
        return status != LEDE_STATUS_OK ? status :
               plan_whole(pl, syntax, field, tokens, TEXT_STRICT, tail);
    }
    form = all.n_atoms == 1 ? all.atoms[0].form : all.joined->form;
    status = lede__plan_expand(pl, syntax->field, form, &prefix);
    if (status == LEDE_STATUS_OK && prefix->cut) {
        status = plan_warn(pl, "wildcard-cut", syntax, "of the words that "
                           "begin so, the %d most frequent are searched",
                           PLAN_PREFIX_TERMS);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__plan_leaf(pl, syntax, field, prefix->count, &leaf);
    }
    if (status != LEDE_STATUS_OK || leaf == NULL) {
        return status;
    }
    status = lede__plan_prefix_member(pl, leaf, prefix);
    append(tail, leaf);
    return status;
}

lede_status
lede__plan_text(struct planner *pl, const struct syntax *syntax,
                enum text_mode mode, struct node ***tail)
{
    struct atoms tokens;
    int field;
    size_t at = 0;
    lede_status status = lede__plan_analyse(pl, syntax->text, &tokens);

    if (status != LEDE_STATUS_OK || tokens.count == 0) {
        return status;
    }
    if (!lede__plan_field(pl, syntax->field, &field)) {
        struct node *nothing;

        status = lede__plan_node(pl, NODE_NONE, &nothing);
        append(tail, nothing);
        return status;
    }
    if (syntax->kind == SYNTAX_PREFIX) {
        return plan_prefix(pl, syntax, field, &tokens, tail);
    }
    if (mode != TEXT_RANKED) {
        return plan_whole(pl, syntax, field, &tokens, mode, tail);
    }
    while (at < tokens.count && status == LEDE_STATUS_OK) {
        size_t end = at + 1;
        struct chunk chunk;

        while (end < tokens.count &&
               tokens.items[end].chunk == tokens.items[at].chunk) {
            end++;
        }
        status = sort_chunk(pl, tokens.items + at, tokens.items + end,
                            &chunk);
        if (status == LEDE_STATUS_OK) {
            status = plan_chunk(pl, syntax, field, &chunk, tail);
        }
        at = end;
    }
    return status;
}
