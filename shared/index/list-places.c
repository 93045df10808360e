/* list-places.c - decoder of the positions of a term; the bytes: list.h.

   The counts of a block are summed up once; then the positions of a posting
   are found by adding up the sizes of the frames before, from where the last
   ones were on, and only the frames that hold them are unpacked. */

#include "shared/index/list-private.h"

#include <stdlib.h>

/* Tfs below this cannot make the positions of a block more than 2^31. */
#define TF_USUAL (1u << 24)

/* Room for n positions, rounded up to frames, in list->positions. */
static lede_status
make_room(struct list_reader *list, size_t n, lede_error *err)
{
    size_t cap = n + n / 2 + 8 * FRAME;
    uint32_t *positions;

    if (n + 2 * FRAME <= list->cap_positions) {
        return LEDE_STATUS_OK;
    }
    positions = realloc(list->positions, cap * sizeof *positions);
    if (positions == NULL) {
        return lede__fail_memory(err);
    }
    list->positions = positions;
    list->cap_positions = cap;
    return LEDE_STATUS_OK;
}

/* All positions of a short list, into list->positions. */
static lede_status
read_short(struct list_reader *list, lede_error *err)
{
    const uint8_t *p = list->places;
    const uint8_t *end = list->places_end;
    size_t len = (size_t)(end - p);
    bool counts = len >= 2 && p[0] == 0x80 && p[1] == 0;
    uint32_t at = 0;
    lede_status status;

    status = lede__segment_verify(list->segment, p, len, err);
    if (status == LEDE_STATUS_OK) {
        status = make_room(list, len, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    p += counts ? 2 : 0;
    for (uint32_t i = 0; i < list->df; i++) {
        uint32_t next = UINT32_MAX;     // the position before, at first
        uint32_t count = list->tfs[i];
        list->starts[i] = at;
        if (counts) {
            count = (uint32_t)lede__list_varint(&p);
        }
        // each takes a byte at least
        if (p > end || count > (size_t)(end - p)) {
            return lede__list_corrupt(list, err);
        }
        for (; count > 0 && p < end; count--) {
            next += (uint32_t)lede__list_varint(&p) + 1;
            list->positions[at++] = next;
        }
        if (count > 0 || p > end) {
            return lede__list_corrupt(list, err);
        }
    }
    list->starts[list->df] = at;
    return LEDE_STATUS_OK;
}

/* Sum up the counts of the block, which are starts[i + 1] + 1 mod 2^32, where
   tfs are unusual. */
static bool
sum_checked(struct list_reader *list, bool differ)
{
    uint64_t total = 0;

    for (uint32_t i = 0; i < list->count; i++) {
        uint32_t count = list->starts[i + 1] + 1;
        total += count;
        if ((differ && count > list->tfs[i]) || total > UINT32_MAX) {
            return false;
        }
        list->starts[i + 1] = (uint32_t)total;
    }
    return true;
}

/* Find out where the positions of each posting of the block are. */
static lede_status
open_places(struct list_reader *list, lede_error *err)
{
    uint32_t n = list->count;
    uint32_t all = 0;
    const uint8_t *p, *end;
    const uint8_t *ends = list->places;
    const uint8_t *places = list->places;
    bool differ;
    size_t n_frames;
    lede_status status;

    list->places_block = list->n_blocks;
    status = lede__list_tfs(list, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (list->df < LIST_SHORT) {
        status = read_short(list, err);
        if (status == LEDE_STATUS_OK) {
            list->places_block = list->block;
        }
        return status;
    }
    if (list->lasts != NULL) {
        size_t block = list->block;
        places += 4 * (size_t)list->n_blocks;
        status = lede__segment_verify(list->segment,
                                      ends + 4 * (block - (block > 0)), 8,
                                      err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    status = lede__list_range(list, ends, places, list->places_end,
                              list->block, &p, &end, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    differ = p < end && *p == FRAME_NONE;
    if (differ) {
        p = lede__frames_read(list->kernel, p + 1, end, list->starts + 1, n);
        if (p == NULL) {
            return lede__list_corrupt(list, err);
        }
        for (uint32_t i = 0; i < n; i++) {
            uint32_t count = list->tfs[i] - list->starts[i + 1];
            all |= count;
            list->starts[i + 1] = count - 1;
        }
    } else {
        // beyond the last there is room, and anything
        for (uint32_t i = 0; i < LIST_BLOCK; i++) {
            all |= i < n ? list->tfs[i] : 0;
            list->starts[i + 1] = list->tfs[i] - 1;
        }
    }
    list->starts[0] = 0;
    if (all < TF_USUAL) {
        list->kernel->sum(list->starts + 1, n, 0);
    } else if (!sum_checked(list, differ)) {
        return lede__list_corrupt(list, err);
    }
    n_frames = list->starts[n] / FRAME + (list->starts[n] % FRAME != 0);
    if (n_frames > (size_t)(end - p)) {
        return lede__list_corrupt(list, err);
    }
    list->headers = p;
    list->payloads = p + n_frames;
    list->block_places_end = end;
    list->frame = 0;
    list->near_to = 0;
    list->near_summed = 0;
    list->near_first = UINT32_MAX;
    list->places_block = list->block;
    return LEDE_STATUS_OK;
}

/* Unpack `count` positions of the block from `first` on, as they are stored;
   `out` has room for whole frames. */
static lede_status
unpack(struct list_reader *list, uint32_t first, uint32_t count,
       uint32_t *out, lede_error *err)
{
    size_t all = list->starts[list->count];
    size_t frame = first / FRAME;
    size_t n = first % FRAME + (size_t)count;
    const uint8_t *end = list->block_places_end;
    size_t bytes;

    if (frame < list->frame) {
        list->payloads = list->headers + all / FRAME + (all % FRAME != 0);
        list->frame = 0;
    }
    bytes = lede__frames_bytes(list->headers + list->frame,
                               frame - list->frame);
    if (bytes > (size_t)(end - list->payloads)) {
        return lede__list_corrupt(list, err);
    }
    list->payloads += bytes;
    list->frame = frame;
    // the last frame whole, as its exceptions come after all of it
    n = (n + FRAME - 1) / FRAME * FRAME;
    if (n > all - frame * FRAME) {
        n = all - frame * FRAME;
    }
    if (list->kernel->frames(out, list->headers + frame, list->payloads, end,
                             n, 0) == NULL) {
        return lede__list_corrupt(list, err);
    }
    return LEDE_STATUS_OK;
}

static void
sum_gaps(const struct list_reader *list, uint32_t *positions, uint32_t n)
{
    if (n > 8) {
        list->kernel->sum(positions + 1, n - 1, positions[0]);
        return;
    }
    for (uint32_t i = 1; i < n; i++) {
        positions[i] += positions[i - 1] + 1;
    }
}

/* The n positions from `first` on, in list->near.  A frame has those of some
   postings, of which the next one asked for is often another: what is there
   is unpacked once, and summed up when it is asked for. */
static lede_status
find_near(struct list_reader *list, uint32_t first, uint32_t n,
          uint32_t **out, lede_error *err)
{
    uint32_t all = list->starts[list->count];
    uint32_t from = first / FRAME * FRAME;
    lede_status status;

    if (first == list->near_first) {    // the one asked for last
        *out = list->near + (first - list->near_from);
        return LEDE_STATUS_OK;
    }
    if (first < list->near_summed || first + n > list->near_to) {
        list->near_to = 0;
        list->near_first = UINT32_MAX;
        status = unpack(list, first, n, list->near, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        list->near_from = from;
        list->near_to = (first + n + FRAME - 1) / FRAME * FRAME;
        if (list->near_to > all) {
            list->near_to = all;
        }
    }
    list->near_first = first;
    list->near_summed = first + n;
    *out = list->near + (first - list->near_from);
    sum_gaps(list, *out, n);
    return LEDE_STATUS_OK;
}

lede_status
lede__list_positions(struct list_reader *list, uint32_t i,
                     const uint32_t **positions, uint32_t *n,
                     lede_error *err)
{
    uint32_t *out = list->near;
    uint32_t first;
    lede_status status;

    *n = 0;
    *positions = NULL;
    if (!list->with_positions || i >= list->count) {
        return LEDE_STATUS_OK;
    }
    if (list->places_block != list->block) {
        status = open_places(list, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    first = list->starts[i];
    *n = list->starts[i + 1] - first;
    if (list->df < LIST_SHORT) {
        *positions = list->positions + first;
        return LEDE_STATUS_OK;
    }
    if (*n == 0) {
        return LEDE_STATUS_OK;
    }
    if (first % FRAME + (size_t)*n > sizeof list->near / sizeof *out) {
        status = make_room(list, first % FRAME + (size_t)*n, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        out = list->positions;
    }
    if (out == list->near) {
        status = find_near(list, first, *n, &out, err);
        *positions = out;
        return status;
    }
    status = unpack(list, first, *n, out, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    out += first % FRAME;
    sum_gaps(list, out, *n);
    *positions = out;
    return LEDE_STATUS_OK;
}

lede_status
lede__list_block_gaps(struct list_reader *list, const uint32_t **gaps,
                      const uint32_t **starts, lede_error *err)
{
    uint32_t all;
    lede_status status;

    *starts = list->starts;
    *gaps = NULL;
    if (list->places_block != list->block) {
        status = open_places(list, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    all = list->starts[list->count];
    status = make_room(list, all, err);
    if (status == LEDE_STATUS_OK && all > 0) {
        status = unpack(list, 0, all, list->positions, err);
    }
    *gaps = list->positions;
    return status;
}

lede_status
lede__list_block_positions(struct list_reader *list,
                           const uint32_t **positions,
                           const uint32_t **starts, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    *starts = list->starts;
    *positions = NULL;
    if (!list->with_positions || list->count == 0) {
        memset(list->starts, 0, sizeof list->starts);
        return LEDE_STATUS_OK;
    }
    if (list->df < LIST_SHORT) {
        if (list->places_block != list->block) {
            status = open_places(list, err);
        }
        *positions = list->positions;
        return status;
    }
    status = lede__list_block_gaps(list, positions, starts, err);
    for (uint32_t i = 0; i < list->count && status == LEDE_STATUS_OK; i++) {
        uint32_t *p = list->positions + list->starts[i];
        uint32_t n = list->starts[i + 1] - list->starts[i];
        for (uint32_t j = 1; j < n; j++) {
            p[j] += p[j - 1] + 1;
        }
    }
    return status;
}
