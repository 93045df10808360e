/* sink-native.c - what only the native engine promises: the same files for any
   number of threads, memory below what it says, few segments after many
   commits, and no file too many. */

#include <dirent.h>
#include <pthread.h>
#include <xxhash.h>

#include "indexer/native.h"
#include "tests/engine-compare.h"

/* ---- articles of a language: most words are rare ---- */

#define CHUNK 16                // articles
#define VOCABULARY 200000u
#define ARTICLE_WORDS 300u

struct text {
    uint32_t words[ARTICLE_WORDS];
    size_t n;
    uint32_t positions[ARTICLE_WORDS];
};

static int
compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static void
make_text(struct text *text, uint32_t number)
{
    struct random random = { number * 0x9e3779b97f4a7c15u + 77 };

    text->n = 1 + random_below(&random, ARTICLE_WORDS);
    for (size_t i = 0; i < text->n; i++) {
        double u = (double)random_below(&random, 1 << 20) / (1 << 20);

        text->words[i] = (uint32_t)(u * u * u * u * VOCABULARY);
    }
    qsort(text->words, text->n, sizeof *text->words, compare_numbers);
}

static void
name_of(char out[32], char kind, uint32_t word)
{
    static const char letters[] = "etaoinshrdlucmfw";
    char *p = out;

    *p++ = kind;
    *p++ = '*';
    for (uint32_t rest = word + 1; rest > 0; rest /= 16) {
        *p++ = letters[rest % 16];
    }
    snprintf(p, 8, "%x", word % 7);
}

static lede_status
post_one(struct gatherer *g, uint32_t handle, uint32_t tf,
         const uint32_t *positions, uint32_t n)
{
    struct posting posting = { positions, n, tf, handle };

    return g->ops->post(g, &posting, 1, NULL);
}

static lede_status
post_word(struct gatherer *g, char kind, uint32_t word, uint32_t tf,
          const uint32_t *positions, uint32_t n)
{
    char name[32];
    uint32_t handle = 0;
    lede_status status = LEDE_STATUS_OK;

    name_of(name, kind, word);
    status = g->ops->term(g, str_from(name), &handle, NULL);
    return status == LEDE_STATUS_OK
               ? post_one(g, handle, tf, positions, n) : status;
}

static void
gather_text_of(struct gatherer *g, uint32_t number)
{
    static const struct str columns[COLUMNS] = { { "2026", 4 } };
    struct text text;
    char id[32];
    uint32_t handle = 0;
    int wrong = 0;

    make_text(&text, number);
    wrong += g->ops->begin(g, number, (uint8_t)(text.n / 2), NULL) != 0;
    for (size_t i = 0; i < text.n;) {
        size_t j = i;
        uint32_t n = 0;

        for (; j < text.n && text.words[j] == text.words[i]; j++) {
            text.positions[n++] = (uint32_t)(j * 7 + number % 50);
        }
        wrong += post_word(g, 'x', text.words[i], n, text.positions, n) != 0;
        wrong += post_word(g, 's', text.words[i], n, NULL, 0) != 0;
        i = j;
    }
    snprintf(id, sizeof id, "iarticle %u", number);
    wrong += g->ops->term(g, str_from(id), &handle, NULL) != 0;
    wrong += post_one(g, handle, 0, NULL, 0) != 0;
    wrong += g->ops->term(g, STR("#"), &handle, NULL) != 0;
    wrong += post_one(g, handle, 0, NULL, 0) != 0;
    wrong += g->ops->end(g, columns, str_from(id), NULL) != 0;
    if (wrong > 0) {
        ok(false, "an article is gathered");
    }
}

/* ---- threads that gather, a chunk after the other ---- */

struct crew {
    struct sink *sink;
    pthread_mutex_t lock;
    uint32_t next;              // chunk
    uint32_t chunks;
    struct parcel **parcels;
    uint32_t first;             // number
};

struct member {
    struct crew *crew;
    struct gatherer *gatherer;
    pthread_t thread;
};

static void *
work(void *payload)
{
    struct member *member = payload;
    struct crew *crew = member->crew;

    for (;;) {
        uint32_t chunk = 0;

        pthread_mutex_lock(&crew->lock);
        chunk = crew->next++;
        pthread_mutex_unlock(&crew->lock);
        if (chunk >= crew->chunks) {
            return NULL;
        }
        for (uint32_t i = 0; i < CHUNK; i++) {
            gather_text_of(member->gatherer,
                           crew->first + chunk * CHUNK + i);
        }
        member->gatherer->ops->parcel(member->gatherer,
                                      &crew->parcels[chunk], NULL);
    }
}

/* Articles from number `first` on, in many threads. */
static void
add_texts(struct sink *sink, uint32_t first, uint32_t chunks,
          unsigned threads)
{
    struct crew crew = { sink, PTHREAD_MUTEX_INITIALIZER, 0, chunks,
                         calloc(chunks, sizeof(struct parcel *)), first };
    struct member members[8];

    for (unsigned i = 0; i < threads; i++) {
        members[i] = (struct member){ .crew = &crew };
        sink->ops->gatherer(sink, &members[i].gatherer, NULL);
        pthread_create(&members[i].thread, NULL, work, &members[i]);
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(members[i].thread, NULL);
        members[i].gatherer->ops->close(members[i].gatherer);
    }
    for (uint32_t i = 0; i < chunks; i++) {
        if (sink->ops->add(sink, crew.parcels[i], NULL) != LEDE_STATUS_OK) {
            ok(false, "a parcel is added");
        }
    }
    free(crew.parcels);
}

