/* The linear program of a node: see relaxation.h. Columns: inputs, then y of every relevant row. For a row
 * with pre-activation z: unstable, two rows y >= z and y <= slope·(z − lo); active, y = z; inactive, y = 0
 * and z <= 0. The coefficient of z in the dual functional is minus the sum of (row dual · coefficient of z in
 * that row). */
#include "search/relaxation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "search/linear_program.h"

void relaxation_init(relaxation *x, size_t inputs, size_t rows)
{
    *x = (relaxation){0};
    x->point = mem_alloc(inputs, sizeof(double));
    x->y = mem_alloc(rows, sizeof(double));
    x->c = mem_alloc(rows, sizeof(double));
}

void relaxation_clear(relaxation *x)
{
    free(x->point);
    free(x->y);
    free(x->c);
}

/* Price of a unit of violated constraints in an elastic program, against a normalised objective of order one.
 */
#define ELASTIC_PRICE 64.0

/* How the rows of the program belong to the rows of the frame. */
typedef struct assembly {
    const prover *p;
    const mirror *m;
    const bool *relevant;
    glp_prob *lp;
    int *column; /* of y of each frame row; 0: none */
    int *first;  /* first program row of each frame row; 0: none */
    int rows, entries, capacity;
    int *row_index, *column_index; /* 1-based triplets, as GLPK wants them */
    double *value;
    double *middle,
        *radius; /* of the range of each source in the node: the columns are (value − middle) / radius */
    double unit; /* of the last row */
    double objective_unit, objective_middle;
    int elastic; /* column of a slack that all inequalities share; 0: none */
} assembly;

static void entry(assembly *as, int column, double value)
{
    if (column == 0 || value == 0)
        return;
    if (as->entries + 1 >= as->capacity) {
        as->capacity = as->capacity < 256 ? 256 : 2 * as->capacity;
        size_t count = (size_t)as->capacity;
        as->row_index = mem_resize(as->row_index, count, sizeof(int));
        as->column_index = mem_resize(as->column_index, count, sizeof(int));
        as->value = mem_resize(as->value, count, sizeof(double));
    }
    as->entries++;
    as->row_index[as->entries] = as->rows;
    as->column_index[as->entries] = column;
    as->value[as->entries] = value / as->unit;
}

/* Adds factor · z of frame row r to the program's last row, less the constant factor · (z at the middle). */
static void add_preactivation(assembly *as, size_t r, double factor)
{
    const mirror *m = as->m;
    for (size_t s = 0; s < m->inputs + r; s++) {
        if (r < m->begin[s] || r >= m->end[s])
            continue;
        int column = s < m->inputs ? (int)s + 1 : as->column[s - m->inputs];
        entry(as, column, factor * m->column[s][r - m->begin[s]] * as->radius[s]);
    }
}

/* z of frame row r with all its sources at the middle of their ranges. */
static double middle_preactivation(const assembly *as, size_t r)
{
    const mirror *m = as->m;
    double z = m->bias[r];
    for (size_t s = 0; s < m->inputs + r; s++)
        if (r >= m->begin[s] && r < m->end[s])
            z += m->column[s][r - m->begin[s]] * as->middle[s];
    return z;
}

/* A row that is divided by `unit`. In an elastic program only inequalities may be violated: the equation
 * y = z merely says what y is. */
static void new_row(assembly *as, int type, double bound, double unit)
{
    as->rows = glp_add_rows(as->lp, 1);
    as->unit = unit;
    glp_set_row_bnds(as->lp, as->rows, type, bound / unit, bound / unit);
    if (as->elastic != 0 && type != GLP_FX)
        entry(as, as->elastic, type == GLP_UP ? -unit : unit);
}

/* Facts that contradict each other leave no feasible point, and then GLPK has no duals. Let all rows be
 * violated at a price: the duals of that program are multipliers as good as any, and the bound falls with the
 * price. */
static void make_elastic(assembly *as)
{
    as->elastic = glp_add_cols(as->lp, 1);
    glp_set_col_bnds(as->lp, as->elastic, GLP_LO, 0, 0);
    glp_set_obj_coef(as->lp, as->elastic, -ELASTIC_PRICE);
}

