/* Ascent: see ascent.h. A climb walks along the gradient of the linear piece at hand, from kink to kink;
 * where that makes no more headway, the linear program of the region gives its best vertex, and the walk goes
 * on from there. */
#include "search/ascent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "search/linear_program.h"

void ascent_init(ascent *s, const numeric *num, const double *lower, const double *upper, proof_scope scope)
{
    size_t rows = num->neurons + num->outputs;
    *s = (ascent){.num = num, .lower = lower, .upper = upper, .scope = scope};
    s->y = mem_alloc(mem_sum(num->inputs, num->neurons), sizeof(double));
    s->z = mem_alloc(num->neurons, sizeof(double));
    s->value = mem_alloc(num->outputs, sizeof(double));
    s->jacobian = mem_alloc(mem_product(rows, num->inputs), sizeof(double));
    s->x = mem_alloc(num->inputs, sizeof(double));
    s->direction = mem_alloc(num->inputs, sizeof(double));
    s->active = mem_alloc(num->neurons, sizeof(bool));
}

void ascent_set_formula(ascent *s, const expression *u)
{
    s->has_formula = true;
    estimate_init(&s->formula, u);
    s->slope = mem_alloc(s->num->inputs, sizeof(double));
    s->hole = mem_alloc(s->num->inputs, sizeof(double));
}

void ascent_clear(ascent *s)
{
    if (s->has_formula)
        estimate_clear(&s->formula);
    free(s->slope);
    free(s->hole);
    free(s->y);
    free(s->z);
    free(s->value);
    free(s->jacobian);
    free(s->x);
    free(s->direction);
    free(s->active);
}

/* Begins the random numbers of climb k. */
static void random_begin(ascent *s, size_t k)
{
    s->random = (k + 1) * 0x9e3779b97f4a7c15UL;
    s->random = (s->random ^ (s->random >> 29)) * 0xbf58476d1ce4e5b9UL;
    s->random |= 1;
}

static double random_unit(ascent *s)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 7;
    s->random ^= s->random << 17;
    return (double)(s->random >> 11) * 0x1p-53;
}

static void note_hole(ascent *s, const double *x)
{
    memcpy(s->hole, x, s->num->inputs * sizeof *x);
    s->has_hole = true;
}

/* The value is 0 where the formula is not defined. */
static void subtract_formula(ascent *s, const double *x)
{
    for (size_t j = 0; j < s->num->outputs; j++) {
        s->value[j] -=
            s->scope.all_outputs || j == s->scope.output ? estimate_at(&s->formula, j, x, NULL) : 0;
        if (isfinite(s->value[j]))
            continue;
        note_hole(s, x);
        s->value[j] = 0;
    }
}

/* What is climbed, of the difference at an output. */
static double height(const ascent *s, double difference)
{
    return s->scope.is_signed ? difference : fabs(difference);
}

double ascent_value(ascent *s, const double *x, size_t *output, int *sign)
{
    numeric_eval(s->num, x, s->y, s->z, s->value);
    if (s->has_formula)
        subtract_formula(s, x);
    size_t best = s->scope.all_outputs ? 0 : s->scope.output;
    for (size_t j = 0; s->scope.all_outputs && j < s->num->outputs; j++)
        if (height(s, s->value[j]) > height(s, s->value[best]))
            best = j;
    if (output != NULL)
        *output = best;
    if (sign != NULL)
        *sign = s->value[best] < 0 && !s->scope.is_signed ? -1 : 1;
    return height(s, s->value[best]);
}

/* Evaluates at x and finds the affine piece there; the objective is the output that is largest. */
static double look(ascent *s, const double *x, const double **gradient, int *sign)
{
    size_t output;
    double value = ascent_value(s, x, &output, sign);
    for (size_t n = 0; n < s->num->neurons; n++)
        s->active[n] = !s->num->system->relu[n] || s->z[n] > 0;
    numeric_jacobian(s->num, s->active, s->jacobian);
    double *row = s->jacobian + (s->num->neurons + output) * s->num->inputs;
    *gradient = row;
    if (s->has_formula)
        estimate_at(&s->formula, output, x, s->slope);
    for (size_t i = 0; s->has_formula && i < s->num->inputs; i++)
        row[i] -= isfinite(s->slope[i]) ? s->slope[i] : 0;
    return value;
}

