/* Classes of networks: see class.h. */
#include "proof/class.h"

#include <mpfr.h>

#include "base/memory.h"

#define PRECISION 256 /* bits of the sums that are rounded */

void class_init(net_class *h)
{
    *h = (net_class){.largest = false};
    mpq_inits(h->q, h->c, NULL);
}

void class_clear(net_class *h)
{
    mpq_clears(h->q, h->c, NULL);
}

void class_copy(net_class *to, const net_class *from)
{
    to->largest = from->largest;
    to->width = from->width;
    to->layers = from->layers;
    mpq_set(to->q, from->q);
    mpq_set(to->c, from->c);
}

bool class_equal(const net_class *a, const net_class *b)
{
    return a->largest == b->largest && (a->largest || mpq_equal(a->q, b->q)) && mpq_equal(a->c, b->c) &&
           a->width == b->width && a->layers == b->layers;
}

bool class_within(const net_class *a, const net_class *b)
{
    bool weaker_norm = b->largest || (!a->largest && mpq_cmp(a->q, b->q) <= 0);
    return weaker_norm && mpq_cmp(a->c, b->c) <= 0 && a->width <= b->width && a->layers == b->layers;
}

/* --- norms ------------------------------------------------------------------------------------------------
 */

/* max |n_k| / D <= P/Q  <=>  |n_k|·Q <= P·D for all k */
static bool largest_within(size_t count, mpz_t *numerator, const mpz_t bound, const mpz_t factor)
{
    mpz_t size;
    mpz_init(size);
    bool within = true;
    for (size_t k = 0; k < count && within; k++) {
        mpz_mul(size, numerator[k], factor);
        within = mpz_cmpabs(size, bound) <= 0;
    }
    mpz_clear(size);
    return within;
}

/* Σ |n_k / D|^q <= (P/Q)^q  <=>  Q^q · Σ |n_k|^q <= (P·D)^q */
static bool power_sum_within(size_t count, mpz_t *numerator, const mpz_t bound, const mpz_t factor,
                             unsigned long q)
{
    mpz_t power, sum;
    mpz_inits(power, sum, NULL);
    for (size_t k = 0; k < count; k++) {
        mpz_abs(power, numerator[k]);
        mpz_pow_ui(power, power, q);
        mpz_add(sum, sum, power);
    }
    mpz_pow_ui(power, factor, q);
    mpz_mul(sum, sum, power);
    mpz_pow_ui(power, bound, q);
    bool within = mpz_cmp(sum, power) <= 0;
    mpz_clears(power, sum, NULL);
    return within;
}

/* For any q >= 1, P > 0: with ρ_k = |n_k|·Q / (P·D), Σ ρ_k^q <= 1 is wanted. If some ρ_k > 1 that is false.
 * Else ρ^q does not increase with q and not decrease with ρ, so ρ rounded up, to the power q rounded down,
 * rounded up, is an upper bound; and so is the sum of these, rounded up. */
static bool rounded_sum_within(size_t count, mpz_t *numerator, const mpz_t bound, const mpz_t factor,
                               const mpq_t q)
{
    mpfr_t exponent, term, sum;
    mpq_t ratio;
    mpfr_inits2(PRECISION, exponent, term, sum, (mpfr_ptr)NULL);
    mpq_init(ratio);
    mpfr_set_q(exponent, q, MPFR_RNDD);
    mpfr_set_zero(sum, 1);
    for (size_t k = 0; k < count && mpfr_cmp_ui(sum, 1) <= 0; k++) {
        if (mpz_sgn(numerator[k]) == 0)
            continue;
        mpz_mul(mpq_numref(ratio), numerator[k], factor);
        mpz_abs(mpq_numref(ratio), mpq_numref(ratio));
        mpz_set(mpq_denref(ratio), bound);
        mpq_canonicalize(ratio);
        mpfr_set_q(term, ratio, MPFR_RNDU);
        if (mpfr_cmp_ui(term, 1) <= 0)
            mpfr_pow(term, term, exponent, MPFR_RNDU);
        mpfr_add(sum, sum, term, MPFR_RNDU);
    }
    bool within = mpfr_cmp_ui(sum, 1) <= 0;
    mpfr_clears(exponent, term, sum, (mpfr_ptr)NULL);
    mpq_clear(ratio);
    return within;
}

bool class_norm_within(const net_class *h, size_t count, mpz_t *numerator, const mpz_t denominator,
                       const mpq_t share)
{
    bool whole = mpz_cmp_ui(mpq_denref(h->q), 1) == 0;
    mpz_t bound; /* P·D, where share = P/Q */
    mpz_init(bound);
    mpz_mul(bound, mpq_numref(share), denominator);
    bool within;
    if (h->largest || mpz_sgn(bound) == 0)
        within = largest_within(count, numerator, bound, mpq_denref(share));
    else if (whole && mpz_cmp_ui(mpq_numref(h->q), CLASS_EXACT_POWER) <= 0)
        within = power_sum_within(count, numerator, bound, mpq_denref(share), mpz_get_ui(mpq_numref(h->q)));
    else
        within = rounded_sum_within(count, numerator, bound, mpq_denref(share), h->q);
    mpz_clear(bound);
    return within;
}

/* --- networks ---------------------------------------------------------------------------------------------
 */

/* Layer k (from 1) reads layer k-1 and nothing else, and has ReLU behind it unless it is the last. */
static bool check_layer(const net_class *h, const network *net, size_t k, const char *name, error *e)
{
    const net_layer *layer = &net->layer[k - 1];
    bool last = k == h->layers;
    if (layer->blocks != 1 || layer->block[0].source != k - 1)
        return error_set(e, NULL, 0,
                         "%s is not in the class: layer %zu reads something else than the layer before it",
                         name, k);
    if (layer->neurons > (last ? 1 : h->width))
        return error_set(e, NULL, 0, "%s is not in the class: layer %zu has %zu neurons, allowed are %zu",
                         name, k, layer->neurons, last ? 1 : h->width);
    for (size_t n = 0; n < layer->neurons; n++)
        if (layer->kind[n] != (last ? NEURON_LINEAR : NEURON_RELU))
            return error_set(e, NULL, 0, "%s is not in the class: layer %zu has a neuron that is %s", name, k,
                             last ? "no linear output" : "no ReLU");
    return true;
}

static bool check_norms(const net_class *h, const net_layer *layer, size_t k, const char *name, error *e)
{
    size_t weights = mem_product(layer->neurons, layer->block[0].columns);
    if (!class_norm_within(h, weights, layer->block[0].weight, layer->denominator, h->c))
        return error_set(e, NULL, 0, "%s is not in the class: the matrix of layer %zu has a larger norm",
                         name, k);
    return class_norm_within(h, layer->neurons, layer->bias, layer->denominator, h->c) ||
           error_set(e, NULL, 0, "%s is not in the class: the bias of layer %zu has a larger norm", name, k);
}

bool class_contains(const net_class *h, const network *net, const char *name, error *e)
{
    if (net->layers != h->layers)
        return error_set(e, NULL, 0, "%s is not in the class: it has %zu layers, not %zu", name, net->layers,
                         h->layers);
    for (size_t k = 1; k <= net->layers; k++)
        if (!check_layer(h, net, k, name, e) || !check_norms(h, &net->layer[k - 1], k, name, e))
            return false;
    return true;
}
