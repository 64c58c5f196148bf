/* Witnesses: see witness.h. */
#include "cli/witness.h"

#include <stdlib.h>

#include "base/memory.h"
#include "number/binary.h"
#include "number/vector.h"

/* --- rounding to the numbers of a format
 * ------------------------------------------------------------------------------------------- */

/* A binary format: its finite numbers are k·2^e with |k| < 2^bits and e from least to most. */
typedef struct format {
    long bits, least, most;
} format;

static const format formats[WITNESS_FORMS] = {
    [WITNESS_FLOAT64] = {.bits = 53, .least = -1074, .most = 971},
    [WITNESS_FLOAT32] = {.bits = 24, .least = -149, .most = 104},
};

/* value = k·2^e. */
static void set_scaled(mpq_t value, const mpz_t k, long e)
{
    mpq_set_z(value, k);
    binary_scale(value, value, e);
}

/* floor(|x| / 2^e) of x >= 0; *exact: nothing was cut off. */
static void floor_scaled(mpz_t k, const mpq_t x, long e, bool *exact)
{
    mpz_t above, below, rest;
    mpz_init_set(above, mpq_numref(x));
    mpz_init_set(below, mpq_denref(x));
    mpz_init(rest);
    if (e >= 0)
        mpz_mul_2exp(below, below, (mp_bitcnt_t)e);
    else
        mpz_mul_2exp(above, above, (mp_bitcnt_t)-e);
    mpz_fdiv_qr(k, rest, above, below);
    *exact = mpz_sgn(rest) == 0;
    mpz_clear(above);
    mpz_clear(below);
    mpz_clear(rest);
}

/* The exponent e of the format with which the numbers next to x >= 0 are multiples of 2^e: the least one,
 * within the format, for which x/2^e < 2^bits. */
static long exponent_near(const mpq_t x, const format *form)
{
    /* 2^(n-1) <= numerator < 2^n and 2^(m-1) <= denominator < 2^m, so 2^(n-m-1) < x < 2^(n-m+1). */
    long n = (long)mpz_sizeinbase(mpq_numref(x), 2), m = (long)mpz_sizeinbase(mpq_denref(x), 2);
    long e = n - m + 1 - form->bits; /* x/2^e < 2^bits; perhaps e - 1 will do as well */
    bool exact;
    mpz_t k;
    mpz_init(k);
    floor_scaled(k, x, e - 1, &exact);
    if ((long)mpz_sizeinbase(k, 2) <= form->bits)
        e--;
    mpz_clear(k);
    return e < form->least ? form->least : e > form->most ? form->most : e;
}

/* The neighbours of a number in a format. */
typedef struct neighbours {
    mpq_t value[2]; /* at or below, at or above, in size */
    bool even[2];   /* last bit */
    bool present[2];
} neighbours;

/* Of x >= 0. Both are present, but for a number above the largest of the format. */
static void find_neighbours(neighbours *n, const mpq_t x, const format *form)
{
    long e = exponent_near(x, form);
    bool exact;
    mpz_t k, end;
    mpz_init(k);
    mpz_init(end);
    mpz_setbit(end, (mp_bitcnt_t)form->bits);
    floor_scaled(k, x, e, &exact);
    if (mpz_cmp(k, end) >= 0) { /* larger than every number of the format */
        mpz_sub_ui(k, end, 1);
        exact = false;
    }
    for (int side = 0; side < 2; side++) {
        mpq_init(n->value[side]);
        set_scaled(n->value[side], k, e);
        n->even[side] = mpz_even_p(k);
        n->present[side] = e < form->most || mpz_cmp(k, end) < 0;
        if (!exact)
            mpz_add_ui(k, k, 1);
    }
    mpz_clear(k);
    mpz_clear(end);
}

