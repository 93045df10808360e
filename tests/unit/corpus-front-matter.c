/* corpus-front-matter.c - headers of all dialects: what becomes of each key,
   what is warned about, and that no header shows up as text. */

#include "corpus/front-matter.h"
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

/* The article as one line: fields, then metadata as key=text, body last. */
static char *
summary_of(const struct article *a)
{
    static const char marks[] = "snbd";     // by enum meta_type
    struct buf out = BUF_INIT(1 << 24);
    char date[24];

    add(&out, "title", a->title);
    lede__date_format(a->date, date);
    add(&out, "date", str_from(date));
    add(&out, "key", a->key);
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
    if (a->draft) {
        lede__buf_str(&out, STR("draft|"), NULL);
    }
    for (size_t i = 0; i < a->n_meta; i++) {
        lede__buf_addf(&out, NULL, "%c:", marks[a->meta[i].type]);
        add(&out, a->meta[i].key.p, a->meta[i].text);
    }
    lede__buf_addf(&out, NULL, "body=%s", a->body.p);
    return out.p;
}

static const struct {
    const char *text;
    const char *want;
    const char *warned;
} rows[] = {
    /* types */
    { "---\ntitle: A b\ndate: 2025-02-12\nn: 1.5e3\nt: yes\nd: 12 Feb 2025\n"
      "s: \"7\"\nz: 007\ny: 2025-02\n---\nText.",
      "title=A b|date=2025-02-12|n:n=1.5e3|b:t=yes|d:d=12 Feb 2025|s:s=7|"
      "s:z=007|d:y=2025-02|body=Text.", "" },
    { "---\ntitle: ~\ndate: null\nempty:\nx: ''\n---\n# H\n",
      "title=H|body=H", "" },
    /* marks */
    { "--- \ntitle: x\n---\t\nb", "title=x|body=b", "" },
    { "---\r\ntitle: x\r\n---\r\nb\r\n", "title=x|body=b", "" },
    { "\xEF\xBB\xBF---\ntitle: x\n...\nb", "title=x|body=b", "" },
    { "\n\n---\ntitle: x\n---\nb", "title=x|body=b", "" },
    { "---\ntitle: x\n---", "title=x|body=", "" },
    { "---\n---\nb", "title=b|body=b", "" },
    { "---\n# only a comment\n---\nb", "title=b|body=b", "" },
    { "---\ntitle: x\n\nb", "title=title: x|body=title: x\n\nb",
      "front-matter:1:1" },
    { "---\nNo header.\n\n---\nb", "title=No header.|body=No header.\n\nb",
      "" },
    { "Text\n---\ntitle: x\n---\n",
      "title=Text|body=Text\n\ntitle: x", "" },
    /* lists and maps */
    { "---\ntags: [a, b c]\ncategories:\n  - d\n  - e\n---\n",
      "title=2025 a|tag=a|tag=b c|category=d|category=e|body=", "" },
    { "---\ntags: a, b c\ncategories: d e\n---\n",
      "title=2025 a|tag=a|tag=b c|category=d|category=e|body=", "" },
    { "---\ncategory: Machine Learning\nkeywords: a b, c\n---\n",
      "title=2025 a|tag=a b|tag=c|category=Machine Learning|body=", "" },
    { "---\ntaxonomies:\n  tags: [x]\n  categories: [y]\nextra:\n  k: v\n"
      "  deep:\n    er: 1\n---\n",
      "title=2025 a|tag=x|category=y|s:extra.k=v|n:extra.deep.er=1|body=", "" },
    { "---\ntags: [a, a, b]\ntag: b\n---\n", "title=2025 a|tag=a|tag=b|body=",
      "" },
    { "---\nx: [1, two, {three: 3}]\n---\n",
      "title=2025 a|n:x=1|s:x=two|n:x.three=3|body=", "" },
    /* authors */
    { "---\nauthor: Elin Berg\n---\n", "title=2025 a|author=Elin Berg|body=",
      "" },
    { "---\nauthors: [A B, C D]\nbyline: By A B\n---\n",
      "title=2025 a|author=A B|author=C D|s:byline=By A B|body=", "" },
    { "---\nauthor:\n  name: A B\n  twitter: '@ab'\n---\n",
      "title=2025 a|author=A B|s:author.twitter=@ab|body=", "" },
    { "---\nauthors:\n- name: A\n- name: B\n---\n",
      "title=2025 a|author=A|author=B|body=", "" },
    { "---\nauthor: By A B, C D and E F\n---\n",
      "title=2025 a|author=A B|author=C D|author=E F|body=", "" },
    { "---\nauthor: Verhoeven, Anouk\n---\n",
      "title=2025 a|author=Verhoeven, Anouk|body=", "" },
    { "---\nauthor: A B <a@b.c>\n---\n", "title=2025 a|author=A B|body=", "" },
    /* the rest of the fields */
    { "---\ndescription: d\nlead: l\nlang: [de, en]\nurl: /x/\n"
      "canonical: https://x.y/\nid: 42\nsource: S\n---\n",
      "title=2025 a|key=42|summary=d|lang=de|source=S|url=https://x.y/|"
      "s:lead=l|s:lang=en|s:url=/x/|body=", "" },
    { "---\nlanguage: c++\n---\n", "title=2025 a|s:language=c++|body=", "" },
    { "---\ntitle: NARA&#8217;s &amp; &nosuch; A&B\ndescription: '&lt;'\n"
      "x: '&lt;'\n---\n",
      "title=NARA\xE2\x80\x99s & &nosuch; A&B|summary=<|s:x=&lt;|body=", "" },
    { "---\nlang: en-US\n---\n", "title=2025 a|lang=en|body=", "" },
    { "---\nlang: no\n---\n", "title=2025 a|lang=no|body=", "" },
    { "---\npublished: false\n---\n",
      "title=2025 a|draft|b:published=false|body=", "" },
    { "---\npublished: 2025-02-12\n---\n", "title=2025 a|date=2025-02-12|body=",
      "" },
    { "---\ndraft: yes\n---\n", "title=2025 a|draft|b:draft=yes|body=", "" },
    { "---\nTitle: x\nDATE: 2025\nPub-Date: 2024\n---\n",
      "title=x|date=2025|n:Pub-Date=2024|body=", "" },
    { "---\nlastmod: 2025-02-13\n---\n", "title=2025 a|date=2025-02-13|body=",
      "" },
    { "---\nms.date: \"11/04/2016\"\n---\n",
      "title=2025 a|date=2016-11-04|body=", "" },
    { "---\ndate: 25.12.2024\n---\n", "title=2025 a|date=2024-12-25|body=",
      "" },
    { "---\ndate: 03/04/2025\n---\n", "title=2025 a|s:date=03/04/2025|body=",
      "date:2:7" },
    { "---\ndate: soon\nupdated: 2025-01-01\n---\n",
      "title=2025 a|date=2025-01-01|s:date=soon|body=", "date:2:7" },
    { "---\ndate: 2025-02-30\n---\n", "title=2025 a|s:date=2025-02-30|body=",
      "date:2:7" },
    { "---\ndate: 1739371800\n---\n",
      "title=2025 a|date=2025-02-12T14:50:00Z|body=", "" },
    /* faults */
    { "---\ntitle: Rust: a review\ntags: [a]\nn: 1\n---\nb",
      "title=Rust: a review|tag=a|n:n=1|body=b", "front-matter:2:12" },
    { "---\nn: 1\ntitle: \"x\ntags: [a, 'b']\n---\nb",
      "title=x|tag=a|tag=b|n:n=1|body=b", "front-matter:3:8" },
    { "---\nn: 1\nlist:\n\t- a\ntitle: x\n---\nb",
      "title=x|n:n=1|s:list=a|body=b",
      "front-matter:4:1" },
    { "---\ntitle: x\n}{\nn: 1\n---\nb", "title=x|n:n=1|body=b",
      "front-matter:3:1" },
    { "---\ntitle: x\nn: 1\nn: 2\n---\nb", "title=x|n:n=2|body=b",
      "front-matter:3:4" },
    { "---\ntitle: @x\nn: 1\n---\nb", "title=@x|n:n=1|body=b",
      "front-matter:2:8" },
    { "---\ntitle: x\nsummary: |\n  a: b\n   c\n d\nn: 1\n---\nb",
      "title=x|n:n=1|body=b", "front-matter:6:2" },
    { "---\nx: *nowhere\ntitle: y\n---\n", "title=y|body=",
      "front-matter:2:4" },
    { "---\ntitle: x\x01y\nn: 1\n---\nb", "title=x y|n:n=1|body=b",
      "front-matter:2:9" },
    { "---\n- a\n- title: x\n- b: c\nd: e\n---\nb", "title=b|s:d=e|body=b",
      "front-matter:5:1" },
    /* aliases */
    { "---\na: &x [p, q]\nb: *x\ntitle: &t T\nc: *t\n---\n",
      "title=T|s:a=p|s:a=q|s:b=p|s:b=q|s:c=T|body=", "" },
    { "---\nbase: &b {k: v}\nm:\n  <<: *b\n  l: w\n---\n",
      "title=2025 a|s:base.k=v|s:m.k=v|s:m.l=w|body=", "" },
    { "---\na: &x [*x]\ntitle: t\n---\n", "title=t|body=",
      "front-matter:2:8" },
    /* TOML */
    { "+++\ntitle = \"A \\\"b\\\" \\u00e9\"\ndate = 2025-02-12T15:10:00Z\n"
      "tags = [\"a\",\n  'b', # c\n]\ndraft = true\n[extra]\nn = 41\n"
      "x.y = 'z'\n[[extra.l]]\nk = 1\n+++\nb",
      "title=A \"b\" \xC3\xA9|date=2025-02-12T15:10:00Z|tag=a|tag=b|draft|"
      "b:draft=true|n:extra.n=41|s:extra.x.y=z|n:extra.l.k=1|body=b", "" },
    { "+++\ntitle = '''\nx\ny'''\nauthor = { name = \"N\", n = 1 }\n+++\n",
      "title=x y|author=N|n:author.n=1|body=", "" },
    { "+++\ntitle = \"x\nn = 1\nbad\nm = 2\n+++\nb",
      "title=b|n:n=1|n:m=2|body=b",
      "front-matter:2:11" },
    { "+++\ntitle = 'x'\n", "title=+++ title = 'x'|body=+++ title = 'x'",
      "front-matter:1:1" },
    /* [#]: lines */
    { "[#]: subject: \"A: b\"\n[#]:author:(C D https://c.d/)\n"
      "[#]: via: (https://v.w/)\n[#]: url: ( )\n[#]: translator: (e)\n"
      "[#]: publisher: (f)\n\n\xE6\xA0\x87\xE9\xA2\x98\n===\n",
      "title=A: b|url=https://v.w/|author=C D|s:translator=e|s:publisher=f|"
      "body=\xE6\xA0\x87\xE9\xA2\x98", "" },
    { "[#]: subject\n[#]: n: 1\nText", "title=Text|n:n=1|body=Text",
      "front-matter:1:5" },
};

