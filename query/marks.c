/* marks.c - what a plan looks for, found again in a text.

   Forms and stems of all leaves are in two maps; each distinct word of the text
   is looked up once (word->user remembers what it is).  A phrase is followed by
   a row of states, one for each of its places: state i holds where a match of
   the first i + 1 places began and at which position the last one stood.  Two
   generations of it are kept, since several tokens share a position.  Of what
   is near each other the places of all words are kept, up to the end of the
   text; those that are in one of its stretches are marked then. */

#include "query/match.h"
#include "query/snippet.h"

#include <stdlib.h>

/* A query of a thousand times the same word finds each a thousand times. */
#define EVENTS_MAX 200000

/* Where a word of a span is in a text, by position. */
struct mark_place {
    uint32_t position;
    uint32_t start;
    uint32_t end;
};

struct mark_places {
    struct mark_place *items;
    size_t count;
    size_t cap;
    struct mark_places *next;   // of all
};

/* A form or stem of a leaf: a word by itself, or a place in a phrase or in a
   span. */
struct mark {
    uint32_t leaf;
    struct mark_places *places; // NULL: not in a span
    struct mark_phrase *phrase; // NULL: a word
    size_t place;
    struct mark *next;          // with the same form
};

/* A match of the first places of a phrase. */
struct state {
    bool set;
    uint32_t position;          // of its last place
    uint32_t start;             // byte of its first
    uint32_t end;               // byte at which what matched ends
};

struct mark_phrase {
    size_t n;
    uint32_t *offsets;          // of the places, ascending
    struct state (*states)[2];  // the newest first
};

struct mark_leaf {
    int field;
    uint32_t weight;
    struct span *span;          // or NULL
};

/* What one word of the text is. */
struct mark_word {
    struct mark *forms;
    struct mark *stems;
};

struct marks {
    struct arena *arena;
    struct mark_leaf *leaves;
    size_t n_leaves;
    struct mark_phrase **phrases;
    size_t n_phrases;
    struct mark_places *places; // of all spans
    struct mark_places borders[2];      // where paragraphs, headings begin
    bool has_borders;           // a span asks for them
    struct map forms;           // -> struct mark *
    struct map stems;           // stemmer ':' stem -> struct mark *
    bool stem_first[256];       // bytes that those stems begin with
    struct buf key;
    lede_error *err;
};

/* ---- from the plan ---- */

static lede_status
add_mark(struct marks *marks, struct map *map, struct str key,
         struct mark_places *places, struct mark_phrase *phrase, size_t place)
{
    uint64_t *head = lede__map_put(map, key, NULL);
    struct mark *mark;

    if (head == NULL) {
        return lede__fail_memory(marks->err);
    }
    mark = (struct mark *)(uintptr_t)*head;
    if (mark != NULL && mark->leaf == marks->n_leaves &&
        mark->places == places && mark->phrase == phrase &&
        mark->place == place) {
        return LEDE_STATUS_OK;          // exact and extra alike
    }
    mark = lede__arena_array(marks->arena, 1, sizeof(*mark));
    if (mark == NULL) {
        return lede__fail_memory(marks->err);
    }
    mark->leaf = (uint32_t)marks->n_leaves;
    mark->places = places;
    mark->phrase = phrase;
    mark->place = place;
    mark->next = (struct mark *)(uintptr_t)*head;
    *head = (uintptr_t)mark;
    return LEDE_STATUS_OK;
}

static lede_status
make_stem_key(struct marks *marks, struct str stemmer, struct str stem)
{
    lede_status status;

    marks->key.len = 0;
    status = lede__buf_str(&marks->key, stemmer, marks->err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_char(&marks->key, ':', marks->err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(&marks->key, stem, marks->err);
    }
    return status;
}

static lede_status
add_lists(struct marks *marks, const struct list *lists, size_t n,
          struct mark_places *places, struct mark_phrase *phrase,
          size_t place)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        const struct list *list = &lists[i];

        if (list->minus) {
            continue;
        }
        if (list->role == LIST_STEM) {
            marks->stem_first[(unsigned char)list->form.p[0]] = true;
            status = make_stem_key(marks, list->stemmer, list->form);
            if (status == LEDE_STATUS_OK) {
                status = add_mark(marks, &marks->stems,
                                  lede__buf_view(&marks->key), places, NULL,
                                  0);
            }
        } else {
            status = add_mark(marks, &marks->forms, list->form, places,
                              phrase, place);
        }
    }
    return status;
}

static int
compare_offsets(const void *a, const void *b)
{
    const struct slot *x = *(const struct slot *const *)a;
    const struct slot *y = *(const struct slot *const *)b;

    return (x->offset > y->offset) - (x->offset < y->offset);
}

