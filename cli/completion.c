/* completion.c - `lede completion SHELL' (hidden): the shells' completions,
   and `lede completion man COMMAND': the OPTIONS of its manual page.

   Both come out of the tables in commands-*.c.  make installs the completions;
   a test compares the manual pages, which are written by hand, with the
   other. */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"

#define EACH_OPTION(option, command) \
    const struct option *option = (command)->options; option->name; option++

/* Characters of `special` get a backslash; ' is written for a shell's ''. */
static void
print_quoted(const char *text, const char *special)
{
    for (; *text; text++) {
        if (*text == '\'') {
            fputs("'\\''", stdout);
            continue;
        }
        if (strchr(special, *text)) {
            putchar('\\');
        }
        putchar(*text);
    }
}

/* ---- bash ---- */

/* "search:--limit|search:-n" */
static void
bash_pattern(const struct command *command, const struct option *option)
{
    printf("    %s:--%s", command->name, option->name);
    if (option->letter) {
        printf("|%s:-%c", command->name, option->letter);
    }
    fputs(") ", stdout);
}

/* What an option's argument is completed as: a text may have values that one
   thinks of first. */
static enum option_kind
completed_as(const struct option *option)
{
    bool text = option->kind == OPTION_TEXT || option->kind == OPTION_TEXTS;

    return text && option->values ? OPTION_NAME : option->kind;
}

static void
bash_values(const struct command *command)
{
    for (EACH_OPTION(option, command)) {
        if (!option->argument) {
            continue;
        }
        bash_pattern(command, option);
        switch (completed_as(option)) {
        case OPTION_CHOICE:
        case OPTION_NAME:
            printf("_lede_words '%s'; return ;;\n", option->values);
            break;
        case OPTION_FILE:
            puts("_lede_files -f; return ;;");
            break;
        case OPTION_FOLDERS:
            puts("_lede_files -d; return ;;");
            break;
        default:
            puts("return ;;");
        }
    }
}

static void
print_names(void)
{
    const char *space = "";

    for (EACH_COMMAND(command)) {
        if (command->group) {
            printf("%s%s", space, command->name);
            space = " ";
        }
    }
}

static void
complete_bash(void)
{
    puts("# Completion of lede for bash; written by `lede completion bash'.\n"
         "\n"
         "_lede_words()\n"
         "{\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$current\")\n"
         "}\n"
         "\n"
         "_lede_files()\n"
         "{\n"
         "    compopt -o filenames 2>/dev/null\n"
         "    mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$current\")\n"
         "}\n"
         "\n"
         "_lede()\n"
         "{\n"
         "    local current=${COMP_WORDS[COMP_CWORD]}\n"
         "    local previous=${COMP_WORDS[COMP_CWORD-1]}\n"
         "    local command=${COMP_WORDS[1]}\n"
         "\n"
         "    COMPREPLY=()\n"
         "    if [[ $current == = ]]; then\n"
         "        current=\n"
         "    elif [[ $previous == = ]]; then\n"
         "        previous=${COMP_WORDS[COMP_CWORD-2]}\n"
         "    fi\n"
         "    if ((COMP_CWORD == 1)); then");
    fputs("        _lede_words '", stdout);
    print_names();
    puts(" --help --version'\n"
         "        return\n"
         "    fi\n"
         "    case $command:$previous in");
    for (EACH_COMMAND(command)) {
        if (command->group) {
            bash_values(command);
        }
    }
    puts("    esac\n"
         "    case $command:$current in");
    for (EACH_COMMAND(command)) {
        if (!command->group) {
            continue;
        }
        printf("    %s:-*) _lede_words '", command->name);
        for (EACH_OPTION(option, command)) {
            printf("--%s ", option->name);
        }
        puts("' ;;");
        if (command->kind == OPERAND_COMMAND) {
            printf("    %s:*) _lede_words '", command->name);
            print_names();
            puts("' ;;");
        } else if (command->kind != OPERAND_NONE &&
                   command->kind != OPERAND_WORDS) {
            printf("    %s:*) _lede_files -f ;;\n", command->name);
        }
    }
    puts("    esac\n"
         "}\n"
         "\n"
         "complete -F _lede lede");
}

/* ---- zsh ---- */

static void
zsh_option(const struct option *option)
{
    const char *equals = option->argument ? "=" : "";
    const char *joined = option->argument ? "+" : "";

    if (option->letter) {
        printf("            '(-%c --%s)'{-%c%s,--%s%s}'", option->letter,
               option->name, option->letter, joined, option->name, equals);
    } else {
        printf("            '%s--%s%s",
               option->kind == OPTION_FOLDERS ||
               option->kind == OPTION_TEXTS ? "*" : "", option->name,
               equals);
    }
    putchar('[');
    print_quoted(option->brief, "[]\\");
    putchar(']');
    if (option->argument) {
        printf(":%s:", option->argument);
        switch (completed_as(option)) {
        case OPTION_CHOICE:
        case OPTION_NAME:
            printf("(%s)", option->values);
            break;
        case OPTION_FILE:
            fputs("_files", stdout);
            break;
        case OPTION_FOLDERS:
            fputs("_files -/", stdout);
            break;
        default:
            break;
        }
    }
    puts("' \\");
}