static void
dialects(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        lede_status status = read_article(&article, FORMAT_MARKDOWN,
                                          "x/2025-a.md", str_from(rows[i].text),
                                          NULL, &warnings, NULL);
        char *got = summary_of(&article);
        is_int(status, LEDE_STATUS_OK, "row %zu: status", i);
        is_str(got, rows[i].want, "row %zu", i);
        is_str(warnings.text, rows[i].warned, "row %zu: warnings", i);
        is_str(check_article(&article), NULL, "row %zu holds together", i);
        free(got);
    }
}

/* ---- limits, at the limit and one beyond ---- */

static void
has_title(struct buf *text, bool title, const char *warned, const char *name)
{
    read_article(&article, FORMAT_MARKDOWN, "a.md", lede__buf_view(text), NULL,
                 &warnings, NULL);
    ok(str_eq(article.title, STR("T")) == title, "%s: title", name);
    ok(strncmp(warnings.text, warned, strlen(warned)) == 0
           && (*warned != '\0' || warnings.count == 0),
       "%s: warned \"%s\"", name, warnings.text);
    ok(article.body.len == 4, "%s: the body is the text", name);
    text->len = 0;
}

static void
size_limit(void)
{
    for (size_t more = 0; more < 2; more++) {
        struct buf text = BUF_INIT(1 << 20);
        lede__buf_str(&text, STR("---\ntitle: T\n# "), NULL);
        while (text.len < 4 + HEADER_MAX - 1 + more) {
            lede__buf_char(&text, 'x', NULL);
        }
        lede__buf_str(&text, STR("\n---\nText"), NULL);
        has_title(&text, more == 0, more == 0 ? "" : "front-matter:1:1",
                  more == 0 ? "256 KiB" : "one byte more");
        lede__buf_free(&text);
    }
}

