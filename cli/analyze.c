/* analyze.c - lede analyze: the terms that a text is indexed under. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/text.h"
#include "cli/words.h"

#define INPUT_MAX ((size_t)16 << 20)    // what lede_analyze takes

static json *
json_token(const lede_token *token, const char *text)
{
    json *object = json_new();
    char *piece = strndup(text + token->start, token->end - token->start);

    json_put(object, "text", json_text(piece));
    free(piece);
    json_put(object, "start", json_number(token->start));
    json_put(object, "end", json_number(token->end));
    json_put(object, "position", json_number(token->position));
    json_put(object, "kind", json_text(token->kind));
    json_put(object, "form", json_text(token->form));
    json_put(object, "stem", json_text(token->stem));
    json_put(object, "extra", json_flag(token->extra));
    json_put(object, "stop", json_flag(token->stop));
    json_put(object, "terms", json_texts(token->terms, token->n_terms));
    return object;
}

static int
print_json(const lede_tokens *tokens, const char *text)
{
    json *answer = json_answer();
    json *list = json_list();

    for (size_t i = 0; i < lede_tokens_count(tokens); i++) {
        json_push(list, json_token(lede_tokens_get(tokens, i), text));
    }
    json_put(answer, "lang", json_text(lede_tokens_lang(tokens)));
    json_put(answer, "tokens", list);
    return json_finish(answer, EXIT_DONE);
}

/* A text of at least so many columns. */
static int
put_padded(struct output *out, const char *text, int columns)
{
    int width = text_width(text, strlen(text));
    int status = text_put(out->stream, text);

    fprintf(out->stream, "%*s", width < columns ? columns - width : 0, "");
    return status;
}

static int
print_token(struct output *out, const lede_token *token, const char *text)
{
    char *piece = strndup(text + token->start, token->end - token->start);
    char bytes[48];
    int status;

    if (!piece) {
        return complain_memory();
    }
    snprintf(bytes, sizeof(bytes), "%zu-%zu", token->start, token->end);
    if (token->extra) {
        fprintf(out->stream, "%8s  %-11s  ", "", bytes);
    } else {
        fprintf(out->stream, "%8zu  %-11s  ", token->position, bytes);
    }
    status = put_padded(out, piece, 18);
    fprintf(out->stream, "  %s%-8s%s ", style(out, STYLE_FAINT), token->kind,
            style(out, STYLE_PLAIN));
    for (size_t i = 0; i < token->n_terms && status == EXIT_DONE; i++) {
        putc(' ', out->stream);
        status = text_put(out->stream, token->terms[i]);
    }
    if (token->stop) {
        fprintf(out->stream, "  %sstop word%s", style(out, STYLE_FAINT),
                style(out, STYLE_PLAIN));
    }
    putc('\n', out->stream);
    free(piece);
    return status;
}

static int
print_text(struct output *out, const lede_tokens *tokens, const char *text)
{
    const char *lang = lede_tokens_lang(tokens);
    int status = EXIT_DONE;

    fprintf(out->stream, "Language: %s\n\n", lang && *lang ? lang : "unknown");
    fprintf(out->stream, "%s%8s  %-11s  %-18s  %-8s  %s%s\n",
            style(out, STYLE_TITLE), "position", "bytes", "text", "kind",
            "terms", style(out, STYLE_PLAIN));
    for (size_t i = 0; i < lede_tokens_count(tokens) && status == EXIT_DONE;
         i++) {
        status = print_token(out, lede_tokens_get(tokens, i), text);
    }
    return status;
}

/* All of stdin, for free(). */
static int
read_stdin(char **out)
{
    char *text = malloc(INPUT_MAX + 2);
    size_t n = text ? fread(text, 1, INPUT_MAX + 1, stdin) : 0;

    *out = text;
    if (!text) {
        return complain_memory();
    }
    if (ferror(stdin)) {
        complain("standard input: %s", strerror(errno));
        return EXIT_ERROR;
    }
    text[n] = '\0';
    if (memchr(text, '\0', n)) {
        complain("standard input: not a text");
        return EXIT_ERROR;
    }
    return EXIT_DONE;
}

int
command_analyze(const struct settings *settings)
{
    lede_tokens *tokens = NULL;
    lede_error error = LEDE_ERROR_INIT;
    struct output out;
    lede_status analyzed;
    char *text = NULL;
    int status = EXIT_DONE;

    if (settings->n_operands == 1 && strcmp(settings->operands[0], "-") == 0) {
        status = read_stdin(&text);
    } else {
        text = words_join(settings->operands, settings->n_operands);
        status = text ? EXIT_DONE : complain_memory();
    }
    if (status == EXIT_DONE) {
        analyzed = lede_analyze(&tokens, text, settings->lang, &error);
        if (analyzed != LEDE_STATUS_OK) {
            status = complain_error(analyzed, &error);
        } else if (settings->json) {
            status = print_json(tokens, text);
        } else {
            status = output_open(&out, settings);
            if (status == EXIT_DONE) {
                status = output_close(&out, print_text(&out, tokens, text));
            }
        }
    }
    lede_tokens_free(tokens);
    free(text);
    return status;
}
