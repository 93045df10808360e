/* state.c - small values: statistics, the state of files, columns, keys.

     stats   = version articles total_length last_number commits
               last_commit(zigzag) schema_version analyzer n_langs {lang count}
     file    = version flags mtime ctime size inode seen articles
               hash(16 bytes) path
               flags: 1 many, 2 failed, 4 drafts passed over,
               8 drafts in the index; times in ns, zigzag
     date    = seconds, 8 bytes big-endian with the sign bit flipped, so that
               bytes sort as dates do; precision, a byte
     list    = {text NUL}
     meta    = {key "=" value NUL}
     lengths = key "len:" page (4 bytes big-endian)

   Numbers are varints, texts have their length before them. */

#include <stdlib.h>

#include <xxhash.h>

#include "shared/index/store.h"

#define STATS_VERSION 1
#define FILE_VERSION 1

enum { FILE_MANY = 1, FILE_FAILED = 2, FILE_DRAFTS = 4, FILE_DRAFTS_IN = 8 };

/* ---- a row of varints with texts between ---- */

struct reading {
    const char *p;
    const char *end;
    bool bad;
};

static uint64_t
get_number(struct reading *in)
{
    uint64_t value = 0;

    if (in->bad || !lede__varint_read(&in->p, in->end, &value)) {
        in->bad = true;
        return 0;
    }
    return value;
}

static void
get_text(struct reading *in, char *out, size_t size)
{
    uint64_t len = get_number(in);

    if (in->bad || len >= size || len > (uint64_t)(in->end - in->p)) {
        in->bad = true;
        out[0] = '\0';
        return;
    }
    memcpy(out, in->p, (size_t)len);
    out[len] = '\0';
    in->p += len;
}

static lede_status
put_numbers(struct buf *out, const uint64_t *numbers, size_t count,
            lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < count && status == LEDE_STATUS_OK; i++) {
        status = lede__buf_varint(out, numbers[i], err);
    }
    return status;
}

static lede_status
put_text(struct buf *out, const char *text, lede_error *err)
{
    lede_status status = lede__buf_varint(out, strlen(text), err);

    return status != LEDE_STATUS_OK
               ? status : lede__buf_str(out, str_from(text), err);
}

static lede_status
damaged(lede_error *err, const char *what)
{
    return lede__fail(err, LEDE_STATUS_CORRUPT,
                      "the index's %s cannot be read: damaged; "
                      "run lede check, then lede index --rebuild", what);
}

/* ---- statistics ---- */

