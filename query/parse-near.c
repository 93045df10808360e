/* parse-near.c - what binds tighter than a sign: NEAR, the ^2 behind a bracket
   or a phrase, and N of (...).

   Near each other can be what has a place in a text, and in one field of it.
   What has none - a filter, what is excluded - stands beside; what is in
   another field is required beside; and what AND joins is near, each for
   itself: (a AND b) NEAR/3 c is a NEAR/3 c AND b NEAR/3 c. */

#include "query/parser.h"

/* NEARs that one AND in a NEAR may become. */
#define NEAR_COPIES_MAX 16

/* What has been read of a chain. */
struct chain {
    struct syntax *beside;      // what could not be joined
    struct syntax **tail;
    struct syntax *last;        // what the next NEAR joins
    bool made;                  // it is a NEAR, or an AND of them, of this
    enum syntax_unit unit;      //     chain, with this reach
    uint32_t within;
};

/* ---- ^ ---- */

/* ^2 at ps->p, behind a bracket or a quote. */
static lede_status
scan_boost(struct parser *ps, double *boost)
{
    const char *start = ps->p + 1;
    const char *p = start;
    const char *end;

    *boost = 1;
    if (ps->p >= ps->end || *ps->p != '^') {
        return LEDE_STATUS_OK;
    }
    while (p < ps->end && (char_is_digit((uint8_t)*p) || *p == '.')) {
        p++;
    }
    end = p;
    while (end > start && end[-1] == '.') {
        end--;                  // of a sentence
    }
    if (!(parser_delimits(ps, p) || char_is_trailing((uint8_t)*p)) ||
        !lede__form_boost((struct str){ start, (size_t)(end - start) },
                          boost)) {
        return LEDE_STATUS_OK;
    }
    ps->p = end;
    if (*boost > 0) {
        return LEDE_STATUS_OK;
    }
    *boost = 1;
    return lede__warn(ps->warnings, "bad-boost", parser_offset(ps, start) - 1,
                      parser_offset(ps, end), ps->err, "^ is followed by a "
                      "number from %g to %d; left out", QUERY_BOOST_MIN,
                      QUERY_BOOST_MAX);
}

/* Whether it can count more: what selects and what excludes has no score. */
static bool
has_score(const struct syntax *node)
{
    return node->kind != SYNTAX_NOT && !lede__syntax_is_filter(node);
}

static lede_status
parse_boosted(struct parser *ps, const struct scope *scope,
              struct syntax **out)
{
    double boost;
    lede_status status = lede__parse_primary(ps, scope, out);

    if (status == LEDE_STATUS_OK) {
        status = scan_boost(ps, &boost);
    }
    if (status != LEDE_STATUS_OK || *out == NULL || boost == 1 ||
        !has_score(*out)) {
        return status;
    }
    // of brackets in brackets; what a bracket was left alone by is its own
    boost *= (*out)->boost;
    boost = boost < QUERY_BOOST_MIN ? QUERY_BOOST_MIN : boost;
    (*out)->boost = boost > QUERY_BOOST_MAX ? QUERY_BOOST_MAX : boost;
    (*out)->end = parser_offset(ps, ps->p);
    if (ps->loose == *out) {
        ps->loose = NULL;
    }
    return LEDE_STATUS_OK;
}

/* ---- NEAR ---- */

bool
lede__syntax_has_place(const struct syntax *node, const struct str **field,
                       bool *same)
{
    const struct syntax *child;

    switch (node->kind) {
    case SYNTAX_WORD:
    case SYNTAX_PATTERN:
    case SYNTAX_REGEX:
    case SYNTAX_FUZZY:
    case SYNTAX_PHRASE:
        if (*field == NULL) {
            *field = &node->field;
        }
        *same = *same && str_eq(**field, node->field);
        return true;
    case SYNTAX_NEAR:
    case SYNTAX_OR:
    case SYNTAX_LIST:
        for (child = node->child; child != NULL; child = child->next) {
            if (child->must ||
                !lede__syntax_has_place(child, field, same)) {
                return false;
            }
        }
        return true;
    default:
        return false;
    }
}

static lede_status
copy_tree(struct parser *ps, const struct syntax *from, struct syntax **out)
{
    const struct syntax *child;
    struct syntax **tail;
    lede_status status = LEDE_STATUS_OK;

    *out = lede__arena_array(ps->arena, 1, sizeof(**out));
    if (*out == NULL) {
        return lede__fail_memory(ps->err);
    }
    **out = *from;
    (*out)->child = NULL;
    (*out)->next = NULL;
    tail = &(*out)->child;
    for (child = from->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        status = copy_tree(ps, child, tail);
        tail = *tail == NULL ? tail : &(*tail)->next;
    }
    ps->clauses += from->child == NULL;
    return status;
}

