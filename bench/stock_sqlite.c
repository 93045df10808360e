/* stock_sqlite.c - SQLite FTS5, as fast as it gets.

       stock_sqlite build INDEX < corpus.jsonl
       stock_sqlite query INDEX [--dump]

   See protocol.h.  A table without contents, with positions (detail=full), its
   ids in a table beside it; built in one transaction without a journal, merged
   into one segment, then synced.  The tokens are those of corpus.h, through a
   tokeniser of its own.

   FTS5's bm25() has k1 = 1.2 and b = 0.75 fixed, and an idf of its own: the
   order differs, the work is the same.  There is no operator for what only
   adds to the score, so `+a b` is written `(a AND b) OR a`.

   FTS5 without columnsize cannot rank; columnsize=1 is kept. */

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/protocol.h"

#define READ_SIZE ((size_t)1 << 20)
/* Bytes of postings that FTS5 gathers before it writes a segment.  The largest
   is the fastest: of 144 MB there is one segment and nothing to merge (38 MB/s
   against 21 with 1 MiB, which is FTS5's own choice). */
#define HASH_SIZE "1073741824"
/* Pages of memory, negative: in KiB. */
#define CACHE_KIB "-262144"

static void
check(sqlite3 *db, int code)
{
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) {
        die("stock_sqlite: %s", sqlite3_errmsg(db));
    }
}

static void
run(sqlite3 *db, const char *sql)
{
    check(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

/* ---- the tokeniser ---- */

static int
tokenizer_create(void *payload, const char **args, int n, Fts5Tokenizer **out)
{
    (void)args;
    (void)n;
    *out = payload;
    return SQLITE_OK;
}

static void
tokenizer_delete(Fts5Tokenizer *tokenizer)
{
    (void)tokenizer;
}

/* The text comes classified where it is the article's that was bound; a query
   is classified here. */
static int
tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text,
         int len,
         int (*token)(void *, int, const char *, int, int, int))
{
    struct article_text *article = (struct article_text *)tokenizer;
    struct article_text other = { 0 };
    struct tokens tokens;
    struct str word;
    int code = SQLITE_OK;

    (void)flags;
    if (text != article->text) {
        other.len = (size_t)len;
        other.text = grow(NULL, other.len + 128);
        other.letters = grow(NULL, (other.len / 64 + 2) * sizeof(uint64_t));
        memcpy(other.text, text, other.len);
        text_classify(other.text, other.len, other.letters);
        article = &other;
    }
    tokens_begin(&tokens, article);
    while (code == SQLITE_OK && tokens_next(&tokens, &word)) {
        code = token(context, 0, word.p, (int)word.len,
                     (int)(word.p - article->text),
                     (int)(word.p - article->text + (ptrdiff_t)word.len));
    }
    free(other.text);
    free(other.letters);
    return code;
}

static void
add_tokenizer(sqlite3 *db, struct article_text *article)
{
    static fts5_tokenizer letters = {
        tokenizer_create, tokenizer_delete, tokenize
    };
    fts5_api *api = NULL;
    sqlite3_stmt *statement = NULL;

    check(db, sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement,
                                 NULL));
    check(db, sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", NULL));
    sqlite3_step(statement);
    sqlite3_finalize(statement);
    if (api == NULL) {
        die("stock_sqlite: this SQLite has no FTS5");
    }
    check(db, api->xCreateTokenizer(api, "letters", article, &letters, NULL));
}

/* ---- building ---- */

static void
add(sqlite3 *db, sqlite3_stmt *insert, sqlite3_stmt *name, int64_t row,
    const struct article_text *article)
{
    check(db, sqlite3_bind_int64(insert, 1, row));
    check(db, sqlite3_bind_text(insert, 2, article->text, (int)article->len,
                                SQLITE_STATIC));
    check(db, sqlite3_step(insert));
    check(db, sqlite3_reset(insert));
    check(db, sqlite3_bind_int64(name, 1, row));
    check(db, sqlite3_bind_text(name, 2, article->id.p, (int)article->id.len,
                                SQLITE_STATIC));
    check(db, sqlite3_step(name));
    check(db, sqlite3_reset(name));
}

static void
sync_file(const char *path)
{
    int fd = open(path, O_RDONLY);

    if (fd < 0 || fsync(fd) != 0) {
        die("stock_sqlite: cannot sync %s", path);
    }
    close(fd);
}

static void
build(const char *path)
{
    struct corpus corpus = { STDIN_FILENO, false, NULL, 0, 0 };
    struct chunk chunk = { 0 };
    struct article_text article = { 0 };
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL;
    sqlite3_stmt *name = NULL;
    int64_t row = 0;

    unlink(path);
    check(db, sqlite3_open(path, &db));
    add_tokenizer(db, &article);
    run(db, "PRAGMA page_size = 4096;"
            "PRAGMA journal_mode = OFF;"
            "PRAGMA synchronous = OFF;"
            "PRAGMA locking_mode = EXCLUSIVE;"
            "PRAGMA cache_size = " CACHE_KIB ";"
            "CREATE VIRTUAL TABLE articles USING fts5(text, content='',"
            " detail=full, tokenize='letters');"
            "CREATE TABLE ids(row INTEGER PRIMARY KEY, id TEXT);"
            "INSERT INTO articles(articles, rank)"
            " VALUES('hashsize', " HASH_SIZE ");"
            "BEGIN");
    check(db, sqlite3_prepare_v2(
                  db, "INSERT INTO articles(rowid, text) VALUES(?1, ?2)", -1,
                  &insert, NULL));
    check(db, sqlite3_prepare_v2(db, "INSERT INTO ids VALUES(?1, ?2)", -1,
                                 &name, NULL));
    while (corpus_read(&corpus, &chunk, READ_SIZE)) {
        while (chunk_next(&chunk, &article)) {
            add(db, insert, name, ++row, &article);
        }
    }
    sqlite3_finalize(insert);
    sqlite3_finalize(name);
    run(db, "INSERT INTO articles(articles) VALUES('optimize'); COMMIT");
    check(db, sqlite3_close(db));
    sync_file(path);
    article_text_free(&article);
    free(chunk.bytes);
    free(corpus.rest);
}

/* ---- queries ---- */

struct stock {
    sqlite3 *db;
    struct article_text none;   // of the tokeniser: nothing is bound
    sqlite3_stmt *count;
    sqlite3_stmt *top;
    sqlite3_stmt *dump;
    struct buf match;
};

static void
put(struct buf *out, struct str text)
{
    if (lede__buf_str(out, text, NULL) != LEDE_STATUS_OK) {
        die("out of memory");
    }
}

static void
put_item(struct buf *out, const struct query *query,
         const struct query_item *item)
{
    put(out, STR("\""));
    for (size_t i = 0; i < item->n; i++) {
        put(out, i > 0 ? STR(" ") : STR(""));
        put(out, query->words[item->first + i]);
    }
    put(out, STR("\""));
}

/* The items with this sign, joined; false where there are none. */
static bool
put_items(struct buf *out, const struct query *query, enum query_sign sign,
          struct str joint)
{
    bool any = false;

    for (size_t i = 0; i < query->n_items; i++) {
        if (query->items[i].sign == sign) {
            put(out, any ? joint : STR("("));
            put_item(out, query, &query->items[i]);
            any = true;
        }
    }
    put(out, any ? STR(")") : STR(""));
    return any;
}

static void
put_query(struct buf *out, const struct query *query)
{
    bool both = query->n_required > 0 &&
                query->n_items > query->n_required + query->n_excluded;

    put(out, STR("("));
    if (query->n_required > 0) {
        put_items(out, query, QUERY_REQUIRED, STR(" AND "));
    }
    if (both) {
        put(out, STR(" AND "));
    }
    put_items(out, query, QUERY_OPTIONAL, STR(" OR "));
    if (both) {
        put(out, STR(" OR "));
        put_items(out, query, QUERY_REQUIRED, STR(" AND "));
    }
    put(out, STR(")"));
    if (query->n_excluded > 0) {
        put(out, STR(" NOT "));
        put_items(out, query, QUERY_EXCLUDED, STR(" OR "));
    }
}

/* All hits of `statement`, which may be the one that counts. */
static uint64_t
ask(struct stock *stock, sqlite3_stmt *statement, size_t top,
    struct buf *dump)
{
    uint64_t count = 0;
    int code;

    check(stock->db, sqlite3_bind_text(statement, 1, stock->match.p,
                                       (int)stock->match.len,
                                       SQLITE_STATIC));
    if (top > 0) {
        check(stock->db, sqlite3_bind_int64(statement, 2, (int64_t)top));
    }
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        if (statement == stock->count) {
            count = (uint64_t)sqlite3_column_int64(statement, 0);
        } else if (dump != NULL) {
            const char *id = (const char *)sqlite3_column_text(statement, 0);

            protocol_hit(dump, str_from(id),
                         -sqlite3_column_double(statement, 1));
        }
    }
    check(stock->db, code);
    check(stock->db, sqlite3_reset(statement));
    return count;
}

