/* segment-check.c - reading everything in a segment; see segment.h.

   First every checksum.  Where all are right the bytes are those that were
   written; then it is asked whether they are what should have been written: by
   reading each part in the way that a search does, and comparing what several
   parts say of the same. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "shared/index/bigrams.h"
#include "shared/index/columns.h"
#include "shared/index/list.h"
#include "shared/index/pairs.h"
#include "shared/index/segment-format.h"
#include "shared/index/store.h"
#include "shared/index/stored.h"
#include "shared/index/terms.h"

struct checker {
    struct segment *segment;
    const struct kernel *kernel;
    void (*told)(void *payload, const char *message);
    void *payload;
    size_t faults;
};

__attribute__((format(printf, 2, 3)))
static void
tell(struct checker *checker, const char *format, ...)
{
    char message[sizeof((lede_error *)NULL)->message];
    int n = snprintf(message, sizeof message, "%s: ",
                     checker->segment->path);
    va_list args;

    if (n > 0 && (size_t)n < sizeof message) {
        va_start(args, format);
        vsnprintf(message + n, sizeof message - (size_t)n, format, args);
        va_end(args);
    }
    checker->faults++;
    checker->told(checker->payload, message);
}

/* A part that cannot be read is a fault to tell, and the rest is checked; but
   without memory there is no checking. */
static lede_status
judge(struct checker *checker, lede_status status, const lede_error *why,
      lede_error *err)
{
    if (status == LEDE_STATUS_NO_MEMORY) {
        return lede__fail_memory(err);
    }
    if (status != LEDE_STATUS_OK) {
        checker->faults++;
        checker->told(checker->payload, why->message);
    }
    return LEDE_STATUS_OK;
}

/* ---- checksums ---- */

static void
check_units(struct checker *checker)
{
    struct segment *segment = checker->segment;
    const uint8_t *trailer = segment->checks + 4 * segment->n_units;

    for (size_t i = 0; i < segment->n_units; i++) {
        lede_error why = LEDE_ERROR_INIT;

        // Once more, even where a reader found it right
        __atomic_store_n(&segment->verified[i], 0, __ATOMIC_RELAXED);
        if (lede__segment_verify_slow(segment, segment->map + i * CHECK_UNIT,
                                      0, &why) != LEDE_STATUS_OK) {
            checker->faults++;
            checker->told(checker->payload, why.message);
        }
    }
    if (XXH3_64bits(segment->checks, 4 * segment->n_units)
        != lede__get64(trailer + TRAILER_CHECKS)) {
        tell(checker, "damaged: its checksums");
    }
    if (memcmp(segment->map, SEGMENT_MAGIC, SEGMENT_MAGIC_KIND) != 0
        || lede__get32(trailer + TRAILER_CHECK)
           != lede__segment_hash(trailer, TRAILER_CHECK)) {
        tell(checker, "damaged: its head or trailer");
    }
}

/* ---- docs ---- */

static int
compare_numbers(const void *a, const void *b)
{
    const uint32_t *x = a;
    const uint32_t *y = b;

    return *x < *y ? -1 : *x > *y;
}

static lede_status
check_numbers(struct checker *checker, lede_error *err)
{
    struct segment *segment = checker->segment;
    const struct segment_facts *facts = &segment->facts;
    lede_status status = LEDE_STATUS_OK;
    uint32_t *numbers = NULL;

    if (facts->sizes[SECTION_NUMBERS] == 0) {
        return LEDE_STATUS_OK;
    }
    numbers = calloc(facts->docs, sizeof *numbers);
    if (numbers == NULL) {
        return lede__fail_memory(err);
    }
    for (uint32_t i = 0; i < facts->docs && status == LEDE_STATUS_OK; i++) {
        status = lede__segment_number(segment, i, &numbers[i], err);
    }
    if (!facts->ordered) {
        qsort(numbers, facts->docs, sizeof *numbers, compare_numbers);
    }
    for (uint32_t i = 1; i < facts->docs; i++) {
        if (numbers[i] <= numbers[i - 1]) {
            tell(checker, "document numbers do not ascend");
            break;
        }
    }
    if (numbers[0] != facts->first_number
        || numbers[facts->docs - 1] != facts->last_number) {
        tell(checker, "document numbers are not from %u to %u",
             facts->first_number, facts->last_number);
    }
    free(numbers);
    return status;
}

static void
check_lengths(struct checker *checker)
{
    const struct segment_facts *facts = &checker->segment->facts;
    const uint8_t *lengths = lede__segment_lengths(checker->segment);

    for (uint64_t i = facts->docs; i < facts->sizes[SECTION_LENGTHS]; i++) {
        if (lengths[i] != 0) {
            tell(checker, "a length behind the last article");
            break;
        }
    }
}

