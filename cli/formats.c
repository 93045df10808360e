/* formats.c - the hits of a search as lines for programs: paths; a table of
   comma- or tab-separated values; an object of JSON each.

   A field of a hit is a member of the object that --json has for it, or one
   that is only in the stored article, which is read for it.  In a table,

      a string    is itself,
      a list      is its strings, with "; " between them,
      null        is empty,
      all else    is JSON.

   Comma-separated values are those of RFC 4180: CR LF, and quotes around what
   has a comma, a quote or a line end in it.  In tab-separated ones, a tab, a
   line end and a backslash in a value are \t, \n, \r and \\. */

#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "cli/search.h"

#define META "meta."

/* Where a field is from. */
enum { FROM_HIT, FROM_PASSAGES, FROM_ARTICLE };

static const struct {
    const char *name;
    int from;
} known[] = {
    { "rank", FROM_HIT },
    { "score", FROM_HIT },
    { "id", FROM_HIT },
    { "key", FROM_HIT },
    { "path", FROM_HIT },
    { "title", FROM_HIT },
    { "date", FROM_HIT },
    { "lang", FROM_HIT },
    { "authors", FROM_HIT },
    { "tags", FROM_HIT },
    { "source", FROM_HIT },
    { "url", FROM_HIT },
    { "index", FROM_HIT },
    { "copies", FROM_HIT },
    { "copies_found", FROM_HIT },
    { "explain", FROM_HIT },
    { "snippet", FROM_PASSAGES },
    { "highlights", FROM_PASSAGES },
    { "title_highlights", FROM_PASSAGES },
    { "passages", FROM_PASSAGES },
    { "line", FROM_PASSAGES },
    { "headings", FROM_PASSAGES },
    { "categories", FROM_ARTICLE },
    { "summary", FROM_ARTICLE },
    { "body", FROM_ARTICLE },
};

#define FIELDS_OF_TABLES                                                    \
    "rank,score,id,title,date,source,authors,tags,lang,url,path,snippet"

/* ---- paths ---- */

int
search_paths(const struct search *search, int status)
{
    size_t n = lede_results_count(search->results);
    json *seen = json_new();     // paths, as the names of members
    size_t without = 0;

    for (size_t i = 0; i < n; i++) {
        const lede_hit *hit = lede_results_hit(search->results, i);
        char *path;

        if (!hit->path) {
            without++;
            continue;
        }
        path = place_seen(search->places.folders[hit->index],
                          search->places.here, hit->path);
        if (!path) {
            json_object_put(seen);
            return complain_memory();
        }
        if (!json_object_object_get_ex(seen, path, NULL)) {
            json_put(seen, path, NULL);
            // A name like -x would be an option to who reads the list.
            printf("%s%s", *path == '-' ? "./" : "", path);
            putchar(search->settings->null ? '\0' : '\n');
        }
        free(path);
    }
    json_object_put(seen);
    if (without > 0) {
        note("%zu article%s not listed: no file, added by lede add", without,
             plural(without));
    }
    return stdout_finish(status);
}

/* ---- fields ---- */

/* Where a field is from; -1 where there is none of that name. */
static int
find_field(const char *name)
{
    if (strncmp(name, META, strlen(META)) == 0 && name[strlen(META)]) {
        return FROM_ARTICLE;
    }
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(known[i].name, name) == 0) {
            return known[i].from;
        }
    }
    return -1;
}

static int
unknown_field(const char *name)
{
    char all[512] = "";
    size_t used = 0;

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        used += (size_t)snprintf(all + used, sizeof(all) - used, "%s, ",
                                 known[i].name);
    }
    complain("--fields: there is no field '%s'; the fields are %s" META "KEY",
             name, all);
    return EXIT_ERROR;
}

int
fields_read(struct fields *fields, const struct settings *settings,
            enum search_form form)
{
    bool table = form == FORM_CSV || form == FORM_TSV;
    const char *list = settings->fields;
    char *name;

    *fields = (struct fields){ .passages = !table, .all = !list && !table };
    if (list && !table && form != FORM_JSONL) {
        complain("--fields goes with --format csv, tsv or jsonl");
        return EXIT_ERROR;
    }
    if (fields->all) {
        return EXIT_DONE;
    }
    fields->passages = false;
    fields->list = strdup(list ? list : FIELDS_OF_TABLES);
    if (!fields->list) {
        return complain_memory();
    }
    for (name = fields->list; name; ) {
        char *comma = strchr(name, ',');
        int from;

        if (comma) {
            *comma++ = '\0';
        }
        from = find_field(name);
        if (from < 0) {
            return unknown_field(name);
        }
        if (fields->n == FIELDS_MAX) {
            complain("--fields: at most %d fields", FIELDS_MAX);
            return EXIT_ERROR;
        }
        fields->names[fields->n++] = name;
        fields->passages |= from == FROM_PASSAGES;
        fields->articles |= from == FROM_ARTICLE;
        name = comma;
    }
    return EXIT_DONE;
}

void
fields_free(struct fields *fields)
{
    free(fields->list);
}

/* The values of a key; one is itself, several are a list. */
static void
put_meta(json *object, const char *field, const lede_article *article)
{
    const char *key = field + strlen(META);
    const lede_meta *both[] = { article->header, article->meta };
    const size_t counts[] = { article->n_header, article->n_meta };
    json *values = json_list();

    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < counts[i]; j++) {
            if (strcmp(both[i][j].key, key) == 0) {
                json_push(values, json_text(both[i][j].value));
            }
        }
    }
    if (json_object_array_length(values) > 1) {
        json_put(object, field, values);
        return;
    }
    json_put(object, field,
             json_object_get(json_object_array_get_idx(values, 0)));
    json_object_put(values);
}

