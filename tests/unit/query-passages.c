/* query-passages.c - sentences, cuts and passages: by example; the choice of
   passages against a slow one that tries all runs of matches. */

#include <unigbrk.h>
#include <unistr.h>

#include "query/cuts.h"
#include "query/handle.h"
#include "query/passages.h"
#include "query/search.h"
#include "query/sentence.h"
#include "query/walk.h"
#include "tests/mock-searcher.h"
#include "tests/tap.h"

/* ---- sentences ---- */

/* A language, and sentences of it with | between them. */
static const char *const sentences[][2] = {
    { "en", "One. |Two! |Three? |Four" },
    { "en", "He said \"Stop!\" and left. |\"Why?\" he asked. |(No.) |Yes." },
    { "en", "Dr. No met J. R. R. Tolkien in the U.S. Senate. |Then?! |Hm... so "
      "be it." },
    { "en", "It costs 3.5 dollars, see Fig. 3 and no. 5. |In 2020. |5 came." },
    { "en", "Node.JS and example.com/a?b=c!d run. |Yahoo! |Wow!, he said." },
    { "en", "1. First it is. |2. Then it is not." },
    { "de", "Am 12. Februar kam Dr. Meier. |\xE2\x80\x9EJa.\xE2\x80\x9C |Das "
      "ist z. B. gut, z.B. so. |Nr. 5 lebt." },
    { "fr", "M. Durand et Mme. Petit viennent. |\xC2\xAB Oui ! \xC2\xBB |"
      "Non." },
    { "ko", "\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4\xEB\x8B\xA4. |\xEA\xB7\xB8"
      "\xEB\x9E\x98.|\xEB\x8B\xA4\xEC\x9D\x8C." },
    { "zh", "\xE4\xBB\x8A\xE5\xA4\xA9\xE5\xA5\xBD\xE3\x80\x82|\xE5\xA5\xBD"
      "\xE5\x90\x97\xEF\xBC\x9F|\xE2\x80\x9C\xE5\xA5\xBD\xE3\x80\x82\xE2\x80"
      "\x9D|\xE8\xB5\xB0\xEF\xBC\x81|3\xEF\xBC\x8E" "14" },
    { "ja", "\xE3\x81\x9D\xE3\x81\x86\xE3\x81\xA0\xE3\x80\x82|\xE3\x80\x8C"
      "\xE3\x81\xAF\xE3\x81\x84\xE3\x80\x82\xE3\x80\x8D|\xE3\x81\xAD" },
    { "ar", "\xD9\x87\xD9\x84\xD8\x9F |\xD9\x86\xD8\xB9\xD9\x85. |\xD9\x84" },
    { "he", "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D. |\xD7\x9E\xD7\x94? |\xD7\x9C" },
    { "hi", "\xE0\xA4\xB9\xE0\xA5\x88\xE0\xA5\xA4 |\xE0\xA4\xB9\xE0\xA5\x88" },
    { "th", "\xE0\xB8\xAA\xE0\xB8\xA7\xE0\xB8\xB1\xE0\xB8\xAA\xE0\xB8\x94"
      " \xE0\xB8\xA7\xE0\xB8\xB1\xE0\xB8\x99" },
    { "en", "..." }, { "en", " . " }, { "en", "" },
};

static void
test_sentences(void)
{
    char text[512];
    char split[600];
    size_t i;

    for (i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
        const char *c;
        size_t len = 0;
        size_t used = 0;
        size_t at = 0;

        for (c = sentences[i][1]; *c != '\0'; c++) {
            if (*c != '|') {
                text[len++] = *c;
            }
        }
        text[len] = '\0';
        split[0] = '\0';
        while (at < len) {
            size_t next = lede__sentence_next(str_from(text), at, len,
                                              str_from(sentences[i][0]));

            used += (size_t)snprintf(split + used, sizeof(split) - used,
                                     "%s%.*s", at > 0 ? "|" : "",
                                     (int)(next - at), text + at);
            at = next;
        }
        is_str(split, sentences[i][1], "sentences of %s", sentences[i][0]);
    }
}

