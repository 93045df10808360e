/* output.c - stdout, stderr and the terminal; see output.h. */

#define _GNU_SOURCE             // vasprintf

#include "cli/output.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/pager.h"
#include "cli/text.h"

#define WIDTH_DEFAULT 80

static bool
dumb(void)
{
    const char *term = getenv("TERM");

    return !term || *term == '\0' || strcmp(term, "dumb") == 0;
}

/* A variable that is set and not empty, as https://no-color.org wants it. */
static bool
is_set(const char *name)
{
    const char *value = getenv(name);

    return value && *value;
}

int
terminal_width(int fd)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size = { 0 };
    long width = columns ? strtol(columns, NULL, 10) : 0;

    if (width <= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0) {
        width = size.ws_col;
    }
    if (width <= 0) {
        width = WIDTH_DEFAULT;
    }
    if (width > INT16_MAX) {
        width = INT16_MAX;
    }
    return width < WIDTH_MIN ? WIDTH_MIN : (int)width;
}

bool
terminal_draws(void)
{
    return !dumb();
}

bool
terminal_color(const struct settings *settings)
{
    return settings->color == COLOR_ALWAYS ||
           (settings->color == COLOR_AUTO && !is_set("NO_COLOR"));
}

bool
stderr_draws(void)
{
    return isatty(STDERR_FILENO) && !dumb();
}

/* Terminals that print an OSC 8 sequence as garbage, or have no links.  The
   others use it or ignore it. */
static bool
knows_links(void)
{
    static const char *const without[] = {
        "linux", "rxvt", "eterm", "sun", "vt", "cons", NULL
    };
    const char *term = getenv("TERM");
    const char *vte = getenv("VTE_VERSION");

    if (vte && strtol(vte, NULL, 10) < 5000) {
        return false;
    }
    for (size_t i = 0; without[i]; i++) {
        if (strncmp(term, without[i], strlen(without[i])) == 0) {
            return false;
        }
    }
    return true;
}

int
output_open(struct output *out, const struct settings *settings)
{
    *out = (struct output){
        .stream = stdout,
        .width = terminal_width(STDOUT_FILENO),
        .terminal = isatty(STDOUT_FILENO) && !dumb(),
    };
    out->color = settings->color == COLOR_ALWAYS ||
                 (settings->color == COLOR_AUTO && out->terminal &&
                  !is_set("NO_COLOR"));
    out->links = out->terminal && settings->color != COLOR_NEVER &&
                 knows_links();
    if (out->terminal && !settings->no_pager) {
        out->stream = open_memstream(&out->gathered, &out->n_gathered);
        if (!out->stream) {
            return complain_memory();
        }
    }
    return EXIT_DONE;
}

int
output_close(struct output *out, int status)
{
    if (out->stream != stdout) {
        bool failed = ferror(out->stream);

        if (fclose(out->stream) != 0 || failed) {
            free(out->gathered);
            return complain_memory();
        }
        if (!pager_show(out->gathered, out->n_gathered, out->width)) {
            fwrite(out->gathered, 1, out->n_gathered, stdout);
        }
        free(out->gathered);
    }
    return stdout_finish(status);
}

int
stdout_finish(int status)
{
    bool failed = ferror(stdout);

    errno = 0;
    if (fflush(stdout) == 0 && !failed) {
        // Some file systems tell of a full disk only here.
        int copy = dup(STDOUT_FILENO);

        if (copy < 0 || close(copy) == 0) {
            return status;
        }
    }
    if (errno == EPIPE) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    complain("standard output: %s", errno ? strerror(errno) : "write error");
    return EXIT_ERROR;
}

const char *
style(const struct output *out, enum style wanted)
{
    // Red, magenta and the default colour can be read on light and dark.
    static const char *const codes[] = {
        [STYLE_PLAIN] = "\033[0m",
        [STYLE_TITLE] = "\033[1m",
        [STYLE_MARK] = "\033[1;31m",
        [STYLE_UNMARK] = "\033[22;39m",
        [STYLE_FAINT] = "\033[2m",
        [STYLE_PLACE] = "\033[35m",
    };

    return out->color ? codes[wanted] : "";
}

static void
talk(const char *kind, const char *format, va_list args)
{
    char *message = NULL;

    if (vasprintf(&message, format, args) < 0) {
        message = NULL;
    }
    if (message) {
        text_clean(message, true);
    }
    fprintf(stderr, "lede: %s%s\n", kind, message ? message : format);
    free(message);
}

void
complain(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    talk("", format, args);
    va_end(args);
}

void
note(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    talk("note: ", format, args);
    va_end(args);
}

int
complain_error(lede_status status, const lede_error *error)
{
    complain("%s", error->message[0] ? error->message
                                     : lede_status_string(status));
    return EXIT_ERROR;
}

int
complain_memory(void)
{
    complain("%s", lede_status_string(LEDE_STATUS_NO_MEMORY));
    return EXIT_ERROR;
}

void
format_count(char *out, size_t size, uint64_t number)
{
    char digits[24];
    int n = snprintf(digits, sizeof(digits), "%llu",
                     (unsigned long long)number);
    size_t used = 0;

    for (int i = 0; i < n && used + 2 < size; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            out[used++] = ',';
        }
        out[used++] = digits[i];
    }
    out[used] = '\0';
}

void
format_size(char *out, size_t size, uint64_t bytes)
{
    static const char *const units[] = { "KB", "MB", "GB", "TB" };
    double number = (double)bytes / 1024;
    size_t unit = 0;

    if (bytes < 1024) {
        snprintf(out, size, "%d bytes", (int)bytes);
        return;
    }
    while (number >= 999.5 && unit < 3) {
        number /= 1024;
        unit++;
    }
    snprintf(out, size, number < 9.95 ? "%.1f %s" : "%.0f %s", number,
             units[unit]);
}

const char *
plural(uint64_t number)
{
    return number == 1 ? "" : "s";
}
