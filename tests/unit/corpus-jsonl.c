/* corpus-jsonl.c - records of JSON Lines: which keys become what, what fails
   and where. */

#include "corpus/json.h"
#include "corpus/jsonl.h"
#include "tests/article-check.h"
#include "tests/tap.h"

static struct article article;
static struct warnings warnings;

static void
add(struct buf *out, const char *name, struct str s)
{
    if (s.len > 0) {
        lede__buf_addf(out, NULL, "%s=%s|", name, s.p);
    }
}

static char *
summary_of(const struct article *a)
{
    static const char marks[] = "snbd";     // by enum meta_type
    struct buf out = BUF_INIT(1 << 20);
    char date[24];

    add(&out, "id", a->id);
    add(&out, "title", a->title);
    lede__date_format(a->date, date);
    add(&out, "date", str_from(date));
    add(&out, "summary", a->summary);
    if (!a->lang_detected) {
        add(&out, "lang", a->lang);
    }
    add(&out, "source", a->source);
    add(&out, "url", a->url);
    for (size_t i = 0; i < a->authors.count; i++) {
        add(&out, "author", a->authors.items[i]);
    }
    for (size_t i = 0; i < a->tags.count; i++) {
        add(&out, "tag", a->tags.items[i]);
    }
    for (size_t i = 0; i < a->categories.count; i++) {
        add(&out, "category", a->categories.items[i]);
    }
    for (size_t i = 0; i < a->n_meta; i++) {
        lede__buf_addf(&out, NULL, "%c:", marks[a->meta[i].type]);
        add(&out, a->meta[i].key.p, a->meta[i].text);
    }
    lede__buf_addf(&out, NULL, "body=");
    for (size_t i = 0; i < a->n_blocks; i++) {
        lede__buf_addf(&out, NULL, "%s%.*s", i > 0 ? "/" : "",
                       (int)a->blocks[i].len, a->body.p + a->blocks[i].start);
    }
    return out.p;
}

static const struct {
    const char *json;
    const char *want;
} rows[] = {
    { "{}", "id=f#1|body=" },
    { "{\"id\":\"a\",\"title\":\"T\",\"text\":\"One.\\n\\nTwo.\"}",
      "id=f#a|title=T|body=One./Two." },
    { "{\"id\":18228284,\"body\":\"b\"}", "id=f#18228284|title=b|body=b" },
    { "{\"id\":1.50,\"body\":\"b\"}", "id=f#1.50|title=b|body=b" },
    { "{\"_id\":\"x\",\"name\":\"N\"}", "id=f#x|title=N|body=" },
    { "{\"docno\":\"WSJ-1\",\"headline\":\"H\",\"article_body\":\"b\"}",
      "id=f#WSJ-1|title=H|body=b" },
    { "{\"id\":null,\"title\":\"\",\"subject\":\"S\"}",
      "id=f#1|title=S|body=" },
    { "{\"title\":\"T\",\"headline\":\"H\",\"body\":\"b\",\"text\":\"t\"}",
      "id=f#1|title=T|s:headline=H|s:text=t|body=b" },
    { "{\"body\":[\"p\",\"q\\nr\"]}", "id=f#1|title=p|body=p/q/r" },
    { "{\"publishedAt\":\"2025-02-12T15:10:00+01:00\"}",
      "id=f#1|date=2025-02-12T14:10:00Z|body=" },
    { "{\"pub_date\":\"12 Feb 2025\",\"created\":2024}",
      "id=f#1|date=2025-02-12|n:created=2024|body=" },
    { "{\"timestamp\":1739371800}", "id=f#1|date=2025-02-12T14:50:00Z|body=" },
    { "{\"timestamp\":1739371800123}",
      "id=f#1|date=2025-02-12T14:50:00Z|body=" },
    { "{\"timestamp\":1739371800.5}",
      "id=f#1|date=2025-02-12T14:50:00Z|body=" },
    { "{\"date\":2025}", "id=f#1|date=2025|body=" },
    { "{\"date\":20250212}", "id=f#1|date=2025-02-12|body=" },
    { "{\"language\":\"de-AT\",\"description\":\"d\",\"publisher\":\"P\","
      "\"link\":\"/x\"}",
      "id=f#1|summary=d|lang=de|source=P|url=/x|body=" },
    { "{\"author\":\"A B and C D\"}",
      "id=f#1|author=A B|author=C D|body=" },
    { "{\"authors\":[{\"name\":\"A\",\"id\":7},{\"name\":\"B\"}]}",
      "id=f#1|author=A|author=B|n:authors.id=7|body=" },
    { "{\"creator\":{\"name\":\"A\"},\"source\":{\"name\":\"S\",\"id\":null}}",
      "id=f#1|source=S|author=A|body=" },
    { "{\"tags\":\"a, b c\",\"keywords\":[\"d\"],\"section\":\"World\"}",
      "id=f#1|tag=a|tag=b c|tag=d|category=World|body=" },
    { "{\"metadata\":{\"title\":\"T\",\"k\":1},\"meta\":{\"lang\":\"en\"}}",
      "id=f#1|title=T|lang=en|n:metadata.k=1|body=" },
    { "{\"title\":\"T\",\"meta\":{\"title\":\"M\"}}",
      "id=f#1|title=T|s:meta.title=M|body=" },
    { "{\"a\":{\"b\":[1,true,null,\"x\",{\"c\":\"2025-02-12\"}]}}",
      "id=f#1|n:a.b=1|b:a.b=true|s:a.b=x|d:a.b.c=2025-02-12|body=" },
    { "{\"n\":12345678901234567890,\"m\":-0.1e-5}",
      "id=f#1|n:n=12345678901234567890|n:m=-0.1e-5|body=" },
    { "{\"title\":\"a\\u0000b\\ud800c\\ud83d\\ude00\",\"body\":\"x\\u0007y\"}",
      "id=f#1|title=a b\xEF\xBF\xBD" "c\xF0\x9F\x98\x80|body=x y" },
    { "{\"id\":\"a\",\"id\":\"b\"}", "id=f#b|body=" },
    { "{\"a\":NaN,\"b\":[-Infinity,1]}", "id=f#1|n:b=1|body=" },
    { "  {\"id\":\"a\"}  ", "id=f#a|body=" },
    { "{\"id\":\"a\\nb\"}", "id=f#a b|body=" },
};

