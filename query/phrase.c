/* phrase.c - where a phrase stands; see match.h.

   First the articles that have all words, the rarest leading; positions are
   read last, rarest word first, and not at all where the best that could come
   of them is not wanted: a phrase has at most as many matches as the tf of any
   of its words.  Two words are matched by one merge of their positions; of
   more, the surviving starts are narrowed down place by place.

   Where the engine has a list ready of two of the words side by side, it takes
   the place of theirs; of a phrase of two words it is the answer.  What is
   ready differs from segment to segment: a WAY is what a phrase is looked for
   by in a stretch of docs. */

#include "query/match.h"

/* ---- in an article ---- */

/* The positions of one list in article `doc`. */
static lede_status
read_positions(struct matcher *m, struct list *list, uint32_t doc,
               const uint32_t **positions, size_t *count)
{
    uint32_t found;
    lede_status status = lede__list_seek(list, doc, &found, m->err);

    *positions = NULL;
    *count = 0;
    if (status != LEDE_STATUS_OK || found != doc) {
        return status;
    }
    list->postings->hint = list->at;
    return lede__postings_positions(list->postings, doc, positions, count,
                                    m->err);
}

/* Both runs, ascending, each position once. */
static lede_status
merge(struct buf *out, const uint32_t *a, size_t n, const uint32_t *b,
      size_t k, lede_error *err)
{
    size_t i = 0;
    size_t j = 0;
    uint32_t *to;
    lede_status status;

    out->len = 0;
    status = lede__buf_reserve(out, (n + k) * sizeof(*to), err);
    if (status != LEDE_STATUS_OK || n + k == 0) {
        return status;
    }
    to = (uint32_t *)(void *)out->p;
    while (i < n || j < k) {
        uint32_t x = i < n ? a[i] : UINT32_MAX;
        uint32_t y = j < k ? b[j] : UINT32_MAX;

        i += x <= y;
        j += y <= x;
        *to++ = x < y ? x : y;
    }
    out->len = (size_t)((char *)to - out->p);
    return LEDE_STATUS_OK;
}

/* The first run without the members of the second, in place. */
static size_t
subtract(uint32_t *a, size_t n, const uint32_t *b, size_t k)
{
    size_t i, j = 0, kept = 0;

    for (i = 0; i < n; i++) {
        while (j < k && b[j] < a[i]) {
            j++;
        }
        if (j == k || b[j] != a[i]) {
            a[kept++] = a[i];
        }
    }
    return kept;
}

lede_status
lede__slot_positions(struct matcher *m, struct slot *slot, uint32_t doc,
                     const uint32_t **out, size_t *count)
{
    struct buf *all = &m->positions[0];
    struct buf *spare = &m->positions[1];
    const uint32_t *positions;
    bool copied = false;
    size_t i, n;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    *count = 0;
    for (i = 0; i < slot->n_lists && status == LEDE_STATUS_OK; i++) {
        if (slot->lists[i].postings == NULL || slot->lists[i].minus) {
            continue;
        }
        status = read_positions(m, &slot->lists[i], doc, &positions, &n);
        if (status != LEDE_STATUS_OK || n == 0) {
            continue;
        }
        if (*count == 0) {
            *out = positions;
            *count = n;
            continue;
        }
        status = merge(spare, *out, *count, positions, n, m->err);
        if (status == LEDE_STATUS_OK) {
            struct buf swap = *all;

            *all = *spare;
            *spare = swap;
            copied = true;
            *out = (const uint32_t *)(const void *)all->p;
            *count = all->len / sizeof(**out);
        }
    }
    for (i = 0; i < slot->n_lists && status == LEDE_STATUS_OK; i++) {
        if (slot->lists[i].postings == NULL || !slot->lists[i].minus ||
            *count == 0) {
            continue;
        }
        status = read_positions(m, &slot->lists[i], doc, &positions, &n);
        if (status != LEDE_STATUS_OK || n == 0) {
            continue;
        }
        if (!copied) {
            status = merge(all, *out, *count, NULL, 0, m->err);
            copied = true;
            *out = (const uint32_t *)(const void *)all->p;
        }
        if (status == LEDE_STATUS_OK) {
            *count = subtract((uint32_t *)(void *)all->p, *count, positions,
                              n);
        }
    }
    return status;
}

