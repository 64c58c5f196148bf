/* A hash index: finds the number of an item that its owner keeps in a vector. It stores hashes and numbers
 * only, so that one piece of code serves nodes, constants and names. */
#ifndef SUPCERT_TARGET_LOOKUP_H
#define SUPCERT_TARGET_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No item. */
#define LOOKUP_NONE SIZE_MAX

typedef struct lookup_slot {
    uint64_t hash;
    size_t item; /* LOOKUP_NONE: the slot is free */
} lookup_slot;

typedef struct lookup {
    size_t capacity; /* 0 or a power of two, more than twice `used` */
    size_t used;
    lookup_slot *slot; /* owned */
} lookup;

/* Whether item number `item` is the one that is looked for; `owner` is what the caller of lookup_find gives.
 */
typedef bool lookup_equal(const void *owner, size_t item);

/* A zeroed structure is an empty index. */
void lookup_clear(lookup *index);

/* The number of the item with this hash for which `equal` holds, or LOOKUP_NONE. */
size_t lookup_find(const lookup *index, uint64_t hash, lookup_equal *equal, const void *owner);

/* Adds an item, which must not be in the index. */
void lookup_add(lookup *index, uint64_t hash, size_t item);

/* A hash of bytes; `start` is 0, or the hash of what comes before them. */
uint64_t lookup_hash(uint64_t start, const void *bytes, size_t size);

#endif
