/* Specifications with known answers: see specification_maker.h. */
#include "specification_maker.h"

#include <stdlib.h>

#include "base/memory.h"
#include "number.h"
#include "number/vector.h"
#include "script.h"

/* --- pieces --- */

/* Values of all neurons by layer, and the pre-activations of the last layer that was calculated. */
static void layer_values(mpq_t *z, const net_layer *layer, mpq_t x, mpq_t *const *y)
{
    mpq_t part;
    mpq_init(part);
    for (size_t n = 0; n < layer->neurons; n++) {
        mpq_set_z(z[n], layer->bias[n]);
        for (size_t b = 0; b < layer->blocks; b++)
            for (size_t k = 0; k < layer->block[b].columns; k++) {
                size_t source = layer->block[b].source;
                mpq_set_z(part, layer->block[b].weight[n * layer->block[b].columns + k]);
                mpq_mul(part, part, source == 0 ? x : y[source - 1][k]);
                mpq_add(z[n], z[n], part);
            }
        mpq_set_z(part, layer->denominator);
        mpq_div(z[n], z[n], part);
    }
    mpq_clear(part);
}

/* The pre-activations of layer `last` at x. */
static void values_at(mpq_t *z, const network *net, size_t last, const mpq_t x)
{
    mpq_t point, **y = mem_alloc(last + 1, sizeof *y);
    mpq_init(point);
    mpq_set(point, x);
    for (size_t l = 0; l <= last; l++) {
        const net_layer *layer = &net->layer[l];
        y[l] = vector_new(layer->neurons);
        layer_values(y[l], layer, point, (mpq_t *const *)y);
        if (l == last)
            vector_copy(z, y[l], layer->neurons);
        for (size_t n = 0; n < layer->neurons; n++)
            if (layer->kind[n] == NEURON_RELU && mpq_sgn(y[l][n]) < 0)
                mpq_set_ui(y[l][n], 0, 1);
    }
    for (size_t l = 0; l <= last; l++)
        vector_free(y[l], net->layer[l].neurons);
    mpq_clear(point);
    free(y);
}

static int compare(const void *a, const void *b)
{
    return mpq_cmp(*(const mpq_t *)a, *(const mpq_t *)b);
}

static void add_point(made_specification *m, const mpq_t x)
{
    m->at = mem_resize(m->at, m->points + 1, sizeof *m->at);
    mpq_init(m->at[m->points]);
    mpq_set(m->at[m->points++], x);
}

static void sort_points(made_specification *m)
{
    size_t kept = 0;
    qsort(m->at, m->points, sizeof *m->at, compare);
    for (size_t k = 0; k < m->points; k++)
        if (kept == 0 || !mpq_equal(m->at[kept - 1], m->at[k]))
            mpq_set(m->at[kept++], m->at[k]);
    while (m->points > kept)
        mpq_clear(m->at[--m->points]);
}

/* Where a neuron of the layer changes its sign between neighbouring points, on which it is affine. */
static void add_kinks(made_specification *m, const network *net, size_t layer)
{
    size_t neurons = net->layer[layer].neurons, pieces = m->points - 1;
    mpq_t *a = vector_new(neurons), *b = vector_new(neurons), x, part;
    mpq_inits(x, part, NULL);
    for (size_t k = 0; k < pieces; k++) {
        values_at(a, net, layer, m->at[k]);
        values_at(b, net, layer, m->at[k + 1]);
        for (size_t n = 0; n < neurons; n++) {
            if (mpq_sgn(a[n]) * mpq_sgn(b[n]) >= 0)
                continue;
            mpq_sub(part, a[n], b[n]); /* x = at + (at' − at) a / (a − b) */
            mpq_div(part, a[n], part);
            mpq_sub(x, m->at[k + 1], m->at[k]);
            mpq_mul(x, x, part);
            mpq_add(x, x, m->at[k]);
            add_point(m, x);
        }
    }
    sort_points(m);
    vector_free(a, neurons);
    vector_free(b, neurons);
    mpq_clears(x, part, NULL);
}

void made_init(made_specification *m, size_t networks, const network *const *net, const mpq_t lower,
               const mpq_t upper)
{
    *m = (made_specification){.networks = networks, .outputs = network_outputs(net[0])};
    mpq_inits(m->lower, m->upper, NULL);
    mpq_set(m->lower, lower);
    mpq_set(m->upper, upper);
    for (size_t c = 0; c < MADE_CASES; c++)
        for (size_t k = 0; k < MADE_ATOMS; k++)
            mpq_init(m->atom[c][k].constant);
    add_point(m, lower);
    add_point(m, upper);
    sort_points(m);
    for (size_t n = 0; n < networks; n++)
        for (size_t l = 0; l < net[n]->layers; l++)
            add_kinks(m, net[n], l);
    m->values = 1 + networks * m->outputs;
    m->table = vector_new(m->points * m->values);
    for (size_t k = 0; k < m->points; k++) {
        mpq_set(m->table[k * m->values], m->at[k]);
        for (size_t n = 0; n < networks; n++)
            network_eval(m->table + k * m->values + 1 + n * m->outputs, net[n], &m->at[k]);
    }
}

