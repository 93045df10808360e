/* alerts.c - saved searches and serials as bytes; see alerts.h.

     alerts  = version count {name query added ran seen}
     serials = version last highest count {number serial}
               each number less the one before, each serial + 1 less the one
               before, zigzag

   Numbers are varints, times zigzag, texts have their length before them. */

#include "shared/index/alerts.h"

#include <stdlib.h>

#include "shared/lede.h"

#define ALERTS_VERSION 1
#define SERIALS_VERSION 1

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

static struct str
get_text(struct reading *in)
{
    struct str text = { "", 0 };
    uint64_t len = get_number(in);

    if (in->bad || len > (uint64_t)(in->end - in->p)) {
        in->bad = true;
        return text;
    }
    text = (struct str){ in->p, (size_t)len };
    in->p += len;
    return text;
}

static lede_status
put_text(struct buf *out, struct str text, lede_error *err)
{
    lede_status status = lede__buf_varint(out, text.len, err);

    return status != LEDE_STATUS_OK ? status : lede__buf_str(out, text, err);
}

static lede_status
damaged(lede_error *err)
{
    return lede__fail(err, LEDE_STATUS_CORRUPT,
                      "the index's saved searches cannot be read: damaged; "
                      "run lede check, then lede index --rebuild");
}

/* ---- saved searches ---- */

lede_status
lede__alerts_write(struct buf *out, const struct alerts *alerts,
                   lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (alerts->n == 0) {
        return LEDE_STATUS_OK;
    }
    status = lede__buf_varint(out, ALERTS_VERSION, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_varint(out, alerts->n, err);
    }
    for (size_t i = 0; i < alerts->n && status == LEDE_STATUS_OK; i++) {
        const struct alert *alert = &alerts->items[i];
        const uint64_t numbers[] = { lede__zigzag(alert->added),
                                     lede__zigzag(alert->ran), alert->seen };

        status = put_text(out, alert->name, err);
        if (status == LEDE_STATUS_OK) {
            status = put_text(out, alert->query, err);
        }
        for (int k = 0; k < 3 && status == LEDE_STATUS_OK; k++) {
            status = lede__buf_varint(out, numbers[k], err);
        }
    }
    return status;
}

lede_status
lede__alerts_read(struct alerts *alerts, struct str bytes, lede_error *err)
{
    struct reading in = { bytes.p, bytes.p + bytes.len, false };
    lede_status status = LEDE_STATUS_OK;
    uint64_t n;

    lede__alerts_free(alerts);
    if (bytes.len == 0) {
        return LEDE_STATUS_OK;
    }
    if (get_number(&in) != ALERTS_VERSION) {
        return damaged(err);
    }
    n = get_number(&in);
    for (uint64_t i = 0; i < n && !in.bad && status == LEDE_STATUS_OK; i++) {
        struct str name = get_text(&in);
        struct str query = get_text(&in);
        int64_t added = lede__unzigzag(get_number(&in));
        int64_t ran = lede__unzigzag(get_number(&in));
        uint64_t seen = get_number(&in);
        struct alert *alert = NULL;

        // strictly ascending, so that there is each once
        if (in.bad || name.len == 0 ||
            (i > 0 &&
             lede__str_cmp(alerts->items[alerts->n - 1].name, name) >= 0)) {
            in.bad = true;
            break;
        }
        status = lede__alerts_put(alerts, name, query, &alert, err);
        if (status == LEDE_STATUS_OK) {
            alert->added = added;
            alert->ran = ran;
            alert->seen = seen;
        }
    }
    if (in.bad || in.p != in.end || status == LEDE_STATUS_LIMIT) {
        status = damaged(err);
    }
    if (status != LEDE_STATUS_OK) {
        lede__alerts_free(alerts);
    }
    return status;
}

