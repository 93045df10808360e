/* spell-together.c - how often two words stand in the same article, and side by
   side.

   The articles of the rarer word are looked up among those of the other.
   Where they are many the first ones stand for all. */

#include "query/match.h"
#include "query/speller.h"

/* Articles of the rarer word that are looked at, and articles with both whose
   positions are. */
#define BOTH_LOOKED 400
#define ROWS_LOOKED 60

struct pair {
    struct speller *sp;
    struct list lists[2];       // the first and the second word
    uint64_t rows;              // articles in which they stand in a row
    uint64_t rows_looked;
};

static lede_status
open_list(struct speller *sp, struct searcher *searcher, int field,
          struct str form, struct list *list)
{
    lede_status status = lede__term_exact(&sp->term, field, form, sp->err);

    list->searcher = searcher;
    list->kernel = lede__score_kernel(searcher->kernel);
    return status != LEDE_STATUS_OK ? status
           : lede__postings_open(searcher, lede__buf_view(&sp->term),
                                 &list->postings, sp->err);
}

/* Whether in `doc`, which both have, the second follows the first. */
static lede_status
is_row(struct pair *pair, uint32_t doc, bool *row)
{
    const uint32_t *first;
    const uint32_t *second;
    size_t n_first, n_second;
    size_t j = 0;
    lede_status status =
        lede__postings_positions(pair->lists[0].postings, doc, &first,
                                 &n_first, pair->sp->err);

    *row = false;
    if (status == LEDE_STATUS_OK) {
        status = lede__postings_positions(pair->lists[1].postings, doc,
                                          &second, &n_second, pair->sp->err);
    }
    for (size_t i = 0; status == LEDE_STATUS_OK && i < n_first && !*row;
         i++) {
        while (j < n_second && second[j] <= first[i]) {
            j++;
        }
        *row = j < n_second && second[j] == first[i] + 1;
    }
    return status;
}

static lede_status
count(struct pair *pair, struct together *out)
{
    struct list *rare = &pair->lists[0];
    struct list *other = &pair->lists[1];
    uint32_t doc = 0;
    uint64_t looked = 0;
    uint64_t both = 0;
    lede_status status;

    if (rare->postings->df > other->postings->df) {
        rare = &pair->lists[1];
        other = &pair->lists[0];
    }
    for (; looked < BOTH_LOOKED; doc++) {
        uint32_t found;

        status = lede__list_seek(rare, doc, &doc, pair->sp->err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (doc == DOC_END) {
            break;
        }
        looked++;
        status = lede__list_seek(other, doc, &found, pair->sp->err);
        if (status == LEDE_STATUS_OK && found == doc) {
            both++;
            if (pair->rows_looked < ROWS_LOOKED) {
                bool row;

                status = is_row(pair, doc, &row);
                pair->rows_looked++;
                pair->rows += status == LEDE_STATUS_OK && row;
            }
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    if (both > 0) {
        double all = (double)both;

        if (looked == BOTH_LOOKED) {
            all *= (double)rare->postings->df / BOTH_LOOKED;
        }
        out->both += all;
        out->row += all * (double)pair->rows / (double)pair->rows_looked;
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__spell_together(struct speller *sp, struct str field, struct str first,
                     struct str second, struct together *out)
{
    const struct plan *plan = &sp->search->plan;
    lede_status status = LEDE_STATUS_OK;

    *out = (struct together){ 0, 0 };
    for (size_t i = 0; i < plan->n_indexes && status == LEDE_STATUS_OK; i++) {
        struct searcher *searcher = plan->indexes[i].searcher;
        struct pair pair = { .sp = sp };
        int number = lede__spell_field(searcher, field);

        if (number < FIELD_ALL) {
            continue;
        }
        status = open_list(sp, searcher, number, first, &pair.lists[0]);
        if (status == LEDE_STATUS_OK) {
            status = open_list(sp, searcher, number, second, &pair.lists[1]);
        }
        if (status == LEDE_STATUS_OK && pair.lists[0].postings != NULL &&
            pair.lists[1].postings != NULL) {
            status = count(&pair, out);
        }
        lede__postings_close(pair.lists[0].postings);
        lede__postings_close(pair.lists[1].postings);
    }
    return status;
}
