/* plan-text.c - the words, phrases and patterns of a query -> leaves.

   What becomes of a text depends on where it stands (enum text_mode):

     ranked     each chunk for itself, any of them:
                  one atom              the word with its stems
                  @handle, .net         the symbolic form alone
                  GPT-4o, qwen2.5,      a unit: phrase | joined form
                  a/b, jane@doe.com
                  multi-agent           its words, their phrase and the joined
                                        form besides, since people write such
                                        words apart as well (whole.c)
                  https://a.b/c?d       all its chunks, as a unit
                A unit without digits that is in no article is searched as
                its words, with a warning.
                  模型评测              each gram a word: articles with most of
                                        them come first, none is required
     strict     one thing: a word with its stems, a unit, or the phrase of all
                atoms (of grams, too)
     quoted     one thing in its exact form

   A pattern is an atom that brings its forms (expand.c): a word by itself, or
   a place in a phrase, in which a star alone takes a position. */

#include "query/planner.h"

#include <math.h>

#include "query/particles.h"

static void
append(struct node ***tail, struct node *node)
{
    if (node != NULL) {
        **tail = node;
        *tail = &node->next;
    }
}

/* What they are worth of PLAN_WORDS_MAX. */
static size_t
count_words(const struct atom *atoms, size_t n)
{
    size_t words = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        words += atoms[i].forms != NULL ? atoms[i].forms->count : 1;
    }
    return words;
}

/* A word, with its synonyms where it is not quoted. */
static lede_status
word_leaf(struct planner *pl, const struct syntax *syntax, int field,
          const struct atom *atom, enum text_mode mode, struct node ***tail)
{
    struct node *leaf;
    lede_status status = lede__plan_leaf(pl, syntax, field,
                                         count_words(atom, 1), &leaf);

    if (status != LEDE_STATUS_OK || leaf == NULL) {
        return status;
    }
    leaf->stop = atom->stop && mode == TEXT_RANKED;
    status = lede__plan_member(pl, leaf, atom, 1, mode != TEXT_QUOTED);
    if (status == LEDE_STATUS_OK && mode != TEXT_QUOTED) {
        status = lede__plan_synonyms(pl, syntax, field, atom, 1, &leaf);
    }
    if (status == LEDE_STATUS_OK && mode != TEXT_QUOTED &&
        atom->kind == TOKEN_WORD) {
        status = lede__plan_umlauts(pl, syntax->field, atom, leaf);
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
    status = lede__plan_leaf(pl, syntax, field, count_words(atoms, n), &leaf);
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

/* Whether the atoms stand in a row anywhere, or are written as one; said where
   they are not. */
static lede_status
is_known(struct planner *pl, const struct syntax *syntax,
         const struct atom *atoms, size_t n, const struct atom *joined,
         bool *known)
{
    lede_status status = lede__plan_known(pl, syntax->field, atoms, n, known);

    if (status == LEDE_STATUS_OK && !*known && joined != NULL) {
        status = lede__plan_known(pl, syntax->field, joined, 1, known);
    }
    if (status == LEDE_STATUS_OK && !*known && syntax != pl->apart) {
        pl->apart = syntax;
        status = plan_warn(pl, "not-as-one", syntax, "this is nowhere as a "
                           "whole; its words are searched");
    }
    return status;
}

/* How many of the grams of a run have a syllable of a Korean particle at its
   end. */
static lede_status
count_particle(struct planner *pl, const struct atom *atoms, size_t n,
               size_t *count)
{
    struct buf word = BUF_INIT(BUF_MAX_ANY);
    lede_status status = lede__buf_str(&word, atoms[0].form, pl->err);
    size_t i;

    for (i = 1; i < n && status == LEDE_STATUS_OK; i++) {
        struct str form = atoms[i].form;

        // the second of its two characters
        status = lede__buf_add(&word, form.p + form.len / 2,
                               form.len - form.len / 2, pl->err);
    }
    *count = status == LEDE_STATUS_OK ? lede__particle(lede__buf_view(&word))
                                      : 0;
    lede__buf_free(&word);
    return status;
}

/* The grams of a run, each a word, any of them. */
static lede_status
plan_grams(struct planner *pl, const struct syntax *syntax, int field,
           const struct atom *atoms, size_t n, struct node ***tail)
{
    const double less = pl->plan->scorer.model.particle;
    size_t particle;
    lede_status status = count_particle(pl, atoms, n, &particle);
    size_t i;

    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        struct node **leaf = *tail;

        status = word_leaf(pl, syntax, field, &atoms[i], TEXT_RANKED, tail);
        if (*leaf != NULL) {
            (*leaf)->boost = (i + particle >= n ? less : 1) / sqrt((double)n);
        }
    }
    return status;
}

/* One of letters that people write apart as well: the words, what they are
   written in one, and that they belong together. */
static lede_status
plan_compound(struct planner *pl, const struct syntax *syntax, int field,
              const struct atom *atoms, size_t n, const struct atom *joined,
              struct node ***tail)
{
    struct atom solid;
    struct node **leaf;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = word_leaf(pl, syntax, field, &atoms[i], TEXT_RANKED, tail);
    }
    leaf = *tail;
    if (status == LEDE_STATUS_OK) {
        status = unit_leaf(pl, syntax, field, atoms, n, joined, TEXT_RANKED,
                           tail);
    }
    if (*leaf != NULL) {
        (*leaf)->boost = EVIDENCE_BOOST;
    }
    if (status == LEDE_STATUS_OK && joined != NULL) {
        solid = *joined;
        solid.kind = TOKEN_WORD;
        solid.solid = true;
        status = word_leaf(pl, syntax, field, &solid, TEXT_RANKED, tail);
    }
    return status;
}

