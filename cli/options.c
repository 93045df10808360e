/* options.c - reading the arguments of a command into its settings.

   As in POSIX and GNU: -n 5, -n5, --limit 5, --limit=5, short flags joined,
   options anywhere among the operands, and `--' ends them.  Where the operands
   are text (search, analyze) only --long options are options after the first
   word, since -word is part of the query language.

   Long names are not completed from their beginning: a new option would change
   what a script means.  The nearest name is proposed instead. */

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "cli/output.h"

/* Names are proposed up to this many mistakes away. */
#define NEAR 2
#define NAME_MAX_LENGTH 32

/* What is being read. */
struct reading {
    struct settings *settings;
    const struct command *command;
    const char **arguments;
    size_t n;
    size_t next;
};

/* Edits (insert, delete, replace, swap of neighbours) from a to b: the optimal
   string alignment distance. */
static size_t
distance(const char *a, const char *b)
{
    size_t rows[3][NAME_MAX_LENGTH + 1];
    size_t la = strlen(a);
    size_t lb = strlen(b);

    if (la > NAME_MAX_LENGTH || lb > NAME_MAX_LENGTH) {
        return NAME_MAX_LENGTH;
    }
    for (size_t j = 0; j <= lb; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= la; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *above2 = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);

            if (above[j] + 1 < best) {
                best = above[j] + 1;
            }
            if (row[j - 1] + 1 < best) {
                best = row[j - 1] + 1;
            }
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1] && above2[j - 2] + 1 < best) {
                best = above2[j - 2] + 1;
            }
            row[j] = best;
        }
    }
    return rows[la % 3][lb];
}

/* How far a name is from what was typed; a beginning is near. */
static size_t
farness(const char *typed, const char *name)
{
    size_t far = distance(typed, name);

    if (strlen(typed) >= 2 && strncmp(typed, name, strlen(typed)) == 0) {
        return 0;
    }
    // Of a short word, everything is near.
    return far < strlen(typed) ? far : NAME_MAX_LENGTH;
}

const struct command *
command_find(const char *name)
{
    for (EACH_COMMAND(command)) {
        if (strcmp(command->name, name) == 0) {
            return command;
        }
    }
    return NULL;
}

const struct command *
command_nearest(const char *name)
{
    const struct command *nearest = NULL;
    size_t least = NEAR + 1;

    for (EACH_COMMAND(command)) {
        size_t far = command->group ? farness(name, command->name) : least;

        if (far < least) {
            nearest = command;
            least = far;
        }
    }
    return nearest;
}

static const char *
option_nearest(const struct command *command, const char *name)
{
    const char *nearest = NULL;
    size_t least = NEAR + 1;

    for (const struct option *option = command->options; option->name;
         option++) {
        size_t far = farness(name, option->name);

        if (far < least) {
            nearest = option->name;
            least = far;
        }
    }
    return nearest;
}

const char *
option_value(const struct option *option, unsigned number, size_t *length)
{
    const char *value = option->values;

    while (number > 0 && value) {
        value = strchr(value, ' ');
        value = value ? value + 1 : NULL;
        number--;
    }
    *length = value ? strcspn(value, " ") : 0;
    return value;
}

/* The number of a value; false where the option has no such value. */
static bool
find_value(unsigned *number, const struct option *option, const char *value)
{
    const char *known;
    size_t length;

    for (unsigned i = 0; (known = option_value(option, i, &length)); i++) {
        if (strlen(value) == length && memcmp(known, value, length) == 0) {
            *number = i;
            return true;
        }
    }
    return false;
}