static size_t
count_children(const struct syntax *node)
{
    const struct syntax *child;
    size_t n = 0;

    for (child = node->child; child != NULL; child = child->next) {
        n++;
    }
    return n;
}

/* A node of two; `left` takes `right` in where it is one already. */
static lede_status
join(struct parser *ps, enum syntax_kind kind, struct syntax *left,
     bool extend, struct syntax *right, struct syntax **out)
{
    struct syntax **tail;
    lede_status status = LEDE_STATUS_OK;

    *out = left;
    if (!extend) {
        status = lede__parse_make(ps, kind, ps->query.p + left->start, ps->p,
                                  out);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        (*out)->child = left;
        left->next = NULL;
    }
    for (tail = &(*out)->child; *tail != NULL; tail = &(*tail)->next) {
        continue;
    }
    *tail = right;
    right->next = NULL;
    (*out)->end = right->end > (*out)->end ? right->end : (*out)->end;
    return status;
}

static lede_status
make_near(struct parser *ps, struct chain *chain, struct syntax *left,
          struct syntax *right, struct syntax **out)
{
    bool extend = chain->made && left->kind == SYNTAX_NEAR &&
                  left->unit == chain->unit && left->within == chain->within;
    lede_status status = join(ps, SYNTAX_NEAR, left, extend, right, out);

    if (status == LEDE_STATUS_OK) {
        (*out)->unit = chain->unit;
        (*out)->within = chain->within;
    }
    return status;
}

/* Each of the left near each of the right, an AND. */
static lede_status
distribute(struct parser *ps, struct chain *chain, struct syntax *right)
{
    struct syntax *lefts = chain->last->kind == SYNTAX_AND
                           ? chain->last->child : chain->last;
    struct syntax *rights = right->kind == SYNTAX_AND ? right->child : right;
    struct syntax *all;
    struct syntax **tail;
    const struct syntax *a, *b;
    lede_status status = lede__parse_make(ps, SYNTAX_AND, ps->query.p +
                                          chain->last->start, ps->p, &all);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    tail = &all->child;
    for (a = lefts; a != NULL; a = a->next) {
        for (b = rights; b != NULL; b = b->next) {
            struct syntax *left, *copy;

            status = copy_tree(ps, a, &left);
            if (status == LEDE_STATUS_OK) {
                status = copy_tree(ps, b, &copy);
            }
            if (status == LEDE_STATUS_OK) {
                status = make_near(ps, chain, left, copy, tail);
            }
            if (status != LEDE_STATUS_OK) {
                return status;
            }
            tail = &(*tail)->next;
        }
    }
    all->boost = chain->last->kind == SYNTAX_AND ? chain->last->boost : 1;
    chain->last = all;
    return LEDE_STATUS_OK;
}

/* What NEAR could not honour. */
static lede_status
warn_operand(struct parser *ps, const char *at, size_t len, const char *what)
{
    return lede__warn(ps->warnings, "near-operand", parser_offset(ps, at),
                      parser_offset(ps, at) + len, ps->err,
                      "%.*s: %s", (int)len, at, what);
}

/* Whether all of the sides, or of what their ANDs join, have a place, and are
   in one field. */
static bool
can_be_near(const struct syntax *left, const struct syntax *right,
            bool *same)
{
    const struct syntax *sides[] = { left, right };
    const struct str *field = NULL;
    size_t i;

    *same = true;
    for (i = 0; i < 2; i++) {
        const struct syntax *node = sides[i];

        if (node->kind != SYNTAX_AND) {
            if (!lede__syntax_has_place(node, &field, same)) {
                return false;
            }
            continue;
        }
        for (node = node->child; node != NULL; node = node->next) {
            if (!lede__syntax_has_place(node, &field, same)) {
                return false;
            }
        }
    }
    return true;
}

static void
put_beside(struct chain *chain)
{
    *chain->tail = chain->last;
    chain->tail = &chain->last->next;
    chain->last = NULL;
}

