/* help.c - what -h, --help and `lede help' print, out of the tables.

   -h is a line per option, at most 79 columns wide; --help is everything.  Both
   go to stdout. */

#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"

#define WIDTH_HELP 79
#define COLUMN_BRIEF 24         // where an option's one line begins
#define COLUMN_COMMAND 14
#define OPTIONS_ALONE 20        // more of them are told apart by headings

/* Paragraphs of ASCII, filled; the first line begins in column `column`. */
static void
print_filled(struct output *out, const char *text, int indent, int column)
{
    const char *word = text;

    while (*word) {
        int length = (int)strcspn(word, " \n");

        if (column > indent && column + 1 + length > WIDTH_HELP) {
            putc('\n', out->stream);
            column = 0;
        }
        if (column < indent) {
            column += fprintf(out->stream, "%*s", indent - column, "");
        } else if (column > indent) {
            column += fprintf(out->stream, " ");
        }
        column += fprintf(out->stream, "%.*s", length, word);
        word += length;
        if (*word == '\n') {
            while (*word == '\n') {
                putc('\n', out->stream);
                word++;
            }
            column = 0;
        }
        word += strspn(word, " ");
    }
    putc('\n', out->stream);
}

static void
print_heading(struct output *out, const char *heading)
{
    fprintf(out->stream, "\n%s%s%s\n", style(out, STYLE_TITLE), heading,
            style(out, STYLE_PLAIN));
}

static void
print_option(struct output *out, const struct option *option, bool full)
{
    int column;

    if (option->letter) {
        column = fprintf(out->stream, "  -%c, --%s", option->letter,
                         option->name);
    } else {
        column = fprintf(out->stream, "      --%s", option->name);
    }
    if (option->argument) {
        column += fprintf(out->stream, " %s", option->argument);
    }
    if (column + 2 > COLUMN_BRIEF) {
        putc('\n', out->stream);
        column = 0;
    }
    fprintf(out->stream, "%*s%s\n", COLUMN_BRIEF - column, "", option->brief);
    if (full && option->detail) {
        print_filled(out, option->detail, COLUMN_BRIEF, 0);
    }
}

/* Lines "term\tmeaning" as a list. */
static void
print_list(struct output *out, const char *lines, bool below)
{
    while (*lines) {
        int term = (int)strcspn(lines, "\t");
        int meaning = (int)strcspn(lines + term, "\n");

        if (below) {
            fprintf(out->stream, "  %.*s\n      %s%.*s%s\n", term, lines,
                    style(out, STYLE_FAINT), meaning - 1, lines + term + 1,
                    style(out, STYLE_PLAIN));
        } else {
            fprintf(out->stream, "  %-10.*s%.*s\n", term, lines, meaning - 1,
                    lines + term + 1);
        }
        lines += term + meaning + 1;
    }
}

static void
print_command(struct output *out, const struct command *command, bool full)
{
    const char *group = "";
    size_t n = 0;
    bool headings;

    while (command->options[n].name) {
        n++;
    }
    headings = full || n > OPTIONS_ALONE;
    if (full) {
        fprintf(out->stream, "%slede %s%s - %s\n\n", style(out, STYLE_TITLE),
                command->name, style(out, STYLE_PLAIN), command->brief);
    }
    fprintf(out->stream, "Usage: lede %s [OPTION]... %s\n", command->name,
            command->operands);
    if (full && command->detail) {
        putc('\n', out->stream);
        print_filled(out, command->detail, 0, 0);
    } else if (!headings) {
        putc('\n', out->stream);
    }
    for (const struct option *option = command->options; option->name;
         option++) {
        if (headings && strcmp(group, option->group) != 0) {
            group = option->group;
            print_heading(out, group);
        }
        print_option(out, option, full);
    }
    if (full && command->examples) {
        print_heading(out, "Examples");
        print_list(out, command->examples, true);
    }
    if (full && command->exits) {
        print_heading(out, "Exit status");
        print_list(out, command->exits, false);
    }
}

static void
print_commands(struct output *out)
{
    const char *group = "";

    fprintf(out->stream,
            "%slede%s - full-text search for collections of articles\n\n"
            "Usage: lede COMMAND [OPTION]... [ARGUMENT]...\n",
            style(out, STYLE_TITLE), style(out, STYLE_PLAIN));
    for (EACH_COMMAND(command)) {
        if (!command->group) {
            continue;
        }
        if (strcmp(group, command->group) != 0) {
            group = command->group;
            print_heading(out, group);
        }
        fprintf(out->stream, "  %-*s%s\n", COLUMN_COMMAND - 2, command->name,
                command->brief);
    }
    print_heading(out, "Begin with");
    fputs("  lede index FOLDER       index the articles in a folder\n"
          "  lede search WORDS       find them\n"
          "  lede help COMMAND       explain a command\n"
          "  lede --version          say which version this is\n",
          out->stream);
}

int
help_print(const struct command *command, bool full,
           const struct settings *settings)
{
    struct output out;
    int status = output_open(&out, settings);

    if (status != EXIT_DONE) {
        return status;
    }
    if (command) {
        print_command(&out, command, full);
    } else {
        print_commands(&out);
    }
    return output_close(&out, EXIT_DONE);
}

int
command_help(const struct settings *settings)
{
    const struct command *command = NULL;

    if (settings->n_operands > 0) {
        command = command_find(settings->operands[0]);
        if (!command) {
            complain("no command is called '%s'; `lede help' lists them",
                     settings->operands[0]);
            return EXIT_ERROR;
        }
    }
    return help_print(command, true, settings);
}
