/* spell.c - did you mean: which words of a query are probably misspelt, and
   what was meant; see spell-forms.c for the likelihoods.

   A word is looked at where it is in (nearly) no article; where nothing was
   found at all, also where it is in few.  What it may have been meant to be is
   compared, with the word as it is among them, by

       log P(typed | meant) + log P(meant) + the other words of the query

   where another word counts by how much more often than by chance it stands in
   an article with the one meant (pointwise mutual information, smoothed), and
   right beside it where they are neighbours in the query.  That the word is as
   it was meant to be gets SELF more.  Two words may have been run together
   (machinelearning), one torn apart (bench mark).

   A suggestion has the likeliest of each word; others differ in one word.
   Each is searched, and told only where it finds something. */

#include "query/speller.h"

#include <math.h>

/* Looked at are words in at most one of so many articles: where something was
   found, and where nothing was. */
#define RARE 1000
#define RARE_NOTHING 20

/* A word in no article may have two mistakes, and is looked for once more where
   what one mistake explains is not this much likelier. */
#define CERTAIN 5.0

/* A word for which nothing speaks but that it was typed, e^SELF. */
#define SELF 1.0
/* One that is in no article, where something was found all the same. */
#define UNSEEN (-1.5)
/* What a split and a joint cost. */
#define COST_SPLIT 3.5
#define COST_JOIN 4.0
/* Articles with a word that is one of two, or of two in one. */
#define PART_MIN 5
/* How much the other words count, together and beside. */
#define TOGETHER 1.2
#define BESIDE 0.8
/* Articles that a chance meeting counts like. */
#define SMOOTH 10.0
/* Other words that are compared with. */
#define CONTEXT_MAX 4
/* Suggestions that are less likely than the first by e^this are none. */
#define WEAKER_MAX 4.0
/* Searches to see whether a suggestion finds something. */
#define TRIES_MAX 6

struct work {
    struct speller *sp;
    struct spell_word words[SPELL_WORDS_MAX];
    size_t n;
    bool nothing;               // was found
    struct spell_change changes[SPELL_WORDS_MAX];
    size_t n_changes;
};

/* ---- one word ---- */

static double
log_df(double df)
{
    return log(df + 0.3);
}

/* How much more often than by chance a form is with another, of which it comes
   before where `before`, beside it where `beside`. */
static lede_status
compare_with(struct work *w, struct str field, struct str form, double df,
             struct str with, bool before, bool beside, double *score)
{
    struct speller *sp = w->sp;
    struct together together;
    double chance;
    uint64_t with_df;
    lede_status status = lede__spell_df(sp, field, with, &with_df);

    *score = 0;
    if (status != LEDE_STATUS_OK || with_df == 0 || str_eq(with, form)) {
        return status;
    }
    status = before ? lede__spell_together(sp, field, form, with, &together)
                    : lede__spell_together(sp, field, with, form, &together);
    chance = (double)with_df / (double)sp->articles;
    *score = TOGETHER * log((together.both + SMOOTH * chance) /
                            ((df + SMOOTH) * chance));
    if (beside) {
        *score += BESIDE * log(1 + together.row);
    }
    return status;
}

/* The same with another word of the query, as it is or as it is likely meant:
   whichever goes better together. */
static lede_status
compare_words(struct work *w, struct str field, struct str form, double df,
              const struct spell_word *other, bool before, bool beside,
              double *score)
{
    double best;
    lede_status status = compare_with(w, field, form, df, other->form, before,
                                      beside, &best);

    if (status == LEDE_STATUS_OK && other->n > 0 &&
        other->forms[0].second.p == NULL) {
        double gain = other->forms[0].alone - other->alone;
        double meant;

        status = compare_with(w, field, form, df, other->forms[0].form,
                              before, beside, &meant);
        best -= gain > 0 ? gain : 0;
        meant += gain < 0 ? gain : 0;
        best = meant > best ? meant : best;
    }
    *score += best;
    return status;
}

/* What the other words of the query say about a form in place of word i. */
static lede_status
add_context(struct work *w, size_t i, struct str form, struct str second,
            double df, double *score)
{
    const struct spell_word *word = &w->words[i];
    size_t n = 0;
    lede_status status = LEDE_STATUS_OK;

    for (size_t far = 1; far < w->n && n < CONTEXT_MAX; far++) {
        for (int side = 0; side < 2 && status == LEDE_STATUS_OK; side++) {
            size_t at = side == 0 ? i - far : i + far;
            bool before = side == 1;

            if (at >= w->n || w->words[at].stop ||
                !str_eq(w->words[at].field, word->field)) {
                continue;
            }
            status = compare_words(w, word->field,
                                   before && second.p != NULL ? second : form,
                                   df, &w->words[at], before,
                                   far == 1 &&
                                   w->words[before ? at : i].follows, score);
            n++;
        }
    }
    return status;
}

