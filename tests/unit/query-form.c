/* query-form.c - what a word of a query is by its looks: a table of words, bare
   and in quotes. */

#include "query/parser.h"
#include "tests/tap.h"

struct row {
    const char *word;
    const char *bare;           // kind and text, with what else is in it
    const char *quoted;         // NULL: the word itself
};

static const struct row rows[] = {
    /* text */
    { "qwen", "word qwen", NULL },
    { "GPT-4o", "word GPT-4o", NULL },
    { "user@host", "word user@host", NULL },
    { "C++", "word C++", NULL },
    { "\xE6\xA8\xA1\xE5\x9E\x8B", "word \xE6\xA8\xA1\xE5\x9E\x8B", NULL },
    { "AND", "word AND", NULL },
    { "-", "word -", NULL },
    /* stars */
    { "*", "all *", "gap *" },
    { "***", "all ***", "gap ***" },
    { "bench*", "pattern bench*", "pattern bench*" },
    { "*base", "pattern *base", "pattern *base" },
    { "w*d", "pattern w*d", "pattern w*d" },
    { "f***", "pattern f***", "pattern f***" },
    { "**bold**", "pattern **bold**", "pattern **bold**" },
    { "gpt4*", "pattern gpt4*", NULL },
    { "5*", "pattern 5*", NULL },
    { "\xE6\xA8\xA1*", "pattern \xE6\xA8\xA1*", "pattern \xE6\xA8\xA1*" },
    { "2*3", "word 2*3", NULL },
    { "M*A*S*H", "word M*A*S*H", NULL },
    { "*A*B*C*", "word *A*B*C*", NULL },
    { "A*B", "pattern A*B", "pattern A*B" },
    { "GPT-*", "word GPT-*", NULL },
    { "*.txt", "word *.txt", NULL },
    { "/etc/*", "word /etc/*", NULL },
    { "src/*", "word src/*", NULL },
    { "a(b*)", "word a(b*)", NULL },
    { "foo:bar*", "word foo:bar*", NULL },
    { "x=y*", "word x=y*", NULL },
    /* question marks */
    { "w?rd", "pattern w?rd", "pattern w?rd" },
    { "w??d", "pattern w??d", "pattern w??d" },
    { "?x", "word ?x", NULL },
    { "x?", "word x?", NULL },
    { "a?*", "pattern a?*", "pattern a?*" },
    { "a.com/x?y=1", "word a.com/x?y=1", NULL },
    { "x.php?id", "word x.php?id", NULL },
    { "?id=3", "word ?id=3", NULL },
    { "9?5", "pattern 9?5", NULL },
    { "\xE6\xA8\xA1?\xE5\x9E\x8B", "word \xE6\xA8\xA1?\xE5\x9E\x8B", NULL },
    /* expressions */
    { "/colou?rs?/", "regex colou?rs?", "regex colou?rs?" },
    { "/a|b/", "regex a|b", "regex a|b" },
    { "/\\d+/", "regex \\d+", "regex \\d+" },
    { "/a\\/b*/", "regex a\\/b*", "regex a\\/b*" },
    { "/etc/", "word /etc/", NULL },
    { "/conf.d/", "word /conf.d/", NULL },
    { "/a/b*/", "word /a/b*/", NULL },
    { "//", "word //", NULL },
    { "/*/", "regex *", "regex *" },
    { "/a*", "word /a*", NULL },
    { "/x\\/", "word /x/ literal", "word /x/ literal" },
    /* edits */
    { "kubernets~1", "fuzzy kubernets 1", "fuzzy kubernets 1" },
    { "kubernets~2", "fuzzy kubernets 2", "fuzzy kubernets 2" },
    { "kubernets~", "fuzzy kubernets 2", NULL },
    { "kuberne~", "fuzzy kuberne 1", NULL },
    { "kubernets~3", "word kubernets~3", NULL },
    { "abc~1", "fuzzy abc 1", "fuzzy abc 1" },
    { "ab~1", "word ab~1", NULL },
    { "x~2", "word x~2", NULL },
    { "a~b", "word a~b", NULL },
    { "1.0~rc1", "word 1.0~rc1", NULL },
    { "~500", "word ~500", NULL },
    { "edu/~smith", "word edu/~smith", NULL },
    { "GPT4~1", "word GPT4~1", NULL },
    { "M\xC3\xBCller~1", "fuzzy M\xC3\xBCller 1", "fuzzy M\xC3\xBCller 1" },
    { "\xE3\x81\xAF\xE3\x81\xAF\xE3\x81\xAF~",
      "word \xE3\x81\xAF\xE3\x81\xAF\xE3\x81\xAF~", NULL },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa~1",
      "fuzzy aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1",
      "fuzzy aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1" },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa~1",
      "word aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa~1", NULL },
    /* what counts more */
    { "qwen^2", "word qwen ^2", NULL },
    { "qwen^.5", "word qwen ^0.5", NULL },
    { "bench*^2", "pattern bench* ^2", NULL },
    { "/x+/^2", "regex x+ ^2", NULL },
    { "kubernets~^3", "fuzzy kubernets 2 ^3", NULL },
    { "mc^2", "word mc ^2", NULL },
    { "2^10", "word 2^10", NULL },
    { "x^2", "word x^2", NULL },
    { "qwen^2^3", "word qwen^2^3", NULL },
    { "e^x", "word e^x", NULL },
    { "10^-3", "word 10^-3", NULL },
    { "^4.17", "word ^4.17", NULL },
    { "qwen^", "word qwen^", NULL },
    { "qwen^2.5.1", "word qwen^2.5.1", NULL },
    { "http://a.b/x^2", "word http://a.b/x^2", NULL },
    { "qwen^0", "word qwen bad", NULL },
    { "qwen^1001", "word qwen bad", NULL },
    /* exact */
    { "=running", "word running exact", NULL },
    { "=GPT-4o^2", "word GPT-4o exact ^2", NULL },
    { "=5", "word 5 exact", NULL },
    { "==", "word ==", NULL },
    { "=>", "word =>", NULL },
    { "a=b", "word a=b", NULL },
    { "blah=", "word blah=", NULL },
    /* escapes */
    { "bench\\*", "word bench* literal", "word bench* literal" },
    { "\\/x+/", "word /x+/ literal", "word /x+/ literal" },
    { "qwen\\^2", "word qwen^2 literal", "word qwen^2 literal" },
    { "a\\*b^2", "word a*b literal ^2", "word a*b^2 literal" },
    { "aa\\*b^2", "word aa*b literal ^2", "word aa*b^2 literal" },
    { "\\AND", "word AND literal", "word AND literal" },
    { "\\NEAR/5", "word NEAR/5 literal", "word NEAR/5 literal" },
    { "\\25", "word 25 literal", "word 25 literal" },
    { "C:\\x", "word C:\\x", NULL },
    { "\\n", "word \\n", NULL },
};

