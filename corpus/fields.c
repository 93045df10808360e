/* fields.c - which of an article's values are title, date, authors ...

   All formats end here with the same list of values.  A key is compared in a
   normal form (lower case, without "_" and "-"), so that `pubDate`,
   `pub_date` and `PubDate` are one.  Each field has its keys in order of
   preference; the mapping of lede.yaml comes before all of them.  The best
   value that can be used is taken; all others stay metadata, so that nothing
   is lost.

   Lists are merged for tags and categories, whatever their keys, but not for
   authors: `author` and `byline` are the same people, written differently. */

#include "corpus/builder.h"
#include "corpus/html.h"
#include "corpus/language.h"
#include "corpus/text.h"

#define NORMAL_KEY_MAX 48
/* So many values are tried for a field before it stays empty. */
#define TRIES_MAX 16

enum use {
    IS_META,                 // none: stays metadata
    IS_DONE,                 // has become a field, or says nothing
    IS_TEXT,                 // has become the body
    IS_TITLE,
    IS_BODY,
    IS_SUMMARY,
    IS_LANG,
    IS_SOURCE,
    IS_URL,
    IS_DATE,
    IS_KEY,
    IS_AUTHORS,
    IS_TAGS,
    IS_CATEGORIES,
    IS_DRAFT,
    IS_PUBLISHED,            // draft: false, or a date
};

/* The dialects that a key belongs to */
enum {
    F = 1 << DIALECT_FRONT,
    L = 1 << DIALECT_LINES,
    J = 1 << DIALECT_JSON,
    ALL = F | L | J,
};

/* STR is no constant. */
#define KEY(literal) { (literal), sizeof(literal) - 1 }

/* In the order of preference within a field.  Front matter's `lastmod` and the
   like are the date where there is no other, as in Hugo. */
static const struct {
    struct str key;             // in normal form
    uint8_t use;
    uint8_t dialects;
} known[] = {
    { KEY("title"), IS_TITLE, ALL },
    { KEY("headline"), IS_TITLE, ALL },
    { KEY("name"), IS_TITLE, J },
    { KEY("subject"), IS_TITLE, ALL },
    { KEY("body"), IS_BODY, J },
    { KEY("text"), IS_BODY, J },
    { KEY("content"), IS_BODY, J },
    { KEY("contents"), IS_BODY, J },
    { KEY("article"), IS_BODY, J },
    { KEY("articlebody"), IS_BODY, J },
    { KEY("fulltext"), IS_BODY, J },
    { KEY("summary"), IS_SUMMARY, ALL },
    { KEY("description"), IS_SUMMARY, ALL },
    { KEY("abstract"), IS_SUMMARY, ALL },
    { KEY("excerpt"), IS_SUMMARY, ALL },
    { KEY("lead"), IS_SUMMARY, ALL },
    { KEY("deck"), IS_SUMMARY, ALL },
    { KEY("subtitle"), IS_SUMMARY, F | L },
    { KEY("lang"), IS_LANG, ALL },
    { KEY("language"), IS_LANG, ALL },
    { KEY("inlanguage"), IS_LANG, ALL },
    { KEY("locale"), IS_LANG, ALL },
    { KEY("source"), IS_SOURCE, ALL },
    { KEY("publisher"), IS_SOURCE, F | J },
    { KEY("publication"), IS_SOURCE, ALL },
    { KEY("site"), IS_SOURCE, ALL },
    { KEY("sitename"), IS_SOURCE, ALL },
    { KEY("url"), IS_URL, ALL },
    { KEY("link"), IS_URL, ALL },
    { KEY("canonical"), IS_URL, ALL },
    { KEY("canonicalurl"), IS_URL, ALL },
    { KEY("originalurl"), IS_URL, ALL },
    { KEY("sourceurl"), IS_URL, ALL },
    { KEY("permalink"), IS_URL, ALL },
    { KEY("via"), IS_URL, L },
    { KEY("date"), IS_DATE, ALL },
    { KEY("published"), IS_PUBLISHED, ALL },
    { KEY("publishedat"), IS_DATE, ALL },
    { KEY("publisheddate"), IS_DATE, ALL },
    { KEY("publishdate"), IS_DATE, ALL },
    { KEY("pubdate"), IS_DATE, ALL },
    { KEY("datepublished"), IS_DATE, ALL },
    { KEY("publicationdate"), IS_DATE, ALL },
    { KEY("publishedtime"), IS_DATE, ALL },
    { KEY("created"), IS_DATE, ALL },
    { KEY("createdat"), IS_DATE, ALL },
    { KEY("datecreated"), IS_DATE, ALL },
    { KEY("timestamp"), IS_DATE, ALL },
    { KEY("ms.date"), IS_DATE, F },
    { KEY("collectdate"), IS_DATE, L },
    { KEY("updated"), IS_DATE, ALL },
    { KEY("lastmod"), IS_DATE, ALL },
    { KEY("modified"), IS_DATE, ALL },
    { KEY("datemodified"), IS_DATE, ALL },
    { KEY("id"), IS_KEY, ALL },
    { KEY("docno"), IS_KEY, J },
    { KEY("docid"), IS_KEY, J },
    { KEY("key"), IS_KEY, J },
    { KEY("author"), IS_AUTHORS, ALL },
    { KEY("authors"), IS_AUTHORS, ALL },
    { KEY("byline"), IS_AUTHORS, ALL },
    { KEY("creator"), IS_AUTHORS, ALL },
    { KEY("tags"), IS_TAGS, ALL },
    { KEY("tag"), IS_TAGS, ALL },
    { KEY("keywords"), IS_TAGS, ALL },
    { KEY("categories"), IS_CATEGORIES, ALL },
    { KEY("category"), IS_CATEGORIES, ALL },
    { KEY("section"), IS_CATEGORIES, ALL },
    { KEY("draft"), IS_DRAFT, ALL },
};

