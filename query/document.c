/* document.c - lede_document_read: an article in a file that is in no index. */

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "corpus/reader.h"
#include "query/handle.h"

#define BYTES_MAX ((size_t)LEDE_MAX_ARTICLE_DEFAULT)

struct lede_document {
    struct article article;
    lede_article view;
    char date[24];
};

static struct reader_options
find_options(const lede_index *index)
{
    const struct schema *schema;

    if (index == NULL) {
        return (struct reader_options){ .n_json_map = 0 };
    }
    schema = index->searcher->schema;
    return (struct reader_options){
        .json_map = schema->json_map, .n_json_map = schema->n_json_map,
        .front_map = schema->front_map, .n_front_map = schema->n_front_map,
        .default_lang = schema->default_lang.p,
    };
}

static void
ignore(void *payload, const struct reader_warning *warning)
{
    (void)payload;
    (void)warning;
}

static lede_status
parse(lede_document *document, const struct record *record, const char *path,
      const lede_index *index, lede_error *err)
{
    struct reader_options options = find_options(index);

    if (record->too_large) {
        return lede__fail_at(err, LEDE_STATUS_LIMIT, path, 0, 0, "an article "
                             "of more than %zu bytes", BYTES_MAX);
    }
    return lede__article_parse(&document->article, record, str_from(path),
                               &options, ignore, NULL, err);
}

static lede_status
read_file(lede_document *document, const char *path, const lede_index *index,
          lede_error *err)
{
    const struct record *record = NULL;
    struct source *source = NULL;
    enum format format = FORMAT_NONE;
    lede_status status = lede__format_find(&format, path, err);

    if (status == LEDE_STATUS_OK && format == FORMAT_NONE) {
        status = lede__fail_at(err, LEDE_STATUS_BAD_INPUT, path, 0, 0,
                               "this is no article: Markdown, text and JSON "
                               "Lines are read");
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__source_open(&source, path, format, BYTES_MAX, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__source_next(source, &record, err);
    }
    if (status == LEDE_STATUS_OK && record == NULL) {
        status = lede__fail_at(err, LEDE_STATUS_BAD_INPUT, path, 0, 0,
                               "it is empty");
    }
    if (status == LEDE_STATUS_OK) {
        status = parse(document, record, path, index, err);
    }
    lede__source_close(source);
    return status;
}

/* ---- standard input: without a name, by its beginning ---- */

static bool
begins(struct str text, const char *with)
{
    struct str s = str_from(with);

    return text.len >= s.len && memcmp(text.p, s.p, s.len) == 0;
}

static struct record
find_record(struct str text)
{
    struct str trimmed = lede__str_trim(text);
    struct record record = { .p = text.p, .len = text.len, .line = 1,
                             .format = FORMAT_TEXT };
    const char *end;

    if (begins(text, "---") || begins(text, "+++") || begins(text, "[#]:") ||
        begins(trimmed, "# ")) {
        record.format = FORMAT_MARKDOWN;
    } else if (begins(trimmed, "{")) {
        end = memchr(trimmed.p, '\n', trimmed.len);
        record.p = trimmed.p;
        record.len = end == NULL ? trimmed.len : (size_t)(end - trimmed.p);
        record.format = FORMAT_JSONL;
    }
    return record;
}

static lede_status
read_input(lede_document *document, const lede_index *index, lede_error *err)
{
    struct buf text = BUF_INIT(BYTES_MAX + 1);
    char piece[16384];
    struct record record;
    ssize_t n = 1;
    lede_status status = LEDE_STATUS_OK;

    while (n != 0 && status == LEDE_STATUS_OK) {
        n = read(STDIN_FILENO, piece, sizeof(piece));
        if (n > 0) {
            status = lede__buf_add(&text, piece, (size_t)n, err);
        } else if (n < 0 && errno != EINTR) {
            status = lede__fail(err, LEDE_STATUS_IO,
                                "standard input: cannot be read");
        }
    }
    if (status == LEDE_STATUS_OK && lede__str_trim(lede__buf_view(&text)).len
                                    == 0) {
        status = lede__fail(err, LEDE_STATUS_BAD_INPUT,
                            "standard input: it is empty");
    }
    if (status == LEDE_STATUS_OK) {
        record = find_record(lede__buf_view(&text));
        status = parse(document, &record, "-", index, err);
    }
    lede__buf_free(&text);
    return status;
}

/* ---- interface ---- */

static const char *
text_of(struct str s)
{
    return s.len == 0 ? NULL : s.p;
}

lede_status
lede_document_read(lede_document **out, const char *path,
                   const lede_index *index, lede_error *error)
{
    lede_document *document = calloc(1, sizeof(*document));
    bool input = strcmp(path, "-") == 0;
    lede_status status;

    *out = NULL;
    if (document == NULL) {
        return lede__fail_memory(error);
    }
    status = input ? read_input(document, index, error)
                   : read_file(document, path, index, error);
    if (status != LEDE_STATUS_OK) {
        lede_document_free(document);
        return status;
    }
    lede__date_format(document->article.date, document->date);
    document->view = (lede_article){
        .id = input ? NULL : text_of(document->article.id),
        .key = text_of(document->article.key),
        .title = text_of(document->article.title),
        .body = text_of(document->article.body),
        .summary = text_of(document->article.summary),
        .date = document->date[0] == '\0' ? NULL : document->date,
        .lang = text_of(document->article.lang),
        .source = text_of(document->article.source),
        .url = text_of(document->article.url),
    };
    *out = document;
    return LEDE_STATUS_OK;
}

const lede_article *
lede_document_article(const lede_document *document)
{
    return &document->view;
}

void
lede_document_free(lede_document *document)
{
    if (document != NULL) {
        lede__arena_free(&document->article.arena);
        free(document);
    }
}
