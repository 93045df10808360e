/* corpus-markdown.c - what a reader sees of Markdown, and in what time. */

#include "corpus/markdown.h"
#include "tests/article-check.h"
#include "tests/tap.h"

#include <time.h>

static struct article article;
static struct warnings warnings;

/* The blocks as one line: kind, level, "@" line, text. */
static char *
blocks_of(const struct article *a)
{
    static const char kinds[] = "PHIQCT";   // by enum block_kind
    struct buf out = BUF_INIT(1 << 24);

    for (size_t i = 0; i < a->n_blocks; i++) {
        const struct block *b = &a->blocks[i];
        lede__buf_addf(&out, NULL, "%s%c", i > 0 ? "|" : "", kinds[b->kind]);
        if (b->level > 0) {
            lede__buf_addf(&out, NULL, "%u", b->level);
        }
        lede__buf_addf(&out, NULL, "@%u:%.*s", b->line, (int)b->len,
                       a->body.p + b->start);
    }
    return out.p == NULL ? strdup("") : out.p;
}

static const struct {
    const char *text;
    const char *want;
} rows[] = {
    { "", "" },
    { "One.\n\nTwo\nlines.\n", "P@1:One.|P@3:Two lines." },
    { "# A\n\nB\n=\n\nC\n---\n\n### D ###\n",
      "H1@1:A|H1@3:B|H2@6:C|H3@9:D" },
    { "###D\ntext\n", "H3@1:D|P@2:text" },
    { "#tag and text\n", "P@1:#tag and text" },
    { "a *b* **c** _d_ ~~e~~ `f`", "P@1:a b c d e f" },
    { "a  \nb\\\nc\nd", "P@1:a b c d" },
    { "[text](http://x.y \"t\") <http://z.w> ![alt *x*](i.png)",
      "P@1:text http://z.w alt x" },
    { "[a][1] [b]\n\n[1]: http://x\n[b]: http://y\n", "P@1:a b" },
    { "https://bare.example/x", "P@1:https://bare.example/x" },
    { "- a\n- b\n  more\n\n  para\n  1. c\n- [x] d\n",
      "I@1:a|I@2:b more|I@5:para|I@6:c|I@7:d" },
    { "> q\nlazy\n>\n> - i\n\np", "Q@1:q lazy|Q@4:i|P@6:p" },
    { "```c\nint  x;\n\n  y\n```\n\n    indented\n",
      "C@2:int  x;\n\n  y|C@7:indented" },
    { "| a | b |\n|---|--:|\n| 1 | *2* |\n| | 3 |\n",
      "T@1:a\tb|T@3:1\t2|T@4:3" },
    { "a&amp;b &copy; &#8212; &#x4e2d; &nosuch; &lt;",
      "P@1:a&b \xC2\xA9 \xE2\x80\x94 \xE4\xB8\xAD &nosuch; <" },
    { "a \\*b\\* c", "P@1:a *b* c" },
    { "a\n\n---\n\n***\n\nb", "P@1:a|P@7:b" },
    /* scripts without spaces: a line end is none, "**" is emphasis */
    { "\xE4\xB8\xAD\n\xE6\x96\x87\nabc\n\xE4\xB8\xAD",
      "P@1:\xE4\xB8\xAD\xE6\x96\x87 abc \xE4\xB8\xAD" },
    { "\xE4\xB8\xAD**-d**\xE6\x96\x87", "P@1:\xE4\xB8\xAD-d\xE6\x96\x87" },
    { "an int** x", "P@1:an int** x" },
    /* HTML */
    { "a <b>c</b>H<sub>2</sub>O<br>d <!-- x --> e",
      "P@1:a cH2O d e" },
    { "<div class=\"x > y\">\n<h2>T &amp; u</h2>\n<p>a\nb</p><p>c</p>\n"
      "</div>\n",
      "H2@2:T & u|P@3:a b|P@4:c" },
    { "<script>\nif (a < b) { x = \"</p>\"; }\n</script>\n\n"
      "<style>p{}</style>\n\nz", "P@7:z" },
    { "<!-- a\n\nb -->\n\nc", "P@5:c" },
    { "<p><img src=x alt='An &lt;image&gt;'/>text</p>",
      "P@1:An <image> text" },
    { "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
      "T@1:a\tb|T@1:c" },
    { "<ul><li>a<li>b</ul>", "I@1:a|I@1:b" },
    { "<pre>\n x\n  y\n</pre>", "C@2:x\n  y" },
    { "a <script>x</script> b", "P@1:a b" },
    { "<details>\n\n**b**\n\n</details>", "P@3:b" },
    { "1 < 2 <3 > 4", "P@1:1 < 2 <3 > 4" },
    { "<div>1 < 2</div>", "P@1:1 < 2" },
    /* what generators expand */
    { "a {{< figure src=\"x\" >}} b\n\n{{% notice %}}\nc\n{{% /notice %}}",
      "P@1:a b|P@4:c" },
    { "[a]({{< ref \"b c\" >}}) [d]({{ site.url }}/e f) {% include g %}h",
      "P@1:a [d](/e f) h" },
    { "[d]({{ site.url }}/e)", "P@1:d" },
    { "{{<figure src=\"x\">}}\n{{< a\n b >}}c", "P@3:c" },
    { "`{{< x >}}`\n\n```\n{% y %}\n```\n", "P@1:{{< x >}}|C@4:{% y %}" },
    { "{% raw %}a{% endraw %} {{ b }} {{< c", "P@1:a {{ b }} {{< c" },
    { "[!code-cpp[N#1](a.cpp)]\n\na [!INCLUDE[b](c.md)] d", "P@3:a d" },
    { "> [!NOTE]\n> text\n\n> [!div class=\"x\"]\n> y", "Q@2:text|Q@5:y" },
    { ":::note Title\ntext\n:::\n\nb", "P@2:text|P@5:b" },
    { "a[^1] b[^note].\n\n[^1]: See there.\n[^note]: http://x\n",
      "P@1:a b.|P@3:See there. http://x" },
    { "[^a-z] and `[^a-z]`", "P@1:and [^a-z]" },
    /* garbage */
    { "a\x01" "b\x7F" "c\xC2\x85" "d\xE2\x80\xA8" "e\x0C", "P@1:a b c d e" },
    { "[a](\n![b](\n**c\n`d\n<e", "P@1:[a]( ![b]( **c `d <e" },
    { "\n\n\n", "" },
    { "<", "P@1:<" }, { "[", "P@1:[" }, { "&", "P@1:&" }, { "|", "P@1:|" },
};

