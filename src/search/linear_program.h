/* GLPK, which ends the process where memory runs out or where it finds itself in a state that it did not
 * expect; here that is one more way to find no solution. */
#ifndef SUPCERT_SEARCH_LINEAR_PROGRAM_H
#define SUPCERT_SEARCH_LINEAR_PROGRAM_H

#include <glpk.h>
#include <stdbool.h>

/* Calls work(context), where alone GLPK is used. False where GLPK gave up: all that this thread had from it
 * is gone then, and `work` has been left in the middle. */
bool linear_program_attempt(void (*work)(void *context), void *context);

/* Runs the simplex method for at most `iterations` steps. Returns the basic solution's status as
 * glp_get_status has it, GLP_UNDEF where none was found. */
int linear_program_solve(glp_prob *lp, int iterations);

#endif
