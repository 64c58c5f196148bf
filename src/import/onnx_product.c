/* Gemm and MatMul. One side of every single product is a constant; the other may be any affine form. Before a
 * matrix is multiplied into forms of many terms, its cost is compared with that of a linear layer which gives
 * these forms a name. */
#include "import/onnx_operators.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "import/onnx_broadcast.h"

/* A matrix inside a tensor: element (i, j) is at[i·down + j·across]. */
typedef struct matrix {
    affine *const *at;
    size_t rows, columns, down, across;
} matrix;

static matrix transposed(matrix m)
{
    return (matrix){m.at, m.columns, m.rows, m.across, m.down};
}

/* --- when a linear layer is cheaper ------------------------------------------------------------------------
 */

/* What multiplying costs, counted in terms. */
typedef struct cost {
    double work;   /* multiplications of rationals now */
    double terms;  /* of the results: what every later pass through the network pays */
    double direct; /* terms of the results if every form were a single variable */
    size_t *mark;  /* for every variable, the last row that had it */
    size_t row;
} cost;

static cost cost_init(const layers *build)
{
    return (cost){.mark = mem_alloc(build->first[build->sources], sizeof(size_t))};
}

/* Multiplications beyond which a linear layer is inserted even if the network becomes larger by it. */
#define MOST_WORK 4e6

/* How many variables the forms of one row have between them. */
static size_t distinct_variables(cost *sum, const matrix *m, size_t row)
{
    size_t distinct = 0, stamp = ++sum->row;
    for (size_t k = 0; k < m->columns; k++) {
        const affine *form = m->at[row * m->down + k * m->across];
        for (size_t t = 0; t < form->terms; t++) {
            distinct += sum->mark[form->variable[t]] != stamp;
            sum->mark[form->variable[t]] = stamp;
        }
    }
    return distinct;
}

/* Adds the cost of multiplying every row of m with `partners` columns of constants. */
static void add_cost(cost *sum, const matrix *m, size_t partners)
{
    double times = (double)partners;
    for (size_t row = 0; row < m->rows; row++) {
        double terms = 0;
        for (size_t k = 0; k < m->columns; k++)
            terms += (double)m->at[row * m->down + k * m->across]->terms;
        sum->work += times * terms;
        sum->terms += times * (double)distinct_variables(sum, m, row);
        sum->direct += times * (double)m->columns;
    }
}

/* Gives the forms of input i names if that is cheaper. Others that will read the input profit as well. Forms
 * over three layers or more carry old neurons along from layer to layer (residual streams, leaky
 * activations); they get a name as soon as it costs next to nothing. */
static void materialise_if_cheaper(onnx_call *call, size_t i, const cost *sum)
{
    tensor *x = call->input[i];
    double own = 0, named = 0;
    for (size_t k = 0; k < x->count; k++) {
        if (x->element[k]->terms > 1) {
            own += (double)x->element[k]->terms;
            named += 1;
        }
    }
    if (own == 0)
        return;
    double others = (double)(call->uses[i] - 1);
    double composed = sum->terms + others * own, separate = own + sum->direct + others * named;
    bool old = layers_sources_read(call->build, x->count, x->element) >= 3;
    if ((sum->work > MOST_WORK && sum->work > separate) || composed > 1.5 * separate ||
        (old && 1.25 * composed > separate))
        layers_materialise(call->build, x->count, x->element);
}

/* --- multiplying -------------------------------------------------------------------------------------------
 */

static bool add_product(onnx_call *call, const affine *a, const affine *b)
{
    const affine *factor = affine_is_constant(a) ? a : b;
    const affine *form = factor == a ? b : a;
    if (!affine_is_constant(factor))
        return call_fail(call,
                         "multiplies two values that both depend on the input (one side must be constant)") !=
               NULL;
    affine_sum_add(&call->build->space, form, factor->constant);
    return true;
}

/* The sum of a(row,k)·b(k,column); left in the space's sum. */
static bool add_dot(onnx_call *call, const matrix *a, size_t row, const matrix *b, size_t column)
{
    bool good = true;
    for (size_t k = 0; k < a->columns && good; k++)
        good =
            add_product(call, a->at[row * a->down + k * a->across], b->at[k * b->down + column * b->across]);
    if (!good)
        affine_release(&call->build->space, affine_sum_take(&call->build->space));
    return good;
}

/* --- Gemm --------------------------------------------------------------------------------------------------
 */

