/* A bound that needs no search: for a search that has to end before it knows anything. Untrusted, like all
 * that is written into certificates. */
#ifndef SUPCERT_SEARCH_CRUDE_H
#define SUPCERT_SEARCH_CRUDE_H

#include <gmp.h>

#include "search/maximise.h"

/* A number that the bounds of all objectives with default multipliers and without a split do not exceed, in
 * exact arithmetic and whatever bounds the kernel has proved for the neurons at the root.
 *
 * With the kernel's scales, |z_n| <= M_n = 2 (|b_n| + Σ |w| M_source) for every neuron n, from M_i >= |m_i| +
 * 2^p_i for an input, which its ends do not exceed. The default c at a coefficient a has |c| <= |a|, and K <=
 * |a| M_n; with partners a bound of the difference is at most M_n + M_n', and each of the two coefficients is
 * as large. So a unit coefficient at neuron n adds at most V_n = 2 M_n + |b_n| + Σ |w| V_source to the bound,
 * V_i = M_i for an input, and an objective's bound is at most the sum of V over the two outputs. */
void crude_bound(mpq_t upper, const query *q);

#endif
