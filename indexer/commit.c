/* commit.c - commits, and the changes between them.

   Articles come from threads (pipeline.c), which give parcels, or one by one
   from the calling thread (lede__writer_put).  The latter wait until there are
   enough of them for a parcel, or until something is read through the sink:
   so that a program that adds one at a time fills the index as a run does. */

#include <stdlib.h>

#include "indexer/writer.h"
#include "shared/index/remains.h"

/* Text of so many bytes waits at most. */
#define WAITING_MAX ((uint64_t)64 << 10)

/* The part of the memory that all caches of words may take, and what one of
   them can make use of. */
#define CACHE_SHARE 8
#define CACHE_MAX ((size_t)64 << 20)

/* What a word and an occurrence cost in memory by engine, measured on articles
   of nothing but distinct words.  A random word is worth ten that all articles
   have, so that an article's bytes alone say little. */
static const struct word_costs xapian_costs = { 1150, 40 };
static const struct word_costs native_costs = { 600, 30 };

/* ---- members ---- */

static struct word_costs
costs_of(const lede_writer *writer)
{
    return strcmp(writer->sink->ops->engine, "native") == 0 ? native_costs
                                                            : xapian_costs;
}

static lede_status
make_member(lede_writer *writer, struct member *member, lede_error *err)
{
    uint64_t cache = writer->options.memory_bytes / CACHE_SHARE /
                     writer->threads;
    lede_status status = LEDE_STATUS_OK;

    member->bytes.max = BUF_MAX_ANY;
    status = writer->sink->ops->gatherer(writer->sink, &member->gatherer,
                                         err);
    return status != LEDE_STATUS_OK
               ? status
               : lede__inverter_new(&member->inverter, writer->analyzer,
                                    writer->schema,
                                    cache < CACHE_MAX ? (size_t)cache
                                                      : CACHE_MAX,
                                    costs_of(writer), err);
}

static void
free_member(struct member *member)
{
    if (member->gatherer != NULL) {
        member->gatherer->ops->close(member->gatherer);
        member->gatherer = NULL;
    }
    lede__inverter_free(member->inverter);
    member->inverter = NULL;
    lede__arena_free(&member->article.arena);
    lede__buf_free(&member->bytes);
}

lede_status
lede__writer_make_members(lede_writer *writer, unsigned count,
                          lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (writer->members == NULL) {
        writer->members = calloc(writer->threads, sizeof *writer->members);
        if (writer->members == NULL) {
            return lede__fail_memory(err);
        }
    }
    for (unsigned i = 0; i < count && status == LEDE_STATUS_OK; i++) {
        struct member *member = &writer->members[i];

        if (member->inverter == NULL) {
            status = make_member(writer, member, err);
            if (status != LEDE_STATUS_OK) {
                free_member(member);
            }
        }
    }
    return status;
}

void
lede__writer_free_members(lede_writer *writer)
{
    for (unsigned i = 0; writer->members != NULL && i < writer->threads;
         i++) {
        free_member(&writer->members[i]);
    }
    free(writer->members);
    writer->members = NULL;
}

/* ---- what waits ---- */

static void
forget_waiting(lede_writer *writer)
{
    lede__map_free(&writer->waiting);
    writer->waiting_bytes = 0;
}

lede_status
lede__writer_add(lede_writer *writer, struct parcel *parcel, lede_error *err)
{
    return parcel == NULL
               ? LEDE_STATUS_OK
               : writer->sink->ops->add(writer->sink, parcel, err);
}

lede_status
lede__writer_settle(lede_writer *writer, lede_error *err)
{
    struct gatherer *gatherer = NULL;
    struct parcel *parcel = NULL;
    lede_status status = LEDE_STATUS_OK;

    if (writer->waiting.count == 0) {
        return LEDE_STATUS_OK;
    }
    forget_waiting(writer);
    gatherer = writer->members[0].gatherer;
    status = gatherer->ops->parcel(gatherer, &parcel, err);
    return status != LEDE_STATUS_OK ? status
                                    : lede__writer_add(writer, parcel, err);
}

/* ---- commits ---- */

void
lede__writer_explain(const lede_writer *writer, lede_status status,
                     lede_error *err)
{
    const char *advice = writer->fresh
        ? "no index was made; make room and do it again"
        : "the index is as it was last committed; make room and do it again";
    lede_error why = LEDE_ERROR_INIT;
    bool named = false;

    if (status != LEDE_STATUS_DISK_FULL || err == NULL ||
        strstr(err->message, advice) != NULL) {
        return;
    }
    why = *err;
    named = strstr(why.message, writer->index) != NULL;
    lede__fail(err, status, "%s%s%s; %s", named ? "" : writer->index,
               named ? "" : ": ", why.message, advice);
}

