/* searcher-native.c - the native searcher over segments made by hand, against
   what was put into them: several segments, deleted articles, refreshes. */

#include <stdlib.h>
#include <unistd.h>

#include "query/searcher-native.h"
#include "shared/analysis/analysis.h"
#include "shared/base/file.h"
#include "shared/index/columns.h"
#include "shared/index/manifest.h"
#include "shared/index/pairs.h"
#include "shared/index/stored.h"
#include "shared/index/terms.h"
#include "tests/random.h"
#include "tests/tap.h"

#define SEGMENTS 5
#define DOCS_MAX 9000
#define TERMS 24

/* What was put into a segment. */
struct model {
    uint32_t docs;
    uint32_t first;             // its first number
    uint8_t lengths[DOCS_MAX];
    uint32_t tfs[TERMS][DOCS_MAX];      // 0: not in it
    bool deleted[DOCS_MAX];
    uint32_t base;
};

static struct model *models[SEGMENTS];
static struct manifest manifest;
static struct manifest_segment entries[SEGMENTS];
static char folder[] = "/tmp/lede-searcher-XXXXXX";

static void
must(lede_status status, const lede_error *err)
{
    if (status != LEDE_STATUS_OK) {
        printf("Bail out! %s\n", err->message);
        exit(1);
    }
}

/* Some terms are in every other article, some in few, some in some segments
   alone; those with an odd number have positions, every fourth no tf. */
static void
fill_model(struct model *model, struct random *random)
{
    for (uint32_t doc = 0; doc < model->docs; doc++) {
        model->lengths[doc] = (uint8_t)random_below(random, 200);
    }
    for (int t = 0; t < TERMS; t++) {
        uint64_t rare = (uint64_t)1 << (t / 2);

        if (random_once_in(random, 4)) {
            continue;
        }
        for (uint32_t doc = 0; doc < model->docs; doc++) {
            if (random_once_in(random, rare)) {
                model->tfs[t][doc] =
                    t % 4 == 0 ? 1 : 1 + (uint32_t)random_below(random, 5);
            }
        }
    }
}

#define NAME_SIZE 16

static void
name_term(char name[NAME_SIZE], int t)
{
    snprintf(name, NAME_SIZE, "x%c%02d", t % 3 == 0 ? '*' : 'a', t);
}

/* Term t comes at the places t, t + 3, ... of an article. */
static uint32_t
position(int t, uint32_t i)
{
    return (uint32_t)t + 3 * i;
}

static void
write_lists(struct segment_writer *writer, const struct model *model,
            struct segment_facts *facts)
{
    struct buf postings = BUF_INIT(BUF_MAX_ANY);
    struct buf positions = BUF_INIT(BUF_MAX_ANY);
    struct buf dictionary = BUF_INIT(BUF_MAX_ANY);
    struct list_writer *lists = NULL;
    struct terms_writer *terms = NULL;
    lede_error err = LEDE_ERROR_INIT;
    uint32_t places[8];

    must(lede__list_writer_new(&lists, &err), &err);
    must(lede__terms_writer_new(&terms, &err), &err);
    /* In the order of their names. */
    for (int i = 0; i < TERMS; i++) {
        int t = i < TERMS / 3 ? i * 3
                              : (i - TERMS / 3) / 2 * 3 + 1 +
                                    (i - TERMS / 3) % 2;
        struct list_info info;
        uint32_t df = 0;
        char name[NAME_SIZE];

        lede__list_begin(lists, t % 4 != 0, t % 2 == 1, model->lengths);
        for (uint32_t doc = 0; doc < model->docs; doc++) {
            uint32_t tf = model->tfs[t][doc];

            if (tf == 0) {
                continue;
            }
            for (uint32_t k = 0; k < tf; k++) {
                places[k] = position(t, k);
            }
            must(lede__list_add(lists, doc, t % 4 == 0 ? 0 : tf, places,
                                t % 2 == 1 ? tf : 0, &err), &err);
            df++;
        }
        if (df == 0) {
            continue;
        }
        must(lede__list_end(lists, &postings, &positions, &info, &err), &err);
        name_term(name, t);
        must(lede__terms_add(terms, str_from(name), &info, &err), &err);
        facts->terms++;
        facts->postings += df;
    }
    must(lede__terms_end(terms, &dictionary, &err), &err);
    must(lede__segment_append(writer, SECTION_POSTINGS,
                              lede__buf_view(&postings), &err), &err);
    must(lede__segment_append(writer, SECTION_POSITIONS,
                              lede__buf_view(&positions), &err), &err);
    must(lede__segment_append(writer, SECTION_TERMS,
                              lede__buf_view(&dictionary), &err), &err);
    lede__list_writer_free(lists);
    lede__terms_writer_free(terms);
    lede__buf_free(&postings);
    lede__buf_free(&positions);
    lede__buf_free(&dictionary);
}

