/* interactive.c - lede search --interactive; see interactive.h.

   Each key changes the query or the choice; when no more keys wait, what has
   been typed by then is searched and drawn.  So a search never runs for a query
   that is typed on already, and the screen keeps up with the fastest typist.
   A page of hits is as long as the screen; the next one is another search. */

#include "cli/interactive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unigbrk.h>

#include "cli/interactive-screen.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/query.h"
#include "cli/text.h"

struct session {
    struct search *search;
    lede_search_options options;        // offset: of the page
    struct screen screen;
    struct view view;
    bool stale;                 // the hits are not those of the query
    bool drawn;                 // the screen is what it should be
    bool done;
    int status;                 // then: what the command does
    int signal;                 // that ends it; 0: none
    lede_status failed;         // of a search that cannot go on
    lede_error error;
};

int
interactive_check(const struct search *search)
{
    const struct settings *settings = search->settings;
    const struct {
        const char *option;
        bool given;
    } others[] = {
        { "--query-json", settings->query_json != NULL },
        { "--explain-query", settings->explain_query },
        { "--explain", settings->explain },
        { "--facet", settings->facets.n > 0 },
        { "--histogram", settings->histogram != NULL },
        { "--after", settings->after != NULL },
        { "--offset", settings->offset > 0 },
    };

    if (search->form != FORM_TEXT) {
        complain("--interactive goes with --format text");
        return EXIT_ERROR;
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (others[i].given) {
            complain("--interactive and %s exclude each other",
                     others[i].option);
            return EXIT_ERROR;
        }
    }
    return EXIT_DONE;
}

/* ---- the search ---- */

/* The line below the query: how many there are, and what there is to say. */
static void
tell(struct session *session)
{
    const lede_results *results = session->search->results;
    struct view *view = &session->view;
    char count[32];
    int used;

    format_count(count, sizeof(count), lede_results_total(results));
    used = snprintf(view->says, sizeof(view->says),
                    "%s%s article%s (%.1f ms)",
                    lede_results_total_exact(results) ||
                    lede_results_total(results) == 0 ? "" : "at least ",
                    count, plural(lede_results_total(results)),
                    (double)session->search->took_us / 1000);
    if (lede_results_suggestion_count(results) > 0) {
        snprintf(view->says + used, sizeof(view->says) - (size_t)used,
                 "; did you mean %s?",
                 lede_results_suggestion(results, 0)->query);
    } else if (lede_results_warning_count(results) > 0) {
        snprintf(view->says + used, sizeof(view->says) - (size_t)used,
                 "; %s", lede_results_warning(results, 0)->message);
    }
}

static lede_status
find(struct session *session)
{
    struct search *search = session->search;
    int64_t begin = progress_now_us();
    lede_status status;

    lede_results_free(search->results);
    search->results = NULL;
    status = lede_search(&search->results, search->places.indexes,
                         search->places.n, session->view.query,
                         &session->options, &session->error);
    search->took_us = progress_now_us() - begin;
    return status;
}

/* Search the query as it is; what it lacks is told in the line below it. */
static void
look(struct session *session)
{
    struct view *view = &session->view;
    lede_status status = LEDE_STATUS_OK;
    size_t n;

    session->stale = false;
    session->drawn = false;
    session->options.limit = (size_t)screen_rows();
    session->options.suggest = LEDE_SUGGEST_OFF;
    if (view->query[strspn(view->query, " ")] == '\0') {
        lede_results_free(session->search->results);
        session->search->results = NULL;
        snprintf(view->says, sizeof(view->says), "Type to search");
        return;
    }
    status = find(session);
    // what was meant is looked for where nothing is found alone
    if (status == LEDE_STATUS_OK &&
        lede_results_total(session->search->results) == 0 &&
        !session->search->settings->no_suggest) {
        session->options.suggest = LEDE_SUGGEST_TELL;
        status = find(session);
    }
    switch (status) {
    case LEDE_STATUS_OK:
        n = lede_results_count(session->search->results);
        if (view->chosen >= n) {
            view->chosen = n > 0 ? n - 1 : 0;
        }
        tell(session);
        break;
    case LEDE_STATUS_BAD_QUERY:
    case LEDE_STATUS_USAGE:
    case LEDE_STATUS_LIMIT:
        snprintf(view->says, sizeof(view->says), "%s",
                 session->error.message);
        break;
    default:
        session->failed = status;
        session->status = EXIT_ERROR;
        session->done = true;
        break;
    }
}

