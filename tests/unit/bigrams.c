/* bigrams.c - which frequent words follow each other: what is built against
   counting, whatever the memory and the threads; over several segments with
   deleted articles; and bytes that are wrong. */

#include "shared/index/bigrams.h"

#include <sys/stat.h>

#include "indexer/native.h"
#include "query/searcher-native.h"
#include "shared/index/terms.h"
#include "tests/engine-compare.h"
#include "tests/segment-make.h"

#define VOCABULARY 200u
#define ARTICLES 300u
#define PLACES_MAX 140000u

/* ---- articles ---- */

/* The word at each place of an article; VOCABULARY: none. */
struct text {
    uint8_t *words;
    uint32_t n;
    uint16_t pairs[VOCABULARY * VOCABULARY];    // how often they are side
                                                // by side
};

static struct text texts[ARTICLES];

static void
make_texts(struct random *random)
{
    for (uint32_t a = 0; a < ARTICLES; a++) {
        // some go beyond a row, or a span, by one or by much
        uint32_t n = a % 50 == 7 ? 4094 + (uint32_t)random_below(random, 5) :
                     a == 100 ? PLACES_MAX : a == 101 ? 65537 :
                     a == 102 ? 65536 : (uint32_t)random_below(random, 90);
        bool sparse = a == 100 || random_below(random, 4) == 0;

        texts[a].words = malloc(n + 1);
        texts[a].n = n;
        for (uint32_t i = 0; i < n; i++) {
            double u = (double)random_below(random, 1 << 20) / (1 << 20);
            bool none = sparse && random_below(random, 10) > 0;

            texts[a].words[i] = none ? VOCABULARY :
                                (uint8_t)(u * u * VOCABULARY);
        }
        texts[a].words[0] = n > 0 ? 1 : VOCABULARY;
        for (uint32_t i = 0; i + 1 < n; i++) {
            const uint8_t *at = texts[a].words + i;

            if (at[0] < VOCABULARY && at[1] < VOCABULARY) {
                texts[a].pairs[at[0] * VOCABULARY + at[1]]++;
            }
        }
    }
}

static void
free_texts(void)
{
    for (uint32_t a = 0; a < ARTICLES; a++) {
        free(texts[a].words);
    }
}

static void
name_of(char out[8], uint32_t word)
{
    snprintf(out, 8, "x*%c%c", 'a' + (int)(word / 26), 'a' + (int)(word % 26));
}

static uint32_t
count_pair(const struct text *text, uint32_t a, uint32_t b)
{
    return text->pairs[a * VOCABULARY + b];
}

/* ---- an index of them ---- */

static struct sink *
open_small(const char *path, uint64_t memory, unsigned threads, bool no_merge)
{
    struct sink_options options = { .engine = "native", .memory = memory,
                                    .threads = threads, .bigram_df = 1,
                                    .no_merge = no_merge };
    struct sink *sink = NULL;
    lede_error err = LEDE_ERROR_INIT;
    bool made = false;

    mkdir(path, 0777);
    done_well(lede__sink_open(&sink, path, &options, &made, &err), &err,
              "open the sink");
    return sink;
}

/* Article `a`, whose number is a + 1; with `clash` a second word at 0. */
static int
gather_small(struct gatherer *g, uint32_t a, bool clash)
{
    static const struct str columns[COLUMNS] = { { NULL, 0 } };
    const struct text *text = &texts[a];
    uint32_t *positions = malloc((text->n + 1) * sizeof *positions);
    uint32_t handle;
    char name[8];
    int wrong = g->ops->begin(g, a + 1, (uint8_t)(a % 40), NULL) != 0;

    for (uint32_t word = 0; word < VOCABULARY; word++) {
        uint32_t n = 0;

        for (uint32_t i = 0; i < text->n; i++) {
            if (text->words[i] == word || (clash && i == 0 && word == 3)) {
                positions[n++] = i;
            }
        }
        name_of(name, word);
        wrong += g->ops->term(g, str_from(name), &handle, NULL) != 0;
        if (n > 0) {
            // a title's weight is in tf
            struct posting posting = { positions, n, n + a % 3, handle };

            wrong += g->ops->post(g, &posting, 1, NULL) != 0;
        }
    }
    wrong += g->ops->end(g, columns, STR(""), NULL) != 0;
    free(positions);
    return wrong;
}