static void
write_columns(struct segment_writer *writer, const struct model *model)
{
    static uint8_t padding[LENGTHS_PAGE];
    struct columns_writer *columns = NULL;
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_error err = LEDE_ERROR_INIT;

    must(lede__segment_append(writer, SECTION_LENGTHS,
                              (struct str){ (const char *)model->lengths,
                                            model->docs }, &err), &err);
    must(lede__segment_append(
             writer, SECTION_LENGTHS,
             (struct str){ (const char *)padding,
                           (LENGTHS_PAGE - model->docs % LENGTHS_PAGE) %
                               LENGTHS_PAGE }, &err), &err);
    must(lede__columns_writer_new(&columns, &err), &err);
    for (uint32_t doc = 0; doc < model->docs; doc++) {
        struct str values[COLUMNS] = { { NULL, 0 } };
        char lang[24];

        snprintf(lang, sizeof lang, "l%u", model->first + doc);
        values[COLUMN_LANG] = str_from(lang);
        must(lede__columns_add(columns, values, &err), &err);
    }
    must(lede__columns_end(columns, NULL, model->docs, &bytes, &err), &err);
    must(lede__segment_append(writer, SECTION_COLUMNS,
                              lede__buf_view(&bytes), &err), &err);
    lede__columns_writer_free(columns);
    lede__buf_free(&bytes);
}

static void
write_stored(struct segment_writer *writer, const struct model *model)
{
    struct stored_packer *packer = NULL;
    struct stored_index *index = NULL;
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_error err = LEDE_ERROR_INIT;

    must(lede__stored_packer_new(&packer, 1, &err), &err);
    must(lede__stored_index_new(&index, &err), &err);
    for (uint32_t doc = 0; doc < model->docs; doc++) {
        char text[40];

        snprintf(text, sizeof text, "article %u", model->first + doc);
        must(lede__stored_pack(packer, str_from(text), &bytes, &err), &err);
    }
    must(lede__stored_flush(packer, &bytes, &err), &err);
    must(lede__stored_index_add(index, lede__buf_view(&bytes), &err), &err);
    must(lede__segment_append(writer, SECTION_STORED, lede__buf_view(&bytes),
                              &err), &err);
    bytes.len = 0;
    must(lede__stored_index_end(index, &bytes, &err), &err);
    must(lede__segment_append(writer, SECTION_STORED_INDEX,
                              lede__buf_view(&bytes), &err), &err);
    lede__stored_packer_free(packer);
    lede__stored_index_free(index);
    lede__buf_free(&bytes);
}

static void
write_meta(struct segment_writer *writer, uint64_t articles, int segment)
{
    struct index_stats stats = { .articles = articles, .schema_version =
                                 SCHEMA_VERSION };
    struct pairs_writer *pairs = NULL;
    struct schema *schema = NULL;
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_error err = LEDE_ERROR_INIT;
    char own[16];

    lede__analyzer_identity(stats.analyzer, sizeof stats.analyzer);
    must(lede__schema_default(&schema, &err), &err);
    must(lede__schema_write(&text, schema, &err), &err);
    lede__schema_free(schema);
    must(lede__pairs_writer_new(&pairs, &err), &err);
    snprintf(own, sizeof own, "a%d", segment);
    /* The first has a key that the second removes, and the third sets. */
    must(lede__pairs_add(pairs, str_from(own), STR("own"), &err), &err);
    must(lede__pairs_add(pairs, STR("key"),
                         segment == 1 ? STR("") : str_from(own), &err), &err);
    if (segment == 0) {
        must(lede__pairs_add(pairs, STR("schema"), lede__buf_view(&text),
                             &err), &err);
    }
    must(lede__stats_write(&bytes, &stats, &err), &err);
    must(lede__pairs_add(pairs, STR("stats"), lede__buf_view(&bytes), &err),
         &err);
    bytes.len = 0;
    must(lede__pairs_end(pairs, &bytes, &err), &err);
    must(lede__segment_append(writer, SECTION_META, lede__buf_view(&bytes),
                              &err), &err);
    lede__pairs_writer_free(pairs);
    lede__buf_free(&text);
    lede__buf_free(&bytes);
}

