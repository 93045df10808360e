/* shrink.c - making a failing trial small: whatever can be left out while it
   still fails is left out, and what remains is printed as a script for a
   shell; see trial.h.

   Delta debugging (Zeller, Hildebrandt 2002) on one list after the other:
   steps, the articles of each step, parts of the query, words. */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/trials/hang.h"
#include "tests/trials/trial.h"

/* What a trial may take of the processor. */
#define TRY_SECONDS 60

struct shrinking {
    struct trial *t;
    const char *scratch;
    time_t until;
    int outcome;                // that is to stay
};

/* ---- trying ---- */

int
trial_try(const struct trial *t, const char *scratch, bool quiet,
          struct buf *why)
{
    char bytes[512];
    int ends[2];
    int status = 0;
    ssize_t n;
    pid_t child;

    if (pipe(ends) != 0) {
        return 0;
    }
    fflush(stdout);
    child = fork();
    if (child == 0) {
        struct buf told = BUF_INIT(BUF_MAX_ANY);
        int outcome;

        if (quiet) {
            int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

            dup2(null, 2);
        }
        hang_watch(TRY_SECONDS);
        outcome = trial_run(t, scratch, &told);
        if (told.len > 0 && write(ends[1], told.p, told.len) < 0) {
            outcome = 3;
        }
        lede__buf_free(&told);
        close(ends[1]);
        _exit(outcome);
    }
    close(ends[1]);
    while ((n = read(ends[0], bytes, sizeof(bytes))) > 0) {
        lede__buf_add(why, bytes, (size_t)n, NULL);
    }
    close(ends[0]);
    waitpid(child, &status, 0);
    if (status != 0 && WIFSIGNALED(status)) {
        lede__buf_addf(why, NULL, "%s (signal %d)",
                       WTERMSIG(status) == SIGALRM ? "it does not end"
                                                   : "it crashed",
                       WTERMSIG(status));
    } else if (status != 0 && why->len == 0) {
        lede__buf_addf(why, NULL, "it ended with status %d",
                       WEXITSTATUS(status));
    }
    return status;
}

static bool
still_fails(const struct shrinking *s)
{
    struct buf why = BUF_INIT(BUF_MAX_ANY);
    bool fails = time(NULL) < s->until &&
                 trial_try(s->t, s->scratch, true, &why) == s->outcome;

    lede__buf_free(&why);
    return fails;
}

/* ---- lists ---- */

/* Leave out what can be left out of a list, by halves, quarters ... */
static void
shrink_list(const struct shrinking *s, void *list, size_t *n, size_t size)
{
    char *items = list;
    char *saved = malloc(*n * size + 1);

    for (size_t part = *n; part > 0 && saved != NULL; part /= 2) {
        for (size_t i = 0; i < *n; ) {
            size_t before = *n;
            size_t out = part < before - i ? part : before - i;

            memcpy(saved, items, before * size);
            memmove(items + i * size, items + (i + out) * size,
                    (before - i - out) * size);
            *n = before - out;
            if (!still_fails(s)) {
                memcpy(items, saved, before * size);
                *n = before;
                i += out;
            }
        }
    }
    free(saved);
}

/* ---- queries ---- */

static void
shrink_node(const struct shrinking *s, struct node **place)
{
    struct node *node = *place;
    bool must = node->must;
    const char *field = node->field;

    for (size_t i = 0; i < node->n; i++) {
        *place = node->kids[i];
        if (still_fails(s)) {
            shrink_node(s, place);
            return;
        }
        *place = node;
    }
    if (node->n > 1) {
        shrink_list(s, node->kids, &node->n, sizeof(*node->kids));
    }
    node->must = false;
    node->must = must && !still_fails(s);
    node->field = NULL;
    node->field = field != NULL && !still_fails(s) ? field : NULL;
    for (size_t i = 0; i < node->n; i++) {
        shrink_node(s, &node->kids[i]);
    }
}