/* ---- cuts ---- */

/* What must be shown is in [ ]; how many characters more may be; what is. */
static const struct {
    const char *text;
    size_t room;
    const char *want;
} cuts[] = {
    { "one two three [four] five six seven", 9, "three four five six" },
    { "one two [four]", 100, "one two four" },
    { "\xE6\xA8\xA1\xE5\x9E\x8B[\xE8\xAF\x84]\xE6\xB5\x8B\xE3\x80\x82", 2,
      "\xE6\xA8\xA1\xE5\x9E\x8B\xE8\xAF\x84\xE6\xB5\x8B\xE3\x80\x82" },
    { "xxxxxxxx[four]xxxxxxxx", 2, "xxfourxx" },
    { "aa e\xCC\x81\xCC\x81\xCC\x81[four]e\xCC\x81\xCC\x81\xCC\x81", 2,
      "e\xCC\x81\xCC\x81\xCC\x81" "four" "e\xCC\x81\xCC\x81\xCC\x81" },
    { "xx\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB[a]"
      "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBBxx", 1,
      "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB" "a"
      "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB" },
    { "aaaaaa&eacute;[x]&#8217;bbbbbb", 3, "&eacute;x&#8217;" },
    { "some `code of mine` and [this] and `code of his` too", 12,
      "and this and" },
    { "see [the page of [this] model](https://example.org/a) there", 5,
      "[the page of this model](https://example.org/a)" },
    { "so **it is very bold** is [this] and **so is it** or not", 10,
      "is this and" },
};

static void
test_cuts(void)
{
    size_t i;

    for (i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
        const char *open = strrchr(cuts[i].text, '[');
        const char *close;
        char text[256] = "";
        size_t at, end, from, to;

        if (strstr(cuts[i].text, "](") != NULL) {
            open = strstr(cuts[i].text, "[this");
        }
        close = strchr(open, ']');
        at = (size_t)(open - cuts[i].text);
        end = (size_t)(close - open) - 1 + at;
        snprintf(text, sizeof(text), "%.*s%.*s%s", (int)at, cuts[i].text,
                 (int)(end - at), open + 1, close + 1);
        from = lede__cut_start(str_from(text), 0, at, cuts[i].room);
        to = lede__cut_end(str_from(text), end, strlen(text), cuts[i].room);
        text[lede__skip_space_back(str_from(text), 0, to)] = '\0';
        is_str(text + from, cuts[i].want, "cut: %s", cuts[i].text);
    }
}

/* ---- the choice, against a slow one ---- */

static const char *const words[] = {
    "alpha", "beta", "gamma", "delta", "the", "so", "it", "was", "then",
    "model", "x", "\xE6\xA8\xA1\xE5\x9E\x8B", "e\xCC\x81t\xC3\xA9",
    "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D",
    "\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4",
};

static const char *const queries[] = {
    "alpha", "alpha beta", "alpha beta gamma delta", "the \"so it\" alpha",
    "alpha NEAR/5 beta", "model \xE6\xA8\xA1\xE5\x9E\x8B", "al* bet~1",
    "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct made {
    char body[20000];
    struct block blocks[200];
    size_t n_blocks;
};

/* Blocks of sentences, some of them headings; the words of queries are rare in
   some and frequent in others. */
static void
make_body(struct made *made, struct random *random)
{
    size_t rare = 1 + random_below(random, 30);
    size_t n = 1 + random_below(random, 20);
    size_t used = 0;
    size_t i;

    made->n_blocks = 0;
    for (i = 0; i < n; i++) {
        struct block *block = &made->blocks[made->n_blocks++];
        bool heading = random_below(random, 5) == 0;
        size_t left = heading ? 3 : 1 + random_below(random, 80);
        bool begins = true;

        memset(block, 0, sizeof(*block));
        if (i > 0) {
            used += (size_t)snprintf(made->body + used, 3, "\n\n");
        }
        block->start = (uint32_t)used;
        block->kind = heading ? BLOCK_HEADING : BLOCK_PARAGRAPH;
        block->level = heading ? (uint8_t)(1 + random_below(random, 3)) : 0;
        block->line = (uint32_t)(10 * i + 1);
        while (left-- > 0) {
            bool any = random_below(random, rare) == 0;
            const char *word = words[any ? random_below(random, COUNT(words))
                                         : 4 + random_below(random, 5)];
            bool stop = random_below(random, 12) == 0;

            used += (size_t)snprintf(made->body + used, 60, "%s%s%s",
                                     begins ? "Z" : "", word,
                                     left == 0 ? "" : stop ? ". " : " ");
            begins = stop;
        }
        block->len = (uint32_t)(used - block->start);
    }
}

