/* The class H(q,c; d,B,L) of theory: networks with d inputs, L affine layers, at most B neurons in each
 * hidden layer, one output, ReLU behind every layer but the last, whose every matrix and every bias vector
 * has entrywise l^q norm at most c. Trusted. */
#ifndef SUPCERT_PROOF_CLASS_H
#define SUPCERT_PROOF_CLASS_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "network/network.h"

typedef struct net_class {
    bool largest;  /* q is infinite: norms are the largest absolute value */
    mpq_t q;       /* at least 1, where not `largest` */
    mpq_t c;       /* > 0 */
    size_t width;  /* B >= 1 */
    size_t layers; /* L >= 1 */
} net_class;

void class_init(net_class *h);
void class_clear(net_class *h);
void class_copy(net_class *to, const net_class *from);
bool class_equal(const net_class *a, const net_class *b);
/* Whether every network of class a lies in class b, as their numbers say: L is the same, B and c are no
 * smaller in b, and nor is q, as an entrywise l^q norm does not grow with q. */
bool class_within(const net_class *a, const net_class *b);

/* Whether the network lies in the class; if it cannot be shown to, *e says why, beginning with `name`. A true
 * answer is proved: for whole q up to CLASS_EXACT_POWER and for infinite q in integers, where the answer is
 * exact; for other q by sums of powers rounded up, so that a network within 2^-200 of the bound may be turned
 * down. */
#define CLASS_EXACT_POWER 64
bool class_contains(const net_class *h, const network *net, const char *name, error *e);

/* Whether Σ |numerator_k / denominator|^q <= share^q, proved in the same way (infinite q: whether all terms
 * are at most share). denominator > 0, share >= 0. */
bool class_norm_within(const net_class *h, size_t count, mpz_t *numerator, const mpz_t denominator,
                       const mpq_t share);

#endif
