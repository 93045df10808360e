/* engine-model.h - a plain model in memory of what an engine holds, random
   changes to both, and the comparison of the two through sink.h; through
   searcher.h: engine-compare.h. */

#ifndef LEDE_TESTS_ENGINE_MODEL_H
#define LEDE_TESTS_ENGINE_MODEL_H

#include <unistd.h>

#include "indexer/sink.h"
#include "shared/analysis/analysis.h"
#include "shared/base/file.h"
#include "tests/random.h"
#include "tests/tap.h"

#define NUMBERS 9000            // more than two pages of lengths
#define WORDS 80
#define METAS 12
#define HANDS 3

/* ---- the model ---- */

struct fact {
    unsigned word;
    uint32_t tf;                // 0 where the word is a filter
    uint32_t *positions;
    uint32_t n_positions;
};

struct doc {
    struct fact *facts;         // by word, ascending
    size_t n_facts;
    uint8_t length;
    char columns[COLUMNS][40];
    char *stored;
};

struct model {
    struct doc *docs[NUMBERS];  // NULL: none
    char metas[METAS][30];      // "": none
    uint32_t last;
};

/* Vocabulary: kinds, fields, long terms, bytes above 127; sorted. */
static char words[WORDS][TERM_MAX + 1];

/* Words of three sorts: filters, without tf; stems, without positions; forms.
   The first is in every article. */
static inline bool
is_filter(unsigned word)
{
    return word % 4 == 0;
}

static inline bool
is_form(unsigned word)
{
    return word % 4 > 1;
}

static inline int
compare_words(const void *a, const void *b)
{
    return strcmp(a, b);
}

static inline void
make_words(struct random *random)
{
    for (unsigned i = 0; i < WORDS; i++) {
        size_t n = i % 10 == 0 ? TERM_MAX - 4 : random_below(random, 12);
        char *p = words[i];

        *p++ = "xsjk#"[i % 5];
        *p++ = "*abc"[random_below(random, 4)];
        for (size_t j = 0; j < n; j++) {
            *p++ = (char)(random_once_in(random, 8)
                              ? 128 + random_below(random, 128)
                              : 'a' + random_below(random, 3));
        }
        snprintf(p, 3, "%02u", i);      // each its own
    }
    qsort(words, WORDS, sizeof *words, compare_words);
}

static inline struct doc *
make_doc(struct random *random)
{
    struct doc *doc = calloc(1, sizeof *doc);

    doc->facts = calloc(WORDS, sizeof *doc->facts);
    for (unsigned w = 0; w < WORDS; w++) {
        struct fact *fact = &doc->facts[doc->n_facts];
        uint32_t at = 0;

        /* Some words are everywhere, some hardly anywhere. */
        if (!random_once_in(random, 1 + w * w / 8)) {
            continue;
        }
        fact->word = w;
        if (!is_filter(w)) {
            fact->tf = 1 + (uint32_t)random_below(
                               random, random_once_in(random, 4) ? 300 : 3);
        }
        if (is_form(w) && !random_once_in(random, 9)) {
            fact->n_positions = (uint32_t)random_below(random, 12);
            if (random_once_in(random, 2) || fact->n_positions > fact->tf) {
                fact->n_positions = fact->tf;
            }
            fact->positions = calloc(fact->n_positions + 1,
                                     sizeof *fact->positions);
            for (uint32_t i = 0; i < fact->n_positions; i++) {
                at += 1 + (uint32_t)random_below(
                              random, random_once_in(random, 9) ? 90000 : 9);
                fact->positions[i] = at;
            }
        }
        doc->n_facts++;
    }
    doc->length = (uint8_t)random_below(random, 256);
    for (int c = 0; c < COLUMNS; c++) {
        if (!random_once_in(random, 4)) {
            for (size_t i = 0; i < sizeof doc->columns[c] - 1; i++) {
                doc->columns[c][i] = (char)(1 + random_below(random, 255));
            }
            doc->columns[c][random_below(random, 39)] = '\0';
        }
    }
    doc->stored = calloc(1, 3001);
    random_text(random, doc->stored, 1 + random_below(random, 3000));
    return doc;
}

static inline void
free_doc(struct doc *doc)
{
    for (size_t i = 0; i < doc->n_facts; i++) {
        free(doc->facts[i].positions);
    }
    free(doc->facts);
    free(doc->stored);
    free(doc);
}

/* ---- the sink ---- */

static inline bool
done_well(lede_status status, const lede_error *err, const char *what)
{
    if (status != LEDE_STATUS_OK) {
        ok(false, "%s: %s", what, err->message);
    }
    return status == LEDE_STATUS_OK;
}

/* What adds to a sink, as several threads would. */
struct hands {
    struct gatherer *gatherers[HANDS];
    uint64_t epochs[HANDS];
    uint32_t handles[HANDS][WORDS];
};

static inline void
open_hands(struct hands *hands, struct sink *sink)
{
    lede_error err = LEDE_ERROR_INIT;

    memset(hands, 0, sizeof *hands);
    for (int i = 0; i < HANDS; i++) {
        done_well(sink->ops->gatherer(sink, &hands->gatherers[i], &err), &err,
                  "gatherer");
    }
}