/* Which of the neighbours (both acceptable) is nearer to x; of two equally near the even one. */
static int nearer(const neighbours *n, const mpq_t x)
{
    mpq_t below, above;
    mpq_inits(below, above, NULL);
    mpq_sub(below, x, n->value[0]);
    mpq_sub(above, n->value[1], x);
    int order = mpq_cmp(below, above);
    mpq_clears(below, above, NULL);
    return order != 0 ? order > 0 : !n->even[0];
}

static bool is_between(const mpq_t value, mpq_srcptr lower, mpq_srcptr upper)
{
    return (lower == NULL || mpq_cmp(value, lower) >= 0) && (upper == NULL || mpq_cmp(value, upper) <= 0);
}

bool witness_round(mpq_t to, const mpq_t x, witness_form form, mpq_srcptr lower, mpq_srcptr upper)
{
    if (form == WITNESS_EXACT) {
        mpq_set(to, x);
        return true;
    }
    mpq_t size;
    neighbours n;
    bool inside[2], negative = mpq_sgn(x) < 0;
    mpq_init(size);
    mpq_abs(size, x);
    find_neighbours(&n, size, &formats[form]);
    for (int side = 0; side < 2; side++) {
        mpq_set(to, n.value[side]);
        if (negative)
            mpq_neg(to, to);
        inside[side] = n.present[side] && is_between(to, lower, upper);
    }
    /* No number of the format lies strictly between the neighbours, and x lies in [lower, upper]: so if
     * neither neighbour does, no number of the format does. */
    bool found = inside[0] || inside[1];
    int side = found && inside[0] != inside[1] ? inside[1] : n.present[1] ? nearer(&n, size) : 0;
    mpq_set(to, n.value[side]);
    if (negative)
        mpq_neg(to, to);
    mpq_clears(size, n.value[0], n.value[1], NULL);
    return found;
}

/* --- the points
 * -------------------------------------------------------------------------------------------------------- */

static void round_point(witness_point *p, size_t inputs, witness_form form, mpq_t *x, mpq_t *lower,
                        mpq_t *upper)
{
    p->x = vector_new(inputs);
    p->outside = mem_alloc(inputs, sizeof *p->outside);
    for (size_t i = 0; i < inputs; i++) {
        p->outside[i] = !witness_round(p->x[i], x[i], form, lower == NULL ? NULL : lower[i],
                                       upper == NULL ? NULL : upper[i]);
        p->outsiders += p->outside[i];
    }
}

static void evaluate_networks(witness_point *p, const witness *w, const network *f, const network *g)
{
    network_eval(p->f, f, p->x);
    network_eval(p->g, g, p->x);
    for (size_t j = 0; j < w->outputs; j++) {
        mpq_sub(p->error[j], p->f[j], p->g[j]);
        mpq_abs(p->error[j], p->error[j]);
    }
}

/* Encloses u_j and the error of output j to `width`. */
static bool enclose_output(witness_point *p, size_t j, const proof_target *u, const mpq_t width)
{
    int sign;
    return u->evaluate(u->context, j, p->x, width, p->g[j], p->g_upper[j]) &&
           target_distance(u, j, p->f[j], p->x, width, p->error[j], p->error_upper[j], &sign);
}

/* The same to 2^-70, and then to 2^-90 of the smaller of both, where that is finer. */
static bool evaluate_output(witness_point *p, size_t j, const proof_target *u)
{
    mpq_t width, size;
    mpq_inits(width, size, NULL);
    mpq_set_ui(width, 1, 1);
    mpq_div_2exp(width, width, 70);
    bool known = enclose_output(p, j, u, width);
    mpq_abs(size, p->g[j]);
    if (mpq_cmp(p->error[j], size) < 0)
        mpq_set(size, p->error[j]);
    mpq_div_2exp(size, size, 90);
    if (known && mpq_sgn(size) > 0 && mpq_cmp(size, width) < 0)
        known = enclose_output(p, j, u, size);
    mpq_clears(width, size, NULL);
    return known;
}

