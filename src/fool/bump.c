/* Bumps: see bump.h. */
#include "fool/bump.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "fool/power.h"
#include "number/vector.h"

/* Bits of a, s, t_l. With BUMP_BINARY, a radius of 16 bits and a centre of multiples of 2^-24 near 1, every
 * bias has at most 53 bits if k (d-1) has at most 13. */
enum { SHORT_BITS = 32, BINARY_BITS = 12 };

void bump_init(bump *b, size_t inputs, size_t layers, mpq_t *centre, const mpq_t radius)
{
    *b = (bump){.inputs = inputs, .copies = 1, .width = 1, .layers = layers};
    b->centre = vector_new(inputs);
    b->gain = vector_new(layers - 2);
    mpq_inits(b->radius, b->a, b->s, b->height, NULL);
    vector_copy(b->centre, centre, inputs);
    mpq_set(b->radius, radius);
    mpq_set_ui(b->a, 1, 1);
    mpq_set_ui(b->s, 1, 1);
    for (size_t l = 3; l <= layers; l++)
        mpq_set_ui(b->gain[l - 3], 1, 1);
    mpq_set(b->height, radius);
}

void bump_clear(bump *b)
{
    if (b->centre == NULL)
        return;
    vector_free(b->centre, b->inputs);
    vector_free(b->gain, b->layers - 2);
    mpq_clears(b->radius, b->a, b->s, b->height, NULL);
    *b = (bump){.centre = NULL};
}

/* --- the largest entries ----------------------------------------------------------------------------------
 *
 * For finite q, with M_l, V_l the room of matrix and bias of layer l (c^q in an empty class), the constraints
 * are
 *
 *     k · 3d · a^q <= M_1        k · S · a^q <= V_1,  S = Σ_i |r - p_i|^q + |p_i|^q + |r + p_i|^q
 *     w k d (2 + 2^q) · s^q <= M_2        w (s a k (d-1) r)^q <= V_2
 *     w² t_l^q <= M_l  (3 <= l < L)       w t_L^q <= M_L.
 *
 * With the largest entries a ~ k^(-1/q), and s a k is the smaller of two values: one that the matrix allows,
 * ~ k^(1-2/q) w^(-1/q), and one that the bias allows, ~ w^(-1/q). The factors t_l w contribute
 * w^(1-2/q) each, t_L w contributes w^(1-1/q). So the height is the smaller of two products,
 * ~ k^(1-2/q) w^((1-2/q)(L-2)) and ~ w^((1-2/q)(L-2)): for q <= 2 it is largest for k = w = 1, for q > 2 for
 * the largest k and w. */

typedef struct fitting {
    bump *b;
    const room *r;
    bool largest; /* q is infinite */
    mpq_srcptr q;
    unsigned bits;
    bool binary;
    mpq_t x, y, z; /* temporary values */
} fitting;

static void shorten(const fitting *f, mpq_t value)
{
    if (f->binary || !power_is_short(value, f->bits))
        power_shorten(value, f->bits);
}

/* x = Σ_i |r - p_i|^q + |p_i|^q + |r + p_i|^q, rounded up; for infinite q the largest of these numbers. */
static void bias_sum(fitting *f)
{
    mpq_set_ui(f->x, 0, 1);
    for (size_t i = 0; i < f->b->inputs; i++)
        for (int side = -1; side <= 1; side++) {
            mpq_set(f->y, f->b->centre[i]);
            if (side < 0)
                mpq_sub(f->y, f->y, f->b->radius);
            if (side > 0)
                mpq_add(f->y, f->y, f->b->radius);
            mpq_abs(f->y, f->y);
            if (!f->largest) {
                power_rounded(f->y, f->y, f->q, true);
                mpq_add(f->x, f->x, f->y);
            } else if (mpq_cmp(f->y, f->x) > 0) {
                mpq_set(f->x, f->y);
            }
        }
}

static void multiply_size(mpq_t value, size_t factor)
{
    mpq_t other;
    mpq_init(other);
    mpq_set_ui(other, factor, 1);
    mpq_mul(value, value, other);
    mpq_clear(other);
}

