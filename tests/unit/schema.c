/* schema.c - tests of lede.yaml: what is read, each fault with its place, each
   limit, canonical writing, and the example of the manual. */

#include "shared/schema.h"

#include "shared/schema-yaml.h"
#include "tests/tap.h"

#define DEFAULTS                                                            \
    "fields:\n"                                                             \
    "  body: 1\n"                                                           \
    "  title: 3\n"                                                          \
    "  summary: 1\n"                                                        \
    "  tags: 1\n"                                                           \
    "  authors: 1\n"                                                        \
    "  heading: 2\n"

#define ENGLISH "languages: {default: en}\n"

static lede_error err;

/* The canonical text of `text`, or the message why there is none; also checks
   that canonical text stays as it is.  Until the next call. */
static const char *
canonical(struct str text)
{
    static struct buf first = BUF_INIT(BUF_MAX_ANY);
    static struct buf second = BUF_INIT(BUF_MAX_ANY);
    struct schema *schema = NULL;
    const char *answer = err.message;

    first.len = second.len = 0;
    if (lede__schema_parse(&schema, text, "x.yaml", &err) != LEDE_STATUS_OK) {
        if (schema != NULL || err.status != LEDE_STATUS_BAD_CONFIG) {
            return "wrong failure";
        }
        return answer;
    }
    lede__schema_write(&first, schema, NULL);
    lede__schema_free(schema);
    if (lede__schema_parse(&schema, lede__buf_view(&first), "written", &err)
        != LEDE_STATUS_OK) {
        return answer;
    }
    lede__schema_write(&second, schema, NULL);
    lede__schema_free(schema);
    return str_eq(lede__buf_view(&first), lede__buf_view(&second))
        ? first.p : "written differently again";
}

static const struct {
    const char *text;
    const char *want;
} sound[] = {
    { "", DEFAULTS ENGLISH },
    { "# nothing\n\n# at all\n", DEFAULTS ENGLISH },
    { "---\n", DEFAULTS ENGLISH },
    { "--- {}\n...\n", DEFAULTS ENGLISH },
    { "\xEF\xBB\xBF# with a mark\n", DEFAULTS ENGLISH },
    { "~", DEFAULTS ENGLISH },
    { "null", DEFAULTS ENGLISH },
    { "fields:\nlanguages:\nstop_words: ~\nsynonyms: null\njson:\n"
      "front_matter:\n", DEFAULTS ENGLISH },
    { "fields: {}\nlanguages: []\nstop_words: {}\nsynonyms: []\njson: {}\n"
      "front_matter: {}\n", DEFAULTS ENGLISH },
    { DEFAULTS ENGLISH, DEFAULTS ENGLISH },
    { "fields: {title: 100, heading: 1, body: 100, summary: 0, tags: \"7\"}",
      "fields:\n  body: 100\n  title: 100\n  summary: 0\n  tags: 7\n"
      "  authors: 1\n  heading: 1\n" ENGLISH },
    { "fields: {b2: 0, a-b_c: 100, c: {}, d: {weight: 5}, e: {from: Dek x}}",
      DEFAULTS
      "  b2: {weight: 0, from: b2}\n"
      "  a-b_c: {weight: 100, from: a-b_c}\n"
      "  c: {weight: 1, from: c}\n"
      "  d: {weight: 5, from: d}\n"
      "  e: {weight: 1, from: \"Dek x\"}\n" ENGLISH },
    { "fields: {no: 1, on: {from: off}}",
      DEFAULTS
      "  \"no\": {weight: 1, from: \"no\"}\n"
      "  \"on\": {weight: 1, from: \"off\"}\n" ENGLISH },
    { "languages: [no, de, en, de]",
      DEFAULTS "languages: {default: en, detect: [de, en, \"no\"]}\n" },
    { "languages: {detect: [ko], default: ko}",
      DEFAULTS "languages: {default: ko, detect: [ko]}\n" },
    { "languages: {default: yue}", DEFAULTS "languages: {default: yue}\n" },
    { "stop_words: {en: [the, a, the, ' of '], de: []}",
      DEFAULTS ENGLISH "stop_words:\n  de: []\n  en: [a, of, the]\n" },
    { "stop_words:\n  no: [og, \"no\", 'it''s', \"\\\"\", '\\', \xC3\xA5, a b"
      ", 12, '', -x]\n", "x.yaml:2:50: stop words must be texts" },
    { "stop_words:\n  no: [og, \"no\", 'it''s', \"\\\"\", '\\', \xC3\xA5, a b"
      ", 12, -x]\n",
      DEFAULTS ENGLISH "stop_words:\n  \"no\": [\"\\\"\", \"-x\", \"12\", "
      "\"\\\\\", \"a b\", \"it's\", \"no\", og, \"\xC3\xA5\"]\n" },
    { "synonyms:\n- [z, k8s, kubernetes, z]\n- {to: [c, b], from: [a]}\n"
      "- from: [q, p]\n  to: [p, q]\n- [k8s, kubernetes, z]\n"
      "- [large language model, llm]\n",
      DEFAULTS ENGLISH "synonyms:\n  - {from: [a], to: [b, c]}\n"
      "  - [k8s, kubernetes, z]\n  - [k8s, kubernetes, z]\n"
      "  - [\"large language model\", llm]\n  - [p, q]\n" },
    { "json: {z: tags, headline: title, a.b: body}\n"
      "front_matter: {dek: summary, Byline: authors}\n",
      DEFAULTS ENGLISH "json:\n  \"a.b\": body\n  headline: title\n"
      "  z: tags\nfront_matter:\n  Byline: authors\n  dek: summary\n" },
    { "json: {a: id, b: key, c: title, d: body, e: summary, f: date, g: lang,"
      " h: source, i: url, j: authors, k: tags, l: categories, m: draft}",
      DEFAULTS ENGLISH "json:\n  a: id\n  b: key\n  c: title\n  d: body\n"
      "  e: summary\n  f: date\n  g: lang\n  h: source\n  i: url\n"
      "  j: authors\n  k: tags\n  l: categories\n  m: draft\n" },
    // A further field may come after the mapping that names it
    { "json: {sub: subtitle}\nfields: {subtitle: {weight: 2, from: dek}}\n",
      DEFAULTS "  subtitle: {weight: 2, from: dek}\n" ENGLISH
      "json:\n  sub: subtitle\n" },
};

