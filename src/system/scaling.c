/* Scales: see scaling.h. Sizes: let M_n = Σ |weight| · 2^(exponent of the source) + |bias| of a row. A
 * neuron's exponent e_n is at least that of M_n less GAIN, hence the weights of a row of the root frame have
 * a sum of at most 2^GAIN (four times that where partners share a unit), below FRAME_WEIGHT; frame_reduce
 * refuses to exceed it. */
#include "system/scaling.h"

#include <limits.h>
#include <stdlib.h>

#include "base/memory.h"
#include "number/binary.h"

/* By how many binary digits a neuron may be smaller than its terms. */
#define GAIN 4
/* By how many digits partners' exponents may differ from each other's, to get one unit. */
#define APART 2
_Static_assert(GAIN + APART < FRAME_WEIGHT, "weights of the root's frame");

static void shift_up(mpz_t r, const mpz_t a, long k)
{
    if (k >= 0)
        mpz_mul_2exp(r, a, (mp_bitcnt_t)k);
    else
        mpz_cdiv_q_2exp(r, a, (mp_bitcnt_t)-k);
}

/* Least e with |a| <= 2^e; a is not zero. */
static long exponent_above(const mpq_t a)
{
    long e = (long)mpz_sizeinbase(mpq_numref(a), 2) - (long)mpz_sizeinbase(mpq_denref(a), 2);
    mpz_t left, right; /* |numerator| <= denominator · 2^e ? else 2^(e+1) will do */
    mpz_init(left);
    mpz_init(right);
    mpz_mul_2exp(left, mpq_numref(a), e < 0 ? (mp_bitcnt_t)-e : 0);
    mpz_mul_2exp(right, mpq_denref(a), e > 0 ? (mp_bitcnt_t)e : 0);
    if (mpz_cmpabs(left, right) > 0)
        e++;
    mpz_clears(left, right, NULL);
    return e;
}

static bool source_vanishes(const pair_system *system, const scaling *sc, size_t source)
{
    return source >= system->inputs && sc->vanishes[source - system->inputs];
}

static long source_exponent(const pair_system *system, const scaling *sc, size_t source)
{
    return source < system->inputs ? sc->input_exponent[source] : sc->exponent[source - system->inputs];
}

/* Exponent of the largest part of a row, from which its sum is formed; LONG_MIN when all parts are zero. */
static long row_top(const pair_system *system, const scaling *sc, const system_row *row, const mpq_t bias)
{
    long top = mpq_sgn(bias) == 0 ? LONG_MIN : exponent_above(bias);
    for (size_t t = 0; t < row->terms; t++) {
        if (source_vanishes(system, sc, row->source[t]))
            continue;
        long here = (long)mpz_sizeinbase(row->weight[t], 2) + source_exponent(system, sc, row->source[t]);
        if (here > top)
            top = here;
    }
    return top;
}

/* An e with M <= 2^e for the M of a row, LONG_MIN where M is 0; `bias` belongs to the centred inputs. */
static long row_exponent(const pair_system *system, const scaling *sc, const system_row *row,
                         const mpq_t bias)
{
    long base = row_top(system, sc, row, bias);
    if (base == LONG_MIN)
        return LONG_MIN;
    base -= 100;
    mpz_t sum, part;
    mpq_t scaled;
    mpz_inits(sum, part, NULL);
    mpq_init(scaled);
    binary_scale(scaled, bias, -base);
    mpq_abs(scaled, scaled);
    mpz_cdiv_q(sum, mpq_numref(scaled), mpq_denref(scaled));
    for (size_t t = 0; t < row->terms; t++) {
        if (source_vanishes(system, sc, row->source[t]))
            continue;
        mpz_abs(part, row->weight[t]);
        shift_up(part, part, source_exponent(system, sc, row->source[t]) - base);
        mpz_add(sum, sum, part);
    }
    long result = base + (long)mpz_sizeinbase(sum, 2);
    mpz_clears(sum, part, NULL);
    mpq_clear(scaled);
    return result;
}

/* bias + Σ weight_i · centre_i over the inputs: the constant of the row in centred inputs. */
static void centred_bias(mpq_t bias, const pair_system *system, const scaling *sc, const system_row *row)
{
    mpq_t part;
    mpq_init(part);
    mpq_set_z(bias, row->bias);
    for (size_t t = 0; t < row->terms && row->source[t] < system->inputs; t++) {
        mpq_set_z(part, row->weight[t]);
        mpq_mul(part, part, sc->centre[row->source[t]]);
        mpq_add(bias, bias, part);
    }
    mpq_clear(part);
}