static lede_status
add_phrase(struct marks *marks, const struct member *member)
{
    struct arena *arena = marks->arena;
    size_t n = member->n_slots;
    struct mark_phrase *phrase = lede__arena_array(arena, 1, sizeof(*phrase));
    const struct slot **slots = lede__arena_array(arena, n, sizeof(*slots));
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    if (phrase == NULL || slots == NULL) {
        return lede__fail_memory(marks->err);
    }
    phrase->n = n;
    phrase->offsets = lede__arena_array(arena, n, sizeof(*phrase->offsets));
    phrase->states = lede__arena_array(arena, n, sizeof(*phrase->states));
    if (phrase->offsets == NULL || phrase->states == NULL) {
        return lede__fail_memory(marks->err);
    }
    for (i = 0; i < n; i++) {
        slots[i] = &member->slots[i];
    }
    qsort(slots, n, sizeof(*slots), compare_offsets);
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        phrase->offsets[i] = slots[i]->offset;
        status = add_lists(marks, slots[i]->lists, slots[i]->n_lists, NULL,
                           phrase, i);
    }
    marks->phrases[marks->n_phrases++] = phrase;
    return status;
}

/* The words of a span; of a stem that, and not its forms. */
static lede_status
add_span(struct marks *marks, struct span *span)
{
    bool word = span->kind == SPAN_WORD || span->kind == SPAN_STEM;
    struct mark_places *places = NULL;
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    if (word) {
        places = lede__arena_array(marks->arena, 1, sizeof(*places));
        if (places == NULL) {
            return lede__fail_memory(marks->err);
        }
        places->next = marks->places;
        marks->places = places;
        span->places = places;
    }
    if (span->kind == SPAN_STEM) {
        return add_lists(marks, span->stem, 1, places, NULL, 0);
    }
    if (span->borders != NULL) {
        bool heading = span->borders->slot.lists[0].bytes.p[0] == TERM_HEADING;

        span->borders->places = &marks->borders[heading];
        marks->has_borders = true;
    }
    for (i = 0; i < span->n && status == LEDE_STATUS_OK; i++) {
        status = add_span(marks, &span->children[i]);
    }
    return status != LEDE_STATUS_OK ? status :
           add_lists(marks, span->slot.lists, span->slot.n_lists, places,
                     NULL, 0);
}

static lede_status
add_leaf(struct marks *marks, const struct node *leaf)
{
    struct mark_leaf *to = &marks->leaves[marks->n_leaves];
    double weight = leaf->weight * 1000;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    to->field = leaf->field;
    to->weight = weight < 1 ? 1 : weight > 1e6 ? 1000000 : (uint32_t)weight;
    for (i = 0; i < leaf->n_members && status == LEDE_STATUS_OK; i++) {
        const struct member *member = &leaf->members[i];

        if (member->span != NULL) {
            // others are the same in other fields
            to->span = leaf->members[0].span;
            status = i > 0 ? LEDE_STATUS_OK : add_span(marks, to->span);
        } else if (member->n_slots > 0) {
            status = add_phrase(marks, member);
        } else {
            status = add_lists(marks, member->lists, member->n_lists, NULL,
                               NULL, 0);
        }
    }
    marks->n_leaves++;
    return status;
}

/* The leaves below a node that are not excluded, and their members. */
static void
count_leaves(const struct node *node, size_t *leaves, size_t *members)
{
    const struct node *child;

    if (node->kind == NODE_LEAF) {
        (*leaves)++;
        *members += node->n_members;
    }
    for (child = node->child; child != NULL && node->kind != NODE_NOT;
         child = child->next) {
        count_leaves(child, leaves, members);
    }
}

static lede_status
add_node(struct marks *marks, const struct node *node)
{
    const struct node *child;
    lede_status status = LEDE_STATUS_OK;

    if (node->kind == NODE_LEAF) {
        status = add_leaf(marks, node);
    }
    for (child = node->child; child != NULL && node->kind != NODE_NOT &&
                              status == LEDE_STATUS_OK;
         child = child->next) {
        status = add_node(marks, child);
    }
    return status;
}

lede_status
lede__marks_new(struct marks **out, const struct plan *plan, size_t index,
                struct arena *arena, lede_error *err)
{
    const struct node *root = plan->indexes[index].root;
    struct marks *marks = calloc(1, sizeof(*marks));
    size_t leaves = 0;
    size_t members = 0;
    lede_status status = LEDE_STATUS_OK;