static void
depth_limit(void)
{
    for (size_t more = 0; more < 2; more++) {
        struct buf text = BUF_INIT(1 << 20);
        lede__buf_str(&text, STR("---\ntitle: T\nx: "), NULL);
        for (size_t i = 1; i < HEADER_DEPTH_MAX + more; i++) {
            lede__buf_char(&text, '[', NULL);
        }
        for (size_t i = 1; i < HEADER_DEPTH_MAX + more; i++) {
            lede__buf_char(&text, ']', NULL);
        }
        lede__buf_str(&text, STR("\n---\nText"), NULL);
        has_title(&text, true, more == 0 ? "" : "front-matter:3:",
                  more == 0 ? "32 levels" : "33 levels");
        lede__buf_free(&text);
    }
}

static void
value_limit(void)
{
    for (size_t more = 0; more < 2; more++) {
        struct buf text = BUF_INIT(1 << 20);
        lede__buf_str(&text, STR("---\ntitle: T\nx: ["), NULL);
        for (size_t i = 1; i < VALUES_MAX + more; i++) {
            lede__buf_str(&text, STR("a,"), NULL);
        }
        lede__buf_str(&text, STR("]\n---\nText"), NULL);
        has_title(&text, true, more == 0 ? "" : "limit:3:",
                  more == 0 ? "10,000 values" : "10,001 values");
        is_int(article.n_meta, VALUES_MAX - 1, "all allowed are there");
        lede__buf_free(&text);
    }
}