void made_clear(made_specification *m)
{
    mpq_clears(m->lower, m->upper, NULL);
    for (size_t c = 0; c < MADE_CASES; c++)
        for (size_t k = 0; k < MADE_ATOMS; k++)
            mpq_clear(m->atom[c][k].constant);
    vector_free(m->at, m->points);
    vector_free(m->table, m->points * m->values);
}

/* --- assertions --- */

/* The atom's form at an end of a piece. */
static void form_at(mpq_t value, const made_specification *m, const made_atom *a, size_t point)
{
    mpq_t *row = m->table + point * m->values;
    mpq_set(value, row[a->first]);
    if (a->second != MADE_NONE)
        mpq_sub(value, value, row[a->second]);
    mpq_add(value, value, a->constant);
    if (a->is_below)
        mpq_neg(value, value);
}

static void draw_atom(made_specification *m, made_atom *a, rng *r)
{
    a->first = rng_below(r, m->values - 1) + (rng_chance(r, 90) ? 1 : 0);
    a->second = rng_chance(r, 30) ? rng_below(r, m->values) : MADE_NONE;
    if (a->second == a->first)
        a->second = MADE_NONE;
    a->relation = rng_chance(r, 12) ? 2 : rng_chance(r, 50);
    a->is_below = rng_chance(r, 50);
    mpq_set_ui(a->constant, 0, 1);
    mpq_t value, best;
    mpq_inits(value, best, NULL);
    size_t at = rng_below(r, m->points);
    for (size_t k = 0; k < m->points; k++) { /* mostly the extreme that the relation just meets */
        form_at(value, m, a, k);
        if (k == 0 || mpq_cmp(value, best) > 0) {
            mpq_set(best, value);
            at = rng_chance(r, 80) ? k : at;
        }
    }
    form_at(value, m, a, at);
    mpq_set(a->constant, value);
    if (!a->is_below)
        mpq_neg(a->constant, a->constant);
    if (rng_chance(r, 40))
        number_move(a->constant, r);
    mpq_clears(value, best, NULL);
}

void made_draw(made_specification *m, rng *r)
{
    m->cases = 1 + rng_below(r, MADE_CASES);
    for (size_t c = 0; c < m->cases; c++) {
        m->atoms[c] = 1 + rng_below(r, MADE_ATOMS);
        for (size_t k = 0; k < m->atoms[c]; k++)
            draw_atom(m, &m->atom[c][k], r);
    }
}

void made_nudge(made_specification *m, rng *r)
{
    size_t c = rng_below(r, m->cases);
    mpq_t *value = &m->atom[c][rng_below(r, m->atoms[c])].constant;
    if (rng_chance(r, 50)) {
        number_lower(*value, r);
    } else {
        mpq_neg(*value, *value);
        number_lower(*value, r);
        mpq_neg(*value, *value);
    }
}

/* A set of t between 0 and 1: an interval whose ends belong to it or not. */
typedef struct part_of_piece {
    mpq_t from, to;
    bool open_from, open_to;
} part_of_piece;

/* Keeps the t with a + t(b − a) >= 0, or > 0. */
static void restrict_part(part_of_piece *p, const mpq_t a, const mpq_t b, bool strict)
{
    mpq_t slope, root;
    mpq_inits(slope, root, NULL);
    mpq_sub(slope, b, a);
    if (mpq_sgn(slope) == 0) {
        if (strict ? mpq_sgn(a) <= 0 : mpq_sgn(a) < 0)
            p->open_from = p->open_to = true, mpq_set(p->to, p->from);
    } else {
        mpq_div(root, a, slope);
        mpq_neg(root, root);
        mpq_t *end = mpq_sgn(slope) > 0 ? &p->from : &p->to;
        bool *open = mpq_sgn(slope) > 0 ? &p->open_from : &p->open_to;
        int order = mpq_cmp(root, *end) * mpq_sgn(slope);
        if (order > 0)
            mpq_set(*end, root);
        *open = order > 0 ? strict : order == 0 ? *open || strict : *open;
    }
    mpq_clears(slope, root, NULL);
}

static bool is_empty(const part_of_piece *p)
{
    int order = mpq_cmp(p->from, p->to);
    return order > 0 || (order == 0 && (p->open_from || p->open_to));
}