static void divide_size(mpq_t value, size_t divisor)
{
    mpq_t other;
    mpq_init(other);
    mpq_set_ui(other, divisor, 1);
    mpq_div(value, value, other);
    mpq_clear(other);
}

static void take_smaller(mpq_t value, const mpq_t other)
{
    if (mpq_cmp(other, value) < 0)
        mpq_set(value, other);
}

/* The largest entry when `count` equal ones share the room: (room/count)^(1/q); infinite q: the room. */
static void entry(fitting *f, mpq_t result, const mpq_t space, size_t count)
{
    if (f->largest) {
        mpq_set(result, space);
        return;
    }
    mpq_set(f->z, space);
    divide_size(f->z, count);
    power_root(result, f->z, f->q);
}

/* a: k·3d·a^q <= M_1 and k·S·a^q <= V_1; infinite q: a <= M_1 and a·S <= V_1. */
static void fit_first(fitting *f)
{
    bump *b = f->b;
    bias_sum(f);
    mpq_div(f->x, f->r->bias[0], f->x); /* S >= r^q > 0 */
    if (f->largest) {
        mpq_set(b->a, f->r->matrix[0]);
        take_smaller(b->a, f->x);
    } else {
        mpq_set(f->y, f->r->matrix[0]);
        divide_size(f->y, mem_product(3, b->inputs));
        take_smaller(f->x, f->y);
        entry(f, b->a, f->x, b->copies);
    }
    shorten(f, b->a);
}

/* s: w k d (2 + 2^q) s^q <= M_2 and s a k (d-1) r <= (V_2/w)^(1/q); infinite q: 2 s <= M_2 and
 * s a k (d-1) r <= V_2. */
static void fit_second(fitting *f)
{
    bump *b = f->b;
    mpq_set_ui(f->x, 2, 1);
    if (f->largest) {
        mpq_div(b->s, f->r->matrix[1], f->x);
    } else {
        power_rounded(f->y, f->x, f->q, true);
        mpq_add(f->x, f->x, f->y);
        mpq_div(f->y, f->r->matrix[1], f->x);
        entry(f, b->s, f->y, mem_product(mem_product(b->width, b->copies), b->inputs));
    }
    if (b->inputs > 1 && mpq_sgn(b->a) > 0) {
        entry(f, f->x, f->r->bias[1], b->width);
        mpq_mul(f->y, b->a, b->radius);
        multiply_size(f->y, mem_product(b->copies, b->inputs - 1));
        mpq_div(f->x, f->x, f->y);
        take_smaller(b->s, f->x);
    }
    shorten(f, b->s);
}

static void set_height(bump *b)
{
    mpq_mul(b->height, b->s, b->a);
    mpq_mul(b->height, b->height, b->radius);
    multiply_size(b->height, b->copies);
    for (size_t l = 3; l <= b->layers; l++) {
        mpq_mul(b->height, b->height, b->gain[l - 3]);
        multiply_size(b->height, b->width);
    }
}

/* The largest k and w that the widths left allow; false if there is none. */
static bool choose_sizes(bump *b, const room *r, error *e)
{
    size_t triple = mem_product(3, b->inputs), most = r->width[1];
    bool many = r->class.largest || mpq_cmp_ui(r->class.q, 2, 1) > 0;
    for (size_t l = 2; l < b->layers; l++)
        most = r->width[l - 1] < most ? r->width[l - 1] : most;
    if (r->width[0] < triple || most == 0)
        return error_set(
            e, NULL, 0,
            "the class has no room for a bump: layer 1 has %zu neurons free, needed are %zu; every "
            "other hidden layer needs 1 (a larger B is needed)",
            r->width[0], triple);
    b->copies = many ? r->width[0] / triple : 1;
    b->width = many ? most : 1;
    return true;
}

