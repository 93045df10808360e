/* query-parse.c - the query language: what is read is printed back, and what
   was not honoured is said.

   Each row is a query, how it was understood, and the codes of its warnings.
   What is printed has to parse to the same again. */

#include "query/parse.h"
#include "tests/tap.h"

struct row {
    const char *query;
    const char *printed;
    const char *codes;          // apart by spaces
};

static const struct row rows[] = {
    /* words */
    { "qwen", "qwen", "" },
    { "qwen model benchmarks", "qwen model benchmarks", "" },
    { "Qwen Model", "Qwen Model", "" },
    { "  qwen \t model\n", "qwen model", "" },
    { "qwen\xE3\x80\x80model", "qwen model", "" },
    { "qwen\xC2\xA0model", "qwen model", "" },
    { "what is a model?", "what is a model", "" },
    { "stop!", "stop", "" },
    { "really?!", "really", "" },
    { "one, two; three.", "one two three", "" },
    { "what?\xEF\xBC\x9F", "what", "" },
    { "\xE6\xA8\xA1\xE5\x9E\x8B\xEF\xBC\x9F", "\xE6\xA8\xA1\xE5\x9E\x8B",
      "" },
    { "U.S. election", "U.S. election", "" },
    { "GPT-4o Qwen2.5-VL", "GPT-4o Qwen2.5-VL", "" },
    { "C++ C# .NET F#", "C++ C# .NET F#", "" },
    { "AT&T R&D", "AT&T R&D", "" },
    { "@handle #tag $AAPL", "@handle #tag $AAPL", "" },
    { "user@host a/b CVE-2024-1234", "user@host a/b CVE-2024-1234", "" },
    { "don't", "don't", "" },
    { "r\xC3\xA9sum\xC3\xA9", "r\xC3\xA9sum\xC3\xA9", "" },
    { "\xE6\xA8\xA1\xE5\x9E\x8B\xE8\xAF\x84\xE6\xB5\x8B",
      "\xE6\xA8\xA1\xE5\x9E\x8B\xE8\xAF\x84\xE6\xB5\x8B", "" },
    { "\xF0\x9F\x9A\x80", "\xF0\x9F\x9A\x80", "" },
    { "printf(x)", "printf(x)", "" },
    { "printf()", "printf()", "" },
    { "f(x) g(y)", "f(x) g(y)", "" },
    { "19\" monitor", "19\" monitor", "" },
    { "19\" and 24\" monitors", "19\" and 24\" monitors", "" },
    { "a^2 b~1 [x] {y} a&&b a||b", "a^2 b~1 [x] {y} a&&b a||b", "" },
    { "\\", NULL, "" },
    { "'single quotes'", "'single quotes'", "" },
    { "***", NULL, "" },
    { "? ! ...", NULL, "" },
    { "a - b", "a b", "" },
    { "a -- b", "a b", "" },
    { "a \xE2\x80\x93 b", "a b", "" },
    { "a & b", "a b", "" },
    { "a + b", "a b", "" },
    { "--help me", "help me", "" },
    { "a ++b", "a b", "" },
    { "a +-b", "a b", "" },
    { "a \xE2\x80\x94" "b", "a \xE2\x80\x94" "b", "" },
    /* phrases */
    { "\"qwen model\"", "\"qwen model\"", "" },
    { "\"  qwen   model \"", "\"qwen model\"", "" },
    { "\xE2\x80\x9Cqwen model\xE2\x80\x9D", "\"qwen model\"", "" },
    { "\xE2\x80\x9Eqwen model\xE2\x80\x9C", "\"qwen model\"", "" },
    { "\xC2\xABqwen model\xC2\xBB x", "\"qwen model\" x", "" },
    { "\xC2\xBBqwen model\xC2\xAB", "\"qwen model\"", "" },
    { "\xEF\xBC\x82qwen model\xEF\xBC\x82", "\"qwen model\"", "" },
    { "\"qwen model\xE2\x80\x9D x", "\"qwen model\" x", "" },
    { "\xE2\x80\x9Cqwen model\" x", "\"qwen model\" x", "" },
    { "\"the \xE2\x80\x9C" "big\xE2\x80\x9D one\"", "\"the big one\"", "" },
    { "\"a\" \"b\"", "\"a\" \"b\"", "" },
    { "\"a\"\"b\"", "\"a\" \"b\"", "" },
    { "\"AND\"", "\"AND\"", "" },
    { "\"a (b\" c", "\"a (b\" c", "" },
    { "\"title:x\"", "\"title:x\"", "" },
    { "\xE6\x9F\xA5\"\xE4\xBD\xA0\xE5\xA5\xBD\"",
      "\xE6\x9F\xA5 \"\xE4\xBD\xA0\xE5\xA5\xBD\"", "" },
    { "\"qwen model", "\"qwen model\"", "unclosed-quote" },
    { "qwen \"model", "qwen \"model\"", "unclosed-quote" },
    { "\"", NULL, "unclosed-quote" },
    { "\"\"", NULL, "" },
    { "\"\" a", "a", "" },
    { "\"?\" a", "a", "" },
    { "a\" b", "a\" b", "" },
    /* + and - */
    { "+qwen", "+qwen", "" },
    { "+qwen model", "+qwen model", "" },
    { "qwen -model", "qwen -model", "" },
    { "-model", "-model", "" },
    { "+\"qwen model\" -\"old one\"", "+\"qwen model\" -\"old one\"", "" },
    { "+gpt-4o", "+gpt-4o", "" },
    { "a -b-c", "a -b-c", "" },
    { "a \xE2\x88\x92" "b", "a -b", "" },
    { "a \xE2\x80\x91" "b", "a -b", "" },
    { "\xEF\xBC\x8B" "a b", "+a b", "" },
    { "+(a b) c", "+(a b) c", "" },
    { "-(a b) c", "-(a b) c", "" },
    { "-(-a)", "a", "" },
    { "a +", "a", "" },
    { "+ a", "a", "" },
    { "a -", "a", "" },
    { "+\"\" a", "a", "" },
    { "+AND", "+and", "" },
    { "+a +a", "+a +a", "" },
    /* numbers below zero */
    { "-5", "5", "" },
    { "-5.5", "5.5", "" },
    { "\xE2\x88\x92" "5", "5", "" },
    { "-5 \xC2\xB0" "C", "5 \xC2\xB0" "C", "" },
    { "-5\xC2\xB0" "C", "5\xC2\xB0" "C", "" },
    { "winter -5 \xC2\xB0" "C", "winter 5 \xC2\xB0" "C", "" },
    { "down -3%", "down 3%", "" },
    { "python -2", "python NOT 2", "" },
    { "python -2.7", "python NOT 2.7", "" },
    { "iphone -5s", "iphone NOT 5s", "" },
    { "NOT 5", "NOT 5", "" },
    { "555-123-4567", "555-123-4567", "" },
    { "2025-02-12", "2025-02-12", "" },
    /* AND OR NOT */
    { "a AND b", "a AND b", "" },
    { "a OR b", "a OR b", "" },
    { "a AND b AND c", "a AND b AND c", "" },
    { "a OR b OR c", "a OR b OR c", "" },
    { "a AND b OR c", "(a AND b) OR c", "" },
    { "a OR b AND c", "a OR (b AND c)", "" },
    { "a b AND c", "a (b AND c)", "" },
    { "a OR b c", "(a OR b) c", "" },
    { "a b OR c d", "a (b OR c) d", "" },
    { "a AND NOT b", "a AND -b", "" },
    { "NOT a AND b", "-a AND b", "" },
    { "NOT (a AND b)", "-(a AND b)", "" },
    { "a NOT b", "a -b", "" },
    { "a OR NOT b", "a OR -b", "" },
    { "a AND -b", "a AND -b", "" },
    { "NOT NOT a", "a", "" },
    { "NOT NOT NOT a", "-a", "" },
    { "NOT -a", "a", "" },
    { "+a AND b c", "+(a AND b) c", "" },
    { "a AND +b c", "+(a AND b) c", "" },
    { "+a OR b", "+(a OR b)", "" },
    { "a and b or not c", "a and b or not c", "" },
    { "And Or Not", "And Or Not", "" },
    { "ANDROID NOTE ORACLE", "ANDROID NOTE ORACLE", "" },
    { "a AND", "a", "lone-operator" },
    { "AND a", "a", "lone-operator" },
    { "a AND AND b", "a AND b", "lone-operator" },
    { "a AND OR b", "a OR b", "lone-operator" },
    { "a OR AND b", "a OR b", "lone-operator" },
    { "a NOT", "a", "lone-operator" },
    { "a OR NOT", "a", "lone-operator lone-operator" },
    { "a AND ?", "a", "lone-operator" },
    { "OR", "or", "" },
    { "NOT", "not", "" },
    { "AND OR NOT", "and or not", "" },
    { "a AND.", "a and", "" },
    { "(AND) a", "a", "lone-operator" },
    { "NOT(a) b", "-a b", "" },
    { "a OR(b c)", "a OR (b c)", "" },
    { "a AND\"b c\"", "a AND \"b c\"", "" },
    /* brackets */
    { "(a)", "a", "" },
    { "((a))", "a", "" },
    { "(a b)", "a b", "" },
    { "(a b) AND c", "(a b) AND c", "" },
    { "(a OR b) AND (c OR d)", "(a OR b) AND (c OR d)", "" },
    { "a (b (c d))", "a (b (c d))", "" },
    { "()", NULL, "" },
    { "() a", "a", "" },
    { "(a b", "a b", "unclosed-bracket" },
    { "((a b) AND c", "(a b) AND c", "unclosed-bracket" },
    { "a) b", "a b", "unopened-bracket" },
    { ")", NULL, "unopened-bracket" },
    { "(", NULL, "unclosed-bracket" },
    { "(a))", "a", "unopened-bracket" },
    { "\xEF\xBC\x88" "a OR b\xEF\xBC\x89 AND c", "(a OR b) AND c", "" },
    { "foo(bar baz)", "foo (bar baz)", "" },
    { "foo(bar", "foo bar", "unclosed-bracket" },
    { "(foo(bar) baz) x", "(foo(bar) baz) x", "" },
    { ":) :(", NULL, "unopened-bracket unclosed-bracket" },
    { "(a -b) c", "(a -b) c", "" },
    { "(-a)", "-a", "" },
    { "(+a)", "+a", "" },
    /* fields */
    { "title:qwen", "title:qwen", "" },
    { "Title:qwen TITLE:x", "title:qwen title:x", "" },
    { "title:\"qwen model\"", "title:\"qwen model\"", "" },
    { "title:(a b)", "title:a title:b", "" },
    { "title:(a b) c", "(title:a title:b) c", "" },
    { "title:(a AND \"b c\")", "title:a AND title:\"b c\"", "" },
    { "title:(a author:b)", "title:a title:author:b", "" },
    { "+title:qwen -body:old", "+title:qwen -body:old", "" },
    { "title:Qwen2.5-VL", "title:Qwen2.5-VL", "" },
    { "title:qwen?", "title:qwen", "" },
    { "title\xEF\xBC\x9Aqwen", "title:qwen", "" },
    { "title:", "title", "empty-field" },
    { "title: qwen", "title qwen", "empty-field" },
    { "title:?", NULL, "" },
    { "title::qwen", "title::qwen", "" },
    { "title:-x", "title:-x", "" },
    { "foo:bar", "foo:bar", "unknown-field" },
    { "foo:\"bar baz\"", "foo \"bar baz\"", "unknown-field" },
    { "-foo:bar", "-foo:bar", "unknown-field" },
    { "note:", "note", "" },
    { "12:30", "12:30", "" },
    { "http://example.com/x?y=1", "http://example.com/x?y=1", "" },
    { "C:\\x", "C:\\x", "" },
    { "std::vector", "std::vector", "" },
    { ":x", ":x", "" },
    /* filters */
    { "tag:ai", "tag:ai", "" },
    { "tag:ai tag:ml qwen", "tag:ai tag:ml qwen", "" },
    { "author:\"Jane Doe\"", "author:\"Jane Doe\"", "" },
    { "author:\xE2\x80\x9CJane Doe\xE2\x80\x9D", "author:\"Jane Doe\"", "" },
    { "-tag:ai", "-tag:ai", "" },
    { "+tag:ai +tag:ml", "+tag:ai +tag:ml", "" },
    { "tag:(a b)", "tag:a tag:b", "" },
    { "tag:(a OR \"b c\") x", "(tag:a OR tag:\"b c\") x", "" },
    { "tag:c++ tag:.net tag:#1", "tag:c++ tag:.net tag:#1", "" },
    { "author:J.R.", "author:\"J.R.\"", "" },
    { "tag:ai?", "tag:ai", "" },
    { "tag:: tag:\"?\"", "tag tag:\"?\"", "" },
    { "tag:(: a..)", "tag:\":\" tag:\"a..\"", "" },
    { "path:notes/a.md", "path:notes/a.md", "" },
    { "path:notes/*", "path:notes/*", "" },
    { "path:/abs/x", "path:/abs/x", "" },
    { "path:\"a b.md\"", "path:\"a b.md\"", "" },
    { "series:rust", "series:rust", "" },
    { "Series:rust", "series:rust", "" },
    { "tag: ai", "tag ai", "empty-field" },
    { "tag:AND", "tag:AND", "" },
    { "(tag:a OR tag:b) AND x", "(tag:a OR tag:b) AND x", "" },
    /* dates */
    { "date:2025", "date:2025", "" },
    { "date:2025-02", "date:2025-02", "" },
    { "date:2025-02-12", "date:2025-02-12", "" },
    { "date:2025-01-15..2025-03", "date:2025-01-15..2025-03", "" },
    { "date:..2024", "date:..2024", "" },
    { "date:2024..", "date:2024..", "" },
    { "date:\"12 Feb 2025\"", "date:2025-02-12", "" },
    { "date:\"12 Feb 2025 .. 3 Mar 2025\"", "date:2025-02-12..2025-03-03",
      "" },
    { "date:(2024 2025)", "date:2024 date:2025", "" },
    { "-date:2024", "-date:2024", "" },
    { "date:2025?", "date:2025", "" },
    { "date:2025/02/12", "date:2025-02-12", "" },
    { "date:2025-13", "date:2025-13", "bad-date" },
    { "date:2025-02-30", "date:2025-02-30", "bad-date" },
    { "date:soon x", "date:soon x", "bad-date" },
    { "date:\"next week\"", "\"next week\"", "bad-date" },
    { "date:..", "date:..", "bad-date" },
    { "date:(x. * y* AND?) \"a\"", "(x y* and) \"a\"",
      "bad-date bad-date bad-date bad-date" },
    { "date:\"?\" a", "a", "bad-date" },
    { "date:2025..2024", "date:2025..2024", "empty-range" },
    { "date:2024-05..2024", "date:2024-05..2024", "" },
    /* word* */
    { "bench*", "bench*", "" },
    { "title:bench*", "title:bench*", "" },
    { "+bench* -old*", "+bench* -old*", "" },
    { "gpt4*", "gpt4*", "" },
    { "bench*?", "bench*", "" },
    { "*bench", "*bench", "wildcard" },
    { "be*ch", "be*ch", "wildcard" },
    { "**bold**", "**bold**", "wildcard" },
    { "*", NULL, "" },
    { "5*", "5*", "" },
    { "-5*", "NOT 5*", "" },
};