/* A query over one article, up to its matches. */
struct trial {
    lede_index *index;
    struct search search;
    struct marks *marks;
    struct passage passage;
    struct events events;
};

static bool
begin_trial(struct trial *trial, const struct made *made, const char *query)
{
    lede_search_options search_options = LEDE_SEARCH_OPTIONS_INIT;
    struct mock_article article = { .number = 1 };
    const struct mock_options options = { NULL, 8, 1, 0, false };
    struct searcher *searcher = NULL;

    memset(trial, 0, sizeof(*trial));
    article.article.id = STR("a");
    article.article.lang = STR("en");
    article.article.body = str_from(made->body);
    trial->passage = (struct passage){ article.article.body, STR("en"),
                                       FIELD_BODY, made->blocks,
                                       made->n_blocks, 0 };
    return mock_searcher_new(&searcher, &article, 1, &options, NULL) ==
               LEDE_STATUS_OK &&
           lede__index_new(&trial->index, searcher, NULL) == LEDE_STATUS_OK &&
           lede__search_run(&trial->search, &trial->index, 1, query, false,
                            &search_options, NULL) == LEDE_STATUS_OK &&
           lede__marks_new(&trial->marks, &trial->search.plan, 0,
                           &trial->search.arena, NULL) == LEDE_STATUS_OK &&
           lede__marks_scan(trial->index, trial->marks, &trial->passage, true,
                            &trial->events, NULL) == LEDE_STATUS_OK;
}

static void
end_trial(struct trial *trial)
{
    lede__events_free(&trial->events);
    lede__marks_free(trial->marks);
    lede__search_free(&trial->search);
    lede_index_close(trial->index);
}

static uint64_t
add_all(const struct trial *trial, const uint32_t *times, const bool *taken,
        size_t i, size_t j)
{
    uint32_t counts[64] = { 0 };
    uint64_t gain = 0;
    size_t k;

    for (k = i; k <= j; k++) {
        uint32_t leaf = trial->events.items[k].leaf;

        if (!taken[k]) {
            gain += lede__passages_gain(
                lede__marks_weight(trial->marks, leaf),
                times[leaf] + counts[leaf]++);
        }
    }
    return gain;
}

/* The best run from match i to match j of those that are not taken, between
   [from, to) of what is free about i. */
static bool
slow_best(const struct trial *trial, const struct reach *reach, size_t chars,
          const bool *taken, uint32_t *times, const struct piece *pieces,
          size_t n_pieces, struct piece *best)
{
    const struct events *events = &trial->events;
    struct str text = trial->passage.text;
    uint64_t best_worth = 0;
    bool found = false;
    size_t i, j, k;

    for (i = 0; i < events->count; i++) {
        struct piece free_text = { { 0, 0, true },
                                   { text.len, 0, true } };

        for (k = 0; k < n_pieces; k++) {
            if (pieces[k].end.at <= events->items[i].start &&
                pieces[k].end.at >= free_text.start.at) {
                free_text.start = pieces[k].end;
            }
            if (pieces[k].start.at > events->items[i].start &&
                pieces[k].start.at < free_text.end.at) {
                free_text.end = pieces[k].start;
            }
        }
        for (j = events->count; j-- > i && !taken[i];) {
            struct piece piece = { reach[i].left, reach[j].right };
            uint64_t worth;

            if (taken[j] || events->items[j].start >= free_text.end.at ||
                reach[i].section != reach[j].section) {
                continue;
            }
            if (piece.start.at < free_text.start.at) {
                piece.start = free_text.start;
                piece.start.at = lede__skip_space(text, piece.start.at,
                                                  text.len);
            }
            if (piece.end.at > free_text.end.at) {
                piece.end = free_text.end;
                piece.end.at = lede__skip_space_back(text, 0, piece.end.at);
            }
            if (i < j && lede__count_chars(text, piece.start.at,
                                           piece.end.at) > chars) {
                continue;
            }
            worth = lede__passages_worth(
                add_all(trial, times, taken, i, j), &piece);
            if (!found || worth > best_worth) {
                found = true;
                best_worth = worth;
                *best = piece;
            }
        }
    }
    return found;
}

