/* pager.c - showing text that is longer than the screen; see pager.h. */

#include "cli/pager.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/text.h"

/* What a shell ends with when a command is not found or cannot be run. */
#define NOT_FOUND 127
#define NOT_RUN 126

static const char *
pager_name(void)
{
    const char *name = getenv("LEDE_PAGER");

    if (!name) {
        name = getenv("PAGER");
    }
    if (!name) {
        name = "less";
    }
    return *name == '\0' || strcmp(name, "cat") == 0 ? NULL : name;
}

/* Whether the text takes more than `rows` lines of the screen.  Columns are
   only counted where a line can be longer than the screen is wide. */
static bool
longer(const char *text, size_t n, int width, int rows)
{
    int lines = 0;

    while (n > 0) {
        const char *end = memchr(text, '\n', n);
        size_t length = end ? (size_t)(end - text) : n;

        lines++;
        if (length > (size_t)width) {
            int columns = text_width(text, length);

            lines += columns > 0 ? (columns - 1) / width : 0;
        }
        if (lines > rows) {
            return true;
        }
        length += end != NULL;
        text += length;
        n -= length;
    }
    return false;
}

static void
run(const char *name, const int pipe_ends[2])
{
    dup2(pipe_ends[0], STDIN_FILENO);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    setenv("LESS", "FRX", 0);
    setenv("LV", "-c", 0);
    execl("/bin/sh", "sh", "-c", name, (char *)NULL);
    _exit(NOT_FOUND);
}

/* All of the text, unless the pager was left before its end. */
static void
feed(int fd, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t written = write(fd, text, n);

        if (written < 0 && errno != EINTR) {
            break;
        }
        if (written > 0) {
            text += written;
            n -= (size_t)written;
        }
    }
    close(fd);
}

bool
pager_show(const char *text, size_t n, int width)
{
    const char *name = pager_name();
    struct winsize size = { 0 };
    int pipe_ends[2];
    int status = 0;
    pid_t child;

    if (!name || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
        size.ws_row < 2) {
        return false;
    }
    // The shell's next prompt takes a line too.
    if (size.ws_col > 0) {
        width = size.ws_col;
    }
    if (!longer(text, n, width, size.ws_row - 1) || pipe(pipe_ends) != 0) {
        return false;
    }
    fflush(stderr);
    child = fork();
    if (child == 0) {
        run(name, pipe_ends);
    }
    close(pipe_ends[0]);
    if (child < 0) {
        close(pipe_ends[1]);
        return false;
    }
    // While it is shown, ^C is for the pager, and it may be left at any time.
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    feed(pipe_ends[1], text, n);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
        continue;
    }
    signal(SIGINT, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    return !(WIFEXITED(status) && (WEXITSTATUS(status) == NOT_FOUND ||
                                   WEXITSTATUS(status) == NOT_RUN));
}