/* What `to` of a mapping may be. */
static const struct {
    const char *name;
    uint8_t use;
} targets[] = {
    { "title", IS_TITLE }, { "body", IS_BODY },
    { "summary", IS_SUMMARY }, { "lang", IS_LANG },
    { "source", IS_SOURCE }, { "url", IS_URL }, { "date", IS_DATE },
    { "id", IS_KEY }, { "key", IS_KEY }, { "author", IS_AUTHORS },
    { "authors", IS_AUTHORS }, { "tag", IS_TAGS },
    { "tags", IS_TAGS }, { "category", IS_CATEGORIES },
    { "categories", IS_CATEGORIES }, { "draft", IS_DRAFT },
};

/* Mappings in which the same keys are looked for, but after the others. */
static const struct str wrappers[] = {
    KEY("metadata."), KEY("meta."), KEY("taxonomies."), KEY("extra."),
    KEY("params."), KEY("content."), KEY("article."), KEY("data."),
};

enum {
    RANK_MAPPED = 0,
    RANK_KNOWN = 100,
    RANK_WRAPPED = 1000,
    RANK_NONE = UINT16_MAX,
};

/* ---- keys to fields ---- */

/* Lower case, without "_" and "-"; false where it is too long to be known. */
static bool
normal_key(struct str key, char out[NORMAL_KEY_MAX], size_t *len)
{
    *len = 0;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.p[i];
        if (c == '_' || c == '-') {
            continue;
        }
        if (*len == NORMAL_KEY_MAX) {
            return false;
        }
        out[(*len)++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return true;
}

static bool
starts_with(struct str s, struct str prefix)
{
    return s.len > prefix.len && memcmp(s.p, prefix.p, prefix.len) == 0;
}

static bool
find_known(struct value *value, struct str key, unsigned base,
           enum dialect dialect)
{
    size_t n = sizeof(known) / sizeof(known[0]);
    struct str name = STR(".name");
    struct str whole = key;

    // An object with a name: {"author": {"name": "Elin", "url": ...}}
    if (key.len > name.len
        && memcmp(key.p + key.len - name.len, name.p, name.len) == 0) {
        key.len -= name.len;
    }
    for (size_t i = 0; i < n; i++) {
        if ((known[i].dialects & 1u << dialect) == 0
            || !str_eq(key, known[i].key)) {
            continue;
        }
        if (key.len < whole.len && known[i].use != IS_AUTHORS
            && known[i].use != IS_SOURCE && known[i].use != IS_TAGS
            && known[i].use != IS_CATEGORIES) {
            return false;
        }
        value->use = known[i].use;
        value->rank = (uint16_t)(base + i);
        return true;
    }
    return false;
}

static bool
find_mapped(struct value *value, const struct field_map *map, size_t n_map)
{
    for (size_t i = 0; i < n_map; i++) {
        if (!lede__str_eq_nocase(value->key, map[i].from)) {
            continue;
        }
        for (size_t k = 0; k < sizeof(targets) / sizeof(targets[0]); k++) {
            if (lede__str_eq_nocase(map[i].to, str_from(targets[k].name))) {
                value->use = targets[k].use;
                value->rank = RANK_MAPPED;
                return true;
            }
        }
        value->key = map[i].to;     // stays metadata, by another name
        return true;
    }
    return false;
}

static void
resolve(struct builder *b, struct value *value, enum dialect dialect)
{
    const struct reader_options *options = b->options;
    bool json = dialect == DIALECT_JSON;
    char bytes[NORMAL_KEY_MAX];
    struct str key = { bytes, 0 };

    value->use = IS_META;
    value->rank = RANK_NONE;
    if (lede__value_is_null(value)) {
        value->use = IS_DONE;
        return;
    }
    if (options != NULL
        && find_mapped(value, json ? options->json_map : options->front_map,
                       json ? options->n_json_map : options->n_front_map)) {
        return;
    }
    if (!normal_key(value->key, bytes, &key.len)) {
        return;
    }
    if (!find_known(value, key, RANK_KNOWN, dialect)) {
        for (size_t i = 0; i < sizeof(wrappers) / sizeof(wrappers[0]); i++) {
            struct str prefix = wrappers[i];
            if (starts_with(key, prefix)) {
                struct str inner = { key.p + prefix.len,
                                     key.len - prefix.len };
                find_known(value, inner, RANK_WRAPPED, dialect);
            }
        }
    }
    if (value->use == IS_PUBLISHED) {
        // Jekyll's `published: false`, or the date
        bool flag = value->type == VALUE_BOOL
                    || str_eq(lede__str_trim(value->text), STR("true"))
                    || str_eq(lede__str_trim(value->text), STR("false"));
        value->use = IS_DATE;
        if (flag) {
            b->article->draft |= !lede__value_is_true(value);
            value->use = IS_META;
        }
    }
}

/* ---- fields of one value ---- */

static bool
has_scheme(struct str text)
{
    for (size_t i = 0; i + 3 <= text.len && i < 16; i++) {
        if (memcmp(text.p + i, "://", 3) == 0) {
            return i > 0;
        }
    }
    return false;
}

static struct str
field_text(struct builder *b, const struct value *value, size_t max)
{
    if (value->text.len > max) {
        lede__builder_warn(b, "limit", value->line, value->column,
                           "%.*s: longer than %zu KiB; the rest is left out",
                           (int)(value->key.len < 64 ? value->key.len : 64),
                           value->key.p, max >> 10);
    }
    return lede__text_line(b, value->text, max);
}

/* The same for texts that are often taken from web pages: "AT&amp;T". */
static struct str
plain_text(struct builder *b, const struct value *value, size_t max)
{
    struct value unescaped = *value;

    unescaped.text = lede__html_unescape(b, value->text);
    return field_text(b, &unescaped, max);
}

/* Give the value to its field; false where it cannot be used. */
static bool
take(struct builder *b, const struct value *value, enum dialect dialect)
{
    struct article *article = b->article;
    struct str key = value->key;
    const char *code;

    switch (value->use) {
    case IS_TITLE:
        article->title = plain_text(b, value, FIELD_TEXT_MAX);
        return article->title.len > 0;
    case IS_SUMMARY:
        article->summary = plain_text(b, value, META_TEXT_MAX);
        return article->summary.len > 0;
    case IS_SOURCE:
        article->source = field_text(b, value, FIELD_TEXT_MAX);
        return article->source.len > 0;
    case IS_URL:
        // A path within a site, or a pattern for one, is no address
        if (dialect != DIALECT_JSON && !has_scheme(value->text)) {
            return false;
        }
        article->url = field_text(b, value, FIELD_TEXT_MAX);
        return article->url.len > 0;
    case IS_KEY:
        if (value->text.len > KEY_MAX) {
            lede__builder_warn(b, "limit", value->line, value->column,
                               "an id longer than %zu bytes is not used",
                               KEY_MAX);
            return false;
        }
        article->key = lede__text_line(b, value->text, KEY_MAX);
        return article->key.len > 0;
    case IS_LANG:
        code = lede__lang_code(value->text);
        if (code != NULL) {
            article->lang = str_from(code);
        }
        return code != NULL;
    case IS_DATE:
        if (lede__value_date(value, lede__str_eq_nocase(key, STR("ms.date")),
                             &article->date)) {
            return true;
        }
        lede__builder_warn(b, "date", value->line, value->column,
                           "%.*s: not understood as a date: %.*s",
                           (int)(key.len < 64 ? key.len : 64), key.p,
                           (int)(value->text.len < 64 ? value->text.len : 64),
                           value->text.p);
        return false;
    default:
        return false;
    }
}

/* Try the field's values, best rank first, until one can be used. */
static void
choose(struct builder *b, enum use use, enum dialect dialect)
{
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        struct value *best = NULL;
        for (size_t i = 0; i < b->n_values; i++) {
            struct value *value = &b->values[i];
            if (value->use == use
                && (best == NULL || value->rank < best->rank)) {
                best = value;
            }
        }
        if (best == NULL) {
            return;
        }
        bool taken = take(b, best, dialect);
        best->use = taken ? IS_DONE : IS_META;
        if (taken) {
            break;
        }
    }
    for (size_t i = 0; i < b->n_values; i++) {
        if (b->values[i].use == use) {
            b->values[i].use = IS_META;
        }
    }
}