/* A column from −1 to 1 for a source whose range is lower … upper. GLPK's tolerances are absolute: ranges in
 * a deep node are many orders below those at the root. */
static void set_column(assembly *as, size_t source, int column, double lower, double upper)
{
    as->middle[source] = (lower + upper) / 2;
    as->radius[source] = upper > lower ? (upper - lower) / 2 : 0;
    if (upper > lower)
        glp_set_col_bnds(as->lp, column, GLP_DB, -1, 1);
    else
        glp_set_col_bnds(as->lp, column, GLP_FX, 0, 0);
}

static void add_unstable(assembly *as, size_t r, double lo, double hi)
{
    size_t s = as->m->inputs + r;
    double slope = hi / (hi - lo), z = middle_preactivation(as, r), unit = (hi - lo) / 2;
    set_column(as, s, as->column[r], 0, hi);
    new_row(as, GLP_LO, z - as->middle[s], unit); /* y − z >= 0 */
    as->first[r] = as->rows;
    entry(as, as->column[r], as->radius[s]);
    add_preactivation(as, r, -1);
    new_row(as, GLP_UP, slope * (z - lo) - as->middle[s], unit); /* y − slope · z <= −slope · lo */
    entry(as, as->column[r], as->radius[s]);
    add_preactivation(as, r, -slope);
}

/* y = z. In an elastic program z may be anything, and z >= lo is a row of its own. */
static void add_active(assembly *as, size_t r, double lo, double hi)
{
    size_t s = as->m->inputs + r;
    double unit = hi > lo ? (hi - lo) / 2 : 1;
    set_column(as, s, as->column[r], lo, hi);
    new_row(as, GLP_FX, middle_preactivation(as, r) - as->middle[s], unit);
    as->first[r] = as->rows;
    entry(as, as->column[r], as->radius[s]);
    add_preactivation(as, r, -1);
    if (as->elastic == 0 || hi <= lo)
        return;
    glp_set_col_bnds(as->lp, as->column[r], GLP_FR, 0, 0);
    new_row(as, GLP_LO, lo - as->middle[s], unit);
    entry(as, as->column[r], as->radius[s]);
}

/* y = 0 and z <= 0. */
static void add_inactive(assembly *as, size_t r, double lo, double hi)
{
    size_t s = as->m->inputs + r;
    set_column(as, s, as->column[r], 0, 0);
    new_row(as, GLP_UP, -middle_preactivation(as, r), hi > lo ? (hi - lo) / 2 : 1);
    as->first[r] = as->rows;
    add_preactivation(as, r, 1);
}

/* The objective in units of its largest coefficient, so that it is of order one. */
static void set_objective(assembly *as, const objective *o)
{
    const mirror *m = as->m;
    const double *weight = m->objective[o->output];
    as->objective_middle = o->sign * weight[m->inputs + m->count] + m->slack[o->output];
    as->objective_unit = 0;
    for (size_t s = 0; s < m->inputs + m->count; s++) {
        as->objective_middle += o->sign * weight[s] * as->middle[s];
        as->objective_unit = fmax(as->objective_unit, fabs(weight[s]) * as->radius[s]);
    }
    if (as->objective_unit == 0)
        as->objective_unit = 1;
    glp_set_obj_dir(as->lp, GLP_MAX);
    for (size_t s = 0; s < m->inputs + m->count; s++) {
        int column = s < m->inputs ? (int)s + 1 : as->column[s - m->inputs];
        if (column != 0)
            glp_set_obj_coef(as->lp, column, o->sign * weight[s] * as->radius[s] / as->objective_unit);
    }
}

