/* commands.h - what runs each command.  Each returns an exit status. */

#ifndef LEDE_CLI_COMMANDS_H
#define LEDE_CLI_COMMANDS_H

#include "cli/options.h"

int
command_search(const struct settings *settings);
int
command_similar(const struct settings *settings);
int
command_background(const struct settings *settings);
int
command_suggest(const struct settings *settings);
int
command_show(const struct settings *settings);
int
command_info(const struct settings *settings);
int
command_index(const struct settings *settings);
int
command_add(const struct settings *settings);
int
command_remove(const struct settings *settings);
int
command_alert(const struct settings *settings);
int
command_check(const struct settings *settings);
int
command_convert(const struct settings *settings);
int
command_optimize(const struct settings *settings);
int
command_analyze(const struct settings *settings);
int
command_eval(const struct settings *settings);
int
command_fuse(const struct settings *settings);
int
command_help(const struct settings *settings);
int
command_completion(const struct settings *settings);

/* Print the help of a command, or the list of all where it is NULL. */
int
help_print(const struct command *command, bool full,
           const struct settings *settings);

#endif
