/* order.c - sorting by keys other than the score; see order.h. */

#include "query/order.h"

#include <stdlib.h>

#include "query/parse.h"
#include "query/qrels.h"
#include "shared/base/utf8.h"

/* ---- the keys ---- */

static const struct {
    const char *name;
    enum order_by by;
    enum column column;
} names[] = {
    { "score", ORDER_SCORE, 0 },
    { "relevance", ORDER_SCORE, 0 },
    { "date", ORDER_DATE, COLUMN_DATE },
    { "words", ORDER_WORDS, COLUMN_WORDS },
    { "title", ORDER_TEXT, COLUMN_HEADLINE },
    { "source", ORDER_TEXT, COLUMN_SOURCE },
    { "lang", ORDER_TEXT, COLUMN_LANG },
    { "author", ORDER_FIRST, COLUMN_AUTHORS },
    { "tag", ORDER_FIRST, COLUMN_TAGS },
    { "category", ORDER_FIRST, COLUMN_CATEGORIES },
};

static lede_status
read_key(struct order_key *key, struct str text, lede_error *err)
{
    size_t i;

    *key = (struct order_key){ .by = ORDER_META, .column = COLUMN_META };
    text = lede__str_trim(text);
    if (text.len > 0 && text.p[0] == '-') {
        key->descending = true;
        text.p++;
        text.len--;
    }
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (str_eq(text, str_from(names[i].name))) {
            key->by = names[i].by;
            key->column = names[i].column;
            // the best first is what one means
            key->descending ^= key->by == ORDER_SCORE;
            return LEDE_STATUS_OK;
        }
    }
    key->name = lede__syntax_key(text);
    if (key->name.p == text.p) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "cannot sort by %.*s: by relevance (score), date, "
                          "words, title, source, lang, author, tag, category "
                          "or meta.KEY", (int)(text.len < 100 ? text.len : 100),
                          text.p);
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__order_read(struct order *order, const char *text, lede_error *err)
{
    struct str rest = str_from(text);
    lede_status status = LEDE_STATUS_OK;

    order->n = 0;
    while (status == LEDE_STATUS_OK) {
        const char *comma = memchr(rest.p, ',', rest.len);
        struct str one = { rest.p, comma == NULL ? rest.len
                                                 : (size_t)(comma - rest.p) };

        if (order->n == ORDER_KEYS_MAX) {
            return lede__fail(err, LEDE_STATUS_USAGE,
                              "up to %d keys are sorted by", ORDER_KEYS_MAX);
        }
        status = read_key(&order->keys[order->n++], one, err);
        if (comma == NULL) {
            break;
        }
        rest.len -= one.len + 1;
        rest.p = comma + 1;
    }
    return status;
}

bool
lede__order_is_score(const struct order *order)
{
    return order->keys[0].by == ORDER_SCORE && order->keys[0].descending &&
           order->n == 1;
}

/* ---- an article's key ---- */

static lede_status
put_number(struct buf *out, uint64_t number, int bytes, lede_error *err)
{
    char text[8];
    int i;

    for (i = 0; i < bytes; i++) {
        text[i] = (char)(number >> (8 * (bytes - 1 - i)));
    }
    return lede__buf_add(out, text, (size_t)bytes, err);
}

static lede_status
put_text(struct sorter *sorter, struct str text, lede_error *err)
{
    struct buf *out = &sorter->key;
    lede_status status;
    size_t i;

    // what is folded becomes a few times as long at most, or shorter
    text.len = text.len > 4 * ORDER_TEXT_MAX
               ? lede__utf8_floor(text, 4 * ORDER_TEXT_MAX) : text.len;
    sorter->text.len = 0;
    status = lede__folder_fold(&sorter->folder, &sorter->text, text, err);
    if (status == LEDE_STATUS_BAD_INPUT) {
        sorter->text.len = 0;
        status = lede__buf_str(&sorter->text, text, err);
    }
    text = lede__buf_view(&sorter->text);
    text.len = text.len > ORDER_TEXT_MAX ? lede__utf8_floor(text,
                                                            ORDER_TEXT_MAX)
                                         : text.len;
    for (i = 0; i < text.len && status == LEDE_STATUS_OK; i++) {
        status = lede__buf_char(out, text.p[i], err);
        if (status == LEDE_STATUS_OK && text.p[i] == '\0') {
            status = lede__buf_char(out, '\xFF', err);
        }
    }
    return status != LEDE_STATUS_OK ? status
           : lede__buf_add(out, "\0\0", 2, err);
}

/* Whether all of it is a decimal number. */
static bool
is_number(struct str s)
{
    size_t i = s.len > 0 && (s.p[0] == '-' || s.p[0] == '+');
    size_t digits = 0;
    bool point = false;

    for (; i < s.len && (s.p[i] == '.' || (s.p[i] >= '0' && s.p[i] <= '9'));
         i++) {
        if (s.p[i] == '.' && point) {
            return false;
        }
        point |= s.p[i] == '.';
        digits += s.p[i] != '.';
    }
    if (i < s.len && digits > 0 && (s.p[i] == 'e' || s.p[i] == 'E')) {
        i++;
        i += i < s.len && (s.p[i] == '-' || s.p[i] == '+');
        for (digits = 0; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
            digits++;
        }
    }
    return digits > 0 && i == s.len;
}

