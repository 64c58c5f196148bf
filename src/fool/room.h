/* What a class of networks leaves free: all of it, or what is left beside a member of it. A member g and
 * another network, put side by side as one network of summed widths, lie in the class if the other one keeps
 * to the room that g leaves:
 *
 *     entrywise ‖(A_g, A)‖_q^q = ‖A_g‖_q^q + ‖A‖_q^q <= c^q    (q infinite: the larger one of both norms). */
#ifndef SUPCERT_FOOL_ROOM_H
#define SUPCERT_FOOL_ROOM_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "proof/class.h"

typedef struct room {
    net_class class;
    /* One of each for every layer, layer l at [l-1]. Finite q: ‖A‖_q^q may be as large; lower bounds of
     * c^q - ‖A_g‖_q^q, exact for whole q. Infinite q: ‖A‖ may be as large. */
    mpq_t *matrix, *bias;
    size_t *width; /* neurons that may be added; the last layer's is not used */
} room;

/* The whole class, or what `member` leaves of it; an error if `member` cannot be shown to lie in the class.
 * On failure *r is cleared. `name` is for messages. */
bool room_init(room *r, const net_class *h, const network *member, const char *name, error *e);
void room_clear(room *r);

#endif