/* An edge that is said to be whole is where a sentence begins or ends. */
static bool
is_edge(const struct passage *passage, const struct edge *edge, bool end)
{
    struct walk walk = { .text = passage };

    if (!edge->whole) {
        return true;
    }
    lede__walk_to(&walk, end ? edge->at - 1 : edge->at);
    return edge->at == (end ? lede__walk_end(&walk)
                            : lede__skip_space(passage->text, walk.start,
                                               passage->text.len));
}

/* Where the text below the heading begins that `at` is in; SIZE_MAX: in
   none. */
static size_t
below_heading(const struct passage *passage, size_t at)
{
    size_t i;

    for (i = 0; i + 1 < passage->n_blocks; i++) {
        const struct block *block = &passage->blocks[i];

        if (block->kind == BLOCK_HEADING && at >= block->start &&
            at < block->start + block->len) {
            return block[1].start;
        }
    }
    return SIZE_MAX;
}

/* What is wrong with the choice; NULL if nothing is. */
static const char *
check_choice(const struct trial *trial, size_t chars)
{
    const struct events *events = &trial->events;
    struct piece pieces[PASSAGES_MAX];
    struct reach *reach = NULL;
    bool *taken = calloc(events->count + 1, sizeof(*taken));
    uint32_t times[64] = { 0 };
    const char *wrong = NULL;
    struct piece best;
    size_t n, i, j;

    if (lede__passages_choose(trial->marks, &trial->passage, events, chars, 3,
                              pieces, &n, NULL) != LEDE_STATUS_OK ||
        lede__passages_reach(&trial->passage, events, chars / 3, &reach,
                             NULL) != LEDE_STATUS_OK) {
        wrong = "no memory";
    }
    for (i = 0; i < n && wrong == NULL && events->count > 0; i++) {
        if (!slow_best(trial, reach, chars, taken, times, pieces, i, &best)) {
            wrong = "a passage without a match";
        } else if (pieces[i].start.at > best.start.at ||
                   pieces[i].end.at < best.end.at) {
            wrong = "another run of matches is better";
        } else if (!is_edge(&trial->passage, &pieces[i].start, false) ||
                   !is_edge(&trial->passage, &pieces[i].end, true)) {
            wrong = "a whole edge is within a sentence";
        } else if (lede__count_chars(trial->passage.text, pieces[i].start.at,
                                     pieces[i].end.at) > chars + 60) {
            wrong = "a passage is too long";
        }
        for (j = 0; j < i && wrong == NULL; j++) {
            if (pieces[i].start.at < pieces[j].end.at &&
                pieces[j].start.at < pieces[i].end.at) {
                wrong = "two passages overlap";
            }
        }
        for (j = 0; j < events->count; j++) {
            const struct event *event = &events->items[j];

            size_t below = below_heading(&trial->passage, event->start);

            times[event->leaf] += !taken[j] &&
                                  event->start >= pieces[i].start.at &&
                                  event->end <= pieces[i].end.at;
            taken[j] = taken[j] ||
                       (event->start < pieces[i].end.at &&
                        event->end > pieces[i].start.at) ||
                       (below >= pieces[i].start.at &&
                        below < pieces[i].end.at);
        }
    }
    if (wrong == NULL && events->count > 0 && n < 3 &&
        slow_best(trial, reach, chars, taken, times, pieces, n, &best)) {
        wrong = "one more passage could be had";
    }
    free(taken);
    free(reach);
    return wrong;
}

