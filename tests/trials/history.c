/* history.c - what is done to an index, and the model of what is then in it;
   see trial.h. */

#include <stdio.h>
#include <sys/stat.h>

#include "indexer/native.h"
#include "tests/trials/trial.h"

/* ---- the model ---- */

static void
content_new(struct content *content, size_t n_ids)
{
    content->n_ids = n_ids;
    content->next = 1;
    content->items = trial_must(calloc(n_ids, sizeof(*content->items)));
    content->order = trial_must(calloc(n_ids, sizeof(*content->order)));
    for (size_t i = 0; i < n_ids; i++) {
        content->items[i] = SIZE_MAX;
    }
}

static void
content_copy(struct content *to, const struct content *from)
{
    memcpy(to->items, from->items, from->n_ids * sizeof(*to->items));
    memcpy(to->order, from->order, from->n_ids * sizeof(*to->order));
    to->next = from->next;
}

static bool
is_gone(const struct item *item)
{
    return item->article.title == NULL && item->article.body == NULL;
}

static void
content_put(struct side *side, size_t i)
{
    const struct item *item = &side->trial->items[i];
    struct content *content = &side->pending;

    if (content->items[item->id] != SIZE_MAX) {
        side->counts_deleted = true;
    }
    content->items[item->id] = is_gone(item) ? SIZE_MAX : i;
    content->order[item->id] = content->next++;
}

/* ---- items as JSON ---- */

static void
print_text(struct buf *out, const char *text)
{
    lede__buf_char(out, '"', NULL);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\') {
            lede__buf_addf(out, NULL, "\\%c", *p);
        } else if (*p == '\n') {
            lede__buf_str(out, STR("\\n"), NULL);
        } else {
            lede__buf_char(out, *p, NULL);
        }
    }
    lede__buf_char(out, '"', NULL);
}

static void
print_member(struct buf *out, const char *name, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        lede__buf_addf(out, NULL, ", \"%s\": ", name);
        print_text(out, text);
    }
}

static void
print_list(struct buf *out, const char *name, const char *const *items,
           size_t n)
{
    if (n > 0) {
        lede__buf_addf(out, NULL, ", \"%s\": [", name);
        for (size_t i = 0; i < n; i++) {
            lede__buf_str(out, i > 0 ? STR(", ") : STR(""), NULL);
            print_text(out, items[i]);
        }
        lede__buf_char(out, ']', NULL);
    }
}

void
trial_print_item(const struct item *item, struct buf *out)
{
    const lede_article *a = &item->article;

    lede__buf_str(out, is_gone(item) ? STR("{\"delete\": ")
                                     : STR("{\"id\": "), NULL);
    print_text(out, a->id);
    print_member(out, "title", a->title);
    print_member(out, "body", a->body);
    print_member(out, "summary", a->summary);
    print_member(out, "lang", a->lang);
    print_member(out, "date", a->date);
    print_member(out, "source", a->source);
    print_member(out, "url", a->url);
    print_list(out, "authors", a->authors, a->n_authors);
    print_list(out, "tags", a->tags, a->n_tags);
    print_list(out, "categories", a->categories, a->n_categories);
    for (size_t i = 0; i < a->n_meta; i++) {
        print_member(out, a->meta[i].key, a->meta[i].value);
    }
    lede__buf_str(out, STR("}\n"), NULL);
}

/* ---- an index ---- */

static bool
went(lede_status status, const lede_error *err, const struct side *side,
     const char *what, struct buf *why)
{
    if (status != LEDE_STATUS_OK) {
        lede__buf_addf(why, NULL, "%s: %s: %s: %s", side->engine, what,
                       lede_status_string(status), err->message);
    }
    return status == LEDE_STATUS_OK;
}

static bool
open_writer(struct side *side, const char *engine, unsigned threads,
            bool rebuild, struct buf *why)
{
    lede_writer_options options = LEDE_WRITER_OPTIONS_INIT;
    lede_error err = LEDE_ERROR_INIT;

    options.engine = engine;
    options.rebuild = rebuild;
    options.memory_bytes = LEDE_MEMORY_MIN;
    options.threads = threads;
    options.config = side->trial->config;
    options.config_path = "lede.yaml";
    options.now = 1800000000;
    if (!went(lede_writer_open(&side->writer, side->path, &options, &err),
              &err, side, "open the writer", why)) {
        return false;
    }
    if (strcmp(side->writer->sink->ops->engine, "native") == 0) {
        // small segments have bigrams, too
        ((struct sink_native *)side->writer->sink)->bigram_df = 1;
    }
    return true;
}

bool
side_open(struct side *side, const struct trial *t, const char *engine,
          const char *folder, struct buf *why)
{
    memset(side, 0, sizeof(*side));
    side->engine = engine;
    side->trial = t;
    snprintf(side->folder, sizeof(side->folder), "%s/%s", folder, engine);
    snprintf(side->path, sizeof(side->path), "%s/index", side->folder);
    content_new(&side->pending, t->n_ids);
    content_new(&side->committed, t->n_ids);
    mkdir(side->folder, 0777);
    return open_writer(side, engine, 2, false, why);
}

void
side_close(struct side *side)
{
    lede_writer_close(side->writer);
    free(side->pending.items);
    free(side->pending.order);
    free(side->committed.items);
    free(side->committed.order);
}

static bool
commit(struct side *side, struct buf *why)
{
    lede_error err = LEDE_ERROR_INIT;

    content_copy(&side->committed, &side->pending);
    return went(lede_writer_commit(side->writer, &err), &err, side, "commit",
                why);
}

static int
compare_ids(const void *a, const void *b)
{
    return strcmp(trial_id(**(const unsigned *const *)a),
                  trial_id(**(const unsigned *const *)b));
}

