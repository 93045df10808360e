/* search-folder.c - index a folder and search it, in a program of one page.

       cc search-folder.c $(pkg-config --cflags --libs lede) -o search-folder
       ./search-folder INDEX FOLDER QUERY...

   Good C and good C++. */

#include <stdio.h>
#include <time.h>

#include <lede.h>

static void
on_event(void *payload, const lede_event *event)
{
    (void)payload;
    if (event->kind == LEDE_EVENT_FAILED) {
        fprintf(stderr, "%s\n", event->message);
    }
}

static int
fail(const lede_error *error)
{
    fprintf(stderr, "%s\n", error->message);
    return 2;
}

int
main(int argc, char **argv)
{
    lede_error error = LEDE_ERROR_INIT;
    lede_writer_options options = LEDE_WRITER_OPTIONS_INIT;
    lede_writer *writer = NULL;
    lede_index *index = NULL;
    lede_results *results = NULL;
    lede_counts counts;
    const char *folder;
    char query[1000] = "";
    size_t used = 0;
    size_t i;
    int arg;

    if (argc < 4) {
        fprintf(stderr, "usage: %s INDEX FOLDER QUERY...\n", argv[0]);
        return 2;
    }
    folder = argv[2];
    for (arg = 3; arg < argc && used < sizeof query - 1; arg++) {
        used += (size_t)snprintf(query + used, sizeof query - used, "%s ",
                                 argv[arg]);
    }

    /* Bring the index up to date with the folder. */
    options.now = (int64_t)time(NULL);
    options.event = on_event;
    if (lede_writer_open(&writer, argv[1], &options, &error) != 0) {
        return fail(&error);
    }
    if (lede_writer_index(writer, &folder, 1, NULL, &counts, &error) != 0) {
        lede_writer_close(writer);
        return fail(&error);
    }
    lede_writer_close(writer);
    printf("%lu added, %lu failed\n", (unsigned long)counts.added,
           (unsigned long)counts.failed);

    /* Search it. */
    if (lede_index_open(&index, argv[1], &error) != 0) {
        return fail(&error);
    }
    if (lede_search(&results, &index, 1, query, NULL, &error) != 0) {
        lede_index_close(index);
        return fail(&error);
    }
    printf("%lu found\n", (unsigned long)lede_results_total(results));
    for (i = 0; i < lede_results_count(results); i++) {
        const lede_hit *hit = lede_results_hit(results, i);

        printf("%lu. %s  (%.2f)\n", (unsigned long)hit->rank,
               hit->title != NULL ? hit->title : hit->id, hit->score);
        if (hit->snippet != NULL) {
            printf("   %s\n", hit->snippet);
        }
    }
    lede_results_free(results);
    lede_index_close(index);
    return 0;
}