static const struct {
    const char *text;
    const char *want;
} faults[] = {
    // the form
    { "x", "x.yaml:1:1: the sections fields, languages, stop_words, synonyms, "
      "json, front_matter are expected" },
    { "[]", "x.yaml:1:1: the sections fields, languages, stop_words, synonyms, "
      "json, front_matter are expected" },
    { "''", "x.yaml:1:1: the sections fields, languages, stop_words, synonyms, "
      "json, front_matter are expected" },
    { "\n field: 3", "x.yaml:2:2: unknown key \"field\"; allowed: fields, "
      "languages, stop_words, synonyms, json, front_matter" },
    { "json: {}\nfields: {}\njson: {}", "x.yaml:3:1: \"json\" comes twice" },
    { "json: {a: id, 'a': key}", "x.yaml:1:15: \"a\" comes twice" },
    { "{}\n---\n{}", "x.yaml:2:1: a second document; only one is allowed" },
    { "json: &a {}", "x.yaml:1:7: anchors (&) are not allowed" },
    { "json: *a", "x.yaml:1:7: aliases (*) are not allowed" },
    { "json: !!map {}", "x.yaml:1:7: tags (!) are not allowed" },
    { "json: {a: !x id}", "x.yaml:1:11: tags (!) are not allowed" },
    { "? [a]\n: b", "x.yaml:1:3: a key must be a text" },
    { "? {a: b}\n: b", "x.yaml:1:3: a key must be a text" },
    { "'': b", "x.yaml:1:1: a key must be a text" },
    { "json: {a: \"b\\0\"}", "x.yaml:1:11: a control character (U+0000) in a "
      "text" },
    { "json: {a: \"b\\n\"}", "x.yaml:1:11: a control character (U+000A) in a "
      "text" },
    { "json: {a: \"\\u2028\"}", "x.yaml:1:11: a control character (U+2028) in "
      "a text" },
    { "json: {a: |\n  b\n  }", "x.yaml:1:11: while scanning for the next "
      "token: found character that cannot start any token" },
    { "json: {a: b", "x.yaml:2:1: while parsing a flow mapping: did not find "
      "expected ',' or '}'" },
    { "json:\n\ta: b", "x.yaml:2:1: while scanning for the next token: found "
      "character that cannot start any token" },
    { "# \xC3\xA9\xFF", "x.yaml:1:4: invalid leading UTF-8 octet" },
    { "# a\n\xC3\xA9\xE2\x82", "x.yaml:2:2: incomplete UTF-8 octet sequence" },
    { "json: {}\n\x01", "x.yaml:2:1: control characters are not allowed" },

    // fields
    { "fields: 3", "x.yaml:1:9: fields must be names with weights, such as "
      "title: 3" },
    { "fields: [title]", "x.yaml:1:9: fields must be names with weights, such "
      "as title: 3" },
    { "fields: {title: 101}", "x.yaml:1:17: the weight of title must be a "
      "whole number from 0 to 100" },
    { "fields: {title: -1}", "x.yaml:1:17: the weight of title must be a "
      "whole number from 0 to 100" },
    { "fields: {title: 2.5}", "x.yaml:1:17: the weight of title must be a "
      "whole number from 0 to 100" },
    { "fields: {title: 010}", "x.yaml:1:17: the weight of title must be a "
      "whole number from 0 to 100" },
    { "fields: {title: 18446744073709551617}", "x.yaml:1:17: the weight of "
      "title must be a whole number from 0 to 100" },
    { "fields: {title: }", "x.yaml:1:17: the weight of title must be a "
      "whole number from 0 to 100" },
    { "fields: {title: [3]}", "x.yaml:1:17: the weight of title must be a "
      "whole number from 0 to 100" },
    { "fields: {title: {weight: 3}}", "x.yaml:1:17: the weight of title must "
      "be a whole number from 0 to 100" },
    { "fields: {body: 0}", "x.yaml:1:16: the weight of body must be a whole "
      "number from 1 to 100" },
    { "fields: {heading: 101}", "x.yaml:1:19: the weight of heading must be a "
      "whole number from 1 to 100" },
    { "fields: {x: {weight: 101}}", "x.yaml:1:22: the weight of x must be a "
      "whole number from 0 to 100" },
    { "fields: {x: 101}", "x.yaml:1:13: the weight of x must be a whole number "
      "from 0 to 100" },
    { "fields: {x: [1]}", "x.yaml:1:13: the weight of x must be a whole number "
      "from 0 to 100" },
    { "fields: {x: {wieght: 1}}", "x.yaml:1:14: unknown key \"wieght\"; "
      "allowed: weight, from" },
    { "fields: {x: {from: }}", "x.yaml:1:20: from must be a metadata key" },
    { "fields: {x: {from: [a]}}", "x.yaml:1:20: from must be a metadata key" },
    { "fields: {x: {from: title}}", "x.yaml:1:20: \"title\" is a field of "
      "every article, not a metadata key" },
    { "fields: {X: 1}", "x.yaml:1:10: \"X\" is no name of a field; small "
      "letters, digits, _ and - are allowed, a letter first" },
    { "fields: {a b: 1}", "x.yaml:1:10: \"a b\" is no name of a field; small "
      "letters, digits, _ and - are allowed, a letter first" },
    { "fields: {1a: 1}", "x.yaml:1:10: \"1a\" is no name of a field; small "
      "letters, digits, _ and - are allowed, a letter first" },
    { "fields: {\xC3\xA9: 1}", "x.yaml:1:10: \"\xC3\xA9\" is no name of a "
      "field; small letters, digits, _ and - are allowed, a letter first" },
    { "fields: {source: 1}", "x.yaml:1:10: \"source\" has a meaning of its "
      "own; give the field another name, and the key with from" },

    // languages, stop words
    { "languages: en", "x.yaml:1:12: languages must be a list, such as "
      "[en, de], or have the keys default and detect" },
    { "languages: [en, english]", "x.yaml:1:17: \"english\" is no language; a "
      "code of two or three small letters is needed, such as en" },
    { "languages: [EN]", "x.yaml:1:13: \"EN\" is no language; a code of two "
      "or three small letters is needed, such as en" },
    { "languages: [[en]]", "x.yaml:1:13: languages must be texts" },
    { "languages: {default: e}", "x.yaml:1:22: \"e\" is no language; a code "
      "of two or three small letters is needed, such as en" },
    { "languages: {default: [en]}", "x.yaml:1:22: default must be one "
      "language" },
    { "languages: {detect: en}", "x.yaml:1:21: languages must be a list, such "
      "as [one, two]" },
    { "languages: {defualt: en}", "x.yaml:1:13: unknown key \"defualt\"; "
      "allowed: default, detect" },
    { "stop_words: [the]", "x.yaml:1:13: stop_words must be languages with "
      "lists, such as en: [a, the]" },
    { "stop_words: {english: [the]}", "x.yaml:1:14: \"english\" is no "
      "language; a code of two or three small letters is needed, such as en" },
    { "stop_words: {en: the}", "x.yaml:1:18: stop words must be a list, such "
      "as [one, two]" },
    { "stop_words: {en: [a, [b]]}", "x.yaml:1:22: stop words must be texts" },
    { "stop_words: {en: [a, ' ']}", "x.yaml:1:22: stop words must be texts" },

    // synonyms
    { "synonyms: {a: b}", "x.yaml:1:11: synonyms must be a list of lists, "
      "such as - [k8s, kubernetes]" },
    { "synonyms: [a, b]", "x.yaml:1:12: a synonym must be a list, such as "
      "[k8s, kubernetes], or have the keys from and to" },
    { "synonyms: [[a]]", "x.yaml:1:12: at least 2 different synonyms are "
      "needed" },
    { "synonyms: [[a, a]]", "x.yaml:1:12: at least 2 different synonyms are "
      "needed" },
    { "synonyms: [{from: [], to: [b]}]", "x.yaml:1:19: at least 1 different "
      "synonym is needed" },
    { "synonyms: [{from: [a]}]", "x.yaml:1:12: a synonym of one direction "
      "needs both from and to" },
    { "synonyms: [{to: [a]}]", "x.yaml:1:12: a synonym of one direction "
      "needs both from and to" },
    { "synonyms: [{from: a, to: [b]}]", "x.yaml:1:19: synonyms must be a "
      "list, such as [one, two]" },
    { "synonyms: [{form: [a], to: [b]}]", "x.yaml:1:13: unknown key \"form\"; "
      "allowed: from, to" },

    // mappings
    { "json: [a]", "x.yaml:1:7: json must be keys with the fields that they "
      "become, such as headline: title" },
    { "front_matter: a", "x.yaml:1:15: front_matter must be keys with the "
      "fields that they become, such as headline: title" },
    { "json: {a: titel}", "x.yaml:1:11: \"a\" cannot be mapped to \"titel\"; "
      "allowed: id, key, title, body, summary, date, lang, source, url, "
      "authors, tags, categories, draft, and the further fields of this "
      "file" },
    { "json: {a: [title]}", "x.yaml:1:11: \"a\" cannot be mapped to a list or "
      "mapping; allowed: id, key, title, body, summary, date, lang, source, "
      "url, authors, tags, categories, draft, and the further fields of this "
      "file" },
    { "json: {a: heading}", "x.yaml:1:11: \"a\" cannot be mapped to "
      "\"heading\"; allowed: id, key, title, body, summary, date, lang, "
      "source, url, authors, tags, categories, draft, and the further fields "
      "of this file" },
};