/* ---- the choice ---- */

static size_t
count(const struct session *session)
{
    return session->search->results
               ? lede_results_count(session->search->results) : 0;
}

/* Choose the hit with this place among all, from 0, or the last one. */
static void
choose(struct session *session, size_t place)
{
    size_t rows = (size_t)screen_rows();
    size_t before = session->options.offset;
    size_t page = place / rows * rows;

    session->view.scroll = 0;
    session->view.chosen = place - page;
    if (page != before || session->options.limit != rows) {
        session->options.offset = page;
        look(session);
    }
    if (count(session) == 0 && page > before && !session->done) {
        session->options.offset = before;
        session->view.chosen = rows - 1;
        look(session);
    }
    if (session->view.chosen >= count(session)) {
        session->view.chosen = count(session) > 0 ? count(session) - 1 : 0;
    }
}

static void
move_choice(struct session *session, long by)
{
    size_t place = session->options.offset + session->view.chosen;

    if (session->view.whole) {
        long scroll = session->view.scroll + by;

        session->view.scroll = scroll < 0 ? 0 : (int)scroll;
    } else if (by < 0 && place < (size_t)-by) {
        choose(session, 0);
    } else {
        choose(session, place + (size_t)by);
    }
}

/* Write the chosen article's file, or its id. */
static int
print_choice(const struct search *search, const lede_hit *hit)
{
    char *path = NULL;

    if (!hit->path) {
        puts(hit->id ? hit->id : "");
        return stdout_finish(EXIT_DONE);
    }
    path = place_seen(search->places.folders[hit->index],
                      search->places.here, hit->path);
    if (!path) {
        return complain_memory();
    }
    // a name like -x would be an option to who is given it
    printf("%s%s\n", *path == '-' ? "./" : "", path);
    free(path);
    return stdout_finish(EXIT_DONE);
}

/* ---- the query ---- */

/* The beginning of what the reader takes for a character, before the cursor,
   and the end of the one behind it. */
static size_t
before(const struct view *view)
{
    const uint8_t *text = (const uint8_t *)view->query;
    const uint8_t *at = u8_grapheme_prev(text + view->cursor, text);

    return at ? (size_t)(at - text) : view->cursor;
}

static size_t
behind(const struct view *view)
{
    const uint8_t *text = (const uint8_t *)view->query;
    const uint8_t *at = u8_grapheme_next(text + view->cursor,
                                         text + view->length);

    return at ? (size_t)(at - text) : view->cursor;
}

static size_t
before_word(const struct view *view)
{
    size_t at = view->cursor;

    while (at > 0 && view->query[at - 1] == ' ') {
        at--;
    }
    while (at > 0 && view->query[at - 1] != ' ') {
        at--;
    }
    return at;
}

/* Put a text in place of the bytes [start, end); the cursor is behind it. */
static void
replace(struct session *session, size_t start, size_t end, const char *text)
{
    struct view *view = &session->view;
    size_t length = strlen(text);

    if (view->length - (end - start) + length >= sizeof(view->query)) {
        return;
    }
    memmove(view->query + start + length, view->query + end,
            view->length - end + 1);
    memcpy(view->query + start, text, length);
    view->length += length;
    view->length -= end - start;
    view->cursor = start + length;
    view->chosen = 0;
    view->scroll = 0;
    session->options.offset = 0;
    session->stale = true;
}

/* ---- the keys ---- */

