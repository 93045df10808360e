/* bound.c - the best score that a range of docs can hold; see match.h.

   The impacts of a list in a range are a staircase: up to which tf a posting
   can have, by its length.  A leaf's staircase is made of its lists' as its tf
   is made of their tfs, and since a score falls with the length, the best is
   at the foot of one of the steps. */

#include "query/match.h"

/* Leaves with more lists are bounded by what any tf could score. */
#define LISTS_MAX 12

/* The bounds of more blocks than these come to much the same as no bound. */
#define BLOCKS_MAX 2

/* The impacts of the lists of a leaf, in the order of its members. */
struct stairs {
    struct impacts lists[LISTS_MAX];
    size_t n;
    uint8_t feet[LISTS_MAX * IMPACTS_MAX];
    size_t n_feet;
};

/* The highest tf of a posting of this length. */
static inline uint32_t
tf_at(const struct impacts *impacts, uint8_t length)
{
    uint32_t tf = 0;
    size_t i;

    for (i = 0; i < impacts->n && impacts->pairs[i].min_length <= length;
         i++) {
        tf = impacts->pairs[i].max_tf;
    }
    return tf;
}

/* The impacts of a list in a range; any tf where it has many blocks there. */
static lede_status
bound_list(struct matcher *m, struct list *list, uint32_t from, uint32_t to,
           struct impacts *impacts)
{
    uint64_t postings = (uint64_t)list->postings->df * (to - from);

    if (postings > (uint64_t)BLOCKS_MAX * POSTING_BLOCK *
                   m->searcher->docs) {
        impacts->n = 1;
        impacts->pairs[0] = (struct impact){ UINT32_MAX, 0 };
        return LEDE_STATUS_OK;
    }
    return lede__list_bound_at(list, from, to, impacts, m->err);
}

static lede_status
add_list(struct matcher *m, struct stairs *st, struct list *list,
         uint32_t from, uint32_t to)
{
    struct impacts *impacts = &st->lists[st->n++];
    size_t i;
    lede_status status = bound_list(m, list, from, to, impacts);

    for (i = 0; i < impacts->n && status == LEDE_STATUS_OK; i++) {
        st->feet[st->n_feet++] = impacts->pairs[i].min_length;
    }
    return status;
}

static bool
is_counted(const struct list *list)
{
    return list->postings != NULL && !list->minus;
}

static size_t
count_lists(const struct list *lists, size_t n_lists)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < n_lists; i++) {
        n += is_counted(&lists[i]);
    }
    return n;
}

static size_t
count_span(const struct span *span)
{
    size_t n = 0;
    size_t i;

    if (span->kind == SPAN_STEM) {
        return is_counted(span->stem);
    }
    for (i = 0; i < span->n; i++) {
        n += count_span(&span->children[i]);
    }
    return n + count_lists(span->slot.lists, span->slot.n_lists);
}

static bool
has_few_lists(const struct node *leaf)
{
    size_t n = 0;
    size_t i, j;

    for (i = 0; i < leaf->n_members && n <= LISTS_MAX; i++) {
        const struct member *member = &leaf->members[i];

        n += count_lists(member->lists, member->n_lists);
        n += member->span == NULL ? 0 : count_span(member->span);
        for (j = 0; j < member->n_slots && n <= LISTS_MAX; j++) {
            n += count_lists(member->slots[j].lists,
                             member->slots[j].n_lists);
        }
    }
    return n <= LISTS_MAX;
}

/* The lists of a span, in its order; of a stem that, and not those of its
   forms. */
static lede_status
add_span(struct matcher *m, struct stairs *st, struct span *span,
         uint32_t from, uint32_t to)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    if (span->kind == SPAN_STEM) {
        return is_counted(span->stem)
               ? add_list(m, st, span->stem, from, to) : status;
    }
    for (i = 0; i < span->n && status == LEDE_STATUS_OK; i++) {
        status = add_span(m, st, &span->children[i], from, to);
    }
    for (i = 0; i < span->slot.n_lists && status == LEDE_STATUS_OK; i++) {
        if (is_counted(&span->slot.lists[i])) {
            status = add_list(m, st, &span->slot.lists[i], from, to);
        }
    }
    return status;
}

static lede_status
make_stairs(struct matcher *m, struct stairs *st, struct node *leaf,
            uint32_t from, uint32_t to)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i, j, k;

    st->n = 0;
    st->n_feet = 0;
    for (i = 0; i < leaf->n_members; i++) {
        struct member *member = &leaf->members[i];

        for (j = 0; j < member->n_lists && status == LEDE_STATUS_OK; j++) {
            if (is_counted(&member->lists[j])) {
                status = add_list(m, st, &member->lists[j], from, to);
            }
        }
        for (j = 0; j < member->n_slots; j++) {
            struct slot *slot = &member->slots[j];

            for (k = 0; k < slot->n_lists && status == LEDE_STATUS_OK; k++) {
                if (is_counted(&slot->lists[k])) {
                    status = add_list(m, st, &slot->lists[k], from, to);
                }
            }
        }
        if (member->span != NULL && status == LEDE_STATUS_OK) {
            status = add_span(m, st, member->span, from, to);
        }
    }
    return status;
}

/* No more stretches than this are in an article of this length: each ends with
   another occurrence of one of the children; in order, of each of them; and of
   two words near each other, each occurrence begins one and ends one. */
