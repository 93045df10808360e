/* check.c - lede_index_check: read everything, say what is wrong, go on.

   What is looked at:
     1. the engine's own files: check-xapian.c, check-native.c;
     2. every stored article: its checksum, that it can be read back, and that
        it is found under its id;
     3. that the statistics are the sums over the articles;
     4. the alerts, and that they have seen nothing that was never there.
   The latter three only where the first found nothing that makes reading
   pointless.  Of a xapian index the writers' lock is held, for xapian-check
   does not like a database that changes under it. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "query/check.h"
#include "query/searcher-native.h"
#include "shared/analysis/analysis.h"
#include "shared/base/file.h"
#include "shared/index/alerts.h"

/* Problems told one by one; further ones are only counted. */
#define TOLD_MAX 1000

void
lede__check_tell(struct check *check, const char *format, ...)
{
    char text[1024];
    va_list args;

    check->problems++;
    if (check->problem == NULL || check->problems > TOLD_MAX) {
        return;
    }
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    check->problem(check->payload, text);
}

/* ---- an article ---- */

struct articles {
    struct check *check;
    struct searcher *searcher;
    struct article article;
    struct buf term;
    struct index_stats found;
    uint32_t last;              // the highest number
};

/* Its id leads to the article at `doc`, and to no other. */
static lede_status
check_id(struct articles *a, uint32_t doc, uint32_t number, lede_error *err)
{
    struct str id = a->article.id;
    struct postings *postings = NULL;
    size_t others = 0;
    bool found = false;
    uint32_t from = 0;
    lede_status status = lede__term_raw(&a->term, TERM_ID, id, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__postings_open(a->searcher, lede__buf_view(&a->term),
                                     &postings, err);
    }
    while (status == LEDE_STATUS_OK && postings != NULL) {
        status = lede__postings_advance(postings, from, err);
        if (status != LEDE_STATUS_OK || postings->count == 0) {
            break;
        }
        for (size_t i = 0; i < postings->count; i++) {
            found |= postings->docs[i] == doc;
            others += postings->docs[i] != doc;
        }
        from = postings->docs[postings->count - 1] + 1;
    }
    lede__postings_close(postings);
    if (status == LEDE_STATUS_OK && !found) {
        lede__check_tell(a->check, "article number %u: it is not found by its "
                         "id, %.*s", number, (int)id.len, id.p);
    }
    if (status == LEDE_STATUS_OK && others > 0) {
        lede__check_tell(a->check, "article number %u: others have its id, "
                         "%.*s", number, (int)id.len, id.p);
    }
    return status;
}

static lede_status
check_stored(struct articles *a, uint32_t doc, uint32_t number,
             lede_error *err)
{
    lede_error why = LEDE_ERROR_INIT;
    struct str bytes = { NULL, 0 };
    lede_status status = lede__searcher_stored(a->searcher, doc, &bytes,
                                               &why);

    if (status == LEDE_STATUS_OK) {
        status = lede__record_read(&a->article, bytes, &why);
    }
    if (status == LEDE_STATUS_NO_MEMORY) {
        return lede__fail_memory(err);
    }
    if (status != LEDE_STATUS_OK) {
        lede__check_tell(a->check, "article number %u: %s", number,
                         why.message);
        return LEDE_STATUS_OK;
    }
    return check_id(a, doc, number, err);
}