static void
test_texts(void)
{
    for (size_t i = 0; i < sizeof(sound) / sizeof(sound[0]); i++) {
        is_str(canonical(str_from(sound[i].text)), sound[i].want,
               "sound %zu", i);
    }
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        is_str(canonical(str_from(faults[i].text)), faults[i].want,
               "fault %zu", i);
    }
    is_str(canonical((struct str){ NULL, 0 }), DEFAULTS ENGLISH, "NULL");
    is_str(canonical(STR("json: {a\0: b}")),
           "x.yaml:1:9: control characters are not allowed", "a NUL");
    // UTF-16 with its mark, as some editors write it
    is_str(canonical(STR("\xFF\xFEj\0s\0o\0n\0:\0")), DEFAULTS ENGLISH,
           "UTF-16");

    lede__schema_parse(&(struct schema *){ NULL }, STR("\n x: 1"), NULL, &err);
    is_str(err.message, "lede.yaml:2:2: unknown key \"x\"; allowed: fields, "
           "languages, stop_words, synonyms, json, front_matter", "no name");
    is_str(err.file, "lede.yaml", "file");
    ok(err.line == 2 && err.column == 2, "line and column");
}

static void
test_schema(void)
{
    static const char text[] =
        "fields: {subtitle: {weight: 2, from: dek}}\n"
        "languages: {default: de, detect: [en, de]}\n"
        "stop_words: {en: [the]}\n"
        "synonyms: [[a, b], {from: [c], to: [d, e]}]\n"
        "json: {x: subtitle}\n"
        "front_matter: {y: title}\n";
    struct schema *schema = NULL;

    is_int(lede__schema_parse(&schema, STR(text), "x.yaml", &err),
           LEDE_STATUS_OK, "parse");
    is_int(lede__schema_field(schema, STR("body")), FIELD_BODY, "body");
    is_int(lede__schema_field(schema, STR("title")), FIELD_TITLE, "title");
    is_int(lede__schema_field(schema, STR("summary")), FIELD_SUMMARY,
           "summary");
    is_int(lede__schema_field(schema, STR("tags")), FIELD_TAGS, "tags");
    is_int(lede__schema_field(schema, STR("authors")), FIELD_AUTHORS,
           "authors");
    is_int(lede__schema_field(schema, STR("subtitle")), FIELD_CUSTOM,
           "subtitle");
    is_int(lede__schema_field(schema, STR("dek")), -1, "no such field");
    is_int(lede__schema_field(schema, STR("heading")), -1, "heading is none");
    is_int(schema->n_fields, FIELD_CUSTOM + 1, "fields");
    ok(str_eq(schema->fields[FIELD_CUSTOM].key, STR("dek"))
           && schema->fields[FIELD_CUSTOM].weight == 2, "the further field");
    is_int(schema->fields[FIELD_TITLE].weight, 3, "weight of the title");
    is_int(schema->heading_weight, 2, "weight of headings");
    ok(str_eq(schema->default_lang, STR("de")), "default language");
    ok(schema->languages.count == 2
           && str_eq(schema->languages.items[0], STR("de")), "languages");
    ok(schema->n_stop_lists == 1
           && str_eq(schema->stop_lists[0].words.items[0], STR("the")),
       "stop words");
    ok(schema->n_synonyms == 2 && schema->synonyms[0].to.count == 2
           && str_eq(schema->synonyms[0].to.items[0], STR("a"))
           && schema->synonyms[1].to.count == 2
           && schema->synonyms[1].from.count == 1, "synonyms");
    ok(schema->n_json_map == 1
           && str_eq(schema->json_map[0].from, STR("x"))
           && str_eq(schema->json_map[0].to, STR("dek")),
       "a mapping leads to the key of the further field");
    ok(schema->n_front_map == 1
           && str_eq(schema->front_map[0].to, STR("title")), "front matter");

    struct buf small = BUF_INIT(20);
    lede__buf_str(&small, STR("before"), NULL);
    is_int(lede__schema_write(&small, schema, &err), LEDE_STATUS_LIMIT,
           "no room to write");
    ok(str_eq(lede__buf_view(&small), STR("before")), "leaves what was there");
    lede__buf_free(&small);
    lede__schema_free(schema);
    lede__schema_free(NULL);

    is_int(lede__schema_default(&schema, &err), LEDE_STATUS_OK, "default");
    struct buf buf = BUF_INIT(BUF_MAX_ANY);
    lede__schema_write(&buf, schema, NULL);
    is_str(buf.p, DEFAULTS ENGLISH, "is that of an empty file");
    lede__buf_free(&buf);
    lede__schema_free(schema);
}