static void
shrink_question(const struct shrinking *s, struct question *question)
{
    const lede_search_options plain = LEDE_SEARCH_OPTIONS_INIT;
    lede_search_options *options = &question->options;
    lede_search_options saved = *options;

    *options = plain;
    if (!still_fails(s)) {
        *options = saved;
        options->sort = LEDE_SORT_RELEVANCE;
        options->sort = still_fails(s) ? options->sort : saved.sort;
        options->offset = 0;
        options->offset = still_fails(s) ? 0 : saved.offset;
        options->lang = NULL;
        options->lang = still_fails(s) ? NULL : saved.lang;
        options->limit = plain.limit;
        options->limit = still_fails(s) ? plain.limit : saved.limit;
        options->k1 = plain.k1;
        options->b = plain.b;
        if (!still_fails(s)) {
            options->k1 = saved.k1;
            options->b = saved.b;
        }
        options->length_power = 1;
        options->length_power = still_fails(s) ? 1 : saved.length_power;
        options->near = 0;
        options->near = still_fails(s) ? 0 : saved.near;
        options->title_share = 0;
        options->title_share = still_fails(s) ? 0 : saved.title_share;
        options->model = plain.model;
        options->model = still_fails(s) ? plain.model : saved.model;
    }
    shrink_node(s, &question->query);
}

/* ---- articles ---- */

/* Leave out words of a text, by halves, quarters ...; all of it only where
   there is `another`. */
static void
shrink_text(const struct shrinking *s, const char **place,
            const char *another)
{
    struct trial *t = s->t;
    const char *whole = *place;
    char *words[4000];
    size_t n = 0;
    char *copy, *rest;

    if (whole == NULL) {
        return;
    }
    if (another != NULL && another[0] != '\0') {
        *place = NULL;
        if (still_fails(s)) {
            return;
        }
    }
    copy = (char *)trial_copy(t, whole);
    for (char *p = strtok_r(copy, " \n", &rest); p != NULL && n < 4000;
         p = strtok_r(NULL, " \n", &rest)) {
        words[n++] = p;
    }
    for (size_t part = n / 2; part > 0; part /= 2) {
        for (size_t i = 0; i + part <= n && part < n; ) {
            struct buf text = BUF_INIT(BUF_MAX_ANY);

            for (size_t j = 0; j < n; j++) {
                if (j < i || j >= i + part) {
                    lede__buf_addf(&text, NULL, "%s%s",
                                   text.len > 0 ? " " : "", words[j]);
                }
            }
            *place = trial_copy(t, text.p == NULL ? "" : text.p);
            lede__buf_free(&text);
            if (still_fails(s)) {
                memmove(&words[i], &words[i + part],
                        (n - i - part) * sizeof(*words));
                n -= part;
                whole = *place;
            } else {
                i += part;
            }
        }
    }
    *place = whole;
}

static void
shrink_item(const struct shrinking *s, lede_article *article)
{
    lede_article saved = *article;

    article->n_authors = article->n_tags = 0;
    article->n_categories = article->n_meta = 0;
    article->summary = article->date = article->source = NULL;
    if (!still_fails(s)) {
        *article = saved;
        article->n_authors = 0;
        article->n_authors = still_fails(s) ? 0 : saved.n_authors;
        article->n_tags = 0;
        article->n_tags = still_fails(s) ? 0 : saved.n_tags;
        article->n_categories = 0;
        article->n_categories = still_fails(s) ? 0 : saved.n_categories;
        article->n_meta = 0;
        article->n_meta = still_fails(s) ? 0 : saved.n_meta;
        article->date = NULL;
        article->date = still_fails(s) ? NULL : saved.date;
        article->source = NULL;
        article->source = still_fails(s) ? NULL : saved.source;
        shrink_text(s, &article->summary, "-");
    }
    shrink_text(s, &article->body, article->title);
    // the oracle does not know the title that a body gives
    shrink_text(s, &article->title, s->t->wild ? article->body : NULL);
}

void
trial_shrink(struct trial *t, const char *scratch, int outcome,
             unsigned seconds)
{
    struct shrinking s = { t, scratch, time(NULL) + seconds, outcome };

    shrink_list(&s, t->questions, &t->n_questions, sizeof(*t->questions));
    shrink_list(&s, t->steps, &t->n_steps, sizeof(*t->steps));
    for (size_t i = 0; i < t->n_steps; i++) {
        struct step *step = &t->steps[i];

        if (step->n > 0) {
            shrink_list(&s, &t->items[step->first], &step->n,
                        sizeof(*t->items));
        }
    }
    if (t->n_questions == 1) {
        shrink_question(&s, &t->questions[0]);
    }
    shrink_list(&s, t->steps, &t->n_steps, sizeof(*t->steps));
    if (t->config != NULL) {
        const char *config = t->config;

        t->config = NULL;
        t->config = still_fails(&s) ? NULL : config;
    }
    for (size_t i = 0; i < t->n_steps; i++) {
        for (size_t j = 0; j < t->steps[i].n; j++) {
            shrink_item(&s, &t->items[t->steps[i].first + j].article);
        }
    }
}

