/* arena.c - memory with one end of life.

   A list of blocks, the newest first; a request is cut from the first one.
   Blocks double in size, so that an arena of any size takes few of them; a
   request too large for that gets a block of its own behind the first, whose
   rest stays in use. */

#include "shared/base/str.h"

#include <stdlib.h>

#define ALIGNMENT 16
#define BLOCK_MIN ((size_t)4096)
#define BLOCK_MAX ((size_t)1 << 20)

struct arena_block {
    struct arena_block *next;
    size_t cap;                 // bytes after this header
    size_t used;
    size_t unused;              // keeps the header a multiple of ALIGNMENT
};

_Static_assert(sizeof(struct arena_block) % ALIGNMENT == 0,
               "what follows a header is aligned");

/* Put a block with room for `size` bytes into the list. */
static struct arena_block *
add_block(struct arena *arena, size_t size)
{
    struct arena_block *head = arena->head;
    struct arena_block *block = NULL;
    size_t cap = BLOCK_MIN;

    if (head != NULL) {
        cap = head->cap < BLOCK_MAX / 2 ? head->cap * 2 : BLOCK_MAX;
    }
    bool own = size > cap;
    if (own) {
        cap = size;
    }
    block = malloc(sizeof(*block) + cap);
    if (block == NULL) {
        return NULL;
    }
    block->cap = cap;
    block->used = 0;
    if (own && head != NULL) {
        block->next = head->next;
        head->next = block;
    } else {
        block->next = head;
        arena->head = block;
    }
    return block;
}

void *
lede__arena_alloc(struct arena *arena, size_t size)
{
    struct arena_block *block = arena->head;
    void *p;

    if (size > PTRDIFF_MAX - ALIGNMENT - sizeof(*block)) {
        return NULL;
    }
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (block == NULL || block->cap - block->used < size) {
        block = add_block(arena, size);
        if (block == NULL) {
            return NULL;
        }
    }
    p = (char *)(block + 1) + block->used;
    block->used += size;
    arena->used += size;
    return p;
}

void *
lede__arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    void *p;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        return NULL;
    }
    p = lede__arena_alloc(arena, bytes);
    if (p != NULL) {
        memset(p, 0, bytes);
    }
    return p;
}

struct str
lede__arena_str(struct arena *arena, struct str s)
{
    char *p = s.len == SIZE_MAX ? NULL : lede__arena_alloc(arena, s.len + 1);

    if (p == NULL) {
        return (struct str){ NULL, 0 };
    }
    if (s.len > 0) {
        memcpy(p, s.p, s.len);
    }
    p[s.len] = '\0';
    return (struct str){ p, s.len };
}

void
lede__arena_reset(struct arena *arena)
{
    struct arena_block *largest = arena->head;
    struct arena_block *next;

    for (struct arena_block *b = arena->head; b != NULL; b = b->next) {
        if (b->cap > largest->cap) {
            largest = b;
        }
    }
    for (struct arena_block *b = arena->head; b != NULL; b = next) {
        next = b->next;
        if (b != largest) {
            free(b);
        }
    }
    if (largest != NULL) {
        largest->next = NULL;
        largest->used = 0;
    }
    arena->head = largest;
    arena->used = 0;
}

void
lede__arena_free(struct arena *arena)
{
    struct arena_block *next;

    for (struct arena_block *b = arena->head; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    *arena = (struct arena)ARENA_INIT;
}