/* Append `text` so many times. */
static void
repeat(struct buf *buf, const char *text, size_t times)
{
    while (times-- > 0) {
        lede__buf_str(buf, str_from(text), NULL);
    }
}

static void
test_limits(void)
{
    struct buf buf = BUF_INIT(BUF_MAX_ANY);
    const char *end;

    // Bytes
    repeat(&buf, "#", SCHEMA_BYTES_MAX);
    is_str(canonical(lede__buf_view(&buf)), DEFAULTS ENGLISH, "1 MiB");
    repeat(&buf, "#", 1);
    is_str(canonical(lede__buf_view(&buf)),
           "x.yaml: larger than 1048576 bytes", "1 MiB and a byte");

    // Depth: the mapping of all and the mapping json are two
    for (int more = 0; more <= 1; more++) {
        buf.len = 0;
        lede__buf_str(&buf, STR("json: {a: "), NULL);
        repeat(&buf, "[", (size_t)(SCHEMA_DEPTH_MAX - 2 + more));
        repeat(&buf, "]", (size_t)(SCHEMA_DEPTH_MAX - 2 + more));
        lede__buf_str(&buf, STR("}"), NULL);
        end = canonical(lede__buf_view(&buf));
        ok(strstr(end, more ? "1:17: more than 8 lists and mappings in each "
                  "other" : "cannot be mapped") != NULL,
           "depth, %d too many", more);
    }
    buf.len = 0;
    repeat(&buf, "[", SCHEMA_BYTES_MAX);
    ok(strstr(canonical(lede__buf_view(&buf)), "1:9: more than 8") != NULL,
       "a million brackets");
    buf.len = 0;
    repeat(&buf, "- ", SCHEMA_BYTES_MAX / 2);
    ok(strstr(canonical(lede__buf_view(&buf)), "1:17: more than 8") != NULL,
       "half a million dashes");

    // Texts
    for (int more = 0; more <= 1; more++) {
        buf.len = 0;
        lede__buf_str(&buf, STR("stop_words: {en: ["), NULL);
        repeat(&buf, "x", (size_t)(SCHEMA_TEXT_MAX + more));
        lede__buf_str(&buf, STR("]}"), NULL);
        end = canonical(lede__buf_view(&buf));
        ok(strstr(end, more ? "1:19: a text of 257 bytes; at most 256 are "
                  "allowed" : "xxx]\n") != NULL, "a text, %d too many", more);
    }
    for (int more = 0; more <= 1; more++) {
        buf.len = 0;
        lede__buf_str(&buf, STR("json: {'"), NULL);
        repeat(&buf, "\\", (size_t)(SCHEMA_TEXT_MAX + more));
        lede__buf_str(&buf, STR("': title}"), NULL);
        end = canonical(lede__buf_view(&buf));
        ok(strstr(end, more ? "a text of 257 bytes" : "\\\": title") != NULL,
           "a key, %d too many", more);
    }

    // Further fields
    for (int more = 0; more <= 1; more++) {
        buf.len = 0;
        lede__buf_str(&buf, STR("fields:\n"), NULL);
        for (int i = 0; i < FIELDS_MAX - FIELD_CUSTOM + more; i++) {
            lede__buf_addf(&buf, NULL, "  f%d: 1\n", i);
        }
        end = canonical(lede__buf_view(&buf));
        ok(strstr(end, more ? "13:3: more than 11 further fields" : "f10: ")
               != NULL, "fields, %d too many", more);
    }

    // Synonyms
    for (int more = 0; more <= 1; more++) {
        buf.len = 0;
        lede__buf_str(&buf, STR("synonyms: [["), NULL);
        for (int i = 0; i < 32 + more; i++) {
            lede__buf_addf(&buf, NULL, "s%d,", i);
        }
        lede__buf_str(&buf, STR("]]"), NULL);
        end = canonical(lede__buf_view(&buf));
        ok(strstr(end, more ? "33 synonyms in one list; at most 32" : "s31")
               != NULL, "synonyms, %d too many", more);
    }

    // As large as can be, and quickly: many keys, many words
    buf.len = 0;
    lede__buf_str(&buf, STR("json:\n"), NULL);
    for (unsigned i = 0; buf.len < SCHEMA_BYTES_MAX - 400; i++) {
        lede__buf_addf(&buf, NULL, "  k%u: id\n", i);
    }
    ok(strncmp(canonical(lede__buf_view(&buf)), DEFAULTS, 20) == 0,
       "many keys");
    buf.len = 0;
    lede__buf_str(&buf, STR("stop_words: {en: ["), NULL);
    for (unsigned i = 0; buf.len < SCHEMA_BYTES_MAX - 400; i++) {
        lede__buf_addf(&buf, NULL, "w%u, ", i);
    }
    lede__buf_str(&buf, STR("]}"), NULL);
    ok(strncmp(canonical(lede__buf_view(&buf)), DEFAULTS, 20) == 0,
       "many words");
    buf.len = 0;
    lede__buf_str(&buf, STR("stop_words: {en: ["), NULL);
    for (unsigned i = 0; buf.len < SCHEMA_BYTES_MAX - 400; i++) {
        lede__buf_addf(&buf, NULL, "%u,", i);
    }
    lede__buf_str(&buf, STR("]}"), NULL);
    is_str(canonical(lede__buf_view(&buf)),
           "x.yaml: larger than 1048576 bytes when written in full",
           "too many quotes");
    lede__buf_free(&buf);
}

