/* normalise.c - a corpus that no two engines can read differently.

       normalise [COUNT] < corpus.jsonl > normal.jsonl

   Writes the first COUNT articles (default: all) as {"id":...,"text":...} with
   the tokens of corpus.h, a space between: so tokenisers that split at spaces,
   or at whatever is no letter, see the same words. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/corpus.h"

#define READ_SIZE ((size_t)1 << 20)

/* The id as JSON; what would need an escape there becomes '?'. */
static void
put_id(struct str id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.p[i];

        putchar(c == '"' || c == '\\' || (unsigned char)c < ' ' ? '?' : c);
    }
}

static void
put_article(const struct article_text *article)
{
    struct tokens tokens;
    struct str token;
    bool first = true;

    fputs("{\"id\":\"", stdout);
    put_id(article->id);
    fputs("\",\"text\":\"", stdout);
    tokens_begin(&tokens, article);
    while (tokens_next(&tokens, &token)) {
        if (!first) {
            putchar(' ');
        }
        fwrite(token.p, 1, token.len, stdout);
        first = false;
    }
    fputs("\"}\n", stdout);
}

int
main(int argc, char **argv)
{
    struct corpus corpus = { STDIN_FILENO, false, NULL, 0, 0 };
    struct chunk chunk = { 0 };
    struct article_text article = { 0 };
    unsigned long left = argc > 1 ? strtoul(argv[1], NULL, 10) : ~0ul;

    while (left > 0 && corpus_read(&corpus, &chunk, READ_SIZE)) {
        while (left > 0 && chunk_next(&chunk, &article)) {
            put_article(&article);
            left--;
        }
    }
    article_text_free(&article);
    free(chunk.bytes);
    free(corpus.rest);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        die("cannot write");
    }
    return 0;
}
