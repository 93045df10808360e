/* measures.c - the measures of a ranking; see measures.h. */

#include "query/measures.h"

#include <math.h>
#include <stdlib.h>

static int
compare_grades(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a;
    int32_t y = *(const int32_t *)b;

    return (x < y) - (x > y);
}

/* Discounted cumulative gain of the first 10. */
static double
dcg_10(const int32_t *grades, size_t n)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < n && i < 10; i++) {
        if (grades[i] > 0) {
            sum += grades[i] / log2((double)i + 2);
        }
    }
    return sum;
}

void
lede__measure(lede_measures *out, const int32_t *grades, size_t n,
              struct judged *judged)
{
    double relevant = (double)judged->count;
    double precisions = 0;
    double ideal;
    size_t found = 0;
    size_t i;

    memset(out, 0, sizeof(*out));
    out->topics = 1;
    if (judged->count == 0) {
        return;
    }
    qsort(judged->grades, judged->count, sizeof(*judged->grades),
          compare_grades);
    for (i = 0; i < n && i < MEASURES_DEPTH; i++) {
        if (grades[i] <= 0) {
            continue;
        }
        found++;
        precisions += (double)found / (double)(i + 1);
        if (found == 1) {
            out->mrr = 1 / (double)(i + 1);
        }
        out->p_10 += i < 10 ? 0.1 : 0;
        out->recall_100 += i < 100 ? 1 / relevant : 0;
    }
    ideal = dcg_10(judged->grades, judged->count);
    out->ndcg_10 = ideal > 0 ? dcg_10(grades, n) / ideal : 0;
    out->map = precisions / relevant;
    out->recall_1000 = (double)found / relevant;
}

void
lede__measures_add(lede_measures *sum, const lede_measures *one)
{
    sum->topics += one->topics;
    sum->ndcg_10 += one->ndcg_10;
    sum->map += one->map;
    sum->p_10 += one->p_10;
    sum->mrr += one->mrr;
    sum->recall_100 += one->recall_100;
    sum->recall_1000 += one->recall_1000;
}

void
lede__measures_average(lede_measures *sum)
{
    double n = (double)sum->topics;

    if (sum->topics == 0) {
        return;
    }
    sum->ndcg_10 /= n;
    sum->map /= n;
    sum->p_10 /= n;
    sum->mrr /= n;
    sum->recall_100 /= n;
    sum->recall_1000 /= n;
}
