/* Substituting stable neurons: frame_reduce of frame.h. With y_m = z_m for the rows P that pass, a row
 * becomes R_n = W_n[kept] + Σ_{m in P} W_nm R_m. Sums are exact in units of 2^-2bits and rounded once; as
 * |x̂|, |ŷ| <= 1, each rounding moves the row by at most half a unit, which its radius takes up. */
#include "system/frame.h"

#include <stdlib.h>

#include "base/memory.h"

typedef struct reduction {
    const frame *big;
    const unsigned char *fate;
    int bits;
    size_t kept, kept_shared, kept_f; /* rows kept: all, in the shared group, in the groups shared and f */
    size_t *position; /* index of a kept row in the small frame; for others, kept rows before it */
    size_t width;     /* variables: inputs and kept neurons */
    /* for the big frame's rows and then its objectives: */
    fix_product *weight, *bias, *radius; /* sums so far */
    fix *row, *row_bias, *row_radius;    /* the substituted row, once all its sources are done */
} reduction;

/* Variables that row n of the big frame can read: [0, a) and [b, c). */
static void row_variables(const reduction *r, size_t n, size_t *a, size_t *b, size_t *c)
{
    size_t inputs = r->big->inputs;
    *c = inputs + (n < r->big->count ? r->position[n] : r->kept);
    bool skips_f = n >= r->big->f_end && n < r->big->count;
    *a = skips_f ? inputs + r->kept_shared : *c;
    *b = skips_f ? inputs + r->kept_f : *c;
}

/* Sums have a product of two numbers below 2^(bits + FRAME_WEIGHT) for every row. */
_Static_assert(2 * (FRAME_BITS + FRAME_WEIGHT) + FRAME_ROWS < 126, "sums of substituted rows");

/* sum · 2^-bits, nearest. */
static fix_product round_down_bits(fix_product sum, int bits, fix *halves)
{
    fix_product unit = (fix_product)1 << bits;
    *halves += (sum & (unit - 1)) != 0;
    return (sum + unit / 2) >> bits;
}

/* Stores a number of a frame; false where it is too large to be one. */
static bool store(fix *to, fix_product number, int bits)
{
    fix_product limit = (fix_product)1 << (bits + FRAME_WEIGHT);
    *to = (fix)number;
    return number < limit && -number < limit;
}

/* False where a number of the row is too large. */
static bool finish_row(reduction *r, size_t n, fix own_radius)
{
    size_t a, b, c;
    row_variables(r, n, &a, &b, &c);
    fix halves = 0;
    bool fits = true;
    for (size_t v = 0; v < c; v = v + 1 == a ? b : v + 1) {
        size_t cell = n * r->width + v;
        fits &= store(&r->row[cell], round_down_bits(r->weight[cell], r->bits, &halves), r->bits);
    }
    fits &= store(&r->row_bias[n], round_down_bits(r->bias[n], r->bits, &halves), r->bits);
    fix_product unit = (fix_product)1 << r->bits, radius = (r->radius[n] + unit - 1) >> r->bits;
    return store(&r->row_radius[n], radius + own_radius + (halves + 1) / 2, r->bits) && fits;
}

/* Adds w · (row m) to the sums of row n. */
static void substitute(reduction *r, size_t n, size_t m, fix w)
{
    size_t a, b, c;
    row_variables(r, m, &a, &b, &c);
    fix_product *sum = r->weight + n * r->width;
    const fix *row = r->row + m * r->width;
    for (size_t v = 0; v < a; v++)
        sum[v] += (fix_product)w * row[v];
    for (size_t v = b; v < c; v++)
        sum[v] += (fix_product)w * row[v];
    r->bias[n] += (fix_product)w * r->row_bias[m];
    r->radius[n] += (fix_product)(w < 0 ? -w : w) * r->row_radius[m];
}

/* Adds w · (source) to the sums of row n. */
static void read_source(reduction *r, size_t n, size_t source, fix w)
{
    size_t inputs = r->big->inputs;
    if (w == 0)
        return;
    if (source < inputs)
        r->weight[n * r->width + source] += (fix_product)w * ((fix)1 << r->bits);
    else if (r->fate[source - inputs] == FRAME_KEEP)
        r->weight[n * r->width + inputs + r->position[source - inputs]] +=
            (fix_product)w * ((fix)1 << r->bits);
    else
        substitute(r, n, source - inputs, w);
}