static void
sort_forms(struct spell_form *forms, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct spell_form form = forms[i];
        size_t j = i;

        while (j > 0 && forms[j - 1].score < form.score) {
            forms[j] = forms[j - 1];
            j--;
        }
        forms[j] = form;
    }
}

/* The likeliest two words that a form is, run together. */
static lede_status
find_split(struct work *w, struct spell_word *word)
{
    struct speller *sp = w->sp;
    struct str form = word->form;
    struct spell_form best = { .df = 0 };
    double best_bound = 0;
    lede_status status = LEDE_STATUS_OK;

    // twice: by their frequencies first, then as they stand in a row
    for (size_t at = 1; at < form.len && status == LEDE_STATUS_OK; at++) {
        struct str first = { form.p, at };
        struct str second = { form.p + at, form.len - at };
        struct together together;
        uint64_t a, b;

        if (((uint8_t)form.p[at] & 0xC0) == 0x80 ||
            (at == 1 && form.p[0] != 'a' && (uint8_t)form.p[0] < 128) ||
            (form.len - at == 1 && (uint8_t)form.p[at] < 128)) {
            continue;
        }
        status = lede__spell_df(sp, word->field, first, &a);
        if (status == LEDE_STATUS_OK && a >= PART_MIN) {
            status = lede__spell_df(sp, word->field, second, &b);
        }
        if (status != LEDE_STATUS_OK || a < PART_MIN || b < PART_MIN ||
            (double)(a < b ? a : b) <= best_bound) {
            continue;
        }
        status = lede__spell_together(sp, word->field, first, second,
                                      &together);
        if (together.row > (double)best.df && together.row >= PART_MIN) {
            best = (struct spell_form){ .form = first, .second = second,
                                        .df = (uint64_t)together.row,
                                        .edits = -COST_SPLIT };
            best_bound = together.row;
        }
    }
    if (status == LEDE_STATUS_OK && best.df > word->df) {
        best.score = best.edits + log_df((double)best.df);
        best.alone = best.score;
        best.form = lede__arena_str(&sp->search->arena, best.form);
        best.second = lede__arena_str(&sp->search->arena, best.second);
        if (best.form.p == NULL || best.second.p == NULL) {
            return lede__fail_memory(sp->err);
        }
        word->forms[word->n++] = best;
        sort_forms(word->forms, word->n);
    }
    return status;
}

/* Whether a form is another one of the same word, which a search finds anyway:
   with the same stem, and a short ending for another; a doubled letter, or an e
   at the end, is how words are misspelt. */
static bool
is_inflection(struct str a, struct str a_stem, struct str b, struct str b_stem)
{
    size_t same = 0;
    size_t rest_a, rest_b;

    while (same < a.len && same < b.len && a.p[same] == b.p[same]) {
        same++;
    }
    rest_a = a.len - same;
    rest_b = b.len - same;
    if (same == 0 || !str_eq(a_stem, b_stem) || rest_a > 3 || rest_b > 3 ||
        (rest_a > 2 && rest_b > 2)) {
        return false;
    }
    return !(rest_a > 0 && a.p[same] == a.p[same - 1]) &&
           !(rest_b > 0 && b.p[same] == b.p[same - 1]) &&
           !(rest_a == 0 && rest_b == 1 && b.p[same] == 'e');
}

/* What a rare word may be meant to be, by itself. */
static lede_status
look_at(struct work *w, struct spell_word *word)
{
    struct str stem, other;
    size_t kept = 0;
    lede_status status = lede__spell_forms(w->sp, word->field, word->form,
                                           word->df, false, word->forms,
                                           &word->n);

    if (status == LEDE_STATUS_OK && word->df == 0 &&
        (word->n == 0 || word->forms[0].score < word->score + CERTAIN)) {
        status = lede__spell_forms(w->sp, word->field, word->form, word->df,
                                   true, word->forms, &word->n);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__spell_stem(w->sp, word->form, &stem);
    }
    for (size_t i = 0; i < word->n && status == LEDE_STATUS_OK; i++) {
        status = lede__spell_stem(w->sp, word->forms[i].form, &other);
        if (status == LEDE_STATUS_OK &&
            !is_inflection(word->form, stem, word->forms[i].form, other)) {
            word->forms[kept++] = word->forms[i];
        }
    }
    word->n = kept;
    return status != LEDE_STATUS_OK ? status : find_split(w, word);
}

/* Order what word i may be meant to be by its context too, and drop what is
   less likely than itself. */