/* Length of the step along the direction to the first kink that is really ahead, or to the box's face. */
static double step_length(const ascent *s, const double *x)
{
    size_t d = s->num->inputs;
    double t = HUGE_VAL;
    for (size_t i = 0; i < d; i++)
        if (s->direction[i] != 0)
            t = fmin(t, ((s->direction[i] > 0 ? s->upper[i] : s->lower[i]) - x[i]) / s->direction[i]);
    for (size_t n = 0; n < s->num->neurons; n++) {
        double slope = 0;
        for (size_t i = 0; i < d; i++)
            slope += s->jacobian[n * d + i] * s->direction[i];
        if (s->num->system->relu[n] && s->z[n] * slope < 0)
            t = fmin(t, -s->z[n] / slope);
    }
    return t;
}

static void move(const ascent *s, double *to, const double *from, double t)
{
    for (size_t i = 0; i < s->num->inputs; i++) {
        double x = from[i] + t * s->direction[i];
        to[i] = x < s->lower[i] ? s->lower[i] : x > s->upper[i] ? s->upper[i] : x;
    }
}

/* Looks at x + t·direction; keeps t and the value if that is the best so far. Returns the value. */
static double try_step(ascent *s, const double *x, double t, double *step, double *best)
{
    move(s, s->x, x, t);
    double reached = ascent_value(s, s->x, NULL, NULL);
    if (reached > *best) {
        *best = reached;
        *step = t;
    }
    return reached;
}

/* Of a formula: the objective is curved, and the best step may end before the kink, at most `t` away. Shorter
 * and shorter steps, each with the top of the parabola through its ends; `slope` is that of the objective
 * along the direction. Returns the step, 0 where none gains. */
static double curved_step(ascent *s, const double *x, double t, double slope, double value)
{
    double step = 0, best = ascent_above(value, 1e-11);
    for (int k = 0; k < 24 && step == 0; k++, t /= 8) {
        double reached = try_step(s, x, t, &step, &best), curvature = (reached - value - slope * t) / (t * t);
        if (curvature < 0 && -slope / (2 * curvature) < t)
            try_step(s, x, -slope / (2 * curvature), &step, &best);
    }
    return step;
}

/* Steps along the projected gradient to just beyond the next kink; false when that gains nothing. */
static bool step_gradient(ascent *s, double *x, double *value)
{
    const double *gradient;
    int sign;
    look(s, x, &gradient, &sign);
    bool moves = false;
    double slope = 0;
    for (size_t i = 0; i < s->num->inputs; i++) {
        double g = sign * gradient[i] * (s->upper[i] - s->lower[i]) * (s->upper[i] - s->lower[i]);
        bool blocked = g > 0 ? x[i] >= s->upper[i] : x[i] <= s->lower[i];
        s->direction[i] = blocked ? 0 : g;
        moves |= s->direction[i] != 0;
        slope += sign * gradient[i] * s->direction[i];
    }
    double t = moves ? step_length(s, x) : 0;
    if (!(t > 0) || !isfinite(t))
        return false;
    t *= 1 + 1e-7;
    move(s, s->x, x, s->has_formula ? curved_step(s, x, t, slope, *value) : t);
    double reached = ascent_value(s, s->x, NULL, NULL);
    if (!(reached > *value))
        return false;
    *value = reached;
    memcpy(x, s->x, s->num->inputs * sizeof *x);
    return true;
}

