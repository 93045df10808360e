/* phrase.c - where a phrase stands; see match.h.

   First the articles that have all words, the rarest leading; positions are
   read last, rarest word first, and not at all where the best that could come
   of them is not wanted: a phrase has at most as many matches as the tf of any
   of its words.  Two words are matched by one merge of their positions; of
   more, the surviving starts are narrowed down place by place. */

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

/* The positions of a place in article `doc`: of any of its lists, without
   those of minus lists.  Valid until the next call. */
static lede_status
slot_positions(struct matcher *m, struct slot *slot, uint32_t doc,
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
        lede_status status = slot_positions(m, &phrase->slots[s], doc,
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

/* ---- one list in each place ---- */

/* The lead is asked in order, through its blocks. */
static void
hint_at(struct postings *postings, uint32_t doc)
{
    size_t at = postings->hint;

    if (at >= postings->count || postings->docs[at] > doc) {
        at = 0;
    }
    while (at < postings->count && postings->docs[at] < doc) {
        at++;
    }
    postings->hint = at;
}

/* How often it stands in `doc`, which is in the loaded blocks of all. */
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
    hint_at(slots[0].only->postings, doc);
    status = lede__postings_positions(slots[0].only->postings, doc, &starts,
                                      &kept, m->err);
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
    if (phrase->slots[1].again) {
        // what was given is valid until the list is asked again
        memcpy(out, starts, kept * sizeof(*out));
        starts = out;
    }
    for (s = 1; s < phrase->n_slots && kept > 0; s++) {
        status = lede__postings_positions(slots[s].only->postings, doc,
                                          &positions, &n, m->err);
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

/* Move slots[first] and those after it to `doc`.  *next is the first doc >=
   `doc` that all of them may have, *last up to where their blocks reach. */
static lede_status
align(struct matcher *m, const struct member *phrase, size_t first,
      uint32_t doc, uint32_t *next, uint32_t *last)
{
    size_t s;

    *next = doc;
    *last = DOC_END;
    for (s = first; s < phrase->n_slots && *next == doc; s++) {
        struct list *list = phrase->slots[s].only;
        lede_status status = LEDE_STATUS_OK;

        if (phrase->slots[s].again) {
            continue;
        }
        status = lede__list_seek(list, doc, next, m->err);
        if (status != LEDE_STATUS_OK || *next == DOC_END) {
            return status;
        }
        if (list->postings->docs[list->postings->count - 1] < *last) {
            *last = list->postings->docs[list->postings->count - 1];
        }
        list->postings->hint = list->at;
    }
    return LEDE_STATUS_OK;
}

/* The matches in `doc`, at which slots[first] and those after it stand.  `tf`
   is the least of the slots before. */
static lede_status
count_here(struct matcher *m, const struct node *leaf, size_t first,
           uint32_t doc, uint32_t tf, uint32_t floor, uint32_t *count)
{
    const struct member *phrase = &leaf->members[0];
    bool wanted = true;
    size_t s;
    lede_status status = LEDE_STATUS_OK;

    *count = 0;
    for (s = first; s < phrase->n_slots && floor > 0; s++) {
        const struct list *list = phrase->slots[s].only;

        if (phrase->slots[s].again) {
            continue;
        }
        status = lede__postings_tfs(list->postings, m->err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        tf = list->postings->tfs[list->at] < tf
             ? list->postings->tfs[list->at] : tf;
    }
    if (floor > 0) {
        status = is_wanted(m, leaf, doc, tf, floor, &wanted);
    }
    return status != LEDE_STATUS_OK || !wanted ? status :
           count_plain(m, phrase, doc, count);
}

/* ---- many docs in the same blocks ---- */

/* So many at least, and slots at most. */
#define BATCH_MIN 6
#define BATCH_SLOTS 16

struct batch {
    size_t n;
    uint32_t docs[POSTING_BLOCK];
    uint32_t tfs[POSTING_BLOCK];
    uint8_t ids[POSTING_BLOCK];         // which of the docs at first
    uint8_t places[BATCH_SLOTS][POSTING_BLOCK];     // by id
};

/* Those of the batch that slot s has, too. */
static lede_status
join(struct matcher *m, const struct member *phrase, size_t s, bool tfs,
     struct batch *batch)
{
    struct list *list = phrase->slots[s].only;
    uint8_t *places = batch->places[s];
    uint32_t found[POSTING_BLOCK];
    size_t kept = 0;
    size_t i;
    lede_status status;

    memset(found, 0, batch->n * sizeof(*found));
    status = lede__list_at(m, list, batch->docs, batch->n, LIST_PLACE, found);
    if (status == LEDE_STATUS_OK && tfs) {
        status = lede__postings_tfs(list->postings, m->err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    for (i = 0; i < batch->n; i++) {
        uint32_t tf = batch->tfs[i];

        if (tfs && found[i] > 0) {
            uint32_t own = list->postings->tfs[found[i] - 1];

            tf = own < tf ? own : tf;
        }
        places[batch->ids[i]] = (uint8_t)(found[i] - 1);
        batch->docs[kept] = batch->docs[i];
        batch->tfs[kept] = tf;
        batch->ids[kept] = batch->ids[i];
        kept += found[i] > 0;
    }
    batch->n = kept;
    return LEDE_STATUS_OK;
}

/* The matches in n docs that slots[0] has and the blocks of the others reach
   to; those that have any are appended to m->run_docs. */
static lede_status
count_batch(struct matcher *m, const struct node *leaf, const uint32_t *docs,
            const uint32_t *tfs, size_t n, uint32_t floor, size_t *kept)
{
    const struct member *phrase = &leaf->members[0];
    struct batch batch;
    size_t s, i;
    lede_status status = LEDE_STATUS_OK;

    batch.n = n;
    for (i = 0; i < n; i++) {
        batch.ids[i] = (uint8_t)i;
    }
    memcpy(batch.docs, docs, n * sizeof(*docs));
    memset(batch.tfs, 0, n * sizeof(*tfs));
    if (floor > 0) {
        memcpy(batch.tfs, tfs, n * sizeof(*tfs));
    }
    for (s = 1; s < phrase->n_slots && status == LEDE_STATUS_OK; s++) {
        if (!phrase->slots[s].again) {
            status = join(m, phrase, s, floor > 0, &batch);
        }
    }
    for (i = 0; i < batch.n && status == LEDE_STATUS_OK; i++) {
        bool wanted = true;
        uint32_t count = 0;

        if (floor > 0) {
            status = is_wanted(m, leaf, batch.docs[i], batch.tfs[i], floor,
                               &wanted);
        }
        if (status != LEDE_STATUS_OK || !wanted) {
            continue;
        }
        for (s = 1; s < phrase->n_slots; s++) {
            if (!phrase->slots[s].again) {
                phrase->slots[s].only->postings->hint =
                    batch.places[s][batch.ids[i]];
            }
        }
        status = count_plain(m, phrase, batch.docs[i], &count);
        m->run_docs[*kept] = batch.docs[i];
        m->run_tfs[*kept] = count;
        *kept += count > 0;
    }
    return status;
}

/* The matches in n docs of a block of slots[0], which may be in m->run_docs. */
static lede_status
count_run(struct matcher *m, const struct node *leaf, const uint32_t *docs,
          const uint32_t *tfs, size_t n, uint32_t floor, size_t *kept,
          bool *done)
{
    const struct member *phrase = &leaf->members[0];
    size_t i = 0;

    while (i < n) {
        uint32_t next, last;
        uint32_t count = 0;
        size_t end = i;
        lede_status status = align(m, phrase, 1, docs[i], &next, &last);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (next == DOC_END) {
            // a word ends here, and the phrase with it
            *done = true;
            return LEDE_STATUS_OK;
        }
        if (next != docs[i]) {
            while (i < n && docs[i] < next) {
                i++;
            }
            continue;
        }
        while (end < n && docs[end] <= last) {
            end++;
        }
        if (end - i >= BATCH_MIN && phrase->n_slots <= BATCH_SLOTS) {
            status = count_batch(m, leaf, docs + i, tfs + i, end - i, floor,
                                 kept);
            i = end;
        } else {
            status = count_here(m, leaf, 1, docs[i],
                                floor > 0 ? tfs[i] : UINT32_MAX, floor,
                                &count);
            m->run_docs[*kept] = docs[i++];
            m->run_tfs[*kept] = count;
            *kept += count > 0;
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__phrase_run(struct matcher *m, struct node *leaf, uint32_t from,
                 uint32_t to, uint32_t floor, struct hits *out,
                 uint32_t *next)
{
    struct member *phrase = &leaf->members[0];
    struct hits run;
    size_t kept = 0;
    size_t n;
    bool done = false;
    lede_status status;

    *next = to;
    *out = (struct hits){ 0, NULL, NULL, NULL };
    status = lede__list_run(phrase->slots[0].only, from, to, floor > 0, &run,
                            m->err);
    if (status != LEDE_STATUS_OK || run.n == 0) {
        return status;
    }
    *next = run.docs[run.n - 1] + 1;
    n = run.n;
    if (floor > 0) {
        status = lede__leaf_sift(m, leaf, floor, run.docs, run.tfs, n,
                                 m->run_docs, m->run_tfs, &n);
        run.docs = m->run_docs;
        run.tfs = m->run_tfs;
    }
    if (status == LEDE_STATUS_OK) {
        status = count_run(m, leaf, run.docs, run.tfs, n, floor, &kept,
                           &done);
    }
    *next = done ? DOC_END : *next;
    *out = (struct hits){ kept, m->run_docs, m->run_tfs, NULL };
    return status;
}

lede_status
lede__phrase_at(struct matcher *m, struct node *leaf, const uint32_t *docs,
                size_t n, uint32_t floor, uint32_t *tfs)
{
    lede_status status = LEDE_STATUS_OK;
    uint32_t next = 0;
    size_t i;

    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        uint32_t last;

        tfs[i] = 0;
        if (docs[i] < next) {
            continue;
        }
        status = align(m, &leaf->members[0], 0, docs[i], &next, &last);
        if (status == LEDE_STATUS_OK && next == docs[i]) {
            status = count_here(m, leaf, 0, docs[i], UINT32_MAX, floor,
                                &tfs[i]);
        }
    }
    return status;
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
