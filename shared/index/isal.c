/* isal.c - raw deflate by ISA-L; see isal.h. */

#include <config.h>

#include "shared/index/isal.h"

#ifdef HAVE_ISAL

#include <isa-l/igzip_lib.h>
#include <string.h>

/* Of 0 to 3: of the size that libdeflate's level 1 has. */
#define LEVEL 3

struct memory {
    struct isal_zstream stream;
    uint8_t level[ISAL_DEF_LVL3_SMALL];
};

size_t
lede__isal_memory(void)
{
    return sizeof(struct memory);
}

size_t
lede__isal_deflate(void *memory, struct str raw, char *to, size_t room)
{
    struct memory *m = memory;

    if (raw.len > UINT32_MAX || room > UINT32_MAX) {
        return 0;
    }
    /* What is left of texts before, or of other memory, is looked at, and may
       be a match by chance: the same text is to give the same bytes. */
    memset(m, 0, sizeof *m);
    isal_deflate_stateless_init(&m->stream);
    m->stream.level = LEVEL;
    m->stream.level_buf = m->level;
    m->stream.level_buf_size = sizeof m->level;
    m->stream.end_of_stream = 1;
    m->stream.next_in = (uint8_t *)(uintptr_t)raw.p;    // is only read
    m->stream.avail_in = (uint32_t)raw.len;
    m->stream.next_out = (uint8_t *)to;
    m->stream.avail_out = (uint32_t)room;
    return isal_deflate_stateless(&m->stream) == COMP_OK
                   && m->stream.avail_in == 0
        ? m->stream.total_out : 0;
}

#else

size_t
lede__isal_memory(void)
{
    return 0;
}

size_t
lede__isal_deflate(void *memory, struct str raw, char *to, size_t room)
{
    (void)memory;
    (void)raw;
    (void)to;
    (void)room;
    return 0;
}

#endif