/* A rounded number as fix. The choice of the scales keeps it below FRAME_WEIGHT; where it is not, *fits is
 * false, and nothing may be believed. */
static fix fix_from(const mpz_t value, int bits, bool *fits)
{
    if (mpz_sizeinbase(value, 2) <= (size_t)(bits + FRAME_WEIGHT))
        return mpz_get_si(value);
    *fits = false;
    return 0;
}

/* What rounding does to a row: half units of error, and whether all of its numbers fit. */
typedef struct rounding {
    int bits;
    fix halves;
    bool fits;
} rounding;

/* Nearest integer to a · 2^k. */
static fix round_shift(rounding *r, const mpz_t a, long k, mpz_t work)
{
    if (k >= 0) {
        mpz_mul_2exp(work, a, (mp_bitcnt_t)k);
        return fix_from(work, r->bits, &r->fits);
    }
    r->halves += mpz_divisible_2exp_p(a, (mp_bitcnt_t)-k) == 0;
    mpz_fdiv_q_2exp(work, a, (mp_bitcnt_t)(-k - 1));
    mpz_add_ui(work, work, 1);
    mpz_fdiv_q_2exp(work, work, 1);
    return fix_from(work, r->bits, &r->fits);
}

/* a · 2^k rounded down. */
static fix floor_quotient(rounding *r, const mpq_t a, long k)
{
    mpq_t scaled;
    mpz_t work;
    mpq_init(scaled);
    mpz_init(work);
    binary_scale(scaled, a, k);
    r->halves += mpz_cmp_ui(mpq_denref(scaled), 1) == 0 ? 0 : 2;
    mpz_fdiv_q(work, mpq_numref(scaled), mpq_denref(scaled));
    fix result = fix_from(work, r->bits, &r->fits);
    mpz_clear(work);
    mpq_clear(scaled);
    return result;
}

/* The centre: the middle of the box rounded to a dyadic far finer than the box; the exponent: so that the box
 * is in [-1,1]. */
static void choose_input_scale(scaling *sc, size_t i, const mpq_t lower, const mpq_t upper)
{
    mpq_t half, middle;
    mpq_inits(half, middle, NULL);
    mpq_sub(half, upper, lower);
    mpq_add(middle, upper, lower);
    mpq_div_2exp(half, half, 1);
    mpq_div_2exp(middle, middle, 1);
    long grid = mpq_sgn(half) != 0 ? exponent_above(half) : mpq_sgn(middle) != 0 ? exponent_above(middle) : 0;
    grid -= 64;
    binary_scale(middle, middle, -grid);
    mpz_fdiv_q(mpq_numref(middle), mpq_numref(middle), mpq_denref(middle));
    mpz_set_ui(mpq_denref(middle), 1);
    binary_scale(sc->centre[i], middle, grid);
    mpq_sub(half, upper, sc->centre[i]);
    mpq_sub(middle, sc->centre[i], lower);
    if (mpq_cmp(middle, half) > 0)
        mpq_swap(middle, half);
    sc->input_exponent[i] = mpq_sgn(half) == 0 ? 0 : exponent_above(half);
    mpq_clears(half, middle, NULL);
}

static int choose_bits(const pair_system *system)
{
    int bits = FRAME_BITS;
    for (size_t rows = (system->inputs + system->neurons + system->outputs) >> FRAME_ROWS; rows != 0;
         rows >>= 1)
        bits--; /* positive: no memory holds 2^(FRAME_ROWS + FRAME_BITS) rows */
    return bits;
}

/* Units that |z| can reach: an exponent e with units <= 2^e, LONG_MIN for 0. */
static long exponent_of_units(fix units)
{
    long e = 0;
    while (e < 62 && ((fix)1 << e) < units)
        e++;
    return units == 0 ? LONG_MIN : e;
}

/* The exponent of neuron n, its sources' being chosen; `reach` >= |z_n| in old units, or -1 where nothing but
 * interval arithmetic is to be used. */
static void choose_exponent(scaling *sc, const pair_system *system, size_t n, fix reach)
{
    const system_row *row = &system->row[n];
    mpq_t bias;
    mpq_init(bias);
    centred_bias(bias, system, sc, row);
    long terms = row_exponent(system, sc, row, bias), proven = terms;
    mpq_clear(bias);
    if (reach >= 0) {
        long units = exponent_of_units(reach);
        proven = units == LONG_MIN ? LONG_MIN : sc->exponent[n] - sc->bits + units;
    }
    sc->vanishes[n] = terms == LONG_MIN;
    if (terms == LONG_MIN)
        sc->exponent[n] = 0;
    else
        sc->exponent[n] = proven > terms - GAIN ? (proven < terms ? proven : terms) : terms - GAIN;
}