    *out = marks;
    if (marks == NULL) {
        return lede__fail_memory(err);
    }
    marks->arena = arena;
    marks->err = err;
    marks->key.max = BUF_MAX_ANY;
    if (root != NULL) {
        count_leaves(root, &leaves, &members);
        marks->leaves = lede__arena_array(arena, leaves,
                                          sizeof(*marks->leaves));
        marks->phrases = lede__arena_array(arena, members,
                                           sizeof(*marks->phrases));
        status = marks->leaves == NULL || marks->phrases == NULL
                 ? lede__fail_memory(err) : add_node(marks, root);
    }
    if (status != LEDE_STATUS_OK) {
        lede__marks_free(marks);
        *out = NULL;
    }
    return status;
}

void
lede__marks_free(struct marks *marks)
{
    if (marks != NULL) {
        lede__map_free(&marks->forms);
        lede__map_free(&marks->stems);
        lede__buf_free(&marks->key);
        free(marks);
    }
}

uint32_t
lede__marks_weight(const struct marks *marks, uint32_t leaf)
{
    return marks->leaves[leaf].weight;
}

size_t
lede__marks_count(const struct marks *marks)
{
    return marks->n_leaves;
}

/* ---- in a text ---- */

struct scanner {
    struct marks *marks;
    struct events *events;
    struct str stemmer;
    uintptr_t serial;
    int field;
};

static lede_status
add_event(struct scanner *sc, uint32_t start, uint32_t end, uint32_t leaf)
{
    struct events *events = sc->events;

    if (events->count == events->cap) {
        size_t cap = events->cap == 0 ? 64 : events->cap * 2;
        struct event *items = realloc(events->items, cap * sizeof(*items));

        if (items == NULL) {
            return lede__fail_memory(sc->marks->err);
        }
        events->items = items;
        events->cap = cap;
    }
    events->items[events->count++] = (struct event){ start, end, leaf };
    return LEDE_STATUS_OK;
}

/* What a word is; NULL where the query has nothing to do with it. */
static lede_status
look_up(struct scanner *sc, struct word *word, struct mark_word **out)
{
    struct marks *marks = sc->marks;
    struct mark_word found = { NULL, NULL };
    uint64_t *place;
    lede_status status;

    if (word->user[1] == (void *)sc->serial) {
        *out = word->user[0];
        return LEDE_STATUS_OK;
    }
    *out = NULL;
    place = lede__map_find(&marks->forms, word->form);
    if (place != NULL) {
        found.forms = (struct mark *)(uintptr_t)*place;
    }
    if (marks->stem_first[(unsigned char)word->stem.p[0]]) {
        status = make_stem_key(marks, sc->stemmer, word->stem);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        place = lede__map_find(&marks->stems, lede__buf_view(&marks->key));
        if (place != NULL) {
            found.stems = (struct mark *)(uintptr_t)*place;
        }
    }
    if (found.forms != NULL || found.stems != NULL) {
        *out = lede__arena_array(marks->arena, 1, sizeof(**out));
        if (*out == NULL) {
            return lede__fail_memory(marks->err);
        }
        **out = found;
    }
    word->user[0] = *out;
    word->user[1] = (void *)sc->serial;
    return LEDE_STATUS_OK;
}

static bool
counts(const struct scanner *sc, uint32_t leaf)
{
    int field = sc->marks->leaves[leaf].field;

    return field == FIELD_ALL || field == sc->field;
}

/* A token stands at a place of a phrase. */
static lede_status
follow_phrase(struct scanner *sc, const struct mark *mark,
              const struct token *token)
{
    struct mark_phrase *phrase = mark->phrase;
    struct state (*states)[2] = phrase->states;
    size_t place = mark->place;
    struct state next = { true, token->position, token->start, token->end };
    int i;

    if (place > 0) {
        uint32_t gap = phrase->offsets[place] - phrase->offsets[place - 1];

        for (i = 0; i < 2; i++) {
            const struct state *before = &states[place - 1][i];

            if (before->set && before->position + gap == token->position) {
                next.start = before->start;
                next.end = before->end > token->end ? before->end
                                                    : token->end;
                break;
            }
        }
        if (i == 2) {
            return LEDE_STATUS_OK;
        }
    }
    if (place + 1 == phrase->n) {
        return add_event(sc, next.start, next.end, mark->leaf);
    }
    if (states[place][0].position != next.position) {
        states[place][1] = states[place][0];
    }
    states[place][0] = next;
    return LEDE_STATUS_OK;
}