static lede_status
put_meta(struct sorter *sorter, struct str text, lede_error *err)
{
    double number = 0;
    uint64_t bits;
    lede_status status;

    text = lede__str_trim(text);
    status = lede__buf_char(&sorter->key, is_number(text) ? '\0' : '\1', err);
    if (status != LEDE_STATUS_OK || !is_number(text)) {
        return status != LEDE_STATUS_OK ? status
               : put_text(sorter, text, err);
    }
    number = lede__str_number(text) + 0.0;      // -0 is 0
    memcpy(&bits, &number, sizeof(bits));
    bits = (bits >> 63) != 0 ? ~bits : bits | (uint64_t)1 << 63;
    return put_number(&sorter->key, bits, 8, err);
}

/* The text of a key; empty where the article has none. */
static lede_status
read_text(const struct order_key *key, struct searcher *searcher,
          uint32_t doc, struct str *text, lede_error *err)
{
    struct str value;
    struct str name;
    lede_status status;

    *text = STR("");
    status = lede__searcher_column(searcher, key->column, doc, &value, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (key->by == ORDER_META) {
        while (lede__column_meta_next(&value, &name, text)) {
            if (str_eq(name, key->name)) {
                return LEDE_STATUS_OK;
            }
        }
        *text = STR("");
    } else if (key->by == ORDER_FIRST) {
        lede__column_list_next(&value, text);
    } else {
        *text = value;
    }
    return LEDE_STATUS_OK;
}

static lede_status
put_key(struct sorter *sorter, const struct order_key *key,
        struct searcher *searcher, const struct found *found, lede_error *err)
{
    struct buf *out = &sorter->key;
    size_t start = out->len + 1;
    struct str text;
    struct date date;
    lede_status status;
    size_t i;

    status = lede__buf_char(out, '\0', err);
    if (status == LEDE_STATUS_OK && key->by != ORDER_SCORE) {
        status = read_text(key, searcher, found->doc, &text, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (key->by != ORDER_SCORE && text.len == 0) {
        out->p[start - 1] = '\1';
        return LEDE_STATUS_OK;
    }
    switch (key->by) {
    case ORDER_SCORE:
        status = put_number(out, (uint64_t)found->score, 4, err);
        break;
    case ORDER_DATE:
        date = lede__column_date_read(text);
        status = put_number(out, (uint64_t)date.seconds ^ (uint64_t)1 << 63,
                            8, err);
        break;
    case ORDER_WORDS:
        status = put_number(out, lede__column_words_read(text), 8, err);
        break;
    case ORDER_META:
        status = put_meta(sorter, text, err);
        break;
    default:
        status = put_text(sorter, text, err);
        break;
    }
    for (i = start; key->descending && i < out->len; i++) {
        out->p[i] = (char)~out->p[i];
    }
    return status;
}

lede_status
lede__sorter_key(struct sorter *sorter, struct searcher *searcher,
                 const struct found *found, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    sorter->key.len = 0;
    for (i = 0; i < sorter->order->n && status == LEDE_STATUS_OK; i++) {
        status = put_key(sorter, &sorter->order->keys[i], searcher, found,
                         err);
    }
    return status;
}

/* ---- the best k ---- */

struct sorted {
    struct found found;
    char *key;
    uint32_t len;
    uint32_t cap;
};

void
lede__sorter_begin(struct sorter *sorter, const struct order *order,
                   const struct position *after, size_t k)
{
    *sorter = (struct sorter){ .order = order, .after = after, .k = k,
                               .key = BUF_INIT(BUF_MAX_ANY),
                               .text = BUF_INIT(BUF_MAX_ANY) };
}

static int
compare(const void *a, const void *b)
{
    const struct sorted *x = a;
    const struct sorted *y = b;
    int order = lede__str_cmp((struct str){ x->key, x->len },
                              (struct str){ y->key, y->len });

    if (order != 0) {
        return order;
    }
    if (x->found.index != y->found.index) {
        return x->found.index < y->found.index ? -1 : 1;
    }
    return (x->found.order > y->found.order) -
           (x->found.order < y->found.order);
}

static void
sift_up(struct sorter *sorter, size_t i)
{
    struct sorted item = sorter->items[i];

    while (i > 0 && compare(&item, &sorter->items[(i - 1) / 2]) > 0) {
        sorter->items[i] = sorter->items[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    sorter->items[i] = item;
}

static void
sift_down(struct sorter *sorter)
{
    struct sorted item = sorter->items[0];
    size_t i = 0;

    for (;;) {
        size_t child = 2 * i + 1;

        if (child >= sorter->count) {
            break;
        }
        if (child + 1 < sorter->count &&
            compare(&sorter->items[child + 1], &sorter->items[child]) > 0) {
            child++;
        }
        if (compare(&sorter->items[child], &item) <= 0) {
            break;
        }
        sorter->items[i] = sorter->items[child];
        i = child;
    }
    sorter->items[i] = item;
}

/* Of a full heap: whether the key, as far as it is known, is beyond the
   worst. */
static bool
is_beyond(const struct sorter *sorter)
{
    const struct sorted *worst = sorter->items;
    size_t n;

    if (sorter->count < sorter->k) {
        return false;
    }
    n = sorter->key.len < worst->len ? sorter->key.len : worst->len;
    return memcmp(sorter->key.p, worst->key, n) > 0;
}

/* Let `item` have the key at hand. */
static lede_status
take_key(struct sorter *sorter, struct sorted *item, lede_error *err)
{
    size_t len = sorter->key.len;

    if (len > item->cap) {
        char *bigger = realloc(item->key, len);

        if (bigger == NULL) {
            return lede__fail_memory(err);
        }
        item->key = bigger;
        item->cap = (uint32_t)len;
    }
    memcpy(item->key, sorter->key.p, len);
    item->len = (uint32_t)len;
    return LEDE_STATUS_OK;
}

static lede_status
insert(struct sorter *sorter, const struct found *found, lede_error *err)
{
    struct sorted here = { .found = *found, .key = sorter->key.p,
                           .len = (uint32_t)sorter->key.len };
    struct sorted *item = sorter->items;
    lede_status status;

    if (sorter->count == sorter->k) {
        if (compare(&here, item) > 0) {
            return LEDE_STATUS_OK;
        }
        status = take_key(sorter, item, err);
        if (status == LEDE_STATUS_OK) {
            item->found = *found;
            sift_down(sorter);
        }
        return status;
    }
    if (!lede__array_grow((void **)&sorter->items, sorter->count,
                          sizeof(*sorter->items))) {
        return lede__fail_memory(err);
    }
    item = &sorter->items[sorter->count];
    *item = (struct sorted){ .found = *found };
    status = take_key(sorter, item, err);
    if (status == LEDE_STATUS_OK) {
        sift_up(sorter, sorter->count++);
    }
    return status;
}

lede_status
lede__sorter_add(struct sorter *sorter, struct searcher *searcher,
                 struct found found, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    sorter->key.len = 0;
    if (sorter->k == 0) {
        return LEDE_STATUS_OK;
    }
    for (i = 0; i < sorter->order->n && status == LEDE_STATUS_OK; i++) {
        status = put_key(sorter, &sorter->order->keys[i], searcher, &found,
                         err);
        if (status == LEDE_STATUS_OK && is_beyond(sorter)) {
            return LEDE_STATUS_OK;
        }
    }
    if (status == LEDE_STATUS_OK && sorter->after != NULL) {
        bool before;

        status = lede__position_before(sorter->after,
                                       lede__buf_view(&sorter->key), searcher,
                                       &found, &before, err);
        if (status != LEDE_STATUS_OK || !before) {
            return status;
        }
    }
    found.order = found.doc;
    if (status == LEDE_STATUS_OK && !searcher->ordered) {
        status = lede__searcher_number(searcher, found.doc, &found.order,
                                       err);
    }
    return status != LEDE_STATUS_OK ? status : insert(sorter, &found, err);
}

lede_status
lede__sorter_end(struct sorter *sorter, struct topk *top, lede_error *err)
{
    size_t i;

    if (sorter->count == 0) {
        return LEDE_STATUS_OK;
    }
    top->items = calloc(sorter->count, sizeof(*top->items));
    if (top->items == NULL) {
        return lede__fail_memory(err);
    }
    top->cap = sorter->count;
    qsort(sorter->items, sorter->count, sizeof(*sorter->items), compare);
    for (i = 0; i < sorter->count; i++) {
        top->items[i] = sorter->items[i].found;
        // as their order has it, for whoever sorts them again
        top->items[i].key = -(int64_t)i;
    }
    top->count = sorter->count;
    return LEDE_STATUS_OK;
}

void
lede__sorter_free(struct sorter *sorter)
{
    size_t i;

    for (i = 0; i < sorter->count; i++) {
        free(sorter->items[i].key);
    }
    free(sorter->items);
    lede__buf_free(&sorter->key);
    lede__buf_free(&sorter->text);
    lede__folder_free(&sorter->folder);
    sorter->items = NULL;
    sorter->count = 0;
}

/* ---- positions ---- */

lede_status
lede__position_before(const struct position *position, struct str key,
                      struct searcher *searcher, const struct found *found,
                      bool *before, lede_error *err)
{
    int order = lede__str_cmp(position->key, key);
    uint32_t number = 0;
    lede_status status = LEDE_STATUS_OK;

    *before = order < 0 || (order == 0 && position->index < found->index);
    if (order == 0 && position->index == found->index) {
        status = lede__searcher_number(searcher, found->doc, &number, err);
        *before = position->number < number;
    }
    return status;
}
