/* look.c - the records of a file of many articles: what they are, and which of
   them are new; see many.h. */

#include "indexer/item.h"
#include "indexer/many.h"

static lede_status
make_id(struct batch *batch, struct looker *looker, struct str path,
        struct str key, uint32_t line, struct str *out)
{
    struct buf *id = &looker->value;
    lede_status status = LEDE_STATUS_OK;

    id->len = 0;
    if (path.len > 0) {
        status = lede__buf_str(id, path, NULL);
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_char(id, '#', NULL);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = key.len > 0 ? lede__buf_str(id, key, NULL)
                             : lede__buf_addf(id, NULL, "%u", line);
    }
    if (status == LEDE_STATUS_OK) {
        *out = lede__arena_str(&batch->arena, lede__buf_view(id));
        status = out->p == NULL ? LEDE_STATUS_NO_MEMORY : LEDE_STATUS_OK;
    }
    return status;
}

/* What the index has under this id, and whether it is made of this record. */
static lede_status
find_old(struct many *many, struct looker *looker, struct item *item,
         lede_error *err)
{
    lede_writer *writer = many->run->writer;
    struct sink *sink = writer->sink;
    lede_status status = LEDE_STATUS_OK;

    if (writer->stats.articles == 0) {
        return LEDE_STATUS_OK;
    }
    status = lede__term_raw(&looker->term, TERM_ID, item->id, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    pthread_mutex_lock(&many->looking->sink);
    status = sink->ops->find(sink, lede__buf_view(&looker->term), 0,
                             &item->old, err);
    if (status == LEDE_STATUS_OK && item->old != 0 &&
        item->kind != ITEM_DELETE && !many->all) {
        status = sink->ops->column(sink, COLUMN_HASH, item->old,
                                   &looker->value, err);
        if (status == LEDE_STATUS_OK &&
            looker->value.len == sizeof item->hash &&
            memcmp(looker->value.p, item->hash, sizeof item->hash) == 0) {
            item->kind = ITEM_SAME;
        }
    }
    pthread_mutex_unlock(&many->looking->sink);
    return status;
}

static void
note_warning(void *payload, const struct reader_warning *warning)
{
    (void)warning;
    *(bool *)payload = true;
}

/* Parse a record that is to be spooled.  *parsed is false where it is better
   parsed in its turn, or no article; the article's key is the record's. */
static lede_status
parse(struct many *many, struct looker *looker, const struct record *record,
      bool *parsed)
{
    struct run *run = many->run;
    struct article *article = &looker->article;
    bool warned = false;
    lede_status status = lede__article_parse(
        article, record, run->files[many->file].state.path, &run->reader,
        note_warning, &warned, NULL);

    *parsed = status == LEDE_STATUS_OK && !warned &&
              (article->title.len > 0 || article->body.len > 0) &&
              (!article->draft || run->writer->options.drafts);
    return status == LEDE_STATUS_NO_MEMORY ? status : LEDE_STATUS_OK;
}

/* The record of looker->article to the batch's spool. */
static lede_status
spool_article(struct batch *batch, struct looker *looker, struct look *look)
{
    struct article *article = &looker->article;
    size_t start = batch->spool.len;
    lede_status status = LEDE_STATUS_OK;

    if (batch->many->batch) {
        article->path = STR("");        // it comes from no file
    }
    article->id = look->item.id;
    status = lede__record_write(&batch->spool, article, NULL);
    look->item.kind = ITEM_PARSED;
    look->item.len = (uint32_t)(batch->spool.len - start);
    return status;
}

static lede_status
spool_bytes(struct batch *batch, struct look *look, struct record record)
{
    look->item.kind = ITEM_SPOOL;
    return lede__buf_add(&batch->spool, record.p, record.len, NULL);
}

static lede_status
fail_look(struct batch *batch, struct look *look, lede_status status,
          const lede_error *why)
{
    const struct many *many = batch->many;

    if (status == LEDE_STATUS_NO_MEMORY) {
        return status;
    }
    look->error = lede__arena_array(&batch->arena, 1, sizeof *look->error);
    if (look->error == NULL) {
        return LEDE_STATUS_NO_MEMORY;
    }
    lede__fail_at(look->error, status,
                  many->run->files[many->file].state.path.p,
                  look->record.line, why->column, "%s", why->message);
    return LEDE_STATUS_OK;
}

static lede_status
too_large(struct batch *batch, struct look *look)
{
    lede_error why = LEDE_ERROR_INIT;

    lede__fail(&why, LEDE_STATUS_LIMIT,
               "an article larger than %llu bytes; allow more with "
               "--max-article and --memory",
               (unsigned long long)batch->many->run->writer->max_article);
    return fail_look(batch, look, LEDE_STATUS_LIMIT, &why);
}

/* The key of a record that was not parsed, and what it is. */
static lede_status
peek(struct many *many, struct looker *looker, const struct record *record,
     struct str *key, enum json_action *action, lede_error *why)
{
    lede_status status = LEDE_STATUS_OK;

    lede__arena_reset(&looker->scratch);
    status = lede__json_peek(record, &many->run->reader, &looker->scratch,
                             key, action, why);
    if (status == LEDE_STATUS_OK && *action == JSON_DELETE && !many->batch) {
        status = lede__fail(why, LEDE_STATUS_BAD_INPUT,
                            "a line that deletes is for lede add");
    }
    if (status == LEDE_STATUS_OK && key->len == 0 && many->batch) {
        status = lede__fail(why, LEDE_STATUS_BAD_INPUT,
                            "the article has no id; give it an \"id\"");
    }
    return status;
}

static lede_status
look_at(struct batch *batch, struct looker *looker, struct look *look)
{
    struct many *many = batch->many;
    const struct run *run = many->run;
    struct record record = look->record;
    struct item *item = &look->item;
    enum json_action action = JSON_ARTICLE;
    struct str key = { NULL, 0 };
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;
    bool parsed = false;
    bool empty = run->writer->stats.articles == 0;

    record.p = batch->bytes.p + (uintptr_t)look->record.p;
    if (record.too_large) {
        return too_large(batch, look);
    }
    if (many->spooled && empty) {
        status = parse(many, looker, &record, &parsed);
        key = looker->article.key;
        parsed = parsed && (key.len > 0 || !many->batch);
    }
    if (!parsed && status == LEDE_STATUS_OK) {
        status = peek(many, looker, &record, &key, &action, &why);
    }
    if (status != LEDE_STATUS_OK) {
        return fail_look(batch, look, status, &why);
    }
    status = make_id(batch, looker, many->batch ? STR("")
                                     : run->files[many->file].state.path,
                     key, record.line, &item->id);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    lede__hash_bytes((struct str){ record.p, record.len }, item->hash);
    item->file = many->file;
    item->line = record.line;
    item->size = item->len = (uint32_t)record.len;
    item->offset = record.offset;
    item->kind = action == JSON_DELETE ? ITEM_DELETE : ITEM_LINE;
    status = find_old(many, looker, item, &batch->error);
    if (status != LEDE_STATUS_OK || item->kind != ITEM_LINE ||
        !many->spooled) {
        return status;
    }
    if (!empty) {
        status = parse(many, looker, &record, &parsed);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    return parsed ? spool_article(batch, looker, look)
                  : spool_bytes(batch, look, record);
}

void
lede__look_at_batch(void *payload, struct job *job)
{
    struct looker *looker = payload;
    struct batch *batch = (struct batch *)job;

    batch->status = LEDE_STATUS_OK;
    batch->spool.len = 0;
    lede__arena_reset(&batch->arena);
    for (size_t i = 0; i < batch->count; i++) {
        struct look *look = &batch->looks[i];
        size_t start = batch->spool.len;

        batch->status = look_at(batch, looker, look);
        if (batch->status != LEDE_STATUS_OK) {
            return;
        }
        look->spooled = batch->spool.len - start;
        if (looker->article.arena.used > LOOKER_KEEPS) {
            lede__arena_free(&looker->article.arena);
        }
    }
}
