/* A binary heap: see box_heap.h. */
#include "fool/box_heap.h"

#include <stdlib.h>

#include "base/memory.h"

void box_heap_push(box_heap *h, hole_box *b)
{
    h->box = mem_grow(h->box, &h->capacity, h->count + 1, sizeof *h->box);
    size_t k = h->count++;
    while (k > 0 && h->box[(k - 1) / 2]->bound < b->bound) {
        h->box[k] = h->box[(k - 1) / 2];
        k = (k - 1) / 2;
    }
    h->box[k] = b;
}

hole_box *box_heap_pop(box_heap *h)
{
    hole_box *top = h->box[0], *last = h->box[--h->count];
    size_t k = 0;
    for (size_t child; (child = 2 * k + 1) < h->count; k = child) {
        if (child + 1 < h->count && h->box[child + 1]->bound > h->box[child]->bound)
            child++;
        if (h->box[child]->bound <= last->bound)
            break;
        h->box[k] = h->box[child];
    }
    h->box[k] = last;
    return top;
}

void box_heap_clear(box_heap *h)
{
    for (size_t k = 0; k < h->count; k++)
        hole_box_free(h->box[k]);
    free(h->box);
    *h = (box_heap){0};
}