static void
test_choice(void)
{
    struct random random = random_begin(7);
    size_t rounds = long_tests() ? 20000 : 300;
    static struct made made;
    size_t tried = 0, several = 0;
    const char *wrong = NULL;
    size_t i, j;

    for (i = 0; i < rounds && wrong == NULL; i++) {
        make_body(&made, &random);
        for (j = 0; j < COUNT(queries) && wrong == NULL; j++) {
            size_t chars = 40 + random_below(&random, 260);
            struct trial trial;

            if (!begin_trial(&trial, &made, queries[j])) {
                wrong = "it cannot be searched";
            } else if (trial.events.count > 0) {
                wrong = check_choice(&trial, chars);
                tried++;
                several += trial.events.count > 3;
            }
            end_trial(&trial);
            if (wrong != NULL) {
                printf("# %s, %zu characters, in:\n# %s\n", queries[j], chars,
                       made.body);
            }
        }
    }
    ok(wrong == NULL && tried > rounds && several > rounds / 2,
       "%zu choices are the best ones: %s", tried,
       wrong == NULL ? "yes" : wrong);
}

/* ---- passages of articles ---- */

static lede_index *
open_one(const char *lang, const char *body, const struct block *blocks,
         size_t n_blocks)
{
    struct mock_article article = { .number = 1 };
    const struct mock_options options = { NULL, 8, 1, 0, false };
    struct searcher *searcher = NULL;
    lede_index *index = NULL;

    article.article.id = STR("a");
    article.article.title = STR("Title");
    article.article.lang = str_from(lang);
    article.article.body = str_from(body);
    article.article.blocks = (struct block *)blocks;
    article.article.n_blocks = n_blocks;
    article.article.title_in_body = n_blocks > 0;
    if (mock_searcher_new(&searcher, &article, 1, &options, NULL) !=
            LEDE_STATUS_OK ||
        lede__index_new(&index, searcher, NULL) != LEDE_STATUS_OK) {
        ok(false, "an index of one article");
        exit(1);
    }
    return index;
}

static lede_results *
search_one(lede_index *index, const char *query, int passages, unsigned chars)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_results *results = NULL;

    options.snippets = passages;
    options.snippet_chars = chars;
    lede_search(&results, &index, 1, query, &options, NULL);
    return results;
}