static lede_status
judge(struct work *w, size_t i)
{
    struct spell_word *word = &w->words[i];
    lede_status status = add_context(w, i, word->form, (struct str){ NULL, 0 },
                                     (double)word->df, &word->score);

    for (size_t j = 0; j < word->n && status == LEDE_STATUS_OK; j++) {
        struct spell_form *form = &word->forms[j];

        status = add_context(w, i, form->form, form->second, (double)form->df,
                             &form->score);
    }
    sort_forms(word->forms, word->n);
    while (word->n > 0 && word->forms[word->n - 1].score < word->score) {
        word->n--;
    }
    return status;
}

/* ---- words torn apart ---- */

/* Where the word and the one before are likelier one: a change. */
static lede_status
look_at_joint(struct work *w, size_t i)
{
    struct speller *sp = w->sp;
    struct spell_word *first = &w->words[i - 1];
    struct spell_word *second = &w->words[i];
    struct buf joined = BUF_INIT(BUF_MAX_ANY);
    struct together together;
    struct str form;
    uint64_t df = 0;
    lede_status status;

    if (first->stop || second->stop) {
        return LEDE_STATUS_OK;
    }
    status = lede__buf_str(&joined, first->form, sp->err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(&joined, second->form, sp->err);
    }
    form = lede__arena_str(&sp->search->arena, lede__buf_view(&joined));
    lede__buf_free(&joined);
    if (status == LEDE_STATUS_OK && form.p == NULL) {
        status = lede__fail_memory(sp->err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__spell_df(sp, second->field, form, &df);
    }
    if (status != LEDE_STATUS_OK || df < PART_MIN) {
        return status;
    }
    status = lede__spell_together(sp, second->field, first->form,
                                  second->form, &together);
    if (status == LEDE_STATUS_OK &&
        log_df((double)df) - COST_JOIN > log_df(together.row)) {
        w->changes[w->n_changes++] = (struct spell_change){
            .syntax = first->syntax, .first = form, .last = second->syntax,
        };
        first->n = 0;
        second->n = 0;
    }
    return status;
}

/* ---- suggestions ---- */

/* Search for the query with the changes: how much it finds. */
static lede_status
try_query(const struct work *w, lede_index *const *indexes, size_t n_indexes,
          const lede_search_options *options, const char *query,
          uint64_t *total)
{
    lede_search_options plain = *options;
    struct search search;
    lede_status status;

    plain.limit = 0;
    plain.offset = 0;
    plain.query_json = 0;
    plain.strict = 0;
    plain.run_path = NULL;
    plain.feedback = LEDE_FEEDBACK_OFF;
    plain.near = 0;
    plain.prior = NULL;
    plain.order = NULL;
    plain.after = NULL;
    plain.n_facets = 0;
    plain.histogram = NULL;
    plain.collapse = 0;
    plain.diversify = 0;
    plain.suggest = 0;
    plain.explain = 0;
    status = lede__search_run(&search, indexes, n_indexes, query, false,
                              &plain, w->sp->err);
    *total = search.found.total;
    lede__search_free(&search);
    return status;
}

/* What word `other` (SIZE_MAX: none) has as its `form`, and all others as
   their best. */
static size_t
gather_changes(const struct work *w, size_t other, size_t form,
               struct spell_change *out)
{
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++) {
        const struct spell_word *word = &w->words[i];

        if (word->n > 0) {
            const struct spell_form *to = &word->forms[i == other ? form : 0];

            out[n++] = (struct spell_change){ .syntax = word->syntax,
                                              .first = to->form,
                                              .second = to->second };
        }
    }
    for (size_t i = 0; i < w->n_changes; i++) {
        out[n++] = w->changes[i];
    }
    return n;
}

/* The likelihood that what is taken was meant, among all that was compared. */
static double
likelihood(const struct work *w, size_t other, size_t form)
{
    double all = 1;

    for (size_t i = 0; i < w->n; i++) {
        const struct spell_word *word = &w->words[i];
        double sum, taken;

        if (word->n == 0) {
            continue;
        }
        taken = word->forms[i == other ? form : 0].score;
        sum = exp(word->score - taken);
        for (size_t j = 0; j < word->n; j++) {
            sum += exp(word->forms[j].score - taken);
        }
        all /= sum;
    }
    return all;
}

/* The next best after `than`: one word has another form.  False: none. */
static bool
next_best(const struct work *w, double than, size_t *other, size_t *form,
          double *loss)
{
    bool any = false;

    for (size_t i = 0; i < w->n; i++) {
        const struct spell_word *word = &w->words[i];

        for (size_t j = 1; j < word->n; j++) {
            double less = word->forms[0].score - word->forms[j].score;

            if (less > than && less <= WEAKER_MAX &&
                (!any || less < *loss)) {
                any = true;
                *loss = less;
                *other = i;
                *form = j;
            }
        }
    }
    return any;
}