static void
leave(struct session *session, int status)
{
    session->status = status;
    session->done = true;
}

static void
press_key(struct session *session, const struct press *press)
{
    struct view *view = &session->view;
    long page = view->whole ? screen_lines() - 1 : screen_rows();

    session->drawn = false;
    switch (press->kind) {
    case PRESS_TEXT:
        replace(session, view->cursor, view->cursor, press->text);
        break;
    case PRESS_ERASE:
        replace(session, before(view), view->cursor, "");
        break;
    case PRESS_DELETE:
        replace(session, view->cursor, behind(view), "");
        break;
    case PRESS_ERASE_WORD:
        replace(session, before_word(view), view->cursor, "");
        break;
    case PRESS_ERASE_ALL:
        replace(session, 0, view->length, "");
        break;
    case PRESS_LEFT:
        view->cursor = before(view);
        break;
    case PRESS_RIGHT:
        view->cursor = behind(view);
        break;
    case PRESS_HOME:
        view->cursor = 0;
        break;
    case PRESS_END:
        view->cursor = view->length;
        break;
    case PRESS_UP:
        move_choice(session, -1);
        break;
    case PRESS_DOWN:
        move_choice(session, 1);
        break;
    case PRESS_PAGE_UP:
        move_choice(session, -page);
        break;
    case PRESS_PAGE_DOWN:
        move_choice(session, page);
        break;
    case PRESS_WHOLE:
        view->whole = !view->whole && count(session) > 0;
        view->scroll = 0;
        break;
    case PRESS_RESIZE:
        choose(session, session->options.offset + view->chosen);
        break;
    case PRESS_ENTER:
        leave(session, count(session) > 0 ? EXIT_DONE : EXIT_NOTHING);
        break;
    case PRESS_LEAVE:
        leave(session, EXIT_LEFT);
        break;
    case PRESS_SIGNAL:
        session->signal = press->number;
        leave(session, EXIT_LEFT);
        break;
    }
}

/* Whether what a key does depends on the hits, so that they have to be those
   of the query as it has been typed. */
static bool
needs_hits(enum press_kind kind)
{
    return kind == PRESS_ENTER || kind == PRESS_WHOLE || kind == PRESS_UP ||
           kind == PRESS_DOWN || kind == PRESS_PAGE_UP ||
           kind == PRESS_PAGE_DOWN;
}

static void
converse(struct session *session)
{
    while (!session->done) {
        struct press press;
        bool idle = !session->stale && session->drawn;

        if (screen_press(&session->screen, &press, idle)) {
            if (session->stale && needs_hits(press.kind)) {
                look(session);
            }
            if (!session->done) {
                press_key(session, &press);
            }
        } else if (session->stale) {
            look(session);
        } else {
            screen_draw(&session->screen, &session->view);
            session->drawn = true;
        }
    }
}

int
interactive_run(struct search *search, const lede_search_options *options)
{
    struct session session = { .search = search, .options = *options,
                               .view = { .search = search }, .stale = true,
                               .error = LEDE_ERROR_INIT };
    struct view *view = &session.view;
    int status;

    view->length = strlen(search->query);
    if (view->length >= sizeof(view->query)) {
        complain("the query is too long to be changed interactively");
        return EXIT_ERROR;
    }
    memcpy(view->query, search->query, view->length + 1);
    text_clean(view->query, false);
    view->cursor = view->length;
    // a number that is a lower bound does to go on typing
    session.options.approximate = 1;
    status = screen_open(&session.screen, search->settings);
    if (status != EXIT_DONE) {
        return status;
    }
    converse(&session);
    screen_close(&session.screen);
    if (session.signal) {
        raise(session.signal);
    }
    if (session.failed) {
        return query_complain(view->query, session.failed, &session.error);
    }
    return session.status == EXIT_DONE
               ? print_choice(search, lede_results_hit(search->results,
                                                       view->chosen))
               : session.status;
}