/* A token is a word of a span; few come out of order. */
static lede_status
add_place(struct scanner *sc, struct mark_places *places,
          const struct token *token)
{
    size_t at = places->count;

    while (at > 0 && places->items[at - 1].position > token->position) {
        at--;
    }
    if (places->count == EVENTS_MAX ||
        (at > 0 && places->items[at - 1].position == token->position)) {
        return LEDE_STATUS_OK;
    }
    if (places->count == places->cap) {
        size_t cap = places->cap == 0 ? 16 : 2 * places->cap;
        struct mark_place *bigger = lede__arena_array(sc->marks->arena, cap,
                                                      sizeof(*bigger));

        if (bigger == NULL) {
            return lede__fail_memory(sc->marks->err);
        }
        if (places->count > 0) {
            memcpy(bigger, places->items, places->count * sizeof(*bigger));
        }
        places->items = bigger;
        places->cap = cap;
    }
    memmove(places->items + at + 1, places->items + at,
            (places->count++ - at) * sizeof(*places->items));
    places->items[at] = (struct mark_place){ token->position, token->start,
                                             token->end };
    return LEDE_STATUS_OK;
}

static lede_status
use_mark(struct scanner *sc, const struct mark *mark,
         const struct token *token)
{
    if (!counts(sc, mark->leaf)) {
        return LEDE_STATUS_OK;
    }
    if (mark->places != NULL) {
        return add_place(sc, mark->places, token);
    }
    return mark->phrase != NULL
           ? follow_phrase(sc, mark, token)
           : add_event(sc, token->start, token->end, mark->leaf);
}

static lede_status
scan_token(struct scanner *sc, const struct token *token)
{
    const struct mark *mark;
    struct mark_word *word;
    lede_status status = look_up(sc, token->word, &word);

    if (status != LEDE_STATUS_OK || word == NULL) {
        return status;
    }
    for (mark = word->forms; mark != NULL && status == LEDE_STATUS_OK;
         mark = mark->next) {
        status = use_mark(sc, mark, token);
    }
    if ((token->flags & TOKEN_EXTRA) != 0 ||
        (token->kind != TOKEN_WORD && token->kind != TOKEN_NUMBER)) {
        return status;
    }
    for (mark = word->stems; mark != NULL && status == LEDE_STATUS_OK;
         mark = mark->next) {
        status = use_mark(sc, mark, token);
    }
    return status;
}

/* Note the token where it is the first of a block: *at is the next one. */
static lede_status
note_border(struct scanner *sc, const struct passage *passage, size_t *at,
            const struct token *token)
{
    struct marks *marks = sc->marks;
    bool border = false;
    bool heading = false;
    lede_status status;

    while (*at < passage->n_blocks &&
           passage->blocks[*at].start <= token->start) {
        border = true;
        heading = passage->blocks[(*at)++].kind == BLOCK_HEADING;
    }
    if (!border) {
        return LEDE_STATUS_OK;
    }
    status = add_place(sc, &marks->borders[0], token);
    return status == LEDE_STATUS_OK && heading
           ? add_place(sc, &marks->borders[1], token) : status;
}

/* ---- what is near ---- */

/* The places of the words of a span, as its stretches. */
static lede_status
fill_span(struct marks *marks, struct span *span)
{
    const struct mark_places *places = span->places;
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    if (span->borders != NULL) {
        status = fill_span(marks, span->borders);
    }
    for (i = 0; i < span->n && status == LEDE_STATUS_OK; i++) {
        status = fill_span(marks, &span->children[i]);
    }
    if (span->n > 0 || places == NULL) {
        return status;
    }
    status = lede__span_room(NULL, span, &span->found, places->count);
    for (i = 0; i < places->count && status == LEDE_STATUS_OK; i++) {
        span->found.items[span->found.count++] = (struct stretch){
            places->items[i].position, places->items[i].position,
        };
    }
    return status;
}