static lede_status
check_columns(struct checker *checker, lede_error *err)
{
    struct segment *segment = checker->segment;

    for (unsigned i = 0; i < segment->columns; i++) {
        lede_error why = LEDE_ERROR_INIT;
        lede_status status = LEDE_STATUS_OK;

        for (uint32_t doc = 0;
             doc < segment->facts.docs && status == LEDE_STATUS_OK; doc++) {
            struct str value = { NULL, 0 };

            status = lede__columns_read(segment, (enum column)i, doc, &value,
                                        &why);
        }
        status = judge(checker, status, &why, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    return LEDE_STATUS_OK;
}

static lede_status
check_stored(struct checker *checker, lede_error *err)
{
    struct segment *segment = checker->segment;
    struct stored_reader *reader = NULL;
    struct stored_index *index = NULL;
    struct buf entries = BUF_INIT(BUF_MAX_ANY);
    struct str blocks = {
        (const char *)segment->sections[SECTION_STORED],
        (size_t)segment->facts.sizes[SECTION_STORED],
    };
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = lede__stored_reader_new(&reader, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__stored_index_new(&index, err);
    }
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    // The index is what it would be made to now
    status = lede__stored_index_add(index, blocks, &why);
    if (status == LEDE_STATUS_OK) {
        status = lede__stored_index_end(index, &entries, &why);
    }
    if (status == LEDE_STATUS_OK
        && (entries.len != segment->facts.sizes[SECTION_STORED_INDEX]
            || memcmp(lede__buf_view(&entries).p,
                      segment->sections[SECTION_STORED_INDEX], entries.len)
               != 0)) {
        tell(checker, "damaged: the index of stored articles");
    }
    for (uint32_t doc = 0; doc < segment->facts.docs && blocks.len > 0
         && status == LEDE_STATUS_OK; doc++) {
        struct str record = { NULL, 0 };

        status = lede__stored_read(reader, segment, doc, &record, &why);
    }
    if (status == LEDE_STATUS_OK && blocks.len > 0
        && lede__stored_index_docs(index) != segment->facts.docs) {
        tell(checker, "%llu stored articles, and %u articles",
             (unsigned long long)lede__stored_index_docs(index),
             segment->facts.docs);
    }
    status = judge(checker, status, &why, err);
out:
    lede__stored_reader_free(reader);
    lede__stored_index_free(index);
    lede__buf_free(&entries);
    return status;
}

/* ---- lists ---- */

/* What is wrong with a list, or NULL. */
struct walk {
    struct list_reader list;
    const uint8_t *lengths;
    uint64_t postings;
    uint64_t positions;
    const char *wrong;
};

/* Whether some pair bounds the posting. */
static bool
bounded(const struct impacts *impacts, uint32_t tf, uint8_t length)
{
    for (size_t i = 0; i < impacts->n; i++) {
        if (tf <= impacts->pairs[i].max_tf
            && length >= impacts->pairs[i].min_length) {
            return true;
        }
    }
    return false;
}

static lede_status
walk_positions(struct walk *walk, uint32_t i, lede_error *err)
{
    const uint32_t *positions = NULL;
    uint32_t n = 0;
    lede_status status = lede__list_positions(&walk->list, i, &positions, &n,
                                              err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    walk->positions += n;
    if (n > walk->list.tfs[i]) {
        walk->wrong = "more positions than its tf";
    }
    for (uint32_t k = 1; k < n; k++) {
        if (positions[k] <= positions[k - 1]) {
            walk->wrong = "positions that do not ascend";
        }
    }
    return LEDE_STATUS_OK;
}

/* The block that is loaded; *last: the doc before it, or LIST_END. */
static lede_status
walk_block(struct walk *walk, uint32_t docs, uint32_t *last, lede_error *err)
{
    struct list_reader *list = &walk->list;
    struct impacts impacts = { .n = 0 };
    lede_status status = LEDE_STATUS_OK;
    uint32_t block_end = 0;

    if (list->tf) {
        status = lede__list_tfs(list, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__list_bound(list, list->docs[0],
                                      list->docs[list->count - 1] + 1,
                                      &impacts, err);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__list_block_end(list, list->docs[0], &block_end, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (block_end != list->docs[list->count - 1]) {
        walk->wrong = "a block that does not end where it says";
    }
    for (uint32_t i = 0; i < list->count; i++) {
        uint32_t doc = list->docs[i];

        if (doc >= docs || (*last != LIST_END && doc <= *last)) {
            walk->wrong = "docs that do not ascend";
            return LEDE_STATUS_OK;
        }
        *last = doc;
        if (list->tf && list->tfs[i] == 0) {
            walk->wrong = "a tf of 0";
        }
        if (list->tf && !bounded(&impacts, list->tfs[i],
                                 walk->lengths[doc])) {
            walk->wrong = "bounds that do not bound";
        }
        if (list->with_positions) {
            status = walk_positions(walk, i, err);
            if (status != LEDE_STATUS_OK) {
                return status;
            }
        }
    }
    walk->postings += list->count;
    return LEDE_STATUS_OK;
}

/* Bounds over many blocks come from elsewhere than those of one: whatever
   bounds all must bound each posting. */
static lede_status
walk_groups(struct walk *walk, struct segment *segment,
            const struct kernel *kernel, const struct list_info *info,
            lede_error *err)
{
    struct impacts impacts = { .n = 0 };
    struct list_reader *list = &walk->list;
    lede_status status = lede__list_open(list, segment, kernel, info, 0, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__list_bound(list, 0, segment->facts.docs, &impacts,
                                  err);
    }
    while (status == LEDE_STATUS_OK) {
        uint32_t from = list->count > 0 ? list->docs[list->count - 1] + 1 : 0;

        status = lede__list_advance(list, from, err);
        if (status != LEDE_STATUS_OK || list->count == 0) {
            break;
        }
        status = lede__list_tfs(list, err);
        for (uint32_t i = 0; i < list->count && status == LEDE_STATUS_OK;
             i++) {
            if (!bounded(&impacts, list->tfs[i],
                         walk->lengths[list->docs[i]])) {
                walk->wrong = "bounds of groups that do not bound";
            }
        }
    }
    lede__list_close(list);
    return status;
}

static lede_status
walk_list(struct walk *walk, struct segment *segment,
          const struct kernel *kernel, const struct list_info *info,
          lede_error *err)
{
    struct list_reader *list = &walk->list;
    lede_status status = LEDE_STATUS_OK;
    uint32_t last = LIST_END;

    walk->wrong = NULL;
    walk->postings = 0;
    if (info->df == 0 || info->df > segment->facts.docs) {
        walk->wrong = "a df that cannot be";
        return LEDE_STATUS_OK;
    }
    status = lede__list_open(list, segment, kernel, info, 0, err);
    while (status == LEDE_STATUS_OK && walk->wrong == NULL) {
        status = lede__list_advance(list, last + 1, err);
        if (status != LEDE_STATUS_OK || list->count == 0) {
            break;
        }
        status = walk_block(walk, segment->facts.docs, &last, err);
    }
    lede__list_close(list);
    if (status == LEDE_STATUS_OK && walk->wrong == NULL
        && walk->postings != info->df) {
        walk->wrong = "a df that is not its postings";
    }
    if (status == LEDE_STATUS_OK && walk->wrong == NULL && info->tf
        && info->df > LIST_BLOCK) {
        status = walk_groups(walk, segment, kernel, info, err);
    }
    return status;
}

/* ---- terms ---- */

/* A term for people: bytes that do not print as '?'. */
static void
show(char *out, size_t size, struct str term)
{
    size_t n = 0;

    while (n < term.len && n + 1 < size) {
        unsigned char c = (unsigned char)term.p[n];

        out[n++] = (char)(c < 0x20 || c == 0x7F ? '?' : c);
    }
    out[n] = '\0';
}

static bool
same_info(const struct list_info *a, const struct list_info *b)
{
    return a->df == b->df && a->tf == b->tf
        && a->with_positions == b->with_positions
        && a->postings == b->postings && a->postings_len == b->postings_len
        && a->positions == b->positions
        && a->positions_len == b->positions_len;
}

/* The term that a cursor is at: looking it up finds the same, and its list is
   sound. */
static lede_status
check_term(struct checker *checker, struct walk *walk,
           const struct terms_cursor *cursor, lede_error *err)
{
    struct list_info info = { .df = 0 };
    char name[TERM_MAX + 1];
    bool found = false;
    lede_status status = lede__terms_find(checker->segment, cursor->term,
                                          &found, &info, err);

    show(name, sizeof name, cursor->term);
    if (status == LEDE_STATUS_OK
        && (!found || !same_info(&info, &cursor->info))) {
        tell(checker, "the term \"%s\" is not found where it is", name);
    }
    if (status == LEDE_STATUS_OK) {
        status = walk_list(walk, checker->segment, checker->kernel,
                           &cursor->info, err);
    }
    if (status == LEDE_STATUS_OK && walk->wrong != NULL) {
        tell(checker, "the list of \"%s\" has %s", name, walk->wrong);
    }
    return status;
}

static lede_status
check_terms(struct checker *checker, lede_error *err)
{
    struct segment *segment = checker->segment;
    struct terms_cursor cursor;
    struct walk walk = { .lengths = lede__segment_lengths(segment) };
    char last[TERM_MAX + 1];
    size_t last_len = 0;
    uint64_t terms = 0;
    uint64_t postings = 0;
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = lede__terms_seek(&cursor, segment, STR(""), &why);

    while (status == LEDE_STATUS_OK && cursor.term.p != NULL) {
        if (terms > 0 && lede__str_cmp((struct str){ last, last_len },
                                       cursor.term) >= 0) {
            tell(checker, "the dictionary is not in order");
            break;
        }
        memcpy(last, cursor.term.p, cursor.term.len);
        last_len = cursor.term.len;
        terms++;
        postings += cursor.info.df;
        status = judge(checker, check_term(checker, &walk, &cursor, &why),
                       &why, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        status = lede__terms_next(&cursor, &why);
    }
    if (status == LEDE_STATUS_OK
        && (terms != segment->facts.terms
            || postings != segment->facts.postings
            || walk.positions != segment->facts.positions)) {
        tell(checker, "its terms, postings or positions are not as many as "
             "it says");
    }
    return judge(checker, status, &why, err);
}

/* The list of two words side by side, if there is one.  (That it has the
   articles in which they are so is for checksums to say.) */
static lede_status
check_bigram(struct checker *checker, struct walk *walk,
             const struct bigrams *bigrams, uint32_t a, uint32_t b,
             lede_error *err)
{
    struct list_info info;
    enum bigram known = BIGRAM_UNKNOWN;
    lede_status status = lede__bigrams_find(bigrams, checker->segment, a, b,
                                            &known, &info, err);

    if (status == LEDE_STATUS_OK && known == BIGRAM_LIST) {
        status = walk_list(walk, checker->segment, checker->kernel, &info,
                           err);
        if (status == LEDE_STATUS_OK && walk->wrong != NULL) {
            tell(checker, "the list of bigram %u of word %u has %s", b, a,
                 walk->wrong);
        }
    }
    return status;
}

static lede_status
check_bigrams(struct checker *checker, lede_error *err)
{
    struct bigrams bigrams;
    struct walk walk = { .lengths = lede__segment_lengths(checker->segment) };
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = lede__bigrams_open(&bigrams, checker->segment, &why);

    for (uint32_t a = 0; a < bigrams.words && status == LEDE_STATUS_OK; a++) {
        if (a > 0 && lede__get64(bigrams.places + 8 * (size_t)a) <=
                     lede__get64(bigrams.places + 8 * (size_t)(a - 1))) {
            tell(checker, "the words of its bigrams are not in order");
        }
        for (uint32_t b = 0; b < bigrams.words && status == LEDE_STATUS_OK;
             b++) {
            status = check_bigram(checker, &walk, &bigrams, a, b, &why);
        }
    }
    return judge(checker, status, &why, err);
}

static lede_status
check_meta(struct checker *checker, lede_error *err)
{
    struct pairs_cursor cursor;
    struct str last = { NULL, 0 };
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = lede__pairs_seek(&cursor, checker->segment, STR(""),
                                          &why);

    while (status == LEDE_STATUS_OK && cursor.key.p != NULL) {
        if (last.p != NULL && lede__str_cmp(last, cursor.key) >= 0) {
            tell(checker, "the metadata is not in order");
            break;
        }
        last = cursor.key;
        status = lede__pairs_next(&cursor, &why);
    }
    return judge(checker, status, &why, err);
}

lede_status
lede__segment_check(struct segment *segment, const struct kernel *kernel,
                    void (*told)(void *payload, const char *message),
                    void *payload, lede_error *err)
{
    struct checker checker = { segment, kernel, told, payload, 0 };
    lede_status status = LEDE_STATUS_OK;

    check_units(&checker);
    if (checker.faults > 0) {
        goto out;
    }
    check_lengths(&checker);
    status = check_numbers(&checker, err);
    if (status == LEDE_STATUS_OK) {
        status = check_terms(&checker, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = check_bigrams(&checker, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = check_stored(&checker, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = check_columns(&checker, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = check_meta(&checker, err);
    }
out:
    return status == LEDE_STATUS_OK && checker.faults > 0
        ? lede__segment_damaged(segment, "see lede check", err) : status;
}
