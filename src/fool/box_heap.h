/* Open boxes, the one with the greatest bound on top. */
#ifndef SUPCERT_FOOL_BOX_HEAP_H
#define SUPCERT_FOOL_BOX_HEAP_H

#include <stddef.h>

#include "fool/hole_box.h"

typedef struct box_heap {
    hole_box **box; /* owned */
    size_t count, capacity;
} box_heap;

/* Takes the box. */
void box_heap_push(box_heap *h, hole_box *b);
/* Hands out the box on top; count >= 1. */
hole_box *box_heap_pop(box_heap *h);
/* Frees the boxes that are left. */
void box_heap_clear(box_heap *h);

#endif