lede_status
lede__stats_write(struct buf *out, const struct index_stats *stats,
                  lede_error *err)
{
    const uint64_t head[] = {
        STATS_VERSION, stats->articles, stats->total_length,
        stats->last_number, stats->commits, lede__zigzag(stats->last_commit),
        stats->schema_version,
    };
    lede_status status = put_numbers(out, head, sizeof head / sizeof *head,
                                     err);

    if (status == LEDE_STATUS_OK) {
        status = put_text(out, stats->analyzer, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_varint(out, stats->n_langs, err);
    }
    for (size_t i = 0; i < stats->n_langs && status == LEDE_STATUS_OK; i++) {
        status = put_text(out, stats->langs[i].lang, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_varint(out, stats->langs[i].articles, err);
        }
    }
    return status;
}

lede_status
lede__stats_read(struct index_stats *stats, struct str bytes, lede_error *err)
{
    struct reading in = { bytes.p, bytes.p + bytes.len, false };

    memset(stats, 0, sizeof *stats);
    if (get_number(&in) != STATS_VERSION) {
        return lede__fail(err, LEDE_STATUS_VERSION,
                          "the index was made by another version of lede; "
                          "make it anew with lede index --rebuild");
    }
    stats->articles = get_number(&in);
    stats->total_length = get_number(&in);
    stats->last_number = (uint32_t)get_number(&in);
    stats->commits = get_number(&in);
    stats->last_commit = lede__unzigzag(get_number(&in));
    stats->schema_version = (uint32_t)get_number(&in);
    get_text(&in, stats->analyzer, sizeof stats->analyzer);
    stats->n_langs = (size_t)get_number(&in);
    if (in.bad || stats->n_langs > LANGS_MAX) {
        return damaged(err, "statistics");
    }
    for (size_t i = 0; i < stats->n_langs; i++) {
        get_text(&in, stats->langs[i].lang, LANG_SIZE);
        stats->langs[i].articles = get_number(&in);
    }
    return in.bad ? damaged(err, "statistics") : LEDE_STATUS_OK;
}

/* The language's entry, made where absent; NULL where the table is full. */
static struct lang_stats *
lang_entry(struct index_stats *stats, struct str lang)
{
    struct lang_stats *entry = NULL;

    if (lang.len >= LANG_SIZE) {
        lang = STR("");
    }
    for (size_t i = 0; i < stats->n_langs; i++) {
        if (str_eq(str_from(stats->langs[i].lang), lang)) {
            return &stats->langs[i];
        }
    }
    if (stats->n_langs == LANGS_MAX) {
        return NULL;
    }
    entry = &stats->langs[stats->n_langs++];
    memset(entry, 0, sizeof *entry);
    if (lang.len > 0) {
        memcpy(entry->lang, lang.p, lang.len);
    }
    return entry;
}

void
lede__stats_count(struct index_stats *stats, struct str lang,
                  uint32_t length, int by)
{
    struct lang_stats *entry = lang_entry(stats, lang);

    if (by > 0) {
        stats->articles++;
        stats->total_length += length;
    } else {
        stats->articles -= stats->articles > 0;
        stats->total_length -= length < stats->total_length
                                   ? length : stats->total_length;
    }
    if (entry == NULL) {
        return;
    }
    if (by > 0) {
        entry->articles++;
    } else {
        entry->articles -= entry->articles > 0;
    }
    if (entry->articles == 0) {
        *entry = stats->langs[--stats->n_langs];
    }
}

/* ---- the state of a file ---- */

lede_status
lede__file_state_write(struct buf *out, const struct file_state *state,
                       lede_error *err)
{
    const uint64_t numbers[] = {
        FILE_VERSION,
        (uint64_t)((state->many ? FILE_MANY : 0) |
                   (state->failed ? FILE_FAILED : 0) |
                   (state->drafts ? FILE_DRAFTS : 0) |
                   (state->drafts_in ? FILE_DRAFTS_IN : 0)),
        lede__zigzag(state->mtime_ns), lede__zigzag(state->ctime_ns),
        state->size, state->inode, lede__zigzag(state->seen), state->articles,
    };
    lede_status status = put_numbers(out, numbers,
                                     sizeof numbers / sizeof *numbers, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__buf_add(out, state->hash, sizeof state->hash, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(out, state->path, err);
    }
    return status;
}

lede_status
lede__file_state_key(struct buf *out, struct str path, lede_error *err)
{
    XXH128_hash_t hash = XXH3_128bits(path.p, path.len);

    out->len = 0;
    return lede__buf_addf(out, err, "%s%016llx%016llx", META_KEY_FILE,
                          (unsigned long long)hash.high64,
                          (unsigned long long)hash.low64);
}

lede_status
lede__file_state_read(struct file_state *state, struct str bytes,
                      lede_error *err)
{
    struct reading in = { bytes.p, bytes.p + bytes.len, false };
    uint64_t flags = 0;

    memset(state, 0, sizeof *state);
    if (get_number(&in) != FILE_VERSION) {
        return damaged(err, "list of files");
    }
    flags = get_number(&in);
    state->many = (flags & FILE_MANY) != 0;
    state->failed = (flags & FILE_FAILED) != 0;
    state->drafts = (flags & FILE_DRAFTS) != 0;
    state->drafts_in = (flags & FILE_DRAFTS_IN) != 0;
    state->mtime_ns = lede__unzigzag(get_number(&in));
    state->ctime_ns = lede__unzigzag(get_number(&in));
    state->size = get_number(&in);
    state->inode = get_number(&in);
    state->seen = lede__unzigzag(get_number(&in));
    state->articles = (uint32_t)get_number(&in);
    if (in.bad || in.end - in.p < (ptrdiff_t)sizeof state->hash) {
        return damaged(err, "list of files");
    }
    memcpy(state->hash, in.p, sizeof state->hash);
    in.p += sizeof state->hash;
    state->path = (struct str){ in.p, (size_t)(in.end - in.p) };
    return LEDE_STATUS_OK;
}

/* ---- columns ---- */

lede_status
lede__column_date_write(struct buf *out, struct date date, lede_error *err)
{
    uint64_t bits = (uint64_t)date.seconds ^ ((uint64_t)1 << 63);
    char bytes[9];

    if (date.precision == DATE_NONE) {
        return LEDE_STATUS_OK;
    }
    for (int i = 0; i < 8; i++) {
        bytes[i] = (char)(bits >> (56 - 8 * i));
    }
    bytes[8] = (char)date.precision;
    return lede__buf_add(out, bytes, sizeof bytes, err);
}

struct date
lede__column_date_read(struct str value)
{
    struct date date = { 0, DATE_NONE };
    uint64_t bits = 0;

    if (value.len != 9 || value.p[8] <= DATE_NONE ||
        value.p[8] > DATE_SECOND) {
        return date;
    }
    for (int i = 0; i < 8; i++) {
        bits = bits << 8 | (unsigned char)value.p[i];
    }
    date.seconds = (int64_t)(bits ^ ((uint64_t)1 << 63));
    date.precision = (enum date_precision)value.p[8];
    return date;
}

lede_status
lede__column_list_write(struct buf *out, const struct str_list *list,
                        lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < list->count && status == LEDE_STATUS_OK; i++) {
        status = lede__buf_str(out, list->items[i], err);
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_char(out, '\0', err);
        }
    }
    return status;
}