/* Is there anything to commit?  A new generation always is. */
static bool
is_changed(const lede_writer *writer)
{
    return writer->fresh || writer->options.rebuild ||
           writer->waiting.count > 0 || writer->spilled ||
           writer->roots_changed || writer->alerts_changed ||
           writer->sink->ops->pending_bytes(writer->sink) > 0;
}

static lede_status
commit(lede_writer *writer, bool publish, lede_error *err)
{
    lede_event event = { .kind = LEDE_EVENT_COMMITTED };
    lede_status status = LEDE_STATUS_OK;

    if (!is_changed(writer)) {
        lede__writer_event(writer, &event);
        return LEDE_STATUS_OK;
    }
    status = lede__writer_settle(writer, err);
    if (status == LEDE_STATUS_OK) {
        writer->stats.commits++;
        writer->stats.last_commit = writer->options.now;
        status = lede__writer_write_meta(writer, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = writer->sink->ops->commit(writer->sink, err);
    }
    if (status != LEDE_STATUS_OK) {
        lede_writer_rollback(writer, NULL);
        return status;
    }
    writer->spilled = false;
    writer->roots_changed = false;
    writer->alerts_changed = false;
    if (publish) {
        /* Readers of a new generation see it from now on. */
        status = writer->sink->ops->publish(writer->sink, err);
    }
    if (status == LEDE_STATUS_OK && publish && writer->fresh) {
        lede__index_began(writer->index);
        writer->fresh = false;
    }
    if (status == LEDE_STATUS_OK && publish && writer->old != NULL) {
        writer->old->ops->close(writer->old);
        writer->old = NULL;
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    writer->options.rebuild = writer->options.rebuild && !publish;
    lede__writer_event(writer, &event);
    return LEDE_STATUS_OK;
}

lede_status
lede_writer_commit(lede_writer *writer, lede_error *error)
{
    lede_status status = commit(writer, true, error);

    lede__writer_explain(writer, status, error);
    /* What was committed is visible by now, whatever becomes of this. */
    return status != LEDE_STATUS_OK
               ? status
               : writer->sink->ops->merge(writer->sink, false, false, NULL,
                                          NULL, error);
}

lede_status
lede_writer_rollback(lede_writer *writer, lede_error *error)
{
    struct gatherer *gatherer = NULL;
    struct parcel *parcel = NULL;
    lede_status status = LEDE_STATUS_OK;

    if (writer->waiting.count > 0) {
        gatherer = writer->members[0].gatherer;
        gatherer->ops->parcel(gatherer, &parcel, NULL);
        if (parcel != NULL) {
            parcel->free(parcel);
        }
        forget_waiting(writer);
    }
    writer->spilled = false;
    status = writer->sink->ops->rollback(writer->sink, error);
    return status != LEDE_STATUS_OK ? status
                                    : lede__writer_read_meta(writer, error);
}

lede_status
lede__writer_optimize(lede_writer *writer, bool reorder,
                      void (*progress)(void *payload, uint64_t done,
                                       uint64_t total),
                      void *payload, lede_error *err)
{
    lede_status status = commit(writer, true, err);

    return status != LEDE_STATUS_OK
               ? status
               : writer->sink->ops->merge(writer->sink, true, reorder,
                                          progress, payload, err);
}

/* ---- memory ---- */

/* Beside the memory that was allowed the process may have 64 MiB, of which it
   takes a third for itself: the rest may be one article's. */
#define ARTICLE_BYTES ((uint64_t)40 << 20)

uint64_t
lede__writer_small_limit(const lede_writer *writer)
{
    return writer->options.memory_bytes / 16;
}

uint64_t
lede__writer_large_limit(const lede_writer *writer)
{
    return writer->options.memory_bytes / 4 * 3 + ARTICLE_BYTES;
}

lede_status
lede__writer_spill(lede_writer *writer, lede_error *err)
{
    struct sink *sink = writer->sink;
    lede_status status = lede__writer_settle(writer, err);

    if (status == LEDE_STATUS_OK && sink->ops->can_spill(sink)) {
        writer->spilled = true;
        status = sink->ops->spill(sink, err);
    }
    return status;
}

/* The bytes of text for each distinct word, at least, but for rubbish; Chinese
   has the fewest. */
#define WORD_BYTES 4

bool
lede__writer_is_large(const lede_writer *writer, uint64_t bytes)
{
    uint64_t limit = lede__writer_small_limit(writer);

    return bytes * MEMORY_PER_BYTE >= limit ||
           bytes / WORD_BYTES * costs_of(writer).word >= limit;
}

lede_status
lede__writer_make_room(lede_writer *writer, uint64_t coming, uint64_t held,
                       lede_error *err)
{
    struct sink *sink = writer->sink;
    uint64_t pending = sink->ops->pending_bytes(sink);
    uint64_t memory = writer->options.memory_bytes;
    bool can_spill = sink->ops->can_spill(sink);

    /* What is held elsewhere (a plan, articles in flight) leaves less; but
       never so little that each article is a commit. */
    memory = held < memory / 2 ? memory - held : memory / 2;
    if (can_spill) {
        memory -= memory / 4;   // a flush takes some of its own
    }
    if (pending == 0 || pending + coming <= memory) {
        return LEDE_STATUS_OK;
    }
    return can_spill && !writer->commits
           ? lede__writer_spill(writer, err)
           : commit(writer, !writer->options.rebuild, err);
}

/* ---- changes ---- */

lede_status
lede__writer_find_id(lede_writer *writer, struct str id, uint32_t *number,
                     lede_error *err)
{
    lede_status status = lede__term_raw(&writer->term, TERM_ID, id, err);

    *number = 0;
    if (status == LEDE_STATUS_OK && writer->stats.articles > 0) {
        status = writer->sink->ops->find(
            writer->sink, lede__buf_view(&writer->term), 0, number, err);
    }
    return status;
}

void
lede__writer_count(lede_writer *writer, const struct inverted *inverted,
                   uint32_t number)
{
    if (number > writer->stats.last_number) {
        writer->stats.last_number = number;
    }
    lede__stats_count(&writer->stats, str_from(inverted->lang),
                      inverted->length, 1);
}

/* Invert an article of the calling thread; one that costs much gets all of the
   memory. */
static lede_status
invert(lede_writer *writer, const struct article *article,
       const unsigned char hash[16], struct inverted *out, lede_error *err)
{
    struct inversion what = {
        .article = article,
        .number = writer->stats.last_number + 1,
        .hash = hash,
        .limit = lede__writer_small_limit(writer),
    };
    struct member *member = &writer->members[0];
    lede_status status = lede__invert(member->inverter, member->gatherer,
                                      &what, out, err);

    if (status != LEDE_STATUS_LIMIT) {
        return status;
    }
    status = lede__writer_settle(writer, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__writer_make_room(writer, writer->options.memory_bytes,
                                        0, err);
    }
    if (status == LEDE_STATUS_OK) {
        what.limit = lede__writer_large_limit(writer);
        status = lede__invert(member->inverter, member->gatherer, &what, out,
                              err);
    }
    return status;
}

lede_status
lede__writer_put(lede_writer *writer, const struct article *article,
                 const unsigned char hash[16], lede_error *err)
{
    struct inverted inverted;
    lede_status status = lede__writer_make_members(writer, 1, err);
    uint32_t old = 0;

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (writer->stats.last_number >= UINT32_MAX - 2) {
        return lede__fail(err, LEDE_STATUS_LIMIT,
                          "%s: all document numbers are used up; number anew "
                          "with lede index --rebuild", writer->index);
    }
    if (lede__map_find(&writer->waiting, article->id) != NULL) {
        status = lede__writer_settle(writer, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__writer_find_id(writer, article->id, &old, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = invert(writer, article, hash, &inverted, err);
    }
    if (status != LEDE_STATUS_OK) {
        if (status != LEDE_STATUS_LIMIT) {
            lede_writer_rollback(writer, NULL); // it may be half gathered
        }
        return status;
    }
    lede__writer_count(writer, &inverted, writer->stats.last_number + 1);
    writer->waiting_bytes += article->arena.used;
    if (lede__map_put(&writer->waiting, article->id, NULL) == NULL) {
        status = lede__fail_memory(err);
    }
    if (status == LEDE_STATUS_OK && old != 0) {
        status = lede__writer_delete(writer, old, err);
    }
    if (status == LEDE_STATUS_OK && writer->waiting_bytes > WAITING_MAX) {
        status = lede__writer_settle(writer, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__writer_make_room(
                writer, lede__writer_small_limit(writer), 0, err);
        }
    }
    return status;
}

lede_status
lede__writer_delete(lede_writer *writer, uint32_t number, lede_error *err)
{
    struct sink *sink = writer->sink;
    struct buf lang = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;
    uint64_t length = 0;
    const char *p = NULL;

    status = sink->ops->column(sink, COLUMN_LENGTH, number, &writer->value,
                               err);
    if (status == LEDE_STATUS_OK) {
        p = lede__buf_view(&writer->value).p;
        lede__varint_read(&p, p + writer->value.len, &length);
        status = sink->ops->column(sink, COLUMN_LANG, number, &lang, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = sink->ops->remove(sink, number, err);
    }
    if (status == LEDE_STATUS_OK) {
        lede__stats_count(&writer->stats, lede__buf_view(&lang),
                          (uint32_t)length, -1);
    }
    lede__buf_free(&lang);
    return status;
}