static lede_status
add_suggestion(const struct work *w, lede_index *const *indexes,
               size_t n_indexes, const lede_search_options *options,
               size_t other, size_t form, struct arena *arena,
               struct spelling *out)
{
    struct spell_change changes[2 * SPELL_WORDS_MAX];
    size_t n = gather_changes(w, other, form, changes);
    struct buf query = BUF_INIT(BUF_MAX_ANY);
    lede_suggestion *suggestion = &out->items[out->count];
    uint64_t total = 0;
    lede_status status = lede__spell_print(w->sp, w->sp->search->syntax,
                                           changes, n, &query);

    if (status == LEDE_STATUS_OK) {
        status = try_query(w, indexes, n_indexes, options, query.p, &total);
    }
    if (status == LEDE_STATUS_OK && total > 0) {
        suggestion->query = lede__arena_str(arena, lede__buf_view(&query)).p;
        suggestion->likelihood = likelihood(w, other, form);
        suggestion->articles = total;
        out->count++;
        if (suggestion->query == NULL) {
            status = lede__fail_memory(w->sp->err);
        }
    }
    lede__buf_free(&query);
    return status;
}

static lede_status
suggest(const struct work *w, lede_index *const *indexes, size_t n_indexes,
        const lede_search_options *options, struct arena *arena,
        struct spelling *out)
{
    size_t other = SIZE_MAX;
    size_t form = 0;
    double loss = 0;
    lede_status status = LEDE_STATUS_OK;

    out->items = lede__arena_array(arena, SPELL_SUGGESTIONS_MAX,
                                   sizeof(*out->items));
    if (out->items == NULL) {
        return lede__fail_memory(w->sp->err);
    }
    for (size_t i = 0; i < TRIES_MAX && status == LEDE_STATUS_OK &&
                       out->count < SPELL_SUGGESTIONS_MAX; i++) {
        status = add_suggestion(w, indexes, n_indexes, options, other, form,
                                arena, out);
        if (!next_best(w, loss, &other, &form, &loss)) {
            break;
        }
    }
    return status;
}

/* ---- interface ---- */

static lede_status
find_mistakes(struct work *w, bool *any)
{
    uint64_t rare = w->sp->articles / (w->nothing ? RARE_NOTHING : RARE);
    lede_status status = LEDE_STATUS_OK;

    *any = false;
    for (size_t i = 0; i < w->n && status == LEDE_STATUS_OK; i++) {
        struct spell_word *word = &w->words[i];

        status = lede__spell_df(w->sp, word->field, word->form, &word->df);
        word->score = word->df > 0 ? SELF + log((double)word->df)
                                   : w->nothing ? -100 : UNSEEN;
        word->alone = word->score;
        if (status == LEDE_STATUS_OK && !word->stop && word->df <= rare) {
            status = look_at(w, word);
            *any = *any || word->n > 0;
        }
    }
    for (size_t i = 0; i < w->n && *any && status == LEDE_STATUS_OK; i++) {
        if (w->words[i].n > 0) {
            status = judge(w, i);
        }
    }
    *any = false;
    for (size_t i = 0; i < w->n && status == LEDE_STATUS_OK; i++) {
        if (i > 0 && w->words[i].follows) {
            status = look_at_joint(w, i);
        }
        *any = *any || w->words[i].n > 0;
    }
    *any = *any || w->n_changes > 0;
    return status;
}

lede_status
lede__spell(struct search *search, lede_index *const *indexes,
            size_t n_indexes, const lede_search_options *options,
            struct arena *arena, struct spelling *out, lede_error *err)
{
    struct speller sp = { .search = search, .err = err,
                          .term = BUF_INIT(BUF_MAX_ANY) };
    struct work *w;
    bool any = false;
    lede_status status;

    *out = (struct spelling){ NULL, 0 };
    if (search->syntax == NULL || search->plan.empty) {
        return LEDE_STATUS_OK;
    }
    w = lede__arena_array(&search->arena, 1, sizeof(*w));
    if (w == NULL) {
        return lede__fail_memory(err);
    }
    w->sp = &sp;
    w->nothing = search->found.total == 0;
    for (size_t i = 0; i < n_indexes; i++) {
        sp.articles += lede_index_articles(indexes[i]);
    }
    status = lede__spell_words(&sp, search->syntax, w->words, &w->n);
    if (status == LEDE_STATUS_OK && w->n > 0 && sp.articles > 0) {
        status = find_mistakes(w, &any);
    }
    if (status == LEDE_STATUS_OK && any) {
        status = suggest(w, indexes, n_indexes, options, arena, out);
    }
    lede__buf_free(&sp.term);
    return status;
}
