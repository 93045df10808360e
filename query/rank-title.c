/* rank-title.c - how much of a title the words of the query make up; see
   rank.h.

       title-share * sum over the words of   w * min(1, tf / n)

   with w = boost * idf, tf how often the word, in any of its forms, is in the
   title, and n how many words the title has.  For "when was Sweden founded" it
   tells *Sweden* from *Sweden at the 1996 Olympics*, which BM25's one length of
   all fields together cannot.  It is a field with a length normalisation of its
   own, b = 1 (Zaragoza, Craswell, Taylor, Saria and Robertson 2004; Robertson
   and Zaragoza 2009), and without saturation, since shares add up to 1 at most.
   A title that is the first sentence of a text has many words, and so gives
   little. */

#include "query/rank.h"

#include "query/match.h"
#include "query/planner.h"

struct titles {
    struct ranking *ranking;
    struct rank_index *index;
    struct buf term;
    unsigned weight;            // of the field, which is in tfs
    uint32_t docs[RANK_DEPTH];
    uint8_t lengths[RANK_DEPTH];
    double sums[RANK_DEPTH];
};

static bool
is_wanted(const lede_search_options *options)
{
    return options->title_share > 0;
}

/* The same list over titles; without postings where there is none. */
static lede_status
open_list(struct titles *x, const struct list *list, struct list *out)
{
    struct arena *arena = x->ranking->arena;
    lede_error *err = x->ranking->err;
    lede_status status;

    *out = *list;
    out->postings = NULL;
    out->at = 0;
    out->done = false;
    status = lede__plan_bytes(&x->term, list->role, FIELD_TITLE,
                              list->stemmer, list->form, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    out->bytes = lede__arena_str(arena, lede__buf_view(&x->term));
    return out->bytes.p == NULL ? lede__fail_memory(err)
           : lede__postings_open(list->searcher, out->bytes, &out->postings,
                                 err);
}

/* The words of a leaf over titles. */
static lede_status
open_leaf(struct titles *x, const struct node *leaf, struct node *out)
{
    struct arena *arena = x->ranking->arena;
    lede_status status = LEDE_STATUS_OK;
    size_t i, j;

    *out = (struct node){ .kind = NODE_LEAF, .field = FIELD_TITLE };
    out->members = lede__arena_array(arena, leaf->n_members,
                                     sizeof(*out->members));
    if (out->members == NULL) {
        return lede__fail_memory(x->ranking->err);
    }
    for (i = 0; i < leaf->n_members && status == LEDE_STATUS_OK; i++) {
        const struct member *member = &leaf->members[i];
        struct member *copy = &out->members[out->n_members];

        if (member->n_lists == 0) {
            continue;
        }
        copy->lists = lede__arena_array(arena, member->n_lists,
                                        sizeof(*copy->lists));
        if (copy->lists == NULL) {
            return lede__fail_memory(x->ranking->err);
        }
        out->n_members++;
        for (j = 0; j < member->n_lists && status == LEDE_STATUS_OK; j++) {
            // what is nowhere is in no title
            if (member->lists[j].postings != NULL) {
                status = open_list(x, &member->lists[j],
                                   &copy->lists[copy->n_lists++]);
            }
        }
    }
    return status;
}

static void
close_leaf(const struct node *leaf)
{
    size_t i, j;

    for (i = 0; i < leaf->n_members; i++) {
        for (j = 0; j < leaf->members[i].n_lists; j++) {
            lede__postings_close(leaf->members[i].lists[j].postings);
        }
    }
}

/* What a word brings to each candidate. */
static lede_status
add_word(struct titles *x, const struct rank_word *word)
{
    uint32_t tfs[RANK_DEPTH + SCORE_ROOM];
    struct node leaf = { .n_members = 0 };
    lede_status status = open_leaf(x, word->leaf, &leaf);
    size_t i;

    if (status == LEDE_STATUS_OK) {
        lede__node_prepare(&leaf, x->index->m->scorer);
        status = lede__leaf_at(x->index->m, &leaf, x->docs, x->index->n, 0,
                               tfs, NULL);
    }
    for (i = 0; i < x->index->n && status == LEDE_STATUS_OK; i++) {
        double share = 0;

        if (tfs[i] > 0 && x->lengths[i] > 0) {
            share = (double)tfs[i] / x->weight / x->lengths[i];
        }
        x->sums[i] += word->weight * (share < 1 ? share : 1);
    }
    close_leaf(&leaf);
    return status;
}

static lede_status
read_titles(struct titles *x)
{
    const struct schema *schema = x->index->m->searcher->schema;
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    x->weight = schema->fields[FIELD_TITLE].weight;
    x->weight = x->weight > 0 ? x->weight : 1;
    for (i = 0; i < x->index->n && status == LEDE_STATUS_OK; i++) {
        struct str value = STR("");

        x->docs[i] = x->index->items[i].found.doc;
        status = lede__searcher_column(x->index->m->searcher, COLUMN_TITLE,
                                       x->docs[i], &value, x->ranking->err);
        x->lengths[i] = value.len > 0 ? (uint8_t)value.p[0] : 0;
    }
    return status;
}

static lede_status
run_index(struct titles *x, enum rank_part part)
{
    const struct rank_index *index = x->index;
    double title_share = x->ranking->options->title_share;
    lede_status status = read_titles(x);
    size_t i;

    for (i = 0; i < index->n_words && status == LEDE_STATUS_OK; i++) {
        int field = index->words[i].leaf->field;

        if (field == FIELD_ALL || field == FIELD_TITLE) {
            status = add_word(x, &index->words[i]);
        }
    }
    for (i = 0; i < index->n && status == LEDE_STATUS_OK; i++) {
        index->items[i].parts[part] = rank_part(title_share * x->sums[i]);
    }
    return status;
}

static lede_status
run(struct ranking *ranking, enum rank_part part)
{
    struct buf term = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < ranking->n_indexes && status == LEDE_STATUS_OK; i++) {
        struct titles x = { .ranking = ranking,
                            .index = &ranking->indexes[i], .term = term };

        status = run_index(&x, part);
        term = x.term;
    }
    lede__buf_free(&term);
    return status;
}

const struct component lede__rank_title = { "title", is_wanted, run };
