/* Linear programs by GLPK: solutions, none, and what happens where GLPK would end the process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "search/linear_program.h"

/* The largest x + y with 0 <= x, y <= 3 and lower <= x + 2·y <= 4. */
static glp_prob *small_program(double lower)
{
    static const int column[] = {0, 1, 2};
    static const double row[] = {0, 1, 2};
    glp_prob *lp = glp_create_prob();
    glp_set_obj_dir(lp, GLP_MAX);
    glp_add_cols(lp, 2);
    for (int k = 1; k <= 2; k++) {
        glp_set_obj_coef(lp, k, 1);
        glp_set_col_bnds(lp, k, GLP_DB, 0, 3);
    }
    glp_add_rows(lp, 1);
    glp_set_mat_row(lp, 1, 2, column, row);
    glp_set_row_bnds(lp, 1, GLP_LO, lower, 0);
    if (lower < 4)
        glp_set_row_bnds(lp, 1, GLP_DB, lower, 4);
    return lp;
}

static void solve_feasible(void *context)
{
    (void)context;
    glp_prob *lp = small_program(0);
    assert_int_equal(linear_program_solve(lp, 100), GLP_OPT);
    assert_float_equal(glp_get_obj_val(lp), 3.5, 1e-9);
    glp_delete_prob(lp);
}

static void solve_infeasible(void *context)
{
    (void)context;
    glp_prob *lp = small_program(10);
    assert_int_equal(linear_program_solve(lp, 100), GLP_NOFEAS);
    glp_delete_prob(lp);
}

static void programs_are_solved(void **state)
{
    (void)state;
    assert_true(linear_program_attempt(solve_feasible, NULL));
    assert_true(linear_program_attempt(solve_infeasible, NULL));
}

/* A limit below 0 is a fatal error for GLPK, as its failed assertions are. */
static void solve_wrongly(void *context)
{
    bool *comes_back = context;
    glp_prob *lp = small_program(0);
    linear_program_solve(lp, -1);
    *comes_back = true;
}

/* So is a wrong index while a program is made. */
static void make_wrongly(void *context)
{
    bool *comes_back = context;
    glp_set_obj_coef(small_program(0), 7, 1);
    *comes_back = true;
}

static void fatal_errors_end_nothing(void **state)
{
    (void)state;
    bool comes_back = false;
    for (int k = 0; k < 3; k++) {
        assert_false(linear_program_attempt(solve_wrongly, &comes_back));
        assert_false(linear_program_attempt(make_wrongly, &comes_back));
        assert_false(comes_back);
        assert_true(linear_program_attempt(solve_feasible, NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(programs_are_solved),
                                       cmocka_unit_test(fatal_errors_end_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