/* A billion laughs: nine levels of nine aliases each. */
static void
laughs(void)
{
    struct buf text = BUF_INIT(1 << 20);

    lede__buf_str(&text, STR("---\ntitle: T\na0: &a0 [l,l,l,l,l,l,l,l,l]\n"),
                  NULL);
    for (int i = 1; i < 10; i++) {
        lede__buf_addf(&text, NULL, "a%d: &a%d [", i, i);
        for (int k = 0; k < 9; k++) {
            lede__buf_addf(&text, NULL, "*a%d,", i - 1);
        }
        lede__buf_str(&text, STR("]\n"), NULL);
    }
    lede__buf_str(&text, STR("---\nText"), NULL);
    has_title(&text, true, "limit:3", "a billion laughs");
    ok(article.n_meta <= VALUES_MAX, "are not laughed to the end");
    // Of empty lists, which are no values
    lede__buf_str(&text, STR("---\ntitle: T\na0: &a0 []\n"), NULL);
    for (int i = 1; i < 20; i++) {
        lede__buf_addf(&text, NULL, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1,
                       i - 1);
    }
    lede__buf_str(&text, STR("---\nText"), NULL);
    has_title(&text, true, "front-matter:", "a million silences");
    lede__buf_free(&text);
}

static void
anchor_limit(void)
{
    for (size_t more = 0; more < 2; more++) {
        struct buf text = BUF_INIT(1 << 20);
        lede__buf_str(&text, STR("---\ntitle: T\n"), NULL);
        for (size_t i = 0; i < HEADER_ANCHORS_MAX + more; i++) {
            lede__buf_addf(&text, NULL, "k%zu: &a%zu v\n", i, i);
        }
        lede__buf_str(&text, STR("---\nText"), NULL);
        has_title(&text, true, more == 0 ? "" : "front-matter:",
                  more == 0 ? "64 anchors" : "65 anchors");
        lede__buf_free(&text);
    }
}

