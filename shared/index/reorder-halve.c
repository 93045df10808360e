/* reorder-halve.c - one step of the bisection: docs are exchanged between the
   halves of a part; see reorder.c. */

#include "shared/index/reorder-private.h"

#include <math.h>
#include <pthread.h>

/* Rounds of exchanging in a part; most of the gain is in the first ones. */
#define ROUNDS 20

/* ---- work in shares ---- */

struct share {
    void (*work)(void *context, uint32_t from, uint32_t to);
    void *context;
    uint32_t from, to;
    pthread_t thread;
    bool started;
};

static void *
run_share(void *context)
{
    struct share *share = context;

    share->work(share->context, share->from, share->to);
    return NULL;
}

/* Do `work` from 0 to before `n`, divided among as many threads as it is worth;
   where one cannot be started, this one does its share. */
static void
divide(unsigned threads, uint32_t n,
       void (*work)(void *context, uint32_t from, uint32_t to), void *context)
{
    struct share shares[REORDER_THREADS_MAX];
    unsigned worth = n / REORDER_SHARE_MIN;
    unsigned count = worth < threads ? worth : threads;

    if (count <= 1) {
        work(context, 0, n);
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        shares[i] = (struct share){
            .work = work, .context = context,
            .from = (uint32_t)((uint64_t)n * i / count),
            .to = (uint32_t)((uint64_t)n * (i + 1) / count),
        };
        shares[i].started = i > 0 &&
            pthread_create(&shares[i].thread, NULL, run_share,
                           &shares[i]) == 0;
    }
    for (unsigned i = 0; i < count; i++) {
        if (!shares[i].started) {
            run_share(&shares[i]);
        }
    }
    for (unsigned i = 0; i < count; i++) {
        if (shares[i].started) {
            pthread_join(shares[i].thread, NULL);
        }
    }
}

/* ---- sorting ---- */

/* By the upper half, ascending; equal ones stay in order. */
static void
sort(uint64_t *keys, uint64_t *spare, size_t n)
{
    if (n <= 2 * REORDER_LEAF) {
        for (size_t i = 1; i < n; i++) {
            uint64_t key = keys[i];
            size_t j = i;

            for (; j > 0 && keys[j - 1] >> 32 > key >> 32; j--) {
                keys[j] = keys[j - 1];
            }
            keys[j] = key;
        }
        return;
    }
    for (unsigned shift = 32; shift < 64; shift += 8) {
        size_t at[257] = { 0 };
        uint64_t *turn = keys;

        for (size_t i = 0; i < n; i++) {
            at[(keys[i] >> shift & 255) + 1]++;
        }
        for (size_t i = 1; i < 256; i++) {
            at[i] += at[i - 1];
        }
        for (size_t i = 0; i < n; i++) {
            spare[at[keys[i] >> shift & 255]++] = keys[i];
        }
        keys = spare;
        spare = turn;
    }
}

/* The greatest gain first. */
static uint64_t
key_of(float gain, uint32_t place)
{
    uint32_t bits;

    memcpy(&bits, &gain, sizeof(bits));
    // floats as numbers that ascend with them; then the other way around
    bits = bits >> 31 ? ~bits : bits | 0x80000000u;
    return (uint64_t)~bits << 32 | place;
}

static float
gain_of(uint64_t key)
{
    uint32_t bits = ~(uint32_t)(key >> 32);
    float gain;

    bits = bits >> 31 ? bits & 0x7fffffffu : ~bits;
    memcpy(&gain, &bits, sizeof(gain));
    return gain;
}

/* ---- one part ---- */

struct team {
    struct reorder *r;
    struct scratch *s;
    struct part part;
    uint32_t middle;
};

static uint32_t *
links_of(const struct reorder *r, uint32_t place, uint32_t *n)
{
    uint32_t doc = r->order[place];

    *n = r->lens[doc];
    return r->links + r->starts[doc];
}

/* Number the lists of the part anew, as they come, without those that only one
   doc has, or all. */