/* ---- lists ---- */

/* One string for several: "a, b", or Jekyll's "a b". */
static void
add_split(struct builder *b, enum article_list list, struct str text,
          bool by_space)
{
    bool comma = memchr(text.p, ',', text.len) != NULL;
    size_t start = 0;

    for (size_t i = 0; i <= text.len; i++) {
        char c = i < text.len ? text.p[i] : ',';
        if (c == ',' || (!comma && c == ';')
            || (!comma && by_space && (c == ' ' || c == '\t'))) {
            lede__builder_list(b, list,
                               (struct str){ text.p + start, i - start });
            start = i + 1;
        }
    }
}

static bool
is_plural(struct str key)
{
    return key.len > 1 && (key.p[key.len - 1] | 0x20) == 's'
           && !lede__str_eq_nocase(key, STR("keywords"));
}

static void
collect(struct builder *b, enum use use, enum article_list list,
        enum dialect dialect)
{
    for (size_t i = 0; i < b->n_values; i++) {
        struct value *value = &b->values[i];
        if (value->use != use) {
            continue;
        }
        value->use = IS_DONE;
        if (value->item) {
            lede__builder_list(b, list, value->text);
        } else {
            add_split(b, list, value->text,
                      dialect == DIALECT_FRONT && is_plural(value->key));
        }
    }
}

