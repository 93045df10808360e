/* suggest.c - lede_suggest: what a query that is being typed may become.

   The last word may be half a word, those before it are taken to be whole.
   Three kinds of completions, from what the index has anyway:

     words     of one half word: the words of most articles that begin so,
               walked in the dictionary (of titles, where the beginning is
               short, since it is a tenth as large)
     phrases   of several words: what stands right behind the word before, of
               the words that begin so (spell-together.c)
     titles    of articles that have the words in their titles: those that
               begin with what was typed, then those that have it within; of
               each the longer articles first, which are about what is
               better known

   Time is bounded by how much is looked at: terms of the dictionary, articles
   of lists, titles.  What is beyond is not completed. */

#include <stdlib.h>

#include "query/match.h"
#include "query/speller.h"
#include "shared/analysis/unicode.h"

/* Bytes of what was typed; more is no beginning of anything. */
#define PREFIX_MAX 512
/* Words of it that count: the last ones. */
#define WORDS_MAX 8
/* Terms of a dictionary that are walked. */
#define TERMS_LOOKED 10000
/* Forms that the half word may become. */
#define FORMS_MAX 24
/* Of these, what is tried behind the word before. */
#define PHRASES_MAX 12
/* Bytes from which the dictionary of the whole text is walked. */
#define LONG_PREFIX 3
/* Places in lists, and titles, that are looked at. */
#define DOCS_LOOKED 5000
#define TITLES_LOOKED 800
/* Titles that are kept to choose from. */
#define TITLES_MAX 64

struct form {
    struct str form;
    uint64_t df;
    bool extra;
};

struct title {
    struct str text;
    struct str plain;
    unsigned rank;              // 2: begins with what was typed, 1: has it
    uint32_t length;            // quantised
};

struct lede_completions {
    struct arena arena;
    lede_completion *items;
    size_t count;
};

struct suggester {
    struct speller sp;          // of spell-together.c
    struct search search;
    lede_index *const *indexes;
    size_t n_indexes;
    size_t limit;
    struct arena *arena;        // of the completions
    struct buf plain;           // what was typed, folded, without accents
    struct str typed;           // without white space at either end
    struct str half;            // the form of the half word; may be empty
    size_t half_start;          // in typed
    struct str words[WORDS_MAX];
    size_t n_words;
    struct form forms[FORMS_MAX];
    size_t n_forms;
    size_t looked;              // docs
    size_t read;                // titles
    struct title titles[TITLES_MAX];
    size_t n_titles;
    struct buf scratch;
    lede_completions *out;
    struct map seen;            // plain texts
    lede_error *err;
};

/* ---- what was typed ---- */

