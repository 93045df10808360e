/* topics.c - the topics of a test collection; see topics.h. */

#include "query/topics.h"

#include <stdlib.h>

#include "query/lines.h"
#include "query/qrels.h"
#include "shared/base/file.h"

/* The largest public sets of queries are a tenth of this. */
#define FILE_BYTES_MAX ((size_t)1 << 30)

/* Tags and what the text behind them may begin with, which is left out. */
static const struct {
    struct str tag;
    struct str label;
    enum topic_field field;
} tags[] = {
    { { "title", 5 }, { "Topic:", 6 }, TOPIC_TITLE },
    { { "query", 5 }, { "", 0 }, TOPIC_TITLE },
    { { "desc", 4 }, { "Description:", 12 }, TOPIC_DESC },
    { { "description", 11 }, { "", 0 }, TOPIC_DESC },
    { { "question", 8 }, { "", 0 }, TOPIC_DESC },
    { { "narr", 4 }, { "Narrative:", 10 }, TOPIC_NARR },
    { { "narrative", 9 }, { "", 0 }, TOPIC_NARR },
};

#define TAGS (sizeof(tags) / sizeof(tags[0]))

struct reading {
    struct topics *topics;
    struct map ids;
    const char *path;
    bool wanted[TOPIC_FIELDS];
    lede_error *err;
    // of a file with tags
    struct str rest;
    unsigned line;              // that rest begins in
    // of the topic that is being read
    bool inside;
    unsigned begun;
    struct str id;
    struct str fields[TOPIC_FIELDS];
};

static const char *const field_names[TOPIC_FIELDS] = { "title", "desc",
                                                       "narr" };

static lede_status
parse_fields(struct reading *r, const char *list)
{
    const char *p = list == NULL ? "title" : list;

    while (true) {
        struct str name = lede__str_trim((struct str){ p, strcspn(p, ",") });
        size_t i;

        for (i = 0; i < TOPIC_FIELDS; i++) {
            if (str_eq(str_from(field_names[i]), name)) {
                break;
            }
        }
        if (i == TOPIC_FIELDS) {
            return lede__fail(r->err, LEDE_STATUS_USAGE,
                              "a topic has title, desc and narr, but no "
                              "'%.*s'",
                              (int)(name.len < 100 ? name.len : 100), name.p);
        }
        r->wanted[i] = true;
        p += strcspn(p, ",");
        if (*p == '\0') {
            return LEDE_STATUS_OK;
        }
        p++;
    }
}

/* `text` is in the arena. */
static lede_status
add_topic(struct reading *r, struct str id, struct str text, unsigned line)
{
    struct topics *topics = r->topics;
    bool added;

    if (lede__map_put(&r->ids, id, &added) == NULL) {
        return lede__fail_memory(r->err);
    }
    if (!added) {
        return lede__fail_at(r->err, LEDE_STATUS_BAD_INPUT, r->path, line, 0,
                             "topic %.*s comes twice", (int)id.len, id.p);
    }
    id = lede__arena_str(&topics->arena, id);
    if (id.p == NULL || text.p == NULL ||
        !lede__array_grow((void **)&topics->items, topics->n,
                          sizeof(*topics->items))) {
        return lede__fail_memory(r->err);
    }
    topics->items[topics->n++] = (struct asked){ id, text, line };
    return LEDE_STATUS_OK;
}

/* ---- lines ---- */

static lede_status
read_line(struct reading *r, struct str line, unsigned number)
{
    const char *tab = memchr(line.p, '\t', line.len);
    struct str id, text;

    if (lede__str_trim(line).len == 0) {
        return LEDE_STATUS_OK;
    }
    if (tab == NULL) {
        return lede__fail_at(r->err, LEDE_STATUS_BAD_INPUT, r->path, number, 0,
                             "not \"id TAB text\"");
    }
    id = lede__str_trim((struct str){ line.p, (size_t)(tab - line.p) });
    if (id.len == 0) {
        return lede__fail_at(r->err, LEDE_STATUS_BAD_INPUT, r->path, number, 0,
                             "a topic without an id");
    }
    text = (struct str){ tab + 1, line.len - (size_t)(tab + 1 - line.p) };
    return add_topic(r, id, lede__arena_str(&r->topics->arena, text), number);
}

