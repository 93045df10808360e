/* fault.c - a disk that fails: preloaded into the command, it makes the Nth
   call that writes, syncs or renames fail.

     LEDE_FAULT_AT      which call, from 1; 0: none
     LEDE_FAULT_ERRNO   with which error number
     LEDE_FAULT_LASTS   1: so do all later ones, as on a full disk
     LEDE_FAULT_COUNT   a file that gets the number of calls at the end

   Only the process named "lede" is touched.  Unlike lede itself this reads the
   environment, and it counts with one mutable global: it is a test. */

#define _GNU_SOURCE             // program_invocation_short_name, RTLD_NEXT

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_long calls;

static long
number(const char *name)
{
    const char *value = getenv(name);

    return value == NULL ? 0 : strtol(value, NULL, 10);
}

/* Count a call; true, with errno, where it is to fail. */
static bool
fails(void)
{
    long at = number("LEDE_FAULT_AT");
    long call = 0;

    if (strstr(program_invocation_short_name, "lede") == NULL) {
        return false;
    }
    call = ++calls;
    if (at == 0 || call < at ||
        (call > at && number("LEDE_FAULT_LASTS") == 0)) {
        return false;
    }
    errno = (int)number("LEDE_FAULT_ERRNO");
    return true;
}

#include "tests/faults.h"

__attribute__((destructor))
static void
tell(void)
{
    const char *path = getenv("LEDE_FAULT_COUNT");
    FILE *file = NULL;

    if (path == NULL ||
        strstr(program_invocation_short_name, "lede") == NULL) {
        return;
    }
    file = fopen(path, "we");
    if (file != NULL) {
        fprintf(file, "%ld\n", (long)calls);
        fclose(file);
    }
}