/* Add segment i to the manifest, which is written. */
static void
commit_segment(int i, uint32_t docs, struct random *random)
{
    struct segment_facts facts = { .docs = docs, .ordered = true };
    struct segment_writer *writer = NULL;
    struct model *model = calloc(1, sizeof *model);
    char *path = lede__segment_path(folder, (uint64_t)i + 1);
    lede_error err = LEDE_ERROR_INIT;

    models[i] = model;
    model->docs = docs;
    model->first = 1;
    for (int k = 0; k < i; k++) {
        model->first = models[k]->first + models[k]->docs;
        model->base = (models[k]->base + models[k]->docs + DOC_PAGE - 1) /
                      DOC_PAGE * DOC_PAGE;
    }
    facts.first_number = docs > 0 ? model->first : 0;
    facts.last_number = docs > 0 ? model->first + docs - 1 : 0;
    fill_model(model, random);
    must(lede__segment_create(&writer, path, &err), &err);
    write_stored(writer, model);
    write_columns(writer, model);
    write_lists(writer, model, &facts);
    write_meta(writer, facts.last_number, i);
    entries[i] = (struct manifest_segment){ .name = (uint64_t)i + 1,
                                            .docs = docs };
    must(lede__segment_finish(writer, &facts, &entries[i].size,
                              &entries[i].check, &err), &err);
    lede__segment_abandon(writer);
    manifest.generation++;
    manifest.next_name = (uint64_t)i + 2;
    manifest.n = (size_t)i + 1;
    must(lede__manifest_write(&manifest, folder, &err), &err);
    free(path);
}

/* Delete some articles of segment i. */
static void
commit_deleted(int i, struct random *random, uint64_t share)
{
    static uint64_t words[DOCS_MAX / 64 + 1];
    struct model *model = models[i];
    lede_error err = LEDE_ERROR_INIT;
    char *path;

    memset(words, 0, sizeof words);
    entries[i].deleted = 0;
    for (uint32_t doc = 0; doc < model->docs; doc++) {
        if (random_once_in(random, share) || (doc > 500 && doc < 1200)) {
            model->deleted[doc] = true;
        }
        if (model->deleted[doc]) {
            words[doc / 64] |= (uint64_t)1 << (doc % 64);
            entries[i].deleted++;
        }
    }
    manifest.generation++;
    entries[i].deleted_name = manifest.generation;
    path = lede__deleted_path(folder, entries[i].name, manifest.generation);
    must(lede__deleted_write(path, words, model->docs,
                             &entries[i].deleted_check, &err), &err);
    must(lede__manifest_write(&manifest, folder, &err), &err);
    free(path);
}

/* ---- looking ---- */

static struct model *
model_of(uint32_t doc, uint32_t *place)
{
    for (size_t i = 0; i < manifest.n; i++) {
        if (doc >= models[i]->base && doc < models[i]->base +
                                                models[i]->docs) {
            *place = doc - models[i]->base;
            return models[i];
        }
    }
    return NULL;
}

static uint32_t
tf_at(int t, uint32_t doc)
{
    uint32_t place = 0;
    const struct model *model = model_of(doc, &place);

    return model == NULL || model->deleted[place] ? 0 : model->tfs[t][place];
}

static int
check_posting(struct postings *postings, int t, size_t i)
{
    uint32_t doc = postings->docs[i];
    uint32_t tf = tf_at(t, doc);
    const uint32_t *positions = NULL;
    size_t n = 0;
    int wrong = tf == 0;

    if (lede__postings_tfs(postings, NULL) != LEDE_STATUS_OK) {
        return 1;
    }
    wrong += t % 4 == 0 ? postings->tfs[i] != 0 : postings->tfs[i] != tf;
    if (t % 2 == 1) {
        wrong += lede__postings_positions(postings, doc, &positions, &n,
                                          NULL) != LEDE_STATUS_OK;
        wrong += n != tf;
        for (size_t k = 0; k < n && k < tf; k++) {
            wrong += positions[k] != position(t, (uint32_t)k);
        }
    }
    return wrong;
}

