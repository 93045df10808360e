/* analyzer.c - what analysis takes from the schema: the stop words.

   Threads share it.  A list of the schema replaces the built-in list of its
   language, also where it is empty.  Built-in lists become sets when they are
   first needed: most indexes have a few languages, and to make all sets takes
   longer than a search. */

#include "shared/analysis/analysis.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "shared/analysis/private.h"
#include "shared/analysis/stopwords.h"

struct stop_set {
    struct str lang;
    const char *builtin;        // words with spaces between them, or NULL
    _Atomic(struct map *) words;        // NULL: not made yet
};

struct analyzer {
    struct arena arena;
    struct stop_set *stops;
    size_t n_stops;
    const struct map *english;
};

/* Put one stop word, as analysis would make it: folded, no apostrophe. */
static lede_status
add_stop(struct map *words, struct str word, lede_error *err)
{
    struct buf folded = BUF_INIT(BUF_MAX_ANY);
    lede_status status = lede__fold(&folded, word, err);

    if (status == LEDE_STATUS_OK && folded.len > 0) {
        size_t n = 0;
        for (size_t i = 0; i < folded.len; i++) {
            if (folded.len - i >= 3
                && memcmp(folded.p + i, "\xE2\x80\x99", 3) == 0) {
                i += 2;
            } else if (folded.p[i] != '\'') {
                folded.p[n++] = folded.p[i];
            }
        }
        if (lede__map_put(words, (struct str){ folded.p, n }, NULL) == NULL) {
            status = lede__fail_memory(err);
        }
    }
    lede__buf_free(&folded);
    return status;
}

/* The languages with stop words: en for en-US, no for nb. */
static struct str
stop_language(struct str lang)
{
    struct str stemmer = lede__analysis_stemmer(lang);

    return stemmer.len > 0 ? stemmer : lang;
}

static struct stop_set *
find_stops(const struct analyzer *analyzer, struct str lang)
{
    lang = stop_language(lang);
    for (size_t i = 0; i < analyzer->n_stops; i++) {
        if (lede__str_eq_nocase(analyzer->stops[i].lang, lang)) {
            return &analyzer->stops[i];
        }
    }
    return NULL;
}

/* The set of a language, put where absent; the array has room for it. */
static struct stop_set *
put_stops(struct analyzer *analyzer, struct str lang, lede_error *err)
{
    struct stop_set *set = find_stops(analyzer, lang);

    if (set == NULL) {
        set = &analyzer->stops[analyzer->n_stops];
        set->lang = lede__arena_str(&analyzer->arena, stop_language(lang));
        if (set->lang.p == NULL) {
            lede__fail_memory(err);
            return NULL;
        }
        analyzer->n_stops++;
    }
    return set;
}

static void
free_map(struct map *map)
{
    if (map != NULL) {
        lede__map_free(map);
        free(map);
    }
}

/* Make the set of a built-in list, whose words are folded already.  Where two
   threads make it, that of the first is taken. */
static lede_status
make_builtin(struct stop_set *set, lede_error *err)
{
    struct map *map = calloc(1, sizeof(*map));
    struct map *other = NULL;
    const char *at = set->builtin;

    if (map == NULL) {
        return lede__fail_memory(err);
    }
    while (*at != '\0') {
        size_t len = strcspn(at, " ");
        if (lede__map_put(map, (struct str){ at, len }, NULL) == NULL) {
            free_map(map);
            return lede__fail_memory(err);
        }
        at += len + strspn(at + len, " ");
    }
    if (!atomic_compare_exchange_strong(&set->words, &other, map)) {
        free_map(map);
    }
    return LEDE_STATUS_OK;
}

/* A list of the schema. */
static lede_status
add_list(struct analyzer *analyzer, const struct stop_list *list,
         lede_error *err)
{
    struct stop_set *set = put_stops(analyzer, list->lang, err);
    struct map *map = NULL;
    lede_status status = LEDE_STATUS_OK;

    if (set == NULL) {
        return LEDE_STATUS_NO_MEMORY;
    }
    map = atomic_load(&set->words);
    if (map == NULL) {
        map = calloc(1, sizeof(*map));
        if (map == NULL) {
            return lede__fail_memory(err);
        }
        atomic_store(&set->words, map);
    }
    for (size_t i = 0; i < list->words.count && status == LEDE_STATUS_OK;
         i++) {
        status = add_stop(map, list->words.items[i], err);
    }
    return status;
}

/* The lists of the schema go first, and the built-in one of a language that
   has one already is passed over. */
static lede_status
add_lists(struct analyzer *analyzer, const struct schema *schema,
          lede_error *err)
{
    size_t n = schema == NULL ? 0 : schema->n_stop_lists;
    size_t n_builtin = 0;
    lede_status status;

    while (lede__stop_words[n_builtin].lang != NULL) {
        n_builtin++;
    }
    analyzer->stops = calloc(n + n_builtin, sizeof(*analyzer->stops));
    if (analyzer->stops == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        status = add_list(analyzer, &schema->stop_lists[i], err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    for (size_t i = 0; i < n_builtin; i++) {
        struct str lang = str_from(lede__stop_words[i].lang);
        if (find_stops(analyzer, lang) != NULL) {
            continue;
        }
        struct stop_set *set = put_stops(analyzer, lang, err);
        if (set == NULL) {
            return LEDE_STATUS_NO_MEMORY;
        }
        set->builtin = lede__stop_words[i].words;
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__analyzer_new(struct analyzer **out, const struct schema *schema,
                   lede_error *err)
{
    struct analyzer *analyzer = calloc(1, sizeof(*analyzer));
    lede_status status;

    *out = NULL;
    if (analyzer == NULL) {
        return lede__fail_memory(err);
    }
    status = add_lists(analyzer, schema, err);
    if (status == LEDE_STATUS_OK) {
        const struct map *english;

        status = lede__analyzer_stops(analyzer, STR("en"), &english, err);
        analyzer->english = english;
    }
    if (status != LEDE_STATUS_OK) {
        lede__analyzer_free(analyzer);
        return status;
    }
    *out = analyzer;
    return LEDE_STATUS_OK;
}

void
lede__analyzer_free(struct analyzer *analyzer)
{
    if (analyzer != NULL) {
        for (size_t i = 0; i < analyzer->n_stops; i++) {
            free_map(atomic_load(&analyzer->stops[i].words));
        }
        free(analyzer->stops);
        lede__arena_free(&analyzer->arena);
        free(analyzer);
    }
}

lede_status
lede__analyzer_stops(const struct analyzer *analyzer, struct str lang,
                     const struct map **out, lede_error *err)
{
    struct stop_set *set = find_stops(analyzer, lang);
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (set != NULL && atomic_load(&set->words) == NULL) {
        status = make_builtin(set, err);
    }
    if (set != NULL && status == LEDE_STATUS_OK) {
        *out = atomic_load(&set->words);
    }
    return status;
}

const struct map *
lede__analyzer_english(const struct analyzer *analyzer)
{
    return analyzer->english;
}
