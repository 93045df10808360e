/* rank-near.c - words of the query that stand near each other; see rank.h.

   Of the words' occurrences in an article, in order, each two neighbours of
   different words, i and j, at a distance of D positions, give each other

       acc_i += w_j / D^2        acc_j += w_i / D^2        w = boost * idf

   and what a word has got so counts as its tf does:

       near * sum of min(1, w_i) * (k1 + 1) * acc_i / (acc_i + K)

   which is at most near * (k1 + 1) for each word.  Buettcher, Clarke and
   Lushman 2006 ("Term proximity scoring for ad-hoc retrieval on very large text
   collections").  Theirs is the sum, and the weight 1; min(1, w) is theirs too,
   and without it long queries lose.

   Positions are those of the form that was typed, of its extras and of the
   form without accents: stems have none, and to look for all forms of each
   stem, which takes a walk over the dictionary, changed the mean nDCG@10 of
   seven collections by .0003. */

#include "query/rank.h"

#include <stdlib.h>

#include "query/match.h"

/* An occurrence: its position, and in the low half the word. */
#define WORD_BITS 32

struct nearness {
    struct ranking *ranking;
    struct rank_index *index;
    struct slot *slots;         // of the words
    double *got;                // acc
    uint64_t *places;           // occurrences, in runs of one word
    uint64_t *spare;
    size_t n;
    size_t cap;
    size_t *runs;               // where each begins; one more: the end
    size_t n_runs;
};

static bool
is_wanted(const lede_search_options *options)
{
    return options->near > 0;
}

/* ---- postings of their own: the plan's have been read to the end ---- */

static lede_status
open_slot(struct nearness *x, const struct node *leaf, struct slot *slot)
{
    size_t n = 0;
    size_t i, j;
    lede_status status = LEDE_STATUS_OK;

    for (i = 0; i < leaf->n_members; i++) {
        n += leaf->members[i].n_lists;
    }
    slot->lists = lede__arena_array(x->ranking->arena, n + 1,
                                    sizeof(*slot->lists));
    if (slot->lists == NULL) {
        return lede__fail_memory(x->ranking->err);
    }
    for (i = 0; i < leaf->n_members; i++) {
        const struct member *member = &leaf->members[i];

        for (j = 0; j < member->n_lists && status == LEDE_STATUS_OK; j++) {
            struct list *list = &slot->lists[slot->n_lists];

            if (member->lists[j].role == LIST_STEM ||
                member->lists[j].postings == NULL) {
                continue;
            }
            *list = member->lists[j];
            list->postings = NULL;
            list->at = 0;
            list->done = false;
            status = lede__postings_open(list->searcher, list->bytes,
                                         &list->postings, x->ranking->err);
            slot->n_lists += status == LEDE_STATUS_OK;
        }
    }
    return status;
}

static void
close_slots(struct nearness *x)
{
    size_t i, j;

    for (i = 0; x->slots != NULL && i < x->index->n_words; i++) {
        for (j = 0; j < x->slots[i].n_lists; j++) {
            lede__postings_close(x->slots[i].lists[j].postings);
        }
    }
}

static lede_status
open_words(struct nearness *x)
{
    struct arena *arena = x->ranking->arena;
    size_t n = x->index->n_words;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    x->slots = lede__arena_array(arena, n, sizeof(*x->slots));
    x->got = lede__arena_array(arena, n, sizeof(*x->got));
    x->runs = lede__arena_array(arena, n + 1, sizeof(*x->runs));
    if (x->slots == NULL || x->got == NULL || x->runs == NULL) {
        return lede__fail_memory(x->ranking->err);
    }
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = open_slot(x, x->index->words[i].leaf, &x->slots[i]);
    }
    return status;
}

/* ---- an article ---- */

static lede_status
make_room(struct nearness *x, size_t more)
{
    size_t cap = x->cap == 0 ? 1024 : x->cap;
    uint64_t *bigger;

    if (more <= x->cap - x->n) {
        return LEDE_STATUS_OK;
    }
    while (cap - x->n < more) {
        cap *= 2;
    }
    bigger = realloc(x->places, cap * sizeof(*bigger));
    if (bigger != NULL) {
        x->places = bigger;
        bigger = realloc(x->spare, cap * sizeof(*bigger));
    }
    if (bigger == NULL) {
        return lede__fail_memory(x->ranking->err);
    }
    x->spare = bigger;
    x->cap = cap;
    return LEDE_STATUS_OK;
}