bool
lede__column_list_next(struct str *rest, struct str *item)
{
    const char *nul = NULL;

    if (rest->len == 0) {
        return false;
    }
    nul = memchr(rest->p, '\0', rest->len);
    item->p = rest->p;
    item->len = nul == NULL ? rest->len : (size_t)(nul - rest->p);
    rest->len -= item->len + (nul != NULL);
    rest->p += item->len + (nul != NULL);
    return true;
}

lede_status
lede__column_meta_write(struct buf *out, struct str key, struct str value,
                        lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (key.len == 0 || value.len == 0 || value.len > META_VALUE_MAX ||
        memchr(key.p, '=', key.len) != NULL ||
        memchr(key.p, '\0', key.len) != NULL ||
        memchr(value.p, '\0', value.len) != NULL) {
        return LEDE_STATUS_OK;
    }
    status = lede__buf_str(out, key, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_char(out, '=', err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(out, value, err);
    }
    return status == LEDE_STATUS_OK ? lede__buf_char(out, '\0', err) : status;
}

bool
lede__column_meta_next(struct str *rest, struct str *key, struct str *value)
{
    struct str item = { NULL, 0 };
    const char *sign = NULL;

    while (sign == NULL) {
        if (!lede__column_list_next(rest, &item)) {
            return false;
        }
        sign = item.len == 0 ? NULL : memchr(item.p, '=', item.len);
    }
    *key = (struct str){ item.p, (size_t)(sign - item.p) };
    *value = (struct str){ sign + 1, item.len - key->len - 1 };
    return true;
}

uint32_t
lede__column_words_read(struct str value)
{
    const char *p = value.p;
    uint64_t words = 0;

    return value.len > 0 && lede__varint_read(&p, p + value.len, &words) &&
           words <= UINT32_MAX ? (uint32_t)words : 0;
}

/* ---- pages of lengths ---- */

lede_status
lede__lengths_key(struct buf *out, uint32_t page, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    char bytes[4];

    for (int i = 0; i < 4; i++) {
        bytes[i] = (char)(page >> (24 - 8 * i));
    }
    out->len = 0;
    status = lede__buf_str(out, STR(META_KEY_LENGTHS), err);
    return status != LEDE_STATUS_OK
               ? status : lede__buf_add(out, bytes, sizeof bytes, err);
}
