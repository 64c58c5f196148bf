/* The bump max(0, r - ‖x - p‖_1), scaled, as a ReLU network of theory.md, section 3. With the tents
 *
 *     T_i(x) = ρ(x_i - p_i + r) - 2 ρ(x_i - p_i) + ρ(x_i - p_i - r) = max(0, r - |x_i - p_i|)
 *
 * it is ρ(Σ_i T_i - (d-1) r): if some T_j = 0, then Σ_i T_i <= (d-1) r and ‖x - p‖_1 >= r, so both vanish;
 * else the sum is d r - ‖x - p‖_1. This holds for every p and every r > 0. The network:
 *
 *     layer 1            k copies of the 3d tent neurons, weight a, biases a(r - p_i), -a p_i, -a(r + p_i)
 *     layer 2            w equal neurons, weights s(1, -2, 1) on every triple, bias -s a k (d-1) r
 *     layers 3 … L-1     w × w matrices, all entries t_l
 *     layer L            one linear neuron, all weights ± t_L
 *
 * Its value at p is h = s a k r · (t_3 w) ⋯ (t_L w), and its slope with respect to the l1 norm is h / r. */
#ifndef SUPCERT_FOOL_BUMP_H
#define SUPCERT_FOOL_BUMP_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "fool/room.h"
#include "network/network.h"

typedef struct bump {
    size_t inputs, copies, width, layers; /* d, k, w, L >= 3 */
    mpq_t *centre;                        /* p */
    mpq_t radius, a, s;
    mpq_t *gain; /* t_l at [l-3], l = 3 … L */
    mpq_t height;
} bump;

/* How numbers are chosen: short enough to read, or such that all weights are doubles. */
typedef enum bump_numbers { BUMP_SHORT, BUMP_BINARY } bump_numbers;

/* Initialises *b with centre and radius; k, w, a, s, t_l are 1. */
void bump_init(bump *b, size_t inputs, size_t layers, mpq_t *centre, const mpq_t radius);
void bump_clear(bump *b);

/* Chooses k, w, a, s, t_l as large as the room allows, rounded down by a relative 2^-31 at most where they
 * are not short as they are (BUMP_BINARY: 2^-11). An error if the room is too small for any bump. */
bool bump_fit(bump *b, const room *r, bump_numbers numbers, error *e);

/* Sets t_L so that the height is `height`; for 1 = k = w = a = s = t_l otherwise. */
void bump_raise(bump *b, const mpq_t height);

/* Sizes and entries of layer l = 1 … L: `weight` is the first of its entries in a row-major matrix of
 * `stride` columns of zeros, `bias` its first entry. The last layer's weights are multiplied by `sign`. */
size_t bump_rows(const bump *b, size_t l);
size_t bump_columns(const bump *b, size_t l);
void bump_layer(const bump *b, size_t l, int sign, mpq_t *weight, size_t stride, mpq_t *bias);

/* Initialises *net as the bump times sign. */
void bump_network(network *net, const bump *b, int sign);

/* Its value at a point whose l1 distance from the centre is `distance`: height · max(0, 1 - distance/radius).
 */
void bump_value(mpq_t value, const bump *b, const mpq_t distance);

#endif