static void read_column(reduction *r, size_t source)
{
    const frame_column *column = &r->big->column[source];
    for (size_t n = column->begin; n < column->end; n++)
        if (r->fate[n] != FRAME_ZERO)
            read_source(r, n, source, column->weight[n - column->begin]);
    for (size_t j = 0; j < r->big->outputs; j++)
        read_source(r, r->big->count + j, source, r->big->objective[j].weight[source]);
}

static void reduction_init(reduction *r, const frame *big, const unsigned char *fate, int bits)
{
    *r = (reduction){.big = big, .fate = fate, .bits = bits};
    r->position = mem_alloc(big->count, sizeof *r->position);
    for (size_t n = 0; n < big->count; n++) {
        r->position[n] = r->kept;
        if (fate[n] != FRAME_KEEP)
            continue;
        r->kept++;
        r->kept_shared += n < big->shared;
        r->kept_f += n < big->f_end;
    }
    r->width = mem_sum(big->inputs, r->kept);
    size_t rows = mem_sum(big->count, big->outputs), cells = mem_product(rows, r->width);
    r->weight = mem_alloc(cells, sizeof *r->weight);
    r->bias = mem_alloc(rows, sizeof *r->bias);
    r->radius = mem_alloc(rows, sizeof *r->radius);
    r->row = mem_alloc(cells, sizeof *r->row);
    r->row_bias = mem_alloc(rows, sizeof *r->row_bias);
    r->row_radius = mem_alloc(rows, sizeof *r->row_radius);
    for (size_t n = 0; n < big->count; n++)
        r->bias[n] = (fix_product)big->bias[n] * ((fix)1 << bits);
    for (size_t j = 0; j < big->outputs; j++)
        r->bias[big->count + j] = (fix_product)big->objective[j].bias * ((fix)1 << bits);
}

static void reduction_clear(reduction *r)
{
    free(r->position);
    free(r->weight);
    free(r->bias);
    free(r->radius);
    free(r->row);
    free(r->row_bias);
    free(r->row_radius);
}

static bool reduce_rows(reduction *r)
{
    const frame *big = r->big;
    for (size_t i = 0; i < big->inputs; i++)
        read_column(r, i);
    for (size_t n = 0; n < big->count; n++) {
        if (r->fate[n] == FRAME_ZERO)
            continue;
        if (!finish_row(r, n, big->radius[n]))
            return false;
        read_column(r, big->inputs + n);
    }
    for (size_t j = 0; j < big->outputs; j++)
        if (!finish_row(r, big->count + j, big->objective[j].radius))
            return false;
    return true;
}

/* Column `v` of the small frame, without the zeros at its ends. `rows` are the big frame's indices of the
 * kept rows. */
static void make_column(frame *small, const reduction *r, const size_t *rows, size_t v)
{
    frame_column *column = &small->column[v];
    size_t begin = 0, end = small->count;
    while (end > begin && r->row[rows[end - 1] * r->width + v] == 0)
        end--;
    while (begin < end && r->row[rows[begin] * r->width + v] == 0)
        begin++;
    *column = (frame_column){begin, end, mem_alloc(end - begin, sizeof(fix)), NULL};
    for (size_t k = begin; k < end; k++)
        column->weight[k - begin] = r->row[rows[k] * r->width + v];
}

bool frame_reduce(frame *small, const frame *big, const unsigned char *fate, int bits, const size_t *partner)
{
    reduction r;
    reduction_init(&r, big, fate, bits);
    if (!reduce_rows(&r)) {
        reduction_clear(&r);
        return false;
    }
    frame_alloc(small, big->inputs, r.kept, big->outputs);
    small->shared = r.kept_shared;
    small->f_end = r.kept_f;
    size_t *rows = mem_alloc(r.kept, sizeof *rows);
    for (size_t n = 0; n < big->count; n++) {
        if (fate[n] != FRAME_KEEP)
            continue;
        size_t k = r.position[n];
        rows[k] = n;
        small->neuron[k] = big->neuron[n];
        small->bias[k] = r.row_bias[n];
        small->radius[k] = r.row_radius[n];
    }
    frame_pair(small, partner);
    for (size_t v = 0; v < r.width; v++)
        make_column(small, &r, rows, v);
    bool in_order = frame_finish(small, bits);
    for (size_t j = 0; j < big->outputs; j++) {
        for (size_t v = 0; v < r.width; v++)
            small->objective[j].weight[v] = r.row[(big->count + j) * r.width + v];
        small->objective[j].bias = r.row_bias[big->count + j];
        small->objective[j].radius = r.row_radius[big->count + j];
    }
    free(rows);
    reduction_clear(&r);
    if (!in_order)
        frame_clear(small);
    return in_order;
}