static void
add_articles(struct sink *sink, uint32_t first, uint32_t end, bool clash)
{
    struct gatherer *g = NULL;
    struct parcel *parcel = NULL;
    int wrong = sink->ops->gatherer(sink, &g, NULL) != 0;

    for (uint32_t a = first; a < end; a++) {
        wrong += gather_small(g, a, clash && a == first);
    }
    wrong += g->ops->parcel(g, &parcel, NULL) != 0;
    wrong += sink->ops->add(sink, parcel, NULL) != 0;
    set_head(sink, end);
    commit(sink);
    g->ops->close(g);
    is_int(wrong, 0, "articles %u to %u are added", first, end);
}

/* ---- one segment ---- */

/* What the list has against what the articles do; true where it is alike. */
static bool
same_list(struct segment *segment, const struct list_info *info, uint32_t a,
          uint32_t b)
{
    struct list_reader list;
    uint32_t doc = 0;
    bool same = true;

    lede__list_open(&list, segment, lede__kernel_best(), info, 0, NULL);
    for (uint32_t i = 0; i < ARTICLES; i++) {
        uint32_t tf = count_pair(&texts[i], a, b);

        if (tf == 0) {
            continue;
        }
        lede__list_advance(&list, i, NULL);
        lede__list_tfs(&list, NULL);
        while (list.count > 0 && doc < list.count && list.docs[doc] < i) {
            doc++;
        }
        if (doc == list.count) {
            doc = 0;
        }
        same = same && list.count > 0 && list.docs[doc] == i &&
               list.tfs[doc] == tf;
    }
    lede__list_close(&list);
    return same;
}

static void
compare_segment(struct segment *segment)
{
    struct bigrams bigrams;
    struct list_info infos[VOCABULARY];
    uint32_t ranks[VOCABULARY], dfs[VOCABULARY];
    size_t wrong = 0, lists = 0, never = 0;

    is_int(lede__bigrams_open(&bigrams, segment, NULL), 0, "open");
    is_int(bigrams.words, BIGRAM_WORDS, "as many words as can be");
    for (uint32_t a = 0; a < VOCABULARY; a++) {
        char name[8];
        bool found = false;

        name_of(name, a);
        lede__terms_find(segment, str_from(name), &found, &infos[a], NULL);
        ranks[a] = found ? lede__bigrams_word(&bigrams, &infos[a])
                         : bigrams.words;
        dfs[a] = found ? infos[a].df : 0;
    }
    for (uint32_t a = 0; a < VOCABULARY; a++) {
        for (uint32_t b = 0; b < VOCABULARY; b++) {
            uint32_t least = dfs[a] < dfs[b] ? dfs[a] : dfs[b];
            uint32_t df = 0;
            enum bigram known, want;
            struct list_info info;

            for (uint32_t i = 0; i < ARTICLES; i++) {
                df += count_pair(&texts[i], a, b) > 0;
            }
            wrong += lede__bigrams_find(&bigrams, segment, ranks[a],
                                        ranks[b], &known, &info, NULL) != 0;
            want = ranks[a] == bigrams.words || ranks[b] == bigrams.words
                       ? BIGRAM_UNKNOWN : df == 0 ? BIGRAM_NEVER
                       : df <= least / 4 ? BIGRAM_LIST : BIGRAM_UNKNOWN;
            wrong += known != want;
            if (known == BIGRAM_LIST && want == known) {
                wrong += info.df != df || !same_list(segment, &info, a, b);
            }
            lists += known == BIGRAM_LIST;
            never += known == BIGRAM_NEVER;
        }
    }
    is_int(wrong, 0, "each pair is told as it is");
    ok(lists > 100 && never > 100, "%zu lists, %zu that never meet", lists,
       never);
}

static void
count_fault(void *payload, const char *message)
{
    printf("# %s\n", message);
    ++*(size_t *)payload;
}