/* Partners get one unit in real terms: 2^exponent / scale. Their scales differ by a power of two. Raising an
 * exponent makes the weights with which the neuron is read larger, so partners whose magnitudes are far apart
 * are left as they are, unpaired. */
static void match_partners(scaling *sc, const pair_system *system)
{
    for (size_t n = 0; n < system->neurons; n++) {
        size_t m = sc->partner[n] = system->partner[n];
        if (m == SYSTEM_NO_NEURON)
            continue;
        long shift =
            (long)mpz_sizeinbase(system->row[m].scale, 2) - (long)mpz_sizeinbase(system->row[n].scale, 2);
        long excess = sc->exponent[m] - shift - sc->exponent[n];
        if (excess > APART || excess < -APART) {
            sc->partner[n] = SYSTEM_NO_NEURON;
            continue;
        }
        if (excess > 0)
            sc->exponent[n] += excess;
        sc->exponent[m] = sc->exponent[n] + shift;
    }
}

/* An objective need not be between -1 and 1: its exponent only has to leave room for its weights. */
static void scale_objectives(scaling *sc, const pair_system *system)
{
    mpq_t bias;
    mpq_init(bias);
    for (size_t j = 0; j < system->outputs; j++) {
        centred_bias(bias, system, sc, &system->objective[j]);
        long terms = row_exponent(system, sc, &system->objective[j], bias);
        sc->objective_exponent[j] = terms == LONG_MIN ? 0 : terms - GAIN;
    }
    mpq_clear(bias);
}

void scaling_init(scaling *sc, const pair_system *system, mpq_t *lower, mpq_t *upper)
{
    *sc = (scaling){.bits = choose_bits(system)};
    sc->centre = mem_alloc(system->inputs, sizeof *sc->centre);
    sc->input_exponent = mem_alloc(system->inputs, sizeof *sc->input_exponent);
    sc->exponent = mem_alloc(system->neurons, sizeof *sc->exponent);
    sc->vanishes = mem_alloc(system->neurons, sizeof *sc->vanishes);
    sc->partner = mem_alloc(system->neurons, sizeof *sc->partner);
    sc->objective_exponent = mem_alloc(system->outputs, sizeof *sc->objective_exponent);
    for (size_t i = 0; i < system->inputs; i++) {
        mpq_init(sc->centre[i]);
        choose_input_scale(sc, i, lower[i], upper[i]);
    }
    for (size_t n = 0; n < system->neurons; n++)
        choose_exponent(sc, system, n, -1);
    match_partners(sc, system);
    scale_objectives(sc, system);
}

void scaling_clear(scaling *sc, const pair_system *system)
{
    for (size_t i = 0; i < system->inputs; i++)
        mpq_clear(sc->centre[i]);
    free(sc->centre);
    free(sc->input_exponent);
    free(sc->exponent);
    free(sc->partner);
    free(sc->vanishes);
    free(sc->objective_exponent);
    *sc = (scaling){0};
}

/* units · 2^k, rounded up, but at most `one`, which no pre-activation exceeds. */
static fix convert_up(fix units, long k, fix one)
{
    if (units == 0)
        return 0;
    if (k < 0)
        return k < -62 ? units > 0 : -(-units >> -k);
    if (units > 0 && (k > 62 || units > one >> k))
        return one;
    return units < 0 && (k > 62 || -units > one >> k) ? -one : units * ((fix)1 << k);
}

bool scaling_tighten(scaling *sc, const pair_system *system, fix *lower, fix *upper)
{
    size_t count = system->neurons;
    long *old = mem_alloc(count, sizeof *old);
    bool finer = false;
    fix one = (fix)1 << sc->bits;
    for (size_t n = 0; n < count; n++) {
        old[n] = sc->exponent[n];
        choose_exponent(sc, system, n, upper[n] > -lower[n] ? upper[n] : -lower[n]);
    }
    match_partners(sc, system);
    scale_objectives(sc, system);
    for (size_t n = 0; n < count; n++) {
        long k = old[n] - sc->exponent[n];
        finer |= k > 4 && !sc->vanishes[n];
        upper[n] = sc->vanishes[n] ? 0 : convert_up(upper[n], k, one);
        lower[n] = sc->vanishes[n] ? 0 : -convert_up(-lower[n], k, one);
    }
    free(old);
    return finer;
}

