/* state.c - the small values of an index: statistics, states of files,
   columns, keys. */

#include "shared/index/store.h"
#include "tests/random.h"
#include "tests/tap.h"

/* ---- statistics ---- */

static void
make_stats(struct index_stats *stats, struct random *random)
{
    memset(stats, 0, sizeof *stats);
    stats->articles = random_next(random);
    stats->total_length = random_next(random);
    stats->last_number = (uint32_t)random_next(random);
    stats->commits = random_below(random, 1000);
    stats->last_commit = (int64_t)random_next(random);
    snprintf(stats->analyzer, sizeof stats->analyzer, "lede %d",
             (int)random_below(random, 100));
    stats->schema_version = (uint32_t)random_next(random);
    stats->n_langs = (size_t)random_below(random, LANGS_MAX + 1);
    for (size_t i = 0; i < stats->n_langs; i++) {
        if (i > 0) {
            snprintf(stats->langs[i].lang, LANG_SIZE, "%c%hu",
                     (char)('a' + i % 26), (unsigned short)i);
        }
        stats->langs[i].articles = random_below(random, 1000000);
    }
}

static bool
same_stats(const struct index_stats *a, const struct index_stats *b)
{
    bool same = a->articles == b->articles &&
                a->total_length == b->total_length &&
                a->last_number == b->last_number &&
                a->commits == b->commits &&
                a->last_commit == b->last_commit &&
                strcmp(a->analyzer, b->analyzer) == 0 &&
                a->schema_version == b->schema_version &&
                a->n_langs == b->n_langs;

    for (size_t i = 0; same && i < a->n_langs; i++) {
        same = strcmp(a->langs[i].lang, b->langs[i].lang) == 0 &&
               a->langs[i].articles == b->langs[i].articles;
    }
    return same;
}

static lede_status
read_stats(struct index_stats *stats, const char *bytes, size_t len)
{
    char *copy = malloc(len > 0 ? len : 1);
    lede_status status = LEDE_STATUS_NO_MEMORY;

    if (copy != NULL) {
        memcpy(copy, bytes, len);
        status = lede__stats_read(stats, (struct str){ copy, len }, NULL);
    }
    free(copy);
    return status;
}

static void
test_stats(struct random *random)
{
    static struct index_stats a, b;
    struct buf out = BUF_INIT(BUF_MAX_ANY);
    int wrong = 0;
    int cuts = 0;
    int strange = 0;

    for (int i = 0; i < 200; i++) {
        make_stats(&a, random);
        out.len = 0;
        wrong += lede__stats_write(&out, &a, NULL) != LEDE_STATUS_OK ||
                 read_stats(&b, out.p, out.len) != LEDE_STATUS_OK ||
                 !same_stats(&a, &b);
        cuts += read_stats(&b, out.p, random_below(random, out.len)) ==
                LEDE_STATUS_OK;
        for (int j = 0; j < 50; j++) {
            size_t at = (size_t)random_below(random, out.len);
            char mask = (char)(1 + random_below(random, 255));
            lede_status status;

            out.p[at] ^= mask;
            status = read_stats(&b, out.p, out.len);
            strange += status == LEDE_STATUS_OK
                           ? b.n_langs > LANGS_MAX
                           : status != LEDE_STATUS_CORRUPT &&
                                 status != LEDE_STATUS_VERSION;
            out.p[at] ^= mask;
        }
    }
    is_int(wrong, 0, "statistics come back as they were");
    is_int(cuts, 0, "cut ones are refused");
    is_int(strange, 0, "damaged ones are refused or within their bounds");
    is_int(lede__stats_read(&b, STR(""), NULL), LEDE_STATUS_VERSION,
           "none are refused");
    lede__buf_free(&out);
}

static uint64_t
lang_count(const struct index_stats *stats, const char *lang)
{
    for (size_t i = 0; i < stats->n_langs; i++) {
        if (strcmp(stats->langs[i].lang, lang) == 0) {
            return stats->langs[i].articles;
        }
    }
    return 0;
}