static void
test_segment(struct str *bytes, uint64_t memory, unsigned threads)
{
    struct sink *sink = open_small("one", memory, threads, false);
    const struct native_segment *segment;
    size_t faults = 0;

    add_articles(sink, 0, ARTICLES, false);
    segment = &((struct sink_native *)sink)->row[0];
    if (bytes->p == NULL) {
        compare_segment(segment->segment);
        *bytes = (struct str){ malloc(segment->segment->size),
                               segment->segment->size };
        memcpy((char *)(uintptr_t)bytes->p, segment->segment->map,
               bytes->len);
    } else {
        ok(bytes->len == segment->segment->size &&
           memcmp(bytes->p, segment->segment->map, bytes->len) == 0,
           "the same bytes with %u threads and %u KiB", threads,
           (unsigned)(memory >> 10));
    }
    is_int(lede__segment_check(segment->segment, lede__kernel_best(),
                               count_fault, &faults, NULL), 0, "it is sound");
    sink->ops->close(sink);
    lede__file_remove_tree("one", NULL);
}

static void
test_clash(void)
{
    struct sink *sink = open_small("clash", 64 << 20, 2, false);
    const struct native_segment *row;

    add_articles(sink, 7, 60, true);
    row = ((struct sink_native *)sink)->row;
    is_int(row[0].segment->facts.sizes[SECTION_BIGRAMS], 0,
           "two words at a place: no bigrams");
    sink->ops->close(sink);
}

/* ---- several segments ---- */

/* Whether the pair tells what the articles do, where it tells; *told is how
   many articles it tells of. */
static bool
same_pair(struct searcher *searcher, uint32_t a, uint32_t b,
          uint32_t deleted, size_t *told)
{
    struct postings *first = NULL;
    struct postings *second = NULL;
    struct postings *pair = NULL;
    char name[8];
    bool same = true;
    uint32_t df = 0;

    name_of(name, a);
    lede__postings_open(searcher, str_from(name), &first, NULL);
    name_of(name, b);
    lede__postings_open(searcher, str_from(name), &second, NULL);
    if (first != NULL && second != NULL) {
        same = lede__postings_pair(searcher, first, second, &pair,
                                   NULL) == LEDE_STATUS_OK;
    }
    for (uint32_t doc = 0; pair != NULL && doc < searcher->docs; doc++) {
        uint32_t number = 0;
        uint32_t end = 0;
        uint32_t tf = 0;
        bool known = lede__postings_told(pair, doc, &end);

        same = same && end > doc;
        if (lede__native_part(lede__native(searcher), doc) != NULL) {
            lede__searcher_number(searcher, doc, &number, NULL);
        }
        if (number == 0 || number % deleted == 0) {
            continue;
        }
        tf = count_pair(&texts[number - 1], a, b);
        *told += known;
        lede__postings_advance(pair, doc, NULL);
        lede__postings_tfs(pair, NULL);
        for (size_t i = 0; i < pair->count; i++) {
            if (pair->docs[i] == doc) {
                same = same && known && pair->tfs[i] == tf;
                tf = 0;
                df++;
            }
        }
        same = same && (!known || tf == 0);
    }
    same = same && (pair == NULL || df <= pair->df);
    lede__postings_close(pair);
    lede__postings_close(first);
    lede__postings_close(second);
    return same;
}

static void
compare_pairs(uint32_t deleted, const char *what)
{
    struct searcher *searcher = NULL;
    lede_error err = LEDE_ERROR_INIT;
    size_t wrong = 0, told = 0;

    done_well(lede__searcher_open(&searcher, "many", &err), &err, "open");
    for (uint32_t a = 0; a < VOCABULARY && searcher != NULL; a += 3) {
        for (uint32_t b = 0; b < VOCABULARY; b += 4) {
            wrong += !same_pair(searcher, a, b, deleted, &told);
        }
    }
    is_int(wrong, 0, "%s", what);
    ok(told > 10000, "%zu articles are told of", told);
    lede__searcher_close(searcher);
}

