/* game.c - lede as an engine of "Search Benchmark, the Game"; see protocol.h.

       game [OPTION]... build INDEX < corpus.jsonl
       game [OPTION]... query INDEX

       --engine NAME           native or xapian
       --threads N             that build (default 1)
       --memory BYTES          to build with (default 1 GiB)
       --commit-every N        articles (default: one commit)
       --stored                keep the texts, deflated
       --no-merge              leave the segments as they were committed
       --optimize              make one segment of all
       --reorder               the same, with similar articles side by side
       --dump                  print hits instead of counts
       --kernel NAME           plain, avx2 ...
       --exhaustive            score all that match

   Words are what lede's exact forms in all fields are, without stems; lengths
   are quantised as ever.  The id is kept in a column. */

#include "bench/game.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/corpus.h"

#define MEMORY_DEFAULT ((uint64_t)1 << 30)

__attribute__((noreturn)) static void
usage(void)
{
    die("usage: game [--engine NAME] [--threads N] [--memory BYTES] "
        "[--commit-every N] [--stored]\n"
        "            [--no-merge] [--optimize] [--reorder] "
        "build INDEX < corpus.jsonl\n"
        "       game [--dump] [--kernel NAME] [--exhaustive] query INDEX");
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        { "engine", required_argument, NULL, 'e' },
        { "threads", required_argument, NULL, 't' },
        { "memory", required_argument, NULL, 'm' },
        { "commit-every", required_argument, NULL, 'c' },
        { "stored", no_argument, NULL, 's' },
        { "no-merge", no_argument, NULL, 'n' },
        { "optimize", no_argument, NULL, 'o' },
        { "reorder", no_argument, NULL, 'r' },
        { "dump", no_argument, NULL, 'd' },
        { "kernel", required_argument, NULL, 'k' },
        { "exhaustive", no_argument, NULL, 'x' },
        { NULL, 0, NULL, 0 },
    };
    struct game_options game = { .engine = "native", .threads = 1,
                                 .memory = MEMORY_DEFAULT };
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'e':
            game.engine = optarg;
            break;
        case 't':
            game.threads = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'm':
            game.memory = strtoull(optarg, NULL, 10);
            break;
        case 'c':
            game.commit_every = strtoul(optarg, NULL, 10);
            break;
        case 's':
            game.stored = true;
            break;
        case 'n':
            game.no_merge = true;
            break;
        case 'r':
            game.reorder = true;
            game.optimize = true;
            break;
        case 'o':
            game.optimize = true;
            break;
        case 'd':
            game.dump = true;
            break;
        case 'k':
            game.kernel = optarg;
            break;
        case 'x':
            game.exhaustive = true;
            break;
        default:
            usage();
        }
    }
    if (argc - optind != 2 || game.threads == 0) {
        usage();
    }
    if (strcmp(argv[optind], "build") == 0) {
        game_build(argv[optind + 1], &game);
    } else if (strcmp(argv[optind], "query") == 0) {
        game_query(argv[optind + 1], &game);
    } else {
        usage();
    }
    return 0;
}
