/* commands.c - all commands, in the order that `lede help' lists them; what
   each takes is in commands-search.c, commands-index.c and commands-tools.c. */

#include "cli/rows.h"

const struct command *const commands[] = {
    &search_row,
    &similar_row,
    &background_row,
    &suggest_row,
    &show_row,
    &info_row,
    &index_row,
    &add_row,
    &remove_row,
    &alert_row,
    &check_row,
    &optimize_row,
    &convert_row,
    &analyze_row,
    &eval_row,
    &fuse_row,
    &help_row,
    &completion_row,
    NULL
};