static lede_status
add_operand(struct parser *ps, struct chain *chain, const char *at,
            size_t len, struct syntax *right)
{
    struct syntax *left = chain->last;
    struct str near = { at, len };
    enum syntax_unit unit;
    uint32_t within;
    bool same;
    lede_status status;

    lede__form_near(near, &unit, &within);
    if (!can_be_near(left, right, &same)) {
        put_beside(chain);
        chain->last = right;
        chain->made = false;
        return warn_operand(ps, at, len, "what has no place in a text is "
                            "near nothing; searched side by side");
    }
    if (!same) {
        status = join(ps, SYNTAX_AND, left, false, right, &chain->last);
        chain->made = false;
        return status != LEDE_STATUS_OK ? status :
               warn_operand(ps, at, len, "what stands in different fields is "
                            "not near; both are searched");
    }
    chain->made = chain->made && chain->unit == unit &&
                  chain->within == within;
    chain->unit = unit;
    chain->within = within;
    if (left->kind == SYNTAX_AND || right->kind == SYNTAX_AND) {
        size_t n = left->kind == SYNTAX_AND ? count_children(left) : 1;
        size_t m = right->kind == SYNTAX_AND ? count_children(right) : 1;

        if (n * m > NEAR_COPIES_MAX ||
            ps->clauses > QUERY_CLAUSES_MAX - NEAR_COPIES_MAX) {
            put_beside(chain);
            chain->last = right;
            chain->made = false;
            return warn_operand(ps, at, len, "these are too many; searched "
                                "side by side");
        }
        status = distribute(ps, chain, right);
    } else if (left->kind == SYNTAX_NEAR &&
               count_children(left) == QUERY_NEAR_MAX) {
        put_beside(chain);
        chain->last = right;
        chain->made = false;
        return warn_operand(ps, at, len, "these are too many; searched side "
                            "by side");
    } else {
        status = make_near(ps, chain, left, right, &chain->last);
    }
    chain->made = true;
    return status;
}

/* Whether an operand may begin at p: no end, bracket, operator or sign. */
static bool
is_operand(const struct parser *ps, const char *p, bool *sign)
{
    size_t len;
    uint32_t c = char_at(p, ps->end, &len);
    enum operator op = lede__parse_operator(ps, p, &len);

    *sign = p < ps->end && (op == OP_NOT || char_is_plus(c) ||
                            char_is_minus(c));
    return p < ps->end && !char_is_close(c) && op == OP_NONE && !*sign;
}

static bool
is_capital(uint32_t c)
{
    return c >= 'A' && c <= 'Z';
}

/* The word NEAR between two others is a name more often than an operator; in a
   query all in capitals it is neither. */
static lede_status
warn_number(struct parser *ps)
{
    const char *p = ps->p + 4;
    size_t len;
    bool sign;

    if (ps->end - ps->p < 5 || memcmp(ps->p, "NEAR", 4) != 0 ||
        !char_is_space(char_at(p, ps->end, &len))) {
        return LEDE_STATUS_OK;
    }
    while (char_is_space(char_at(p, ps->end, &len))) {
        p += len;
    }
    if (!is_operand(ps, p, &sign) ||
        (is_capital(char_at(p, ps->end, &len)) &&
         is_capital(char_at(p + 1, ps->end, &len)))) {
        return LEDE_STATUS_OK;
    }
    return lede__warn(ps->warnings, "near-number", parser_offset(ps, ps->p),
                      parser_offset(ps, ps->p) + 4, ps->err, "NEAR without a "
                      "number is a word; NEAR/10 means ten words apart");
}

static lede_status
finish(struct parser *ps, struct chain *chain, struct syntax **out)
{
    lede_status status;

    *out = chain->last;
    if (chain->beside == NULL) {
        return LEDE_STATUS_OK;
    }
    put_beside(chain);
    lede__parse_drop_stars(&chain->beside);
    *out = chain->beside;
    if ((*out)->next == NULL) {
        return LEDE_STATUS_OK;
    }
    status = lede__parse_make(ps, SYNTAX_LIST, ps->query.p +
                              chain->beside->start, ps->p, out);
    if (status == LEDE_STATUS_OK) {
        (*out)->child = chain->beside;
        ps->loose = *out;
    }
    return status;
}

lede_status
lede__parse_near(struct parser *ps, const struct scope *scope,
                 struct syntax **out)
{
    struct chain chain = { 0 };
    lede_status status = parse_boosted(ps, scope, &chain.last);