static lede_status
check_article(struct articles *a, uint32_t doc, lede_error *err)
{
    struct searcher *searcher = a->searcher;
    struct str lang = { NULL, 0 };
    struct str value = { NULL, 0 };
    const uint8_t *lengths = NULL;
    const char *p = NULL;
    uint64_t length = 0;
    uint32_t number = 0;
    lede_status status = lede__searcher_number(searcher, doc, &number, err);

    if (status == LEDE_STATUS_OK) {
        status = check_stored(a, doc, number, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__searcher_column(searcher, COLUMN_LENGTH, doc, &value,
                                       err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    p = value.p;
    if (!lede__varint_read(&p, value.p + value.len, &length)) {
        lede__check_tell(a->check, "article number %u: its length is missing",
                         number);
    }
    status = lede__searcher_lengths(searcher, doc - doc % DOC_PAGE, &lengths,
                                    err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (lengths[doc % DOC_PAGE] != lede__length_quantise((uint32_t)length)) {
        lede__check_tell(a->check, "article number %u: two different lengths",
                         number);
    }
    status = lede__searcher_column(searcher, COLUMN_LANG, doc, &lang, err);
    if (status == LEDE_STATUS_OK) {
        lede__stats_count(&a->found, lang, (uint32_t)length, 1);
        a->last = number > a->last ? number : a->last;
    }
    return status;
}

/* ---- all articles ---- */

static uint64_t
count_lang(const struct index_stats *stats, const char *lang)
{
    for (size_t i = 0; i < stats->n_langs; i++) {
        if (strcmp(stats->langs[i].lang, lang) == 0) {
            return stats->langs[i].articles;
        }
    }
    return 0;
}

static void
check_sums(struct articles *a)
{
    const struct index_stats *said = &a->searcher->stats;
    const struct index_stats *found = &a->found;
    const char *path = a->searcher->path;

    if (said->articles != found->articles) {
        lede__check_tell(a->check, "%s: the statistics say %llu articles, "
                         "there are %llu", path,
                         (unsigned long long)said->articles,
                         (unsigned long long)found->articles);
    }
    if (said->total_length != found->total_length) {
        lede__check_tell(a->check, "%s: the statistics say %llu tokens, there "
                         "are %llu", path,
                         (unsigned long long)said->total_length,
                         (unsigned long long)found->total_length);
    }
    for (size_t i = 0; i < said->n_langs; i++) {
        const struct lang_stats *lang = &said->langs[i];
        uint64_t n = count_lang(found, lang->lang);

        if (lang->articles != n) {
            lede__check_tell(a->check, "%s: the statistics say %llu articles "
                             "in language \"%s\", there are %llu", path,
                             (unsigned long long)lang->articles, lang->lang,
                             (unsigned long long)n);
        }
    }
    if (a->last > said->last_number) {
        lede__check_tell(a->check, "%s: an article has number %u, beyond the "
                         "last one, %u", path, a->last, said->last_number);
    }
}

/* What the segments hold that is not deleted has to be what the list of all
   articles names. */
static void
check_count(struct articles *a)
{
    size_t n = 0;
    const struct native_part *parts =
        lede__searcher_native_parts(a->searcher, &n);
    uint64_t live = 0;

    for (size_t i = 0; i < n; i++) {
        live += parts[i].entry.docs - parts[i].entry.deleted;
    }
    if (parts != NULL && live != a->found.articles) {
        lede__check_tell(a->check, "%s: the segments hold %llu articles, the "
                         "list of all names %llu", a->searcher->path,
                         (unsigned long long)live,
                         (unsigned long long)a->found.articles);
    }
}

/* The saved searches, and what they have seen. */
static lede_status
check_alerts(struct articles *a, lede_error *err)
{
    struct searcher *searcher = a->searcher;
    struct alerts alerts = { 0 };
    struct serials serials = { 0 };
    bool found = false;
    uint64_t highest;
    lede_status status = lede__searcher_meta(searcher, STR(META_KEY_ALERTS),
                                             &a->term, &found, err);

    if (status == LEDE_STATUS_OK && found) {
        status = lede__alerts_read(&alerts, lede__buf_view(&a->term), err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__searcher_meta(searcher, STR(META_KEY_SERIALS),
                                     &a->term, &found, err);
    }
    if (status == LEDE_STATUS_OK && found) {
        status = lede__serials_read(&serials, lede__buf_view(&a->term), err);
    }
    highest = lede__serials_highest(&serials, searcher->stats.last_number);
    for (size_t i = 0; i < alerts.n && status == LEDE_STATUS_OK; i++) {
        if (alerts.items[i].seen > highest) {
            lede__check_tell(a->check, "%s: alert \"%s\" has seen articles "
                             "that were never there", searcher->path,
                             alerts.items[i].name.p);
        }
    }
    lede__alerts_free(&alerts);
    lede__serials_free(&serials);
    return status;
}

static lede_status
walk_articles(struct articles *a, lede_error *err)
{
    struct postings *all = NULL;
    uint32_t next = 0;
    lede_status status = lede__term_raw(&a->term, TERM_ALL, STR(""), err);

    if (status == LEDE_STATUS_OK) {
        status = lede__postings_open(a->searcher, lede__buf_view(&a->term),
                                     &all, err);
    }
    while (status == LEDE_STATUS_OK && all != NULL) {
        status = lede__postings_advance(all, next, err);
        if (status != LEDE_STATUS_OK || all->count == 0) {
            break;
        }
        for (size_t i = 0; i < all->count && status == LEDE_STATUS_OK; i++) {
            status = check_article(a, all->docs[i], err);
        }
        next = all->docs[all->count - 1] + 1;
    }
    lede__postings_close(all);
    if (status == LEDE_STATUS_OK) {
        check_sums(a);
        check_count(a);
        status = check_alerts(a, err);
    }
    return status;
}

static lede_status
check_articles(struct check *check, const char *index, lede_error *err)
{
    struct articles *a = calloc(1, sizeof *a);
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;

    if (a == NULL) {
        return lede__fail_memory(err);
    }
    a->check = check;
    a->term.max = BUF_MAX_ANY;
    status = lede__searcher_open(&a->searcher, index, &why);
    if (status == LEDE_STATUS_OK) {
        status = walk_articles(a, &why);
    }
    if (status == LEDE_STATUS_NO_MEMORY) {
        status = lede__fail_memory(err);
    } else if (status != LEDE_STATUS_OK) {
        lede__check_tell(check, "%s", why.message);
        status = LEDE_STATUS_OK;
    }
    lede__searcher_close(a->searcher);
    lede__arena_free(&a->article.arena);
    lede__buf_free(&a->term);
    free(a);
    return status;
}

/* ---- the interface ---- */

static lede_status
lock_index(struct file_lock **lock, const char *index, lede_error *err)
{
    char *path = lede__path_join(index, "lock");
    lede_status status = path == NULL
                         ? lede__fail_memory(err)
                         : lede__lock_acquire(lock, path, 0, err);

    free(path);
    if (status == LEDE_STATUS_LOCKED) {
        status = lede__fail(err, status,
                            "%s: a writer is at work; check it when that has "
                            "ended", index);
    } else if (status == LEDE_STATUS_PERMISSION) {
        status = lede__fail(err, status,
                            "%s: only who may write to it can check it, for "
                            "xapian-check opens its files for writing",
                            index);
    }
    return status;
}

lede_status
lede_index_check(const char *path, lede_check_callback problem,
                 void *payload, size_t *problems, lede_error *error)
{
    struct check check = { problem, payload, 0 };
    struct file_lock *lock = NULL;
    enum engine engine;
    bool readable = false;
    lede_status status = LEDE_STATUS_OK;

    *problems = 0;
    status = lede__searcher_engine(path, &engine, error);
    if (status == LEDE_STATUS_OK && engine == ENGINE_XAPIAN) {
        status = lock_index(&lock, path, error);
        /* Again, now that no writer can change it. */
        if (status == LEDE_STATUS_OK) {
            status = lede__searcher_engine(path, &engine, error);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = engine == ENGINE_XAPIAN
                 ? lede__check_xapian(&check, path, &readable, error)
                 : lede__check_native(&check, path, &readable, error);
    }
    if (status == LEDE_STATUS_OK && readable) {
        status = check_articles(&check, path, error);
    }
    *problems = check.problems;
    lede__lock_release(lock);
    return status;
}
