/* options.h - the commands of lede, their options, and how arguments are read.

   Each command has ONE table, in commands-*.c: an option's name, letter, kind,
   argument, values, group, one line and long text.  Out of it come the reading
   of arguments (options.c), -h and --help (help.c), the shells' completions
   and the OPTIONS part of the man pages (completion.c).

   Reading arguments only fills a `struct settings`; it opens and prints
   nothing but the message about a mistake. */

#ifndef LEDE_CLI_OPTIONS_H
#define LEDE_CLI_OPTIONS_H

#include <lede.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The exit status of the command. */
enum exit_status {
    EXIT_DONE = 0,              // found, or done
    EXIT_NOTHING = 1,           // nothing found, an unknown id
    EXIT_ERROR = 2,
    EXIT_PARTLY = 3,            // committed, but some articles failed
};

enum option_kind {
    OPTION_FLAG,                // bool
    OPTION_COUNT,               // uint64_t, a whole number
    OPTION_NUMBER,              // double
    OPTION_SIZE,                // uint64_t, bytes: 512M
    OPTION_CHOICE,              // unsigned: the number of the value
    OPTION_NAME,                // const char *: one of the values
    OPTION_TEXT,                // const char *
    OPTION_FILE,                // const char *, completed as a file
    OPTION_FOLDERS,             // const char *[], each time one more
    OPTION_TEXTS,               // struct texts, each time one more
};

struct option {
    const char *name;           // "limit", without the dashes
    char letter;                // 'n', or 0
    enum option_kind kind;
    const char *argument;       // "N"; NULL: takes none
    const char *values;         // of a choice or name: "auto always never"
    const char *group;          // its heading in --help
    const char *brief;          // one line
    const char *detail;         // sentences; NULL: brief says it all
    size_t place;               // of its value in struct settings
    double min;                 // of numbers and sizes
    double max;
};

/* What follows the options. */
enum operand_kind {
    OPERAND_NONE,
    OPERAND_WORDS,              // text: "-word" is text after the first word
    OPERAND_PATHS,
    OPERAND_FILE,
    OPERAND_IDS,
    OPERAND_COMMAND,
};

struct settings;

struct command {
    const char *name;
    const char *group;          // its heading in `lede help'; NULL: hidden
    const char *operands;       // "[PATH]...", as the usage line shows it
    enum operand_kind kind;
    size_t operands_min;
    size_t operands_max;
    const char *brief;          // one line
    const char *detail;         // paragraphs, an empty line between them
    const char *examples;       // lines "command\tmeaning"
    const char *exits;          // lines "status\tmeaning"
    const struct option *options;       // ended by one without a name
    int (*run)(const struct settings *settings);
};

/* All commands, ended by NULL. */
extern const struct command *const commands[];

#define EACH_COMMAND(command)                                               \
    const struct command *const *at = commands, *command;                   \
    (command = *at) != NULL;                                                \
    at++

enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What an option was given, each time. */
#define TEXTS_MAX 64

struct texts {
    const char *items[TEXTS_MAX];
    size_t n;
};

/* What the arguments say, every command's in one. */
struct settings {
    const struct command *command;
    const char *const *operands;
    size_t n_operands;
    bool help_short;
    bool help_long;

    const char *indexes[LEDE_INDEXES_MAX];      // --index
    size_t n_indexes;
    bool json;
    unsigned color;             // enum color_choice
    bool no_pager;

    uint64_t limit;             // search
    uint64_t offset;
    const char *sort;
    const char *after;
    struct texts facets;
    uint64_t facet_limit;
    const char *histogram;
    unsigned model;             // lede_model
    unsigned feedback;          // lede_feedback
    double k1;
    double b;
    double length_power;
    double near;
    double title_share;
    double exact;
    double particles;
    const char *recency;
    const char *prior;
    const char *lang;
    const char *format;
    const char *fields;
    bool paths;
    bool null;
    uint64_t passages;
    bool no_snippets;
    bool no_suggest;
    bool approximate;
    bool strict;
    bool explain;
    bool explain_query;
    const char *query_json;
    const char *in;             // similar, background
    const char *now;

    bool meta;                  // show

    bool prune;                 // index, add, remove
    const char *files_from;
    bool rebuild;
    bool dry_run;
    uint64_t memory;
    uint64_t jobs;
    double wait;                // seconds
    const char *config;
    uint64_t max_article;
    bool drafts;
    bool quiet;
    bool verbose;
    const char *engine;
    bool reorder;               // optimize

    bool interactive;           // search
    bool collapse;
    double similarity;
    double diversify;

    bool alerts;                // index, add: run them
    uint64_t alert_limit;       // alert
    bool all;
    bool peek;

    const char *with_run;       // search
    const char *topic;
    bool trec;

    const char *topics;         // eval
    const char *topic_field;
    bool syntax;
    const char *qrels;
    const char *run;
    const char *run_name;       // fuse too
    const char *measures;
    bool per_query;
    bool compare;
    struct texts fail_under;

    double k;                   // fuse
    const char *weights;
    uint64_t depth;
};

/* The command with this name, or NULL. */
const struct command *
command_find(const char *name);

/* The command whose name is nearest, or NULL where none is near. */
const struct command *
command_nearest(const char *name);

/* What --sort and --engine hold, as the option's value is spelled. */
const char *
option_value(const struct option *option, unsigned number, size_t *length);

/* Read a command's arguments, without its name.  Operands are moved to the
   front of `arguments`, and settings point there.  Returns EXIT_DONE or, after
   a message, EXIT_ERROR. */
int
options_read(struct settings *settings, const struct command *command,
             const char **arguments, size_t n);

#endif