/* Folded, without accents and signs; a single space for each run of these. */
static lede_status
make_plain(struct suggester *sg, struct str text, struct buf *out)
{
    struct buf *folded = &sg->scratch;
    lede_status status;
    bool ascii = true;
    size_t kept = 0;

    for (size_t i = 0; i < text.len && ascii; i++) {
        ascii = (unsigned char)text.p[i] < 128;
    }
    folded->len = 0;
    out->len = 0;
    status = ascii ? lede__buf_str(out, text, sg->err)
                   : lede__unicode_fold(folded, text, sg->err);
    if (status == LEDE_STATUS_OK && folded->len > 0) {
        status = lede__unicode_plain(out, lede__buf_view(folded), sg->err);
    }
    if (status == LEDE_STATUS_OK && out->len == 0 && folded->len > 0) {
        status = lede__buf_str(out, lede__buf_view(folded), sg->err);
    }
    for (size_t i = 0; i < out->len; i++) {
        unsigned char c = (unsigned char)out->p[i];
        bool sign;

        c = (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        sign = c < 128 && !(c >= 'a' && c <= 'z') &&
               !(c >= '0' && c <= '9');
        if (c == '\'') {
            continue;
        }
        if (!sign) {
            out->p[kept++] = (char)c;
        } else if (kept > 0 && out->p[kept - 1] != ' ') {
            out->p[kept++] = ' ';
        }
    }
    if (out->p != NULL) {
        out->len = kept;
        out->p[kept] = '\0';
    }
    return status;
}

/* Its words; the last one is half a word where nothing comes after it. */
static lede_status
read_words(struct suggester *sg, bool whole)
{
    struct analysis *analysis = sg->indexes[0]->analysis;
    struct token tokens[32];
    struct token last = { NULL, 0, 0, 0, 0, 0, 0 };
    size_t n, i;
    lede_status status;

    lede__analysis_trim(analysis);
    status = lede__analysis_begin(analysis, sg->typed, STR(""), sg->err);
    while (status == LEDE_STATUS_OK) {
        status = lede__analysis_next(analysis, tokens, 32, &n, sg->err);
        if (status != LEDE_STATUS_OK || n == 0) {
            break;
        }
        for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
            if ((tokens[i].flags & TOKEN_EXTRA) != 0) {
                continue;
            }
            last = tokens[i];
            if (sg->n_words == WORDS_MAX) {
                memmove(sg->words, sg->words + 1,
                        (WORDS_MAX - 1) * sizeof(sg->words[0]));
                sg->n_words--;
            }
            sg->words[sg->n_words] = lede__arena_str(&sg->search.arena,
                                                     last.word->form);
            if (sg->words[sg->n_words++].p == NULL) {
                status = lede__fail_memory(sg->err);
            }
        }
    }
    sg->half = STR("");
    sg->half_start = sg->typed.len;
    if (status == LEDE_STATUS_OK && sg->n_words > 0 && !whole &&
        last.end == sg->typed.len) {
        sg->half = sg->words[--sg->n_words];
        sg->half_start = last.start;
    }
    return status;
}

/* ---- the half word ---- */

static int
compare_forms(const struct form *a, const struct form *b)
{
    if (a->df != b->df) {
        return a->df > b->df ? -1 : 1;
    }
    return lede__str_cmp(a->form, b->form);
}

/* One more form, where it is among the most frequent; the same in another
   index or as an extra adds to it. */
static lede_status
keep_form(struct suggester *sg, struct str text, uint64_t df, bool extra)
{
    struct form form = { text, df, extra };
    size_t i;

    for (i = 0; i < sg->n_forms; i++) {
        if (str_eq(sg->forms[i].form, text) && sg->forms[i].extra == extra) {
            form.form = sg->forms[i].form;
            form.df += sg->forms[i].df;
            memmove(&sg->forms[i], &sg->forms[i + 1],
                    (--sg->n_forms - i) * sizeof(form));
            break;
        }
    }
    if (sg->n_forms == FORMS_MAX) {
        if (compare_forms(&form, &sg->forms[FORMS_MAX - 1]) > 0) {
            return LEDE_STATUS_OK;
        }
        sg->n_forms--;
    }
    if (form.form.p == text.p) {
        form.form = lede__arena_str(&sg->search.arena, text);
        if (form.form.p == NULL) {
            return lede__fail_memory(sg->err);
        }
    }
    for (i = sg->n_forms++; i > 0 &&
                            compare_forms(&form, &sg->forms[i - 1]) < 0; i--) {
        sg->forms[i] = sg->forms[i - 1];
    }
    sg->forms[i] = form;
    return LEDE_STATUS_OK;
}

