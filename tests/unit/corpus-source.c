/* corpus-source.c - files, plain and gzip, into records; and which format a
   file has. */

#include "corpus/reader.h"
#include "tests/tap.h"

#include <unistd.h>
#include <zlib.h>

#include "shared/base/file.h"

#define FILE_NAME "input"

static void
put(const char *path, struct str bytes)
{
    FILE *f = fopen(path, "wb");

    if (f == NULL || fwrite(bytes.p, 1, bytes.len, f) != bytes.len
        || fclose(f) != 0) {
        printf("Bail out! %s cannot be written\n", path);
        exit(1);
    }
}

/* One gzip member. */
static void
gzip(struct buf *out, struct str bytes)
{
    z_stream z = { .next_in = (unsigned char *)(uintptr_t)bytes.p,
                   .avail_in = (uInt)bytes.len };
    unsigned char chunk[65536];
    int result;

    deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    do {
        z.next_out = chunk;
        z.avail_out = sizeof(chunk);
        result = deflate(&z, Z_FINISH);
        lede__buf_add(out, chunk, sizeof(chunk) - z.avail_out, NULL);
    } while (result == Z_OK);
    deflateEnd(&z);
}

/* Read the file; "LINE@OFFSET:text|" for each record, "!" where it was too
   large, and the status at the end. */
static void
gives(struct str bytes, enum format format, size_t max, const char *want,
      lede_status last, const char *name)
{
    struct source *source = NULL;
    const struct record *record;
    struct buf got = BUF_INIT(1 << 24);
    lede_error err = LEDE_ERROR_INIT;
    lede_status status;

    put(FILE_NAME, bytes);
    status = lede__source_open(&source, FILE_NAME, format, max, &err);
    while (status == LEDE_STATUS_OK) {
        status = lede__source_next(source, &record, &err);
        if (status != LEDE_STATUS_OK || record == NULL) {
            break;
        }
        lede__buf_addf(&got, NULL, "%u@%llu:%.*s%s|", record->line,
                       (unsigned long long)record->offset, (int)record->len,
                       record->p, record->too_large ? "!" : "");
    }
    is_str(lede__buf_view(&got).p, want, "%s", name);
    is_int(status, last, "%s: status", name);
    if (status != LEDE_STATUS_OK) {
        ok(strstr(err.message, FILE_NAME) != NULL, "%s: the file is named",
           name);
    }
    lede__source_close(source);
    lede__buf_free(&got);
}

static void
lines(void)
{
    gives(STR("{}\n{\"a\":1}\n"), FORMAT_JSONL, 100, "1@0:{}|2@3:{\"a\":1}|",
          LEDE_STATUS_OK, "lines");
    gives(STR("a\n\n \t\r\nb"), FORMAT_JSONL, 100, "1@0:a|4@7:b|",
          LEDE_STATUS_OK, "blank lines, and no end of the last");
    gives(STR("\xEF\xBB\xBF" "a\n"), FORMAT_JSONL, 100, "1@3:a|",
          LEDE_STATUS_OK, "a byte order mark");
    gives(STR("\xFF\xFE" "a\0\n\0\xE9\0"), FORMAT_JSONL, 100,
          "1@0:a|2@2:\xC3\xA9|", LEDE_STATUS_OK, "UTF-16");
    gives(STR("12345\n123456\n1\n"), FORMAT_JSONL, 5,
          "1@0:12345|2@6:12345!|3@13:1|", LEDE_STATUS_OK,
          "a line at the limit and one beyond it");
    gives(STR(""), FORMAT_JSONL, 5, "", LEDE_STATUS_OK, "nothing");
}