static lede_status
read_lines(struct reading *r)
{
    struct str line;
    unsigned number = 0;
    lede_status status = LEDE_STATUS_OK;

    if (r->wanted[TOPIC_DESC] || r->wanted[TOPIC_NARR]) {
        return lede__fail_at(r->err, LEDE_STATUS_BAD_INPUT, r->path, 0, 0,
                             "topics that are lines have a title alone");
    }
    while (status == LEDE_STATUS_OK && lede__line_next(&r->rest, &line)) {
        status = read_line(r, line, ++number);
    }
    return status;
}

/* ---- tags ---- */

/* Go on by `n` bytes. */
static void
pass(struct reading *r, size_t n)
{
    const char *p = r->rest.p;
    const char *end = p + n;

    while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        r->line++;
        p++;
    }
    r->rest.p += n;
    r->rest.len -= n;
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The next tag, with what is before it: <name attributes> or </name>.  A '<'
   that no letter follows is text. */
static bool
next_tag(struct reading *r, struct str *before, struct str *tag, bool *closing)
{
    const char *begin = r->rest.p;
    const char *end = begin + r->rest.len;
    const char *p = begin;
    const char *close;

    while (p < end && (p = memchr(p, '<', (size_t)(end - p))) != NULL) {
        const char *name = p + 1;

        *closing = name < end && *name == '/';
        name += *closing;
        close = name < end && is_letter(*name)
                ? memchr(name, '>', (size_t)(end - name)) : NULL;
        if (close != NULL) {
            *before = (struct str){ begin, (size_t)(p - begin) };
            *tag = (struct str){ name, (size_t)(close - name) };
            pass(r, (size_t)(close + 1 - begin));
            return true;
        }
        p++;
    }
    return false;
}

/* The name of a tag, and what follows it. */
static struct str
tag_name(struct str tag, struct str *attributes)
{
    size_t n = 0;

    while (n < tag.len && is_letter(tag.p[n])) {
        n++;
    }
    *attributes = (struct str){ tag.p + n, tag.len - n };
    return (struct str){ tag.p, n };
}

static bool
is_tag(struct str name, struct str known)
{
    return lede__str_eq_nocase(name, known);
}

/* A text without its label, if it has that. */
static struct str
without_label(struct str text, struct str label)
{
    text = lede__str_trim(text);
    if (label.len > 0 && text.len >= label.len &&
        is_tag((struct str){ text.p, label.len }, label)) {
        text.p += label.len;
        text.len -= label.len;
    }
    return lede__str_trim(text);
}

/* number="1" or number='1'. */
static struct str
number_attribute(struct str attributes)
{
    static const struct str name = { "number=", 7 };
    size_t i;

    for (i = 0; i + name.len < attributes.len; i++) {
        char quote = attributes.p[i + name.len];
        const char *value = attributes.p + i + name.len + 1;
        const char *end;

        if (is_tag((struct str){ attributes.p + i, name.len }, name) &&
            (quote == '"' || quote == '\'')) {
            end = memchr(value, quote,
                         attributes.len - (i + name.len + 1));
            return end == NULL ? (struct str){ NULL, 0 }
                               : lede__str_trim((struct str){
                                     value, (size_t)(end - value) });
        }
    }
    return (struct str){ NULL, 0 };
}

/* Append a text: one space for any white space, the five entities decoded. */
static lede_status
add_text(struct buf *out, struct str text, lede_error *err)
{
    static const struct {
        struct str entity;
        char c;
    } entities[] = {
        { { "&amp;", 5 }, '&' }, { { "&lt;", 4 }, '<' },
        { { "&gt;", 4 }, '>' }, { { "&quot;", 6 }, '"' },
        { { "&apos;", 6 }, '\'' },
    };
    lede_status status = LEDE_STATUS_OK;
    size_t i = 0;

    while (i < text.len && status == LEDE_STATUS_OK) {
        char c = text.p[i];
        size_t taken = 1;
        size_t e;

        for (e = 0; c == '&' && e < sizeof(entities) / sizeof(entities[0]);
             e++) {
            size_t n = entities[e].entity.len;

            if (text.len - i >= n &&
                memcmp(text.p + i, entities[e].entity.p, n) == 0) {
                c = entities[e].c;
                taken = n;
                break;
            }
        }
        if (c == '\n' || c == '\r' || c == '\t') {
            c = ' ';
        }
        if (c != ' ' || out->len == 0 || out->p[out->len - 1] != ' ') {
            status = lede__buf_char(out, c, err);
        }
        i += taken;
    }
    return status;
}

