/* main.c - the lede command: which command is meant, and its version.

   The command uses lede.h alone, and reads what the library never does: the
   environment, the clock and the terminal.  No locale is set, but the kind of
   characters for curses: arguments and output are UTF-8, and numbers are
   written alike everywhere. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"

static int
print_version(void)
{
    printf("lede %s\n", LEDE_VERSION_STRING);
    if (strcmp(lede_version(), LEDE_VERSION_STRING) != 0) {
        printf("liblede %s\n", lede_version());
    }
    return stdout_finish(EXIT_DONE);
}

static int
unknown(const char *name)
{
    const struct command *nearest = command_nearest(name);

    if (name[0] == '-') {
        complain("'%s' comes before a command; `lede help' lists the commands",
                 name);
    } else if (nearest) {
        complain("no command is called '%s'; did you mean `lede %s'?", name,
                 nearest->name);
    } else {
        complain("no command is called '%s'; to search for it: lede search %s",
                 name, name);
    }
    return EXIT_ERROR;
}

int
main(int argc, char **argv)
{
    static struct settings settings;
    const char **arguments = (const char **)argv;
    const struct command *command;
    int status;

    if (argc < 2) {
        complain("a command is needed: `lede index FOLDER' first, then `lede "
                 "search WORDS'; `lede help' lists all");
        return EXIT_ERROR;
    }
    if (strcmp(argv[1], "--version") == 0) {
        return print_version();
    }
    if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0) {
        return help_print(NULL, true, &settings);
    }
    command = command_find(argv[1]);
    if (!command) {
        return unknown(argv[1]);
    }
    status = options_read(&settings, command, arguments + 2, (size_t)argc - 2);
    if (status != EXIT_DONE) {
        return status;
    }
    if (settings.help_short || settings.help_long) {
        return help_print(command, settings.help_long, &settings);
    }
    return command->run(&settings);
}
