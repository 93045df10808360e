/* driver.c - engines on the same corpus and the same queries, in turn.

       driver [OPTION]... CORPUS QUERIES

   CORPUS is JSON Lines with "id" and "text", best out of bench/normalise;
   QUERIES JSON Lines with "query" and "tags", those of "Search Benchmark, the
   Game", of which the unions, intersections and phrases are taken.

       --engine NAME=COMMAND   one more engine that speaks protocol.h: COMMAND
                               is followed by `build INDEX` or `query INDEX`
       --only NAME,...         of the engines only these
       --scale                 instead of different engines the native one, with
                               a quarter, half and all of the corpus, in 16
                               segments, and built on two cores
       --lede COMMAND          also time `lede index` and `lede search`
       --commands NAME,...     default COUNT,TOP_10,TOP_100,TOP_1000,
                               TOP_100_COUNT
       --passes N              default 10
       --slowest N             list the slowest queries of the first engine
       --folder DIR            for the indexes; kept there (default: a temporary
                               folder, removed)
       --reuse                 do not build where DIR has an index

   The client is this program: over pipes, client and engine pinned on one core,
   so that a round trip is two switches and nothing waits on another core.  In a
   pass each engine in turn answers all queries, so that what else the machine
   does hits all alike; of each query the best pass counts.  The floor is that
   of a program that only echoes, measured alike and taken off.  An engine that
   took SLOW_SECONDS for a command is spared further passes of it, after the
   third.  Of builds the best of BUILDS counts, where they take less than
   SLOW_BUILD seconds; on a machine that does something else, compare CPU
   seconds.

   Exit status 1 where engines count differently. */

#include "bench/driver.h"

#include <errno.h>
#include <getopt.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/corpus.h"

#define SLOW_SECONDS 30.0
#define SLOW_PASSES 3
#define BUILDS 3
#define SLOW_BUILD 10.0

static char *
join(const char *a, const char *b, const char *c)
{
    size_t size = strlen(a) + strlen(b) + strlen(c) + 1;
    char *out = grow(NULL, size);

    snprintf(out, size, "%s%s%s", a, b, c);
    return out;
}

/* ---- queries ---- */

static bool
class_of(struct json_object *tags, enum query_class *class)
{
    static const char *const names[CLASSES] = {
        "union", "intersection", "phrase"
    };

    for (size_t i = 0; i < json_object_array_length(tags); i++) {
        const char *tag =
            json_object_get_string(json_object_array_get_idx(tags, i));

        for (int k = 0; k < CLASSES; k++) {
            if (strcmp(tag, names[k]) == 0) {
                *class = (enum query_class)k;
                return true;
            }
        }
    }
    return false;
}

static void
read_queries(struct bench *bench, const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t cap = 0;

    if (file == NULL) {
        die("cannot open %s: %s", path, strerror(errno));
    }
    while (getline(&line, &cap, file) > 0) {
        struct json_object *object = json_tokener_parse(line);
        struct json_object *query = NULL;
        struct json_object *tags = NULL;
        enum query_class class;

        if (!json_object_object_get_ex(object, "query", &query) ||
            !json_object_object_get_ex(object, "tags", &tags) ||
            !json_object_is_type(tags, json_type_array)) {
            die("%s: a line has no query and tags", path);
        }
        if (class_of(tags, &class)) {
            bench->queries = grow(bench->queries, (bench->n_queries + 1) *
                                                  sizeof(*bench->queries));
            bench->queries[bench->n_queries++] = (struct game_query){
                join(json_object_get_string(query), "", ""), class
            };
        }
        json_object_put(object);
    }
    free(line);
    fclose(file);
}

/* ---- the echo ---- */

static int
echo(void)
{
    char line[4096];

    while (read(STDIN_FILENO, line, sizeof(line)) > 0) {
        if (write(STDOUT_FILENO, "1\n", 2) != 2) {
            return 1;
        }
    }
    return 0;
}

/* The best round trip of each query, on average. */
static double
measure_floor(const struct bench *bench, const char *self, size_t passes)
{
    struct command command = { 0 };
    struct process process = { 0 };
    double sum = 0;
    double *best = grow(NULL, (bench->n_queries + 1) * sizeof(*best));
    char line[4096];

    command_add_word(&command, self);
    command_add_word(&command, "echo");
    process_start(&process, &command);
    pin_self(true);
    for (size_t pass = 0; pass < passes; pass++) {
        for (size_t i = 0; i < bench->n_queries; i++) {
            int len = snprintf(line, sizeof(line), "TOP_10\t%s\n",
                               bench->queries[i].text);
            double time = process_ask(&process, line, (size_t)len);

            best[i] = pass == 0 || time < best[i] ? time : best[i];
        }
    }
    pin_self(false);
    process_end(&process);
    for (size_t i = 0; i < bench->n_queries; i++) {
        sum += best[i];
    }
    free(best);
    command_free(&command);
    return bench->n_queries > 0 ? sum / (double)bench->n_queries : 0;
}