static uint32_t
span_tf(const struct stairs *st, const struct span *span, uint8_t length,
        size_t *at)
{
    uint32_t least = UINT32_MAX;
    uint32_t sum = 0;
    size_t i;

    if (span->kind == SPAN_STEM) {
        return is_counted(span->stem) ? tf_at(&st->lists[(*at)++], length)
                                      : 0;
    }
    for (i = 0; i < span->n; i++) {
        uint32_t one = span_tf(st, &span->children[i], length, at);

        sum = score_add(sum, one);
        least = one < least ? one : least;
    }
    for (i = 0; i < span->slot.n_lists; i++) {
        if (is_counted(&span->slot.lists[i])) {
            sum = score_add(sum, tf_at(&st->lists[(*at)++], length));
        }
    }
    if (span->kind == SPAN_ORDERED) {
        return least;
    }
    if (span->kind == SPAN_NEAR && span->n == 2) {
        least = score_add(least, least);
        return sum < least ? sum : least;
    }
    return span->kind == SPAN_NEAR && least == 0 ? 0 : sum;
}

/* The highest tf of the leaf in an article of this length, and that of its
   exact form. */
static uint32_t
leaf_tf(const struct stairs *st, const struct node *leaf, uint8_t length,
        uint32_t *exact)
{
    uint32_t total = 0;
    size_t at = 0;
    size_t i, j, k;

    *exact = 0;
    for (i = 0; i < leaf->n_members; i++) {
        const struct member *member = &leaf->members[i];
        uint32_t roles[LIST_FILTER + 1] = { 0 };
        uint32_t tf;

        for (j = 0; j < member->n_lists; j++) {
            if (is_counted(&member->lists[j])) {
                uint32_t *role = &roles[member->lists[j].role];

                *role = score_add(*role, tf_at(&st->lists[at++], length));
            }
        }
        tf = roles[LIST_STEM] > roles[LIST_EXACT] ? roles[LIST_STEM]
                                                  : roles[LIST_EXACT];
        tf = tf > roles[LIST_PLAIN] ? tf : roles[LIST_PLAIN];
        tf = score_add(tf, score_add(roles[LIST_EXTRA], roles[LIST_OTHER]));
        *exact = i == 0 ? roles[LIST_EXACT] : *exact;
        for (j = 0; j < member->n_slots; j++) {
            uint32_t sum = 0;

            for (k = 0; k < member->slots[j].n_lists; k++) {
                if (is_counted(&member->slots[j].lists[k])) {
                    sum = score_add(sum, tf_at(&st->lists[at++], length));
                }
            }
            tf = j == 0 || sum < tf ? sum : tf;
        }
        if (member->span != NULL) {
            tf = span_tf(st, member->span, length, &at);
        }
        total = score_add(total, tf);
    }
    return total;
}

static uint32_t
score_at(const struct matcher *m, const struct node *leaf, uint32_t tf,
         uint32_t exact, uint8_t length)
{
    uint32_t score = 0;

    if (tf > 0) {
        score = lede__score_bound(m->scorer, leaf->scale, tf, length);
    }
    if (leaf->evidence && exact > 0) {
        score = score_add(score, lede__score_bound(m->scorer,
                                                   leaf->exact_scale, exact,
                                                   length));
    }
    return score;
}

/* Of a phrase what bounds all lists that it is looked for by; *known is false
   where these are others in parts of the range. */
static lede_status
bound_phrase(struct matcher *m, struct stairs *st, struct node *leaf,
             uint32_t from, uint32_t to, uint32_t *bound, bool *known)
{
    const struct way *way = lede__phrase_way(&leaf->members[0], from);
    size_t i, j;
    lede_status status = LEDE_STATUS_OK;

    *known = to <= way->end && way->n <= LISTS_MAX;
    for (i = 0; i < way->n && *known && status == LEDE_STATUS_OK; i++) {
        status = add_list(m, st, way->lists[i], from, to);
    }
    for (i = 0; i < st->n_feet && *known && status == LEDE_STATUS_OK; i++) {
        uint32_t tf = UINT32_MAX;
        uint32_t one;

        for (j = 0; j < st->n; j++) {
            uint32_t own = tf_at(&st->lists[j], st->feet[i]);

            tf = own < tf ? own : tf;
        }
        one = score_at(m, leaf, tf, 0, st->feet[i]);
        *bound = one > *bound ? one : *bound;
    }
    return status;
}

lede_status
lede__leaf_bound(struct matcher *m, struct node *leaf, uint32_t from,
                 uint32_t to, uint32_t *bound)
{
    struct stairs st;
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    *bound = 0;
    if (leaf->shape == SHAPE_NONE) {
        return LEDE_STATUS_OK;
    }
    if (leaf->shape == SHAPE_ONE) {
        struct impacts *impacts = &st.lists[0];

        status = bound_list(m, leaf->only, from, to, impacts);
        for (i = 0; i < impacts->n && status == LEDE_STATUS_OK; i++) {
            uint32_t one = lede__score_bound(m->scorer, leaf->scale,
                                             impacts->pairs[i].max_tf,
                                             impacts->pairs[i].min_length);

            *bound = one > *bound ? one : *bound;
        }
        return status;
    }
    if (leaf->shape == SHAPE_PHRASE) {
        bool known;

        st.n = 0;
        st.n_feet = 0;
        status = bound_phrase(m, &st, leaf, from, to, bound, &known);
        if (known || status != LEDE_STATUS_OK) {
            return status;
        }
    }
    if (!has_few_lists(leaf)) {
        *bound = leaf->most;
        return LEDE_STATUS_OK;
    }
    status = make_stairs(m, &st, leaf, from, to);
    for (i = 0; i < st.n_feet && status == LEDE_STATUS_OK; i++) {
        uint32_t exact;
        uint32_t tf = leaf_tf(&st, leaf, st.feet[i], &exact);
        uint32_t one = score_at(m, leaf, tf, exact, st.feet[i]);

        *bound = one > *bound ? one : *bound;
    }
    return status;
}
