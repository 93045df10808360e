/* remove.c - lede remove: articles out of the index, all in one commit. */

#include <stdlib.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/place.h"
#include "cli/writing.h"

struct removal {
    struct writing *writing;
    char *folder;               // that holds the index
    char *here;
    uint64_t removed;
    json *unknown;
};

/* An id as it was typed, else as a path seen from the current folder. */
static lede_status
remove_one(struct removal *removal, const char *typed, lede_error *error)
{
    lede_writer *writer = removal->writing->writer;
    uint64_t removed = 0;
    lede_status status = lede_writer_remove(writer, typed, &removed, error);

    if (status == LEDE_STATUS_OK && removed == 0) {
        char *stored = place_stored(removal->folder, removal->here, typed);

        if (stored) {
            status = lede_writer_remove(writer, stored, &removed, error);
        } else {
            status = LEDE_STATUS_NO_MEMORY;
        }
        free(stored);
    }
    if (status == LEDE_STATUS_OK && removed == 0) {
        complain("nothing in the index is called '%s'", typed);
        json_push(removal->unknown, json_text(typed));
    }
    removal->removed += removed;
    return status;
}

static int
report(const struct removal *removal, const struct settings *settings)
{
    int status = json_object_array_length(removal->unknown) > 0 ? EXIT_NOTHING
                                                       : EXIT_DONE;
    char count[32];

    if (settings->json) {
        json *answer = json_answer();

        json_put(answer, "removed",
                 json_number(removal->removed));
        json_put(answer, "unknown", json_object_get(removal->unknown));
        json_put(answer, "index", json_text(removal->writing->path));
        return json_finish(answer, status);
    }
    if (!settings->quiet) {
        format_count(count, sizeof(count), removal->removed);
        printf("%s removed\n", count);
    }
    return stdout_finish(status);
}

int
command_remove(const struct settings *settings)
{
    struct writing writing;
    struct removal removal = { .writing = &writing };
    lede_error error = LEDE_ERROR_INIT;
    lede_status done = LEDE_STATUS_OK;
    int status = writing_open(&writing, settings, false);

    removal.unknown = json_list();
    removal.here = getcwd(NULL, 0);
    removal.folder = status == EXIT_DONE ? place_folder(writing.path) : NULL;
    if (status == EXIT_DONE && (!removal.here || !removal.folder)) {
        status = complain_memory();
    }
    for (size_t i = 0; i < settings->n_operands && status == EXIT_DONE &&
                       done == LEDE_STATUS_OK; i++) {
        done = remove_one(&removal, settings->operands[i], &error);
    }
    if (status == EXIT_DONE && done == LEDE_STATUS_OK && removal.removed > 0) {
        done = lede_writer_commit(writing.writer, &error);
    }
    if (status == EXIT_DONE) {
        status = done == LEDE_STATUS_OK ? report(&removal, settings)
                                        : complain_error(done, &error);
    }
    json_object_put(removal.unknown);
    free(removal.here);
    free(removal.folder);
    writing_close(&writing);
    return status;
}