/* The forms that begin as the half word does, in one index. */
static lede_status
walk_forms(struct suggester *sg, struct searcher *searcher, int field,
           bool extra)
{
    struct buf *bytes = &sg->sp.term;
    struct dictionary *dictionary = NULL;
    size_t head;
    lede_status status =
        extra ? lede__term_extra(bytes, field, sg->half, sg->err)
              : lede__term_exact(bytes, field, sg->half, sg->err);

    if (status != LEDE_STATUS_OK || bytes->len < sg->half.len) {
        return status;
    }
    head = bytes->len - sg->half.len;
    status = lede__dictionary_open(searcher, lede__buf_view(bytes),
                                   &dictionary, sg->err);
    for (size_t i = 0; i < TERMS_LOOKED && status == LEDE_STATUS_OK; i++) {
        struct str term;
        uint32_t df;

        status = searcher->ops->dictionary_next(dictionary, &term, &df,
                                                sg->err);
        if (status != LEDE_STATUS_OK || term.p == NULL) {
            break;
        }
        if (sg->n_forms < FORMS_MAX || sg->n_indexes > 1 ||
            df >= sg->forms[sg->n_forms - 1].df) {
            status = keep_form(sg, (struct str){ term.p + head,
                                                 term.len - head },
                               df, extra);
        }
    }
    if (dictionary != NULL) {
        searcher->ops->dictionary_close(dictionary);
    }
    return status;
}

static lede_status
find_forms(struct suggester *sg, int field, bool extras)
{
    lede_status status = LEDE_STATUS_OK;

    sg->n_forms = 0;
    for (size_t i = 0; i < sg->n_indexes && status == LEDE_STATUS_OK; i++) {
        struct searcher *searcher = sg->indexes[i]->searcher;

        status = walk_forms(sg, searcher, field, false);
        if (status == LEDE_STATUS_OK && extras) {
            status = walk_forms(sg, searcher, field, true);
        }
    }
    return status;
}

/* ---- completions ---- */

/* One more.  What is there already is spelt as the title that it is. */
static lede_status
add(struct suggester *sg, lede_completion_kind kind, struct str text,
    uint64_t articles)
{
    lede_completion *item = &sg->out->items[sg->out->count];
    struct buf plain = BUF_INIT(BUF_MAX_ANY);
    uint64_t *place = NULL;
    bool added = false;
    lede_status status = make_plain(sg, text, &plain);

    if (status != LEDE_STATUS_OK || plain.len == 0) {
        goto out;
    }
    place = lede__map_find(&sg->seen, lede__buf_view(&plain));
    if (place == NULL && sg->out->count < sg->limit) {
        place = lede__map_put(&sg->seen, lede__buf_view(&plain), &added);
        if (place == NULL) {
            status = lede__fail_memory(sg->err);
            goto out;
        }
        *place = sg->out->count;
    }
    if (added) {
        item->kind = kind;
        item->articles = articles;
    } else if (place != NULL && kind == LEDE_COMPLETION_TITLE) {
        item = &sg->out->items[*place];
        added = item->kind != kind;
    }
    if (added) {
        item->text = lede__arena_str(sg->arena, text).p;
        status = item->text == NULL ? lede__fail_memory(sg->err) : status;
        sg->out->count += *place == sg->out->count;
    }

out:
    lede__buf_free(&plain);
    return status;
}

/* What was typed up to the half word, and a form for it. */
static lede_status
add_form(struct suggester *sg, lede_completion_kind kind, struct str form,
         uint64_t articles)
{
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    struct str before = { sg->typed.p, sg->half_start };
    lede_status status = lede__buf_str(&text, before, sg->err);

    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(&text, form, sg->err);
    }
    if (status == LEDE_STATUS_OK) {
        status = add(sg, kind, lede__buf_view(&text), articles);
    }
    lede__buf_free(&text);
    return status;
}

