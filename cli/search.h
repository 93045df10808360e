/* search.h - the answer of a search, and the forms it is written in. */

#ifndef LEDE_CLI_SEARCH_H
#define LEDE_CLI_SEARCH_H

#include "cli/json.h"
#include "cli/place.h"

/* The values of --format, in their order. */
enum search_form {
    FORM_TEXT,
    FORM_JSON,
    FORM_JSONL,
    FORM_CSV,
    FORM_TSV,
    FORM_TREC,
    FORM_PATHS,
};

#define FIELDS_MAX 64

/* What --fields wants of a hit. */
struct fields {
    char *list;                 // that the names are in
    const char *names[FIELDS_MAX];
    size_t n;
    bool all;                   // whatever --json has
    bool passages;              // some are made with the passages
    bool articles;              // some need the stored article
};

struct search {
    const struct settings *settings;
    enum search_form form;
    struct fields fields;       // of jsonl, csv, tsv
    struct places places;
    char *query;                // the operands, joined; never NULL
    lede_results *results;
    int64_t took_us;
};

/* Take the form that --format or a shorthand of it asks for.  EXIT_DONE or,
   after a message, EXIT_ERROR; search->fields are for fields_free. */
int
search_choose_form(struct search *search);

/* How many passages of each hit that form shows. */
int
search_passages(const struct search *search);

/* Write the answer in that form, and return what the command does. */
int
search_report(const struct search *search);

/* Fields for fields_free in any case.  EXIT_DONE or, after a message,
   EXIT_ERROR. */
int
fields_read(struct fields *fields, const struct settings *settings,
            enum search_form form);
void
fields_free(struct fields *fields);

/* Each of these writes the hits to stdout, with what goes around them, and
   returns `status`, or EXIT_ERROR after a message. */

/* One object. */
int
search_json(const struct search *search, int status);

/* A line of JSON, comma- or tab-separated values for each. */
int
search_lines(const struct search *search, int status);

/* The files that the articles are in, each once, where its best article
   stands. */
int
search_paths(const struct search *search, int status);

/* What a person reads. */
int
search_text(const struct search *search, int status);

/* A hit as an object. */
json *
search_json_hit(const struct search *search, const lede_hit *hit);

/* A list of objects. */
json *
search_json_warnings(const lede_results *results);

/* Say on stderr what may have been meant, if anything. */
void
search_suggest(const struct search *search);

/* Say what to do about an empty answer. */
void
search_nothing(const struct search *search);

#endif