/* Which rows read each source; then room for their weights. */
static void make_columns(frame *fr, const pair_system *system)
{
    size_t sources = fr->inputs + fr->count;
    for (size_t s = 0; s < sources; s++)
        fr->column[s].begin = SIZE_MAX;
    for (size_t n = 0; n < fr->count; n++)
        for (size_t t = 0; t < system->row[n].terms; t++) {
            frame_column *column = &fr->column[system->row[n].source[t]];
            if (column->begin == SIZE_MAX)
                column->begin = n;
            column->end = n + 1;
        }
    for (size_t s = 0; s < sources; s++) {
        frame_column *column = &fr->column[s];
        if (column->begin == SIZE_MAX)
            column->begin = column->end = 0;
        column->weight = mem_alloc(column->end - column->begin, sizeof *column->weight);
    }
}

/* Rounds a row whose value is scaled by 2^exponent: rounded[t] for its terms; the radius covers the errors,
 * as |x̂|, |ŷ| <= 1. False where a number is too large. */
static bool round_row(const pair_system *system, const scaling *sc, const system_row *row, long exponent,
                      fix *rounded, fix *rounded_bias, fix *radius)
{
    rounding r = {.bits = sc->bits, .fits = true};
    mpz_t work;
    mpq_t bias;
    mpz_init(work);
    mpq_init(bias);
    for (size_t t = 0; t < row->terms; t++) {
        size_t s = row->source[t];
        rounded[t] =
            source_vanishes(system, sc, s)
                ? 0
                : round_shift(&r, row->weight[t], source_exponent(system, sc, s) - exponent + sc->bits, work);
    }
    centred_bias(bias, system, sc, row);
    *rounded_bias = floor_quotient(&r, bias, sc->bits - exponent);
    *radius = (r.halves + 1) / 2;
    mpz_clear(work);
    mpq_clear(bias);
    return r.fits;
}

bool scaling_root(frame *root, const scaling *sc, const pair_system *system)
{
    frame_alloc(root, system->inputs, system->neurons, system->outputs);
    root->shared = system->shared;
    root->f_end = system->f_end;
    make_columns(root, system);
    fix *rounded = mem_alloc(mem_sum(system->inputs, system->neurons), sizeof *rounded);
    bool fits = true;
    for (size_t n = 0; n < system->neurons; n++) {
        const system_row *row = &system->row[n];
        fits &= round_row(system, sc, row, sc->exponent[n], rounded, &root->bias[n], &root->radius[n]);
        for (size_t t = 0; t < row->terms; t++) {
            frame_column *column = &root->column[row->source[t]];
            column->weight[n - column->begin] = rounded[t];
        }
        root->neuron[n] = n;
    }
    frame_pair(root, sc->partner);
    fits &= frame_finish(root, sc->bits);
    for (size_t j = 0; j < system->outputs; j++) {
        const system_row *row = &system->objective[j];
        frame_objective *objective = &root->objective[j];
        fits &= round_row(system, sc, row, sc->objective_exponent[j], rounded, &objective->bias,
                          &objective->radius);
        for (size_t t = 0; t < row->terms; t++)
            objective->weight[row->source[t]] = rounded[t];
    }
    free(rounded);
    return fits;
}

void scaling_input(fix *down, fix *up, const scaling *sc, size_t i, const mpq_t value)
{
    mpq_t offset;
    mpq_init(offset);
    mpq_sub(offset, value, sc->centre[i]);
    rounding r = {.bits = sc->bits, .fits = true};
    *down = floor_quotient(&r, offset, sc->bits - sc->input_exponent[i]);
    *up = *down + (r.halves != 0);
    if (!r.fits) { /* not a value of the box, in which every x̂ is between −1 and 1 */
        *down = -((fix)1 << sc->bits);
        *up = (fix)1 << sc->bits;
    }
    mpq_clear(offset);
}

/* C·(f − g) = 2^(exponent − 2bits) · total, with the scale C of the objective's row. */
void scaling_total(mpq_t real, const scaling *sc, const pair_system *system, size_t output, fix_product total)
{
    binary_integer(mpq_numref(real), total);
    mpz_set_ui(mpq_denref(real), 1);
    binary_scale(real, real, sc->objective_exponent[output] - 2 * sc->bits);
    mpz_mul(mpq_denref(real), mpq_denref(real), system->objective[output].scale);
    mpq_canonicalize(real);
}

void scaling_largest_total(mpz_t total, const scaling *sc, const pair_system *system, size_t output,
                           const mpq_t real)
{
    mpq_t scaled;
    mpq_init(scaled);
    mpq_set_z(scaled, system->objective[output].scale);
    mpq_mul(scaled, scaled, real);
    binary_scale(scaled, scaled, 2 * sc->bits - sc->objective_exponent[output]);
    mpz_fdiv_q(total, mpq_numref(scaled), mpq_denref(scaled));
    mpq_clear(scaled);
}