/* Words, or phrases, most articles first, to half of all. */
static lede_status
add_forms(struct suggester *sg)
{
    size_t most = (sg->limit + 1) / 2;
    struct form phrases[PHRASES_MAX];
    size_t n = 0;
    lede_status status;

    if (sg->half.len == 0) {
        return LEDE_STATUS_OK;
    }
    status = find_forms(sg, sg->half.len < LONG_PREFIX && sg->n_words == 0
                            ? FIELD_TITLE : FIELD_ALL, false);
    if (sg->n_words == 0) {
        for (size_t i = 0; i < sg->n_forms && status == LEDE_STATUS_OK &&
                           sg->out->count < most; i++) {
            status = add_form(sg, LEDE_COMPLETION_WORD, sg->forms[i].form,
                              sg->forms[i].df);
        }
        return status;
    }
    for (size_t i = 0; i < sg->n_forms && i < PHRASES_MAX &&
                       status == LEDE_STATUS_OK; i++) {
        struct form phrase = sg->forms[i];
        struct together together;
        size_t j = n;

        status = lede__spell_together(&sg->sp, STR(""),
                                      sg->words[sg->n_words - 1],
                                      phrase.form, &together);
        phrase.df = (uint64_t)(together.row + 0.5);
        if (phrase.df == 0) {
            continue;
        }
        for (; j > 0 && compare_forms(&phrase, &phrases[j - 1]) < 0; j--) {
            phrases[j] = phrases[j - 1];
        }
        phrases[j] = phrase;
        n++;
    }
    for (size_t i = 0; i < n && status == LEDE_STATUS_OK &&
                       sg->out->count < most; i++) {
        status = add_form(sg, LEDE_COMPLETION_PHRASE, phrases[i].form,
                          phrases[i].df);
    }
    return status;
}

/* ---- titles ---- */

static int
compare_titles(const struct title *a, const struct title *b)
{
    if (a->rank != b->rank) {
        return a->rank > b->rank ? -1 : 1;
    }
    if (a->length != b->length) {
        return a->length > b->length ? -1 : 1;
    }
    return lede__str_cmp(a->text, b->text);
}

/* Whether a text has another at the beginning of one of its words. */
static bool
has_within(struct str text, struct str piece)
{
    for (size_t i = 0; i + piece.len <= text.len; i++) {
        if ((i == 0 || text.p[i - 1] == ' ') &&
            memcmp(text.p + i, piece.p, piece.len) == 0) {
            return true;
        }
    }
    return false;
}

/* The title of a doc that has the words. */
static lede_status
look_at_title(struct suggester *sg, struct searcher *searcher, uint32_t doc)
{
    struct buf plain = BUF_INIT(BUF_MAX_ANY);
    struct title title = { .rank = 0 };
    const uint8_t *lengths;
    struct str text, typed = lede__buf_view(&sg->plain);
    size_t i = sg->n_titles;
    lede_status status = lede__searcher_column(searcher, COLUMN_HEADLINE, doc,
                                               &text, sg->err);

    sg->read++;
    if (status == LEDE_STATUS_OK) {
        status = make_plain(sg, text, &plain);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__searcher_lengths(searcher, doc / DOC_PAGE * DOC_PAGE,
                                        &lengths, sg->err);
    }
    if (status != LEDE_STATUS_OK || plain.len < typed.len) {
        goto out;
    }
    title.length = lengths[doc % DOC_PAGE];
    title.text = text;
    title.rank = memcmp(plain.p, typed.p, typed.len) == 0 ? 2
                 : has_within(lede__buf_view(&plain), typed);
    if (sg->n_titles == TITLES_MAX) {
        if (compare_titles(&title, &sg->titles[TITLES_MAX - 1]) > 0) {
            goto out;
        }
        i--;
    }
    title.text = lede__arena_str(&sg->search.arena, text);
    if (title.text.p == NULL) {
        status = lede__fail_memory(sg->err);
        goto out;
    }
    sg->n_titles = i + 1;
    for (; i > 0 && compare_titles(&title, &sg->titles[i - 1]) < 0; i--) {
        sg->titles[i] = sg->titles[i - 1];
    }
    sg->titles[i] = title;

out:
    lede__buf_free(&plain);
    return status;
}

/* The docs that all of the lists have. */
static lede_status
look_at_docs(struct suggester *sg, struct searcher *searcher,
             struct list *lists, size_t n)
{
    uint32_t doc = 0;