static void
text_limits(void)
{
    struct buf text = BUF_INIT(1 << 22);

    for (size_t more = 0; more < 2; more++) {
        lede__buf_str(&text, STR("---\ntitle: T\nx: "), NULL);
        for (size_t i = 0; i < META_TEXT_MAX + more; i++) {
            lede__buf_char(&text, 'v', NULL);
        }
        lede__buf_str(&text, STR("\n---\nText"), NULL);
        has_title(&text, true, more == 0 ? "" : "limit:3:4", "a long value");
        ok(article.n_meta == 1 && article.meta[0].text.len == META_TEXT_MAX,
           "is kept up to the limit");
        lede__buf_str(&text, STR("---\ntitle: "), NULL);
        for (size_t i = 0; i < FIELD_TEXT_MAX + more; i++) {
            lede__buf_char(&text, 't', NULL);
        }
        lede__buf_str(&text, STR("\n---\nText"), NULL);
        has_title(&text, false, more == 0 ? "" : "limit:2:8", "a long title");
        is_int(article.title.len, FIELD_TEXT_MAX, "is kept up to the limit");
        lede__buf_str(&text, STR("---\ntitle: T\nid: "), NULL);
        for (size_t i = 0; i < KEY_MAX + more; i++) {
            lede__buf_char(&text, 'k', NULL);
        }
        lede__buf_str(&text, STR("\n---\nText"), NULL);
        has_title(&text, true, more == 0 ? "" : "limit:3:5", "a long id");
        is_int(article.key.len, more == 0 ? KEY_MAX : 0, "all of it or none");
    }
    // Aliases make a megabyte of metadata out of a few kilobytes
    lede__buf_str(&text, STR("---\ntitle: T\na: &a "), NULL);
    for (size_t i = 0; i < META_TEXT_MAX; i++) {
        lede__buf_char(&text, 'v', NULL);
    }
    lede__buf_str(&text, STR("\nb: ["), NULL);
    for (size_t i = 0; i < 1000; i++) {
        lede__buf_str(&text, STR("*a,"), NULL);
    }
    lede__buf_str(&text, STR("]\n---\nText"), NULL);
    has_title(&text, true, "limit:", "1,000 aliases of 32 KiB");
    ok(article.n_meta * META_TEXT_MAX <= META_BYTES_MAX, "stay below 1 MiB");
    lede__buf_free(&text);
}

static void
mapping(void)
{
    const struct field_map map[] = {
        { STR("headline_text"), STR("title") },
        { STR("meta.when"), STR("date") },
        { STR("title"), STR("kicker") },
        { STR("region"), STR("place") },
    };
    const struct reader_options options = { .front_map = map,
                                            .n_front_map = 4 };
    char *got;

    read_article(&article, FORMAT_MARKDOWN, "a.md",
                 STR("---\ntitle: K\nheadline_text: T\nmeta:\n  when: 2025\n"
                     "region: North\n---\n"), &options, &warnings, NULL);
    got = summary_of(&article);
    is_str(got, "title=T|date=2025|s:kicker=K|s:place=North|body=",
           "a mapping comes before the keys that are known");
    free(got);
}

int
main(void)
{
    dialects();
    size_limit();
    depth_limit();
    value_limit();
    laughs();
    anchor_limit();
    text_limits();
    mapping();
    lede__arena_free(&article.arena);
    return done();
}
