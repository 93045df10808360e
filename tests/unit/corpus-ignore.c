/* corpus-ignore.c - patterns of ignore files, as git itself reads them.

   Each row was checked against `git check-ignore` 2.39.  Two differ: what is
   below an ignored folder is ignored by git, too, which here is left to the
   walk; and git lets the stars in the middle of a part go over a slash, which
   its manual says they do not. */

#include "corpus/ignore.h"
#include "tests/tap.h"

static const struct {
    const char *patterns;       // an ignore file
    const char *path;           // a folder where it ends with "/"
    bool ignored;
} rows[] = {
    /* names at any depth */
    { "foo", "foo", true },
    { "foo", "a/foo", true },
    { "foo", "foo/", true },
    { "foo", "a/b/foo/", true },
    { "foo", "foobar", false },
    { "foo", "Foo", false },
    { "*.md", "a.md", true },
    { "*.md", "a/b/c.md", true },
    { "*.md", "a.mdx", false },
    { "*.md", ".md", true },
    { "a?c", "abc", true },
    { "a?c", "ac", false },
    { "a*c", "ac", true },
    { "*a*b*", "xxaxxbxx", true },
    { "*a*b", "xxaxxbxx", false },
    /* tied to the folder by a slash */
    { "/foo", "foo", true },
    { "/foo", "a/foo", false },
    { "a/foo", "a/foo", true },
    { "a/foo", "b/a/foo", false },
    { "/*.md", "x.md", true },
    { "/*.md", "a/x.md", false },
    { "a/*", "a/x", true },
    { "a/*", "a/b/x", false },
    { "a*/x", "ab/x", true },
    { "a?b", "a/b", false },
    { "a/*/c", "a/b/c", true },
    { "a/*/c", "a/b/b/c", false },
    /* folders only */
    { "foo/", "foo/", true },
    { "foo/", "foo", false },
    { "foo/", "a/foo/", true },
    { "/foo/", "a/foo/", false },
    { "a/foo/", "a/foo/", true },
    { "*/", "any/", true },
    { "*/", "any", false },
    /* any number of folders */
    { "**/foo", "foo", true },
    { "**/foo", "a/b/foo", true },
    { "**/foo/bar", "foo/bar", true },
    { "**/foo/bar", "x/y/foo/bar", true },
    { "**/foo/bar", "foo/x/bar", false },
    { "foo/**", "foo/", false },
    { "foo/**", "foo/a", true },
    { "foo/**", "foo/a/b/c", true },
    { "foo/**", "x/foo/a", false },
    { "a/**/b", "a/b", true },
    { "a/**/b", "a/x/b", true },
    { "a/**/b", "a/x/y/b", true },
    { "a/**/b", "a/xb", false },
    { "a/**/b/**/c", "a/b/x/b/y/c", true },
    { "a/**/b/**/c", "a/x/c", false },
    { "a**b", "axxb", true },
    { "a**b", "ax/xb", false },
    { "a**/b", "axx/b", true },
    { "a**/b", "axx/y/b", false },
    { "**", "anything", true },
    { "**/", "folder/", true },
    { "**/", "file", false },
    { "/**", "a/b", true },
    { "**/*.md", "a/x.md", true },
    /* classes */
    { "[abc].md", "b.md", true },
    { "[abc].md", "d.md", false },
    { "[a-c]x", "bx", true },
    { "[!a-c]x", "bx", false },
    { "[^a-c]x", "dx", true },
    { "[]]x", "]x", true },
    { "[!]]x", "ax", true },
    { "[a-]x", "-x", true },
    { "[\\]]x", "]x", true },
    { "[[:digit:]]x", "7x", true },
    { "[[:digit:]]x", "ax", false },
    { "[[:alpha:][:digit:]]", "7", true },
    { "[[:upper:]]", "q", false },
    { "[[:space:]]a", " a", true },
    { "[abc", "a", false },
    { "[abc", "[abc", false },
    { "x[[:nosuch:]]", "xa", false },
    /* escapes */
    { "\\#a", "#a", true },
    { "#a", "#a", false },
    { "\\!a", "!a", true },
    { "a\\*", "a*", true },
    { "a\\*", "ab", false },
    { "\\a", "a", true },
    { "a\\", "a\\", false },
    { "a\\\\", "a\\", true },
    /* spaces and line ends */
    { "foo   ", "foo", true },
    { "foo\\ ", "foo ", true },
    { "foo\\ ", "foo", false },
    { "foo\\  ", "foo ", true },
    { " foo", " foo", true },
    { " foo", "foo", false },
    { "foo\t", "foo", false },
    { "foo\r\nbar\r\n", "foo", true },
    { "foo\r\nbar\r\n", "bar", true },
    { "\xEF\xBB\xBF" "foo", "foo", true },
    { "\n\n#x\n", "x", false },
    { "foo", "föö", false },
    { "f*", "föö", true },
    /* the last one that matches decides */
    { "*.md\n!a.md", "a.md", false },
    { "*.md\n!a.md", "b.md", true },
    { "!a.md\n*.md", "a.md", true },
    { "*.md\n!a.md\na.*", "a.md", true },
    { "/a\n!/a", "a", false },
    { "*\n!keep.md", "keep.md", false },
    { "*\n!keep.md", "other", true },
    { "/*\n!/docs/", "docs/", false },
    { "/*\n!/docs/", "docs", true },
    /* nothing */
    { "/", "a", false },
    { "!", "a", false },
    { "", "a", false },
};

static enum ignore_answer
ask(const char *patterns, const char *path)
{
    struct arena arena = ARENA_INIT;
    struct str p = str_from(path);
    bool folder = p.len > 0 && path[p.len - 1] == '/';
    struct ignore ignore;
    enum ignore_answer answer = IGNORE_UNDECIDED;

    p.len -= folder;
    if (lede__ignore_parse(&ignore, str_from(patterns), &arena, NULL)
        == LEDE_STATUS_OK) {
        answer = lede__ignore_match(&ignore, p, folder);
    }
    lede__arena_free(&arena);
    return answer;
}

/* Patterns for which a matcher that goes back to every star takes ages. */
static void
stays_fast(void)
{
    char stars[401];
    char pattern[1001];
    char path[2001];
    size_t n = 0;

    for (size_t i = 0; i < 400; i += 2) {
        memcpy(stars + i, "*a", 2);
    }
    stars[399] = 'b';
    stars[400] = '\0';
    memset(path, 'a', 2000);
    path[2000] = '\0';
    ok(ask(stars, path) == IGNORE_UNDECIDED, "200 stars in a name");
    for (size_t i = 0; i + 5 <= 1000; i += 5) {
        memcpy(pattern + i, "**/a/", 5);
        n = i + 5;
    }
    pattern[n - 2] = 'b';
    pattern[n - 1] = '\0';
    for (size_t i = 0; i < 2000; i += 2) {
        memcpy(path + i, "a/", 2);
    }
    path[1999] = '\0';
    ok(ask(pattern, path) == IGNORE_UNDECIDED, "200 double stars in a path");
}

int
main(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ok((ask(rows[i].patterns, rows[i].path) == IGNORE_YES)
               == rows[i].ignored,
           "row %zu: \"%s\" is %signored", i, rows[i].path,
           rows[i].ignored ? "" : "not ");
    }
    ok(ask("!a", "a") == IGNORE_NO, "a negation is an answer of its own");
    ok(ask("b", "a") == IGNORE_UNDECIDED, "and so is none");
    stays_fast();
    return done();
}