    while (sg->looked < DOCS_LOOKED && sg->read < TITLES_LOOKED) {
        uint32_t next = doc;
        lede_status status = LEDE_STATUS_OK;

        for (size_t i = 0; i < n && next == doc && status == LEDE_STATUS_OK;
             i++) {
            status = lede__list_seek(&lists[i], doc, &next, sg->err);
            sg->looked++;
        }
        if (status == LEDE_STATUS_OK && next == doc && doc != DOC_END) {
            status = look_at_title(sg, searcher, doc);
            next = doc + 1;
        }
        if (status != LEDE_STATUS_OK || next == DOC_END) {
            return status;
        }
        doc = next;
    }
    return LEDE_STATUS_OK;
}

static lede_status
open_list(struct suggester *sg, struct searcher *searcher, struct str form,
          bool extra, struct list *list)
{
    struct buf *bytes = &sg->sp.term;
    lede_status status =
        extra ? lede__term_extra(bytes, FIELD_TITLE, form, sg->err)
              : lede__term_exact(bytes, FIELD_TITLE, form, sg->err);

    *list = (struct list){ .searcher = searcher,
                           .kernel = lede__score_kernel(searcher->kernel) };
    return status != LEDE_STATUS_OK ? status
           : lede__postings_open(searcher, lede__buf_view(bytes),
                                 &list->postings, sg->err);
}

static void
rewind_list(struct list *list)
{
    lede__postings_close(list->postings);
    list->postings = NULL;
}

/* The titles of one index with the words before and, for each form of the half
   word, that. */
static lede_status
look_in(struct suggester *sg, struct searcher *searcher)
{
    size_t tries = sg->half.len > 0 ? sg->n_forms : 1;
    lede_status status = LEDE_STATUS_OK;

    for (size_t f = 0; f < tries && status == LEDE_STATUS_OK; f++) {
        struct list lists[WORDS_MAX + 1];
        bool there = true;
        size_t n = 0;

        if (sg->half.len > 0) {
            status = open_list(sg, searcher, sg->forms[f].form,
                               sg->forms[f].extra, &lists[n]);
            there = lists[n++].postings != NULL;
        }
        for (size_t i = 0; i < sg->n_words && there &&
                           status == LEDE_STATUS_OK; i++) {
            status = open_list(sg, searcher, sg->words[i], false, &lists[n]);
            if (status == LEDE_STATUS_OK && lists[n].postings == NULL) {
                // without its accents
                status = open_list(sg, searcher, sg->words[i], true,
                                   &lists[n]);
            }
            there = lists[n++].postings != NULL;
        }
        // the rarest leads
        for (size_t i = 1; i < n && there; i++) {
            if (lists[i].postings->df < lists[0].postings->df) {
                struct list rarer = lists[i];

                lists[i] = lists[0];
                lists[0] = rarer;
            }
        }
        if (status == LEDE_STATUS_OK && there && n > 0) {
            status = look_at_docs(sg, searcher, lists, n);
        }
        for (size_t i = 0; i < n; i++) {
            rewind_list(&lists[i]);
        }
    }
    return status;
}

static lede_status
add_titles(struct suggester *sg)
{
    lede_status status = LEDE_STATUS_OK;

    if (sg->half.len > 0) {
        status = find_forms(sg, FIELD_TITLE, true);
    }
    for (size_t i = 0; i < sg->n_indexes && status == LEDE_STATUS_OK; i++) {
        status = look_in(sg, sg->indexes[i]->searcher);
    }
    for (size_t i = 0; i < sg->n_titles && status == LEDE_STATUS_OK; i++) {
        status = add(sg, LEDE_COMPLETION_TITLE, sg->titles[i].text, 1);
    }
    return status;
}