/* --- the best vertex of a region
 *
 * The linear program max c·y over steps y from x that stay in the box and keep every neuron's sign has few
 * unknowns and many rows; its dual has few rows, and is what GLPK gets, with a basis to begin with:
 *     min Σ λ_n·|z_n| + Σ μ⁺_i·(u_i − x_i) + Σ μ⁻_i·(x_i − l_i),   μ⁺ − μ⁻ − Σ λ_n·s_n·J_n = c,   all at
 * least 0. Inputs are scaled by the box's widths and rows by their size. */

typedef struct region_dual {
    ascent *s;
    const double *x, *gradient;
    int sign;
    glp_prob *lp;
    int *row, *column;
    double *value;
    int entries;
} region_dual;

static void add_entry(region_dual *r, int row, int column, double value)
{
    r->entries++;
    r->row[r->entries] = row;
    r->column[r->entries] = column;
    r->value[r->entries] = value;
}

/* The columns of μ⁺ and μ⁻ of an input of this width; one of them is basic. */
static void add_faces(region_dual *r, const ascent *s, const double *x, size_t i, double width, double c)
{
    int row = (int)i + 1, column = 2 * (int)i + 1;
    glp_set_row_bnds(r->lp, row, GLP_FX, c, c);
    glp_set_row_stat(r->lp, row, GLP_NS);
    for (int k = 0; k < 2; k++) {
        double room = k == 0 ? s->upper[i] - x[i] : x[i] - s->lower[i];
        glp_set_col_bnds(r->lp, column + k, GLP_LO, 0, 0);
        glp_set_obj_coef(r->lp, column + k, width > 0 ? fmax(room, 0) / width : 0);
        glp_set_col_stat(r->lp, column + k, (c < 0) == (k == 1) ? GLP_BS : GLP_NL);
        add_entry(r, row, column + k, k == 0 ? 1 : -1);
    }
}

/* The column of λ_n. */
static void add_kink(region_dual *r, const ascent *s, size_t n, int column)
{
    size_t d = s->num->inputs;
    const double *jacobian = s->jacobian + n * d;
    double size = 0, sign = s->active[n] ? -1 : +1;
    for (size_t i = 0; i < d; i++)
        size = fmax(size, fabs(jacobian[i] * (s->upper[i] - s->lower[i])));
    glp_set_col_bnds(r->lp, column, GLP_LO, 0, 0);
    glp_set_col_stat(r->lp, column, GLP_NL);
    glp_set_obj_coef(r->lp, column, size > 0 ? fabs(s->z[n]) / size : 0);
    for (size_t i = 0; i < d && size > 0; i++) {
        double width = s->upper[i] - s->lower[i];
        if (jacobian[i] * width != 0)
            add_entry(r, (int)i + 1, column, sign * jacobian[i] * width / size);
    }
}

static void assemble(region_dual *r)
{
    const ascent *s = r->s;
    const double *x = r->x, *gradient = r->gradient;
    int sign = r->sign;
    size_t d = s->num->inputs, columns = 2 * d,
           room = mem_sum(1, mem_product(d, mem_sum(2, s->num->neurons)));
    double size = 0;
    for (size_t n = 0; n < s->num->neurons; n++)
        columns += s->num->system->relu[n];
    for (size_t i = 0; i < d; i++)
        size = fmax(size, fabs(gradient[i] * (s->upper[i] - s->lower[i])));
    r->row = mem_alloc(room, sizeof(int));
    r->column = mem_alloc(room, sizeof(int));
    r->value = mem_alloc(room, sizeof(double));
    r->lp = glp_create_prob();
    glp_add_rows(r->lp, (int)d);
    glp_add_cols(r->lp, (int)columns);
    for (size_t i = 0; i < d; i++) {
        double width = s->upper[i] - s->lower[i];
        add_faces(r, s, x, i, width, size > 0 ? sign * gradient[i] * width / size : 0);
    }
    int column = 2 * (int)d;
    for (size_t n = 0; n < s->num->neurons; n++)
        if (s->num->system->relu[n])
            add_kink(r, s, n, ++column);
    glp_load_matrix(r->lp, r->entries, r->row, r->column, r->value);
}