/* Go through a list in steps of up to `step` docs. */
static int
check_list(struct searcher *searcher, int t, struct random *random,
           uint32_t step)
{
    struct postings *postings = NULL;
    lede_error err = LEDE_ERROR_INIT;
    char name[NAME_SIZE];
    uint32_t from = 0;
    uint32_t beyond = 0;
    int wrong = 0;

    name_term(name, t);
    must(lede__postings_open(searcher, str_from(name), &postings, &err),
         &err);
    while (postings != NULL && from < searcher->docs + 5000) {
        uint32_t want = from;
        uint32_t last = 0;
        size_t i = 0;

        while (want < searcher->docs && tf_at(t, want) == 0) {
            want++;
        }
        wrong += lede__postings_block_end(postings, from, &last, &err) !=
                 LEDE_STATUS_OK;
        wrong += want < searcher->docs && last < from;
        wrong += lede__postings_advance(postings, from, &err) !=
                 LEDE_STATUS_OK;
        if (want >= searcher->docs) {
            wrong += postings->count != 0;
            break;
        }
        while (i < postings->count && postings->docs[i] < from) {
            i++;
        }
        if (i == postings->count || postings->docs[i] != want ||
            postings->docs[0] < beyond) {
            wrong++;
            break;
        }
        wrong += check_posting(postings, t, i);
        wrong += check_posting(postings, t, postings->count - 1);
        /* The block is all of what is there. */
        for (uint32_t doc = want; i < postings->count; doc++) {
            if (tf_at(t, doc) > 0) {
                wrong += postings->docs[i++] != doc;
            }
        }
        from = want + 1 + (uint32_t)random_below(random, step);
    }
    for (uint32_t doc = 0; postings == NULL && doc < searcher->docs; doc++) {
        wrong += tf_at(t, doc) != 0;
    }
    lede__postings_close(postings);
    return wrong;
}

/* Its pages as bitsets, and that nothing is above its bounds. */
static int
check_pages(struct searcher *searcher, int t, struct random *random)
{
    struct postings *filled = NULL;
    struct postings *bounded = NULL;
    struct postings *both = NULL;
    lede_error err = LEDE_ERROR_INIT;
    char name[NAME_SIZE];
    int wrong = 0;

    name_term(name, t);
    must(lede__postings_open(searcher, str_from(name), &filled, &err), &err);
    must(lede__postings_open(searcher, str_from(name), &bounded, &err), &err);
    must(lede__postings_open(searcher, str_from(name), &both, &err), &err);
    for (uint32_t page = 0; filled != NULL && page < searcher->docs;
         page += DOC_PAGE) {
        uint64_t words[DOC_PAGE_WORDS] = { 0 };
        struct impacts impacts = { 0 };
        uint32_t from = page + (uint32_t)random_below(random, DOC_PAGE);
        uint32_t to = from + (uint32_t)random_below(random, 6000);
        const uint8_t *lengths = NULL;

        must(lede__postings_fill(filled, page, words, &err), &err);
        for (uint32_t i = 0; i < DOC_PAGE; i++) {
            bool bit = words[i / 64] >> (i % 64) & 1;

            wrong += bit != (tf_at(t, page + i) > 0);
        }
        must(lede__postings_bound(bounded, from, to, &impacts, &err), &err);
        for (uint32_t doc = from; doc < to; doc++) {
            uint32_t tf = t % 4 == 0 ? 0 : tf_at(t, doc);
            uint32_t place = 0;
            const struct model *model = model_of(doc, &place);
            size_t i = 0;

            if (tf_at(t, doc) == 0) {
                continue;
            }
            while (i < impacts.n &&
                   (impacts.pairs[i].max_tf < tf ||
                    impacts.pairs[i].min_length > model->lengths[place])) {
                i++;
            }
            wrong += i == impacts.n;
        }
        /* Blocks and bitsets in turn. */
        if (random_once_in(random, 2)) {
            memset(words, 0, sizeof words);
            must(lede__postings_fill(both, page, words, &err), &err);
            wrong += (words[0] & 1) != (tf_at(t, page) > 0);
        } else {
            must(lede__postings_advance(both, page, &err), &err);
            wrong += both->count > 0 && both->docs[both->count - 1] < page;
            wrong += both->count > 0 ? check_posting(both, t, 0) : 0;
        }
        must(lede__searcher_lengths(searcher, page, &lengths, &err), &err);
        for (uint32_t i = 0; i < DOC_PAGE; i++) {
            uint32_t place = 0;
            const struct model *model = model_of(page + i, &place);

            wrong += model != NULL && lengths[i] != model->lengths[place];
        }
    }
    lede__postings_close(filled);
    lede__postings_close(bounded);
    lede__postings_close(both);
    return wrong;
}

