/* engine-model.h - a plain model in memory of what an engine holds, random
   changes to both, and the comparison of the two through sink.h and
   searcher.h. */

#ifndef LEDE_TESTS_ENGINE_MODEL_H
#define LEDE_TESTS_ENGINE_MODEL_H

#include <unistd.h>

#include "indexer/sink.h"
#include "query/searcher.h"
#include "shared/analysis/analysis.h"
#include "shared/base/file.h"
#include "tests/random.h"
#include "tests/tap.h"

#define NUMBERS 9000            // more than two pages of lengths
#define WORDS 80
#define METAS 12

/* ---- the model ---- */

struct fact {
    unsigned word;
    uint32_t tf;
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
        fact->tf = random_once_in(random, 4)
                       ? 0 : (uint32_t)random_below(random, 300);
        if (!random_once_in(random, 3)) {
            fact->n_positions = (uint32_t)random_below(random, 12);
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

static inline bool
add(struct sink *sink, uint32_t number, const struct doc *doc)
{
    struct sink_term terms[WORDS];
    struct sink_article article = { number, terms, doc->n_facts, doc->length,
                                    { { NULL, 0 } }, str_from(doc->stored) };
    lede_error err = LEDE_ERROR_INIT;

    for (size_t i = 0; i < doc->n_facts; i++) {
        const struct fact *fact = &doc->facts[i];

        terms[i] = (struct sink_term){ str_from(words[fact->word]), fact->tf,
                                       fact->positions, fact->n_positions };
    }
    for (int c = 0; c < COLUMNS; c++) {
        article.columns[c] = str_from(doc->columns[c]);
    }
    return done_well(sink->ops->add(sink, &article, &err), &err, "add");
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

static inline struct sink *
open_sink(const char *path, enum sink_mode mode, bool want_made)
{
    struct sink *sink = NULL;
    lede_error err = LEDE_ERROR_INIT;
    bool made = false;

    done_well(lede__sink_open(&sink, path, NULL, mode, &made, &err), &err,
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

/* ---- reading through the searcher ---- */

static inline int
compare_positions(struct postings *postings, const struct model *model,
                  unsigned word, uint32_t number)
{
    const struct doc *doc = model->docs[number];
    const uint32_t *positions = NULL;
    size_t count = 0;

    if (lede__postings_positions(postings, number, &positions, &count,
                                 NULL) != LEDE_STATUS_OK) {
        return 1;
    }
    for (size_t i = 0; i < doc->n_facts; i++) {
        const struct fact *fact = &doc->facts[i];

        if (fact->word == word) {
            return count != fact->n_positions ||
                   (count > 0 && memcmp(positions, fact->positions,
                                        count * sizeof *positions) != 0);
        }
    }
    return 1;
}

static inline uint32_t
tf_of(const struct doc *doc, unsigned word)
{
    for (size_t i = 0; i < doc->n_facts; i++) {
        if (doc->facts[i].word == word) {
            return doc->facts[i].tf;
        }
    }
    return UINT32_MAX;
}

/* The block that is loaded, asked for from `number`; `before` is the last
   number delivered before it. */
static inline int
compare_block(struct postings *postings, const struct model *model,
              unsigned word, uint32_t number, uint32_t before,
              struct random *random)
{
    uint32_t next = first_with(model, word, number - 1);
    size_t n = postings->count;
    int wrong = 0;

    if (next == 0) {
        return n != 0;
    }
    if (n == 0 || n > POSTING_BLOCK || postings->numbers[0] > next ||
        postings->numbers[n - 1] < next || postings->numbers[0] <= before) {
        return 1;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t at = postings->numbers[i];
        uint32_t tf = at < NUMBERS && model->docs[at] != NULL
                          ? tf_of(model->docs[at], word) : UINT32_MAX;

        /* None is left out, none is too much. */
        wrong += i > 0 &&
                 at != first_with(model, word, postings->numbers[i - 1]);
        if (tf == UINT32_MAX) {
            return 1;
        }
        wrong += tf != postings->tfs[i];
        wrong += tf > postings->block_bound.max_tf ||
                 tf > postings->bound.max_tf;
        wrong += model->docs[at]->length < postings->block_bound.min_length ||
                 model->docs[at]->length < postings->bound.min_length;
        if (random_once_in(random, 4)) {
            wrong += compare_positions(postings, model, word, at);
        }
    }
    return wrong;
}

static inline int
compare_postings(struct searcher *searcher, const struct model *model,
                 unsigned word, struct random *random)
{
    struct postings *postings = NULL;
    uint32_t df = 0;
    uint32_t number = 1;
    uint32_t before = 0;
    uint64_t step = 1 + random_below(random, 2000);
    int wrong = 0;

    df = count_with(model, word);
    if (lede__postings_open(searcher, str_from(words[word]), &postings,
                            NULL) != LEDE_STATUS_OK) {
        return 1;
    }
    if (postings == NULL || df == 0) {
        wrong = (postings == NULL) != (df == 0);
        lede__postings_close(postings);
        return wrong;
    }
    wrong += postings->df != df || postings->count != 0;
    for (;;) {
        size_t n = 0;

        if (lede__postings_advance(postings, number, NULL) !=
            LEDE_STATUS_OK) {
            wrong++;
            break;
        }
        wrong += compare_block(postings, model, word, number, before, random);
        n = postings->count;
        if (n == 0 || wrong > 0) {
            break;
        }
        /* On to the next, far ahead, or asked again within the block. */
        if (random_once_in(random, 3)) {
            number = postings->numbers[random_below(random, n)];
            continue;
        }
        before = postings->numbers[n - 1];
        number = before + 1;
        if (random_once_in(random, 2)) {
            number += (uint32_t)random_below(random, step);
        }
    }
    wrong += lede__postings_advance(postings, NUMBER_END, NULL) !=
                 LEDE_STATUS_OK || postings->count != 0;
    lede__postings_close(postings);
    return wrong;
}

static inline int
compare_dictionary(struct searcher *searcher, const struct model *model,
                   struct str prefix)
{
    struct dictionary *dictionary = NULL;
    struct str term = { NULL, 0 };
    uint32_t df = 0;
    int wrong = 0;

    if (lede__dictionary_open(searcher, prefix, &dictionary, NULL) !=
        LEDE_STATUS_OK) {
        return 1;
    }
    for (unsigned w = 0; w < WORDS; w++) {
        uint32_t want = 0;

        if (strncmp(words[w], prefix.p, prefix.len) != 0) {
            continue;
        }
        want = count_with(model, w);
        if (want == 0) {
            continue;
        }
        wrong += searcher->ops->dictionary_next(dictionary, &term, &df,
                                                NULL) != LEDE_STATUS_OK ||
                 !str_eq(term, str_from(words[w])) || df != want;
    }
    wrong += searcher->ops->dictionary_next(dictionary, &term, &df, NULL) !=
                 LEDE_STATUS_OK || term.p != NULL;
    searcher->ops->dictionary_close(dictionary);
    return wrong;
}

static inline int
compare_docs(struct searcher *searcher, const struct model *model,
             struct random *random)
{
    int wrong = 0;

    for (uint32_t n = 1; n <= model->last; n++) {
        const struct doc *doc = model->docs[n];
        struct str value;
        uint8_t length = 0;

        if (doc == NULL) {
            wrong += random_once_in(random, 20) &&
                     lede__searcher_stored(searcher, n, &value, NULL) !=
                         LEDE_STATUS_NOT_FOUND;
            continue;
        }
        wrong += lede__searcher_lengths(searcher, &n, 1, &length, NULL) !=
                     LEDE_STATUS_OK || length != doc->length;
        for (int c = 0; c < COLUMNS; c++) {
            wrong += lede__searcher_column(searcher, (enum column)c, n,
                                           &value, NULL) != LEDE_STATUS_OK ||
                     !str_eq(value, str_from(doc->columns[c]));
        }
        wrong += lede__searcher_stored(searcher, n, &value, NULL) !=
                     LEDE_STATUS_OK || !str_eq(value, str_from(doc->stored));
    }
    /* In no order. */
    for (int i = 0; i < 50; i++) {
        uint32_t n = 1 + (uint32_t)random_below(random, model->last + 1);
        const struct doc *doc = n < NUMBERS ? model->docs[n] : NULL;
        struct str value;

        wrong += lede__searcher_column(searcher, COLUMN_TAGS, n, &value,
                                       NULL) != LEDE_STATUS_OK ||
                 !str_eq(value, doc == NULL
                                    ? STR("")
                                    : str_from(doc->columns[COLUMN_TAGS]));
    }
    return wrong;
}

static inline int
compare_searcher(struct searcher *searcher, const struct model *model,
                 struct random *random, bool all)
{
    struct buf out = BUF_INIT(BUF_MAX_ANY);
    int wrong = 0;

    for (unsigned w = 0; w < WORDS; w++) {
        if (all || random_once_in(random, 6)) {
            wrong += compare_postings(searcher, model, w, random);
        }
    }
    wrong += compare_dictionary(searcher, model, STR("x"));
    wrong += compare_dictionary(searcher, model, STR("k*a"));
    wrong += compare_dictionary(searcher, model, STR("nothing"));
    if (all) {
        wrong += compare_dictionary(searcher, model, STR(""));
        wrong += compare_docs(searcher, model, random);
    }
    for (int i = 0; i < METAS; i++) {
        bool found = false;
        char key[20];

        snprintf(key, sizeof key, "meta:%d", i);
        wrong += lede__searcher_meta(searcher, str_from(key), &out, &found,
                                     NULL) != LEDE_STATUS_OK ||
                 found != (model->metas[i][0] != '\0') ||
                 (found &&
                  !str_eq(lede__buf_view(&out), str_from(model->metas[i])));
    }
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

static inline void
change(struct sink *sink, struct model *model, struct random *random)
{
    uint32_t number = 0;
    unsigned what = (unsigned)random_below(random, 20);
    lede_error err = LEDE_ERROR_INIT;

    if (what < 13 && model->last + 12 < NUMBERS) {
        /* Two, the higher number first. */
        uint32_t gap = random_once_in(random, 20) ? 9 : 1;

        number = model->last + gap;
        for (uint32_t i = 2; i > 0; i--) {
            model->docs[number + i] = keep_doc(make_doc(random));
            add(sink, number + i, model->docs[number + i]);
        }
        model->last = number + 2;
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