static inline void
close_hands(struct hands *hands)
{
    for (int i = 0; i < HANDS; i++) {
        hands->gatherers[i]->ops->close(hands->gatherers[i]);
    }
}

/* One article through one of the hands. */
static inline bool
gather(struct hands *hands, int hand, uint32_t number, const struct doc *doc)
{
    struct gatherer *gatherer = hands->gatherers[hand];
    uint32_t *handles = hands->handles[hand];
    struct str columns[COLUMNS];
    lede_error err = LEDE_ERROR_INIT;
    lede_status status = gatherer->ops->begin(gatherer, number, doc->length,
                                              &err);

    if (gatherer->epoch != hands->epochs[hand]) {
        hands->epochs[hand] = gatherer->epoch;
        memset(handles, 0xff, sizeof hands->handles[hand]);
    }
    for (size_t i = 0; i < doc->n_facts && status == LEDE_STATUS_OK; i++) {
        const struct fact *fact = &doc->facts[i];
        uint32_t *handle = &handles[fact->word];

        if (*handle == UINT32_MAX) {
            status = gatherer->ops->term(gatherer,
                                         str_from(words[fact->word]), handle,
                                         &err);
        }
        if (status == LEDE_STATUS_OK) {
            struct posting posting = {
                fact->positions, fact->n_positions, fact->tf, *handle,
            };

            status = gatherer->ops->post(gatherer, &posting, 1, &err);
        }
    }
    for (int c = 0; c < COLUMNS; c++) {
        columns[c] = str_from(doc->columns[c]);
    }
    if (status == LEDE_STATUS_OK) {
        status = gatherer->ops->end(gatherer, columns, str_from(doc->stored),
                                    &err);
    }
    return done_well(status, &err, "gather");
}

/* What the hand has, to the sink. */
static inline bool
hand_over(struct hands *hands, int hand, struct sink *sink)
{
    struct gatherer *gatherer = hands->gatherers[hand];
    struct parcel *parcel = NULL;
    lede_error err = LEDE_ERROR_INIT;
    lede_status status = gatherer->ops->parcel(gatherer, &parcel, &err);

    if (status == LEDE_STATUS_OK && parcel != NULL) {
        status = sink->ops->add(sink, parcel, &err);
    }
    return done_well(status, &err, "add");
}

static inline void
set_meta(struct sink *sink, const char *key, struct str value)
{
    lede_error err = LEDE_ERROR_INIT;

    done_well(sink->ops->meta_set(sink, str_from(key), value, &err), &err,
              "meta_set");
}

/* What a searcher needs to open. */
static inline void
set_head(struct sink *sink, uint32_t last)
{
    static struct index_stats stats;
    struct schema *schema = NULL;
    struct buf out = BUF_INIT(BUF_MAX_ANY);

    stats.last_number = last;
    stats.schema_version = SCHEMA_VERSION;
    lede__analyzer_identity(stats.analyzer, sizeof stats.analyzer);
    lede__stats_write(&out, &stats, NULL);
    set_meta(sink, META_KEY_STATS, lede__buf_view(&out));
    out.len = 0;
    lede__schema_default(&schema, NULL);
    lede__schema_write(&out, schema, NULL);
    set_meta(sink, META_KEY_SCHEMA, lede__buf_view(&out));
    lede__schema_free(schema);
    lede__buf_free(&out);
}

/* `engine` NULL: the index's own. */
static inline struct sink *
open_sink(const char *path, const char *engine, enum sink_mode mode,
          bool want_made)
{
    struct sink_options options = { .engine = engine, .mode = mode,
                                    .memory = 64 << 20, .threads = 2 };
    struct sink *sink = NULL;
    lede_error err = LEDE_ERROR_INIT;
    bool made = false;

    done_well(lede__sink_open(&sink, path, &options, &made, &err), &err,
              "open the sink");
    if (sink != NULL && made != want_made) {
        ok(false, "the sink says whether it is new");
    }
    return sink;
}

static inline void
commit(struct sink *sink)
{
    lede_error err = LEDE_ERROR_INIT;

    if (done_well(sink->ops->commit(sink, &err), &err, "commit")) {
        done_well(sink->ops->publish(sink, &err), &err, "publish");
    }
}

/* ---- reading through the sink ---- */

static inline uint32_t
first_with(const struct model *model, unsigned word, uint32_t after)
{
    for (uint32_t n = after + 1; n < NUMBERS; n++) {
        const struct doc *doc = model->docs[n];

        for (size_t i = 0; doc != NULL && i < doc->n_facts; i++) {
            if (doc->facts[i].word == word) {
                return n;
            }
        }
    }
    return 0;
}

static inline uint32_t
count_with(const struct model *model, unsigned word)
{
    uint32_t n = first_with(model, word, 0);
    uint32_t count = 0;

    while (n != 0) {
        n = first_with(model, word, n);
        count++;
    }
    return count;
}

struct seen {
    const struct model *model;
    int count;
    int wrong;
};