/* Several items as one file; they are numbered in order of their ids. */
static bool
add_batch(struct side *side, const struct step *step, struct buf *why)
{
    const struct trial *t = side->trial;
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    const unsigned **ids = trial_must(calloc(step->n + 1, sizeof(*ids)));
    lede_counts counts = { 0 };
    lede_error err = LEDE_ERROR_INIT;
    char path[240];
    FILE *file;
    bool good;

    for (size_t i = 0; i < step->n; i++) {
        trial_print_item(&t->items[step->first + i], &text);
        ids[i] = &t->items[step->first + i].id;
    }
    qsort(ids, step->n, sizeof(*ids), compare_ids);
    for (size_t i = 0; i < step->n; i++) {
        const struct item *item = (const struct item *)(const void *)ids[i];

        content_put(side, (size_t)(item - t->items));
    }
    snprintf(path, sizeof(path), "%s/batch.jsonl", side->folder);
    file = trial_must(fopen(path, "we"));
    fwrite(text.p == NULL ? "" : text.p, 1, text.len, file);
    fclose(file);
    good = went(lede_writer_add_jsonl(side->writer, path, NULL, &counts,
                                      &err), &err, side, "add a batch", why);
    if (good && counts.failed > 0) {
        lede__buf_addf(why, NULL, "%s: %llu articles of a batch failed",
                       side->engine, (unsigned long long)counts.failed);
        good = false;
    }
    content_copy(&side->committed, &side->pending);
    lede__buf_free(&text);
    free(ids);
    return good;
}

static bool
add_each(struct side *side, const struct step *step, struct buf *why)
{
    lede_error err = LEDE_ERROR_INIT;

    for (size_t i = step->first; i < step->first + step->n; i++) {
        const struct item *item = &side->trial->items[i];
        lede_status status =
            is_gone(item) ? lede_writer_remove(side->writer, item->article.id,
                                               NULL, &err)
                          : lede_writer_add(side->writer, &item->article,
                                            &err);

        if (!went(status, &err, side, "add an article", why)) {
            return false;
        }
        content_put(side, i);
    }
    return true;
}

static bool
remove_one(struct side *side, unsigned id, struct buf *why)
{
    lede_error err = LEDE_ERROR_INIT;
    bool known = side->pending.items[id] != SIZE_MAX;
    uint64_t removed = 0;

    if (!went(lede_writer_remove(side->writer, trial_id(id), &removed, &err),
              &err, side, "remove", why)) {
        return false;
    }
    if (removed != known) {
        lede__buf_addf(why, NULL, "%s: removing %s removed %llu articles, "
                       "not %d", side->engine, trial_id(id),
                       (unsigned long long)removed, known);
        return false;
    }
    side->counts_deleted = side->counts_deleted || known;
    side->pending.items[id] = SIZE_MAX;
    return true;
}

static bool
optimize(struct side *side, bool reorder, struct buf *why)
{
    lede_optimize_options options = LEDE_OPTIMIZE_OPTIONS_INIT;
    lede_error err = LEDE_ERROR_INIT;

    options.reorder = reorder;
    content_copy(&side->committed, &side->pending);
    side->counts_deleted = false;
    return went(lede_writer_optimize(side->writer, &options, &err), &err,
                side, "optimize", why);
}

static bool
convert_to(struct side *side, const char *engine, struct buf *why)
{
    lede_counts counts = { 0 };
    lede_error err = LEDE_ERROR_INIT;
    bool good;

    lede_writer_close(side->writer);
    side->writer = NULL;
    good = open_writer(side, engine, 3, true, why) &&
           went(lede_writer_convert(side->writer, &counts, &err), &err, side,
                "convert", why);
    if (good && counts.failed > 0) {
        lede__buf_addf(why, NULL, "%s: %llu articles failed to convert",
                       side->engine, (unsigned long long)counts.failed);
        good = false;
    }
    return good;
}

/* To the other engine and back; the order of the articles stays. */
static bool
convert(struct side *side, struct buf *why)
{
    bool native = strcmp(side->engine, "native") == 0;

    if (!commit(side, why)) {
        return false;
    }
    side->counts_deleted = false;
    if (!convert_to(side, native ? "xapian" : "native", why) ||
        !convert_to(side, side->engine, why)) {
        return false;
    }
    lede_writer_close(side->writer);
    side->writer = NULL;
    return open_writer(side, NULL, 2, false, why);
}

/* What was added so far goes to the disk, and stays uncommitted. */
static bool
spill(struct side *side, struct buf *why)
{
    lede_error err = LEDE_ERROR_INIT;
    lede_status status = lede__writer_spill(side->writer, &err);

    return went(status, &err, side, "spill", why);
}

bool
side_step(struct side *side, const struct step *step, struct buf *why)
{
    lede_error err = LEDE_ERROR_INIT;

    switch (step->kind) {
    case STEP_BATCH:
        return add_batch(side, step, why);
    case STEP_ADD:
        return add_each(side, step, why);
    case STEP_REMOVE:
        return remove_one(side, step->id, why);
    case STEP_COMMIT:
    case STEP_ASK:
        return commit(side, why);
    case STEP_ROLLBACK:
        content_copy(&side->pending, &side->committed);
        return went(lede_writer_rollback(side->writer, &err), &err, side,
                    "roll back", why);
    case STEP_SPILL:
        return spill(side, why);
    case STEP_REOPEN:
        content_copy(&side->pending, &side->committed);
        lede_writer_close(side->writer);
        side->writer = NULL;
        return open_writer(side, NULL, step->threads, false, why);
    case STEP_OPTIMIZE:
    case STEP_REORDER:
        return optimize(side, step->kind == STEP_REORDER, why);
    case STEP_CONVERT:
        return convert(side, why);
    }
    return false;
}