static void
texts(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        lede_status status = read_article(&article, FORMAT_MARKDOWN, "a.md",
                                          str_from(rows[i].text), NULL,
                                          &warnings, NULL);
        char *got = blocks_of(&article);
        is_int(status, LEDE_STATUS_OK, "row %zu: status", i);
        is_str(got, rows[i].want, "row %zu", i);
        is_str(check_article(&article), NULL, "row %zu holds together", i);
        is_int(warnings.count, 0, "row %zu: no warnings", i);
        free(got);
    }
}

static const struct {
    const char *path, *text, *title;
    bool in_body;
    const char *date;
} titles[] = {
    { "a.md", "# One\n\nText", "One", true, "" },
    { "a.md", "Text\n\n# One\n\n# Two", "One", true, "" },
    { "a.md", "## Two\n\nText", "Two", true, "" },
    { "a.md", "Some text.\n\n## Two", "Some text.", true, "" },
    { "a.md", "---\ntitle: T\n---\n# One", "T", false, "" },
    { "a.md", "---\ntitle: One\n---\nx\n\n# One", "One", true, "" },
    { "a.md", "[# *One* `two`][x]\n===\n", "[# One two][x]", true, "" },
    { "x/2025-02-12-some-title.md", "", "some title", false, "2025-02-12" },
    { "x/20250212 Some - title.v2.md.gz", "", "Some - title", false,
      "2025-02-12" },
    { "x/2025-02-30-a.md", "", "2025 02 30 a", false, "" },
    { "x/20250212.md", "---\ndate: 2024\n---", "20250212", false, "2024" },
};

static void
title_table(void)
{
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
        char date[24];
        read_article(&article, FORMAT_MARKDOWN, titles[i].path,
                     str_from(titles[i].text), NULL, &warnings, NULL);
        lede__date_format(article.date, date);
        is_str(article.title.p, titles[i].title, "title %zu", i);
        is_int(article.title_in_body, titles[i].in_body, "in the body %zu",
               i);
        is_str(date, titles[i].date, "date %zu", i);
        is_str(article.id.p, titles[i].path, "id %zu", i);
    }
}

/* ---- size ---- */

static double
seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* `unit` again and again, up to `size` bytes, then `tail`. */
static double
time_of(const char *unit, size_t size, const char *tail)
{
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    double start;

    while (text.len < size) {
        lede__buf_str(&text, str_from(unit), NULL);
    }
    lede__buf_str(&text, str_from(tail), NULL);
    start = seconds();
    read_article(&article, FORMAT_MARKDOWN, "a.md", lede__buf_view(&text),
                 NULL, &warnings, NULL);
    start = seconds() - start;
    is_str(check_article(&article), NULL, "%zu bytes hold together", size);
    lede__buf_free(&text);
    return start;
}

/* Inputs that are slow in parsers that go back: four times as much may take
   twelve times as long (sanitizers and other tests make times uneven), where a
   quadratic one would take sixteen.  Small times are not compared. */