static inline lede_status
see_meta(void *payload, struct str key, struct str value, lede_error *err)
{
    struct seen *seen = payload;
    long i = strtol(key.p + 5, NULL, 10);

    (void)err;
    seen->count++;
    seen->wrong += i < 0 || i >= METAS ||
                   !str_eq(value, str_from(seen->model->metas[i]));
    return LEDE_STATUS_OK;
}

static inline int
compare_sink(struct sink *sink, const struct model *model,
             struct random *random)
{
    struct buf out = BUF_INIT(BUF_MAX_ANY);
    struct seen seen = { model, 0, 0 };
    int wrong = 0;
    int metas = 0;

    for (int i = 0; i < 10; i++) {
        unsigned word = (unsigned)random_below(random, WORDS);
        uint32_t after = (uint32_t)random_below(random, model->last + 2);
        uint32_t number = 0;
        const struct doc *doc = NULL;
        int c = (int)random_below(random, COLUMNS);

        word -= word % 4;       // a filter
        wrong += sink->ops->find(sink, str_from(words[word]), after, &number,
                                 NULL) != LEDE_STATUS_OK ||
                 number != first_with(model, word, after);
        doc = number == 0 ? NULL : model->docs[number];
        if (doc == NULL) {
            continue;
        }
        wrong += sink->ops->column(sink, (enum column)c, number, &out,
                                   NULL) != LEDE_STATUS_OK ||
                 !str_eq(lede__buf_view(&out), str_from(doc->columns[c]));
        wrong += sink->ops->stored(sink, number, &out, NULL) !=
                     LEDE_STATUS_OK ||
                 !str_eq(lede__buf_view(&out), str_from(doc->stored));
    }
    for (int i = 0; i < METAS; i++) {
        char key[20];

        snprintf(key, sizeof key, "meta:%d", i);
        metas += model->metas[i][0] != '\0';
        wrong += sink->ops->meta_get(sink, str_from(key), &out, NULL) !=
                     LEDE_STATUS_OK ||
                 !str_eq(lede__buf_view(&out), str_from(model->metas[i]));
    }
    sink->ops->meta_each(sink, STR("meta:"), see_meta, &seen, NULL);
    wrong += seen.wrong + (seen.count != metas);
    lede__buf_free(&out);
    return wrong;
}

/* ---- random changes ---- */

/* Every document that was ever made, freed at the end: the model before the
   transaction and the one in it share them. */
static struct doc **kept;
static size_t n_kept, cap_kept;

static inline struct doc *
keep_doc(struct doc *doc)
{
    if (n_kept == cap_kept) {
        cap_kept = cap_kept == 0 ? 1024 : cap_kept * 2;
        kept = realloc(kept, cap_kept * sizeof *kept);
    }
    kept[n_kept++] = doc;
    return doc;
}

/* Two articles; sometimes through two hands, the later one first. */
static inline void
add_two(struct sink *sink, struct hands *hands, struct model *model,
        struct random *random)
{
    uint32_t number = model->last + (random_once_in(random, 20) ? 9 : 1);
    int a = (int)random_below(random, HANDS);
    int b = (int)random_below(random, HANDS);

    model->docs[number] = keep_doc(make_doc(random));
    model->docs[number + 1] = keep_doc(make_doc(random));
    model->last = number + 1;
    if (a == b) {
        gather(hands, a, number, model->docs[number]);
        gather(hands, a, number + 1, model->docs[number + 1]);
        hand_over(hands, a, sink);
        return;
    }
    gather(hands, b, number + 1, model->docs[number + 1]);
    gather(hands, a, number, model->docs[number]);
    hand_over(hands, a, sink);
    hand_over(hands, b, sink);
}

static inline void
change(struct sink *sink, struct hands *hands, struct model *model,
       struct random *random)
{
    uint32_t number = 0;
    unsigned what = (unsigned)random_below(random, 20);
    lede_error err = LEDE_ERROR_INIT;

    if (what < 13 && model->last + 12 < NUMBERS) {
        add_two(sink, hands, model, random);
        if (random_once_in(random, 30) && sink->ops->can_spill(sink)) {
            done_well(sink->ops->spill(sink, &err), &err, "spill");
        }
    } else if (what < 18) {
        number = 1 + (uint32_t)random_below(random, model->last + 1);
        while (number < NUMBERS && model->docs[number] == NULL) {
            number++;
        }
        if (number < NUMBERS) {
            done_well(sink->ops->remove(sink, number, &err), &err, "remove");
            model->docs[number] = NULL;
        }
    } else {
        int i = (int)random_below(random, METAS);
        char key[20];

        snprintf(key, sizeof key, "meta:%d", i);
        model->metas[i][0] = '\0';
        if (!random_once_in(random, 3)) {
            snprintf(model->metas[i], sizeof model->metas[i], "value %llu",
                     (unsigned long long)random_next(random));
        }
        set_meta(sink, key, str_from(model->metas[i]));
    }
}

static inline void
free_docs(void)
{
    for (size_t i = 0; i < n_kept; i++) {
        free_doc(kept[i]);
    }
    free(kept);
}

#endif
