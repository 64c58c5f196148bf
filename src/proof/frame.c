/* Frames: see frame.h. Magnitudes: with |x̂_i| <= 1 and U_n a bound of |Y_n| by interval arithmetic, the
 * weights of a row satisfy Σ |weight| U <= U_row. Scaling by the power of two next above U therefore keeps
 * every weight, also after any substitution of rows, below 2 in size (8 where partners share a unit), and no
 * sum in here or in the kernel can overflow. */
#include "proof/frame.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* value <= mantissa · 2^(exponent - 62) with mantissa <= 2^62; zero is {0, 0}. */
typedef struct magnitude {
    int64_t mantissa;
    long exponent;
} magnitude;

static void shift_up(mpz_t r, const mpz_t a, long k)
{
    if (k >= 0)
        mpz_mul_2exp(r, a, (mp_bitcnt_t)k);
    else
        mpz_cdiv_q_2exp(r, a, (mp_bitcnt_t)-k);
}

static void scale_quotient(mpq_t r, const mpq_t a, long k)
{
    if (k >= 0)
        mpq_mul_2exp(r, a, (mp_bitcnt_t)k);
    else
        mpq_div_2exp(r, a, (mp_bitcnt_t)-k);
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

/* The magnitude of r · 2^base, rounded up; destroys r. */
static magnitude normalise(mpz_t r, long base)
{
    magnitude m = {0, 0};
    if (mpz_sgn(r) == 0)
        return m;
    long length = (long)mpz_sizeinbase(r, 2);
    shift_up(r, r, 62 - length);
    m.mantissa = mpz_get_si(r); /* at most 2^62, also after rounding up */
    m.exponent = base + length;
    return m;
}

static magnitude source_magnitude(const pair_system *system, const scaling *sc, const magnitude *size,
                                  size_t source)
{
    if (source >= system->inputs)
        return size[source - system->inputs];
    return (magnitude){(int64_t)1 << 62, sc->input_exponent[source]};
}

/* Exponent of the largest part of a row, from which its sum is formed; LONG_MIN when all parts are zero. */
static long row_top(const pair_system *system, const scaling *sc, const magnitude *size,
                    const system_row *row, const mpq_t bias)
{
    long top = mpq_sgn(bias) == 0 ? LONG_MIN : exponent_above(bias);
    for (size_t t = 0; t < row->terms; t++) {
        magnitude m = source_magnitude(system, sc, size, row->source[t]);
        long here = (long)mpz_sizeinbase(row->weight[t], 2) + m.exponent;
        if (m.mantissa != 0 && here > top)
            top = here;
    }
    return top;
}

/* A bound of |row| where |x̂_i| <= 1 and the neurons keep to their magnitudes; `bias` belongs to the centred
 * inputs. */
static magnitude row_magnitude(const pair_system *system, const scaling *sc, const magnitude *size,
                               const system_row *row, const mpq_t bias)
{
    long base = row_top(system, sc, size, row, bias);
    if (base == LONG_MIN)
        return (magnitude){0, 0};
    base -= 100;
    mpz_t sum, part;
    mpz_init(sum);
    mpz_init(part);
    mpq_t scaled;
    mpq_init(scaled);
    scale_quotient(scaled, bias, -base);
    mpq_abs(scaled, scaled);
    mpz_cdiv_q(sum, mpq_numref(scaled), mpq_denref(scaled));
    for (size_t t = 0; t < row->terms; t++) {
        magnitude m = source_magnitude(system, sc, size, row->source[t]);
        mpz_mul_si(part, row->weight[t], m.mantissa);
        mpz_abs(part, part);
        shift_up(part, part, m.exponent - 62 - base);
        mpz_add(sum, sum, part);
    }
    magnitude result = normalise(sum, base);
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

/* A rounded number as fix. By the choice of the scaling it is below 16 in size; were it not, nothing could be
 * trusted any more. */
static fix fix_from(const mpz_t value, int bits)
{
    if (mpz_sizeinbase(value, 2) > (size_t)bits + 4) {
        fputs("supcert: internal error: a scaled number is too large (please report the two networks)\n",
              stderr);
        exit(2);
    }
    return mpz_get_si(value);
}

/* Nearest integer to a · 2^k, adding to the count of half units of error. */
static fix round_shift(const mpz_t a, long k, int bits, mpz_t work, fix *halves)
{
    if (k >= 0) {
        mpz_mul_2exp(work, a, (mp_bitcnt_t)k);
        return fix_from(work, bits);
    }
    *halves += mpz_divisible_2exp_p(a, (mp_bitcnt_t)-k) == 0;
    mpz_fdiv_q_2exp(work, a, (mp_bitcnt_t)(-k - 1));
    mpz_add_ui(work, work, 1);
    mpz_fdiv_q_2exp(work, work, 1);
    return fix_from(work, bits);
}

/* a · 2^k rounded down, likewise. */
static fix floor_quotient(const mpq_t a, long k, int bits, fix *halves)
{
    mpq_t scaled;
    mpz_t work;
    mpq_init(scaled);
    mpz_init(work);
    scale_quotient(scaled, a, k);
    *halves += mpz_cmp_ui(mpq_denref(scaled), 1) == 0 ? 0 : 2;
    mpz_fdiv_q(work, mpq_numref(scaled), mpq_denref(scaled));
    fix result = fix_from(work, bits);
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
    scale_quotient(middle, middle, -grid);
    mpz_fdiv_q(mpq_numref(middle), mpq_numref(middle), mpq_denref(middle));
    mpz_set_ui(mpq_denref(middle), 1);
    scale_quotient(sc->centre[i], middle, grid);
    mpq_sub(half, upper, sc->centre[i]);
    mpq_sub(middle, sc->centre[i], lower);
    if (mpq_cmp(middle, half) > 0)
        mpq_swap(middle, half);
    sc->input_exponent[i] = mpq_sgn(half) == 0 ? 0 : exponent_above(half);
    mpq_clears(half, middle, NULL);
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

void frame_alloc(frame *fr, size_t inputs, size_t count, size_t outputs)
{
    size_t sources = mem_sum(inputs, count);
    *fr = (frame){.inputs = inputs, .count = count, .outputs = outputs};
    fr->neuron = mem_alloc(count, sizeof *fr->neuron);
    fr->partner = mem_alloc(count, sizeof *fr->partner);
    fr->order = mem_alloc(count, sizeof *fr->order);
    fr->position = mem_alloc(count, sizeof *fr->position);
    fr->column = mem_alloc(sources, sizeof *fr->column);
    fr->bias = mem_alloc(count, sizeof *fr->bias);
    fr->radius = mem_alloc(count, sizeof *fr->radius);
    fr->objective = mem_alloc(outputs, sizeof *fr->objective);
    for (size_t j = 0; j < outputs; j++)
        fr->objective[j].weight = mem_alloc(sources, sizeof(fix));
}

void frame_clear(frame *fr)
{
    for (size_t s = 0; s < fr->inputs + fr->count; s++)
        free(fr->column[s].weight);
    for (size_t j = 0; j < fr->outputs; j++)
        free(fr->objective[j].weight);
    free(fr->neuron);
    free(fr->partner);
    free(fr->order);
    free(fr->position);
    free(fr->column);
    free(fr->bias);
    free(fr->radius);
    free(fr->objective);
    *fr = (frame){0};
}

void frame_pair(frame *fr, const scaling *sc)
{
    size_t g = fr->f_end, next = 0;
    for (size_t r = 0; r < fr->count; r++)
        fr->partner[r] = SYSTEM_NO_NEURON;
    for (size_t r = 0; r < fr->f_end; r++) {
        size_t wanted = sc->partner[fr->neuron[r]];
        for (; wanted != SYSTEM_NO_NEURON && g < fr->count && fr->neuron[g] < wanted; g++)
            fr->order[next++] = g; /* g's rows before the partner */
        fr->order[next++] = r;
        if (wanted != SYSTEM_NO_NEURON && g < fr->count && fr->neuron[g] == wanted) {
            fr->partner[r] = g;
            fr->order[next++] = g++;
        }
    }
    for (; g < fr->count; g++)
        fr->order[next++] = g;
    for (size_t k = 0; k < fr->count; k++)
        fr->position[fr->order[k]] = k;
}

/* Rounds a system row whose value is scaled by 2^exponent: rounded[t] for its terms, and what covers the
 * errors. */
static void round_row(const pair_system *system, const scaling *sc, const system_row *row, long exponent,
                      mpq_t bias, fix *rounded, fix *rounded_bias, fix *radius)
{
    fix halves = 0;
    mpz_t work;
    mpz_init(work);
    for (size_t t = 0; t < row->terms; t++) {
        size_t s = row->source[t];
        rounded[t] = 0;
        if (s >= system->inputs && sc->vanishes[s - system->inputs])
            continue;
        long source_exponent = s < system->inputs ? sc->input_exponent[s] : sc->exponent[s - system->inputs];
        rounded[t] =
            round_shift(row->weight[t], source_exponent - exponent + sc->bits, sc->bits, work, &halves);
    }
    mpz_clear(work);
    *rounded_bias = floor_quotient(bias, sc->bits - exponent, sc->bits, &halves);
    *radius = (halves + 1) / 2;
}

static int choose_bits(const pair_system *system)
{
    int bits = 50;
    for (size_t rows = (system->inputs + system->neurons + system->outputs) >> 13; rows != 0; rows >>= 1)
        bits--;
    return bits;
}

static void measure_neuron(scaling *sc, const pair_system *system, magnitude *size, size_t n)
{
    mpq_t bias;
    mpq_init(bias);
    centred_bias(bias, system, sc, &system->row[n]);
    size[n] = row_magnitude(system, sc, size, &system->row[n], bias);
    sc->exponent[n] = size[n].exponent;
    sc->vanishes[n] = size[n].mantissa == 0;
    mpq_clear(bias);
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
        if (excess > 2 || excess < -2) {
            sc->partner[n] = SYSTEM_NO_NEURON;
            continue;
        }
        if (excess > 0)
            sc->exponent[n] += excess;
        sc->exponent[m] = sc->exponent[n] + shift;
    }
}

static void round_neuron(const scaling *sc, frame *root, fix *bound, const pair_system *system,
                         magnitude size, size_t n, fix *rounded)
{
    const system_row *row = &system->row[n];
    mpq_t bias;
    mpq_init(bias);
    centred_bias(bias, system, sc, row);
    long shift = 62 - sc->bits + (sc->exponent[n] - size.exponent);
    bound[n] = size.mantissa == 0 ? 0 : (shift > 62 ? 0 : size.mantissa >> shift) + 1;
    round_row(system, sc, row, sc->exponent[n], bias, rounded, &root->bias[n], &root->radius[n]);
    for (size_t t = 0; t < row->terms; t++) {
        frame_column *column = &root->column[row->source[t]];
        column->weight[n - column->begin] = rounded[t];
    }
    root->neuron[n] = n;
    mpq_clear(bias);
}

static void scale_objective(scaling *sc, frame *root, const pair_system *system, const magnitude *size,
                            size_t j, fix *rounded)
{
    const system_row *row = &system->objective[j];
    frame_objective *objective = &root->objective[j];
    mpq_t bias;
    mpq_init(bias);
    centred_bias(bias, system, sc, row);
    sc->objective_exponent[j] = row_magnitude(system, sc, size, row, bias).exponent;
    round_row(system, sc, row, sc->objective_exponent[j], bias, rounded, &objective->bias,
              &objective->radius);
    for (size_t t = 0; t < row->terms; t++)
        objective->weight[row->source[t]] = rounded[t];
    mpq_clear(bias);
}

void scaling_init(scaling *sc, frame *root, fix *bound, const pair_system *system, mpq_t *lower, mpq_t *upper)
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
    frame_alloc(root, system->inputs, system->neurons, system->outputs);
    root->shared = system->shared;
    root->f_end = system->f_end;
    make_columns(root, system);
    magnitude *size = mem_alloc(system->neurons, sizeof *size);
    fix *rounded = mem_alloc(mem_sum(system->inputs, system->neurons), sizeof *rounded);
    for (size_t n = 0; n < system->neurons; n++)
        measure_neuron(sc, system, size, n);
    match_partners(sc, system);
    for (size_t n = 0; n < system->neurons; n++)
        round_neuron(sc, root, bound, system, size[n], n, rounded);
    frame_pair(root, sc);
    for (size_t j = 0; j < system->outputs; j++)
        scale_objective(sc, root, system, size, j, rounded);
    free(rounded);
    free(size);
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

void scaling_input(fix *down, fix *up, const scaling *sc, size_t i, const mpq_t value)
{
    mpq_t offset;
    mpq_init(offset);
    mpq_sub(offset, value, sc->centre[i]);
    fix inexact = 0;
    *down = floor_quotient(offset, sc->bits - sc->input_exponent[i], sc->bits, &inexact);
    *up = *down + (inexact != 0);
    mpq_clear(offset);
}