/* ---- printing ---- */

/* A word of the shell. */
static void
print_quoted(const char *text, struct buf *out)
{
    lede__buf_char(out, '\'', NULL);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\'') {
            lede__buf_str(out, STR("'\\''"), NULL);
        } else {
            lede__buf_char(out, *p, NULL);
        }
    }
    lede__buf_char(out, '\'', NULL);
}

static void
print_step(const struct trial *t, const struct step *step, struct buf *out)
{
    switch (step->kind) {
    case STEP_BATCH:
    case STEP_ADD:
        if (step->kind == STEP_ADD) {
            lede__buf_addf(out, NULL, "    # one by one, uncommitted\n");
        }
        lede__buf_addf(out, NULL, "    lede add --engine $engine --index "
                       "$engine $config - <<'END'\n");
        for (size_t i = 0; i < step->n; i++) {
            trial_print_item(&t->items[step->first + i], out);
        }
        lede__buf_addf(out, NULL, "END\n");
        break;
    case STEP_REMOVE:
        lede__buf_addf(out, NULL, "    lede remove --index $engine ");
        print_quoted(trial_id(step->id), out);
        lede__buf_addf(out, NULL, "    # uncommitted\n");
        break;
    case STEP_COMMIT:
    case STEP_ASK:
        lede__buf_addf(out, NULL, "    # commit\n");
        break;
    case STEP_ROLLBACK:
        lede__buf_addf(out, NULL, "    # roll back\n");
        break;
    case STEP_SPILL:
        lede__buf_addf(out, NULL, "    # spill\n");
        break;
    case STEP_REOPEN:
        lede__buf_addf(out, NULL, "    # close the writer without a commit, "
                       "go on with %u threads\n", step->threads);
        break;
    case STEP_OPTIMIZE:
        lede__buf_addf(out, NULL, "    lede optimize --index $engine\n");
        break;
    case STEP_REORDER:
        lede__buf_addf(out, NULL,
                       "    lede optimize --reorder --index $engine\n");
        break;
    case STEP_CONVERT:
        lede__buf_addf(out, NULL, "    # convert to the other engine and "
                       "back\n");
        break;
    }
}

void
trial_print(const struct trial *t, struct buf *out)
{
    lede__buf_addf(out, NULL, "#!/bin/sh\n# tests/trials/differential "
                   "--seed %llu --rounds 1\n",
                   (unsigned long long)t->seed);
    if (t->config != NULL) {
        lede__buf_addf(out, NULL, "cat >lede.yaml <<'END'\n%sEND\n"
                       "config='--config lede.yaml'\n", t->config);
    }
    lede__buf_addf(out, NULL, "for engine in xapian native; do\n");
    for (size_t i = 0; i < t->n_steps; i++) {
        print_step(t, &t->steps[i], out);
    }
    for (size_t i = 0; i < t->n_questions; i++) {
        const lede_search_options *options = &t->questions[i].options;
        struct buf text = BUF_INIT(BUF_MAX_ANY);

        trial_print_query(t->questions[i].query, &text);
        lede__buf_addf(out, NULL, "    lede search --index $engine --json "
                       "--limit %zu --offset %zu --sort %s --k1 %g --b %g "
                       "--length-power %g --near %g --title-share %g "
                       "--model %s",
                       options->limit, options->offset,
                       options->sort == LEDE_SORT_DATE ? "date"
                       : options->sort == LEDE_SORT_DATE_DESCENDING
                           ? "-date" : "relevance",
                       options->k1, options->b, options->length_power,
                       options->near, options->title_share,
                       options->model == LEDE_MODEL_BM25_PLUS ? "bm25+"
                                                              : "bm25");
        if (options->lang != NULL) {
            lede__buf_addf(out, NULL, " --lang %s", options->lang);
        }
        lede__buf_addf(out, NULL, " -- ");
        print_quoted(text.p == NULL ? "" : text.p, out);
        lede__buf_addf(out, NULL, "\n");
        lede__buf_free(&text);
    }
    lede__buf_addf(out, NULL, "done\n");
}