/* Lines that are longer than the buffers inside. */
static void
long_lines(void)
{
    size_t len = ((size_t)1 << 20) + 7;
    struct buf text = BUF_INIT(1 << 24);
    struct buf zipped = BUF_INIT(1 << 24);
    struct source *source = NULL;
    const struct record *record = NULL;
    char *line = malloc(len);

    memset(line, 'x', len);
    lede__buf_add(&text, line, len, NULL);
    lede__buf_str(&text, STR("\nshort\n"), NULL);
    gzip(&zipped, lede__buf_view(&text));
    for (int pass = 0; pass < 2; pass++) {
        const char *kind = pass == 0 ? "plain" : "gzip";
        put(FILE_NAME, lede__buf_view(pass == 0 ? &text : &zipped));
        lede__source_open(&source, FILE_NAME, FORMAT_JSONL, len, NULL);
        lede__source_next(source, &record, NULL);
        ok(record != NULL && record->len == len && !record->too_large,
           "%s: a line of 1 MiB, the limit", kind);
        lede__source_next(source, &record, NULL);
        ok(record != NULL && record->line == 2 && record->offset == len + 1,
           "%s: the one after it", kind);
        lede__source_close(source);
        lede__source_open(&source, FILE_NAME, FORMAT_JSONL, len - 1, NULL);
        lede__source_next(source, &record, NULL);
        ok(record != NULL && record->len == len - 1 && record->too_large,
           "%s: beyond the limit", kind);
        lede__source_next(source, &record, NULL);
        ok(record != NULL && record->len == 5, "%s: the rest is skipped",
           kind);
        lede__source_close(source);
    }
    free(line);
    lede__buf_free(&text);
    lede__buf_free(&zipped);
}

static void
whole(void)
{
    gives(STR("a\nb\n"), FORMAT_MARKDOWN, 4, "1@0:a\nb\n|", LEDE_STATUS_OK,
          "a file at the limit");
    gives(STR("a\nb\nc"), FORMAT_TEXT, 4, "1@0:a\nb\n!|", LEDE_STATUS_OK,
          "a file beyond the limit");
    gives(STR(""), FORMAT_TEXT, 4, "", LEDE_STATUS_OK, "an empty file");
}

static void
compressed(void)
{
    struct buf z = BUF_INIT(1 << 20);
    struct str all;

    gzip(&z, STR("{}\n{\"a\""));
    size_t first = z.len;
    gzip(&z, STR(":1}\nlast"));
    all = lede__buf_view(&z);
    gives(all, FORMAT_JSONL, 100, "1@0:{}|2@3:{\"a\":1}|3@11:last|",
          LEDE_STATUS_OK, "two members");
    gives(all, FORMAT_TEXT, 100, "1@0:{}\n{\"a\":1}\nlast|", LEDE_STATUS_OK,
          "two members of one article");
    for (size_t cut = first + 1; cut < all.len; cut++) {
        struct source *source = NULL;
        const struct record *record;
        lede_status status;
        int n = 0;
        put(FILE_NAME, (struct str){ all.p, cut });
        lede__source_open(&source, FILE_NAME, FORMAT_JSONL, 100, NULL);
        while ((status = lede__source_next(source, &record, NULL))
                   == LEDE_STATUS_OK && record != NULL) {
            n++;
        }
        lede__source_close(source);
        if (status != LEDE_STATUS_CORRUPT || n < 1 || n > 2) {
            ok(false, "cut after %zu of %zu bytes", cut, all.len);
        }
    }
    ok(true, "a second member that ends early, at each byte");
    gives((struct str){ all.p, first }, FORMAT_TEXT, 100, "1@0:{}\n{\"a\"|",
          LEDE_STATUS_OK, "one member");
    gives((struct str){ all.p, first - 1 }, FORMAT_TEXT, 100, "",
          LEDE_STATUS_CORRUPT, "an article that ends early is none");
    lede__buf_add(&z, "\0\0\0\0", 4, NULL);
    gives(lede__buf_view(&z), FORMAT_JSONL, 100,
          "1@0:{}|2@3:{\"a\":1}|3@11:last|", LEDE_STATUS_OK, "padding");
    lede__buf_str(&z, STR("garbage"), NULL);
    gives(lede__buf_view(&z), FORMAT_JSONL, 100,
          "1@0:{}|2@3:{\"a\":1}|", LEDE_STATUS_CORRUPT,
          "garbage behind: the last line may be cut");
    gives(lede__buf_view(&z), FORMAT_TEXT, 100, "1@0:{}\n{\"a\":1}\nlast|",
          LEDE_STATUS_CORRUPT, "garbage behind an article");
    z.p[z.len - 7 - 4 - 8] ^= 1;        // the checksum of the last member
    gives(lede__buf_view(&z), FORMAT_TEXT, 100, "", LEDE_STATUS_CORRUPT,
          "a wrong checksum");
    lede__buf_free(&z);
}