static void
test_count(void)
{
    static struct index_stats stats;
    char lang[16];

    lede__stats_count(&stats, STR("en"), 10, 1);
    lede__stats_count(&stats, STR("de"), 20, 1);
    lede__stats_count(&stats, STR("en"), 5, 1);
    lede__stats_count(&stats, (struct str){ NULL, 0 }, 1, 1);
    lede__stats_count(&stats, STR("a language"), 1, 1);
    is_int(stats.articles, 5, "articles are counted");
    is_int(stats.total_length, 37, "and their lengths");
    is_int(lang_count(&stats, "en"), 2, "by language");
    is_int(lang_count(&stats, ""), 2, "none, and no language's code");
    lede__stats_count(&stats, STR("en"), 10, -1);
    lede__stats_count(&stats, STR("de"), 20, -1);
    is_int(stats.articles, 3, "fewer");
    is_int(stats.total_length, 7, "shorter");
    is_int(stats.n_langs, 2, "a language without articles is forgotten");
    for (int i = 0; i < 2 * LANGS_MAX; i++) {
        snprintf(lang, sizeof lang, "l%d", i);
        lede__stats_count(&stats, str_from(lang), 1, 1);
    }
    is_int(stats.n_langs, LANGS_MAX, "not more languages than fit");
    is_int(stats.articles, 3 + 2 * LANGS_MAX, "the articles count on");
    for (int i = 0; i < 2 * LANGS_MAX; i++) {
        snprintf(lang, sizeof lang, "l%d", i);
        lede__stats_count(&stats, str_from(lang), 1, -1);
    }
    is_int(stats.articles, 3, "and go");
    is_int(stats.n_langs, 2, "with their languages");
}

/* ---- files ---- */

static void
test_files(struct random *random)
{
    struct buf out = BUF_INIT(BUF_MAX_ANY);
    char path[5000];
    int wrong = 0;
    int cuts = 0;

    for (int i = 0; i < 1000; i++) {
        struct file_state a = { 0 };
        struct file_state b;

        a.mtime_ns = (int64_t)random_next(random);
        a.ctime_ns = (int64_t)random_next(random);
        a.size = random_next(random);
        a.inode = random_next(random);
        a.seen = (int64_t)random_below(random, 1u << 31);
        a.articles = (uint32_t)random_next(random);
        for (size_t j = 0; j < sizeof a.hash; j++) {
            a.hash[j] = (unsigned char)random_next(random);
        }
        a.many = random_once_in(random, 2);
        a.failed = random_once_in(random, 2);
        a.drafts = random_once_in(random, 2);
        a.path.p = path;
        a.path.len = random_text(random, path, random_below(random, 5000));
        out.len = 0;
        wrong += lede__file_state_write(&out, &a, NULL) != LEDE_STATUS_OK ||
                 lede__file_state_read(&b, lede__buf_view(&out), NULL) !=
                     LEDE_STATUS_OK ||
                 a.mtime_ns != b.mtime_ns || a.ctime_ns != b.ctime_ns ||
                 a.size != b.size || a.inode != b.inode ||
                 a.seen != b.seen || a.articles != b.articles ||
                 memcmp(a.hash, b.hash, sizeof a.hash) != 0 ||
                 a.many != b.many || a.failed != b.failed ||
                 a.drafts != b.drafts || !str_eq(a.path, b.path);
        /* Its end is the path's: only what comes before can be cut. */
        out.len -= a.path.len;
        out.len = (size_t)random_below(random, out.len);
        cuts += lede__file_state_read(&b, lede__buf_view(&out), NULL) !=
                LEDE_STATUS_CORRUPT;
    }
    is_int(wrong, 0, "states of files come back as they were");
    is_int(cuts, 0, "cut ones are refused");
    lede__buf_free(&out);
}

static void
test_file_keys(void)
{
    struct buf a = BUF_INIT(BUF_MAX_ANY);
    struct buf b = BUF_INIT(BUF_MAX_ANY);
    char path[5000];

    memset(path, 'x', sizeof path);
    lede__file_state_key(&a, (struct str){ path, sizeof path }, NULL);
    lede__file_state_key(&b, (struct str){ path, sizeof path - 1 }, NULL);
    ok(a.len < TERM_MAX && !str_eq(lede__buf_view(&a), lede__buf_view(&b)),
       "long paths have short keys, each its own");
    ok(memcmp(a.p, META_KEY_FILE, strlen(META_KEY_FILE)) == 0,
       "that begin as they should");
    lede__file_state_key(&a, (struct str){ path, sizeof path - 1 }, NULL);
    ok(str_eq(lede__buf_view(&a), lede__buf_view(&b)), "always the same");
    lede__buf_free(&a);
    lede__buf_free(&b);
}