static uint64_t
answer(void *payload, const struct query *query, struct buf *dump)
{
    struct stock *stock = payload;

    stock->match.len = 0;
    put_query(&stock->match, query);
    if (query->top > 0) {
        ask(stock, dump != NULL ? stock->dump : stock->top, query->top, dump);
    }
    return query->count ? ask(stock, stock->count, 0, NULL) : 1;
}

static void
answer_all(const char *path, bool dump)
{
    struct stock stock = { .match = BUF_INIT(BUF_MAX_ANY) };

    check(stock.db, sqlite3_open_v2(path, &stock.db, SQLITE_OPEN_READONLY,
                                    NULL));
    add_tokenizer(stock.db, &stock.none);
    run(stock.db, "PRAGMA locking_mode = EXCLUSIVE;"
                  "PRAGMA mmap_size = 4294967296;"
                  "PRAGMA cache_size = " CACHE_KIB);
    check(stock.db, sqlite3_prepare_v2(
                        stock.db, "SELECT count(*) FROM articles"
                        " WHERE articles MATCH ?1", -1, &stock.count, NULL));
    check(stock.db, sqlite3_prepare_v2(
                        stock.db, "SELECT rowid FROM articles"
                        " WHERE articles MATCH ?1 ORDER BY rank LIMIT ?2", -1,
                        &stock.top, NULL));
    check(stock.db, sqlite3_prepare_v2(
                        stock.db, "SELECT ids.id, hits.rank FROM"
                        " (SELECT rowid AS n, rank FROM articles"
                        " WHERE articles MATCH ?1 ORDER BY rank LIMIT ?2)"
                        " AS hits JOIN ids ON ids.row = hits.n", -1,
                        &stock.dump, NULL));
    protocol_run(answer, &stock, dump);
    sqlite3_finalize(stock.count);
    sqlite3_finalize(stock.top);
    sqlite3_finalize(stock.dump);
    check(stock.db, sqlite3_close(stock.db));
    lede__buf_free(&stock.match);
}

int
main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "build") == 0) {
        build(argv[2]);
    } else if (argc >= 3 && strcmp(argv[1], "query") == 0) {
        answer_all(argv[2], argc > 3 && strcmp(argv[3], "--dump") == 0);
    } else {
        die("usage: stock_sqlite build INDEX < corpus.jsonl\n"
            "       stock_sqlite query INDEX [--dump]");
    }
    return 0;
}