/* The first place, or stretch, that does not begin before `position`. */
static size_t
first_place(const struct mark_places *places, uint32_t position)
{
    size_t low = 0;
    size_t high = places->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (places->items[middle].position < position) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static size_t
first_stretch(const struct stretches *found, uint32_t position)
{
    size_t low = 0;
    size_t high = found->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (found->items[middle].first < position) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The words that a stretch of the span is made of; those of a phrase as one
   piece, which *piece becomes.  Places and stretches ascend. */
static lede_status
mark_stretch(struct scanner *sc, const struct span *span,
             const struct stretch *within, uint32_t leaf, bool whole,
             struct event *piece)
{
    const struct mark_places *places = span->places;
    bool phrase = span->kind == SPAN_ORDERED && span->within == 0;
    struct event own = { UINT32_MAX, 0, leaf };
    lede_status status = LEDE_STATUS_OK;
    size_t i, j;

    for (i = places == NULL ? 0 : first_place(places, within->first);
         places != NULL && i < places->count &&
         places->items[i].position <= within->last; i++) {
        const struct mark_place *place = &places->items[i];

        if (!whole) {
            status = add_event(sc, place->start, place->end, leaf);
        }
        piece->start = place->start < piece->start ? place->start
                                                   : piece->start;
        piece->end = place->end > piece->end ? place->end : piece->end;
    }
    for (i = 0; i < span->n; i++) {
        const struct stretches *found = &span->children[i].found;

        for (j = first_stretch(found, within->first);
             j < found->count && status == LEDE_STATUS_OK &&
             found->items[j].last <= within->last; j++) {
            status = mark_stretch(sc, &span->children[i], &found->items[j],
                                  leaf, phrase, &own);
        }
    }
    if (phrase && own.start < own.end && status == LEDE_STATUS_OK) {
        status = add_event(sc, own.start, own.end, leaf);
    }
    return status;
}

/* The stretches of all spans in the text, which has been read. */
static lede_status
mark_spans(struct scanner *sc)
{
    struct marks *marks = sc->marks;
    lede_status status = LEDE_STATUS_OK;
    size_t i, j;

    for (i = 0; i < marks->n_leaves && marks->places != NULL; i++) {
        struct span *span = marks->leaves[i].span;
        struct event piece = { UINT32_MAX, 0, (uint32_t)i };

        if (span == NULL || !counts(sc, (uint32_t)i)) {
            continue;
        }
        status = fill_span(marks, span);
        if (status == LEDE_STATUS_OK) {
            status = lede__span_find(NULL, span, 0);
        }
        for (j = 0; j < span->found.count && status == LEDE_STATUS_OK &&
                    sc->events->count < EVENTS_MAX; j++) {
            status = mark_stretch(sc, span, &span->found.items[j],
                                  (uint32_t)i, false, &piece);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    return LEDE_STATUS_OK;
}

static int
compare_events(const void *a, const void *b)
{
    const struct event *x = a;
    const struct event *y = b;

    if (x->start != y->start) {
        return x->start < y->start ? -1 : 1;
    }
    if (x->end != y->end) {
        return x->end < y->end ? -1 : 1;
    }
    return (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

/* No phrase goes on from one text to the next. */
static void
forget_states(struct marks *marks)
{
    struct mark_places *places;
    size_t i, j;

    for (places = marks->places; places != NULL; places = places->next) {
        places->count = 0;
    }
    marks->borders[0].count = 0;
    marks->borders[1].count = 0;
    for (i = 0; i < marks->n_phrases; i++) {
        for (j = 0; j < marks->phrases[i]->n; j++) {
            marks->phrases[i]->states[j][0].set = false;
            marks->phrases[i]->states[j][1].set = false;
        }
    }
}

lede_status
lede__marks_scan(lede_index *index, struct marks *marks,
                 const struct passage *passage, bool near,
                 struct events *out, lede_error *err)
{
    struct scanner sc = { marks, out, lede__analysis_stemmer(passage->lang),
                          ++index->serial, passage->field };
    struct token tokens[256];
    size_t block = 0;
    bool go_on = true;
    lede_status status;

    *out = (struct events){ NULL, 0, 0 };
    if (passage->text.len == 0 || marks->n_leaves == 0) {
        return LEDE_STATUS_OK;
    }
    marks->err = err;
    forget_states(marks);
    lede__analysis_stem_only(index->analysis, marks->stem_first);
    status = lede__analysis_begin(index->analysis, passage->text,
                                  passage->lang, err);
    while (status == LEDE_STATUS_OK && go_on) {
        size_t count, i;

        status = lede__analysis_next(index->analysis, tokens, 256, &count,
                                     err);
        if (status != LEDE_STATUS_OK || count == 0) {
            break;
        }
        for (i = 0; i < count && status == LEDE_STATUS_OK && go_on; i++) {
            status = scan_token(&sc, &tokens[i]);
            if (status == LEDE_STATUS_OK && marks->has_borders) {
                status = note_border(&sc, passage, &block, &tokens[i]);
            }
            go_on = out->count < EVENTS_MAX && (!near || out->count == 0 ||
                    tokens[i].start - out->items[0].start < SNIPPET_SCAN_MAX);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = mark_spans(&sc);
    }
    if (status != LEDE_STATUS_OK) {
        lede__events_free(out);
        return status;
    }
    if (out->count > 0) {
        qsort(out->items, out->count, sizeof(*out->items), compare_events);
    }
    return LEDE_STATUS_OK;
}

void
lede__events_free(struct events *events)
{
    free(events->items);
    *events = (struct events){ NULL, 0, 0 };
}