/* Texts with a few bytes changed or cut out: never a crash, and what is read
   is written and read again. */
static void
test_garbage(void)
{
    static const char text[] =
        "fields:\n  title: 3\n  subtitle: {weight: 2, from: dek}\n"
        "languages: {default: en, detect: [en, de, ko]}\n"
        "stop_words: {en: [the, a], de: []}\n"
        "synonyms:\n  - [k8s, kubernetes]\n"
        "  - {from: [llm], to: [\"large language model\"]}\n"
        "json: {headline: title, text: body, published_at: date}\n"
        "front_matter: {dek: summary, byline: authors, x: subtitle}\n";
    static const char bytes[] = "{}[],:-#&*!|>'\"%@`? \n\t\\x0~\xC3\xA9\xFF";
    char broken[sizeof(text)];
    unsigned rounds = long_tests() ? 2000000 : 20000;
    unsigned bad = 0;
    uint64_t seed = 1;

    for (unsigned round = 0; round < rounds; round++) {
        memcpy(broken, text, sizeof(text));
        struct str s = { broken, sizeof(text) - 1 };
        for (unsigned i = 0; i < 1 + round % 3; i++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
            broken[(seed >> 33) % s.len] =
                bytes[(seed >> 20) % (sizeof(bytes) - 1)];
        }
        if (round % 2 == 0) {
            s.len = (seed >> 40) % s.len;
        }
        const char *answer = canonical(s);
        bad += strncmp(answer, "x.yaml:", 7) != 0
            && strncmp(answer, "fields:\n", 8) != 0;
    }
    is_int(bad, 0, "%u broken texts", rounds);
}

