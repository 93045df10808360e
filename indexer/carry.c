/* carry.c - a rebuild: what the generation before has and no file gives.  A
   conversion: all that it has.

   The former are the articles that a batch job added, those whose root was not
   given or could not be read, and those of files that cannot be read any more.
   They are carried over from their stored records, with the states of their
   files.  A record that is damaged is a failure of its own. */

#include "indexer/run.h"

/* Are the articles of this file to come from the file, or to go with it? */
static bool
is_given(const struct run *run, struct str path)
{
    struct known none = { .state = { .path = path } };
    const struct known *known = &none;
    const uint64_t *place = NULL;

    if (path.len == 0) {
        return false;
    }
    place = lede__map_find(&run->known_map, path);
    if (place != NULL) {
        known = &run->known[*place];
    }
    return known->found ? !run->files[known->file - 1].state.failed
                        : lede__run_has_vanished(run, known);
}

static void
tell_damaged(struct run *run, uint32_t number, const lede_error *why)
{
    lede_error told = LEDE_ERROR_INIT;

    lede__fail(&told, LEDE_STATUS_CORRUPT,
               "article number %u of the index as it was is lost: %s", number,
               why->message);
    lede__run_failed(run, str_from(run->writer->index), &told);
}

void
lede__run_tell_lost(struct run *run)
{
    const struct buf *lost = &run->writer->lost;

    for (size_t i = 0; i < lost->len;) {
        const char *path = lost->p + i;
        const char *message = path + strlen(path) + 1;
        lede_error told = LEDE_ERROR_INIT;

        lede__fail(&told, LEDE_STATUS_CORRUPT, "%s", message);
        lede__run_failed(run, str_from(path), &told);
        i += strlen(path) + strlen(message) + 2;
    }
}

/* Into writer->article. */
static lede_status
read_stored(struct run *run, uint32_t number, lede_error *err)
{
    lede_writer *writer = run->writer;
    struct sink *old = writer->old;
    lede_status status = old->ops->stored(old, number, &writer->value, err);

    return status != LEDE_STATUS_OK
               ? status
               : lede__record_read(&writer->article,
                                   lede__buf_view(&writer->value), err);
}

lede_status
lede__run_carry_over(struct run *run, lede_error *err)
{
    lede_writer *writer = run->writer;
    struct sink *old = writer->old;
    struct buf all = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;
    uint32_t number = 0;

    if (old == NULL) {
        return LEDE_STATUS_OK;
    }
    status = lede__term_raw(&all, TERM_ALL, STR(""), err);
    while (status == LEDE_STATUS_OK) {
        struct item item = { 0 };
        lede_error why = LEDE_ERROR_INIT;

        status = old->ops->find(old, lede__buf_view(&all), number, &number,
                                err);
        if (status != LEDE_STATUS_OK || number == 0) {
            break;
        }
        status = read_stored(run, number, &why);
        if (status == LEDE_STATUS_CORRUPT || status == LEDE_STATUS_NOT_FOUND) {
            tell_damaged(run, number, &why);
            status = LEDE_STATUS_OK;
            continue;
        }
        if (status != LEDE_STATUS_OK) {
            if (err != NULL) {
                *err = why;
            }
            break;
        }
        if (!run->convert && is_given(run, writer->article.path)) {
            continue;
        }
        item.kind = ITEM_STORED;
        item.old = number;
        item.len = item.size = (uint32_t)writer->value.len;
        item.id = lede__arena_str(&run->arena, writer->article.id);
        status = item.id.p == NULL ? lede__fail_memory(err)
                                   : lede__run_push_item(run, &item, err);
    }
    lede__buf_free(&all);
    return status;
}

lede_status
lede__run_carry_states(struct run *run, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < run->n_known && status == LEDE_STATUS_OK; i++) {
        const struct known *known = &run->known[i];

        if (!known->found && !lede__run_has_vanished(run, known)) {
            status = lede__run_store_state(run, &known->state, err);
        }
    }
    return status;
}
