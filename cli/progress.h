/* progress.h - one line on stderr that says how far a run has come. */

#ifndef LEDE_CLI_PROGRESS_H
#define LEDE_CLI_PROGRESS_H

#include <lede.h>
#include <stdbool.h>
#include <stdint.h>

#define PROGRESS_SAMPLES 32

struct progress {
    bool on;                    // stderr is a terminal and it is wanted
    bool drawn;                 // the line is on the screen
    int64_t begin_us;
    int64_t next_us;            // when it may be drawn again
    int64_t times[PROGRESS_SAMPLES];    // of the last drawings, for the rate
    uint64_t bytes[PROGRESS_SAMPLES];
    unsigned n;                 // of samples so far
};

void
progress_begin(struct progress *progress, bool wanted);

void
progress_draw(struct progress *progress, const lede_event *event);

/* Before anything else is written to the terminal. */
void
progress_clear(struct progress *progress);

/* A clock that only goes forward. */
int64_t
progress_now_us(void);

#endif