/* ---- building ---- */

/* The first lines of the corpus, in a file beside the indexes. */
static char *
cut_corpus(const char *corpus, const char *folder, size_t articles)
{
    char name[48];
    char *path;
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    FILE *in = fopen(corpus, "re");
    FILE *out;

    snprintf(name, sizeof(name), "first-%zu.jsonl", articles);
    path = join(folder, "/", name);
    out = fopen(path, "we");
    if (in == NULL || out == NULL) {
        die("cannot cut %s: %s", corpus, strerror(errno));
    }
    while (articles-- > 0 && (len = getline(&line, &cap, in)) > 0) {
        fwrite(line, 1, (size_t)len, out);
    }
    free(line);
    fclose(in);
    if (fclose(out) != 0) {
        die("cannot write %s: %s", path, strerror(errno));
    }
    return path;
}

static struct command
command_of(const struct engine *engine, const char *verb)
{
    struct command command = { 0 };

    command_add(&command, engine->program);
    command_add(&command, engine->options);
    if (strcmp(verb, "build") == 0) {
        command_add(&command, engine->build_options);
    }
    command_add_word(&command, verb);
    command_add_word(&command, engine->index);
    return command;
}

/* Of several builds the least seconds, of both kinds, and the most memory. */
static void
build_best(struct engine *engine, const struct command *command,
           const char *input)
{
    struct usage *best = &engine->usage;

    for (int i = 0; i < BUILDS; i++) {
        struct usage usage = run_measured(command, input, engine->cores);

        if (usage.status != 0) {
            die("%s could not build its index", engine->name);
        }
        if (i == 0) {
            *best = usage;
        }
        best->seconds = usage.seconds < best->seconds ? usage.seconds
                                                      : best->seconds;
        best->cpu_seconds = usage.cpu_seconds < best->cpu_seconds
                            ? usage.cpu_seconds : best->cpu_seconds;
        best->anon_bytes = usage.anon_bytes > best->anon_bytes
                           ? usage.anon_bytes : best->anon_bytes;
        if (usage.seconds > SLOW_BUILD) {
            break;
        }
    }
    engine->built = true;
}

static void
build(struct engine *engine, const char *corpus, const char *folder,
      bool reuse)
{
    struct command command = command_of(engine, "build");
    char *cut = engine->articles == 0
                ? NULL : cut_corpus(corpus, folder, engine->articles);
    const char *input = cut != NULL ? cut : corpus;

    engine->corpus_bytes = size_of(input);
    if (!reuse || size_of(engine->index) == 0) {
        fprintf(stderr, "building: %s\n", engine->name);
        build_best(engine, &command, input);
    }
    engine->index_bytes = size_of(engine->index);
    if (cut != NULL) {
        unlink(cut);
        free(cut);
    }
    command_free(&command);
}

/* ---- asking ---- */

static void
start(struct bench *bench, struct engine *engine)
{
    struct command command = command_of(engine, "query");

    for (size_t c = 0; c < bench->n_commands; c++) {
        size_t n = bench->n_queries + 1;

        engine->best[c] = grow(NULL, n * sizeof(double));
        engine->unsupported[c] = grow(NULL, n * sizeof(bool));
        engine->counts[c] = grow(NULL, n * sizeof(char *));
    }
    process_start(&engine->process, &command);
    command_free(&command);
}

/* One pass over all queries; returns the seconds it took. */
static double
pass(struct bench *bench, struct engine *engine, size_t command)
{
    bool first = engine->passes[command]++ == 0;
    double *best = engine->best[command];
    double sum = 0;
    char line[4096];

    for (size_t i = 0; i < bench->n_queries; i++) {
        int len = snprintf(line, sizeof(line), "%s\t%s\n",
                           bench->commands[command], bench->queries[i].text);
        double time = process_ask(&engine->process, line, (size_t)len);

        sum += time;
        if (first) {
            engine->unsupported[command][i] =
                strcmp(engine->process.answer, "UNSUPPORTED") == 0;
            engine->counts[command][i] =
                join(engine->process.answer, "", "");
        }
        best[i] = first || time < best[i] ? time : best[i];
    }
    return sum;
}