/* ---- interface ---- */

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static lede_status
suggest_once(struct suggester *sg, struct str prefix)
{
    struct plan_index indexes[LEDE_INDEXES_MAX];
    bool whole = prefix.len > 0 && is_space(prefix.p[prefix.len - 1]);
    lede_status status;

    memset(indexes, 0, sizeof(indexes));
    for (size_t i = 0; i < sg->n_indexes; i++) {
        indexes[i].searcher = sg->indexes[i]->searcher;
        indexes[i].analysis = sg->indexes[i]->analysis;
    }
    sg->search.plan.indexes = indexes;
    sg->search.plan.n_indexes = sg->n_indexes;
    sg->sp.search = &sg->search;
    sg->sp.err = sg->err;
    sg->typed = lede__str_trim(prefix);
    status = make_plain(sg, sg->typed, &sg->plain);
    if (status == LEDE_STATUS_OK) {
        status = read_words(sg, whole);
    }
    if (status == LEDE_STATUS_OK && sg->half.len + sg->n_words > 0) {
        status = add_forms(sg);
        if (status == LEDE_STATUS_OK) {
            status = add_titles(sg);
        }
    }
    return status;
}

static lede_status
check(lede_index *const *indexes, size_t n_indexes, struct str prefix,
      size_t limit, lede_error *err)
{
    if (n_indexes == 0 || n_indexes > LEDE_INDEXES_MAX) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "1 to %d indexes are searched together, not %zu",
                          LEDE_INDEXES_MAX, n_indexes);
    }
    if (limit == 0 || limit > LEDE_COMPLETIONS_MAX) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "1 to %d completions can be had, not %zu",
                          LEDE_COMPLETIONS_MAX, limit);
    }
    if (lede__utf8_valid(prefix) < prefix.len) {
        return lede__fail(err, LEDE_STATUS_BAD_QUERY,
                          "what is to be completed is not UTF-8");
    }
    for (size_t i = 0; i < n_indexes; i++) {
        if (indexes[i]->analysis == NULL) {     // a refresh ran out of memory
            return lede__fail_memory(err);
        }
    }
    return LEDE_STATUS_OK;
}

lede_status
lede_suggest(lede_completions **out, lede_index *const *indexes,
             size_t n_indexes, const char *prefix, size_t limit,
             lede_error *error)
{
    struct str text = str_from(prefix);
    size_t tries = 0;
    lede_status status = check(indexes, n_indexes, text, limit, error);

    *out = NULL;
    while (status == LEDE_STATUS_OK) {
        struct suggester *sg = calloc(1, sizeof(*sg));
        lede_completions *made = calloc(1, sizeof(*made));

        if (sg == NULL || made == NULL) {
            free(sg);
            free(made);
            return lede__fail_memory(error);
        }
        sg->indexes = indexes;
        sg->n_indexes = n_indexes;
        sg->limit = limit;
        sg->arena = &made->arena;
        sg->out = made;
        sg->err = error;
        sg->plain.max = BUF_MAX_ANY;
        sg->scratch.max = BUF_MAX_ANY;
        sg->sp.term.max = BUF_MAX_ANY;
        made->items = lede__arena_array(&made->arena, limit,
                                        sizeof(*made->items));
        status = made->items == NULL ? lede__fail_memory(error)
                 : text.len <= PREFIX_MAX ? suggest_once(sg, text)
                                          : LEDE_STATUS_OK;
        lede__map_free(&sg->seen);
        lede__buf_free(&sg->plain);
        lede__buf_free(&sg->scratch);
        lede__buf_free(&sg->sp.term);
        lede__arena_free(&sg->search.arena);
        free(sg);
        if (status == LEDE_STATUS_OK) {
            *out = made;
            return LEDE_STATUS_OK;
        }
        lede_completions_free(made);
        if (status == LEDE__STATUS_CHANGED) {
            status = lede__index_retry(indexes, n_indexes, tries++, error);
        }
    }
    return status;
}

size_t
lede_completions_count(const lede_completions *completions)
{
    return completions->count;
}

const lede_completion *
lede_completions_get(const lede_completions *completions, size_t i)
{
    return i < completions->count ? &completions->items[i] : NULL;
}

void
lede_completions_free(lede_completions *completions)
{
    if (completions != NULL) {
        lede__arena_free(&completions->arena);
        free(completions);
    }
}