static lede_status
end_topic(struct reading *r)
{
    struct buf text = BUF_INIT(FILE_BYTES_MAX);
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    if (r->id.len == 0) {
        return lede__fail_at(r->err, LEDE_STATUS_BAD_INPUT, r->path, r->begun,
                             0, "a topic without <num>");
    }
    for (i = 0; i < TOPIC_FIELDS && status == LEDE_STATUS_OK; i++) {
        if (!r->wanted[i]) {
            continue;
        }
        if (r->fields[i].len == 0) {
            status = lede__fail_at(r->err, LEDE_STATUS_BAD_INPUT, r->path,
                                   r->begun, 0, "topic %.*s has no <%s>",
                                   (int)r->id.len, r->id.p, field_names[i]);
            break;
        }
        if (text.len > 0) {
            status = lede__buf_char(&text, ' ', r->err);
        }
        if (status == LEDE_STATUS_OK) {
            status = add_text(&text, r->fields[i], r->err);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = add_topic(r, r->id,
                           lede__arena_str(&r->topics->arena,
                                           lede__buf_view(&text)), r->begun);
    }
    lede__buf_free(&text);
    r->inside = false;
    return status;
}

/* What was between two tags belongs to the first. */
static void
take_text(struct reading *r, struct str name, struct str text)
{
    size_t i;

    if (is_tag(name, STR("num"))) {
        struct str number = without_label(text, STR("Number:"));

        // an id is one word
        r->id = number;
        r->id.len = 0;
        lede__field_next(&number, &r->id);
        return;
    }
    for (i = 0; i < TAGS; i++) {
        if (is_tag(name, tags[i].tag) && r->fields[tags[i].field].len == 0) {
            r->fields[tags[i].field] = without_label(text, tags[i].label);
        }
    }
}

static lede_status
not_closed(struct reading *r)
{
    return lede__fail_at(r->err, LEDE_STATUS_BAD_INPUT, r->path, r->begun, 0,
                         "the topic that begins here is not closed");
}

static lede_status
read_tags(struct reading *r)
{
    struct str before, tag, attributes, name;
    struct str open = { NULL, 0 };      // the tag that text belongs to
    bool closing;
    lede_status status = LEDE_STATUS_OK;

    r->line = 1;
    while (status == LEDE_STATUS_OK &&
           next_tag(r, &before, &tag, &closing)) {
        bool top;

        name = tag_name(tag, &attributes);
        top = is_tag(name, STR("top")) || is_tag(name, STR("topic"));
        if (r->inside && open.len > 0) {
            take_text(r, open, before);
        }
        open = closing || top ? (struct str){ NULL, 0 } : name;
        if (!top) {
            continue;
        }
        if (closing && r->inside) {
            status = end_topic(r);
        } else if (!closing && r->inside) {
            status = not_closed(r);
        } else if (!closing) {
            r->inside = true;
            r->begun = r->line;
            r->id = number_attribute(attributes);
            memset(r->fields, 0, sizeof(r->fields));
        }
    }
    return status == LEDE_STATUS_OK && r->inside ? not_closed(r) : status;
}

lede_status
lede__topics_read(struct topics *topics, const char *path, const char *fields,
                  lede_error *err)
{
    struct buf bytes = BUF_INIT(FILE_BYTES_MAX);
    struct reading r = { .topics = topics, .ids = MAP_INIT, .path = path,
                         .err = err };
    lede_status status;

    *topics = (struct topics){ .n = 0 };
    status = parse_fields(&r, fields);
    if (status == LEDE_STATUS_OK) {
        status = lede__file_read(&bytes, path, err);
    }
    if (status == LEDE_STATUS_OK) {
        struct str trimmed;

        r.rest = lede__buf_view(&bytes);
        if (r.rest.len >= 3 && memcmp(r.rest.p, "\xef\xbb\xbf", 3) == 0) {
            r.rest.p += 3;
            r.rest.len -= 3;
        }
        trimmed = lede__str_trim(r.rest);
        status = trimmed.len > 0 && *trimmed.p == '<' ? read_tags(&r)
                                                      : read_lines(&r);
    }
    if (status == LEDE_STATUS_OK && topics->n == 0) {
        status = lede__fail_at(err, LEDE_STATUS_BAD_INPUT, path, 0, 0,
                               "there are no topics in it");
    }
    lede__map_free(&r.ids);
    lede__buf_free(&bytes);
    return status;
}

void
lede__topics_free(struct topics *topics)
{
    free(topics->items);
    lede__arena_free(&topics->arena);
}
