/* References that are no networks: functions u of which the kernel knows nothing but linear enclosures and
 * values at points, which their owner must be trusted with (src/target has formulas). Objective k is then
 * s·(f_j − u_j), the pair system that of f and a network that is zero. Trusted.
 *
 * The rule: if |u(x) − (value + Σ slope_i (x_i − centre_i))| <= error on the node's box, and a backward pass
 * has shown that s·f_j <= K + Σ a_i (x_i − m_i) on the node, then there
 *     s·(f_j − u_j) <= K − s·value + error + Σ [a_i (x_i − m_i) − s·slope_i (x_i − centre_i)],
 * and each bracket, being affine in x_i, is largest at an end of the node's interval. All of that is
 * calculated exactly. An enclosure says that u_j is defined on the whole box; so whoever has proved an
 * objective of output j in a node has proved that as well. */
#ifndef SUPCERT_KERNEL_TARGET_H
#define SUPCERT_KERNEL_TARGET_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

/* |u(x) − (value + Σ slope[i] (x_i − centre[i]))| <= error. */
typedef struct target_form {
    mpq_t *centre, *slope; /* `inputs` each */
    mpq_srcptr value, error;
} target_form;

/* A function with several outputs; for one thread at a time. */
typedef struct proof_target {
    size_t inputs, outputs;
    const char *text; /* names it in certificates: printable ASCII, single blanks, no end of line; borrowed */
    void *context;
    /* A form of the output that holds on the whole box, on which the output is then defined; NULL if that was
     * not shown. Rounding is not to contribute much more than `tolerance` (> 0). Depends on the arguments
     * only. It stays as it is until the next call for the same output. */
    const target_form *(*enclose)(void *context, size_t output, mpq_t *lower, mpq_t *upper, double tolerance);
    /* lower <= u_output(x) <= upper and upper − lower <= width (> 0); false if that was not reached, or the
     * output is not defined at x. */
    bool (*evaluate)(void *context, size_t output, mpq_t *x, const mpq_t width, mpq_t lower, mpq_t upper);
} proof_target;

/* Encloses |f_output(x) − u_output(x)|, where f has been evaluated: lower <= |f − u(x)| <= upper, with
 * upper − lower at most `width`. *sign is +1 if f > u(x), −1 if f < u(x), 0 if the enclosure does not tell.
 * False as above. */
bool target_distance(const proof_target *u, size_t output, const mpq_t f, mpq_t *x, const mpq_t width,
                     mpq_t lower, mpq_t upper, int *sign);

typedef struct prover prover; /* prover.h */

/* Makes u the reference of a prover that is at its root, whose system has a zero network as g; u is borrowed,
 * NULL changes nothing. */
void prover_set_target(prover *p, const proof_target *u);

#endif
