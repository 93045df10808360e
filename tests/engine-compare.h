/* engine-compare.h - what a searcher delivers against the model of
   engine-model.h: every call of searcher.h, for what is there and what is
   not. */

#ifndef LEDE_TESTS_ENGINE_COMPARE_H
#define LEDE_TESTS_ENGINE_COMPARE_H

#include "query/searcher.h"
#include "tests/engine-model.h"

#define DOC_NONE UINT32_MAX

/* Which doc has which number; learned from the word that is everywhere. */
struct places {
    uint32_t doc_of[NUMBERS];
    uint32_t numbers[NUMBERS];  // of the articles in order of docs
    uint32_t docs[NUMBERS];
    size_t n;
};

static inline uint32_t
number_of(struct searcher *searcher, uint32_t doc)
{
    uint32_t number = 0;

    return lede__searcher_number(searcher, doc, &number, NULL) ==
                       LEDE_STATUS_OK && number < NUMBERS
               ? number : 0;
}

static inline const struct fact *
fact_of(const struct doc *doc, unsigned word)
{
    for (size_t i = 0; i < doc->n_facts; i++) {
        if (doc->facts[i].word == word) {
            return &doc->facts[i];
        }
    }
    return NULL;
}

/* The docs of a word, all of them, by walking on from block to block; returns
   what is wrong. */
static inline int
walk_word(struct searcher *searcher, const struct model *model,
          unsigned word, struct places *places)
{
    struct postings *postings = NULL;
    uint32_t next = 0;
    uint32_t before = DOC_NONE;
    uint32_t want = count_with(model, word);
    int wrong = 0;

    places->n = 0;
    for (uint32_t n = 0; n < NUMBERS; n++) {
        places->doc_of[n] = DOC_NONE;
    }
    if (lede__postings_open(searcher, str_from(words[word]), &postings,
                            NULL) != LEDE_STATUS_OK) {
        return 1;
    }
    if (postings == NULL) {
        return want != 0;
    }
    wrong += postings->count != 0 || postings->df < want ||
             (postings->exact_df && postings->df != want);
    while (wrong == 0 &&
           lede__postings_advance(postings, next, NULL) == LEDE_STATUS_OK &&
           postings->count > 0) {
        wrong += postings->count > POSTING_BLOCK;
        for (size_t i = 0; i < postings->count && wrong == 0; i++) {
            uint32_t doc = postings->docs[i];
            uint32_t number = number_of(searcher, doc);

            wrong += doc >= searcher->docs ||
                     (before != DOC_NONE && doc <= before) || number == 0 ||
                     model->docs[number] == NULL ||
                     fact_of(model->docs[number], word) == NULL ||
                     places->doc_of[number] != DOC_NONE ||
                     places->n == NUMBERS;
            if (wrong == 0) {
                places->doc_of[number] = doc;
                places->numbers[places->n] = number;
                places->docs[places->n++] = doc;
            }
            before = doc;
        }
        next = before + 1;
    }
    lede__postings_close(postings);
    return wrong + (places->n != want);
}

static inline int
compare_positions(struct postings *postings, const struct model *model,
                  unsigned word, uint32_t doc, uint32_t number)
{
    const struct fact *fact = fact_of(model->docs[number], word);
    const uint32_t *positions = NULL;
    size_t count = 0;

    return lede__postings_positions(postings, doc, &positions, &count,
                                    NULL) != LEDE_STATUS_OK ||
           count != fact->n_positions ||
           (count > 0 && memcmp(positions, fact->positions,
                                count * sizeof *positions) != 0);
}

/* Every posting of the range is below some pair of what bounds it. */
static inline int
compare_bound(struct postings *postings, const struct model *model,
              unsigned word, const struct places *places, uint32_t from,
              uint32_t to)
{
    struct impacts impacts = { .n = 0 };
    int wrong = lede__postings_bound(postings, from, to, &impacts, NULL) !=
                LEDE_STATUS_OK;

    for (size_t i = 0; i < places->n; i++) {
        const struct doc *doc = model->docs[places->numbers[i]];
        bool below = places->docs[i] < from || places->docs[i] >= to;

        for (size_t j = 0; j < impacts.n && !below; j++) {
            below = fact_of(doc, word)->tf <= impacts.pairs[j].max_tf &&
                    doc->length >= impacts.pairs[j].min_length;
        }
        wrong += !below;
    }
    return wrong;
}