/* Where the name is or would be. */
static size_t
place_of(const struct alerts *alerts, struct str name)
{
    size_t low = 0;
    size_t high = alerts->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (lede__str_cmp(alerts->items[middle].name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct alert *
lede__alerts_find(const struct alerts *alerts, struct str name)
{
    size_t place = place_of(alerts, name);

    return place < alerts->n && str_eq(alerts->items[place].name, name)
               ? &alerts->items[place] : NULL;
}

static lede_status
insert(struct alerts *alerts, struct str name, struct alert **out,
       lede_error *err)
{
    size_t place = place_of(alerts, name);
    struct str copy;

    if (alerts->n == LEDE_ALERTS_MAX) {
        return lede__fail(err, LEDE_STATUS_LIMIT,
                          "an index has at most %d alerts", LEDE_ALERTS_MAX);
    }
    if (alerts->n == alerts->cap) {
        size_t cap = alerts->cap == 0 ? 16 : alerts->cap * 2;
        struct alert *items = realloc(alerts->items, cap * sizeof *items);

        if (items == NULL) {
            return lede__fail_memory(err);
        }
        alerts->items = items;
        alerts->cap = cap;
    }
    copy = lede__arena_str(&alerts->arena, name);
    if (copy.p == NULL) {
        return lede__fail_memory(err);
    }
    memmove(alerts->items + place + 1, alerts->items + place,
            (alerts->n - place) * sizeof *alerts->items);
    alerts->n++;
    *out = &alerts->items[place];
    **out = (struct alert){ .name = copy, .query = STR(""),
                            .ran = ALERT_NEVER };
    alerts->bytes += name.len;
    return LEDE_STATUS_OK;
}

lede_status
lede__alerts_put(struct alerts *alerts, struct str name, struct str query,
                 struct alert **out, lede_error *err)
{
    struct alert *alert = lede__alerts_find(alerts, name);
    size_t less = alert == NULL ? 0 : name.len + alert->query.len;
    struct str copy;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (alerts->bytes - less + name.len + query.len > ALERTS_BYTES_MAX) {
        return lede__fail(err, LEDE_STATUS_LIMIT, "the alerts of an index "
                          "have at most 4 MiB of text together");
    }
    copy = lede__arena_str(&alerts->arena, query);
    if (copy.p == NULL) {
        return lede__fail_memory(err);
    }
    if (alert == NULL) {
        status = insert(alerts, name, &alert, err);
    }
    if (status == LEDE_STATUS_OK) {
        alerts->bytes += query.len;
        alerts->bytes -= alert->query.len;
        alert->query = copy;
        *out = alert;
    }
    return status;
}

void
lede__alerts_remove(struct alerts *alerts, struct alert *alert)
{
    size_t place = (size_t)(alert - alerts->items);

    alerts->bytes -= alert->name.len + alert->query.len;
    alerts->n--;
    memmove(alert, alert + 1, (alerts->n - place) * sizeof *alert);
}

void
lede__alerts_free(struct alerts *alerts)
{
    lede__arena_free(&alerts->arena);
    free(alerts->items);
    memset(alerts, 0, sizeof *alerts);
}

uint64_t
lede__alerts_seen(const struct alerts *alerts)
{
    uint64_t least = UINT64_MAX;

    for (size_t i = 0; i < alerts->n; i++) {
        least = alerts->items[i].seen < least ? alerts->items[i].seen : least;
    }
    return least;
}

/* ---- serials ---- */

uint64_t
lede__serial_of(const struct serials *serials, uint32_t number)
{
    size_t low = 0;
    size_t high = serials->n;

    if (number > serials->last) {
        return serials->highest + (number - serials->last);
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (serials->items[middle].number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < serials->n && serials->items[low].number == number
               ? serials->items[low].serial : 0;
}

uint64_t
lede__serials_highest(const struct serials *serials, uint32_t last)
{
    return serials->highest +
           (last > serials->last ? last - serials->last : 0);
}

lede_status
lede__serials_add(struct serials *serials, uint32_t number, uint64_t serial,
                  lede_error *err)
{
    if (serials->n == serials->cap) {
        size_t cap = serials->cap == 0 ? 64 : serials->cap * 2;
        struct serial *items = realloc(serials->items, cap * sizeof *items);

        if (items == NULL) {
            return lede__fail_memory(err);
        }
        serials->items = items;
        serials->cap = cap;
    }
    serials->items[serials->n++] = (struct serial){ number, serial };
    return LEDE_STATUS_OK;
}

lede_status
lede__serials_write(struct buf *out, const struct serials *serials,
                    lede_error *err)
{
    const uint64_t head[] = { SERIALS_VERSION, serials->last,
                              serials->highest, serials->n };
    struct serial before = { 0, 0 };
    lede_status status = LEDE_STATUS_OK;

    for (int i = 0; i < 4 && status == LEDE_STATUS_OK; i++) {
        status = lede__buf_varint(out, head[i], err);
    }
    for (size_t i = 0; i < serials->n && status == LEDE_STATUS_OK; i++) {
        const struct serial *one = &serials->items[i];
        int64_t step = (int64_t)(one->serial - before.serial - 1);

        status = lede__buf_varint(out, one->number - before.number, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_varint(out, lede__zigzag(step), err);
        }
        before = *one;
    }
    return status;
}

lede_status
lede__serials_read(struct serials *serials, struct str bytes, lede_error *err)
{
    struct reading in = { bytes.p, bytes.p + bytes.len, false };
    struct serial before = { 0, 0 };
    lede_status status = LEDE_STATUS_OK;
    uint64_t last, n;

    lede__serials_free(serials);
    if (bytes.len == 0) {
        return LEDE_STATUS_OK;
    }
    if (get_number(&in) != SERIALS_VERSION) {
        return damaged(err);
    }
    last = get_number(&in);
    serials->highest = get_number(&in);
    n = get_number(&in);
    in.bad = in.bad || last > UINT32_MAX || n > last;
    serials->last = (uint32_t)last;
    for (uint64_t i = 0; i < n && !in.bad && status == LEDE_STATUS_OK; i++) {
        uint64_t step = get_number(&in);
        uint64_t serial = before.serial + 1 +
                          (uint64_t)lede__unzigzag(get_number(&in));

        if (in.bad || step == 0 || step > last - before.number ||
            serial == 0 || serial > serials->highest) {
            in.bad = true;
            break;
        }
        before.number += (uint32_t)step;
        before.serial = serial;
        status = lede__serials_add(serials, before.number, serial, err);
    }
    if (in.bad || in.p != in.end) {
        status = damaged(err);
    }
    if (status != LEDE_STATUS_OK) {
        lede__serials_free(serials);
    }
    return status;
}

void
lede__serials_free(struct serials *serials)
{
    free(serials->items);
    memset(serials, 0, sizeof *serials);
}
