/* fuzz-article.c - any bytes give an article that holds together, or a failure
   with a reason.

   With a fuzzer:   clang -g -O1 -fsanitize=fuzzer,address,undefined
                    -DLEDE_FUZZER -I. tests/fuzz/fuzz-article.c
                    corpus/ and shared/base/ -lyaml -ljson-c -lz -lmd4c
                    -luchardet -lcld2 -lxxhash -lstdc++
   Without one this is a test: it runs the inputs below, and every file that is
   named on the command line, so that what a fuzzer found stays found.

   The first byte chooses what reads the rest: m Markdown, t text, j a line of
   JSON, i an ignore file with a path in its first line. */

#include "corpus/ignore.h"
#include "tests/article-check.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct article article;

static const char *
run_ignore(struct str text)
{
    const char *end = memchr(text.p, '\n', text.len);
    struct arena arena = ARENA_INIT;
    struct ignore ignore;
    struct str path;

    if (end == NULL) {
        return NULL;
    }
    path = (struct str){ text.p, (size_t)(end - text.p) };
    text = (struct str){ end + 1, text.len - path.len - 1 };
    if (lede__ignore_parse(&ignore, text, &arena, NULL) == LEDE_STATUS_OK) {
        lede__ignore_match(&ignore, path, true);
        lede__ignore_match(&ignore, path, false);
    }
    lede__arena_free(&arena);
    return NULL;
}

static const char *
run_input(const uint8_t *data, size_t size)
{
    const struct reader_options options = { .default_lang = "en" };
    struct str text = { (const char *)data + 1, size - 1 };
    struct warnings warnings;
    lede_error err = LEDE_ERROR_INIT;
    enum format format = FORMAT_MARKDOWN;
    lede_status status;

    if (size == 0) {
        return NULL;
    }
    if (data[0] == 'i') {
        return run_ignore(text);
    }
    if (data[0] == 't') {
        format = FORMAT_TEXT;
    } else if (data[0] == 'j') {
        struct record record = { text.p, text.len, 0, 1, FORMAT_JSONL, false };
        struct arena arena = ARENA_INIT;
        enum json_action action;
        struct str key;
        format = FORMAT_JSONL;
        lede__json_peek(&record, &options, &arena, &key, &action, NULL);
        lede__arena_free(&arena);
    }
    status = read_article(&article, format, "2025-02-12-a.md", text, &options,
                          &warnings, &err);
    if (status != LEDE_STATUS_OK) {
        return err.status == status && err.message[0] != '\0'
                   ? NULL : "a failure without a reason";
    }
    return check_article(&article);
}

#ifdef LEDE_FUZZER

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (run_input(data, size) != NULL) {
        __builtin_trap();
    }
    return 0;
}

#else

#include "tests/tap.h"

/* Found by fuzzing or by thinking. */
static const char *const inputs[] = {
    "m---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\ntext",
    "m---\n? [a, b]\n: c\n? {d: e}\n: {f: g}\nh: i\n---\ntext",
    "m---\n<<: &a {b: *a}\nc: *a\n---\n",
    "m---\ntitle: \"a\nb: c\n---\ntext",
    "m---\na: |\n  b\n c: d\n e\n---\n",
    "m+++\na = \"\\u00e9\\q\\\"\"\nb = [1, [2, {c = 3}]\n[d.\"e\"]\nf\n+++\n",
    "m[#]: a: (b)\n[#]:\n[#]: c\n# d",
    "m{{< a\n\n>}} {% b [c]({{ d }}/e) [!f[g](h)] `{{< i >}}`\n",
    "m<!-- a --><script>b</script><p>c<img alt='d&amp;'>\n\n<pre>\n e\n</pre>",
    "m[^1]: a\n\nb[^1] **c**\n\n:::d\ne\n\n> [!NOTE]\n> f\n\n| g |\n|---|\n|h|",
    "m&nbsp; &#0; &#x110000; &#xD800; &shy;&unknown; a\xC2\x80 b\xE2\x80\xA8",
    "t\x80\x81 coding: latin-1",
    "tby A and B\nPhoto by C\n===\n2025-02-12\nD, Feb 12, 2025 (E) - f",
    "j{\"id\":1,\"title\":\"\\ud800\\u0000\",\"body\":[\"a\",\"b\\n\\nc\"]}",
    "j{\"date\":1e400,\"meta\":{\"a\":[[[1]]]},\"authors\":[{\"name\":\"\"}]}",
    "j{\"delete\":1}",
    "j[]", "j", "m", "t", "i",
    "ia/b\n**/*[!a-\n\\\n!/\n[[:x:]]",
};

int
main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof(inputs) / sizeof(*inputs); i++) {
        const char *wrong = run_input((const uint8_t *)inputs[i],
                                      strlen(inputs[i]));
        ok(wrong == NULL, "input %zu: %s", i, wrong ? wrong : "in order");
    }
    for (int i = 1; i < argc; i++) {
        struct buf data = BUF_INIT(BUF_MAX_ANY);
        char block[4096];
        size_t n;
        FILE *file = fopen(argv[i], "rb");
        const char *wrong = file == NULL ? "cannot be read" : NULL;
        while (file != NULL && (n = fread(block, 1, sizeof(block), file)) > 0) {
            lede__buf_add(&data, block, n, NULL);
        }
        if (wrong == NULL) {
            wrong = run_input((const uint8_t *)data.p, data.len);
            fclose(file);
        }
        ok(wrong == NULL, "%s: %s", argv[i], wrong ? wrong : "in order");
        lede__buf_free(&data);
    }
    lede__arena_free(&article.arena);
    return done();
}

#endif
