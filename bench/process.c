/* process.c - running what is measured; see process.h. */

#define _GNU_SOURCE             // sched_setaffinity, nftw

#include "bench/process.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/corpus.h"

/* Between two looks at the memory of a program. */
#define WATCH_NS 5000000

double
now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

/* ---- commands ---- */

void
command_add_word(struct command *command, const char *word)
{
    if (command->n == COMMAND_WORDS_MAX) {
        die("a command has too many words");
    }
    command->words[command->n] = strdup(word);
    if (command->words[command->n++] == NULL) {
        die("out of memory");
    }
    command->words[command->n] = NULL;
}

void
command_add(struct command *command, const char *words)
{
    char *copy = strdup(words);
    char *rest = NULL;
    char *word;

    if (copy == NULL) {
        die("out of memory");
    }
    word = strtok_r(copy, " ", &rest);
    while (word != NULL) {
        command_add_word(command, word);
        word = strtok_r(NULL, " ", &rest);
    }
    free(copy);
}

void
command_free(struct command *command)
{
    for (size_t i = 0; i < command->n; i++) {
        free(command->words[i]);
    }
    command->n = 0;
}

/* ---- cores ---- */

/* The cores that this program began with. */
static const cpu_set_t *
cores_allowed(void)
{
    static cpu_set_t all;
    static bool known;

    if (!known) {
        sched_getaffinity(0, sizeof(all), &all);
        known = true;
    }
    return &all;
}

static void
pin(unsigned cores)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    for (int i = CPU_SETSIZE - 1; i >= 0 && cores > 0; i--) {
        if (CPU_ISSET(i, cores_allowed())) {
            CPU_SET(i, &set);
            cores--;
        }
    }
    sched_setaffinity(0, sizeof(set), &set);
}

void
pin_self(bool pinned)
{
    if (pinned) {
        pin(1);
    } else {
        sched_setaffinity(0, sizeof(cpu_set_t), cores_allowed());
    }
}

/* ---- memory and size ---- */

static uint64_t
anon_of(pid_t pid)
{
    char path[64];
    char line[256];
    unsigned long long kib = 0;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
    file = fopen(path, "re");
    if (file == NULL) {
        return 0;
    }
    while (fgets(line, sizeof(line), file) != NULL) {
        if (sscanf(line, "RssAnon: %llu kB", &kib) == 1) {
            break;
        }
    }
    fclose(file);
    return kib * 1024;
}

static uint64_t walk_size;      // nftw takes no payload

static int
add_size(const char *path, const struct stat *info, int type,
         struct FTW *place)
{
    (void)path;
    (void)place;
    if (type == FTW_F) {
        walk_size += (uint64_t)info->st_size;
    }
    return 0;
}

uint64_t
size_of(const char *path)
{
    walk_size = 0;
    nftw(path, add_size, 16, FTW_PHYS);
    return walk_size;
}

/* ---- running ---- */

/* In the child: become the command. */
__attribute__((noreturn)) static void
become(const struct command *command, int in, int out, unsigned cores)
{
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    pin(cores);
    signal(SIGPIPE, SIG_DFL);
    execvp(command->words[0], command->words);
    fprintf(stderr, "cannot run %s: %s\n", command->words[0],
            strerror(errno));
    _exit(127);
}

static double
seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

struct usage
run_measured(const struct command *command, const char *input,
             unsigned cores)
{
    struct usage usage = { 0 };
    struct rusage spent;
    struct timespec pause = { 0, WATCH_NS };
    int in = open(input == NULL ? "/dev/null" : input, O_RDONLY | O_CLOEXEC);
    int out = open("/dev/null", O_WRONLY | O_CLOEXEC);
    double start;
    int status;
    pid_t pid;

    if (in < 0 || out < 0) {
        die("cannot open %s: %s", input, strerror(errno));
    }
    start = now();
    pid = fork();
    if (pid < 0) {
        die("cannot fork: %s", strerror(errno));
    }
    if (pid == 0) {
        become(command, in, out, cores);
    }
    while (wait4(pid, &status, WNOHANG, &spent) == 0) {
        uint64_t anon = anon_of(pid);

        usage.anon_bytes = anon > usage.anon_bytes ? anon : usage.anon_bytes;
        nanosleep(&pause, NULL);
    }
    usage.seconds = now() - start;
    usage.cpu_seconds = seconds_of(spent.ru_utime) +
                        seconds_of(spent.ru_stime);
    usage.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    close(in);
    close(out);
    return usage;
}

double
run_once(const struct command *command)
{
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int out = open("/dev/null", O_WRONLY | O_CLOEXEC);
    double start = now();
    double end;
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        dup2(out, STDERR_FILENO);
        become(command, in, out, 1);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        die("cannot run %s: %s", command->words[0], strerror(errno));
    }
    end = now();
    close(in);
    close(out);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
        die("%s failed", command->words[0]);
    }
    return end - start;
}

void
process_start(struct process *process, const struct command *command)
{
    int to[2];
    int from[2];

    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0) {
        die("cannot make a pipe: %s", strerror(errno));
    }
    process->pid = fork();
    if (process->pid < 0) {
        die("cannot fork: %s", strerror(errno));
    }
    if (process->pid == 0) {
        become(command, to[0], from[1], 1);
    }
    close(to[0]);
    close(from[1]);
    process->in = to[1];
    process->out = from[0];
}

double
process_ask(struct process *process, const char *line, size_t len)
{
    size_t got = 0;
    double start = now();
    double end;

    if (write(process->in, line, len) != (ssize_t)len) {
        die("an engine has ended");
    }
    do {
        ssize_t n = read(process->out, process->answer + got,
                         sizeof(process->answer) - got);

        if (n <= 0) {
            die("an engine has ended");
        }
        got += (size_t)n;
    } while (process->answer[got - 1] != '\n' &&
             got < sizeof(process->answer));
    end = now();
    process->answer[got - 1] = '\0';
    return end - start;
}

uint64_t
process_anon(const struct process *process)
{
    return anon_of(process->pid);
}

void
process_end(struct process *process)
{
    int status;

    close(process->in);
    close(process->out);
    waitpid(process->pid, &status, 0);
}
