/* hit.h - an article in a terminal: a hit of a search, or its heading. */

#ifndef LEDE_CLI_HIT_H
#define LEDE_CLI_HIT_H

#include "cli/output.h"
#include "cli/place.h"

struct hit_layout {
    const struct places *places;
    int rank_width;             // columns of the largest rank
};

/* `last` is the largest rank that will be printed. */
void
hit_layout_begin(struct hit_layout *layout, const struct places *places,
                 uint64_t last);

/* EXIT_DONE or, after a message, EXIT_ERROR. */
int
hit_print(struct output *out, const struct hit_layout *layout,
          const lede_hit *hit);

/* The date and time of day, where one is given, as people read them. */
void
hit_date(char *out, size_t size, const char *date);

/* An article's place for free(): its file as the current folder sees it, with
   "#key" where the file holds many; the id where there is no file. */
char *
hit_place(const struct places *places, size_t index, const char *id,
          const char *path);

/* Write that, as a link to the file where the terminal can. */
int
hit_print_place(struct output *out, const struct places *places, size_t index,
                const char *place, const char *path);

#endif