static const struct {
    const char *json;
    lede_status status;
    unsigned column;
} faults[] = {
    { "{\"a\":}", LEDE_STATUS_BAD_INPUT, 6 },
    { "{\"a\":1,}", LEDE_STATUS_BAD_INPUT, 8 },
    { "{\"a\":1} x", LEDE_STATUS_BAD_INPUT, 9 },
    { "{\"a\":\"x", LEDE_STATUS_BAD_INPUT, 8 },
    { "{a:1}", LEDE_STATUS_BAD_INPUT, 2 },
    { "[]", LEDE_STATUS_BAD_INPUT, 1 },
    { "null", LEDE_STATUS_BAD_INPUT, 5 },
    { "text", LEDE_STATUS_BAD_INPUT, 2 },
    { "", LEDE_STATUS_BAD_INPUT, 1 },
};

static void
tables(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        lede_status status = read_article(&article, FORMAT_JSONL, "f",
                                          str_from(rows[i].json), NULL,
                                          &warnings, NULL);
        char *got = summary_of(&article);
        is_int(status, LEDE_STATUS_OK, "row %zu: status", i);
        is_str(got, rows[i].want, "row %zu", i);
        is_str(check_article(&article), NULL, "row %zu holds together", i);
        free(got);
    }
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        lede_error err = LEDE_ERROR_INIT;
        is_int(read_article(&article, FORMAT_JSONL, "f",
                            str_from(faults[i].json), NULL, NULL, &err),
               faults[i].status, "fault %zu: status", i);
        is_int(err.line, 1, "fault %zu: line", i);
        is_int(err.column, faults[i].column, "fault %zu: column (%s)", i,
               err.message);
        ok(strncmp(err.message, "f:1:", 4) == 0, "fault %zu: place", i);
    }
}

static void
peeks(void)
{
    static const struct {
        const char *json, *key;
        enum json_action action;
        lede_status status;
    } table[] = {
        { "{\"id\":\"a\",\"title\":\"T\"}", "a", JSON_ARTICLE, 0 },
        { "{\"title\":\"T\",\"docid\":7}", "7", JSON_ARTICLE, 0 },
        { "{\"meta\":{\"id\":\"m\"}}", "m", JSON_ARTICLE, 0 },
        { "{\"title\":\"T\"}", "", JSON_ARTICLE, 0 },
        { "{\"delete\":\"a\"}", "a", JSON_DELETE, 0 },
        { "{\"delete\":7}", "7", JSON_DELETE, 0 },
        { "{\"delete\":\"a\",\"id\":\"b\"}", "b", JSON_ARTICLE, 0 },
        { "{\"delete\":true}", "", JSON_ARTICLE, 0 },
        { "{", "", JSON_ARTICLE, LEDE_STATUS_BAD_INPUT },
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct record record = { table[i].json, strlen(table[i].json), 0, 1,
                                 FORMAT_JSONL, false };
        struct arena arena = ARENA_INIT;
        enum json_action action;
        struct str key;
        is_int(lede__json_peek(&record, NULL, &arena, &key, &action, NULL),
               table[i].status, "peek %zu: status", i);
        is_str(key.p, table[i].key, "peek %zu: key", i);
        is_int(action, table[i].action, "peek %zu: action", i);
        lede__arena_free(&arena);
    }
}