/* Whether a case holds somewhere between two points, or at the point where they are one. */
static bool case_holds(const made_specification *m, size_t c, size_t from, size_t to)
{
    part_of_piece p = {.open_from = false};
    mpq_t a, b;
    mpq_inits(p.from, p.to, a, b, NULL);
    mpq_set_ui(p.to, 1, 1);
    for (size_t k = 0; k < m->atoms[c]; k++) {
        const made_atom *atom = &m->atom[c][k];
        form_at(a, m, atom, from);
        form_at(b, m, atom, to);
        restrict_part(&p, a, b, atom->relation == 1);
        mpq_neg(a, a);
        mpq_neg(b, b);
        if (atom->relation == 2)
            restrict_part(&p, a, b, false);
    }
    bool holds = !is_empty(&p);
    mpq_clears(p.from, p.to, a, b, NULL);
    return holds;
}

bool made_is_satisfiable(const made_specification *m)
{
    for (size_t c = 0; c < m->cases; c++)
        for (size_t k = 0; k < m->points; k++)
            if (case_holds(m, c, k, k + 1 < m->points ? k + 1 : k))
                return true;
    return false;
}

bool made_holds(const made_specification *m, const mpq_t x)
{
    if (mpq_cmp(x, m->lower) < 0 || mpq_cmp(x, m->upper) > 0)
        return false;
    made_specification at = *m; /* its one point is x, interpolated */
    size_t k = 0;
    while (k + 2 < m->points && mpq_cmp(x, m->at[k + 1]) > 0)
        k++;
    size_t next = k + 1 < m->points ? k + 1 : k;
    mpq_t share, width;
    mpq_inits(share, width, NULL);
    if (next > k) {
        mpq_sub(width, m->at[next], m->at[k]);
        mpq_sub(share, x, m->at[k]);
        mpq_div(share, share, width);
    }
    at.table = vector_new(m->values);
    for (size_t v = 0; v < m->values; v++) {
        mpq_sub(width, m->table[next * m->values + v], m->table[k * m->values + v]);
        mpq_mul(width, width, share);
        mpq_add(at.table[v], m->table[k * m->values + v], width);
    }
    at.points = 1;
    bool holds = made_is_satisfiable(&at);
    vector_free(at.table, m->values);
    mpq_clears(share, width, NULL);
    return holds;
}

/* --- text --- */

/* "X0[0]", "Y1[2]" */
static char *value_name(const made_specification *m, size_t value)
{
    return value == 0 ? mem_copy_string("X0[0]")
                      : mem_printf("Y%zu[%zu]", (value - 1) / m->outputs, (value - 1) % m->outputs);
}

/* Numbers are decimals in specifications, so that forms are written with whole ones: q·(first − second) + p
 * for a constant p/q. */
static char *atom_text(const made_specification *m, const made_atom *a)
{
    static const char *const above[] = {">=", ">", "=="}, *const below[] = {"<=", "<", "=="};
    char *first = value_name(m, a->first),
         *second = a->second == MADE_NONE ? mem_copy_string("0") : value_name(m, a->second);
    char *p = mpz_get_str(NULL, 10, mpq_numref(a->constant)),
         *q = mpz_get_str(NULL, 10, mpq_denref(a->constant));
    char *text = mem_printf("(%s (+ (* %s (- %s %s)) %s) 0)", (a->is_below ? below : above)[a->relation], q,
                            first, second, p);
    free(first);
    free(second);
    free(p);
    free(q);
    return text;
}

static char *append(char *text, char *more)
{
    char *longer = mem_printf("%s%s", text, more);
    free(text);
    free(more);
    return longer;
}

static char *bound_text(const char *relation, const mpq_t end)
{
    char *p = mpz_get_str(NULL, 10, mpq_numref(end)), *q = mpz_get_str(NULL, 10, mpq_denref(end));
    char *text = mem_printf("(assert (%s (* %s X0[0]) %s))\n", relation, q, p);
    free(p);
    free(q);
    return text;
}

static char *head_text(const made_specification *m)
{
    char *text = mem_copy_string("(vnnlib-version <2.0>)\n");
    for (size_t n = 0; n < m->networks; n++)
        text = append(text,
                      mem_printf("(declare-network n%zu (declare-input X%zu real [1]) (declare-output Y%zu "
                                 "real [%zu]))\n",
                                 n, n, n, m->outputs));
    text = append(text, bound_text(">=", m->lower));
    text = append(text, bound_text("<=", m->upper));
    for (size_t n = 1; n < m->networks; n++)
        text = append(text, mem_printf("(assert (== X0[0] X%zu[0]))\n", n));
    return text;
}

char *made_text(const made_specification *m)
{
    char *text = append(head_text(m), mem_copy_string("(assert (or"));
    for (size_t c = 0; c < m->cases; c++) {
        text = append(text, mem_copy_string(" (and"));
        for (size_t k = 0; k < m->atoms[c]; k++)
            text = append(text, append(mem_copy_string(" "), atom_text(m, &m->atom[c][k])));
        text = append(text, mem_copy_string(")"));
    }
    return append(text, mem_copy_string("))\n"));
}