static void
ask_all(struct bench *bench, size_t command, size_t passes)
{
    double spent[ENGINES_MAX] = { 0 };

    fprintf(stderr, "asking: %s\n", bench->commands[command]);
    pin_self(true);
    for (size_t i = 0; i < passes; i++) {
        for (size_t e = 0; e < bench->n_engines; e++) {
            bool slow = spent[e] >= SLOW_SECONDS && i >= SLOW_PASSES;

            if (!bench->engines[e].build_only && !slow) {
                spent[e] += pass(bench, &bench->engines[e], command);
            }
        }
    }
    pin_self(false);
}

/* Say where engines over the same corpus answer differently. */
static size_t
compare(const struct bench *bench, size_t command)
{
    size_t wrong = 0;

    for (size_t i = 0; i < bench->n_queries; i++) {
        const struct engine *first = NULL;

        for (size_t e = 0; e < bench->n_engines; e++) {
            const struct engine *engine = &bench->engines[e];

            if (engine->build_only || engine->articles != 0 ||
                engine->unsupported[command][i]) {
                continue;
            }
            if (first == NULL) {
                first = engine;
            } else if (strcmp(first->counts[command][i],
                              engine->counts[command][i]) != 0) {
                fprintf(stderr, "%s %s: %s says %s, %s says %s\n",
                        bench->commands[command], bench->queries[i].text,
                        first->name, first->counts[command][i],
                        engine->name, engine->counts[command][i]);
                wrong++;
            }
        }
    }
    return wrong;
}

/* ---- which engines ---- */

static bool
named_in(const char *list, const char *name)
{
    size_t len = strlen(name);

    for (const char *p = list; (p = strstr(p, name)) != NULL; p += len) {
        if ((p == list || p[-1] == ',') && (p[len] == ',' || p[len] == '\0')) {
            return true;
        }
    }
    return false;
}

static void
add_engine(struct bench *bench, const char *only, struct engine engine,
           const char *folder)
{
    char name[64];

    if (only != NULL && !named_in(only, engine.name)) {
        return;
    }
    if (bench->n_engines == ENGINES_MAX) {
        die("too many engines");
    }
    snprintf(name, sizeof(name), "%s", engine.name);
    for (char *p = name; *p != '\0'; p++) {
        *p = *p == ' ' || *p == '/' || *p == ',' ? '-' : *p;
    }
    engine.index = join(folder, "/", name);
    engine.cores = engine.cores == 0 ? 1 : engine.cores;
    engine.options = engine.options == NULL ? "" : engine.options;
    engine.build_options =
        engine.build_options == NULL ? "" : engine.build_options;
    bench->engines[bench->n_engines++] = engine;
}

/* The program beside this one, or NULL where it has not been built. */
static char *
beside(const char *self, const char *name)
{
    const char *slash = strrchr(self, '/');
    char *folder = slash == NULL ? join(".", "", "")
                                 : strndup(self, (size_t)(slash - self));
    char *path = join(folder, "/", name);

    free(folder);
    if (access(path, X_OK) != 0) {
        fprintf(stderr, "%s is not there, and left out\n", path);
        free(path);
        return NULL;
    }
    return path;
}

static void
add_engines(struct bench *bench, const char *self, const char *only,
            const char *folder)
{
    static const struct engine known[] = {
        { .name = "lede native", .program = "game",
          .options = "--engine native" },
        { .name = "lede xapian", .program = "game",
          .options = "--engine xapian" },
        { .name = "stock Xapian", .program = "stock_xapian" },
        { .name = "SQLite FTS5", .program = "stock_sqlite" },
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct engine engine = known[i];

        engine.program = beside(self, known[i].program);
        if (engine.program != NULL) {
            add_engine(bench, only, engine, folder);
        }
    }
}

static size_t
lines_of(const char *path)
{
    FILE *file = fopen(path, "re");
    size_t lines = 0;
    int c;

    if (file == NULL) {
        die("cannot open %s: %s", path, strerror(errno));
    }
    while ((c = getc_unlocked(file)) != EOF) {
        lines += c == '\n';
    }
    fclose(file);
    return lines;
}

static void
add_scales(struct bench *bench, const char *self, const char *only,
           const char *folder, const char *corpus)
{
    size_t all = lines_of(corpus);
    char *program = beside(self, "game");
    char options[64];

    if (program == NULL) {
        return;
    }
    snprintf(options, sizeof(options), "--commit-every %zu --no-merge",
             all / 16 + 1);
    add_engine(bench, only, (struct engine){
        .name = "a quarter", .program = program, .articles = all / 4 },
        folder);
    add_engine(bench, only, (struct engine){
        .name = "half", .program = program, .articles = all / 2 }, folder);
    add_engine(bench, only, (struct engine){
        .name = "all", .program = program }, folder);
    add_engine(bench, only, (struct engine){
        .name = "16 segments", .program = program,
        .build_options = join(options, "", "") }, folder);
    add_engine(bench, only, (struct engine){
        .name = "two cores", .program = program, .cores = 2,
        .build_options = "--threads 2", .build_only = true }, folder);
}