static lede_status
find_name(void *payload, struct str name, enum name_kind *kind,
          lede_error *err)
{
    static const struct {
        const char *name;
        enum name_kind kind;
    } known[] = {
        { "title", NAME_TEXT }, { "body", NAME_TEXT },
        { "tag", NAME_FILTER }, { "author", NAME_FILTER },
        { "path", NAME_FILTER }, { "series", NAME_FILTER },
        { "date", NAME_DATE },
    };
    size_t i;

    (void)payload;
    (void)err;
    *kind = NAME_UNKNOWN;
    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (str_eq(name, str_from(known[i].name))) {
            *kind = known[i].kind;
        }
    }
    return LEDE_STATUS_OK;
}

struct parsed {
    struct arena arena;
    struct warnings warnings;
    struct syntax *syntax;
    struct buf printed;
};

static void
parse(struct parsed *to, struct str query)
{
    const struct names names = { find_name, NULL };
    lede_status status;

    memset(to, 0, sizeof(*to));
    to->printed.max = BUF_MAX_ANY;
    to->warnings.arena = &to->arena;
    status = lede__parse(&to->syntax, query, &names, &to->arena,
                         &to->warnings, NULL);
    if (status == LEDE_STATUS_OK) {
        status = lede__print(&to->printed, to->syntax, NULL);
    }
    if (status != LEDE_STATUS_OK) {
        printf("# status %d\n", (int)status);
    }
}

