/* analysis-inspect.c - lede_analyze, as a program sees it. */

#include "shared/lede.h"
#include "tests/tap.h"

static void
is_token(const lede_tokens *tokens, size_t i, const char *form,
         const char *kind, size_t start, size_t end, const char *const *terms)
{
    const lede_token *token = lede_tokens_get(tokens, i);

    if (!ok(token != NULL, "token %zu", i)) {
        return;
    }
    is_str(token->form, form, "its form");
    is_str(token->kind, kind, "its kind");
    is_int(token->start, start, "its start");
    is_int(token->end, end, "its end");
    for (size_t k = 0; k < token->n_terms; k++) {
        is_str(token->terms[k], terms[k], "term %zu", k);
    }
    ok(terms[token->n_terms] == NULL, "as many terms");
}

int
main(void)
{
    lede_tokens *tokens = NULL;
    lede_error error = LEDE_ERROR_INIT;

    ok(lede_analyze(&tokens, "The models: GPT-4o", "en", &error)
       == LEDE_STATUS_OK, "a text is analysed");
    is_str(lede_tokens_lang(tokens), "en", "in the language given");
    is_int(lede_tokens_count(tokens), 5, "tokens");
    is_token(tokens, 0, "the", "word", 0, 3,
             (const char *const[]){ "x*the", "s*en:the", NULL });
    is_token(tokens, 1, "models", "word", 4, 10,
             (const char *const[]){ "x*models", "s*en:model", NULL });
    is_token(tokens, 3, "gpt4o", "joined", 12, 18,
             (const char *const[]){ "j*gpt4o", NULL });
    is_token(tokens, 4, "4o", "number", 16, 18,
             (const char *const[]){ "x*4o", "s*en:4o", NULL });
    if (lede_tokens_count(tokens) == 5) {
        is_int(lede_tokens_get(tokens, 0)->stop, 1, "a stop word");
        is_str(lede_tokens_get(tokens, 0)->stem, NULL, "no stem of its own");
        is_str(lede_tokens_get(tokens, 1)->stem, "model", "a stem");
        is_int(lede_tokens_get(tokens, 3)->extra, 1, "an extra");
        is_int(lede_tokens_get(tokens, 3)->position, 2, "at its atom");
    }
    ok(lede_tokens_get(tokens, 5) == NULL, "and no more");
    lede_tokens_free(tokens);

    ok(lede_analyze(&tokens, "Die Hunde laufen schnell durch den gro\xC3\x9F"
                    "en Wald, weil sie sich auf das Essen freuen und nicht "
                    "warten wollen.", NULL, &error) == LEDE_STATUS_OK,
       "without a language");
    is_str(lede_tokens_lang(tokens), "de", "it is detected");
    lede_tokens_free(tokens);

    ok(lede_analyze(&tokens, "", "en", &error) == LEDE_STATUS_OK
       && lede_tokens_count(tokens) == 0, "an empty text");
    lede_tokens_free(tokens);

    ok(lede_analyze(&tokens, "bad \xFF", "en", &error)
       == LEDE_STATUS_BAD_INPUT && tokens == NULL, "not UTF-8");
    is_str(error.message, "the text is not UTF-8 at byte 4", "and where");
    lede_tokens_free(NULL);
    return done();
}