/* False with w->undefined set where an output in question is not defined. */
static bool evaluate_formula(witness_point *p, witness *w, const network *f, const proof_target *u)
{
    network_eval(p->f, f, p->x);
    p->g_upper = vector_new(w->outputs);
    p->error_upper = vector_new(w->outputs);
    for (size_t j = 0; j < w->outputs && !p->undefined; j++) {
        p->undefined = (w->all_outputs || j == w->output) && !evaluate_output(p, j, u);
        w->undefined = p->undefined ? j : w->undefined;
    }
    return !p->undefined;
}

/* f lies above an enclosure of g, or below it, or the enclosure is a number. */
static witness_order order_of(mpq_srcptr f, mpq_srcptr lower, mpq_srcptr upper)
{
    int to_lower = mpq_cmp(f, lower), to_upper = mpq_cmp(f, upper);
    if (to_upper > 0)
        return WITNESS_ABOVE;
    if (to_lower < 0)
        return WITNESS_BELOW;
    return to_lower == 0 && to_upper == 0 ? WITNESS_EQUAL : WITNESS_NOT_DECIDED;
}

static void find_largest(witness_point *p, const witness *w)
{
    p->output = w->all_outputs ? 0 : w->output;
    for (size_t j = 0; w->all_outputs && j < w->outputs; j++)
        if (mpq_cmp(p->error[j], p->error[p->output]) > 0)
            p->output = j;
    size_t j = p->output;
    p->order = order_of(p->f[j], p->g[j], p->g_upper == NULL ? p->g[j] : p->g_upper[j]);
}

/* Exactly one of g and u is given. */
static bool look(witness *w, const network *f, const network *g, const proof_target *u, mpq_t *x,
                 mpq_t *lower, mpq_t *upper, bool all_outputs, size_t output)
{
    *w = (witness){.inputs = f->inputs,
                   .outputs = network_outputs(f),
                   .all_outputs = all_outputs,
                   .output = all_outputs ? 0 : output,
                   .has_formula = u != NULL};
    bool defined = true;
    for (witness_form form = WITNESS_EXACT; form < WITNESS_FORMS && defined; form++) {
        witness_point *p = &w->point[form];
        round_point(p, w->inputs, form, x, lower, upper);
        p->f = vector_new(w->outputs);
        p->g = vector_new(w->outputs);
        p->error = vector_new(w->outputs);
        if (u == NULL)
            evaluate_networks(p, w, f, g);
        else
            defined = evaluate_formula(p, w, f, u) || form != WITNESS_EXACT;
        find_largest(p, w);
    }
    return defined;
}

void witness_init(witness *w, const network *f, const network *g, mpq_t *x, mpq_t *lower, mpq_t *upper,
                  bool all_outputs, size_t output)
{
    look(w, f, g, NULL, x, lower, upper, all_outputs, output);
}

bool witness_init_formula(witness *w, const network *f, const proof_target *u, mpq_t *x, mpq_t *lower,
                          mpq_t *upper, bool all_outputs, size_t output)
{
    if (look(w, f, NULL, u, x, lower, upper, all_outputs, output))
        return true;
    size_t undefined = w->undefined;
    witness_clear(w);
    w->undefined = undefined;
    return false;
}

void witness_clear(witness *w)
{
    for (witness_form form = WITNESS_EXACT; form < WITNESS_FORMS; form++) {
        witness_point *p = &w->point[form];
        vector_free(p->x, w->inputs);
        vector_free(p->f, w->outputs);
        vector_free(p->g, w->outputs);
        vector_free(p->error, w->outputs);
        vector_free(p->g_upper, w->outputs);
        vector_free(p->error_upper, w->outputs);
        free(p->outside);
    }
    *w = (witness){.inputs = 0};
}

mpq_srcptr witness_error(const witness_point *p)
{
    return p->error[p->output];
}

const char *witness_form_name(witness_form form)
{
    static const char *const names[WITNESS_FORMS] = {"exact", "float64", "float32"};
    return names[form];
}