static int
check_docs(struct searcher *searcher, struct random *random)
{
    lede_error err = LEDE_ERROR_INIT;
    int wrong = 0;

    for (int n = 0; n < 500 && searcher->docs > 0; n++) {
        uint32_t doc = (uint32_t)random_below(random, searcher->docs + 10);
        uint32_t place = 0;
        const struct model *model = model_of(doc, &place);
        uint32_t number = 0;
        struct str value;
        char text[40];

        if (model == NULL) {
            wrong += lede__searcher_stored(searcher, doc, &value, &err) !=
                     LEDE_STATUS_NOT_FOUND;
            continue;
        }
        must(lede__searcher_number(searcher, doc, &number, &err), &err);
        wrong += number != model->first + place;
        snprintf(text, sizeof text, "l%u", number);
        must(lede__searcher_column(searcher, COLUMN_LANG, doc, &value, &err),
             &err);
        wrong += !str_eq(value, str_from(text));
        snprintf(text, sizeof text, "article %u", number);
        if (model->deleted[place]) {
            wrong += lede__searcher_stored(searcher, doc, &value, &err) !=
                     LEDE_STATUS_NOT_FOUND;
        } else {
            must(lede__searcher_stored(searcher, doc, &value, &err), &err);
            wrong += !str_eq(value, str_from(text));
        }
    }
    return wrong;
}

static int
check_dictionary(struct searcher *searcher, const char *prefix)
{
    struct dictionary *dictionary = NULL;
    lede_error err = LEDE_ERROR_INIT;
    struct str term;
    char before[8] = "";
    uint32_t df = 0;
    int found = 0;
    int wanted = 0;
    int wrong = 0;

    must(lede__dictionary_open(searcher, str_from(prefix), &dictionary, &err),
         &err);
    for (;;) {
        uint32_t sum = 0;
        int t = 0;

        must(searcher->ops->dictionary_next(dictionary, &term, &df, &err),
             &err);
        if (term.p == NULL) {
            break;
        }
        found++;
        wrong += term.len != 4 || strncmp(before, term.p, 4) >= 0 ||
                 strncmp(prefix, term.p, strlen(prefix)) != 0;
        snprintf(before, sizeof before, "%.4s", term.p);
        t = (before[2] - '0') * 10 + before[3] - '0';
        for (size_t i = 0; i < manifest.n; i++) {
            for (uint32_t doc = 0; doc < models[i]->docs; doc++) {
                sum += models[i]->tfs[t][doc] > 0;
            }
        }
        wrong += sum != df;
    }
    searcher->ops->dictionary_close(dictionary);
    for (int t = 0; t < TERMS; t++) {
        bool there = false;
        char name[NAME_SIZE];

        name_term(name, t);
        for (size_t i = 0; i < manifest.n; i++) {
            for (uint32_t doc = 0; doc < models[i]->docs; doc++) {
                there |= models[i]->tfs[t][doc] > 0;
            }
        }
        wanted += there && strncmp(name, prefix, strlen(prefix)) == 0;
    }
    return wrong + (found != wanted);
}

static void
check_all(struct searcher *searcher, struct random *random, const char *when)
{
    int lists = 0;
    int pages = 0;

    for (int t = 0; t < TERMS; t++) {
        lists += check_list(searcher, t, random, 1);
        lists += check_list(searcher, t, random, 700);
        lists += check_list(searcher, t, random, 8000);
        pages += check_pages(searcher, t, random);
    }
    is_int(lists, 0, "%s: lists", when);
    is_int(pages, 0, "%s: bitsets, bounds and lengths", when);
    is_int(check_docs(searcher, random), 0, "%s: articles", when);
    is_int(check_dictionary(searcher, "") + check_dictionary(searcher, "x*") +
           check_dictionary(searcher, "xa1") + check_dictionary(searcher, "y"),
           0, "%s: the dictionary", when);
}

