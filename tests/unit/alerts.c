/* alerts.c - saved searches and serials as bytes: at their limits, damaged. */

#include "shared/index/alerts.h"
#include "shared/lede.h"
#include "tests/random.h"
#include "tests/tap.h"

static struct alert *
put(struct alerts *alerts, const char *name, const char *query)
{
    struct alert *alert = NULL;

    lede__alerts_put(alerts, str_from(name), str_from(query), &alert, NULL);
    return alert;
}

static void
test_table(void)
{
    struct alerts alerts = { 0 };
    struct alerts copy = { 0 };
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    struct alert *alert;

    ok(lede__alerts_write(&bytes, &alerts, NULL) == LEDE_STATUS_OK &&
           bytes.len == 0, "none is nothing");
    put(&alerts, "news", "tag:news");
    put(&alerts, "a b", "two words")->seen = 7;
    put(&alerts, "zebra", "z")->ran = 1234567890;
    put(&alerts, "news", "tag:news -ads")->added = -5;
    is_int(alerts.n, 3, "a name is there once");
    is_int(alerts.bytes, 4 + 13 + 3 + 9 + 5 + 1, "their texts are counted");
    is_int(lede__alerts_seen(&alerts), 0, "what all have seen");
    ok(lede__alerts_find(&alerts, STR("new")) == NULL, "no such name");
    ok(lede__alerts_write(&bytes, &alerts, NULL) == LEDE_STATUS_OK &&
           lede__alerts_read(&copy, lede__buf_view(&bytes), NULL) ==
               LEDE_STATUS_OK, "written and read");
    is_int(copy.n, 3, "all are there");
    is_str(copy.items[0].name.p, "a b", "by name");
    is_int(copy.items[0].seen, 7, "what it has seen");
    ok(copy.items[0].ran == ALERT_NEVER, "it never ran");
    is_str(copy.items[1].query.p, "tag:news -ads", "the query last given");
    is_int(copy.items[1].added, -5, "a time before 1970");
    alert = lede__alerts_find(&copy, STR("news"));
    lede__alerts_remove(&copy, alert);
    ok(copy.n == 2 && lede__alerts_find(&copy, STR("news")) == NULL &&
           lede__alerts_find(&copy, STR("zebra")) == &copy.items[1],
       "one is taken out");
    is_int(copy.bytes, 3 + 9 + 5 + 1, "and not counted any more");
    for (size_t cut = 1; cut < bytes.len; cut++) {
        lede_status status = lede__alerts_read(
            &copy, (struct str){ bytes.p, cut }, NULL);

        if (status != LEDE_STATUS_CORRUPT || copy.n != 0) {
            ok(false, "cut behind byte %zu", cut);
        }
    }
    lede__alerts_free(&alerts);
    lede__alerts_free(&copy);
    lede__buf_free(&bytes);
}

static void
test_limits(void)
{
    struct alerts alerts = { 0 };
    struct alert *alert = NULL;
    char name[32];
    char *long_query = calloc(ALERTS_BYTES_MAX + 1, 1);
    struct str all = { long_query, ALERTS_BYTES_MAX - 1 };

    for (int i = 0; i < LEDE_ALERTS_MAX; i++) {
        snprintf(name, sizeof(name), "%d", i);
        put(&alerts, name, "q");
    }
    is_int(alerts.n, LEDE_ALERTS_MAX, "as many as there can be");
    is_int(lede__alerts_put(&alerts, STR("more"), STR("q"), &alert, NULL),
           LEDE_STATUS_LIMIT, "and no more");
    is_int(lede__alerts_put(&alerts, STR("17"), STR("r"), &alert, NULL),
           LEDE_STATUS_OK, "but one of them changes");
    lede__alerts_free(&alerts);
    memset(long_query, 'q', ALERTS_BYTES_MAX);
    is_int(lede__alerts_put(&alerts, STR("n"), all, &alert, NULL),
           LEDE_STATUS_OK, "as much text as there can be");
    is_int(lede__alerts_put(&alerts, STR("o"), STR(""), &alert, NULL),
           LEDE_STATUS_LIMIT, "and no more");
    all.len++;
    is_int(lede__alerts_put(&alerts, STR("n"), all, &alert, NULL),
           LEDE_STATUS_LIMIT, "nor for the one that is there");
    lede__alerts_free(&alerts);
    free(long_query);
}

static void
test_serials(void)
{
    struct serials serials = { 0 };
    struct serials copy = { 0 };
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    struct random random = { 1 };
    bool same = true;

    is_int(lede__serial_of(&serials, 17), 17, "of an index as it began");
    is_int(lede__serials_highest(&serials, 30), 30, "the highest of these");
    serials.last = 10;
    serials.highest = 105;
    lede__serials_add(&serials, 3, 104, NULL);
    lede__serials_add(&serials, 4, 90, NULL);
    lede__serials_add(&serials, 10, 105, NULL);
    is_int(lede__serial_of(&serials, 1), 0, "seen by all");
    is_int(lede__serial_of(&serials, 4), 90, "not seen by all");
    is_int(lede__serial_of(&serials, 10), 105, "new with the rebuild");
    is_int(lede__serial_of(&serials, 11), 106, "after it");
    is_int(lede__serials_highest(&serials, 10), 105, "the highest");
    is_int(lede__serials_highest(&serials, 12), 107, "and after it");
    ok(lede__serials_write(&bytes, &serials, NULL) == LEDE_STATUS_OK &&
           lede__serials_read(&copy, lede__buf_view(&bytes), NULL) ==
               LEDE_STATUS_OK, "written and read");
    for (uint32_t i = 1; i < 20; i++) {
        same = same && lede__serial_of(&serials, i) ==
                           lede__serial_of(&copy, i);
    }
    ok(same, "the same of every number");
    for (int i = 0; i < 20000; i++) {
        char *damaged = malloc(bytes.len);
        size_t len = random_next(&random) % (bytes.len + 1);

        memcpy(damaged, bytes.p, len);
        if (len > 0) {
            damaged[random_next(&random) % len] ^=
                (char)(1 + random_next(&random) % 255);
        }
        // any answer will do: the sanitizers watch
        lede__serials_read(&copy, (struct str){ damaged, len }, NULL);
        lede__serial_of(&copy, 5);
        free(damaged);
    }
    ok(true, "damage is read or refused");
    lede__serials_free(&serials);
    lede__serials_free(&copy);
    lede__buf_free(&bytes);
}

int
main(void)
{
    test_table();
    test_limits();
    test_serials();
    return done();
}
