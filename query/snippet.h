/* snippet.h - the words of a text that matched, and its best passages.

   The text is analysed again, as it was for the index, and compared with the
   leaves of the plan: so what is marked is what was found - a stem in the
   article's language, an exact form, a phrase where all of it stands, a joined
   form over its whole range. */

#ifndef LEDE_QUERY_SNIPPET_H
#define LEDE_QUERY_SNIPPET_H

#include "query/handle.h"
#include "query/plan.h"

/* What a plan looks for in one index. */
struct marks;

lede_status
lede__marks_new(struct marks **out, const struct plan *plan, size_t index,
                struct arena *arena, lede_error *err);

void
lede__marks_free(struct marks *marks);

/* A text to be marked. */
struct passage {
    struct str text;
    struct str lang;
    int field;                  // leaves of other fields do not count
    const struct block *blocks; // of a body, if they are known
    size_t n_blocks;
    size_t from;                // no passage begins before: the title's end
};

/* The ranges in the text that matched: merged, ascending, in `arena`. */
lede_status
lede__highlight(lede_index *index, struct marks *marks,
                const struct passage *passage, struct arena *arena,
                lede_range **ranges, size_t *count, lede_error *err);

/* The best passages of about `chars` characters, up to `max`; the beginning of
   the text where nothing in it matched, which *matched tells.  An empty text
   has none. */
lede_status
lede__snippets(lede_index *index, struct marks *marks,
               const struct passage *passage, size_t chars, size_t max,
               struct arena *arena, lede_passage **out, size_t *n,
               bool *matched, lede_error *err);

/* ---- marks.c for the others ---- */

/* A piece of the text that a leaf matched. */
struct event {
    uint32_t start;
    uint32_t end;
    uint32_t leaf;              // which of the marks, for distinct ones
};

struct events {
    struct event *items;
    size_t count;
    size_t cap;
};

/* Beyond so many bytes after the first match no better one is looked for. */
#define SNIPPET_SCAN_MAX ((size_t)256 << 10)

/* The matches in the order of their starts; of the whole text, or, with
   `near`, up to SNIPPET_SCAN_MAX after the first.  For lede__events_free. */
lede_status
lede__marks_scan(lede_index *index, struct marks *marks,
                 const struct passage *passage, bool near,
                 struct events *out, lede_error *err);

void
lede__events_free(struct events *events);

/* How much a leaf says, its idf in thousandths; and how many there are. */
uint32_t
lede__marks_weight(const struct marks *marks, uint32_t leaf);
size_t
lede__marks_count(const struct marks *marks);

#endif
