/* analyzer.c - what analysis takes from the schema: the stop words.

   Made once and then only read, so that threads share it.  A list of the
   schema replaces the built-in list of its language, also where it is empty. */

#include "shared/analysis/analysis.h"

#include <stdlib.h>

#include "shared/analysis/private.h"
#include "shared/analysis/stopwords.h"

struct stop_set {
    struct str lang;
    struct map words;
};

struct analyzer {
    struct arena arena;
    struct stop_set *stops;
    size_t n_stops;
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

/* The set of a language, made where absent; the array has room for it. */
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
        set->words = (struct map)MAP_INIT;
        analyzer->n_stops++;
    }
    return set;
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
        const struct stop_list *list = &schema->stop_lists[i];
        struct stop_set *set = put_stops(analyzer, list->lang, err);
        if (set == NULL) {
            return LEDE_STATUS_NO_MEMORY;
        }
        for (size_t k = 0; k < list->words.count; k++) {
            status = add_stop(&set->words, list->words.items[k], err);
            if (status != LEDE_STATUS_OK) {
                return status;
            }
        }
    }
    for (size_t i = 0; i < n_builtin; i++) {
        struct str lang = str_from(lede__stop_words[i].lang);
        const char *at = lede__stop_words[i].words;
        if (find_stops(analyzer, lang) != NULL) {
            continue;
        }
        struct stop_set *set = put_stops(analyzer, lang, err);
        if (set == NULL) {
            return LEDE_STATUS_NO_MEMORY;
        }
        while (*at != '\0') {   // these are folded already
            size_t len = strcspn(at, " ");
            if (lede__map_put(&set->words, (struct str){ at, len }, NULL)
                == NULL) {
                return lede__fail_memory(err);
            }
            at += len + strspn(at + len, " ");
        }
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
            lede__map_free(&analyzer->stops[i].words);
        }
        free(analyzer->stops);
        lede__arena_free(&analyzer->arena);
        free(analyzer);
    }
}

const struct map *
lede__analyzer_stops(const struct analyzer *analyzer, struct str lang)
{
    const struct stop_set *set = find_stops(analyzer, lang);

    return set == NULL ? NULL : &set->words;
}
