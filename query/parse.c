/* parse.c - the text of a query -> a syntax tree: operators and lists
   (parse.h has the grammar, parser.h says where the rest of it is).

   A recursive descent over the text itself; what a character means depends on
   where it stands, so there is no separate lexer.  A sign counts at the
   beginning of a word, and alone: "a - b" and "--x" have none; -5 is a number
   where it is the whole query or has a unit.  Recursion happens at brackets
   alone, which are counted. */

#include "query/parser.h"

void
lede__parse_space(struct parser *ps)
{
    while (ps->p < ps->end) {
        size_t len;
        uint32_t c = char_at(ps->p, ps->end, &len);

        if (char_is_close(c) && ps->ignored > 0) {
            ps->ignored--;
        } else if (!char_is_space(c)) {
            return;
        }
        ps->p += len;
    }
}

enum operator
lede__parse_operator(const struct parser *ps, const char *p, size_t *len)
{
    static const struct {
        struct str name;
        enum operator op;
    } operators[] = {
        { { "AND", 3 }, OP_AND },
        { { "OR", 2 }, OP_OR },
        { { "NOT", 3 }, OP_NOT },
    };
    enum syntax_unit unit;
    uint32_t within;
    size_t i;

    for (i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        struct str name = operators[i].name;

        if ((size_t)(ps->end - p) >= name.len &&
            memcmp(p, name.p, name.len) == 0 &&
            parser_delimits(ps, p + name.len)) {
            *len = name.len;
            return operators[i].op;
        }
    }
    if (ps->end - p > 5 && memcmp(p, "NEAR/", 5) == 0) {
        const char *end = p;

        while (!parser_delimits(ps, end)) {
            end++;
        }
        *len = (size_t)(end - p);
        if (lede__form_near((struct str){ p, *len }, &unit, &within)) {
            return OP_NEAR;
        }
    }
    return OP_NONE;
}

