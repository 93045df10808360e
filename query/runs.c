/* runs.c - runs in TREC's form; see runs.h.

   Of each topic a heap holds the best lines, the worst of them on top, so that
   a run of any length takes the memory of depth lines a topic. */

#include "query/runs.h"

#include <math.h>
#include <stdlib.h>

#include "query/qrels.h"

/* ---- writing ---- */

/* Six decimals tell multiples of 2^-16 apart; what is no such multiple gets as
   many as a 32-bit float of 0.0001 has.  printf would write the locale's
   decimal point. */
static lede_status
add_score(struct buf *out, double score, lede_error *err)
{
    bool fine = score * 65536 != rint(score * 65536);
    double one = fine ? 1e15 : 1e6;
    double whole, part;

    if (!isfinite(score) || fabs(score) > 1e15) {
        return lede__buf_str(out, STR("0.000000"), err);
    }
    part = rint(modf(fabs(score), &whole) * one);
    if (part == one) {
        part = 0;
        whole++;
    }
    return lede__buf_addf(out, err, "%s%llu.%0*llu", score < 0 ? "-" : "",
                          (unsigned long long)whole, fine ? 15 : 6,
                          (unsigned long long)part);
}

static lede_status
add_name(struct buf *out, struct str name, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    if (name.len == 0) {
        return lede__buf_char(out, '-', err);
    }
    for (i = 0; i < name.len && status == LEDE_STATUS_OK; i++) {
        char c = name.p[i];

        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            status = lede__buf_addf(out, err, "%%%02X", (unsigned)c);
        } else {
            status = lede__buf_char(out, c, err);
        }
    }
    return status;
}