    chain.tail = &chain.beside;
    *out = NULL;
    if (status != LEDE_STATUS_OK || chain.last == NULL) {
        return status;
    }
    for (;;) {
        struct syntax *right = NULL;
        const char *at;
        size_t len;
        bool sign;

        lede__parse_space(ps);
        at = ps->p;
        if (lede__parse_operator(ps, at, &len) != OP_NEAR) {
            status = warn_number(ps);
            break;
        }
        ps->p += len;
        lede__parse_space(ps);
        if (is_operand(ps, ps->p, &sign)) {
            status = parse_boosted(ps, scope, &right);
        }
        if (status == LEDE_STATUS_OK && right != NULL) {
            status = add_operand(ps, &chain, at, len, right);
        } else if (status == LEDE_STATUS_OK && sign) {
            status = warn_operand(ps, at, len, "what has a sign is not near; "
                                  "searched side by side");
        } else if (status == LEDE_STATUS_OK) {
            status = lede__parse_lone(ps, at, len);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    return status != LEDE_STATUS_OK ? status : finish(ps, &chain, out);
}

/* ---- N of (...) ---- */

/* The bracket of N of (...) at p; NULL where there is none. */
static const char *
find_bracket(const struct parser *ps, const char *p, uint64_t *n)
{
    const char *start = p;
    uint32_t c;
    size_t len;

    *n = 0;
    while (p < ps->end && char_is_digit((uint8_t)*p)) {
        *n = *n > QUERY_CLAUSES_MAX ? *n : *n * 10 + (uint64_t)(*p - '0');
        p++;
    }
    c = char_at(p, ps->end, &len);
    if (p == start || !char_is_space(c)) {
        return NULL;
    }
    while (char_is_space(char_at(p, ps->end, &len))) {
        p += len;
    }
    if (ps->end - p < 4 || memcmp(p, "of", 2) != 0) {
        return NULL;
    }
    p += 2;
    c = char_at(p, ps->end, &len);
    if (!char_is_space(c)) {
        return NULL;
    }
    while (char_is_space(char_at(p, ps->end, &len))) {
        p += len;
    }
    return char_is_open(char_at(p, ps->end, &len)) ? p : NULL;
}

/* What is not N of so many: the number, `of`, and what is in the bracket, side
   by side. */
static lede_status
as_words(struct parser *ps, const struct scope *scope, const char *start,
         struct syntax *items, struct syntax **out)
{
    const char *of = start;
    struct str number = { start, 0 };
    struct syntax *word = NULL;
    struct syntax *list = NULL;
    lede_status status;

    while (char_is_digit((uint8_t)*of)) {
        of++;
    }
    number.len = (size_t)(of - start);
    while (*of != 'o') {
        of++;
    }
    status = lede__parse_text(ps, (struct str){ of, 2 }, scope, &word);
    if (status == LEDE_STATUS_OK && items != NULL) {
        list = items;
        if (items->next != NULL || items->must) {
            status = lede__parse_make(ps, SYNTAX_LIST, of + 2, ps->p, &list);
            list = status == LEDE_STATUS_OK ? list : NULL;
            if (list != NULL) {
                list->child = items;
            }
        }
    }
    if (status == LEDE_STATUS_OK && word != NULL) {
        word->next = list;
        list = word;
    }
    word = NULL;
    if (status == LEDE_STATUS_OK) {
        status = lede__parse_text(ps, number, scope, &word);
    }
    if (status == LEDE_STATUS_OK && word != NULL) {
        word->next = list;
        list = word;
    }
    lede__parse_drop_stars(&list);
    if (status != LEDE_STATUS_OK || list == NULL || list->next == NULL) {
        *out = list;
        return status;
    }
    status = lede__parse_make(ps, SYNTAX_LIST, start, ps->p, out);
    if (status == LEDE_STATUS_OK) {
        (*out)->child = list;
        ps->loose = *out;
    }
    return status;
}

lede_status
lede__parse_some(struct parser *ps, const struct scope *scope,
                 struct syntax **out)
{
    const char *start = ps->p;
    struct scope inner = *scope;
    struct syntax *items, *item;
    const char *bracket;
    uint64_t n;
    size_t count;
    bool entered;
    lede_status status;

    *out = NULL;
    bracket = find_bracket(ps, start, &n);
    if (bracket == NULL || ps->depth == QUERY_DEPTH_MAX) {
        return LEDE_STATUS_OK;
    }
    inner.raw = NULL;
    ps->p = bracket;
    status = lede__parse_enter(ps, &entered);
    if (status == LEDE_STATUS_OK) {
        status = lede__parse_items(ps, &inner, &items, &count);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__parse_leave(ps, bracket);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    for (item = items; item != NULL; item = item->next) {
        item->must = item->must && item->kind != SYNTAX_ALL;
    }
    lede__parse_drop_stars(&items);
    for (count = 0, item = items; item != NULL; item = item->next) {
        count++;
    }
    if (n == 0 || count < 2 || n > count) {
        return as_words(ps, scope, start, items, out);
    }
    for (item = items; item != NULL; item = item->next) {
        item->must = false;
    }
    status = lede__parse_make(ps, n == 1 ? SYNTAX_LIST : n == count
                              ? SYNTAX_AND : SYNTAX_SOME, start, ps->p, out);
    if (status == LEDE_STATUS_OK) {
        (*out)->child = items;
        (*out)->within = (*out)->kind == SYNTAX_SOME ? (uint32_t)n : 0;
    }
    return status;
}
