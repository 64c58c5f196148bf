/* Rooms: see room.h. */
#include "fool/room.h"

#include <stdlib.h>

#include "base/memory.h"
#include "fool/power.h"
#include "number/vector.h"

/* Takes Σ |n_k / denominator|^q, rounded up, away from the room. */
static void take(mpq_t left, const net_class *h, size_t count, mpz_t *numerator, const mpz_t denominator)
{
    mpq_t size;
    mpq_init(size);
    for (size_t k = 0; k < count; k++) {
        if (mpz_sgn(numerator[k]) == 0)
            continue;
        mpz_abs(mpq_numref(size), numerator[k]);
        mpz_set(mpq_denref(size), denominator);
        mpq_canonicalize(size);
        power_rounded(size, size, h->q, true);
        mpq_sub(left, left, size);
    }
    if (mpq_sgn(left) < 0) /* only by rounding: the member has been shown to lie in the class */
        mpq_set_ui(left, 0, 1);
    mpq_clear(size);
}

static void fill(room *r)
{
    for (size_t l = 0; l < r->class.layers; l++) {
        if (r->class.largest)
            mpq_set(r->matrix[l], r->class.c);
        else
            power_rounded(r->matrix[l], r->class.c, r->class.q, false);
        mpq_set(r->bias[l], r->matrix[l]);
        r->width[l] = r->class.width;
    }
}

static void take_member(room *r, const network *member)
{
    for (size_t l = 0; l < r->class.layers; l++) {
        const net_layer *layer = &member->layer[l];
        const net_block *block = &layer->block[0];
        if (!r->class.largest) {
            take(r->matrix[l], &r->class, layer->neurons * block->columns, block->weight, layer->denominator);
            take(r->bias[l], &r->class, layer->neurons, layer->bias, layer->denominator);
        }
        r->width[l] = r->class.width > layer->neurons ? r->class.width - layer->neurons : 0;
    }
}

bool room_init(room *r, const net_class *h, const network *member, const char *name, error *e)
{
    *r = (room){.width = NULL};
    if (member != NULL && !class_contains(h, member, name, e))
        return false;
    class_init(&r->class);
    class_copy(&r->class, h);
    r->matrix = vector_new(h->layers);
    r->bias = vector_new(h->layers);
    r->width = mem_alloc(h->layers, sizeof *r->width);
    fill(r);
    if (member != NULL)
        take_member(r, member);
    return true;
}

void room_clear(room *r)
{
    if (r->width == NULL)
        return;
    vector_free(r->matrix, r->class.layers);
    vector_free(r->bias, r->class.layers);
    free(r->width);
    class_clear(&r->class);
    *r = (room){.width = NULL};
}
