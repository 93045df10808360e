/* map.c - a hash map from byte strings to 64-bit values.

   Open addressing with linear probing (Knuth, The Art of Computer Programming
   6.4, Algorithm L), at most three quarters full, without removal.  Hashes are
   XXH3 and are kept, so that growing does not read the keys again. */

#include "shared/base/str.h"

#include <stdlib.h>
#include <xxhash.h>

#define CAP_MIN 64

/* The entry of `key`, or the free one where it would go. */
static struct map_entry *
place(struct map_entry *entries, size_t cap, uint64_t hash, struct str key)
{
    size_t i = (size_t)hash & (cap - 1);

    while (entries[i].used
           && (entries[i].hash != hash || !str_eq(entries[i].key, key))) {
        i = (i + 1) & (cap - 1);
    }
    return &entries[i];
}

uint64_t *
lede__map_find(const struct map *map, struct str key)
{
    struct map_entry *entry;

    if (map->count == 0) {
        return NULL;
    }
    entry = place(map->entries, map->cap, XXH3_64bits(key.p, key.len), key);
    return entry->used ? &entry->value : NULL;
}

static bool
grow(struct map *map)
{
    struct map_entry *entries = NULL;
    size_t cap = map->cap == 0 ? CAP_MIN : map->cap * 2;

    if (cap < map->cap) {
        return false;
    }
    entries = calloc(cap, sizeof(*entries));
    if (entries == NULL) {
        return false;
    }
    for (size_t i = 0; i < map->cap; i++) {
        const struct map_entry *old = &map->entries[i];
        if (old->used) {
            *place(entries, cap, old->hash, old->key) = *old;
        }
    }
    free(map->entries);
    map->entries = entries;
    map->cap = cap;
    return true;
}

uint64_t *
lede__map_put(struct map *map, struct str key, bool *added)
{
    uint64_t hash = XXH3_64bits(key.p, key.len);
    struct map_entry *entry;

    if (map->count >= map->cap / 4 * 3 && !grow(map)) {
        return NULL;
    }
    entry = place(map->entries, map->cap, hash, key);
    if (added != NULL) {
        *added = !entry->used;
    }
    if (!entry->used) {
        struct str copy = lede__arena_str(&map->keys, key);
        if (copy.p == NULL) {
            return NULL;
        }
        *entry = (struct map_entry){ copy, hash, 0, true };
        map->count++;
    }
    return &entry->value;
}

void
lede__map_free(struct map *map)
{
    free(map->entries);
    lede__arena_free(&map->keys);
    *map = (struct map)MAP_INIT;
}
