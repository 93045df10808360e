/* process.h - the programs that are measured: pinned, timed, their memory
   watched. */

#ifndef LEDE_BENCH_PROCESS_H
#define LEDE_BENCH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Seconds since some moment. */
double
now(void);

/* Words of a command, and more after them. */
#define COMMAND_WORDS_MAX 64

struct command {
    char *words[COMMAND_WORDS_MAX + 1];
    size_t n;
};

/* Split at spaces; the words stay allocated. */
void
command_add(struct command *command, const char *words);
/* One word, spaces and all. */
void
command_add_word(struct command *command, const char *word);
void
command_free(struct command *command);

/* What one run took. */
struct usage {
    double seconds;
    double cpu_seconds;
    uint64_t anon_bytes;        // the most that was seen, looked at each few ms
    int status;                 // of exit; -1: killed
};

/* Run the command to its end on the last `cores` of the cores, standard input
   from the file `input` (NULL: none), standard output dropped. */
struct usage
run_measured(const struct command *command, const char *input,
             unsigned cores);

/* Run the command to its end on the last core, output dropped; returns the
   seconds from start to exit. */
double
run_once(const struct command *command);

/* The size of the files in a folder, or of a file. */
uint64_t
size_of(const char *path);

/* A program that is asked line by line. */
struct process {
    pid_t pid;
    int in;
    int out;
    char answer[256];           // the last one, without its line end
};

/* Start it on the last core. */
void
process_start(struct process *process, const struct command *command);
/* Ask and wait for the answer; returns the seconds that it took. */
double
process_ask(struct process *process, const char *line, size_t len);
/* Anonymous memory at the moment. */
uint64_t
process_anon(const struct process *process);
void
process_end(struct process *process);

/* Pin this program on the last core, or let it go where it was. */
void
pin_self(bool pinned);

#endif
