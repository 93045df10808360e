/* measures.c - the measures of a ranking; see measures.h. */

#include "query/measures.h"

#include <math.h>
#include <stdio.h>

enum cutting { CUT_NEVER, CUT_MAYBE, CUT_ALWAYS };

static const struct {
    struct str name;
    enum cutting cutting;
} kinds[] = {
    [MEASURE_NDCG] = { { "ndcg", 4 }, CUT_MAYBE },
    [MEASURE_MAP] = { { "map", 3 }, CUT_MAYBE },
    [MEASURE_P] = { { "p", 1 }, CUT_ALWAYS },
    [MEASURE_RECALL] = { { "recall", 6 }, CUT_ALWAYS },
    [MEASURE_MRR] = { { "mrr", 3 }, CUT_MAYBE },
    [MEASURE_RPREC] = { { "rprec", 5 }, CUT_NEVER },
    [MEASURE_BPREF] = { { "bpref", 5 }, CUT_NEVER },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Digits alone, from 1 to MEASURE_CUT_MAX; 0 where it is none. */
static uint32_t
parse_cut(struct str text)
{
    uint32_t cut = 0;
    size_t i;

    for (i = 0; i < text.len; i++) {
        if (text.p[i] < '0' || text.p[i] > '9' || (i == 0 && *text.p == '0')) {
            return 0;
        }
        cut = cut * 10 + (uint32_t)(text.p[i] - '0');
        if (cut > MEASURE_CUT_MAX) {
            return 0;
        }
    }
    return cut;
}

static bool
parse_measure(struct measure *measure, struct str text)
{
    const char *at = memchr(text.p, '@', text.len);
    struct str name = text;
    uint32_t cut = UINT32_MAX;
    size_t i;

    if (at != NULL) {
        name.len = (size_t)(at - text.p);
        cut = parse_cut((struct str){ at + 1, text.len - name.len - 1 });
    }
    for (i = 0; i < KINDS; i++) {
        if (lede__str_eq_nocase(kinds[i].name, name)) {
            break;
        }
    }
    if (i == KINDS || cut == 0 ||
        (at != NULL && kinds[i].cutting == CUT_NEVER) ||
        (at == NULL && kinds[i].cutting == CUT_ALWAYS)) {
        return false;
    }
    measure->kind = (enum measure_kind)i;
    measure->cut = cut;
    if (at == NULL) {
        snprintf(measure->name, sizeof(measure->name), "%s", kinds[i].name.p);
    } else {
        snprintf(measure->name, sizeof(measure->name), "%s@%u",
                 kinds[i].name.p, (unsigned)cut);
    }
    return true;
}

lede_status
lede__measures_parse(struct measure measures[MEASURES_MAX], size_t *n,
                     const char *list, lede_error *err)
{
    const char *p = list;

    while (true) {
        struct str text = lede__str_trim((struct str){ p, strcspn(p, ",") });
        struct measure one;
        bool known = false;
        size_t i;

        if (!parse_measure(&one, text)) {
            return lede__fail(err, LEDE_STATUS_USAGE,
                              "'%.*s' is not one of ndcg, ndcg@K, map, map@K, "
                              "p@K, recall@K, mrr, mrr@K, rprec, bpref",
                              (int)(text.len < 100 ? text.len : 100), text.p);
        }
        for (i = 0; i < *n; i++) {
            known = known || strcmp(measures[i].name, one.name) == 0;
        }
        if (!known && *n == MEASURES_MAX) {
            return lede__fail(err, LEDE_STATUS_USAGE,
                              "more than %d measures", MEASURES_MAX);
        }
        if (!known) {
            measures[(*n)++] = one;
        }
        p += strcspn(p, ",");
        if (*p == '\0') {
            return LEDE_STATUS_OK;
        }
        p++;
    }
}

static double
ndcg(uint32_t cut, const struct placed *placed, size_t n,
     const struct judged *judged)
{
    double sum = 0;
    double ideal = 0;
    size_t i;

    for (i = 0; i < n && placed[i].rank <= cut; i++) {
        sum += placed[i].grade / log2((double)placed[i].rank + 1);
    }
    for (i = 0; i < judged->count && i < cut; i++) {
        ideal += judged->grades[i] / log2((double)i + 2);
    }
    return ideal > 0 ? sum / ideal : 0;
}

/* Those that are relevant among the first `cut` hits. */
static double
relevant(uint64_t cut, const struct placed *placed, size_t n)
{
    double found = 0;
    size_t i;

    for (i = 0; i < n && placed[i].rank <= cut; i++) {
        found += placed[i].grade > 0;
    }
    return found;
}

static double
precisions(uint32_t cut, const struct placed *placed, size_t n)
{
    double sum = 0;
    double found = 0;
    size_t i;

    for (i = 0; i < n && placed[i].rank <= cut; i++) {
        if (placed[i].grade > 0) {
            found++;
            sum += found / (double)placed[i].rank;
        }
    }
    return sum;
}

static double
reciprocal(uint32_t cut, const struct placed *placed, size_t n)
{
    size_t i;

    for (i = 0; i < n && placed[i].rank <= cut; i++) {
        if (placed[i].grade > 0) {
            return 1 / (double)placed[i].rank;
        }
    }
    return 0;
}

static double
preferences(const struct placed *placed, size_t n,
            const struct judged *judged)
{
    size_t least = judged->zeros < judged->count ? judged->zeros
                                                 : judged->count;
    double sum = 0;
    size_t before = 0;          // that are judged not to be relevant
    size_t i;

    for (i = 0; i < n; i++) {
        if (placed[i].grade <= 0) {
            before++;
            continue;
        }
        sum += 1;
        if (before > 0) {
            sum -= (double)(before < judged->count ? before : judged->count) /
                   (double)least;
        }
    }
    return sum;
}

double
lede__measure(const struct measure *measure, const struct placed *placed,
              size_t n, const struct judged *judged)
{
    double all = (double)judged->count;

    if (judged->count == 0) {
        return 0;
    }
    switch (measure->kind) {
    case MEASURE_NDCG:
        return ndcg(measure->cut, placed, n, judged);
    case MEASURE_MAP:
        return precisions(measure->cut, placed, n) / all;
    case MEASURE_P:
        return relevant(measure->cut, placed, n) / measure->cut;
    case MEASURE_RECALL:
        return relevant(measure->cut, placed, n) / all;
    case MEASURE_MRR:
        return reciprocal(measure->cut, placed, n);
    case MEASURE_RPREC:
        return relevant(judged->count, placed, n) / all;
    case MEASURE_BPREF:
        return preferences(placed, n, judged) / all;
    }
    return 0;
}