/* The block that is loaded, asked for from `doc`: those of the word from there
   on, none left out. */
static inline int
compare_block(struct postings *postings, const struct model *model,
              unsigned word, const struct places *places, uint32_t doc,
              struct random *random)
{
    size_t at = 0;
    size_t i = 0;
    int wrong = 0;

    while (at < places->n && places->docs[at] < doc) {
        at++;
    }
    if (postings->count == 0 || at == places->n) {
        return (postings->count == 0) != (at == places->n);
    }
    while (i < postings->count && postings->docs[i] < doc) {
        i++;
    }
    if (i == postings->count ||
        lede__postings_tfs(postings, NULL) != LEDE_STATUS_OK) {
        return 1;
    }
    for (; i < postings->count; i++, at++) {
        uint32_t number = 0;

        if (at == places->n || postings->docs[i] != places->docs[at]) {
            return 1;
        }
        number = places->numbers[at];
        wrong += postings->tfs[i] != fact_of(model->docs[number], word)->tf;
        if (random_once_in(random, 4)) {
            wrong += compare_positions(postings, model, word,
                                       postings->docs[i], number);
        }
    }
    return wrong;
}

/* Skipping about, looking at bounds and ends ahead. */
static inline int
compare_skips(struct searcher *searcher, const struct model *model,
              unsigned word, const struct places *places,
              struct random *random)
{
    struct postings *postings = NULL;
    uint64_t step = 1 + random_below(random, 2000);
    uint32_t doc = 0;
    int wrong = 0;

    if (lede__postings_open(searcher, str_from(words[word]), &postings,
                            NULL) != LEDE_STATUS_OK || postings == NULL) {
        return 1;
    }
    while (wrong == 0) {
        if (random_once_in(random, 3)) {
            wrong += compare_bound(
                postings, model, word, places, doc,
                doc + (uint32_t)random_below(random, 3000));
        }
        if (random_once_in(random, 3)) {
            uint32_t last = 0;

            wrong += lede__postings_block_end(postings, doc, &last, NULL) !=
                         LEDE_STATUS_OK || last < doc;
        }
        if (lede__postings_advance(postings, doc, NULL) != LEDE_STATUS_OK) {
            wrong++;
            break;
        }
        wrong += compare_block(postings, model, word, places, doc, random);
        if (postings->count == 0 || wrong > 0) {
            break;
        }
        /* On to the next, far ahead, or asked again within the block. */
        if (random_once_in(random, 3) &&
            postings->docs[postings->count - 1] >= doc) {
            continue;
        }
        doc = postings->docs[postings->count - 1] + 1;
        if (random_once_in(random, 2)) {
            doc += (uint32_t)random_below(random, step);
        }
    }
    wrong += lede__postings_advance(postings, DOC_END, NULL) !=
                 LEDE_STATUS_OK || postings->count != 0;
    lede__postings_close(postings);
    return wrong;
}

static inline int
compare_fill(struct searcher *searcher, unsigned word,
             const struct places *places, struct random *random)
{
    struct postings *postings = NULL;
    size_t at = 0;
    int wrong = 0;

    if (lede__postings_open(searcher, str_from(words[word]), &postings,
                            NULL) != LEDE_STATUS_OK || postings == NULL) {
        return 1;
    }
    for (uint32_t page = 0; page < searcher->docs; page += DOC_PAGE) {
        uint64_t want[DOC_PAGE_WORDS] = { 0 };
        uint64_t got[DOC_PAGE_WORDS] = { 0 };

        for (; at < places->n && places->docs[at] < page + DOC_PAGE; at++) {
            uint32_t bit = places->docs[at] - page;

            want[bit / 64] |= (uint64_t)1 << (bit % 64);
        }
        if (random_once_in(random, 3)) {
            continue;           // a page is passed over
        }
        wrong += lede__postings_fill(postings, page, got, NULL) !=
                     LEDE_STATUS_OK || memcmp(got, want, sizeof got) != 0;
    }
    lede__postings_close(postings);
    return wrong;
}

static inline int
compare_postings(struct searcher *searcher, const struct model *model,
                 unsigned word, struct random *random)
{
    static struct places places;
    int wrong = walk_word(searcher, model, word, &places);

    if (wrong == 0 && places.n > 0) {
        wrong += compare_skips(searcher, model, word, &places, random);
        wrong += compare_fill(searcher, word, &places, random);
    }
    return wrong;
}