/* Several atoms of letters and digits. */
static lede_status
plan_unit(struct planner *pl, const struct syntax *syntax, int field,
          const struct atom *atoms, size_t n, const struct atom *joined,
          struct node ***tail)
{
    bool letters = true;
    bool known = true;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    for (i = 0; i < n; i++) {
        letters = letters && atoms[i].kind == TOKEN_WORD;
    }
    if (letters && lede__whole_is_compound(syntax->text, atoms, n)) {
        return plan_compound(pl, syntax, field, atoms, n, joined, tail);
    }
    // of letters alone it may be written apart after all
    if (letters) {
        status = is_known(pl, syntax, atoms, n, joined, &known);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    return known ? unit_leaf(pl, syntax, field, atoms, n, joined, TEXT_RANKED,
                             tail)
                 : plan_compound(pl, syntax, field, atoms, n, joined, tail);
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

/* ---- patterns ---- */

/* What stands for a pattern among atoms; *bad where it is none. */
static lede_status
plan_pattern(struct planner *pl, const struct syntax *syntax, struct str field,
             struct atom *out, bool *bad)
{
    struct expansion *expansion;
    lede_status status = lede__plan_expand(pl, syntax, field, &expansion);

    if (status == LEDE_STATUS_OK) {
        *out = (struct atom){ .forms = expansion, .kind = TOKEN_WORD };
        *bad = expansion->bad;
    }
    return status;
}

/* Append `n` atoms that begin at *position, which moves on behind them. */
static lede_status
add_atoms(struct planner *pl, struct atoms *to, const struct atom *atoms,
          size_t n, uint32_t *position)
{
    struct atom *both = lede__arena_array(pl->plan->arena, to->count + n,
                                          sizeof(*both));
    uint32_t start = *position;
    size_t i;

    if (both == NULL) {
        return lede__fail_memory(pl->err);
    }
    if (to->count > 0) {
        memcpy(both, to->items, to->count * sizeof(*both));
    }
    to->items = both;
    for (i = 0; i < n; i++) {
        if (start + atoms[i].position >= *position) {
            *position = start + atoms[i].position + 1;
        }
        if (!atoms[i].extra) {
            both[to->count] = atoms[i];
            both[to->count++].position += start;
        }
    }
    return LEDE_STATUS_OK;
}

/* Of a phrase the words from *form on, up to the next that is none. */
static lede_status
add_words(struct planner *pl, const struct syntax **form, struct atoms *to,
          uint32_t *position)
{
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    struct atoms tokens;
    lede_status status = LEDE_STATUS_OK;

    while (*form != NULL && (*form)->kind == SYNTAX_WORD &&
           status == LEDE_STATUS_OK) {
        if (text.len > 0) {
            status = lede__buf_char(&text, ' ', pl->err);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_str(&text, (*form)->text, pl->err);
        }
        *form = (*form)->next;
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__plan_analyse(pl, lede__buf_view(&text), &tokens);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_atoms(pl, to, tokens.items, tokens.count, position);
    }
    lede__buf_free(&text);
    return status;
}

lede_status
lede__plan_phrase(struct planner *pl, const struct syntax *syntax,
                  struct atoms *out)
{
    const struct syntax *form = syntax->child;
    uint32_t position = 0;
    lede_status status = LEDE_STATUS_OK;

    *out = (struct atoms){ NULL, 0 };
    while (form != NULL && status == LEDE_STATUS_OK) {
        struct syntax words = *form;
        const struct syntax *word = &words;
        struct atom atom;
        bool bad = false;

        if (form->kind == SYNTAX_WORD) {
            status = add_words(pl, &form, out, &position);
            continue;
        }
        form = form->next;
        if (words.kind == SYNTAX_ANY_WORD) {
            position++;
            continue;
        }
        status = plan_pattern(pl, &words, syntax->field, &atom, &bad);
        if (status == LEDE_STATUS_OK && bad) {
            words.kind = SYNTAX_WORD;
            words.next = NULL;
            status = add_words(pl, &word, out, &position);
        } else if (status == LEDE_STATUS_OK) {
            status = add_atoms(pl, out, &atom, 1, &position);
        }
    }
    return status;
}

/* ---- interface ---- */

static bool
is_pattern(const struct syntax *syntax)
{
    return syntax->kind == SYNTAX_PATTERN || syntax->kind == SYNTAX_REGEX ||
           syntax->kind == SYNTAX_FUZZY;
}

static bool
has_patterns(const struct syntax *syntax)
{
    const struct syntax *form = syntax->child;

    while (form != NULL && form->kind == SYNTAX_WORD) {
        form = form->next;
    }
    return form != NULL;
}

/* Several chunks of one word: one thing, if it is anywhere. */
static lede_status
plan_link(struct planner *pl, const struct syntax *syntax, int field,
          const struct atoms *tokens, struct node ***tail, bool *planned)
{
    struct chunk all;
    lede_status status = sort_chunk(pl, tokens->items, tokens->items +
                                    tokens->count, &all);

    *planned = false;
    if (status == LEDE_STATUS_OK &&
        lede__whole_is_link(syntax->text, tokens) && all.n_atoms > 1) {
        status = is_known(pl, syntax, all.atoms, all.n_atoms, NULL, planned);
    }
    if (status == LEDE_STATUS_OK && *planned) {
        status = unit_leaf(pl, syntax, field, all.atoms, all.n_atoms, NULL,
                           TEXT_RANKED, tail);
    }
    return status;
}

/* A word or phrase that is analysed. */
static lede_status
plan_words(struct planner *pl, const struct syntax *syntax, int field,
           const struct atoms *tokens, enum text_mode mode,
           struct node ***tail)
{
    bool planned;
    size_t at = 0;
    lede_status status;

    if (mode != TEXT_RANKED) {
        return plan_whole(pl, syntax, field, tokens, mode, tail);
    }
    status = plan_link(pl, syntax, field, tokens, tail, &planned);
    while (at < tokens->count && !planned && status == LEDE_STATUS_OK) {
        size_t end = at + 1;
        struct chunk chunk;

        while (end < tokens->count &&
               tokens->items[end].chunk == tokens->items[at].chunk) {
            end++;
        }
        status = sort_chunk(pl, tokens->items + at, tokens->items + end,
                            &chunk);
        if (status == LEDE_STATUS_OK) {
            status = plan_chunk(pl, syntax, field, &chunk, tail);
        }
        at = end;
    }
    return status;
}

lede_status
lede__plan_text(struct planner *pl, const struct syntax *syntax,
                enum text_mode mode, struct node ***tail)
{
    struct atoms tokens = { NULL, 0 };
    struct atom atom;
    bool forms = is_pattern(syntax);
    bool bad = false;
    int field = FIELD_ALL;
    bool known = lede__plan_field(pl, syntax->field, &field);
    lede_status status = LEDE_STATUS_OK;

    if (forms) {
        status = plan_pattern(pl, syntax, syntax->field, &atom, &bad);
        forms = !bad;
        tokens = (struct atoms){ &atom, 1 };
    }
    if (has_patterns(syntax)) {
        status = lede__plan_phrase(pl, syntax, &tokens);
        forms = true;
    } else if (!forms && status == LEDE_STATUS_OK) {
        status = lede__plan_analyse(pl, syntax->text, &tokens);
    }
    if (status != LEDE_STATUS_OK || tokens.count == 0) {
        return status;
    }
    if (!known) {
        struct node *nothing;

        status = lede__plan_node(pl, NODE_NONE, &nothing);
        append(tail, nothing);
        return status;
    }
    if (forms) {
        return tokens.count == 1
               ? word_leaf(pl, syntax, field, tokens.items, TEXT_QUOTED, tail)
               : unit_leaf(pl, syntax, field, tokens.items, tokens.count,
                           NULL, TEXT_QUOTED, tail);
    }
    return plan_words(pl, syntax, field, &tokens, mode, tail);
}
