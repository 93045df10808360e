/* place.c - where the index is, and paths as the current folder sees them;
   see place.h.  As in the index, links in the folders of a path are followed,
   and a link as its last part keeps its own name. */

#define _GNU_SOURCE             // asprintf

#include "cli/place.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/output.h"

#define INDEX_NAME ".lede"
#define HOST_MAX 256

/* Take out "//", "." and ".." of an absolute path, in place. */
static void
normalise(char *path)
{
    char *out = path;

    for (char *part = path; *part;) {
        char *name = part + strspn(part, "/");
        size_t length = strcspn(name, "/");

        part = name + length;
        if (length == 2 && memcmp(name, "..", 2) == 0) {
            while (out > path && *--out != '/') {
                continue;
            }
        } else if (length > 0 && !(length == 1 && *name == '.')) {
            *out++ = '/';
            memmove(out, name, length);
            out += length;
        }
    }
    if (out == path) {
        *out++ = '/';
    }
    *out = '\0';
}

static char *
absolute(const char *folder, const char *path)
{
    char *joined = NULL;

    if (asprintf(&joined, "%s/%s", *path == '/' ? "" : folder, path) < 0) {
        return NULL;
    }
    normalise(joined);
    return joined;
}

/* An absolute path as `folder` sees it.  Outside of it with ".." only where
   `up` is set and both lie below a common folder other than the root. */
static char *
relative(const char *folder, const char *path, bool up)
{
    size_t common = 0;          // bytes of the common folder
    size_t i = 0;
    char *out;
    size_t ups = 0;

    while (folder[i] && folder[i] == path[i]) {
        i++;
        if (path[i] == '/' && (folder[i] == '/' || folder[i] == '\0')) {
            common = i;
        }
    }
    if (strcmp(folder, "/") == 0) {
        return strdup(path[1] ? path + 1 : path);
    }
    for (const char *rest = folder + common; *rest; rest++) {
        ups += *rest == '/';
    }
    if (common == 0 || (ups > 0 && !up)) {
        return strdup(path);
    }
    out = malloc(3 * ups + strlen(path + common) + 1);
    if (out) {
        for (i = 0; i < ups; i++) {
            memcpy(out + 3 * i, "../", 3);
        }
        memcpy(out + 3 * ups, path + common + 1, strlen(path + common));
    }
    return out;
}

int
place_index(char **out, const struct settings *settings, bool make)
{
    const char *named = getenv("LEDE_INDEX");
    lede_error error = LEDE_ERROR_INIT;
    lede_status status;
    char *located = NULL;

    *out = NULL;
    if (settings->n_indexes > 1) {
        complain("lede %s works on one index; --index was given %zu times",
                 settings->command->name, settings->n_indexes);
        return EXIT_ERROR;
    }
    if (settings->n_indexes == 1) {
        named = settings->indexes[0];
    }
    if (named && *named) {
        *out = strdup(named);
        return *out ? EXIT_DONE : complain_memory();
    }
    status = lede_index_locate(&located, ".", &error);
    if (status == LEDE_STATUS_OK) {
        *out = strdup(located);
        lede_string_free(located);
        return *out ? EXIT_DONE : complain_memory();
    }
    if (status != LEDE_STATUS_NOT_FOUND) {
        return complain_error(status, &error);
    }
    if (!make) {
        complain("no index in this folder or above it; make one with `lede "
                 "index FOLDER', or name one with --index");
        return EXIT_ERROR;
    }
    *out = strdup(INDEX_NAME);
    return *out ? EXIT_DONE : complain_memory();
}

int
place_operand(struct settings *settings)
{
    if (settings->n_operands > 0 && settings->n_indexes > 0) {
        complain("the index is named by --index or after the options, not by "
                 "both");
        return EXIT_ERROR;
    }
    if (settings->n_operands > 0) {
        settings->indexes[settings->n_indexes++] = settings->operands[0];
    }
    return EXIT_DONE;
}

static int
open_one(struct places *places, const char *path)
{
    lede_error error = LEDE_ERROR_INIT;
    size_t i = places->n++;
    lede_status status;

    places->paths[i] = strdup(path);
    places->folders[i] = place_folder(path);
    if (!places->paths[i] || !places->folders[i]) {
        return complain_memory();
    }
    status = lede_index_open(&places->indexes[i], path, &error);
    return status == LEDE_STATUS_OK ? EXIT_DONE
                                    : complain_error(status, &error);
}

int
places_open(struct places *places, const struct settings *settings)
{
    char *path = NULL;
    int status = EXIT_DONE;

    *places = (struct places){ .here = getcwd(NULL, 0) };
    if (!places->here) {
        complain("the current folder: %s", strerror(errno));
        return EXIT_ERROR;
    }
    if (settings->n_indexes == 0) {
        status = place_index(&path, settings, false);
        if (status == EXIT_DONE) {
            status = open_one(places, path);
        }
        free(path);
    }
    for (size_t i = 0; i < settings->n_indexes && status == EXIT_DONE; i++) {
        status = open_one(places, settings->indexes[i]);
    }
    return status;
}

void
places_close(struct places *places)
{
    for (size_t i = 0; i < places->n; i++) {
        lede_index_close(places->indexes[i]);
        free(places->paths[i]);
        free(places->folders[i]);
    }
    free(places->here);
}

char *
place_folder(const char *index)
{
    char *path = realpath(index, NULL);
    char *here;

    if (!path) {
        here = getcwd(NULL, 0);
        path = here ? absolute(here, index) : NULL;
        free(here);
    }
    if (path) {
        char *slash = strrchr(path, '/');

        slash[slash == path] = '\0';
    }
    return path;
}

char *
place_seen(const char *folder, const char *here, const char *path)
{
    char *whole = absolute(folder, path);
    char *seen = whole ? relative(here, whole, *path != '/') : NULL;

    free(whole);
    return seen;
}

char *
place_stored(const char *folder, const char *here, const char *typed)
{
    char *whole = absolute(here, typed);
    char *name = whole ? strrchr(whole, '/') : NULL;
    char *real = NULL;
    char *stored;

    if (name) {
        *name++ = '\0';
        real = realpath(*whole ? whole : "/", NULL);
        stored = absolute(real ? real : whole, name);
        free(real);
        free(whole);
        whole = stored;
    }
    stored = whole ? relative(folder, whole, false) : NULL;
    free(whole);
    return stored;
}

char *
place_url(const char *folder, const char *path)
{
    static const char digits[] = "0123456789ABCDEF";
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqr"
                                "stuvwxyz0123456789/-._~";
    char host[HOST_MAX] = "";
    char *whole = absolute(folder, path);
    size_t size = sizeof("file://") + sizeof(host);
    char *url = whole ? malloc(size + 3 * strlen(whole)) : NULL;

    // Terminals compare the host, so that links over ssh are not opened here.
    gethostname(host, sizeof(host) - 1);
    if (url) {
        char *out = url + snprintf(url, size, "file://%s", host);

        for (const char *c = whole; *c; c++) {
            if (strchr(plain, *c)) {
                *out++ = *c;
            } else {
                *out++ = '%';
                *out++ = digits[(unsigned char)*c >> 4];
                *out++ = digits[(unsigned char)*c & 15];
            }
        }
        *out = '\0';
    }
    free(whole);
    return url;
}