/* Every term that an article has, in order; where articles were deleted the
   engine may tell of terms that none has any more, and of a df too high. */
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
    wrong += searcher->ops->dictionary_next(dictionary, &term, &df, NULL) !=
             LEDE_STATUS_OK;
    for (unsigned w = 0; w < WORDS && wrong == 0; w++) {
        struct str word = str_from(words[w]);
        uint32_t want = count_with(model, w);
        bool is = term.p != NULL && str_eq(term, word);

        if (strncmp(words[w], prefix.p, prefix.len) != 0) {
            continue;
        }
        wrong += is ? df < want : want != 0;
        if (is) {
            wrong += searcher->ops->dictionary_next(dictionary, &term, &df,
                                                    NULL) != LEDE_STATUS_OK;
        }
    }
    wrong += term.p != NULL;
    searcher->ops->dictionary_close(dictionary);
    return wrong;
}

/* Where a seek leads is where walking does. */
static inline int
compare_seeks(struct searcher *searcher, struct random *random)
{
    struct dictionary *walked = NULL;
    struct dictionary *sought = NULL;
    int wrong = lede__dictionary_open(searcher, STR(""), &walked, NULL) !=
                    LEDE_STATUS_OK ||
                lede__dictionary_open(searcher, STR(""), &sought, NULL) !=
                    LEDE_STATUS_OK;
    struct str a = { "", 0 };

    while (wrong == 0 && a.p != NULL) {
        const char *word = words[random_below(random, WORDS)];
        struct str to = { word, random_below(random, strlen(word) + 1) };
        struct str b;
        uint32_t df, same;

        do {
            wrong += searcher->ops->dictionary_next(walked, &a, &df, NULL) !=
                     LEDE_STATUS_OK;
        } while (wrong == 0 && a.p != NULL && lede__str_cmp(a, to) < 0);
        wrong += lede__dictionary_seek(searcher, sought, to, NULL) !=
                     LEDE_STATUS_OK ||
                 searcher->ops->dictionary_next(sought, &b, &same, NULL) !=
                     LEDE_STATUS_OK;
        wrong += wrong == 0 && ((a.p == NULL) != (b.p == NULL) ||
                                (a.p != NULL && (!str_eq(a, b) ||
                                                 df != same)));
    }
    if (walked != NULL) {
        searcher->ops->dictionary_close(walked);
    }
    if (sought != NULL) {
        searcher->ops->dictionary_close(sought);
    }
    return wrong;
}

static inline int
compare_docs(struct searcher *searcher, const struct model *model,
             struct random *random)
{
    static struct places places;
    int wrong = walk_word(searcher, model, 0, &places);

    for (size_t i = 0; i < places.n; i++) {
        uint32_t at = places.docs[i];
        const struct doc *doc = model->docs[places.numbers[i]];
        const uint8_t *lengths = NULL;
        struct str value;

        wrong += i > 0 && searcher->ordered &&
                 places.numbers[i] <= places.numbers[i - 1];
        wrong += lede__searcher_lengths(searcher, at - at % DOC_PAGE,
                                        &lengths, NULL) != LEDE_STATUS_OK ||
                 lengths[at % DOC_PAGE] != doc->length;
        for (int c = 0; c < COLUMNS; c++) {
            wrong += lede__searcher_column(searcher, (enum column)c, at,
                                           &value, NULL) != LEDE_STATUS_OK ||
                     !str_eq(value, str_from(doc->columns[c]));
        }
        wrong += lede__searcher_stored(searcher, at, &value, NULL) !=
                     LEDE_STATUS_OK || !str_eq(value, str_from(doc->stored));
    }
    /* In no order. */
    for (int i = 0; i < 50 && places.n > 0; i++) {
        size_t n = (size_t)random_below(random, places.n);
        struct str value;

        wrong += lede__searcher_column(searcher, COLUMN_TAGS, places.docs[n],
                                       &value, NULL) != LEDE_STATUS_OK ||
                 !str_eq(value, str_from(model->docs[places.numbers[n]]
                                             ->columns[COLUMN_TAGS]));
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
    wrong += compare_seeks(searcher, random);
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

#endif