typedef struct gemm {
    mpq_t alpha, beta;
    bool trans_a, trans_b;
    matrix a, b;
    affine **c; /* in the order of the result, or NULL */
} gemm;

static matrix whole_matrix(const tensor *t, bool transpose)
{
    matrix m = {t->element, t->dim[0], t->dim[1], t->dim[1], 1};
    return transpose ? transposed(m) : m;
}

static bool read_gemm(onnx_call *call, gemm *g)
{
    mpq_set_ui(g->alpha, 1, 1);
    mpq_set_ui(g->beta, 1, 1);
    if (!call_same_types(call) || !call_float(call, "alpha", g->alpha) ||
        !call_float(call, "beta", g->beta) || !call_switch(call, "transA", &g->trans_a) ||
        !call_switch(call, "transB", &g->trans_b))
        return false;
    const tensor *a = call->input[0], *b = call->input[1];
    if (a->rank != 2 || b->rank != 2)
        return call_fail(call, "needs two matrices, not tensors of rank %zu and %zu", a->rank, b->rank) !=
               NULL;
    g->a = whole_matrix(a, g->trans_a);
    g->b = whole_matrix(b, g->trans_b);
    if (g->a.columns != g->b.rows)
        return call_fail(call, "cannot multiply a %zu×%zu matrix with a %zu×%zu matrix", g->a.rows,
                         g->a.columns, g->b.rows, g->b.columns) != NULL;
    return true;
}

/* C broadcasts to the shape of the product, never the other way round. */
static bool read_summand(onnx_call *call, gemm *g, const tensor *result)
{
    const tensor *c = call_input(call, 2);
    if (c == NULL)
        return true;
    size_t *dim, rank;
    bool fits = broadcast_shape(result->rank, result->dim, c->rank, c->dim, &dim, &rank);
    fits = fits && rank == 2 && dim[0] == result->dim[0] && dim[1] == result->dim[1];
    free(dim);
    if (!fits)
        return call_fail(call, "its third input does not broadcast to %zu×%zu", result->dim[0],
                         result->dim[1]) != NULL;
    g->c = broadcast_input(call, 2, result);
    return true;
}

static bool gemm_elements(onnx_call *call, const gemm *g, tensor *result)
{
    affine_space *space = &call->build->space;
    for (size_t i = 0; i < result->count; i++) {
        if (call->build->budget.exceeded || !add_dot(call, &g->a, i / g->b.columns, &g->b, i % g->b.columns))
            return false;
        if (mpq_cmp_ui(g->alpha, 1, 1) != 0)
            affine_sum_scale(space, g->alpha);
        if (g->c != NULL)
            affine_sum_add(space, g->c[i], g->beta);
        result->element[i] = affine_sum_take(space);
    }
    return true;
}

static void reduce_gemm(onnx_call *call, const gemm *g)
{
    cost sum = cost_init(call->build);
    matrix columns = transposed(g->b);
    if (tensor_is_constant(call->input[1])) {
        add_cost(&sum, &g->a, g->b.columns);
        materialise_if_cheaper(call, 0, &sum);
    } else if (tensor_is_constant(call->input[0])) {
        add_cost(&sum, &columns, g->a.rows);
        materialise_if_cheaper(call, 1, &sum);
    }
    free(sum.mark);
}

tensor *onnx_gemm(onnx_call *call)
{
    gemm g = {.c = NULL};
    mpq_inits(g.alpha, g.beta, NULL);
    tensor *result = NULL;
    bool good = read_gemm(call, &g);
    if (good) {
        reduce_gemm(call, &g);
        size_t dim[] = {g.a.rows, g.b.columns};
        result = tensor_new(&call->build->space, call->input[0]->type, 2, dim);
        good = result != NULL && read_summand(call, &g, result) && gemm_elements(call, &g, result);
    }
    free(g.c);
    mpq_clears(g.alpha, g.beta, NULL);
    if (good)
        return result;
    tensor_free(&call->build->space, result);
    return NULL;
}

/* --- MatMul ------------------------------------------------------------------------------------------------
 */

/* A stack of products: the leading dimensions broadcast, the last two are matrices. */
typedef struct stack {
    size_t rank, *dim, count;    /* leading dimensions of the result */
    size_t *a_matrix, *b_matrix; /* for every product, which matrix of a and of b */
    matrix a, b;                 /* the first ones; the others follow each other */
} stack;