lede_status
lede__parse_lone(struct parser *ps, const char *p, size_t len)
{
    struct syntax *word;
    struct syntax **place;
    lede_status status = lede__parse_make(ps, SYNTAX_WORD, p, p + len, &word);

    if (status == LEDE_STATUS_OK) {
        status = lede__parse_lower(ps, (struct str){ p, len }, &word->text);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    // found from the inside out: back in the order of the text
    place = &ps->lone;
    while (*place != NULL && (*place)->start < word->start) {
        place = &(*place)->next;
    }
    if (ps->n_lone++ < QUERY_CLAUSES_MAX) {
        word->next = *place;
        *place = word;
    }
    return lede__warn(ps->warnings, "lone-operator", parser_offset(ps, p),
                      parser_offset(ps, p) + len, ps->err,
                      "%.*s has nothing to join and was ignored", (int)len,
                      p);
}

/* Whether the minus before the digits at p belongs to them: the number is the
   whole query, or a unit follows. */
static bool
is_negative_number(const struct parser *ps, const char *p)
{
    struct str all = lede__str_trim(ps->query);
    bool first = lede__utf8_floor(all, (size_t)(p - all.p) - 1) == 0;
    size_t len;
    uint32_t c;

    while (p < ps->end && (char_is_digit((uint8_t)*p) || *p == '.' ||
                           *p == ',')) {
        p++;
    }
    if (first && p == all.p + all.len) {
        return true;
    }
    do {
        c = char_at(p, ps->end, &len);
        p += len;
    } while (char_is_space(c));
    return char_is_unit(c);
}

/* Whether the plus before the digits at p is that of a telephone number: they
   are a country's (ITU-T E.164 has at most three), and the next word begins
   with a digit, or a bracket and one. */
static bool
is_dialled(const struct parser *ps, const char *p)
{
    const char *start = p;
    size_t len;

    while (p < ps->end && char_is_digit((uint8_t)*p)) {
        p++;
    }
    if (p - start > COUNTRY_DIGITS_MAX) {
        return false;
    }
    if (!char_is_space(char_at(p, ps->end, &len))) {
        return false;
    }
    while (char_is_space(char_at(p, ps->end, &len))) {
        p += len;
    }
    if (char_is_open(char_at(p, ps->end, &len))) {
        p += len;
    }
    return char_is_digit(char_at(p, ps->end, &len));
}

/* The signs at ps->p, which moves behind them; '+', '-' or 0 for none. */
static char
scan_sign(struct parser *ps)
{
    uint32_t sign = 0;
    size_t count = 0;

    for (;;) {
        size_t len;
        uint32_t c = char_at(ps->p, ps->end, &len);

        if (char_is_plus(c) || char_is_minus(c)) {
            sign = c;
            count++;
            ps->p += len;
            continue;
        }
        if (count != 1 || c == 0 || char_is_space(c) || char_is_close(c)) {
            return 0;
        }
        if (char_is_plus(sign)) {
            return char_is_digit(c) && is_dialled(ps, ps->p) ? 0 : '+';
        }
        return char_is_digit(c) && is_negative_number(ps, ps->p) ? 0 : '-';
    }
}

/* One operand with its NOTs and sign; NULL at the end, at a closing bracket
   and before AND or OR. */
static lede_status
parse_unary(struct parser *ps, const struct scope *scope, struct syntax **out)
{
    const char *not_at = NULL;
    const char *start = NULL;
    struct syntax *node = NULL;
    bool negate = false;
    char sign = 0;
    lede_status status;

    *out = NULL;
    while (node == NULL) {
        enum operator op;
        size_t len;
        uint32_t c;

        lede__parse_space(ps);
        c = char_at(ps->p, ps->end, &len);
        op = lede__parse_operator(ps, ps->p, &len);
        if (ps->p >= ps->end || char_is_close(c) || op == OP_AND ||
            op == OP_OR) {
            return not_at == NULL ? LEDE_STATUS_OK
                                  : lede__parse_lone(ps, not_at, 3);
        }
        if (op == OP_NEAR) {
            status = lede__parse_lone(ps, ps->p, len);
            if (status != LEDE_STATUS_OK) {
                return status;
            }
            ps->p += len;
            continue;
        }
        if (start == NULL) {
            start = ps->p;
        }
        if (op == OP_NOT) {
            not_at = ps->p;
            negate = !negate;
            ps->p += len;
            continue;
        }
        sign = 0;
        if (char_is_plus(c) || char_is_minus(c)) {
            sign = scan_sign(ps);
            if (sign == 0) {
                continue;
            }
        }
        status = lede__parse_near(ps, scope, &node);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    negate = negate != (sign == '-');
    if (negate && node->kind == SYNTAX_NOT) {
        node = node->child;
    } else if (negate) {
        struct syntax *child = node;

        status = lede__parse_make(ps, SYNTAX_NOT, start, ps->p, &node);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        node->child = child;
    }
    node->must = sign == '+' && node->kind != SYNTAX_NOT;
    *out = node;
    return LEDE_STATUS_OK;
}

/* Operands joined by AND, or by OR: one function for both levels.  A + before
   one of them holds for all that is joined. */
static lede_status
parse_joined(struct parser *ps, const struct scope *scope, enum operator op,
             struct syntax **out)
{
    struct syntax *all = NULL;
    struct syntax *last = NULL;
    lede_status status;

    *out = NULL;
    status = op == OP_OR ? parse_joined(ps, scope, OP_AND, &all)
                         : parse_unary(ps, scope, &all);
    while (status == LEDE_STATUS_OK) {
        struct syntax *right;
        const char *at;
        size_t len;

        lede__parse_space(ps);
        at = ps->p;
        if (lede__parse_operator(ps, at, &len) != op) {
            break;
        }
        ps->p += len;
        status = op == OP_OR ? parse_joined(ps, scope, OP_AND, &right)
                             : parse_unary(ps, scope, &right);
        if (status != LEDE_STATUS_OK) {
            break;
        }
        if (all == NULL || right == NULL) {
            status = lede__parse_lone(ps, at, len);
            all = all == NULL ? right : all;
            continue;
        }
        if (last == NULL) {
            struct syntax *first = all;

            status = lede__parse_make(ps, op == OP_OR ? SYNTAX_OR
                                                      : SYNTAX_AND,
                                      ps->query.p + first->start, ps->p,
                                      &all);
            if (status != LEDE_STATUS_OK) {
                break;
            }
            all->child = first;
            all->must = first->must;
            first->must = false;
            last = first;
        }
        all->must = all->must || right->must;
        all->end = parser_offset(ps, ps->p);
        right->must = false;
        last->next = right;
        last = right;
    }
    *out = status == LEDE_STATUS_OK ? all : NULL;
    return status;
}

/* The bracket that closes nothing at ps->p, passed over. */
static lede_status
pass_bracket(struct parser *ps)
{
    size_t at = parser_offset(ps, ps->p);
    size_t len;

    char_at(ps->p, ps->end, &len);
    ps->p += len;
    return lede__warn(ps->warnings, "unopened-bracket", at, at + len, ps->err,
                      "the bracket closes nothing and was ignored");
}

void
lede__parse_drop_stars(struct syntax **first)
{
    const struct syntax *item;
    bool words = false;

    for (item = *first; item != NULL; item = item->next) {
        words = words || (item->kind != SYNTAX_NOT &&
                          !lede__syntax_is_filter(item));
    }
    while (words && *first != NULL) {
        if ((*first)->kind == SYNTAX_ALL && !(*first)->must) {
            *first = (*first)->next;
        } else {
            first = &(*first)->next;
        }
    }
}

lede_status
lede__parse_items(struct parser *ps, const struct scope *scope,
                  struct syntax **first, size_t *count)
{
    struct syntax **tail = first;
    struct syntax *item;
    lede_status status = LEDE_STATUS_OK;

    *first = NULL;
    *count = 0;
    while (status == LEDE_STATUS_OK) {
        size_t len;

        item = NULL;
        lede__parse_space(ps);
        if (ps->p >= ps->end) {
            break;
        }
        if (char_is_close(char_at(ps->p, ps->end, &len))) {
            if (ps->depth > 0) {
                break;
            }
            status = pass_bracket(ps);
            continue;
        }
        status = parse_joined(ps, scope, OP_OR, &item);
        if (item != NULL && item == ps->loose && !item->must) {
            item = item->child;
        }
        *tail = item;
        while (*tail != NULL) {
            tail = &(*tail)->next;
        }
    }
    lede__parse_drop_stars(first);
    for (item = *first; item != NULL; item = item->next) {
        ++*count;
    }
    return status;
}

lede_status
lede__parse_list(struct parser *ps, const struct scope *scope,
                 struct syntax **out)
{
    const char *start = ps->p;
    struct syntax *first;
    size_t count;
    lede_status status = lede__parse_items(ps, scope, &first, &count);

    *out = NULL;
    if (status != LEDE_STATUS_OK || first == NULL ||
        (first->next == NULL && !first->must)) {
        *out = first;
        return status;
    }
    status = lede__parse_make(ps, SYNTAX_LIST, start, ps->p, out);
    if (status == LEDE_STATUS_OK) {
        (*out)->child = first;
    }
    return status;
}

/* ---- the query ---- */

/* A copy in the arena, cut to the limit, with a space for each byte that is
   no UTF-8, so that offsets stay. */
static lede_status
copy_query(struct parser *ps, struct str query)
{
    struct str text = query;
    char *copy;
    size_t at = 0;
    bool broken = false;
    lede_status status = LEDE_STATUS_OK;

    if (text.len > QUERY_BYTES_MAX) {
        text.len = lede__utf8_floor(text, QUERY_BYTES_MAX);
        status = lede__warn(ps->warnings, "too-long", text.len, query.len,
                            ps->err, "only the first %d bytes are searched",
                            QUERY_BYTES_MAX);
    }
    copy = (char *)lede__arena_str(ps->arena, text).p;
    if (copy == NULL) {
        return lede__fail_memory(ps->err);
    }
    for (;;) {
        at += lede__utf8_valid((struct str){ copy + at, text.len - at });
        if (at >= text.len) {
            break;
        }
        copy[at++] = ' ';
        broken = true;
    }
    for (at = 0; at < text.len; at++) {
        copy[at] = copy[at] == '\0' ? ' ' : copy[at];
    }
    ps->query = (struct str){ copy, text.len };
    ps->p = copy;
    ps->end = copy + text.len;
    if (broken && status == LEDE_STATUS_OK) {
        status = lede__warn(ps->warnings, "bad-utf8", 0, text.len, ps->err,
                            "bytes that are not UTF-8 were ignored");
    }
    return status;
}

/* The query is nothing but operators: then they are words. */
static lede_status
revive_operators(struct parser *ps, struct syntax **out)
{
    struct warnings *warnings = ps->warnings;
    size_t kept = 0;
    size_t i;
    lede_status status;

    for (i = 0; i < warnings->count; i++) {
        if (strcmp(warnings->items[i].code, "lone-operator") != 0) {
            warnings->items[kept++] = warnings->items[i];
        }
    }
    warnings->count = kept;
    *out = ps->lone;
    if (ps->lone == NULL || ps->lone->next == NULL) {
        return LEDE_STATUS_OK;
    }
    status = lede__parse_make(ps, SYNTAX_LIST, ps->query.p, ps->end, out);
    if (status == LEDE_STATUS_OK) {
        (*out)->child = ps->lone;
    }
    return status;
}

lede_status
lede__parse(struct syntax **out, struct str query, const struct names *names,
            struct arena *arena, struct warnings *warnings, lede_error *err)
{
    struct parser ps = { .names = names, .arena = arena,
                         .warnings = warnings, .err = err };
    const struct scope none = { { NULL, 0 }, NAME_UNKNOWN, NULL };
    lede_status status;

    *out = NULL;
    status = copy_query(&ps, query);
    if (status == LEDE_STATUS_OK) {
        status = lede__parse_list(&ps, &none, out);
    }
    if (status == LEDE_STATUS_OK && *out == NULL) {
        status = revive_operators(&ps, out);
    }
    return status;
}

lede_status
lede__parse_plain(struct syntax **out, struct str query, struct arena *arena,
                  struct warnings *warnings, lede_error *err)
{
    struct parser ps = { .arena = arena, .warnings = warnings, .err = err };
    const struct scope none = { { NULL, 0 }, NAME_UNKNOWN, NULL };
    struct syntax *first = NULL;
    struct syntax **tail = &first;
    lede_status status;

    *out = NULL;
    status = copy_query(&ps, query);
    while (status == LEDE_STATUS_OK) {
        struct syntax *word;
        struct str text;

        lede__parse_space(&ps);
        text.p = ps.p;
        while (ps.p < ps.end) {
            size_t len;

            if (char_is_space(char_at(ps.p, ps.end, &len))) {
                break;
            }
            ps.p += len;
        }
        text.len = (size_t)(ps.p - text.p);
        if (text.len == 0) {
            break;
        }
        text = lede__parse_trim(text, false);
        if (lede__parse_is_punctuation(text)) {
            continue;
        }
        status = lede__parse_leaf(&ps, SYNTAX_WORD, &none, text.p,
                                  text.p + text.len, &word);
        if (status == LEDE_STATUS_OK && word != NULL) {
            word->text = text;
            *tail = word;
            tail = &word->next;
        }
    }
    *out = first;
    if (status != LEDE_STATUS_OK || first == NULL || first->next == NULL) {
        return status;
    }
    status = lede__parse_make(&ps, SYNTAX_LIST, ps.query.p, ps.end, out);
    if (status == LEDE_STATUS_OK) {
        (*out)->child = first;
    }
    return status;
}

bool
lede__syntax_is_filter(const struct syntax *syntax)
{
    const struct syntax *child;

    switch (syntax->kind) {
    case SYNTAX_FILTER:
    case SYNTAX_DATES:
    case SYNTAX_NUMBERS:
    case SYNTAX_ALL:
        return true;
    case SYNTAX_PHRASE:
        return false;
    default:
        break;
    }
    for (child = syntax->child; child != NULL; child = child->next) {
        if (!lede__syntax_is_filter(child)) {
            return false;
        }
    }
    return syntax->child != NULL;
}