static void
release(struct parsed *parsed)
{
    lede__buf_free(&parsed->printed);
    lede__arena_free(&parsed->arena);
}

static const char *
printed(const struct parsed *parsed)
{
    return parsed->syntax == NULL ? NULL
           : parsed->printed.p == NULL ? "" : parsed->printed.p;
}

static void
test_row(const struct row *row)
{
    struct parsed once, twice;
    char codes[256] = "";
    size_t i;

    parse(&once, str_from(row->query));
    is_str(printed(&once), row->printed, "%s", row->query);
    for (i = 0; i < once.warnings.count; i++) {
        const lede_warning *w = &once.warnings.items[i];
        size_t used = strlen(codes);

        snprintf(codes + used, sizeof(codes) - used, "%s%s",
                 used > 0 ? " " : "", w->code);
        if (w->start > w->end || w->end > strlen(row->query)) {
            ok(false, "%s: the range of %s", row->query, w->code);
        }
    }
    is_str(codes, row->codes, "%s: warnings", row->query);
    if (once.syntax != NULL) {
        parse(&twice, str_from(printed(&once)));
        is_str(printed(&twice), row->printed, "%s: printed and parsed",
               row->query);
        release(&twice);
    }
    release(&once);
}

/* Limits, at and one beyond. */
static void
test_limit(const char *what, const char *unit, size_t times, const char *tail,
           const char *code)
{
    struct buf query = BUF_INIT(BUF_MAX_ANY);
    struct parsed parsed;
    bool warned;
    size_t i;

    for (i = 0; i < times; i++) {
        lede__buf_str(&query, str_from(unit), NULL);
    }
    lede__buf_str(&query, str_from(tail), NULL);
    parse(&parsed, lede__buf_view(&query));
    for (i = 0, warned = false; i < parsed.warnings.count; i++) {
        warned |= code != NULL &&
                  strcmp(parsed.warnings.items[i].code, code) == 0;
    }
    ok(parsed.syntax != NULL && warned == (code != NULL), "%s", what);
    release(&parsed);
    lede__buf_free(&query);
}