/* A number in C's notation, in range, and nothing after it but a unit. */
static bool
set_number(void *place, const struct option *option, const char *value)
{
    double number;
    char *end;

    // strtod also takes signs, spaces, hexadecimal, "inf" and "nan".
    if (value[strspn(value, "0123456789.")] != '\0' &&
        option->kind != OPTION_SIZE) {
        return false;
    }
    if (!strchr("0123456789.", value[0]) || value[0] == '\0' ||
        value[1] == 'x' || value[1] == 'X') {
        return false;
    }
    errno = 0;
    number = strtod(value, &end);
    if (errno || end == value) {
        return false;
    }
    if (option->kind == OPTION_SIZE) {
        static const char units[] = "KMGT";
        const char *unit = *end ? strchr(units, *end & ~0x20) : NULL;

        if (unit) {
            number = ldexp(number, 10 * (int)(unit - units + 1));
            end++;
        }
        if (unit && end[0] == 'i' && end[1] == 'B') {
            end++;
        }
        if (*end == 'B') {
            end++;
        }
    }
    if (*end || number < option->min || number > option->max) {
        return false;
    }
    if (option->kind == OPTION_NUMBER) {
        *(double *)place = number;
        return true;
    }
    *(uint64_t *)place = (uint64_t)number;
    return option->kind == OPTION_SIZE || floor(number) == number;
}

/* "1 to 64", "at least 32M": what a number may be. */
static void
describe_range(char *out, size_t size, const struct option *option)
{
    char least[32];
    char most[32];

    if (option->kind == OPTION_SIZE) {
        format_size(least, sizeof(least), (uint64_t)option->min);
        format_size(most, sizeof(most), (uint64_t)option->max);
    } else {
        snprintf(least, sizeof(least), "%.15g", option->min);
        snprintf(most, sizeof(most), "%.15g", option->max);
    }
    snprintf(out, size, "%s from %s to %s",
             option->kind == OPTION_COUNT ? "a whole number"
             : option->kind == OPTION_SIZE ? "a size such as 512M or 2G"
                                           : "a number", least, most);
}

static int
add_text(struct texts *texts, const struct option *option, const char *value)
{
    if (texts->n == TEXTS_MAX) {
        complain("--%s: at most %d times", option->name, TEXTS_MAX);
        return EXIT_ERROR;
    }
    texts->items[texts->n++] = value;
    return EXIT_DONE;
}

static int
set_option(struct reading *reading, const struct option *option,
           const char *value)
{
    struct settings *settings = reading->settings;
    void *place = (char *)settings + option->place;
    unsigned number;
    char range[128];

    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)place = true;
        return EXIT_DONE;
    case OPTION_TEXT:
    case OPTION_FILE:
        *(const char **)place = value;
        return EXIT_DONE;
    case OPTION_TEXTS:
        return add_text(place, option, value);
    case OPTION_FOLDERS:
        if (*value == '\0') {
            complain("--%s needs the path of a folder", option->name);
            return EXIT_ERROR;
        }
        if (settings->n_indexes == LEDE_INDEXES_MAX) {
            complain("--%s: at most %d indexes can be searched together",
                     option->name, LEDE_INDEXES_MAX);
            return EXIT_ERROR;
        }
        settings->indexes[settings->n_indexes++] = value;
        return EXIT_DONE;
    case OPTION_CHOICE:
    case OPTION_NAME:
        if (find_value(&number, option, value)) {
            if (option->kind == OPTION_CHOICE) {
                *(unsigned *)place = number;
            } else {
                *(const char **)place = value;
            }
            return EXIT_DONE;
        }
        complain("--%s: '%s' is not one of: %s", option->name, value,
                 option->values);
        return EXIT_ERROR;
    case OPTION_COUNT:
    case OPTION_NUMBER:
    case OPTION_SIZE:
        break;
    }
    if (set_number(place, option, value)) {
        return EXIT_DONE;
    }
    describe_range(range, sizeof(range), option);
    complain("--%s: '%s' is not %s", option->name, value, range);
    return EXIT_ERROR;
}

/* The value of an option that takes one: after "=", joined to its letter, or
   the next argument. */
static int
set_with_value(struct reading *reading, const struct option *option,
               const char *joined)
{
    if (!joined && reading->next == reading->n) {
        complain("--%s needs a value: --%s %s", option->name, option->name,
                 option->argument);
        return EXIT_ERROR;
    }
    return set_option(reading, option,
                      joined ? joined : reading->arguments[reading->next++]);
}

