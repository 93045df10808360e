/* place.h - where the index is, and paths as the current folder sees them.

   An article's path in the index is relative to the folder that holds the
   index, or absolute where the file lies elsewhere; what a person types and
   wants to read is relative to the current folder. */

#ifndef LEDE_CLI_PLACE_H
#define LEDE_CLI_PLACE_H

#include "cli/options.h"

/* Indexes opened for reading. */
struct places {
    lede_index *indexes[LEDE_INDEXES_MAX];
    char *paths[LEDE_INDEXES_MAX];      // of the indexes
    char *folders[LEDE_INDEXES_MAX];    // that hold them, absolute
    size_t n;
    char *here;                         // the current folder
};

/* The index meant by --index, $LEDE_INDEX, or the current folder, for
   free().  With `make`, ./.lede where there is none.  EXIT_DONE or, after a
   message, EXIT_ERROR. */
int
place_index(char **out, const struct settings *settings, bool make);

/* Take the operand for what --index names.  EXIT_DONE or, after a message that
   it cannot be both, EXIT_ERROR. */
int
place_operand(struct settings *settings);

/* Open what --index names, or the one that place_index finds.  *places is for
   places_close even on failure. */
int
places_open(struct places *places, const struct settings *settings);
void
places_close(struct places *places);

/* The folder that holds an index, absolute; the index may be missing yet. */
char *
place_folder(const char *index);

/* For free(), NULL without memory: a path of the index `folder` holds, as the
   folder `here` sees it, and absolute as a file:// URL. */
char *
place_seen(const char *folder, const char *here, const char *path);
char *
place_url(const char *folder, const char *path);

/* The other way: what was typed, as a path of that index. */
char *
place_stored(const char *folder, const char *here, const char *typed);

#endif
