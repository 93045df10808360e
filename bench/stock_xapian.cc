/* stock_xapian.cc - the yardstick: stock Xapian, as fast as it gets.

       stock_xapian build INDEX < corpus.jsonl
       stock_xapian query INDEX [--dump]

   See protocol.h.  Plain terms with positions, stock BM25Weight, the operators
   OP_OR, OP_AND, OP_PHRASE, OP_AND_MAYBE and OP_AND_NOT, and the database
   compacted after building.

   BM25Weight differs from lede's formula in its idf, which Xapian floors; k1 =
   0.9 and b = 0.4 are the same, min_normlen = 0 as it has none there, and k3
   has no effect on words that occur once in a query.  So scores and their order
   differ a little, but the work is the same.  Counting takes BoolWeight, which
   reads neither wdf nor lengths.  Flushing each 10,000 articles is Xapian's own
   choice; 50,000 takes a quarter longer. */

#include <xapian.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

/* The project's headers are C. */
extern "C" {
#include "bench/protocol.h"
}

/* A term cannot be longer; longer ones are cut. */
#define XAPIAN_TERM_MAX 245

/* Bytes of corpus read at once. */
#define READ_SIZE ((size_t)1 << 20)

static std::string
term_of(struct str token)
{
    size_t len = token.len < XAPIAN_TERM_MAX ? token.len : XAPIAN_TERM_MAX;

    return std::string(token.p, len);
}

static void
add(Xapian::WritableDatabase &db, const struct article_text *article)
{
    Xapian::Document document;
    Xapian::termpos position = 0;
    struct tokens tokens;
    struct str token;

    tokens_begin(&tokens, article);
    while (tokens_next(&tokens, &token)) {
        document.add_posting(term_of(token), ++position);
    }
    document.set_data(std::string(article->id.p, article->id.len));
    db.add_document(document);
}

/* Only what is compacted is synced. */
static void
build(const std::string &path)
{
    std::string loose = path + ".loose";
    struct corpus corpus = { STDIN_FILENO, false, NULL, 0, 0 };
    struct chunk chunk = { NULL, 0, 0, 0 };
    struct article_text article = {};

    std::filesystem::remove_all(path);
    std::filesystem::remove_all(loose);
    {
        Xapian::WritableDatabase db(loose, Xapian::DB_CREATE |
                                           Xapian::DB_DANGEROUS |
                                           Xapian::DB_NO_SYNC);

        while (corpus_read(&corpus, &chunk, READ_SIZE)) {
            while (chunk_next(&chunk, &article)) {
                add(db, &article);
            }
        }
        db.commit();
    }
    Xapian::Database db(loose);
    db.compact(path, Xapian::Compactor::FULL);
    std::filesystem::remove_all(loose);
    article_text_free(&article);
    free(chunk.bytes);
    free(corpus.rest);
}

/* ---- queries ---- */

struct stock {
    Xapian::Database db;
    Xapian::Enquire enquire;
    Xapian::BM25Weight bm25;
    Xapian::BoolWeight none;

    explicit stock(const std::string &path)
        : db(path), enquire(db), bm25(0.9, 0, 1, 0.4, 0)
    {
    }
};

static Xapian::Query
query_of_item(const struct query *query, const struct query_item *item)
{
    std::vector<std::string> words;

    for (size_t i = 0; i < item->n; i++) {
        words.push_back(term_of(query->words[item->first + i]));
    }
    if (words.size() == 1) {
        return Xapian::Query(words[0]);
    }
    return Xapian::Query(Xapian::Query::OP_PHRASE, words.begin(), words.end(),
                         words.size());
}

static Xapian::Query
query_of(const struct query *query)
{
    std::vector<Xapian::Query> items[3];
    Xapian::Query must;
    Xapian::Query may;

    for (size_t i = 0; i < query->n_items; i++) {
        items[query->items[i].sign].push_back(
            query_of_item(query, &query->items[i]));
    }
    must = Xapian::Query(Xapian::Query::OP_AND,
                         items[QUERY_REQUIRED].begin(),
                         items[QUERY_REQUIRED].end());
    may = Xapian::Query(Xapian::Query::OP_OR, items[QUERY_OPTIONAL].begin(),
                        items[QUERY_OPTIONAL].end());
    if (query->n_required == 0) {
        must = may;
    } else if (!items[QUERY_OPTIONAL].empty()) {
        must = Xapian::Query(Xapian::Query::OP_AND_MAYBE, must, may);
    }
    if (query->n_excluded > 0) {
        must = Xapian::Query(
            Xapian::Query::OP_AND_NOT, must,
            Xapian::Query(Xapian::Query::OP_OR,
                          items[QUERY_EXCLUDED].begin(),
                          items[QUERY_EXCLUDED].end()));
    }
    return must;
}

static uint64_t
answer(void *payload, const struct query *query, struct buf *dump)
{
    struct stock *stock = static_cast<struct stock *>(payload);
    Xapian::doccount all = stock->db.get_doccount();
    Xapian::MSet hits;

    if (query->top == 0) {
        stock->enquire.set_weighting_scheme(stock->none);
    } else {
        stock->enquire.set_weighting_scheme(stock->bm25);
    }
    stock->enquire.set_query(query_of(query));
    hits = stock->enquire.get_mset(0, Xapian::doccount(query->top),
                                   query->count ? all : 0);
    if (dump != NULL) {
        for (auto i = hits.begin(); i != hits.end(); ++i) {
            std::string id = i.get_document().get_data();

            protocol_hit(dump, { id.data(), id.size() }, i.get_weight());
        }
    }
    return hits.get_matches_estimated();
}

int
main(int argc, char **argv)
try {
    if (argc == 3 && strcmp(argv[1], "build") == 0) {
        build(argv[2]);
    } else if (argc >= 3 && strcmp(argv[1], "query") == 0) {
        struct stock stock(argv[2]);

        protocol_run(answer, &stock,
                     argc > 3 && strcmp(argv[3], "--dump") == 0);
    } else {
        die("usage: stock_xapian build INDEX < corpus.jsonl\n"
            "       stock_xapian query INDEX [--dump]");
    }
    return 0;
} catch (const Xapian::Error &error) {
    die("stock_xapian: %s", error.get_description().c_str());
} catch (const std::exception &error) {
    die("stock_xapian: %s", error.what());
}
