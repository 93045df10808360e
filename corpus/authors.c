/* authors.c - names of people out of what is written about them.

   "By Anna de la Cruz, Bo Li and Elin <elin@example.org>" is three people.  A
   comma parts names only where each part has two words: "Verhoeven, Anouk" is
   one. */

#include "corpus/builder.h"

static bool
starts_with(struct str s, struct str prefix)
{
    return s.len > prefix.len && memcmp(s.p, prefix.p, prefix.len) == 0;
}

/* The end of the name: before an address in brackets or a URL. */
static size_t
name_length(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        struct str rest = { s.p + i, s.len - i };
        if (i > 0 && (s.p[i] == '<' || starts_with(rest, STR("http://"))
                      || starts_with(rest, STR("https://")))) {
            return i;
        }
    }
    return s.len;
}

void
lede__builder_author(struct builder *b, struct str name)
{
    name = lede__str_trim(name);
    if (name.len > 3 && lede__str_eq_nocase((struct str){ name.p, 3 },
                                            STR("by "))) {
        name = lede__str_trim((struct str){ name.p + 3, name.len - 3 });
    }
    name.len = name_length(name);
    while (name.len > 0 && strchr(" ,;(\t", name.p[name.len - 1]) != NULL) {
        name.len--;
    }
    lede__builder_list(b, LIST_AUTHORS, name);
}

/* Whether each part between commas has two words: then they are names, and
   not one that is written "Verhoeven, Anouk". */
static bool
commas_part_names(struct str s)
{
    bool space = false;
    bool text = false;

    for (size_t i = 0; i <= s.len; i++) {
        char c = i < s.len ? s.p[i] : ',';
        if (c == ',') {
            if (!space) {
                return false;
            }
            space = text = false;
        } else if (c == ' ') {
            space |= text && i + 1 < s.len && s.p[i + 1] != ',';
        } else {
            text = true;
        }
    }
    return true;
}

void
lede__builder_authors(struct builder *b, struct str text)
{
    static const struct str joints[] = {
        { " and ", 5 }, { " & ", 3 }, { ";", 1 }, { "、", 3 }, { ",", 1 },
    };
    bool commas = memchr(text.p, ',', text.len) != NULL;
    size_t start = 0;
    size_t i = 0;

    // "A, B and C" has commas between names even where A is one word
    commas = commas && commas_part_names(text);
    text.len = name_length(text);
    while (i < text.len) {
        size_t joint = 0;
        for (size_t k = 0; k < 4 + (size_t)commas && joint == 0; k++) {
            struct str rest = { text.p + i, text.len - i };
            if (starts_with(rest, joints[k])) {
                joint = joints[k].len;
            }
        }
        if (joint > 0) {
            lede__builder_author(b, (struct str){ text.p + start, i - start });
            start = i + joint;
            i = start;
        } else {
            i++;
        }
    }
    lede__builder_author(b, (struct str){ text.p + start, text.len - start });
}