static struct sink *
open_native(const char *path, unsigned threads)
{
    struct sink_options options = { .engine = "native", .memory = 64 << 20,
                                    .threads = threads };
    struct sink *sink = NULL;
    lede_error err = LEDE_ERROR_INIT;
    bool made = false;

    done_well(lede__sink_open(&sink, path, &options, &made, &err), &err,
              "open the sink");
    return sink;
}

/* ---- the same files ---- */

/* A hash of all files in INDEX/native with their names, in any order. */
static uint64_t
hash_of(const char *path, int *files)
{
    char folder[300];
    DIR *dir = NULL;
    const struct dirent *entry = NULL;
    uint64_t hash = 0;

    snprintf(folder, sizeof folder, "%s/native", path);
    dir = opendir(folder);
    *files = 0;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        struct buf bytes = BUF_INIT(BUF_MAX_ANY);
        char name[600];

        if (entry->d_name[0] == '.') {
            continue;
        }
        snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
        lede__file_read(&bytes, name, NULL);
        lede__buf_str(&bytes, str_from(entry->d_name), NULL);
        hash += XXH3_64bits(bytes.p, bytes.len);
        lede__buf_free(&bytes);
        ++*files;
    }
    closedir(dir);
    return hash;
}

static uint64_t
bytes_held(const struct sink *sink)
{
    const struct sink_native *x = (const struct sink_native *)sink;
    uint64_t bytes = lede__columns_bytes(x->pending.columns) +
                     x->pending.numbers.cap + x->pending.lengths.cap +
                     x->pending.keys.n * 2 * sizeof(struct gather_key);

    for (size_t i = 0; i < x->n_sources; i++) {
        const struct gatherer_native *g = x->sources[i].gatherer;

        /* and what the flush sorts them by */
        bytes += lede__gatherer_bytes(g) + g->n_terms * (uint64_t)16 +
                 x->sources[i].docs.cap;
    }
    return bytes;
}

static void
test_threads(const char *top)
{
    static const unsigned threads[] = { 1, 2, 5, 8 };
    uint64_t hashes[4];
    uint64_t pending[4];

    for (int i = 0; i < 4; i++) {
        char path[300];
        struct sink *sink = NULL;
        int files = 0;
        uint64_t held = 0;
        uint64_t said = 0;

        snprintf(path, sizeof path, "%s/%u", top, threads[i]);
        mkdir(path, 0777);
        sink = open_native(path, threads[i]);
        add_texts(sink, 1, 40, threads[i]);
        add_texts(sink, 1 + 40 * CHUNK, 60, threads[i]);
        pending[i] = sink->ops->pending_bytes(sink);
        held = bytes_held(sink);
        sink->ops->spill(sink, NULL);
        said = sink->ops->pending_bytes(sink);
        is_int(said, 0, "nothing is pending after a spill");
        add_texts(sink, 1 + 100 * CHUNK, 10, threads[i]);
        sink->ops->remove(sink, 5, NULL);
        sink->ops->remove(sink, 1 + 101 * CHUNK, NULL);
        set_meta(sink, "stats", STR("some"));
        commit(sink);
        sink->ops->merge(sink, true, false, NULL, NULL, NULL);
        hashes[i] = hash_of(path, &files);
        sink->ops->merge(sink, true, true, NULL, NULL, NULL);
        sink->ops->close(sink);
        hashes[i] += hash_of(path, &files) << 1;
        is_int(files, 2, "one segment and the manifest are left");
        ok(hashes[i] == hashes[0], "%u threads make the same files",
           threads[i]);
        is_int(pending[i], pending[0], "and say the same of their memory");
        ok(held < pending[i], "of which less is held: %llu of %llu KiB",
           (unsigned long long)held >> 10,
           (unsigned long long)pending[i] >> 10);
        ok(held > pending[i] / 4, "but not much less");
    }
}

/* ---- many small commits ---- */

static void
test_commits(const char *path)
{
    struct sink *sink = NULL;
    struct sink_native *x = NULL;
    size_t most = 0;
    uint32_t number = 1;
    uint32_t after = 0;
    uint32_t found = 0;
    int wrong = 0;
    int files = 0;

    mkdir(path, 0777);
    sink = open_native(path, 2);
    x = (struct sink_native *)sink;
    for (int i = 0; i < 150; i++) {
        struct gatherer *g = NULL;
        struct parcel *parcel = NULL;
        char value[20];

        sink->ops->gatherer(sink, &g, NULL);
        gather_text_of(g, number);
        g->ops->parcel(g, &parcel, NULL);
        sink->ops->add(sink, parcel, NULL);
        g->ops->close(g);
        if (i % 3 == 2) {
            sink->ops->remove(sink, number - 1, NULL);
        }
        snprintf(value, sizeof value, "%d", i);
        set_meta(sink, i % 2 == 0 ? "even" : "odd", str_from(value));
        commit(sink);
        most = x->n_row > most ? x->n_row : most;
        number += 1 + number % 2;
    }
    ok(most <= 10, "150 commits never make more than %zu segments", most);
    sink->ops->close(sink);
    hash_of(path, &files);
    ok(files <= 21, "and leave %d files", files);
    sink = open_native(path, 2);
    while (sink->ops->find(sink, STR("#"), after, &found, NULL) ==
               LEDE_STATUS_OK && found != 0) {
        wrong += found <= after;
        after = found;
        files++;
    }
    is_int(wrong, 0, "numbers ascend");
    sink->ops->close(sink);
}

int
main(void)
{
    char top[] = "/tmp/lede-sink-XXXXXX";
    char path[64];

    if (mkdtemp(top) == NULL) {
        return 1;
    }
    test_threads(top);
    snprintf(path, sizeof path, "%s/commits", top);
    test_commits(path);
    lede__file_remove_tree(top, NULL);
    return done();
}