static void assemble(assembly *as, const objective *o, bool is_elastic)
{
    const mirror *m = as->m;
    int columns = (int)m->inputs;
    for (size_t r = 0; r < m->count; r++)
        as->column[r] = as->relevant[r] ? ++columns : 0;
    glp_add_cols(as->lp, columns);
    if (is_elastic)
        make_elastic(as);
    for (size_t i = 0; i < m->inputs; i++)
        set_column(as, i, (int)i + 1, mirror_input_lower(as->p, i), mirror_input_upper(as->p, i));
    for (size_t r = 0; r < m->count; r++) {
        if (!as->relevant[r])
            continue;
        double lo = mirror_lower(as->p, r), hi = mirror_upper(as->p, r);
        if (mirror_is_unstable(as->p, r))
            add_unstable(as, r, lo, hi);
        else if (mirror_is_active(as->p, r))
            add_active(as, r, lo, hi);
        else
            add_inactive(as, r, lo, hi);
    }
    set_objective(as, o);
    glp_load_matrix(as->lp, as->entries, as->row_index, as->column_index, as->value);
}

/* Dual of a program row, in the frame's units. */
static double row_dual(const assembly *as, int row, double lo, double hi)
{
    return glp_get_row_dual(as->lp, row) * as->objective_unit / (hi > lo ? (hi - lo) / 2 : 1);
}

static void read_solution(relaxation *x, const assembly *as)
{
    x->bound = as->objective_middle + as->objective_unit * glp_get_obj_val(as->lp);
    for (size_t i = 0; i < as->m->inputs; i++)
        x->point[i] = as->middle[i] + as->radius[i] * glp_get_col_prim(as->lp, (int)i + 1);
    for (size_t r = 0; r < as->m->count; r++) {
        x->y[r] = x->c[r] = 0;
        if (!as->relevant[r])
            continue;
        size_t source = as->m->inputs + r;
        double lo = mirror_lower(as->p, r), hi = mirror_upper(as->p, r);
        double dual = row_dual(as, as->first[r], lo, hi);
        x->y[r] = as->middle[source] + as->radius[source] * glp_get_col_prim(as->lp, as->column[r]);
        if (mirror_is_unstable(as->p, r))
            x->c[r] = dual + hi / (hi - lo) * row_dual(as, as->first[r] + 1, lo, hi);
        else
            x->c[r] = mirror_is_active(as->p, r) ? dual : -dual;
    }
}

typedef struct solving {
    relaxation *x;
    assembly as;
    const objective *o;
    bool is_elastic;
    relaxation_status status;
} solving;

static void solve_assembled(void *context)
{
    solving *s = context;
    s->as.lp = glp_create_prob();
    assemble(&s->as, s->o, s->is_elastic);
    int status = linear_program_solve(s->as.lp, 5000);
    s->status = status == GLP_OPT      ? RELAXATION_SOLVED
                : status == GLP_NOFEAS ? RELAXATION_EMPTY
                                       : RELAXATION_FAILED;
    if (s->status == RELAXATION_SOLVED)
        read_solution(s->x, &s->as);
    glp_delete_prob(s->as.lp);
}

static relaxation_status solve(relaxation *x, const prover *p, const mirror *m, const bool *relevant,
                               const objective *o, bool is_elastic)
{
    solving s = {.x = x, .as = {.p = p, .m = m, .relevant = relevant}, .o = o, .is_elastic = is_elastic};
    assembly *as = &s.as;
    as->column = mem_alloc(m->count, sizeof(int));
    as->first = mem_alloc(m->count, sizeof(int));
    as->middle = mem_alloc(m->inputs + m->count, sizeof(double));
    as->radius = mem_alloc(m->inputs + m->count, sizeof(double));
    bool works = linear_program_attempt(solve_assembled, &s);
    void *owned[] = {as->column,    as->first,        as->middle, as->radius,
                     as->row_index, as->column_index, as->value};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    return works ? s.status : RELAXATION_FAILED;
}

relaxation_status relaxation_solve(relaxation *x, const prover *p, const mirror *m, const bool *relevant,
                                   const objective *o)
{
    relaxation_status status = solve(x, p, m, relevant, o, false);
    if (status != RELAXATION_EMPTY)
        return status;
    return solve(x, p, m, relevant, o, true) == RELAXATION_SOLVED ? RELAXATION_EMPTY : RELAXATION_FAILED;
}
