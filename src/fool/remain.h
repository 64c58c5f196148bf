/* What error remains after m samples: the statements of need.h, read the other way. N(r) is the norm of a
 * bump of radius r inside the cube, as there.
 *
 * hole          the error is at least h(r), r = min(1, ½ (n!/m)^(1/n)), since a hole of any smaller radius is
 * left and h is continuous; m = 0: r = 1 inner-hole    the error is at least N(r), 2r = 1/(1 + (m/n!)^(1/n)),
 * which solves m (2r)^n/n! = (1-2r)^n empty-cell    the error is at least N(r), 2r = 1/k, with the smallest k
 * of k^n > m, k = ⌊m^(1/n)⌋ + 1 random-cell   the expected error is at least (1 - m/k^n) N(1/(2k)) for every
 * k with k^n > m */
#ifndef SUPCERT_FOOL_REMAIN_H
#define SUPCERT_FOOL_REMAIN_H

#include <gmp.h>
#include <mpfr.h>
#include <stdbool.h>

#include "fool/claim.h"
#include "fool/height.h"

/* Each sets x, of the precision of h, to a lower bound of the error, and *why; false if it says nothing. m >=
 * 0. */
bool remain_hole(mpfr_t x, claim *why, const height *h, const mpz_t samples);
bool remain_inner(mpfr_t x, claim *why, const height *h, const mpz_t samples);
bool remain_random(mpfr_t x, claim *why, const height *h, const mpz_t samples);

#endif
