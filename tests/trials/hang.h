/* hang.h - a process that hangs is ended by SIGALRM: one that takes too much
   time of the processor, or for long none at all.  What the clock says does not
   count: on a machine that is busy, or in a process that was stopped and goes
   on, it says nothing. */

#ifndef LEDE_TESTS_TRIALS_HANG_H
#define LEDE_TESTS_TRIALS_HANG_H

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#define HANG_IDLE 120           // ticks of a second in which nothing is done

static volatile sig_atomic_t hang_until;        // in seconds of the processor
static volatile sig_atomic_t hang_idle;         // ticks
static volatile long long hang_used;            // ns, at the last tick

static inline long long
hang_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (long long)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Ticks that come while a process is stopped are one. */
static inline void
hang_tick(int number)
{
    long long now = hang_now();

    // this tick takes some microseconds itself
    hang_idle = now - hang_used < 100000 ? hang_idle + 1 : 0;
    hang_used = now;
    if (now / 1000000000 >= hang_until || hang_idle >= HANG_IDLE) {
        signal(number, SIG_DFL);
        raise(number);          // once this handler has returned
    }
}

/* From now on so many seconds may be used; 0: any. */
static inline void
hang_watch(int seconds)
{
    struct sigaction action = { .sa_handler = hang_tick,
                                .sa_flags = SA_RESTART };
    struct itimerval timer = { { seconds > 0, 0 }, { seconds > 0, 0 } };

    hang_used = hang_now();
    hang_until = (sig_atomic_t)(hang_used / 1000000000) + seconds + 1;
    hang_idle = 0;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

#endif