/* "fuzzy kubernets 2 ^3" */
static void
describe(const char *word, bool quoted, char *out, size_t size)
{
    static const char *const kinds[] = {
        [SYNTAX_WORD] = "word", [SYNTAX_PATTERN] = "pattern",
        [SYNTAX_REGEX] = "regex", [SYNTAX_FUZZY] = "fuzzy",
        [SYNTAX_ANY_WORD] = "gap", [SYNTAX_ALL] = "all",
    };
    struct arena arena = ARENA_INIT;
    struct form form;
    char more[64] = "";
    size_t n = 0;

    lede__form(str_from(word), quoted, &form);
    if (form.literal) {
        lede__form_unescape(&arena, form.text, &form.text, NULL);
    }
    if (form.edits > 0) {
        n += (size_t)snprintf(more + n, sizeof(more) - n, " %u",
                              (unsigned)form.edits);
    }
    n += (size_t)snprintf(more + n, sizeof(more) - n, "%s%s%s",
                          form.exact ? " exact" : "",
                          form.literal ? " literal" : "",
                          form.bad_boost ? " bad" : "");
    if (form.boost != 1) {
        snprintf(more + n, sizeof(more) - n, " ^%g", form.boost);
    }
    snprintf(out, size, "%s %.*s%s", kinds[form.kind], (int)form.text.len,
             form.text.p, more);
    lede__arena_free(&arena);
}

int
main(void)
{
    char found[256], text[256];
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        describe(rows[i].word, false, found, sizeof(found));
        is_str(found, rows[i].bare, "%s", rows[i].word);
        describe(rows[i].word, true, found, sizeof(found));
        snprintf(text, sizeof(text), "word %s", rows[i].word);
        is_str(found, rows[i].quoted == NULL ? text : rows[i].quoted,
               "%s in quotes", rows[i].word);
    }
    return done();
}