/* What the stored article has and the hit has not. */
static int
add_article(json *object, const struct search *search, const lede_hit *hit)
{
    const lede_article *article;
    lede_error error = LEDE_ERROR_INIT;
    lede_status status = lede_index_article(
        search->places.indexes[hit->index], hit->id, &article, &error);

    if (status != LEDE_STATUS_OK) {
        return complain_error(status, &error);
    }
    json_put(object, "categories",
             json_texts(article->categories, article->n_categories));
    json_put(object, "summary", json_text(article->summary));
    json_put(object, "body", json_text(article->body));
    for (size_t i = 0; i < search->fields.n; i++) {
        const char *name = search->fields.names[i];

        if (strncmp(name, META, strlen(META)) == 0) {
            put_meta(object, name, article);
        }
    }
    return EXIT_DONE;
}

/* Where the best passage is from, for tables that have no room for more. */
static void
add_place(json *object, const lede_hit *hit)
{
    const lede_passage *best = hit->n_passages > 0 ? hit->passages : NULL;

    json_put(object, "line",
             best && best->line > 0 ? json_number(best->line) : NULL);
    json_put(object, "headings",
             json_texts(best ? best->headings : NULL,
                        best ? best->n_headings : 0));
}

/* ---- values ---- */

static void
put_csv(const char *text, bool alone)
{
    bool quoted = strpbrk(text, ",\"\r\n") || (alone && *text == '\0');

    if (!quoted) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text; text++) {
        if (*text == '"') {
            putchar('"');
        }
        putchar(*text);
    }
    putchar('"');
}

static void
put_tsv(const char *text)
{
    static const char special[] = "\t\n\r\\";
    static const char letters[] = "tnr\\";

    for (; *text; text++) {
        const char *found = strchr(special, *text);

        if (found) {
            putchar('\\');
            putchar(letters[found - special]);
        } else {
            putchar(*text);
        }
    }
}

static bool
all_strings(const json *list)
{
    size_t n = json_object_array_length(list);

    for (size_t i = 0; i < n; i++) {
        if (!json_object_is_type(json_object_array_get_idx(list, i),
                                 json_type_string)) {
            return false;
        }
    }
    return true;
}

/* What a value is in a table, for free(). */
static char *
value_text(json *value)
{
    size_t size = 1;
    char *joined;

    if (!value) {
        return strdup("");
    }
    if (json_object_is_type(value, json_type_string)) {
        return strdup(json_object_get_string(value));
    }
    if (!json_object_is_type(value, json_type_array) || !all_strings(value)) {
        return strdup(json_object_to_json_string_ext(
            value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    }
    for (size_t i = 0; i < json_object_array_length(value); i++) {
        size += 2 + strlen(json_object_get_string(
                        json_object_array_get_idx(value, i)));
    }
    joined = calloc(size, 1);
    for (size_t i = 0, used = 0; joined && i < json_object_array_length(value);
         i++) {
        used += (size_t)snprintf(joined + used, size - used, "%s%s",
                                 i > 0 ? "; " : "",
                                 json_object_get_string(
                                     json_object_array_get_idx(value, i)));
    }
    return joined;
}

/* One field of a line. */
static void
put_field(const struct search *search, size_t i, const char *text)
{
    bool csv = search->form == FORM_CSV;

    if (i > 0) {
        putchar(csv ? ',' : '\t');
    }
    if (csv) {
        put_csv(text, search->fields.n == 1);
    } else {
        put_tsv(text);
    }
    if (i + 1 == search->fields.n) {
        fputs(csv ? "\r\n" : "\n", stdout);
    }
}

static int
put_row(const struct search *search, json *object)
{
    for (size_t i = 0; i < search->fields.n; i++) {
        char *text = value_text(json_object_object_get(
            object, search->fields.names[i]));

        if (!text) {
            return complain_memory();
        }
        put_field(search, i, text);
        free(text);
    }
    return EXIT_DONE;
}

/* A line of JSON, with the members that are wanted. */
static void
put_object(const struct search *search, json *object)
{
    json *chosen = search->fields.all ? json_object_get(object) : json_new();

    for (size_t i = 0; i < search->fields.n; i++) {
        const char *name = search->fields.names[i];

        json_put(chosen, name,
                 json_object_get(json_object_object_get(object, name)));
    }
    json_write(chosen);
    putchar('\n');
}

int
search_lines(const struct search *search, int status)
{
    size_t n = lede_results_count(search->results);
    int failed = EXIT_DONE;

    for (size_t i = 0; i < search->fields.n && search->form != FORM_JSONL;
         i++) {
        put_field(search, i, search->fields.names[i]);
    }
    for (size_t i = 0; i < n && !ferror(stdout) && failed == EXIT_DONE; i++) {
        const lede_hit *hit = lede_results_hit(search->results, i);
        json *object = search_json_hit(search, hit);

        if (search->fields.passages && !search->fields.all) {
            add_place(object, hit);
        }
        if (search->fields.articles) {
            failed = add_article(object, search, hit);
        }
        if (failed == EXIT_DONE && search->form == FORM_JSONL) {
            put_object(search, object);
        } else if (failed == EXIT_DONE) {
            failed = put_row(search, object);
        }
        json_object_put(object);
    }
    return stdout_finish(failed == EXIT_DONE ? status : failed);
}
