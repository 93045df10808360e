/* collapse.c - near copies of one story, shown as one; see collapse.h.

   Each article is compared with the first of each group.  That is quadratic,
   and still cheap: two articles that are no copies differ in the first bytes
   of their sketches (a thousand different ones take 3 ms).  */

#include "query/collapse.h"

#include <stdlib.h>

#include "query/alike.h"
#include "query/search.h"

#define DEEPER 4                // times as many, where groups are too few

size_t
lede__collapse_depth(const struct search *search, size_t wanted,
                     size_t before)
{
    size_t depth = before == 0 ? 2 * wanted : before * DEEPER;

    if (before > 0 && (search->found.top.count >= wanted ||
                       search->stories.looked < before ||
                       before >= COLLAPSE_DEPTH_MAX)) {
        return 0;
    }
    depth = depth > COLLAPSE_DEPTH ? depth : COLLAPSE_DEPTH;
    return depth < COLLAPSE_DEPTH_MAX ? depth : COLLAPSE_DEPTH_MAX;
}

/* The group of an article: that it is most like, of equal ones the first; or
   `n`. */
static size_t
find_group(const struct alike *alikes, const size_t *firsts, size_t n,
           const struct alike *one, int need, int *same)
{
    size_t best = n;
    size_t i;

    *same = 0;
    for (i = 0; i < n && one->known; i++) {
        int now = alike_same(&alikes[firsts[i]].sketch, &one->sketch,
                             *same >= need ? *same + 1 : need);

        if (now >= need && now > *same && alikes[firsts[i]].known) {
            *same = now;
            best = i;
        }
    }
    return best;
}

/* Where the copies of each group go, and they, in order of rank. */
static lede_status
lay_out(struct search *search, const size_t *group_of, const size_t *firsts,
        size_t n_groups, const struct alike *alikes, lede_error *err)
{
    struct topk *top = &search->found.top;
    struct stories *stories = &search->stories;
    size_t n = top->count;
    size_t next = 0;
    size_t i;

    stories->items = lede__arena_array(&search->arena, n_groups + 1,
                                      sizeof(*stories->items));
    stories->copies = lede__arena_array(&search->arena, n - n_groups + 1,
                                       sizeof(*stories->copies));
    if (stories->items == NULL || stories->copies == NULL) {
        return lede__fail_memory(err);
    }
    for (i = 0; i < n; i++) {
        stories->items[group_of[i]].n += firsts[group_of[i]] != i;
    }
    for (i = 0; i < n_groups; i++) {
        stories->items[i].first = next;
        next += stories->items[i].n;
        stories->items[i].n = 0;
    }
    for (i = 0; i < n; i++) {
        struct story *story = &stories->items[group_of[i]];
        size_t first = firsts[group_of[i]];

        if (first != i) {
            stories->copies[story->first + story->n++] = (struct story_copy){
                top->items[i],
                lede__sketch_resemblance(&alikes[first].sketch,
                                         &alikes[i].sketch),
            };
        }
    }
    for (i = 0; i < n_groups; i++) {
        top->items[i] = top->items[firsts[i]];
    }
    top->count = n_groups;
    return LEDE_STATUS_OK;
}

lede_status
lede__collapse(struct search *search, const lede_search_options *options,
               lede_error *err)
{
    size_t n = search->found.top.count;
    int need = lede__alike_need(options->collapse_similarity);
    size_t *group_of = calloc(n + 1, sizeof(*group_of));
    size_t *firsts = calloc(n + 1, sizeof(*firsts));
    struct alike *alikes = NULL;
    size_t n_groups = 0;
    size_t i;
    lede_status status;

    if (group_of == NULL || firsts == NULL) {
        status = lede__fail_memory(err);
        goto out;
    }
    search->stories.looked = n;
    status = lede__alike_read(&alikes, search, n, false, err);
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    for (i = 0; i < n; i++) {
        int same;

        group_of[i] = find_group(alikes, firsts, n_groups, &alikes[i], need,
                                 &same);
        if (group_of[i] == n_groups) {
            firsts[n_groups++] = i;
        }
    }
    status = lay_out(search, group_of, firsts, n_groups, alikes, err);

out:
    free(group_of);
    free(firsts);
    return status;
}

/* ---- as hits tell them ---- */

static lede_status
copy_text(struct arena *arena, struct str text, const char **out,
          lede_error *err)
{
    *out = NULL;
    if (text.len > 0) {
        *out = lede__arena_str(arena, text).p;
        return *out == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
    }
    return LEDE_STATUS_OK;
}

static lede_status
tell_copy(lede_copy *out, const struct story_copy *copy,
          lede_index *const *indexes, struct article *scratch,
          struct arena *arena, lede_error *err)
{
    char date[24];
    lede_status status = lede__index_stored(indexes[copy->found.index],
                                            copy->found.doc, scratch, err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    out->index = copy->found.index;
    out->similarity = copy->similarity;
    lede__date_format(scratch->date, date);
    status = copy_text(arena, scratch->id, &out->id, err);
    if (status == LEDE_STATUS_OK) {
        status = copy_text(arena, scratch->path, &out->path, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = copy_text(arena, scratch->title, &out->title, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = copy_text(arena, scratch->source, &out->source, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = copy_text(arena, scratch->url, &out->url, err);
    }
    return status != LEDE_STATUS_OK
           ? status : copy_text(arena, str_from(date), &out->date, err);
}

lede_status
lede__collapse_copies(lede_hit *hit, const struct search *search, size_t i,
                      lede_index *const *indexes, struct article *scratch,
                      struct arena *arena, lede_error *err)
{
    const struct story *story;
    lede_copy *copies;
    size_t n;
    size_t k;
    lede_status status = LEDE_STATUS_OK;

    if (search->stories.items == NULL) {
        return LEDE_STATUS_OK;
    }
    story = &search->stories.items[i];
    n = story->n < LEDE_COPIES_MAX ? story->n : LEDE_COPIES_MAX;
    copies = lede__arena_array(arena, n + 1, sizeof(*copies));
    if (copies == NULL) {
        return lede__fail_memory(err);
    }
    for (k = 0; k < n && status == LEDE_STATUS_OK; k++) {
        status = tell_copy(&copies[k],
                           &search->stories.copies[story->first + k], indexes,
                           scratch, arena, err);
    }
    hit->copies = copies;
    hit->n_copies = n;
    hit->copies_found = story->n;
    return status;
}