/* The direction to the vertex: a program that is not solved has none. */
static void solve_region(void *context)
{
    region_dual *r = context;
    ascent *s = r->s;
    assemble(r);
    bool solved = linear_program_solve(r->lp, 2000) == GLP_OPT;
    for (size_t i = 0; solved && i < s->num->inputs; i++)
        s->direction[i] = glp_get_row_dual(r->lp, (int)i + 1) * (s->upper[i] - s->lower[i]);
    glp_delete_prob(r->lp);
}

/* Goes to the best vertex of the region around x; false when it gains nothing. */
static bool step_region(ascent *s, double *x, double *value)
{
    const double *gradient;
    int sign;
    size_t d = s->num->inputs;
    look(s, x, &gradient, &sign);
    region_dual r = {.s = s, .x = x, .gradient = gradient, .sign = sign};
    memset(s->direction, 0, d * sizeof *s->direction);
    if (!linear_program_attempt(solve_region, &r))
        memset(s->direction, 0, d * sizeof *s->direction);
    free(r.row);
    free(r.column);
    free(r.value);
    double best = *value, step = 0;
    for (double t = 1; t < 1 + 2e-6; t += 1e-6) /* the vertex, and a little beyond it */
        try_step(s, x, t, &step, &best);
    for (double t = 0.5; s->has_formula && t > 1e-3; t /= 2)
        try_step(s, x, t, &step, &best);
    move(s, s->x, x, step);
    memcpy(x, s->x, d * sizeof *x);
    bool gains = best > ascent_above(*value, 1e-13);
    *value = best;
    return gains;
}

static bool must_end(const ascent *s)
{
    return s->must_end != NULL && s->must_end(s->context);
}

double ascent_climb(ascent *s, double *x)
{
    double value = ascent_value(s, x, NULL, NULL);
    for (int round = 0; round < 20; round++) {
        for (int k = 0; k < 100 && !must_end(s) && step_gradient(s, x, &value); k++)
            continue;
        if (must_end(s) || !step_region(s, x, &value))
            break;
    }
    return value;
}

static void random_point(ascent *s, double *x)
{
    for (size_t i = 0; i < s->num->inputs; i++) {
        double u = random_unit(s);
        x[i] = s->lower[i] + u * (s->upper[i] - s->lower[i]);
        if (x[i] > s->upper[i])
            x[i] = s->upper[i];
    }
}

/* How many climbs: more in more dimensions, where there are more local maxima, but few where one is dear. */
static size_t climb_count(const numeric *num)
{
    double d = (double)num->inputs, work = (double)num->terms * d * 60;
    double count = fmin(10 + 4 * d * d, 3e8 / (work + 1));
    return count < 4 ? 4 : (size_t)count;
}

double ascent_effort(const numeric *num)
{
    return (double)climb_count(num) * (double)num->terms;
}

double ascent_search(ascent *s, double *x, double enough, size_t first, size_t step)
{
    size_t d = s->num->inputs, climbs = climb_count(s->num);
    double *from = mem_alloc(d, sizeof *from), *try = mem_alloc(d, sizeof *try), best = -HUGE_VAL;
    for (size_t k = first; k < climbs && best <= enough && (k == 0 || !must_end(s)); k += step) {
        double start = -HUGE_VAL;
        random_begin(s, k);
        for (size_t sample = 0; sample < 32; sample++) { /* start from the best of a few samples */
            random_point(s, try);
            if (k == 0 && sample == 0)
                for (size_t i = 0; i < d; i++)
                    try[i] = s->lower[i] / 2 + s->upper[i] / 2;
            double value = ascent_value(s, try, NULL, NULL);
            if (!(value > start))
                continue;
            start = value;
            memcpy(from, try, d * sizeof *from);
        }
        double value = ascent_climb(s, from);
        if (!(value > best))
            continue;
        best = value;
        memcpy(x, from, d * sizeof *x);
    }
    free(from);
    free(try);
    return best;
}