static void
linear(void)
{
    static const char *const units[] = {
        "> ", "- ", ">", "* a **a ", "a_ ", "_a ", "[a ", "a] ", "![", "[a](<b",
        "[a](b", "</<!--", "<![CDATA[", "<?", "<!A ", "`a``", "&", "|a",
        "a|b\n", "|-\n", "a\n", "{{<", "{%", "[!a[", "]({{", "*", "~~a",
        "    a\n",
        "1. a\n", "<div>", "<p ", "[^a]", "**\xE4\xB8\xAD", ":::\n", "\\",
        "###a\n", "[a]: b\n", "<!-- ", "<script>",
    };
    size_t small = (size_t)128 << 10;

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        double one = time_of(units[i], small, "\n");
        double four = time_of(units[i], small * 4, "\n");
        ok(four < 0.4 || four < one * 12, "unit %zu: %.3f s, %.3f s", i, one,
           four);
    }
    // Many containers, open over many lines
    ok(time_of("- ", 100000, "a\n") < 10, "lists in one another");
    struct buf deep = BUF_INIT(1 << 20);
    for (int i = 0; i < 50000; i++) {
        lede__buf_str(&deep, STR("- "), NULL);
    }
    lede__buf_str(&deep, STR("a\n"), NULL);
    for (int i = 0; i < 100000; i++) {
        lede__buf_str(&deep, STR("\n"), NULL);
    }
    double start = seconds();
    read_article(&article, FORMAT_MARKDOWN, "a.md", lede__buf_view(&deep),
                 NULL, &warnings, NULL);
    ok(seconds() - start < 5, "and blank lines after them");
    ok(strncmp(warnings.text, "markdown:1:0", 12) == 0, "are warned about");
    // A definition of 100 KB that is used 30,000 times
    deep.len = 0;
    lede__buf_str(&deep, STR("[a]: "), NULL);
    for (int i = 0; i < 100000; i++) {
        lede__buf_char(&deep, 'u', NULL);
    }
    lede__buf_str(&deep, STR("\n\n"), NULL);
    for (int i = 0; i < 30000; i++) {
        lede__buf_str(&deep, STR("[a]\n"), NULL);
    }
    start = seconds();
    read_article(&article, FORMAT_MARKDOWN, "a.md", lede__buf_view(&deep),
                 NULL, &warnings, NULL);
    ok(seconds() - start < 5, "a long link target that is used often");
    ok(strncmp(warnings.text, "markdown:", 9) == 0, "is warned about");
    ok(article.body.len > 30000, "and the text is there");
    lede__buf_free(&deep);
}

static void
nesting_limit(void)
{
    for (int more = 0; more < 2; more++) {
        struct buf text = BUF_INIT(1 << 20);
        for (int i = 0; i < MARKDOWN_NESTING + more; i++) {
            lede__buf_str(&text, STR("> "), NULL);
        }
        lede__buf_str(&text, STR("text\n"), NULL);
        read_article(&article, FORMAT_MARKDOWN, "a.md", lede__buf_view(&text),
                     NULL, &warnings, NULL);
        is_str(article.body.p, more == 0 ? "text" : ". text",
               "%d quotes in one another", MARKDOWN_NESTING + more);
        is_int(warnings.count, more, "warnings");
        lede__buf_free(&text);
    }
}

/* Longer than a piece: nothing is lost where it is cut, lines go on. */
static void
pieces(void)
{
    struct buf text = BUF_INIT(1 << 24);
    unsigned n = 0;
    bool right = true;

    while (text.len < MARKDOWN_PIECE * 3) {
        lede__buf_addf(&text, NULL, "Word%u *here*\n\n```\ncode %u\n\n# no\n"
                       "```\n\n", n, n);
        n++;
    }
    read_article(&article, FORMAT_MARKDOWN, "a.md", lede__buf_view(&text),
                 NULL, &warnings, NULL);
    is_int(article.n_blocks, 2 * n, "paragraphs and code of 3 MiB");
    for (size_t i = 0; i < article.n_blocks && right; i++) {
        const struct block *b = &article.blocks[i];
        char want[64];
        snprintf(want, sizeof(want), i % 2 == 0 ? "Word%u here"
                                                : "code %u\n\n# no",
                 (unsigned)i / 2);
        right = b->kind == (i % 2 == 0 ? BLOCK_PARAGRAPH : BLOCK_CODE)
                && b->line == i / 2 * 8 + (i % 2 == 0 ? 1 : 4)
                && str_eq((struct str){ article.body.p + b->start, b->len },
                          str_from(want));
    }
    ok(right, "each in its place, with its line");
    // One line of three pieces, with and without a space to cut it at
    for (int spaces = 0; spaces < 2; spaces++) {
        size_t len = 0;
        text.len = 0;
        while (text.len < MARKDOWN_PIECE * 3) {
            lede__buf_str(&text, spaces ? STR("word ") : STR("\xE4\xB8\xAD"),
                          NULL);
        }
        read_article(&article, FORMAT_MARKDOWN, "a.md", lede__buf_view(&text),
                     NULL, &warnings, NULL);
        for (size_t i = 0; i < article.n_blocks; i++) {
            len += article.blocks[i].len + (size_t)spaces;
        }
        ok(len >= text.len - 1 && len <= text.len + 1, "a line of %zu bytes",
           text.len);
        is_str(check_article(&article), NULL, "holds together");
    }
    lede__buf_free(&text);
}

int
main(void)
{
    texts();
    title_table();
    linear();
    nesting_limit();
    pieces();
    lede__arena_free(&article.arena);
    return done();
}