static void
test_limits(void)
{
    struct parsed parsed;

    test_limit("as many clauses as may be", "a ", QUERY_CLAUSES_MAX, "",
               NULL);
    test_limit("one clause too many", "a ", QUERY_CLAUSES_MAX + 1, "",
               "too-many-clauses");
    test_limit("as deep as may be", "(b ", QUERY_DEPTH_MAX, "a",
               "unclosed-bracket");
    test_limit("one bracket too deep", "(b ", QUERY_DEPTH_MAX + 1, "a",
               "too-deep");
    test_limit("as long as may be", " ", QUERY_BYTES_MAX - 2, "ab", NULL);
    test_limit("a byte too long", " ", QUERY_BYTES_MAX - 2, "abc",
               "too-long");
    test_limit("brackets without end", "(", 40000, "a", "too-deep");
    test_limit("closing brackets without end", ")", 40000, "a",
               "unopened-bracket");
    test_limit("words with brackets", "a(", 30000, "a", "too-deep");
    test_limit("quotes of two kinds", "\xE2\x80\x9C" "a\" ", 8000, "a",
               "too-many-clauses");
    test_limit("minus numbers", "-5 ", 20000, "a", "too-many-clauses");

    parse(&parsed, STR("a\xFF" "b \xC3"));
    is_str(printed(&parsed), "a b", "bytes that are no UTF-8");
    is_str(parsed.warnings.items[0].code, "bad-utf8", "are told");
    release(&parsed);

    parse(&parsed, (struct str){ "a \"b", 4 });
    is_int(parsed.warnings.items[0].start, 2, "a warning's start");
    is_int(parsed.warnings.items[0].end, 3, "and end");
    release(&parsed);
}

static void
test_plain(void)
{
    struct arena arena = ARENA_INIT;
    struct warnings warnings = { &arena, NULL, 0 };
    struct buf out = BUF_INIT(BUF_MAX_ANY);
    struct syntax *syntax;

    lede__parse_plain(&syntax, STR("+what (is) \"title:a\" AND -b * ?"),
                      &arena, &warnings, NULL);
    lede__print(&out, syntax, NULL);
    is_str(out.p, "+what (is) \"title:a\" AND -b", "plain words");
    is_int(warnings.count, 0, "have no mistakes");
    lede__buf_free(&out);
    lede__arena_free(&arena);
}

int
main(void)
{
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        test_row(&rows[i]);
    }
    ok(i >= 150, "%zu rows", i);
    test_limits();
    test_plain();
    return done();
}