static void
test_segments(void)
{
    static const uint32_t ends[] = { 40, 41, 150, 155, 250, ARTICLES };
    struct sink *sink = open_small("many", 64 << 20, 2, true);
    lede_error err = LEDE_ERROR_INIT;
    uint32_t from = 0;

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        // the fifth has none
        ((struct sink_native *)sink)->bigram_df = i == 4 ? UINT32_MAX : 1;
        add_articles(sink, from, ends[i], false);
        from = ends[i];
    }
    compare_pairs(UINT32_MAX, "over several segments");
    for (uint32_t number = 5; number <= ARTICLES; number += 5) {
        sink->ops->remove(sink, number, NULL);
    }
    commit(sink);
    compare_pairs(5, "with deleted articles");
    done_well(sink->ops->merge(sink, true, false, NULL, NULL, &err), &err,
              "merge");
    compare_pairs(5, "merged");
    done_well(sink->ops->merge(sink, true, true, NULL, NULL, &err), &err,
              "reorder");
    compare_pairs(5, "reordered");
    sink->ops->close(sink);
}

/* ---- wrong bytes ---- */

/* Whatever the section says, nothing is read outside, and only statuses come
   of it. */
static void
test_wrong(struct random *random)
{
    struct sink *sink = open_small("wrong", 64 << 20, 2, false);
    struct segment fake;
    uint8_t *copy;
    const uint8_t *section;
    uint64_t size;
    size_t good = 0;

    add_articles(sink, 10, 60, false);
    fake = *((struct sink_native *)sink)->row[0].segment;
    section = fake.sections[SECTION_BIGRAMS];
    size = fake.facts.sizes[SECTION_BIGRAMS];
    copy = malloc((size_t)size + FRAME_SLACK);
    // checksums would find it: nothing is to be compared with any
    fake.map = copy;
    fake.n_units = (size_t)size / CHECK_UNIT + 2;
    fake.verified = malloc(fake.n_units);
    memset(fake.verified, 1, fake.n_units);
    fake.sections[SECTION_BIGRAMS] = copy;
    for (int round = 0; round < 3000; round++) {
        struct bigrams bigrams;
        uint64_t n = round < 1000 ? random_below(random, size) : size;

        memset(copy, 0, (size_t)size + FRAME_SLACK);
        memcpy(copy, section + (size - n), (size_t)n);
        for (uint32_t i = 0; n > 0 && i < 1 + random_below(random, 4); i++) {
            uint64_t at = round % 3 == 0 && n > 40
                              ? n - 1 - random_below(random, 40)
                              : random_below(random, n);

            copy[at] = (uint8_t)random_below(random, 256);
        }
        fake.facts.sizes[SECTION_BIGRAMS] = n;
        if (lede__bigrams_open(&bigrams, &fake, NULL) != LEDE_STATUS_OK) {
            continue;
        }
        good++;
        for (uint32_t a = 0; a < bigrams.words; a += 5) {
            for (uint32_t b = 0; b < bigrams.words; b += 3) {
                struct list_info info;
                struct list_reader list;
                enum bigram known;

                if (lede__bigrams_find(&bigrams, &fake, a, b, &known, &info,
                                       NULL) != LEDE_STATUS_OK ||
                    known != BIGRAM_LIST ||
                    lede__list_open(&list, &fake, lede__kernel_best(),
                                    &info, 0, NULL) != LEDE_STATUS_OK) {
                    continue;
                }
                if (lede__list_advance(&list, 0, NULL) == LEDE_STATUS_OK) {
                    lede__list_tfs(&list, NULL);
                }
                lede__list_close(&list);
            }
        }
    }
    ok(good > 100, "%zu could be opened", good);
    free(fake.verified);
    free(copy);
    sink->ops->close(sink);
}

int
main(void)
{
    struct random random = random_begin(46);
    struct str bytes = { NULL, 0 };
    char folder[64];

    if (!scratch_begin(folder)) {
        return EXIT_FAILURE;
    }
    make_texts(&random);
    test_segment(&bytes, 64 << 20, 1);
    test_segment(&bytes, 64 << 20, 2);
    test_segment(&bytes, 64 << 10, 1);
    test_segment(&bytes, 64 << 10, 2);
    test_clash();
    test_segments();
    test_wrong(&random);
    free((char *)(uintptr_t)bytes.p);
    free_texts();
    scratch_end(folder);
    return done();
}