/* How often the phrase stands in article `doc`. */
static lede_status
count_matches(struct matcher *m, struct member *phrase, uint32_t doc,
              uint32_t *count)
{
    uint32_t *starts = NULL;
    size_t kept = 0;
    size_t s;

    *count = 0;
    for (s = 0; s < phrase->n_slots; s++) {
        const struct slot *slot = &phrase->slots[s];
        const uint32_t *positions;
        size_t n, i;
        lede_status status = lede__slot_positions(m, &phrase->slots[s], doc,
                                                  &positions, &n);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (s > 0) {
            kept = m->kernel->follow(starts, kept, positions, n,
                                     slot->offset, starts);
        } else {
            m->starts.len = 0;
            status = lede__buf_reserve(&m->starts, (n + SCORE_ROOM) *
                                       sizeof(*starts), m->err);
            if (status != LEDE_STATUS_OK) {
                return status;
            }
            starts = (uint32_t *)(void *)m->starts.p;
            for (i = 0; i < n; i++) {
                if (positions[i] >= slot->offset) {
                    starts[kept++] = positions[i] - slot->offset;
                }
            }
        }
        if (kept == 0) {
            return LEDE_STATUS_OK;
        }
    }
    *count = (uint32_t)kept;
    return LEDE_STATUS_OK;
}

/* ---- one list in each place: ways ---- */

/* A list to those that an article must have. */
static void
add_to_way(struct way *way, struct list *list)
{
    size_t i = way->n++;

    for (; i > 0 && way->lists[i - 1]->postings->df > list->postings->df;
         i--) {
        way->lists[i] = way->lists[i - 1];
    }
    way->lists[i] = list;
}

/* The lists of pairs that tell of `doc`, and those of words that are in none of
   these pairs. */
static void
make_way(struct member *phrase, uint32_t doc)
{
    struct way *way = phrase->way;
    struct slot *slots = phrase->slots;
    size_t s, next;

    *way = (struct way){ .begin = doc, .end = DOC_END };
    for (s = 0; s < phrase->n_slots; s++) {
        slots[s].aside = false;
    }
    for (s = 0; s < phrase->n_slots; s++) {
        uint32_t end;

        if (slots[s].pair == NULL) {
            continue;
        }
        if (lede__postings_told(slots[s].pair->postings, doc, &end)) {
            add_to_way(way, slots[s].pair);
            for (next = 0; slots[next].offset != slots[s].offset + 1;
                 next++) {
            }
            slots[s].aside = true;
            slots[next].aside = true;
        }
        way->end = end < way->end ? end : way->end;
    }
    way->told = phrase->n_slots == 2 && way->n == 1;
    for (s = 0; s < phrase->n_slots; s++) {
        if (!slots[s].aside && !slots[s].again) {
            add_to_way(way, slots[s].only);
        }
    }
    for (s = 0; s < phrase->n_slots; s++) {
        slots[s].aside = true;
        for (next = 0; slots[s].aside && next < way->n; next++) {
            slots[s].aside = way->lists[next] != slots[s].only;
        }
    }
}

const struct way *
lede__phrase_way(struct member *phrase, uint32_t doc)
{
    struct way *way = phrase->way;

    if (doc < way->begin || doc >= way->end) {
        make_way(phrase, doc);
    }
    return way;
}

/* ---- in articles ---- */

/* What leads is asked in order, through its blocks. */
static void
hint_at(struct list *lead, uint32_t doc)
{
    struct postings *postings = lead->postings;
    size_t at = postings->hint;

    if (lead->first != NULL) {
        return;                 // a pair has no positions
    }
    if (at >= postings->count || postings->docs[at] > doc) {
        at = 0;
    }
    while (at < postings->count && postings->docs[at] < doc) {
        at++;
    }
    postings->hint = at;
}

/* The positions of a place in `doc`; none where it is not there. */
static lede_status
plain_positions(struct matcher *m, const struct slot *slot, uint32_t doc,
                const uint32_t **positions, size_t *n)
{
    struct list *list = slot->only;

    if (slot->aside) {
        uint32_t found;
        lede_status status = lede__list_seek(list, doc, &found, m->err);

        *n = 0;
        if (status != LEDE_STATUS_OK || found != doc) {
            return status;
        }
        list->postings->hint = list->at;
    }
    return lede__postings_positions(list->postings, doc, positions, n,
                                    m->err);
}

/* How often it stands in `doc`, which is in the loaded blocks of the way's
   lists. */