static void
limits(void)
{
    struct buf text = BUF_INIT(1 << 24);
    struct record record = { "{}", 2, 0, 7, FORMAT_JSONL, true };
    lede_error err = LEDE_ERROR_INIT;

    is_int(lede__article_parse(&article, &record, STR("f"), NULL, NULL, NULL,
                               &err), LEDE_STATUS_LIMIT,
           "a record that was cut");
    is_int(err.line, 7, "its line");
    for (int more = 0; more < 2; more++) {
        text.len = 0;
        lede__buf_str(&text, STR("{\"a\":"), NULL);
        for (int i = 1; i < JSON_DEPTH_MAX - 1 + more; i++) {
            lede__buf_char(&text, '[', NULL);
        }
        lede__buf_char(&text, '1', NULL);
        for (int i = 1; i < JSON_DEPTH_MAX - 1 + more; i++) {
            lede__buf_char(&text, ']', NULL);
        }
        lede__buf_str(&text, STR("}"), NULL);
        is_int(read_article(&article, FORMAT_JSONL, "f",
                            lede__buf_view(&text), NULL, NULL, NULL),
               more == 0 ? LEDE_STATUS_OK : LEDE_STATUS_LIMIT,
               "depth at the limit and beyond: %d", more);
        // A list of paragraphs is a body, however long
        text.len = 0;
        lede__buf_str(&text, STR("{\"body\":[\"p\""), NULL);
        for (int i = 1; i < JSON_LIST_MAX + more; i++) {
            lede__buf_str(&text, STR(",\"p\""), NULL);
        }
        lede__buf_str(&text, STR("]}"), NULL);
        read_article(&article, FORMAT_JSONL, "f", lede__buf_view(&text), NULL,
                     &warnings, NULL);
        is_int(article.n_blocks, JSON_LIST_MAX + more, "paragraphs");
        is_int(warnings.count, 0, "no warnings");
        // Values of metadata
        text.len = 0;
        lede__buf_str(&text, STR("{\"a\":[1"), NULL);
        for (int i = 1; i < VALUES_MAX + more; i++) {
            lede__buf_str(&text, STR(",1"), NULL);
        }
        lede__buf_str(&text, STR("]}"), NULL);
        read_article(&article, FORMAT_JSONL, "f", lede__buf_view(&text), NULL,
                     &warnings, NULL);
        is_int(article.n_meta, VALUES_MAX, "values at the limit and beyond");
        is_int(warnings.count, more, "warnings");
    }
    // Members and items
    for (int more = 0; more < 2; more++) {
        text.len = 0;
        lede__buf_str(&text, STR("{\"a,\\\"b\":[0"), NULL);
        for (size_t i = 2; i < JSON_NODES_MAX + (size_t)more; i++) {
            lede__buf_str(&text, STR(",0"), NULL);
        }
        lede__buf_str(&text, STR("]}"), NULL);
        is_int(read_article(&article, FORMAT_JSONL, "f",
                            lede__buf_view(&text), NULL, NULL, NULL),
               more == 0 ? LEDE_STATUS_OK : LEDE_STATUS_LIMIT,
               "members and items at the limit and beyond: %d", more);
    }
    // Keys in one another become no longer than META_KEY_MAX
    text.len = 0;
    for (int i = 0; i < 60; i++) {
        lede__buf_str(&text, STR("{\"nested\":"), NULL);
    }
    lede__buf_char(&text, '1', NULL);
    for (int i = 0; i < 60; i++) {
        lede__buf_char(&text, '}', NULL);
    }
    read_article(&article, FORMAT_JSONL, "f", lede__buf_view(&text), NULL,
                 &warnings, NULL);
    ok(article.n_meta == 1 && article.meta[0].key.len <= META_KEY_MAX,
       "a key of 60 levels is cut to %zu bytes", article.meta[0].key.len);
    lede__buf_free(&text);
}

static void
mapping(void)
{
    const struct field_map map[] = {
        { STR("content.title"), STR("title") },
        { STR("content.text"), STR("body") },
        { STR("when"), STR("date") },
        { STR("guid"), STR("id") },
    };
    const struct reader_options options = { .json_map = map, .n_json_map = 4 };
    struct str json = STR("{\"guid\":\"g\",\"id\":\"i\",\"title\":\"x\","
                          "\"content\":{\"title\":\"T\",\"text\":\"B\"},"
                          "\"when\":\"2025\"}");
    struct record record = { json.p, json.len, 0, 1, FORMAT_JSONL, false };
    struct arena arena = ARENA_INIT;
    enum json_action action;
    struct str key;
    char *got;

    read_article(&article, FORMAT_JSONL, "f", json, &options, &warnings, NULL);
    got = summary_of(&article);
    is_str(got, "id=f#g|title=T|date=2025|s:id=i|s:title=x|body=B",
           "a mapping comes first");
    lede__json_peek(&record, &options, &arena, &key, &action, NULL);
    is_str(key.p, "g", "for planning too");
    free(got);
    lede__arena_free(&arena);
}

int
main(void)
{
    tables();
    peeks();
    limits();
    mapping();
    lede__arena_free(&article.arena);
    return done();
}
