/* How high a bump can be: lower bounds for the networks of theory, section 3, with n of the d inputs.
 *
 * A bump of radius r with centre p in [0,1]^n is max(0, r - ‖x - p‖_1) times a factor, as a network of the
 * class that reads n <= d of the inputs (the weights of the others are 0). Layer 1 has k copies of the tents'
 * neurons
 *
 *     ρ(a x_i - a(p_i - r)),   ρ(a x_i - a p_i),   ρ(a x_i - a(p_i + r)),   i = 1 … n,  3 n k <= B;
 *
 * layer 2 has w <= B equal neurons with weights s(1, -2, 1) on every triple and bias -s a k (n-1) r; layers 3
 * … L-1 are w×w matrices of entries t, the output layer is 1×w of entries ± t'. The height is s a k r (t
 * w)^(L-3) t' w.
 *
 * The biases of layer 1. Where p_i + r >= 1, the neuron with the kink at p_i + r vanishes on the cube: it is
 * left out, all its weights being 0. Let 0 < r <= 1. If p_i + r <= 1, the numbers |p_i - r|, p_i, p_i + r are
 * all at most 1; else |p_i - r| <= 1 and p_i <= 1 remain. So the 3n biases of a copy are at most a in
 * absolute value, as are its 3n weights, and
 *
 *     a^q 3nk <= c^q     bounds the norms of both, for EVERY p and every r <= 1.
 *
 * (With all three neurons the worst p is (1, …, 1): |r-p|^q + p^q + (r+p)^q is convex in p, and its value at
 * 1, (1-r)^q + 1 + (1+r)^q, is at least 2 >= 2 r^q, its value at 0. It would cost a factor of up to
 * ((1 + 2^q)/3)^(1/q); left out, nothing.)
 *
 * The other constraints, as in theory: s^q w k n (2+2^q) <= c^q;  s a k (n-1) r w^(1/q) <= c;  t w^(2/q) <=
 * c; t' w^(1/q) <= c. With a, t, t' as large as they allow and s the largest number that both of its allow,
 *
 *     h(r) = min(κ r, H),
 *     κ = c^L (3 (2+2^q))^(-1/q) n^(-2/q) k^(1-2/q) w^((1-2/q)(L-2)),
 *     H = c^(L-1) w^((1-2/q)(L-2)) / (n-1)          (n = 1: infinite).
 *
 * For q <= 2, k = w = 1 is best, for q > 2 the largest k = ⌊B/(3n)⌋ and w = B; for infinite q the limit is
 * κ = c^L k w^(L-2) / 2. Both κ and H grow with c, with B, with q (norms fall with q, so do (1 + 1 +
 * 2^q)^(1/q) and (3n)^(1/q)), and with L if c w^(1-2/q) >= 1. A larger d allows more n, so the best n never
 * gets worse. */
#ifndef SUPCERT_FOOL_HEIGHT_H
#define SUPCERT_FOOL_HEIGHT_H

#include <mpfr.h>
#include <stdbool.h>
#include <stddef.h>

#include "fool/learning.h"

/* What is known about bumps that read n inputs; all numbers are on the safe side. */
typedef struct height {
    const learning *problem;
    mpfr_prec_t precision;
    size_t n;
    mpfr_t slope;     /* at most κ */
    mpfr_t cap;       /* at most H; infinite for n = 1 */
    mpfr_t factorial; /* at most n! */
    mpfr_t rising;    /* at least (p+1)(p+2)…(p+n) = Γ(p+n+1)/Γ(p+1), where the error is an L^p norm */
    mpfr_t common_slope, common_cap; /* the factors without n: of κ n^(2/q) k^(2/q-1), and of H (n-1) */
    mpq_t copies_exponent, inputs_exponent; /* max(0, 1 - 2/q) and -2/q */
} height;

/* The largest n there is: min(d, ⌊B/3⌋), or 0 if there are no bumps because L < 3. */
size_t height_inputs(const learning *t);

/* Before the first n; the problem is borrowed. height_next moves on to n + 1 and returns false, changing
 * nothing, behind the last one. */
void height_init(height *h, const learning *t, mpfr_prec_t precision);
bool height_next(height *h);
void height_clear(height *h);

/* result <= the norm of a bump with `diameter` 2r, 0 < 2r <= 2, 2r given from below: for the uniform error
 * its height h(r); for the L^p norm, if the bump lies inside the cube,
 *
 *     h(r) · (2^n r^n Γ(p+1)/Γ(p+n+1))^(1/p),
 *
 * because the ball ‖x‖_1 < s has volume (2s)^n/n!, and so the p-th power of the norm is (h/r)^p times
 * ∫_0^r (r-s)^p d((2s)^n/n!) = 2^n/(n-1)! · r^(p+n) · Γ(p+1)Γ(n)/Γ(p+n+1). The inputs that are not read
 * contribute a factor 1. Grows strictly with r in the case of L^p. */
void height_norm(mpfr_t result, const height *h, const mpfr_t diameter);

#endif
