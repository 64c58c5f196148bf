/* Linear programs: see linear_program.h. */
#include "search/linear_program.h"

#include <setjmp.h>

/* GLPK calls this before it would end the process; what it holds of this thread is in no state to be used. */
static void leave(void *place)
{
    glp_free_env();
    longjmp(*(jmp_buf *)place, 1);
}

/* Keeps GLPK's last words from the output. */
static int be_silent(void *context, const char *text)
{
    (void)context;
    (void)text;
    return 1;
}

int linear_program_solve(glp_prob **lp, int iterations)
{
    jmp_buf place;
    if (setjmp(place) != 0) {
        *lp = NULL;
        return GLP_UNDEF;
    }
    glp_smcp parameters;
    glp_init_smcp(&parameters);
    parameters.msg_lev = GLP_MSG_OFF;
    parameters.it_lim = iterations;
    glp_error_hook(leave, &place);
    glp_term_hook(be_silent, NULL);
    int failure = glp_simplex(*lp, &parameters);
    glp_term_hook(NULL, NULL);
    glp_error_hook(NULL, NULL);
    return failure == 0 ? glp_get_status(*lp) : GLP_UNDEF;
}

void linear_program_free(glp_prob *lp)
{
    if (lp != NULL)
        glp_delete_prob(lp);
}
