/* index.c - lede index: bring an index up to date with files and folders. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/news.h"

/* The paths of --files-from. */
struct path_list {
    const char **paths;
    size_t n;
    size_t size;
};

static bool
push(struct path_list *list, const char *path)
{
    char *copy;

    if (list->n == list->size) {
        size_t size = list->size ? 2 * list->size : 1024;
        const char **paths = reallocarray(list->paths, size, sizeof(*paths));

        if (!paths) {
            return false;
        }
        list->paths = paths;
        list->size = size;
    }
    copy = strdup(path);
    if (!copy) {
        return false;
    }
    list->paths[list->n++] = copy;
    return true;
}

static void
free_list(struct path_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free((char *)list->paths[i]);
    }
    free(list->paths);
}

static int
read_list(struct path_list *list, const struct settings *settings)
{
    bool from_stdin = strcmp(settings->files_from, "-") == 0;
    FILE *file = from_stdin ? stdin : fopen(settings->files_from, "re");
    int end = settings->null ? '\0' : '\n';
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    int status = EXIT_DONE;

    if (!file) {
        complain("%s: %s", settings->files_from, strerror(errno));
        return EXIT_ERROR;
    }
    errno = 0;
    while ((length = getdelim(&line, &size, end, file)) > 0) {
        if (line[length - 1] == end) {
            line[length - 1] = '\0';
        }
        if (*line && !push(list, line)) {
            status = complain_memory();
            break;
        }
        errno = 0;
    }
    if (status == EXIT_DONE && !feof(file)) {
        complain("%s: %s", settings->files_from, strerror(errno));
        status = EXIT_ERROR;
    }
    free(line);
    if (!from_stdin) {
        fclose(file);
    }
    return status;
}

static int
check_settings(const struct settings *settings)
{
    if (settings->files_from && settings->n_operands > 0) {
        complain("--files-from takes the place of PATHs; '%s' is too much",
                 settings->operands[0]);
        return EXIT_ERROR;
    }
    if (settings->files_from && settings->prune) {
        complain("--prune is for folders: with --files-from nothing vanishes");
        return EXIT_ERROR;
    }
    if (settings->null && !settings->files_from) {
        complain("-0 goes with --files-from");
        return EXIT_ERROR;
    }
    return EXIT_DONE;
}

int
command_index(const struct settings *settings)
{
    lede_source_options options = LEDE_SOURCE_OPTIONS_INIT;
    lede_error error = LEDE_ERROR_INIT;
    struct path_list list = { 0 };
    const char *const *paths = settings->operands;
    size_t n = settings->n_operands;
    struct writing writing;
    lede_status done = LEDE_STATUS_OK;
    int status = check_settings(settings);

    if (status == EXIT_DONE && settings->files_from) {
        status = read_list(&list, settings);
        paths = list.paths;
        n = list.n;
    }
    if (status != EXIT_DONE) {
        free_list(&list);
        return status;
    }
    options.prune = settings->prune;
    options.dry_run = settings->dry_run;
    options.files_only = settings->files_from != NULL;
    status = writing_open(&writing, settings, true);
    if (status == EXIT_DONE) {
        // An empty list means no files, not the folders of earlier runs.
        if (n > 0 || !settings->files_from) {
            done = lede_writer_index(writing.writer, paths, n, &options,
                                     &writing.counts, &error);
        }
        status = news_report(&writing, done, &error);
    }
    writing_close(&writing);
    free_list(&list);
    return status;
}