static void
complete_zsh(void)
{
    puts("#compdef lede\n"
         "# Completion of lede for zsh; written by `lede completion zsh'.\n"
         "\n"
         "_lede() {\n"
         "    local -a names\n"
         "    names=(");
    for (EACH_COMMAND(command)) {
        if (command->group) {
            printf("        '%s:", command->name);
            print_quoted(command->brief, ":\\");
            puts("'");
        }
    }
    puts("    )\n"
         "    if ((CURRENT == 2)); then\n"
         "        _describe command names\n"
         "        return\n"
         "    fi\n"
         "    shift words\n"
         "    ((CURRENT--))\n"
         "    case $words[1] in");
    for (EACH_COMMAND(command)) {
        if (!command->group) {
            continue;
        }
        printf("    %s)\n        _arguments -s : \\\n", command->name);
        for (EACH_OPTION(option, command)) {
            zsh_option(option);
        }
        switch (command->kind) {
        case OPERAND_NONE:
            puts("            && return");
            break;
        case OPERAND_WORDS:
            puts("            '*:text:'");
            break;
        case OPERAND_COMMAND:
            fputs("            '1:command:(", stdout);
            print_names();
            puts(")'");
            break;
        default:
            puts("            '*:file:_files'");
        }
        puts("        ;;");
    }
    puts("    esac\n"
         "}\n"
         "\n"
         "_lede \"$@\"");
}

/* ---- fish ---- */

static void
fish_option(const struct command *command, const struct option *option)
{
    printf("complete -c lede -n '__lede_is %s' -l %s", command->name,
           option->name);
    if (option->letter) {
        printf(" -s %c", option->letter);
    }
    switch (option->argument ? completed_as(option) : OPTION_FLAG) {
    case OPTION_FLAG:
        break;
    case OPTION_CHOICE:
    case OPTION_NAME:
        printf(" -x -a '%s'", option->values);
        break;
    case OPTION_FILE:
        fputs(" -r -F", stdout);
        break;
    case OPTION_FOLDERS:
        fputs(" -x -a '(__fish_complete_directories)'", stdout);
        break;
    default:
        fputs(" -x", stdout);
    }
    fputs(" -d '", stdout);
    print_quoted(option->brief, "\\");
    puts("'");
}

static void
complete_fish(void)
{
    puts("# Completion of lede for fish; written by `lede completion fish'.\n"
         "\n"
         "function __lede_first\n"
         "    test (count (commandline -opc)) -eq 1\n"
         "end\n"
         "\n"
         "function __lede_is\n"
         "    set -l words (commandline -opc)\n"
         "    test (count $words) -ge 2; and contains -- $words[2] $argv\n"
         "end\n"
         "\n"
         "complete -c lede -f\n"
         "complete -c lede -n __lede_first -l help -s h -d 'this help'\n"
         "complete -c lede -n __lede_first -l version -d 'the version'");
    for (EACH_COMMAND(command)) {
        if (!command->group) {
            continue;
        }
        printf("complete -c lede -n __lede_first -a %s -d '", command->name);
        print_quoted(command->brief, "\\");
        puts("'");
        for (EACH_OPTION(option, command)) {
            fish_option(command, option);
        }
        if (command->kind == OPERAND_COMMAND) {
            printf("complete -c lede -n '__lede_is %s' -a '", command->name);
            print_names();
            puts("'");
        } else if (command->kind != OPERAND_NONE &&
                   command->kind != OPERAND_WORDS) {
            printf("complete -c lede -n '__lede_is %s' -F\n", command->name);
        }
    }
}

/* ---- manual ---- */

/* A line a sentence. */
static void
man_text(const char *text)
{
    for (; *text; text++) {
        if (text[0] == '.' && text[1] == ' ') {
            puts(".");
            text++;
        } else if (*text == '\\') {
            fputs("\\e", stdout);
        } else if (*text == '-') {
            fputs("\\-", stdout);
        } else {
            putchar(*text);
        }
    }
}

static void
man_options(const struct command *command)
{
    const char *group = "";

    for (EACH_OPTION(option, command)) {
        if (strcmp(group, option->group) != 0) {
            group = option->group;
            printf(".SS %s\n", group);
        }
        puts(".TP");
        if (option->letter) {
            printf("\\fB\\-%c\\fR, ", option->letter);
        }
        fputs("\\fB\\-\\-", stdout);
        man_text(option->name);
        fputs("\\fR", stdout);
        if (option->argument) {
            printf(" \\fI%s\\fR", option->argument);
        }
        putchar('\n');
        if (islower((unsigned char)option->brief[0])) {
            putchar(toupper((unsigned char)option->brief[0]));
            man_text(option->brief + 1);
        } else {
            man_text(option->brief);
        }
        puts(".");
        if (option->detail) {
            man_text(option->detail);
            putchar('\n');
        }
    }
}

int
command_completion(const struct settings *settings)
{
    const char *shell = settings->operands[0];
    const struct command *command = NULL;

    if (settings->n_operands == 2) {
        command = command_find(settings->operands[1]);
    }
    if (strcmp(shell, "bash") == 0) {
        complete_bash();
    } else if (strcmp(shell, "zsh") == 0) {
        complete_zsh();
    } else if (strcmp(shell, "fish") == 0) {
        complete_fish();
    } else if (strcmp(shell, "man") == 0 && command) {
        man_options(command);
    } else {
        complain("completions are written for bash, zsh and fish");
        return EXIT_ERROR;
    }
    return stdout_finish(EXIT_DONE);
}
