/* Open addressing with linear probing: see lookup.h. */
#include "target/lookup.h"

#include <stdlib.h>

#include "base/memory.h"

enum { FIRST_CAPACITY = 64 };

void lookup_clear(lookup *index)
{
    free(index->slot);
    *index = (lookup){0};
}

size_t lookup_find(const lookup *index, uint64_t hash, lookup_equal *equal, const void *owner)
{
    if (index->capacity == 0)
        return LOOKUP_NONE;
    size_t mask = index->capacity - 1;
    for (size_t k = (size_t)hash & mask; index->slot[k].item != LOOKUP_NONE; k = (k + 1) & mask) {
        if (index->slot[k].hash == hash && equal(owner, index->slot[k].item))
            return index->slot[k].item;
    }
    return LOOKUP_NONE;
}

static void put(lookup *index, lookup_slot slot)
{
    size_t mask = index->capacity - 1, k = (size_t)slot.hash & mask;
    while (index->slot[k].item != LOOKUP_NONE)
        k = (k + 1) & mask;
    index->slot[k] = slot;
}

static void grow(lookup *index)
{
    lookup old = *index;
    index->capacity = old.capacity == 0 ? FIRST_CAPACITY : mem_product(old.capacity, 2);
    index->slot = mem_alloc(index->capacity, sizeof *index->slot);
    for (size_t k = 0; k < index->capacity; k++)
        index->slot[k].item = LOOKUP_NONE;
    for (size_t k = 0; k < old.capacity; k++) {
        if (old.slot[k].item != LOOKUP_NONE)
            put(index, old.slot[k]);
    }
    free(old.slot);
}

void lookup_add(lookup *index, uint64_t hash, size_t item)
{
    if (index->used >= index->capacity / 2)
        grow(index);
    put(index, (lookup_slot){hash, item});
    index->used++;
}

/* FNV-1a, with a last mixing step since the low bits choose the slot. */
uint64_t lookup_hash(uint64_t start, const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    uint64_t hash = start ^ 0xcbf29ce484222325u;
    for (size_t k = 0; k < size; k++)
        hash = (hash ^ byte[k]) * 0x100000001b3u;
    return hash ^ (hash >> 29);
}
