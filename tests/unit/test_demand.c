/* Demands against the points that they are about: on a grid, a claim implies a demand exactly if it does so
 * at each point and output, or at one. Ratios against the bounds that they are made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "number/vector.h"
#include "proof/demand.h"
#include "random.h"

enum { INPUTS = 2, GRID = 4, OUTPUTS = 3 };

/* A claim over part of the grid {0, …, GRID-1}^INPUTS; `bound` is what it says above, `value` below. */
typedef struct made {
    claim c;
    long low[INPUTS], high[INPUTS], point[INPUTS], upper, lower;
} made;

static long draw(rng *r, long count)
{
    return (long)rng_below(r, (uint64_t)count);
}

static void draw_interval(rng *r, long *low, long *high)
{
    long a = draw(r, GRID), b = draw(r, GRID);
    *low = a < b ? a : b;
    *high = a < b ? b : a;
}

static void made_init(made *m, rng *r)
{
    m->c = (claim){.inputs = INPUTS,
                   .all_outputs = rng_chance(r, 50),
                   .output = (size_t)draw(r, OUTPUTS),
                   .unbounded = rng_chance(r, 10)};
    mpq_inits(m->c.lower, m->c.upper, NULL);
    m->c.box_lower = vector_new(INPUTS);
    m->c.box_upper = vector_new(INPUTS);
    m->c.point = vector_new(INPUTS);
    for (size_t i = 0; i < INPUTS; i++) {
        draw_interval(r, &m->low[i], &m->high[i]);
        m->point[i] = m->low[i] + draw(r, m->high[i] - m->low[i] + 1);
        mpq_set_si(m->c.box_lower[i], m->low[i], 1);
        mpq_set_si(m->c.box_upper[i], m->high[i], 1);
        mpq_set_si(m->c.point[i], m->point[i], 1);
    }
    m->lower = draw(r, 4);
    m->upper = m->c.unbounded ? 0 : m->lower + draw(r, 3);
    mpq_set_si(m->c.lower, m->lower, 1);
    mpq_set_si(m->c.upper, m->upper, 1);
}

static void made_clear(made *m)
{
    mpq_clears(m->c.lower, m->c.upper, NULL);
    vector_free(m->c.box_lower, INPUTS);
    vector_free(m->c.box_upper, INPUTS);
    vector_free(m->c.point, INPUTS);
}

/* What is asked. */
typedef struct question {
    demand d;
    bool has_box;
    long low[INPUTS], high[INPUTS];
    mpq_t *box[2];
    mpq_t most, least;
} question;

static void question_init(question *q, rng *r)
{
    static const size_t outputs[] = {1, OUTPUTS, OUTPUTS};
    *q = (question){.has_box = rng_chance(r, 80)};
    mpq_inits(q->most, q->least, NULL);
    q->d = (demand){.all_outputs = rng_chance(r, 50),
                    .output = (size_t)draw(r, OUTPUTS),
                    .outputs = outputs[draw(r, 3)],
                    .most = rng_chance(r, 60) ? q->most : NULL,
                    .least = rng_chance(r, 60) ? q->least : NULL,
                    .strictly = rng_chance(r, 30)};
    for (size_t k = 0; k < 2; k++)
        q->box[k] = vector_new(INPUTS);
    for (size_t i = 0; i < INPUTS; i++) {
        draw_interval(r, &q->low[i], &q->high[i]);
        mpq_set_si(q->box[0][i], q->low[i], 1);
        mpq_set_si(q->box[1][i], q->high[i], 1);
    }
    if (q->has_box) {
        q->d.box_lower = q->box[0];
        q->d.box_upper = q->box[1];
    }
    mpq_set_si(q->most, draw(r, 6) - 1, 1);
    mpq_set_si(q->least, draw(r, 6) - 1, 1);
}

static void question_clear(question *q)
{
    for (size_t k = 0; k < 2; k++)
        vector_free(q->box[k], INPUTS);
    mpq_clears(q->most, q->least, NULL);
}

static bool inside(const long *x, const long *low, const long *high)
{
    return low[0] <= x[0] && x[0] <= high[0] && low[1] <= x[1] && x[1] <= high[1];
}