/* `name` is "" where only a letter was given. */
static void
unknown_option(const struct reading *reading, const char *argument,
             const char *name)
{
    const char *nearest = option_nearest(reading->command, name);
    char hint[NAME_MAX_LENGTH + 32] = "";

    if (nearest) {
        snprintf(hint, sizeof(hint), "; did you mean --%s?", nearest);
    }
    complain("'%s' is not an option of lede %s%s %s", argument,
             reading->command->name, hint,
             reading->command->kind == OPERAND_WORDS
                 ? "(put -- before it to have it taken as text)"
                 : "(-h lists the options)");
}

static int
read_long(struct reading *reading, const char *argument)
{
    const char *equals = strchr(argument, '=');
    size_t length = equals ? (size_t)(equals - argument - 2)
                           : strlen(argument + 2);
    char name[NAME_MAX_LENGTH + 1] = "";

    if (length < sizeof(name)) {
        memcpy(name, argument + 2, length);
        name[length] = '\0';
    }
    for (const struct option *option = reading->command->options; option->name;
         option++) {
        if (strcmp(option->name, name) != 0) {
            continue;
        }
        if (option->argument) {
            return set_with_value(reading, option, equals ? equals + 1 : NULL);
        }
        if (equals) {
            complain("--%s takes no value", option->name);
            return EXIT_ERROR;
        }
        return set_option(reading, option, NULL);
    }
    unknown_option(reading, argument, name);
    return EXIT_ERROR;
}

/* -0j4: flags, and at most one option with a value, at the end. */
static int
read_short(struct reading *reading, const char *argument)
{
    for (const char *letter = argument + 1; *letter; letter++) {
        const struct option *option = reading->command->options;

        while (option->name && option->letter != *letter) {
            option++;
        }
        if (!option->name) {
            unknown_option(reading, argument, "");
            return EXIT_ERROR;
        }
        if (option->argument) {
            return set_with_value(reading, option,
                                  letter[1] ? letter + 1 : NULL);
        }
        if (*letter == 'h') {
            reading->settings->help_short = true;
        } else {
            set_option(reading, option, NULL);
        }
    }
    return EXIT_DONE;
}

static int
check_operands(const struct settings *settings)
{
    const struct command *command = settings->command;

    if (settings->n_operands < command->operands_min) {
        complain("lede %s needs %s; `lede %s -h' explains", command->name,
                 command->operands, command->name);
        return EXIT_ERROR;
    }
    if (settings->n_operands > command->operands_max) {
        complain("'%s' is one argument too many; `lede %s -h' explains",
                 settings->operands[command->operands_max], command->name);
        return EXIT_ERROR;
    }
    return EXIT_DONE;
}

int
options_read(struct settings *settings, const struct command *command,
             const char **arguments, size_t n)
{
    struct reading reading = { settings, command, arguments, n, 0 };
    bool options = true;

    *settings = (struct settings){
        .command = command,
        .operands = arguments,
        .limit = 10,
        .passages = 1,
        .facet_limit = 10,
        .alert_limit = 100,
        .similarity = 0.5,
        .k1 = LEDE_K1_DEFAULT,
        .b = LEDE_B_DEFAULT,
        .length_power = LEDE_LENGTH_POWER_DEFAULT,
        .near = LEDE_NEAR_DEFAULT,
        .title_share = LEDE_TITLE_SHARE_DEFAULT,
        .exact = LEDE_EXACT_DEFAULT,
        .particles = LEDE_PARTICLES_DEFAULT,
        .memory = LEDE_MEMORY_DEFAULT,
        .max_article = LEDE_MAX_ARTICLE_DEFAULT,
        .k = 60,
        .depth = 1000,
    };
    while (reading.next < n) {
        const char *argument = arguments[reading.next++];
        bool dash = options && argument[0] == '-' && argument[1] != '\0';
        int status = EXIT_DONE;

        if (dash && strcmp(argument, "--") == 0) {
            options = false;
        } else if (dash && argument[1] == '-') {
            status = read_long(&reading, argument);
        } else if (dash && (command->kind != OPERAND_WORDS ||
                            settings->n_operands == 0)) {
            status = read_short(&reading, argument);
        } else {
            arguments[settings->n_operands++] = argument;
        }
        if (status != EXIT_DONE) {
            return status;
        }
    }
    if (settings->help_short || settings->help_long) {
        return EXIT_DONE;
    }
    return check_operands(settings);
}