/* ---- columns ---- */

static void
test_dates(struct random *random)
{
    struct buf a = BUF_INIT(BUF_MAX_ANY);
    struct buf b = BUF_INIT(BUF_MAX_ANY);
    struct date none = { 5, DATE_NONE };
    int wrong = 0;

    lede__column_date_write(&a, none, NULL);
    ok(a.len == 0 &&
           lede__column_date_read(lede__buf_view(&a)).precision == DATE_NONE,
       "no date is an empty value");
    for (int i = 0; i < 10000; i++) {
        struct date x = { (int64_t)random_next(random), DATE_YEAR };
        struct date y = { x.seconds, DATE_SECOND };
        struct date back;

        if (random_once_in(random, 2)) {
            y.seconds = (int64_t)random_next(random);
        }
        x.precision = (enum date_precision)
            (1 + random_below(random, DATE_SECOND));
        a.len = 0;
        b.len = 0;
        lede__column_date_write(&a, x, NULL);
        lede__column_date_write(&b, y, NULL);
        back = lede__column_date_read(lede__buf_view(&a));
        wrong += back.seconds != x.seconds || back.precision != x.precision;
        if (x.seconds != y.seconds) {
            wrong += (lede__str_cmp(lede__buf_view(&a),
                                    lede__buf_view(&b)) < 0) !=
                     (x.seconds < y.seconds);
        }
    }
    is_int(wrong, 0, "dates come back, and sort as their bytes do");
    is_int(lede__column_date_read(STR("short")).precision, DATE_NONE,
           "a value of another size is no date");
    is_int(lede__column_date_read(STR("12345678\xff")).precision, DATE_NONE,
           "nor one of no known precision");
    lede__buf_free(&a);
    lede__buf_free(&b);
}

static void
test_lists(void)
{
    struct str items[] = { STR("one"), STR("two words"), STR("\xc3\xa9") };
    struct str_list list = { items, 3 };
    struct str_list none = { NULL, 0 };
    struct buf out = BUF_INIT(BUF_MAX_ANY);
    struct str rest;
    struct str item;
    size_t n = 0;
    int wrong = 0;

    lede__column_list_write(&out, &none, NULL);
    is_int(out.len, 0, "an empty list is an empty value");
    lede__column_list_write(&out, &list, NULL);
    rest = lede__buf_view(&out);
    while (lede__column_list_next(&rest, &item)) {
        wrong += n >= 3 || !str_eq(item, items[n]);
        n++;
    }
    ok(n == 3 && wrong == 0, "a list comes back");
    rest = STR("cut");
    ok(lede__column_list_next(&rest, &item) && str_eq(item, STR("cut")) &&
           !lede__column_list_next(&rest, &item),
       "one without its last NUL ends where it ends");
    lede__buf_free(&out);
}

static void
test_length_keys(void)
{
    struct buf a = BUF_INIT(BUF_MAX_ANY);
    struct buf b = BUF_INIT(BUF_MAX_ANY);
    int wrong = 0;

    for (uint32_t i = 0; i < UINT32_MAX / LENGTHS_PAGE; i += 997) {
        lede__lengths_key(&a, i, NULL);
        lede__lengths_key(&b, i + 1, NULL);
        wrong += lede__str_cmp(lede__buf_view(&a), lede__buf_view(&b)) >= 0;
    }
    is_int(wrong, 0, "keys of pages are in the order of the pages");
    lede__buf_free(&a);
    lede__buf_free(&b);
}

int
main(void)
{
    struct random random = random_begin(2);

    test_stats(&random);
    test_count();
    test_files(&random);
    test_file_keys();
    test_dates(&random);
    test_lists();
    test_length_keys();
    return done();
}
