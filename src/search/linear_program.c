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

/* The environment is made first: where GLPK makes it by itself, a failure is not told to the hook. */
bool linear_program_attempt(void (*work)(void *context), void *context)
{
    jmp_buf place;
    if (glp_init_env() > 1 || setjmp(place) != 0)
        return false;
    glp_error_hook(leave, &place);
    glp_term_hook(be_silent, NULL);
    work(context);
    glp_term_hook(NULL, NULL);
    glp_error_hook(NULL, NULL);
    return true;
}

int linear_program_solve(glp_prob *lp, int iterations)
{
    glp_smcp parameters;
    glp_init_smcp(&parameters);
    parameters.msg_lev = GLP_MSG_OFF;
    parameters.it_lim = iterations;
    return glp_simplex(lp, &parameters) == 0 ? glp_get_status(lp) : GLP_UNDEF;
}