/* ---- authors ---- */

static void
collect_authors(struct builder *b)
{
    unsigned best = RANK_NONE;

    for (size_t i = 0; i < b->n_values; i++) {
        struct value *value = &b->values[i];
        if (value->use == IS_AUTHORS && value->rank < best) {
            best = value->rank;
        }
    }
    for (size_t i = 0; i < b->n_values; i++) {
        struct value *value = &b->values[i];
        if (value->use != IS_AUTHORS) {
            continue;
        }
        value->use = value->rank == best ? IS_DONE : IS_META;
        if (value->rank == best && value->item) {
            lede__builder_author(b, value->text);
        } else if (value->rank == best) {
            lede__builder_authors(b, value->text);
        }
    }
}

/* ---- all of it ---- */

static void
write_body(struct builder *b)
{
    unsigned best = RANK_NONE;

    for (size_t i = 0; i < b->n_values; i++) {
        struct value *value = &b->values[i];
        if (value->use == IS_BODY && value->rank < best) {
            best = value->rank;
        }
    }
    for (size_t i = 0; i < b->n_values; i++) {
        struct value *value = &b->values[i];
        if (value->use == IS_BODY) {
            value->use = value->rank == best ? IS_TEXT : IS_META;
            if (value->rank == best) {
                lede__text_paragraphs(b, value->text);
            }
        }
    }
}

void
lede__fields_apply(struct builder *b, enum dialect dialect)
{
    static const enum use single[] = {
        IS_TITLE, IS_SUMMARY, IS_SOURCE, IS_URL, IS_KEY,
        IS_LANG, IS_DATE,
    };
    struct article *article = b->article;

    for (size_t i = 0; i < b->n_values; i++) {
        resolve(b, &b->values[i], dialect);
        if (b->values[i].use == IS_DRAFT) {
            article->draft |= lede__value_is_true(&b->values[i]);
            b->values[i].use = IS_META;
        }
    }
    for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
        choose(b, single[i], dialect);
    }
    collect_authors(b);
    collect(b, IS_TAGS, LIST_TAGS, dialect);
    collect(b, IS_CATEGORIES, LIST_CATEGORIES, dialect);
    if (dialect == DIALECT_JSON) {
        write_body(b);
    }
    for (size_t i = 0; i < b->n_values; i++) {
        if (b->values[i].use == IS_META
            || b->values[i].use == IS_BODY) {
            lede__builder_meta(b, &b->values[i]);
        } else if (b->values[i].use == IS_DONE) {
            lede__builder_header(b, &b->values[i]);
        }
    }
    b->n_values = 0;
}

void
lede__fields_key(struct builder *b, enum dialect dialect, struct str *key)
{
    for (size_t i = 0; i < b->n_values; i++) {
        resolve(b, &b->values[i], dialect);
    }
    choose(b, IS_KEY, dialect);
    *key = b->article->key;
}