static void
check_meta(struct searcher *searcher)
{
    struct buf value = BUF_INIT(BUF_MAX_ANY);
    lede_error err = LEDE_ERROR_INIT;
    bool found = false;

    must(lede__searcher_meta(searcher, STR("key"), &value, &found, &err),
         &err);
    if (manifest.n == 2) {
        ok(!found, "metadata: a later segment removes a key");
    } else {
        char newest[16];

        snprintf(newest, sizeof newest, "a%d", (int)manifest.n - 1);
        ok(found && str_eq(lede__buf_view(&value), str_from(newest)),
           "metadata: the newest segment's value");
    }
    must(lede__searcher_meta(searcher, STR("a0"), &value, &found, &err),
         &err);
    ok(found, "metadata: what only the first has");
    must(lede__searcher_meta(searcher, STR("b"), &value, &found, &err), &err);
    ok(!found, "metadata: what none has");
    lede__buf_free(&value);
}

int
main(void)
{
    static const uint32_t sizes[SEGMENTS] = { 5000, 0, 100, 8192, 9000 };
    struct random random = random_begin(11);
    struct searcher *searcher = NULL;
    lede_error err = LEDE_ERROR_INIT;
    const struct native_part *parts = NULL;
    const struct segment *first = NULL;
    struct postings *open = NULL;
    char *path = NULL;
    size_t n = 0;

    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    path = lede__native_path(folder);
    must(lede__file_make_dir(path, &err), &err);
    manifest.segments = entries;
    is_int(lede__searcher_open(&searcher, folder, &err),
           LEDE_STATUS_NOT_FOUND, "no manifest, no index");
    commit_segment(0, sizes[0], &random);
    must(lede__searcher_open(&searcher, folder, &err), &err);
    is_str(searcher->ops->engine, "native", "the engine");
    check_all(searcher, &random, "one segment");
    first = lede__searcher_native_parts(searcher, &n)->segment;

    commit_segment(1, sizes[1], &random);
    is_int(searcher->stats.articles, 5000, "a snapshot stays as it is");
    must(lede__postings_open(searcher, STR("x*00"), &open, &err), &err);
    must(lede__searcher_refresh(searcher, &err), &err);
    lede__postings_close(open);
    check_meta(searcher);
    commit_segment(2, sizes[2], &random);
    commit_segment(3, sizes[3], &random);
    commit_segment(4, sizes[4], &random);
    must(lede__searcher_refresh(searcher, &err), &err);
    check_all(searcher, &random, "five segments");
    check_meta(searcher);
    ok(searcher->ordered, "numbers ascend");
    is_int(searcher->docs, models[4]->base + 9000, "places for all");

    commit_deleted(0, &random, 3);
    commit_deleted(3, &random, 50);
    commit_deleted(4, &random, 2);
    must(lede__searcher_refresh(searcher, &err), &err);
    check_all(searcher, &random, "with deleted articles");
    parts = lede__searcher_native_parts(searcher, &n);
    is_int(n, 5, "five segments");
    ok(parts[0].segment == first, "the first is still mapped");
    commit_deleted(0, &random, 1);
    must(lede__searcher_refresh(searcher, &err), &err);
    check_all(searcher, &random, "one whole segment deleted");
    must(lede__searcher_refresh(searcher, &err), &err);
    ok(lede__searcher_native_parts(searcher, &n) != NULL && n == 5,
       "nothing has changed");

    /* A segment that is gone. */
    free(path);
    path = lede__segment_path(folder, 3);
    unlink(path);
    must(lede__searcher_refresh(searcher, &err), &err);
    manifest.generation++;
    entries[2].check++;
    must(lede__manifest_write(&manifest, folder, &err), &err);
    is_int(lede__searcher_refresh(searcher, &err), LEDE_STATUS_CORRUPT,
           "a segment is missing");
    check_all(searcher, &random, "the snapshot is kept");
    lede__searcher_close(searcher);
    is_int(lede__searcher_open(&searcher, folder, &err), LEDE_STATUS_CORRUPT,
           "nor can it be opened: %s", err.message);
    for (int i = 0; i < SEGMENTS; i++) {
        free(models[i]);
    }
    free(path);
    lede__file_remove_tree(folder, NULL);
    return done();
}
