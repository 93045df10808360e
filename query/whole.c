/* whole.c - what is one thing in a query, by the signs in it.

   COMPOUNDS are written apart as well: multi-agent, his/her, l'eau.  All their
   signs are hyphens or apostrophes, or one slash; each word has two letters or
   more, but beside an apostrophe; no sign stands before the first.  So e-mail,
   Ph.D., jane@doe.com, node.js, /etc/fstab and USB-C are none: who types them
   does not mean e, D, jane, js, etc and C.

   LINKS are several chunks with signs between them as addresses, paths and
   code have, and no other: std::vector, C:\Windows, a.com/b?c=d, f(x), and
   the host in @host.org.  A comma, a dash, a quote or an emoji parts words. */

#include "query/planner.h"

#include "query/chars.h"

/* What may stand between the chunks of a link, one of which has to. */
#define LINK_SIGNS "\\:/~?=&#%<>^|()[]{}"
/* And beside these. */
#define LINK_MORE "._-@$+!'"
/* A sign before a word that belongs to it. */
#define LEADING_SIGNS "/.@#:\\~$&=+_"

static bool
is_one_of(uint32_t c, const char *signs)
{
    return c != 0 && c < 0x80 && strchr(signs, (int)c) != NULL;
}

/* Whether the text from `start` to `end` is signs of compounds only. */
static bool
is_joint(struct str text, uint32_t start, uint32_t end, size_t *slashes,
         bool *elision)
{
    const char *p = text.p + start;
    const char *stop = text.p + end;

    *elision = false;
    while (p < stop) {
        size_t len;
        uint32_t c = char_at(p, stop, &len);

        if (c == '\'' || c == 0x2019) {
            *elision = true;
        } else if (c == '/') {
            ++*slashes;
        } else if (c != '-' && c != 0x2010 && c != 0x2011 && c != 0x05BE) {
            return false;
        }
        p += len;
    }
    return true;
}

static bool
is_letter(struct str form)
{
    size_t len;

    char_at(form.p, form.p + form.len, &len);
    return len == form.len;
}

bool
lede__whole_is_compound(struct str text, const struct atom *atoms, size_t n)
{
    uint32_t start = atoms[0].start;
    size_t slashes = 0;
    size_t signs = 0;
    bool before = false;        // an apostrophe is before the atom
    size_t i;

    if (start > 0 &&
        is_one_of((unsigned char)text.p[start - 1], LEADING_SIGNS)) {
        return false;
    }
    for (i = 0; i < n; i++) {
        bool after = false;

        if (i + 1 < n) {
            if (!is_joint(text, atoms[i].end, atoms[i + 1].start, &slashes,
                          &after)) {
                return false;
            }
            signs++;
        }
        if (is_letter(atoms[i].form) && !before && !after) {
            return false;
        }
        before = after;
    }
    return slashes == 0 || (slashes == 1 && signs == 1);
}

/* Of a host a point will do. */
static bool
is_bridge(const char *p, const char *end, bool host)
{
    bool found = host && end - p == 1 && *p == '.';

    while (p < end) {
        size_t len;
        uint32_t c = char_at(p, end, &len);

        if (is_one_of(c, LINK_SIGNS) || c == 0xB0 || c == 0x2032 ||
            c == 0x2033) {
            found = true;
        } else if (!is_one_of(c, LINK_MORE)) {
            return false;
        }
        p += len;
    }
    return found;
}

/* Whether the brackets in the word close there. */
static bool
is_balanced(struct str text)
{
    int open = 0;
    size_t i;

    for (i = 0; i < text.len && open >= 0; i++) {
        char c = text.p[i];

        open += c == '(' || c == '[' || c == '{';
        open -= c == ')' || c == ']' || c == '}';
    }
    return open == 0;
}

bool
lede__whole_is_link(struct str text, const struct atoms *tokens)
{
    uint32_t end = 0;           // of the chunk
    size_t chunks = 1;
    bool host = text.len > 0 && text.p[0] == '@';
    size_t i;

    for (i = 0; i < tokens->count; i++) {
        const struct atom *token = &tokens->items[i];

        if (token->kind == TOKEN_GRAM || token->kind == TOKEN_CHAR) {
            return false;
        }
        if (i > 0 && token->chunk != tokens->items[i - 1].chunk) {
            if (token->start < end ||
                !is_bridge(text.p + end, text.p + token->start, host)) {
                return false;
            }
            chunks++;
        }
        end = token->end > end ? token->end : end;
    }
    return chunks > 1 && is_balanced(text);
}