/* ---- */

static void
add_commands(struct bench *bench, char *list)
{
    char *rest = NULL;
    char *name = strtok_r(list, ",", &rest);

    while (name != NULL) {
        if (bench->n_commands == COMMANDS_MAX) {
            die("too many commands");
        }
        bench->commands[bench->n_commands++] = name;
        name = strtok_r(NULL, ",", &rest);
    }
}

static void
remove_folder(const char *folder)
{
    struct command command = { 0 };

    command_add(&command, "rm -rf --");
    command_add_word(&command, folder);
    run_measured(&command, NULL, 1);
    command_free(&command);
}

static void
usage(void)
{
    die("usage: driver [--engine NAME=COMMAND] [--only NAME,...] [--scale] "
        "[--lede COMMAND]\n    [--commands NAME,...] [--passes N] "
        "[--slowest N] [--folder DIR] [--reuse] CORPUS QUERIES");
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        { "engine", required_argument, NULL, 'e' },
        { "only", required_argument, NULL, 'o' },
        { "scale", no_argument, NULL, 's' },
        { "lede", required_argument, NULL, 'l' },
        { "commands", required_argument, NULL, 'c' },
        { "passes", required_argument, NULL, 'p' },
        { "folder", required_argument, NULL, 'f' },
        { "slowest", required_argument, NULL, 'n' },
        { "reuse", no_argument, NULL, 'r' },
        { NULL, 0, NULL, 0 },
    };
    static char commands[] = "COUNT,TOP_10,TOP_100,TOP_1000,TOP_100_COUNT";
    static struct bench bench;
    struct engine others[ENGINES_MAX];
    size_t n_others = 0;
    const char *only = NULL;
    const char *lede = NULL;
    char *list = commands;
    char *folder = NULL;
    char temporary[] = "/tmp/lede-bench-XXXXXX";
    size_t passes = 10;
    size_t wrong = 0;
    bool scale = false;
    bool reuse = false;
    int option;
    char *equals;

    if (argc == 2 && strcmp(argv[1], "echo") == 0) {
        return echo();
    }
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'e':
            equals = strchr(optarg, '=');
            if (equals == NULL || n_others == ENGINES_MAX) {
                usage();
            }
            *equals = '\0';
            others[n_others++] = (struct engine){ .name = optarg,
                                                  .program = equals + 1 };
            break;
        case 'o':
            only = optarg;
            break;
        case 's':
            scale = true;
            break;
        case 'l':
            lede = optarg;
            break;
        case 'c':
            list = optarg;
            break;
        case 'p':
            passes = strtoul(optarg, NULL, 10);
            break;
        case 'f':
            folder = optarg;
            break;
        case 'n':
            bench.slowest = strtoul(optarg, NULL, 10);
            break;
        case 'r':
            reuse = true;
            break;
        default:
            usage();
        }
    }
    if (argc - optind != 2 || passes == 0) {
        usage();
    }
    if (folder == NULL) {
        folder = mkdtemp(temporary);
    } else {
        mkdir(folder, 0777);
    }
    if (folder == NULL) {
        die("cannot make a folder: %s", strerror(errno));
    }
    add_commands(&bench, list);
    read_queries(&bench, argv[optind + 1]);
    if (scale) {
        add_scales(&bench, argv[0], only, folder, argv[optind]);
    } else {
        add_engines(&bench, argv[0], only, folder);
    }
    for (size_t i = 0; i < n_others; i++) {
        add_engine(&bench, NULL, others[i], folder);
    }
    for (size_t i = 0; i < bench.n_engines; i++) {
        struct engine *engine = &bench.engines[i];

        build(engine, argv[optind], folder, reuse);
        if (strcmp(engine->name, scale ? "all" : "stock Xapian") == 0) {
            bench.yardstick = engine;
        }
    }
    for (size_t i = 0; i < bench.n_engines; i++) {
        if (!bench.engines[i].build_only) {
            start(&bench, &bench.engines[i]);
        }
    }
    bench.floor = measure_floor(&bench, argv[0], passes);
    for (size_t c = 0; c < bench.n_commands; c++) {
        ask_all(&bench, c, passes);
        wrong += compare(&bench, c);
    }
    for (size_t i = 0; i < bench.n_engines; i++) {
        struct engine *engine = &bench.engines[i];

        if (!engine->build_only) {
            engine->query_anon = process_anon(&engine->process);
            process_end(&engine->process);
        }
    }
    report(&bench);
    if (lede != NULL) {
        report_lede(lede, argv[optind], folder, &bench);
    }
    if (folder == temporary) {
        remove_folder(folder);
    }
    return wrong > 0;
}