bool bump_fit(bump *b, const room *r, bump_numbers numbers, error *e)
{
    bool binary = numbers == BUMP_BINARY;
    fitting f = {.b = b,
                 .r = r,
                 .largest = r->class.largest,
                 .q = r->class.q,
                 .bits = binary ? BINARY_BITS : SHORT_BITS,
                 .binary = binary};
    if (!choose_sizes(b, r, e))
        return false;
    mpq_inits(f.x, f.y, f.z, NULL);
    fit_first(&f);
    fit_second(&f);
    for (size_t l = 3; l <= b->layers; l++) {
        entry(&f, b->gain[l - 3], r->matrix[l - 1],
              l == b->layers ? b->width : mem_product(b->width, b->width));
        shorten(&f, b->gain[l - 3]);
    }
    mpq_clears(f.x, f.y, f.z, NULL);
    set_height(b);
    return mpq_sgn(b->height) > 0 ||
           error_set(e, NULL, 0,
                     "the class has no room for a bump: some norm is c already (a larger c is needed)");
}

void bump_raise(bump *b, const mpq_t height)
{
    mpq_div(b->gain[b->layers - 3], height, b->radius);
    set_height(b);
}

/* --- the network ------------------------------------------------------------------------------------------
 */

size_t bump_rows(const bump *b, size_t l)
{
    if (l == 1)
        return mem_product(mem_product(3, b->inputs), b->copies);
    return l == b->layers ? 1 : b->width;
}

size_t bump_columns(const bump *b, size_t l)
{
    return l == 1 ? b->inputs : bump_rows(b, l - 1);
}

static void fill_first(const bump *b, mpq_t *weight, size_t stride, mpq_t *bias)
{
    size_t rows = bump_rows(b, 1);
    for (size_t n = 0; n < rows; n++) {
        size_t i = n / 3 % b->inputs;
        mpq_set(weight[n * stride + i], b->a);
        mpq_neg(bias[n], b->centre[i]);
        if (n % 3 == 0)
            mpq_add(bias[n], bias[n], b->radius);
        if (n % 3 == 2)
            mpq_sub(bias[n], bias[n], b->radius);
        mpq_mul(bias[n], bias[n], b->a);
    }
}

static void fill_second(const bump *b, mpq_t *weight, size_t stride, mpq_t *bias)
{
    size_t columns = bump_columns(b, 2);
    for (size_t n = 0; n < b->width; n++) {
        for (size_t c = 0; c < columns; c++) {
            mpq_t *w = &weight[n * stride + c];
            mpq_set(*w, b->s);
            if (c % 3 == 1) {
                mpq_mul_2exp(*w, *w, 1);
                mpq_neg(*w, *w);
            }
        }
        mpq_mul(bias[n], b->s, b->a);
        mpq_mul(bias[n], bias[n], b->radius);
        multiply_size(bias[n], mem_product(b->copies, b->inputs - 1));
        mpq_neg(bias[n], bias[n]);
    }
}

void bump_layer(const bump *b, size_t l, int sign, mpq_t *weight, size_t stride, mpq_t *bias)
{
    if (l == 1) {
        fill_first(b, weight, stride, bias);
    } else if (l == 2) {
        fill_second(b, weight, stride, bias);
    } else {
        size_t rows = bump_rows(b, l);
        for (size_t n = 0; n < rows; n++)
            for (size_t c = 0; c < b->width; c++) {
                mpq_set(weight[n * stride + c], b->gain[l - 3]);
                if (l == b->layers && sign < 0)
                    mpq_neg(weight[n * stride + c], weight[n * stride + c]);
            }
    }
}

void bump_network(network *net, const bump *b, int sign)
{
    network_init(net, b->inputs);
    for (size_t l = 1; l <= b->layers; l++) {
        size_t rows = bump_rows(b, l), columns = bump_columns(b, l), source = l - 1;
        mpq_t *weight = vector_new(mem_product(rows, columns)), *bias = vector_new(rows);
        unsigned char *kind = mem_alloc(rows, 1);
        memset(kind, l == b->layers ? NEURON_LINEAR : NEURON_RELU, rows);
        bump_layer(b, l, sign, weight, columns, bias);
        network_append(net, rows, kind, 1, &source, weight, bias);
        vector_free(weight, rows * columns);
        vector_free(bias, rows);
        free(kind);
    }
}

void bump_value(mpq_t value, const bump *b, const mpq_t distance)
{
    mpq_sub(value, b->radius, distance);
    if (mpq_sgn(value) < 0)
        mpq_set_ui(value, 0, 1);
    mpq_mul(value, value, b->height);
    mpq_div(value, value, b->radius);
}