lede_status
lede__run_add(struct buf *out, struct str topic, struct str name, size_t rank,
              double score, struct str run, lede_error *err)
{
    lede_status status = add_name(out, topic, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(out, STR(" Q0 "), err);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_name(out, name, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_addf(out, err, " %zu ", rank);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_score(out, score, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_char(out, ' ', err);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_name(out, run, err);
    }
    return status == LEDE_STATUS_OK ? lede__buf_char(out, '\n', err) : status;
}

lede_status
lede_run_line(char **out, const char *topic, const char *name, size_t rank,
              double score, const char *run, lede_error *error)
{
    struct buf line = BUF_INIT(BUF_MAX_ANY);
    lede_status status;

    *out = NULL;
    status = lede__run_add(&line, str_from(topic), str_from(name), rank,
                           score, str_from(run), error);
    if (status != LEDE_STATUS_OK) {
        lede__buf_free(&line);
        return status;
    }
    *out = line.p;
    return LEDE_STATUS_OK;
}

/* ---- reading ---- */

/* [+-] digits [. digits] [e [+-] digits], and nothing else. */
static bool
is_number(struct str s)
{
    const char *p = s.p;
    const char *end = s.p + s.len;
    size_t digits = 0;

    p += p < end && (*p == '-' || *p == '+');
    for (; p < end && *p >= '0' && *p <= '9'; p++) {
        digits++;
    }
    if (p < end && *p == '.') {
        for (p++; p < end && *p >= '0' && *p <= '9'; p++) {
            digits++;
        }
    }
    if (digits > 0 && p < end && (*p == 'e' || *p == 'E')) {
        p++;
        p += p < end && (*p == '-' || *p == '+');
        for (digits = 0; p < end && *p >= '0' && *p <= '9'; p++) {
            digits++;
        }
    }
    return digits > 0 && p == end;
}

lede_status
lede__run_next(struct lines *lines, struct run_line *line, bool *more,
               lede_error *err)
{
    struct str text, rest, q0, rank, score;
    lede_status status;

    do {
        status = lede__lines_next(lines, &text, more, err);
        if (status != LEDE_STATUS_OK || !*more) {
            return status;
        }
        rest = text;
    } while (!lede__field_next(&rest, &line->topic));
    if (!lede__field_next(&rest, &q0) ||
        !lede__field_next(&rest, &line->name) ||
        !lede__field_next(&rest, &rank) ||
        !lede__field_next(&rest, &score) || !is_number(score)) {
        return lede__fail_at(err, LEDE_STATUS_BAD_INPUT, lines->path,
                             lines->number, 0,
                             "not \"topic Q0 name rank score run\"");
    }
    line->score = (float)lede__str_number(score);
    return LEDE_STATUS_OK;
}

/* ---- the best of each topic ---- */

/* Whether a comes after b in the order of a run. */
static bool
is_after(const struct ranked *a, const struct ranked *b)
{
    return run_compare(a->score, a->name, b->score, b->name) > 0;
}

static void
sift_down(struct ranked *heap, size_t n, size_t at)
{
    struct ranked moved = heap[at];

    while (2 * at + 1 < n) {
        size_t kid = 2 * at + 1;

        kid += kid + 1 < n && is_after(&heap[kid + 1], &heap[kid]);
        if (!is_after(&heap[kid], &moved)) {
            break;
        }
        heap[at] = heap[kid];
        at = kid;
    }
    heap[at] = moved;
}

static void
sift_up(struct ranked *heap, size_t at)
{
    struct ranked moved = heap[at];

    while (at > 0 && is_after(&moved, &heap[(at - 1) / 2])) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = moved;
}

static lede_status
add_line(struct best *best, struct ranking_of *of, const struct run_line *line,
         size_t depth, lede_error *err)
{
    struct ranked one = { line->name, 0, line->score };
    bool full = of->n == depth;
    char *name = NULL;

    if (full && !is_after(&of->items[0], &one)) {
        return LEDE_STATUS_OK;
    }
    // in the room of the one that goes, where that is enough
    if (full && of->items[0].room >= line->name.len) {
        name = (char *)(uintptr_t)of->items[0].name.p;
        one.room = of->items[0].room;
    } else {
        one.room = (uint32_t)(line->name.len + 8);
        name = lede__arena_alloc(&best->arena, one.room);
    }
    if (name == NULL ||
        (!full && !lede__array_grow((void **)&of->items, of->n,
                                    sizeof(one)))) {
        return lede__fail_memory(err);
    }
    memcpy(name, line->name.p, line->name.len);
    one.name.p = name;
    if (full) {
        of->items[0] = one;
        sift_down(of->items, of->n, 0);
    } else {
        of->items[of->n] = one;
        sift_up(of->items, of->n++);
    }
    return LEDE_STATUS_OK;
}

static lede_status
find_ranking(struct best *best, struct str topic, struct ranking_of **out,
             lede_error *err)
{
    bool added = false;
    uint64_t *place;

    // a topic's lines mostly follow each other
    if (*out != NULL && str_eq((*out)->topic, topic)) {
        return LEDE_STATUS_OK;
    }
    place = lede__map_put(&best->topics, topic, &added);
    if (place == NULL) {
        return lede__fail_memory(err);
    }
    if (added) {
        struct ranking_of of = { lede__arena_str(&best->arena, topic), NULL,
                                 0 };

        if (of.topic.p == NULL ||
            !lede__array_grow((void **)&best->items, best->n, sizeof(of))) {
            return lede__fail_memory(err);
        }
        *place = best->n;
        best->items[best->n++] = of;
    }
    *out = &best->items[*place];
    return LEDE_STATUS_OK;
}

static int
compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a;
    const struct ranked *y = b;

    return run_compare(x->score, x->name, y->score, y->name);
}

lede_status
lede__best_read(struct best *best, const char *path, const char *topic,
                size_t depth, lede_error *err)
{
    struct lines lines;
    struct run_line line;
    struct ranking_of *of = NULL;
    bool more = true;
    size_t i;
    lede_status status;

    *best = (struct best){ .topics = MAP_INIT };
    status = lede__lines_open(&lines, path, err);
    while (status == LEDE_STATUS_OK && more) {
        status = lede__run_next(&lines, &line, &more, err);
        if (status != LEDE_STATUS_OK || !more ||
            (topic != NULL && !str_eq(line.topic, str_from(topic)))) {
            continue;
        }
        status = find_ranking(best, line.topic, &of, err);
        if (status == LEDE_STATUS_OK) {
            status = add_line(best, of, &line, depth, err);
        }
    }
    lede__lines_close(&lines);
    for (i = 0; i < best->n && status == LEDE_STATUS_OK; i++) {
        qsort(best->items[i].items, best->items[i].n,
              sizeof(struct ranked), compare_ranked);
    }
    return status;
}

void
lede__best_free(struct best *best)
{
    size_t i;

    for (i = 0; i < best->n; i++) {
        free(best->items[i].items);
    }
    free(best->items);
    lede__map_free(&best->topics);
    lede__arena_free(&best->arena);
}