static matrix matrix_at(matrix first, size_t which)
{
    if (which > 0)
        first.at += which * first.rows * first.columns;
    return first;
}

/* A list on the left is one row, a list on the right one column. */
static bool read_matrices(onnx_call *call, stack *s)
{
    const tensor *a = call->input[0], *b = call->input[1];
    if (!call_same_types(call))
        return false;
    if (a->rank == 0 || b->rank == 0)
        return call_fail(call, "cannot multiply a number without dimensions (use Mul)") != NULL;
    size_t inner = a->dim[a->rank - 1], columns = b->rank == 1 ? 1 : b->dim[b->rank - 1];
    s->a = (matrix){a->element, a->rank == 1 ? 1 : a->dim[a->rank - 2], inner, inner, 1};
    s->b = (matrix){b->element, b->dim[b->rank == 1 ? 0 : b->rank - 2], columns, columns, 1};
    if (s->a.columns == s->b.rows)
        return true;
    char *left = tensor_shape_text(a), *right = tensor_shape_text(b);
    call_fail(call, "cannot multiply shapes %s and %s", left, right);
    free(left);
    free(right);
    return false;
}

static bool read_stack(onnx_call *call, stack *s)
{
    const tensor *a = call->input[0], *b = call->input[1];
    size_t a_rank = a->rank > 2 ? a->rank - 2 : 0, b_rank = b->rank > 2 ? b->rank - 2 : 0;
    if (!broadcast_shape(a_rank, a->dim, b_rank, b->dim, &s->dim, &s->rank))
        return call_fail(call, "the leading dimensions of its inputs do not broadcast") != NULL;
    tensor *leading = tensor_new(&call->build->space, a->type, s->rank, s->dim);
    if (leading == NULL)
        return false;
    s->count = leading->count;
    tensor_free(&call->build->space, leading);
    s->a_matrix = broadcast_index(s->rank, s->dim, s->count, a_rank, a->dim);
    s->b_matrix = broadcast_index(s->rank, s->dim, s->count, b_rank, b->dim);
    return true;
}

static tensor *stack_result(onnx_call *call, const stack *s)
{
    size_t rank = s->rank;
    size_t *dim = mem_alloc(rank + 2, sizeof *dim);
    memcpy(dim, s->dim, rank * sizeof *dim);
    if (call->input[0]->rank > 1)
        dim[rank++] = s->a.rows;
    if (call->input[1]->rank > 1)
        dim[rank++] = s->b.columns;
    tensor *result = tensor_new(&call->build->space, call->input[0]->type, rank, dim);
    free(dim);
    return result;
}

static void reduce_stack(onnx_call *call, const stack *s)
{
    bool left = tensor_is_constant(call->input[1]), right = tensor_is_constant(call->input[0]);
    cost sum = cost_init(call->build);
    for (size_t p = 0; p < s->count && left != right; p++) {
        matrix m = left ? matrix_at(s->a, s->a_matrix[p]) : transposed(matrix_at(s->b, s->b_matrix[p]));
        add_cost(&sum, &m, left ? s->b.columns : s->a.rows);
    }
    if (left != right)
        materialise_if_cheaper(call, left ? 0 : 1, &sum);
    free(sum.mark);
}

static bool stack_elements(onnx_call *call, const stack *s, tensor *result)
{
    size_t next = 0;
    for (size_t p = 0; p < s->count; p++) {
        matrix a = matrix_at(s->a, s->a_matrix[p]), b = matrix_at(s->b, s->b_matrix[p]);
        for (size_t i = 0; i < a.rows * b.columns && result->count > 0; i++) {
            if (call->build->budget.exceeded || !add_dot(call, &a, i / b.columns, &b, i % b.columns))
                return false;
            result->element[next++] = affine_sum_take(&call->build->space);
        }
    }
    return true;
}

tensor *onnx_matmul(onnx_call *call)
{
    stack s = {0};
    tensor *result = NULL;
    bool good = read_matrices(call, &s) && read_stack(call, &s);
    if (good)
        result = stack_result(call, &s);
    good = result != NULL;
    if (good) {
        reduce_stack(call, &s);
        good = stack_elements(call, &s, result);
    }
    free(s.dim);
    free(s.a_matrix);
    free(s.b_matrix);
    if (good)
        return result;
    tensor_free(&call->build->space, result);
    return NULL;
}