/* Whether the question is about the point and output, and whether the claim's upper bound is. */
static bool asks(const question *q, const made *m, const long *x, size_t output)
{
    return inside(x, q->has_box ? q->low : m->low, q->has_box ? q->high : m->high) &&
           (q->d.all_outputs || q->d.output == output);
}

static bool bounds(const made *m, const long *x, size_t output)
{
    return inside(x, m->low, m->high) && (m->c.all_outputs || m->c.output == output);
}

/* Whether every point and output that the question is about is bounded; *same: whether these are all that
 * are. */
static bool is_covered(const question *q, const made *m, bool *same)
{
    bool covered = true;
    *same = true;
    for (long k = 0; k < GRID * GRID; k++)
        for (size_t j = 0; j < q->d.outputs; j++) {
            long x[INPUTS] = {k % GRID, k / GRID};
            covered = covered && (bounds(m, x, j) || !asks(q, m, x, j));
            *same = *same && bounds(m, x, j) == asks(q, m, x, j);
        }
    return covered;
}

/* Numbers of outputs beyond those of the networks do not occur. */
static void fit_outputs(question *q, made *m)
{
    q->d.output %= q->d.outputs;
    m->c.output %= q->d.outputs;
}

static void test_bounds(void **state)
{
    (void)state;
    rng r;
    uint64_t seed = random_seed("demand");
    for (size_t trial = 0; trial < random_effort(20000); trial++) {
        rng_seed(&r, seed + trial);
        made m;
        question q;
        made_init(&m, &r);
        question_init(&q, &r);
        fit_outputs(&q, &m);
        bool same, covered = is_covered(&q, &m, &same), attained = asks(&q, &m, m.point, m.c.output);
        long most = mpz_get_si(mpq_numref(q.most)), least = mpz_get_si(mpq_numref(q.least));
        bool above = covered && !m.c.unbounded && (q.d.strictly ? m.upper < most : m.upper <= most);
        bool below = attained && m.lower >= least;
        bool implied = (q.d.most == NULL || above) && (q.d.least == NULL || below);
        demand_verdict v = demand_judge(&q.d, &m.c);
        if (q.d.most == NULL && q.d.least == NULL)
            implied = same ||
                      (q.d.all_outputs && (!q.has_box || (m.low[0] == q.low[0] && m.low[1] == q.low[1] &&
                                                          m.high[0] == q.high[0] && m.high[1] == q.high[1])));
        assert_int_equal(v.gap == DEMAND_NO_GAP, implied);
        if (!implied && q.d.most != NULL && !above)
            assert_int_equal(v.part, DEMAND_MOST);
        if (!implied && v.part == DEMAND_MOST)
            assert_int_equal(v.gap == DEMAND_BOUND, covered);
        if (!implied && v.part == DEMAND_LEAST)
            assert_int_equal(v.gap == DEMAND_BOUND, attained);
        question_clear(&q);
        made_clear(&m);
    }
}

/* U <= q·L and E >= q·M, from bounds over the scope that are the claims' own. */
static void test_ratios(void **state)
{
    (void)state;
    rng r;
    uint64_t seed = random_seed("ratio");
    for (size_t trial = 0; trial < random_effort(20000); trial++) {
        rng_seed(&r, seed + trial);
        made d, g;
        question q;
        made_init(&d, &r);
        made_init(&g, &r);
        question_init(&q, &r);
        fit_outputs(&q, &d);
        fit_outputs(&q, &g);
        bool same;
        long most = mpz_get_si(mpq_numref(q.most)), least = mpz_get_si(mpq_numref(q.least));
        bool above = is_covered(&q, &d, &same) && asks(&q, &g, g.point, g.c.output) && !d.c.unbounded &&
                     most >= 0 && d.upper <= most * g.lower;
        bool below = asks(&q, &d, d.point, d.c.output) && is_covered(&q, &g, &same) &&
                     (least <= 0 || (!g.c.unbounded && d.lower >= least * g.upper));
        bool implied = (q.d.most == NULL || above) && (q.d.least == NULL || below);
        assert_int_equal(demand_judge_ratio(&q.d, &d.c, &g.c).gap == DEMAND_NO_GAP, implied);
        question_clear(&q);
        made_clear(&d);
        made_clear(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bounds), cmocka_unit_test(test_ratios)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