/* The example of lede.yaml(5): the last of its displays. */
static void
test_manual(void)
{
    const char *top = getenv("TOP_SRCDIR");
    struct buf buf = BUF_INIT(BUF_MAX_ANY);
    bool display = false;
    char path[4096];
    char line[200];

    snprintf(path, sizeof(path), "%s/docs/man/lede.yaml.5",
             top == NULL ? "." : top);
    FILE *file = fopen(path, "r");
    ok(file != NULL, "the manual is there");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (strcmp(line, ".EX\n") == 0) {
            display = true;
            buf.len = 0;
        } else if (strcmp(line, ".EE\n") == 0) {
            display = false;
        } else if (display) {
            for (const char *p = line; *p != '\0'; p++) {
                if (*p != '\\') {
                    lede__buf_char(&buf, *p, NULL);
                }
            }
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    is_str(canonical(lede__buf_view(&buf)),
           "fields:\n  body: 1\n  title: 4\n  summary: 2\n  tags: 1\n"
           "  authors: 0\n  heading: 2\n"
           "  standfirst: {weight: 2, from: dek}\n"
           "  products: {weight: 3, from: products}\n"
           "languages: {default: en, detect: [de, en, ko]}\n"
           "stop_words:\n  de: []\n  en: [a, an, and, of, the]\n"
           "synonyms:\n  - [VW, Volkswagen, \"Volkswagen AG\"]\n"
           "  - [k8s, kubernetes]\n"
           "  - {from: [llm], to: [\"large language model\"]}\n"
           "json:\n  headline: title\n  \"meta.products\": products\n"
           "  published_at: date\n  text: body\n"
           "front_matter:\n  abstract: summary\n  byline: authors\n",
           "the example of the manual");
    lede__buf_free(&buf);
}

int
main(void)
{
    test_texts();
    test_schema();
    test_limits();
    test_garbage();
    test_manual();
    return done();
}