/* Headings, lines and offsets. */
static void
test_places(void)
{
    static const char *const texts[] = {
        "Title", "First", "Here is alpha.", "Deeper", "And beta twice, beta.",
        "Second about alpha", "int alpha;\nint gamma;", "Nothing here.",
    };
    static const uint8_t levels[] = { 1, 2, 0, 3, 0, 2, 0, 0 };
    struct block blocks[8] = { { 0, 0, 0, 0, 0 } };
    char body[400];
    size_t used = 0;
    size_t i;
    lede_index *index;
    lede_results *results;
    const lede_hit *hit;

    for (i = 0; i < 8; i++) {
        used += (size_t)snprintf(body + used, sizeof(body) - used, "%s%s",
                                 i > 0 ? "\n\n" : "", texts[i]);
        blocks[i].len = (uint32_t)strlen(texts[i]);
        blocks[i].start = (uint32_t)used - blocks[i].len;
        blocks[i].line = (uint32_t)(4 * i + 1);
        blocks[i].level = levels[i];
        blocks[i].kind = levels[i] > 0 ? BLOCK_HEADING
                         : i == 6 ? BLOCK_CODE : BLOCK_PARAGRAPH;
    }
    index = open_one("en", body, blocks, 8);
    results = search_one(index, "beta gamma", 3, 40);
    hit = lede_results_hit(results, 0);
    ok(hit != NULL && hit->n_passages == 2, "two passages");
    if (hit != NULL && hit->n_passages == 2) {
        const lede_passage *code = &hit->passages[0];
        const lede_passage *beta = &hit->passages[1];

        if (strstr(code->text, "gamma") == NULL) {
            beta = code;
            code = &hit->passages[1];
        }
        is_str(beta->text, "And beta twice, beta.", "the text");
        ok(beta->n_headings == 2 &&
           strcmp(beta->headings[0], "First") == 0 &&
           strcmp(beta->headings[1], "Deeper") == 0,
           "the headings above, without the title");
        ok(beta->line == 17, "the line: %u", beta->line);
        ok(beta->end - beta->start == strlen(beta->text) &&
           memcmp(body + beta->start, beta->text, strlen(beta->text)) == 0,
           "the range in the body");
        ok(code->n_headings == 1 &&
           strcmp(code->headings[0], "Second about alpha") == 0,
           "a heading ends those below the one before it");
        ok(code->line == 25 || code->line == 26, "the line in a code block");
        ok(hit->snippet == hit->passages[0].text &&
           hit->n_highlights == hit->passages[0].n_highlights,
           "the first passage is the snippet");
    }
    lede_results_free(results);
    results = search_one(index, "title:title", 3, 40);
    hit = lede_results_hit(results, 0);
    ok(hit != NULL && hit->n_passages == 1 &&
       strncmp(hit->snippet, "First", 5) == 0,
       "nothing in the body: what is below its title");
    lede_results_free(results);
    results = search_one(index, "beta", 0, 40);
    hit = lede_results_hit(results, 0);
    ok(hit != NULL && hit->n_passages == 0 && hit->snippet == NULL,
       "no passages are wanted");
    lede_results_free(results);
    results = search_one(index, "beta", 4, 40);
    ok(results == NULL, "four are too many");
    results = search_one(index, "beta", -1, 40);
    ok(results == NULL, "less than none are too few");
    lede_index_close(index);
}

/* A run of characters that is seen as one is not cut, nor an entity. */
static bool
is_sound(const lede_passage *passage, const char *body)
{
    struct str text = str_from(body);
    size_t edges[] = { passage->start, passage->end };
    const uint8_t *bytes = (const uint8_t *)body;
    size_t last = 0;
    size_t i;

    if (u8_check((const uint8_t *)passage->text, strlen(passage->text)) ||
        passage->end > text.len || passage->start >= passage->end) {
        return false;
    }
    for (i = 0; i < 2; i++) {
        const uint8_t *p = bytes;

        while (p < bytes + edges[i]) {
            p = u8_grapheme_next(p, bytes + text.len);
        }
        if (p != bytes + edges[i]) {
            return false;
        }
    }
    for (i = 0; i < passage->n_highlights; i++) {
        const lede_range *range = &passage->highlights[i];

        if (range->start < last || range->end <= range->start ||
            range->end > strlen(passage->text)) {
            return false;
        }
        last = range->end + 1;
    }
    return true;
}