static void
renumber(struct reorder *r, struct scratch *s, struct part *part)
{
    uint32_t size = part->to - part->from;
    uint32_t lists = 0;
    uint32_t n;

    for (uint32_t i = part->from; i < part->to; i++) {
        const uint32_t *links = links_of(r, i, &n);

        for (uint32_t j = 0; j < n; j++) {
            s->left[links[j]]++;
        }
    }
    for (uint32_t i = part->from; i < part->to; i++) {
        uint32_t *links = links_of(r, i, &n);
        uint32_t kept = 0;

        for (uint32_t j = 0; j < n; j++) {
            uint32_t list = links[j];

            if (s->left[list] > 1 && s->left[list] < size) {
                if (s->fresh[list] == 0) {
                    s->fresh[list] = ++lists;
                }
                links[kept++] = s->fresh[list] - 1;
            }
        }
        r->lens[r->order[i]] = kept;
    }
    memset(s->left, 0, part->lists * sizeof(*s->left));
    memset(s->fresh, 0, part->lists * sizeof(*s->fresh));
    part->lists = lists;
}

static void
count_half(struct reorder *r, uint32_t *counts, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        uint32_t n;
        const uint32_t *links = links_of(r, i, &n);

        for (uint32_t j = 0; j < n; j++) {
            counts[links[j]]++;
        }
    }
}

/* d(x) of the comment above. */
static float
step(const struct reorder *r, uint32_t x)
{
    return x < REORDER_TABLE ? r->table[x] : log2f((float)x) + 1.442695f;
}

static void
weigh_lists(void *context, uint32_t from, uint32_t to)
{
    const struct team *team = context;
    struct scratch *s = team->s;

    for (uint32_t i = from; i < to; i++) {
        uint32_t a = s->left[i];
        uint32_t b = s->right[i];

        s->to_right[i] = step(team->r, b + 1) - step(team->r, a);
        s->to_left[i] = step(team->r, a + 1) - step(team->r, b);
    }
}

static void
weigh_docs(void *context, uint32_t from, uint32_t to)
{
    const struct team *team = context;
    struct reorder *r = team->r;

    for (uint32_t i = team->part.from + from; i < team->part.from + to; i++) {
        const float *gains = i < team->middle ? team->s->to_right
                                              : team->s->to_left;
        uint32_t n;
        const uint32_t *links = links_of(r, i, &n);
        float gain = 0;

        for (uint32_t j = 0; j < n; j++) {
            gain += gains[links[j]];
        }
        r->keys[i] = key_of(gain, i);
    }
}

/* The docs at two places change halves. */
static void
exchange(struct reorder *r, struct scratch *s, uint32_t left, uint32_t right)
{
    uint32_t doc = r->order[left];
    uint32_t n;
    const uint32_t *links = links_of(r, left, &n);

    for (uint32_t j = 0; j < n; j++) {
        s->left[links[j]]--;
        s->right[links[j]]++;
    }
    links = links_of(r, right, &n);
    for (uint32_t j = 0; j < n; j++) {
        s->left[links[j]]++;
        s->right[links[j]]--;
    }
    r->order[left] = r->order[right];
    r->order[right] = doc;
}

void
lede__reorder_halve(struct reorder *r, struct scratch *s, struct part *part,
                    uint32_t *middle, unsigned threads)
{
    uint32_t size = part->to - part->from;
    uint32_t half = size / 2;
    struct team team;
    bool moved = true;

    *middle = part->from + half;
    renumber(r, s, part);
    count_half(r, s->left, part->from, *middle);
    count_half(r, s->right, *middle, part->to);
    team = (struct team){ r, s, *part, *middle };
    for (unsigned round = 0; round < ROUNDS && moved; round++) {
        uint64_t *lefts = r->keys + part->from;
        uint64_t *rights = r->keys + *middle;

        divide(threads, part->lists, weigh_lists, &team);
        divide(threads, size, weigh_docs, &team);
        sort(lefts, r->spare + part->from, half);
        sort(rights, r->spare + *middle, size - half);
        moved = false;
        for (uint32_t i = 0; i < half; i++) {
            if (gain_of(lefts[i]) + gain_of(rights[i]) <= (float)round) {
                break;
            }
            exchange(r, s, (uint32_t)lefts[i], (uint32_t)rights[i]);
            moved = true;
        }
    }
    memset(s->left, 0, part->lists * sizeof(*s->left));
    memset(s->right, 0, part->lists * sizeof(*s->right));
    atomic_fetch_add(&r->done, size);
}
