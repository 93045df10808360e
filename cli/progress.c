/* progress.c - one line on stderr that says how far a run has come:

     [==========>         ]  52%   12,345 articles   8.4 MB/s   0:42 left

   Parts are left out from the left where the terminal is too narrow; bar,
   percentage and time where it is not known how much there is.  The rate is
   that of the last seconds, so that the time left follows what is read now. */

#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/output.h"

#define BAR_MAX 30
#define BAR_MIN 8
#define REDRAW_US 100000
#define LINE_SIZE 256

int64_t
progress_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void
progress_begin(struct progress *progress, bool wanted)
{
    *progress = (struct progress){
        .on = wanted && stderr_draws(),
        .begin_us = progress_now_us(),
    };
    // A run of a moment shows nothing.
    progress->next_us = progress->begin_us + 3 * REDRAW_US;
}

/* Bytes a second, from the samples. */
static double
rate(struct progress *progress, int64_t now, uint64_t bytes)
{
    unsigned oldest = progress->n < PROGRESS_SAMPLES
                          ? 0
                          : progress->n % PROGRESS_SAMPLES;
    int64_t since = progress->n ? progress->times[oldest] : progress->begin_us;
    uint64_t before = progress->n ? progress->bytes[oldest] : 0;
    unsigned slot = progress->n++ % PROGRESS_SAMPLES;

    progress->times[slot] = now;
    progress->bytes[slot] = bytes;
    // Where few samples are the first second is as good as any.
    return now > since && bytes >= before
               ? (double)(bytes - before) * 1e6 / (double)(now - since)
               : 0;
}

static int
format_left(char *out, size_t size, double seconds)
{
    long left = (long)(seconds + 0.5);

    if (seconds > 359999) {
        return snprintf(out, size, "   days left");
    }
    if (left >= 3600) {
        return snprintf(out, size, "   %ld:%02ld:%02ld left", left / 3600,
                        left / 60 % 60, left % 60);
    }
    return snprintf(out, size, "   %ld:%02ld left", left / 60, left % 60);
}

static void
print_bar(double part, int columns)
{
    int full = (int)(part * columns);

    putc('[', stderr);
    for (int i = 0; i < columns; i++) {
        putc(i < full ? '=' : i == full ? '>' : ' ', stderr);
    }
    fprintf(stderr, "] %3d%%   ", (int)(part * 100));
}

void
progress_draw(struct progress *progress, const lede_event *event)
{
    const lede_counts *counts = event->counts;
    char line[LINE_SIZE];
    char articles[32];
    char speed[32];
    uint64_t n;
    int64_t now;
    double bytes_per_s;
    int length;
    int room;

    now = progress->on && counts ? progress_now_us() : 0;
    if (now == 0 || now < progress->next_us) {
        return;
    }
    n = counts->added + counts->updated + counts->unchanged + counts->failed;
    format_count(articles, sizeof(articles), n);
    bytes_per_s = rate(progress, now, counts->bytes);
    format_size(speed, sizeof(speed), (uint64_t)bytes_per_s);
    // What is merged is not counted in articles.
    length = n > 0 ? snprintf(line, sizeof(line), "%s articles   %s/s",
                              articles, speed)
                   : snprintf(line, sizeof(line), "%s/s", speed);
    progress_clear(progress);
    if (event->bytes_total > 0) {
        double part = (double)counts->bytes / (double)event->bytes_total;

        part = part > 1 ? 1 : part;
        if (bytes_per_s > 0) {
            length += format_left(line + length, sizeof(line) - (size_t)length,
                                  (double)event->bytes_total * (1 - part) /
                                      bytes_per_s);
        }
        room = terminal_width(STDERR_FILENO) - 1 - length - 10;
        if (room >= BAR_MIN) {
            print_bar(part, room < BAR_MAX ? room : BAR_MAX);
        }
    }
    room = terminal_width(STDERR_FILENO) - 1;
    fprintf(stderr, "%.*s", room, line);
    fflush(stderr);
    progress->drawn = true;
    progress->next_us = now + REDRAW_US;
}

void
progress_clear(struct progress *progress)
{
    if (progress->drawn) {
        fputs("\r\033[K", stderr);
        progress->drawn = false;
        progress->next_us = 0;
    }
}
