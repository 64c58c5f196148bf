#include "formula_trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "arrays.h"
#include "number/rational.h"

bool trial_init(trial *t, const char *text, size_t d)
{
    error e = ERROR_NONE;
    *t = (trial){.text = text, .d = d};
    if (!expression_parse(&t->u, d, "f", text, strlen(text), &e)) {
        error_clear(&e);
        return false;
    }
    enclosure_init(&t->m, &t->u);
    tangent_init(&t->form, d);
    t->lower = rationals_new(d);
    t->upper = rationals_new(d);
    t->x = rationals_new(d);
    t->y = rationals_new(d);
    return true;
}

void trial_clear(trial *t)
{
    enclosure_clear(&t->m);
    tangent_clear(&t->form);
    expression_clear(&t->u);
    rationals_free(t->lower, t->d);
    rationals_free(t->upper, t->d);
    rationals_free(t->x, t->d);
    rationals_free(t->y, t->d);
}

void expect(const trial *t, bool good, const char *what)
{
    if (!good) {
        for (size_t i = 0; i < t->d; i++)
            gmp_printf("x%zu in [%Qd, %Qd]\n", i + 1, t->lower[i], t->upper[i]);
        fail_msg("seed %ju: '%s': %s", (uintmax_t)t->seed, t->text, what);
    }
}

void trial_start(trial *t, const char *text, size_t d, const char *lower, const char *upper)
{
    if (!trial_init(t, text, d))
        fail_msg("'%s' was refused", text);
    for (size_t i = 0; i < d; i++) {
        assert_null(rational_parse(t->lower[i], lower, strlen(lower)));
        assert_null(rational_parse(t->upper[i], upper, strlen(upper)));
    }
}