static void
test_scripts(void)
{
    static const struct {
        const char *name, *lang, *unit, *query;
    } rows[] = {
        { "Korean", "ko", "\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4 "
          "\xEB\xAA\xA8\xEB\x8D\xB8\xEC\x9D\xB4\xEB\x8B\xA4 ",
          "\xEB\xAA\xA8\xEB\x8D\xB8" },
        { "Chinese", "zh", "\xE5\xA4\xA7\xE6\xA8\xA1\xE5\x9E\x8B\xE8"
          "\xAF\x84\xE6\xB5\x8B\xEF\xBC\x8C\xE5\xBE\x88\xE5\xA5"
          "\xBD\xE3\x80\x82", "\xE8\xAF\x84\xE6\xB5\x8B" },
        { "Thai", "th", "\xE0\xB8\xAA\xE0\xB8\xA7\xE0\xB8\xB1\xE0"
          "\xB8\xAA\xE0\xB8\x94\xE0\xB8\xB5model\xE0\xB8\x84\xE0"
          "\xB8\xA3\xE0\xB8\xB1\xE0\xB8\x9A", "model" },
        { "Arabic", "ar", "\xD9\x87\xD8\xB0\xD9\x87 "
          "\xD8\xAC\xD9\x85\xD9\x84\xD8\xA9 model ", "model" },
        { "Hebrew", "he", "\xD7\xA9\xD7\x81\xD7\x9C\xD7\x95\xD6\xB9"
          "\xD7\x9D model ", "model" },
        { "emoji", "en", "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92"
          "\xBB\xF0\x9F\x91\xA9\xF0\x9F\x8F\xBD\xE2\x80\x8D\xF0"
          "\x9F\x9A\x80model", "model" },
        { "flags", "en", "\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA"
          "\xF0\x9F\x87\xAB\xF0\x9F\x87\xB7 model. ", "model" },
        { "accents", "en", "model e\xCC\x81\xCC\xA3 ", "model" },
        { "entities", "en", "&eacute;&#233;&#xE9;model&amp;", "model" },
    };
    static char body[40000];
    size_t i, j;

    for (i = 0; i < COUNT(rows); i++) {
        size_t used = 0;
        size_t seen = 0;
        bool sound = true;
        lede_index *index;
        unsigned chars;

        while (used < 4000) {
            used += (size_t)snprintf(body + used, 200, "%s", rows[i].unit);
        }
        index = open_one(rows[i].lang, body, NULL, 0);
        for (chars = 40; chars < 100; chars++) {
            lede_results *results = search_one(index, rows[i].query, 3,
                                               chars);
            const lede_hit *hit = lede_results_hit(results, 0);

            for (j = 0; hit != NULL && j < hit->n_passages; j++) {
                const lede_passage *passage = &hit->passages[j];
                size_t at = passage->end;

                sound = sound && is_sound(passage, body) &&
                        passage->n_highlights > 0 &&
                        lede__count_chars(str_from(body), passage->start,
                                          at) <= chars + 40;
                while (at > passage->start && body[at - 1] != '&' &&
                       body[at - 1] != ';' && i + 1 == COUNT(rows)) {
                    at--;
                }
                // an entity that begins in it ends in it
                sound = sound && (i + 1 < COUNT(rows) || body[at - 1] == ';' ||
                                  strchr(body + at, ';') <
                                      body + passage->end);
                if (!sound) {
                    printf("# %u: %s\n", chars, passage->text);
                }
                seen++;
            }
            lede_results_free(results);
        }
        ok(sound && seen == 180, "%s: %zu passages", rows[i].name, seen);
        lede_index_close(index);
    }
}

/* Texts that take much time or memory if one is careless. */
static void
test_hostile(void)
{
    static const char *const units[] = {
        "model ", "model. ", "a. ", ".", "?!", "\n", "\n\n", " ", "\xCC\x81",
        "\xF0\x9F\x87\xA9", "\xE2\x80\x8D", "&amp", "&", "`", "**", "[",
        "](", "model\xCC\x81", "\xE3\x80\x82", "\xE2\x80\x9C", "1. ", "M.",
    };
    size_t size = 1u << 18;
    char *body = malloc(size + 64);
    size_t i, j;

    for (i = 0; i < COUNT(units); i++) {
        size_t used = (size_t)snprintf(body, 32, "model ");
        lede_index *index;
        lede_results *results;
        const lede_hit *hit;
        bool good;

        while (used < size) {
            used += (size_t)snprintf(body + used, 32, "%s", units[i]);
        }
        snprintf(body + used, 32, "model");
        index = open_one("en", body, NULL, 0);
        results = search_one(index, "model NEAR/3 model OR model", 3, 240);
        hit = lede_results_hit(results, 0);
        good = hit != NULL && hit->n_passages > 0;
        for (j = 0; good && j < hit->n_passages; j++) {
            good = strlen(hit->passages[j].text) < 4000;
        }
        ok(good, "much of \"%s\"", i == 5 || i == 6 ? "\\n" : units[i]);
        lede_results_free(results);
        lede_index_close(index);
    }
    free(body);
}

int
main(void)
{
    test_sentences();
    test_cuts();
    test_choice();
    test_places();
    test_scripts();
    test_hostile();
    return done();
}