static lede_status
count_plain(struct matcher *m, const struct member *phrase, uint32_t doc,
            uint32_t *count)
{
    const struct slot *slots = phrase->slots;
    const uint32_t *starts, *positions;
    size_t kept, n, s;
    uint32_t *out;
    lede_status status;

    *count = 0;
    status = plain_positions(m, &slots[0], doc, &starts, &kept);
    if (status != LEDE_STATUS_OK || kept == 0) {
        return status;
    }
    m->starts.len = 0;
    status = lede__buf_reserve(&m->starts,
                               (kept + SCORE_ROOM) * sizeof(*out), m->err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    out = (uint32_t *)(void *)m->starts.p;
    if (slots[1].again) {
        // what was given is valid until the list is asked again
        memcpy(out, starts, kept * sizeof(*out));
        starts = out;
    }
    for (s = 1; s < phrase->n_slots && kept > 0; s++) {
        status = plain_positions(m, &slots[s], doc, &positions, &n);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        // from where the first one stands: that of the phrase's beginning is
        // among them
        kept = m->kernel->follow(starts, kept, positions, n,
                                 slots[s].offset - slots[0].offset, out);
        starts = out;
    }
    *count = (uint32_t)kept;
    return LEDE_STATUS_OK;
}

/* Whether a match in `doc` with this tf would score `floor`. */
static lede_status
is_wanted(struct matcher *m, const struct node *leaf, uint32_t doc,
          uint32_t tf, uint32_t floor, bool *wanted)
{
    uint32_t score, scratch;
    lede_status status = lede__leaf_score(m, leaf, &doc, &tf, NULL, 1,
                                          &scratch, &score);

    // rounding may have a lower tf score one more
    *wanted = score_add(score, 1) >= floor;
    return status;
}

/* ---- docs that what leads has, list by list ---- */

/* Lists beyond these are moved doc by doc. */
#define DEPTH_MAX 16

/* Docs that the way's lists so far have; `tfs` is the least of theirs. */
struct narrowed {
    size_t n;
    uint32_t docs[POSTING_BLOCK];
    uint32_t tfs[POSTING_BLOCK];
    uint8_t ids[POSTING_BLOCK];         // which of the first docs
};

struct narrowing {
    const struct node *leaf;
    const struct way *way;
    uint32_t floor;
    size_t kept;                // in m->run_docs
    bool done;                  // a list ends, and the phrase with it
    uint8_t places[DEPTH_MAX][POSTING_BLOCK];   // in the lists, by id
};

/* The matches in docs that all lists have, in the blocks that are loaded. */
static lede_status
count_all(struct matcher *m, struct narrowing *x, const struct narrowed *in)
{
    const struct way *way = x->way;
    size_t i, j;

    for (i = 0; i < in->n; i++) {
        uint32_t doc = in->docs[i];
        uint32_t count = 0;
        bool wanted = true;
        lede_status status = LEDE_STATUS_OK;

        if (x->floor > 0) {
            status = is_wanted(m, x->leaf, doc, in->tfs[i], x->floor,
                               &wanted);
        }
        if (status == LEDE_STATUS_OK && wanted) {
            hint_at(way->lists[0], doc);
            for (j = 1; j < way->n; j++) {
                way->lists[j]->postings->hint = x->places[j][in->ids[i]];
            }
            status = count_plain(m, &x->leaf->members[0], doc, &count);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        m->run_docs[x->kept] = doc;
        m->run_tfs[x->kept] = count;
        x->kept += count > 0;
    }
    return LEDE_STATUS_OK;
}

/* Those of the docs from `from` to before `end` that list `depth` has in its
   loaded block, to `out`. */
static lede_status
join(struct matcher *m, struct narrowing *x, size_t depth,
     const struct narrowed *in, size_t from, size_t end,
     struct narrowed *out)
{
    struct list *list = x->way->lists[depth];
    uint8_t *places = x->places[depth];
    uint32_t found[POSTING_BLOCK];
    size_t kept = 0;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    if (end - from == 1) {
        status = lede__list_seek(list, in->docs[from], &found[0], m->err);
        found[0] = found[0] == in->docs[from] ? (uint32_t)list->at + 1 : 0;
    } else {
        memset(found, 0, (end - from) * sizeof(*found));
        status = lede__list_at(m, list, in->docs + from, end - from,
                               LIST_PLACE, found);
    }
    if (status == LEDE_STATUS_OK && x->floor > 0) {
        status = lede__postings_tfs(list->postings, m->err);
    }
    for (i = from; i < end && status == LEDE_STATUS_OK; i++) {
        uint32_t place = found[i - from];
        uint32_t tf = in->tfs[i];

        if (x->floor > 0 && place > 0) {
            uint32_t own = list->postings->tfs[place - 1];

            tf = own < tf ? own : tf;
        }
        places[in->ids[i]] = (uint8_t)(place - 1);
        out->docs[kept] = in->docs[i];
        out->tfs[kept] = tf;
        out->ids[kept] = in->ids[i];
        kept += place > 0;
    }
    out->n = kept;
    return status;
}

/* The matches in docs that the lists before `depth` have, in their loaded
   blocks: the docs are cut where this list's blocks end, and those that it has
   are left to the lists after it. */
static lede_status
narrow(struct matcher *m, struct narrowing *x, size_t depth,
       const struct narrowed *in)
{
    struct list *list;
    struct narrowed out;
    size_t i = 0;
    size_t end;

    if (depth == x->way->n) {
        return count_all(m, x, in);
    }
    list = x->way->lists[depth];
    for (; i < in->n && !x->done; i = end) {
        const struct postings *postings = list->postings;
        uint32_t found, last;
        lede_status status = lede__list_seek(list, in->docs[i], &found,
                                             m->err);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        x->done = found >= x->way->end;
        while (i < in->n && in->docs[i] < found) {
            i++;
        }
        end = i;
        if (i == in->n) {
            break;
        }
        last = postings->docs[postings->count - 1];
        while (end < in->n && in->docs[end] <= last) {
            end++;
        }
        status = join(m, x, depth, in, i, end, &out);
        if (status == LEDE_STATUS_OK && out.n > 0) {
            status = narrow(m, x, depth + 1, &out);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    return LEDE_STATUS_OK;
}

/* ---- doc by doc ---- */

/* Move all lists of the way to `doc`; *next is the first doc >= `doc` that all
   of them may have. */
static lede_status
align(struct matcher *m, const struct way *way, uint32_t doc, uint32_t *next)
{
    size_t i;

    *next = doc;
    for (i = 0; i < way->n && *next == doc; i++) {
        struct list *list = way->lists[i];
        lede_status status = lede__list_seek(list, doc, next, m->err);

        if (status != LEDE_STATUS_OK || *next >= way->end) {
            *next = way->end;
            return status;
        }
        list->postings->hint = list->at;
    }
    return LEDE_STATUS_OK;
}

/* The matches in `doc`, at which the way's lists stand. */
static lede_status
count_here(struct matcher *m, const struct node *leaf, uint32_t doc,
           uint32_t floor, uint32_t *count)
{
    const struct member *phrase = &leaf->members[0];
    const struct way *way = phrase->way;
    uint32_t tf = UINT32_MAX;
    bool wanted = true;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    *count = 0;
    for (i = 0; i < way->n && (floor > 0 || way->told); i++) {
        const struct list *list = way->lists[i];

        status = lede__postings_tfs(list->postings, m->err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        tf = list->postings->tfs[list->at] < tf
             ? list->postings->tfs[list->at] : tf;
    }
    if (way->told) {
        *count = tf;
        return LEDE_STATUS_OK;
    }
    if (floor > 0) {
        status = is_wanted(m, leaf, doc, tf, floor, &wanted);
    }
    return status != LEDE_STATUS_OK || !wanted ? status :
           count_plain(m, phrase, doc, count);
}

lede_status
lede__phrase_at(struct matcher *m, struct node *leaf, const uint32_t *docs,
                size_t n, uint32_t floor, uint32_t *tfs)
{
    lede_status status = LEDE_STATUS_OK;
    uint32_t next = 0;
    size_t i;

    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        const struct way *way;

        tfs[i] = 0;
        if (docs[i] < next) {
            continue;
        }
        way = lede__phrase_way(&leaf->members[0], docs[i]);
        status = align(m, way, docs[i], &next);
        if (status == LEDE_STATUS_OK && next == docs[i]) {
            status = count_here(m, leaf, docs[i], floor, &tfs[i]);
        }
    }
    return status;
}

/* ---- leading ---- */

/* The matches in docs of a block of what leads. */
static lede_status
count_run(struct matcher *m, struct node *leaf, const struct hits *run,
          uint32_t floor, struct narrowing *x)
{
    struct narrowed in;
    size_t i;

    x->leaf = leaf;
    x->way = leaf->members[0].way;
    x->floor = floor;
    x->kept = 0;
    x->done = false;
    if (x->way->n > DEPTH_MAX) {
        lede_status status = LEDE_STATUS_OK;

        for (i = 0; i < run->n && status == LEDE_STATUS_OK; i++) {
            uint32_t doc = run->docs[i];
            uint32_t count;

            status = lede__phrase_at(m, leaf, &doc, 1, floor, &count);
            m->run_docs[x->kept] = doc;
            m->run_tfs[x->kept] = count;
            x->kept += status == LEDE_STATUS_OK && count > 0;
        }
        return status;
    }
    in.n = run->n;
    memcpy(in.docs, run->docs, in.n * sizeof(*in.docs));
    if (floor > 0) {
        memcpy(in.tfs, run->tfs, in.n * sizeof(*in.tfs));
    }
    for (i = 0; i < in.n; i++) {
        in.ids[i] = (uint8_t)i;
        in.tfs[i] = floor > 0 ? in.tfs[i] : UINT32_MAX;
    }
    return narrow(m, x, 1, &in);
}

lede_status
lede__phrase_run(struct matcher *m, struct node *leaf, uint32_t from,
                 uint32_t to, uint32_t floor, struct hits *out,
                 uint32_t *next)
{
    const struct way *way = lede__phrase_way(&leaf->members[0], from);
    struct narrowing narrowing;
    struct hits run;
    lede_status status;

    to = to < way->end ? to : way->end;
    *next = to;
    *out = (struct hits){ 0, NULL, NULL, NULL };
    status = lede__list_run(way->lists[0], from, to, floor > 0 || way->told,
                            &run, m->err);
    if (status != LEDE_STATUS_OK || run.n == 0) {
        return status;
    }
    *next = run.docs[run.n - 1] + 1;
    if (way->told) {
        *out = run;
        return LEDE_STATUS_OK;
    }
    if (floor > 0) {
        status = lede__leaf_sift(m, leaf, floor, run.docs, run.tfs, run.n,
                                 m->run_docs, m->run_tfs, &run.n);
        run.docs = m->run_docs;
        run.tfs = m->run_tfs;
    }
    if (status == LEDE_STATUS_OK) {
        status = count_run(m, leaf, &run, floor, &narrowing);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    *next = narrowing.done ? way->end : *next;
    *out = (struct hits){ narrowing.kept, m->run_docs, m->run_tfs, NULL };
    return LEDE_STATUS_OK;
}

/* ---- any phrase ---- */

/* Move all places to the next doc >= *doc that they have in common; DOC_END
   for none before `to`. */
static lede_status
next_common(struct matcher *m, struct member *phrase, uint32_t *doc,
            uint32_t to)
{
    size_t agreed = 0;
    size_t s;

    for (s = 0; agreed < phrase->n_slots; s = (s + 1) % phrase->n_slots) {
        uint32_t found;
        lede_status status = lede__lists_seek(phrase->slots[s].lists,
                                              phrase->slots[s].n_lists, *doc,
                                              &found, m->err);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (found >= to) {
            *doc = DOC_END;
            return LEDE_STATUS_OK;
        }
        agreed = found == *doc ? agreed + 1 : 1;
        *doc = found;
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__phrase_window(struct matcher *m, struct member *phrase, uint32_t base,
                    uint32_t from, uint32_t to)
{
    for (; from < to; from++) {
        uint32_t count;
        lede_status status = next_common(m, phrase, &from, to);

        if (status != LEDE_STATUS_OK || from == DOC_END) {
            return status;
        }
        status = count_matches(m, phrase, from, &count);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (count > 0) {
            m->total[from - base] = score_add(m->total[from - base], count);
            bits_add(&m->touched, from - base);
        }
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__phrase_add(struct matcher *m, struct member *phrase,
                 const uint32_t *docs, size_t n, uint32_t *tfs)
{
    size_t i;

    for (i = 0; i < n; i++) {
        uint32_t doc = docs[i];
        uint32_t count;
        lede_status status = next_common(m, phrase, &doc, docs[i] + 1);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (doc == DOC_END) {
            continue;
        }
        status = count_matches(m, phrase, doc, &count);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        tfs[i] = score_add(tfs[i], count);
    }
    return LEDE_STATUS_OK;
}