static void
is_format(const char *path, struct str bytes, enum format want)
{
    enum format got = FORMAT_NONE;

    put(path, bytes);
    ok(lede__format_find(&got, path, NULL) == LEDE_STATUS_OK && got == want,
       "%s: format %d, wanted %d", path, got, want);
    unlink(path);
}

static void
formats(void)
{
    struct str header = STR("---\ntitle: x\n---\n");
    struct str prose = STR("A text.\n\nAnother line.\n");
    struct str json = STR("{\"id\": 1, \"title\": \"x\"}\n");
    struct buf z = BUF_INIT(1 << 16);

    is_format("a.md", prose, FORMAT_MARKDOWN);
    is_format("a.MARKDOWN", prose, FORMAT_MARKDOWN);
    is_format("a.txt", prose, FORMAT_TEXT);
    is_format("a.txt", header, FORMAT_MARKDOWN);
    is_format("a.txt", STR("\xEF\xBB\xBF\n---  \r\ntitle: x\r\n---\r\n"),
              FORMAT_MARKDOWN);
    is_format("a.txt", STR("+++\ntitle = 'x'\n+++\n"), FORMAT_MARKDOWN);
    is_format("a.txt", STR("[#]: subject: (x)\n"), FORMAT_MARKDOWN);
    is_format("a.txt", STR("---\nOnly a rule.\n\n---\n"), FORMAT_TEXT);
    is_format("a.txt", STR("\xFF\xFE-\0-\0-\0\n\0a\0:\0\n\0-\0-\0-\0"),
              FORMAT_MARKDOWN);
    is_format("a.txt", json, FORMAT_JSONL);
    is_format("notes", prose, FORMAT_TEXT);
    is_format("notes", header, FORMAT_MARKDOWN);
    is_format("LICENSE", prose, FORMAT_NONE);
    is_format("Makefile", prose, FORMAT_NONE);
    is_format("a.jsonl", json, FORMAT_JSONL);
    is_format("a.ndjson", STR("broken\n"), FORMAT_JSONL);
    is_format("a.json", json, FORMAT_JSONL);
    is_format("a.json", STR("{\n  \"id\": 1\n}\n"), FORMAT_NONE);
    is_format("a.json", STR("[1]\n"), FORMAT_NONE);
    is_format("a.css", header, FORMAT_NONE);
    is_format("a.html", prose, FORMAT_NONE);
    is_format("a.txt", STR("%PDF-1.5\nabc"), FORMAT_NONE);
    is_format("a.txt", STR("a\0b"), FORMAT_NONE);
    is_format("a.md", STR("\x01\x02\x03\x04\x05\x06\x0E"), FORMAT_NONE);
    is_format("a.txt", STR("\xE9t\xE9\n"), FORMAT_TEXT);
    is_format("a.txt", STR(""), FORMAT_TEXT);
    gzip(&z, header);
    is_format("a.txt.gz", lede__buf_view(&z), FORMAT_MARKDOWN);
    is_format("a.md", lede__buf_view(&z), FORMAT_MARKDOWN);
    is_format("a.css.gz", lede__buf_view(&z), FORMAT_NONE);
    lede__buf_free(&z);
    enum format format;
    is_int(lede__format_find(&format, "nowhere.md", NULL),
           LEDE_STATUS_NOT_FOUND, "a file that is not there");
}

int
main(void)
{
    char folder[] = "corpus-source-XXXXXX";
    struct source *source;

    if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
        printf("Bail out! no scratch folder\n");
        return 1;
    }
    lines();
    long_lines();
    whole();
    compressed();
    formats();
    is_int(lede__source_open(&source, "nowhere", FORMAT_TEXT, 1, NULL),
           LEDE_STATUS_NOT_FOUND, "a file that is not there");
    lede__source_close(NULL);
    if (chdir("..") == 0) {
        lede__file_remove_tree(folder, NULL);
    }
    return done();
}