static lede_status
read_word(struct nearness *x, size_t word, uint32_t doc)
{
    const uint32_t *positions;
    size_t n, i;
    lede_status status;

    status = lede__slot_positions(x->index->m, &x->slots[word], doc,
                                  &positions, &n);
    if (status == LEDE_STATUS_OK && n > 0) {
        status = make_room(x, n);
    }
    if (status != LEDE_STATUS_OK || n == 0) {
        return status;
    }
    x->runs[x->n_runs++] = x->n;
    for (i = 0; i < n; i++) {
        x->places[x->n++] = (uint64_t)positions[i] << WORD_BITS | word;
    }
    return LEDE_STATUS_OK;
}

/* Two runs as one, to x->spare. */
static void
merge(struct nearness *x, size_t from, size_t middle, size_t to)
{
    const uint64_t *places = x->places;
    size_t i = from;
    size_t j = middle;
    size_t at;

    for (at = from; at < to; at++) {
        bool first = j == to || (i < middle && places[i] < places[j]);

        x->spare[at] = first ? places[i] : places[j];
        i += first;
        j += !first;
    }
}

/* All runs as one, in order of their positions. */
static void
merge_runs(struct nearness *x)
{
    while (x->n_runs > 1) {
        uint64_t *swap = x->places;
        size_t kept = 0;
        size_t i;

        x->runs[x->n_runs] = x->n;
        for (i = 0; i < x->n_runs; i += 2) {
            size_t middle = x->runs[i + 1];
            size_t to = i + 2 <= x->n_runs ? x->runs[i + 2] : middle;

            merge(x, x->runs[i], middle, to);
            x->runs[kept++] = x->runs[i];
        }
        x->n_runs = kept;
        x->places = x->spare;
        x->spare = swap;
    }
}

/* What each word gets of its neighbours. */
static void
add_pairs(struct nearness *x)
{
    const struct rank_word *words = x->index->words;
    size_t i;

    for (i = 1; i < x->n; i++) {
        uint32_t a = (uint32_t)x->places[i - 1];
        uint32_t b = (uint32_t)x->places[i];
        double distance;

        if (a == b) {
            continue;
        }
        distance = (double)((x->places[i] >> WORD_BITS) -
                            (x->places[i - 1] >> WORD_BITS));
        // parts of an identifier stand where it does
        distance = distance < 1 ? 1 : distance * distance;
        x->got[a] += words[b].weight / distance;
        x->got[b] += words[a].weight / distance;
    }
}

static double
sum_up(const struct nearness *x, const struct candidate *candidate)
{
    const struct scorer *scorer = x->index->m->scorer;
    double norm = scorer->norms[candidate->length];
    double sum = 0;
    size_t i;

    for (i = 0; i < x->index->n_words; i++) {
        double weight = x->index->words[i].weight;

        if (x->got[i] > 0) {
            sum += (weight < 1 ? weight : 1) * (scorer->k1 + 1) * x->got[i] /
                   (x->got[i] + norm);
        }
    }
    return sum;
}

static lede_status
rank_article(struct nearness *x, struct candidate *candidate, int64_t *part)
{
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    x->n = 0;
    x->n_runs = 0;
    for (i = 0; i < x->index->n_words && status == LEDE_STATUS_OK; i++) {
        status = read_word(x, i, candidate->found.doc);
    }
    if (status != LEDE_STATUS_OK || x->n_runs < 2) {
        return status;
    }
    merge_runs(x);
    memset(x->got, 0, x->index->n_words * sizeof(*x->got));
    add_pairs(x);
    *part = rank_part(x->ranking->options->near * sum_up(x, candidate));
    return LEDE_STATUS_OK;
}

static lede_status
run(struct ranking *ranking, enum rank_part part)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i, j;

    for (i = 0; i < ranking->n_indexes && status == LEDE_STATUS_OK; i++) {
        struct rank_index *index = &ranking->indexes[i];
        struct nearness x = { .ranking = ranking, .index = index };

        if (index->n_words < 2) {
            continue;
        }
        status = open_words(&x);
        for (j = 0; j < index->n && status == LEDE_STATUS_OK; j++) {
            status = rank_article(&x, &index->items[j],
                                  &index->items[j].parts[part]);
        }
        close_slots(&x);
        free(x.places);
        free(x.spare);
    }
    return status;
}

const struct component lede__rank_near = { "near", is_wanted, run };
