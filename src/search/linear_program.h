/* Solving a linear program by GLPK, which ends the process where it finds itself in a state that it did not
 * expect; here that is one more way to find no solution. */
#ifndef SUPCERT_SEARCH_LINEAR_PROGRAM_H
#define SUPCERT_SEARCH_LINEAR_PROGRAM_H

#include <glpk.h>

/* Runs the simplex method for at most `iterations` steps. Returns the basic solution's status as
 * glp_get_status has it, GLP_UNDEF where none was found. Where GLPK gave up, *lp is NULL afterwards, and all
 * that this thread had from GLPK is gone. */
int linear_program_solve(glp_prob **lp, int iterations);

/* Harmless for NULL. */
void linear_program_free(glp_prob *lp);

#endif
