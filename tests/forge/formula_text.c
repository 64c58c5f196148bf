/* Formulas to forge about: see formula_text.h. Texts are put together from parts, which each function takes
 * over. */
#include "formula_text.h"

#include <stdlib.h>

#include "base/memory.h"
#include "number.h"

typedef struct maker {
    rng *r;
    size_t inputs;
    long input; /* inputs are about 2^input in size */
} maker;

static char *small_number(rng *r)
{
    static const char *const list[] = {"0",   "1",  "2", "(1/2)",  "3", "(1/3)",     "(-1)", "(1/4)",
                                       "0.1", "pi", "e", "(-1/2)", "4", "(101/100)", "(3/4)"};
    return mem_copy_string(list[rng_below(r, sizeof list / sizeof *list)]);
}

/* A number of any size. */
static char *any_number(rng *r)
{
    long exponent = number_exponent(r);
    char *small = small_number(r);
    char *text = exponent == 0  ? mem_printf("%s", small)
                 : exponent > 0 ? mem_printf("%s*2^%ld", small, exponent)
                                : mem_printf("%s/2^%ld", small, -exponent);
    free(small);
    return text;
}

static char *join(const char *format, char *a, char *b);

/* An input, or one in units of its size. */
static char *coordinate(const maker *m)
{
    size_t i = 1 + rng_below(m->r, m->inputs);
    if (m->input == 0 || rng_chance(m->r, 20))
        return mem_printf("x%zu", i);
    return m->input > 0 ? mem_printf("(x%zu/2^%ld)", i, m->input) : mem_printf("(x%zu*2^%ld)", i, -m->input);
}

/* An affine function whose zeros are at likely places. */
static char *variable(const maker *m)
{
    switch (rng_below(m->r, 5)) {
    case 0:
        return join("(%s-%s)", coordinate(m), small_number(m->r));
    case 1:
        return join("(%s+%s)", coordinate(m), coordinate(m));
    case 2:
        return join("(%s*%s)", small_number(m->r), coordinate(m));
    default:
        return coordinate(m);
    }
}

/* Replaces every @ of a pattern by `part`, which is taken over. */
static char *fill(const char *pattern, char *part)
{
    char *text = mem_copy_string("");
    for (; *pattern != '\0'; pattern++) {
        char *longer = *pattern == '@' ? mem_printf("%s%s", text, part) : mem_printf("%s%c", text, *pattern);
        free(text);
        text = longer;
    }
    free(part);
    return text;
}

/* Formats of two strings are few, and written out so that the compiler sees them. */
static char *join(const char *format, char *a, char *b)
{
    char *text = mem_copy_string("");
    int part = 0;
    for (; *format != '\0'; format++) {
        bool is_part = format[0] == '%' && format[1] == 's';
        char *longer =
            is_part ? mem_printf("%s%s", text, part++ == 0 ? a : b) : mem_printf("%s%c", text, *format);
        format += is_part;
        free(text);
        text = longer;
    }
    free(a);
    free(b);
    return text;
}

/* 0 everywhere, or nearly, but not as far as slopes at a kink tell. */
static const char *const dead[] = {"relu(-abs(@))",   "relu(-relu(@))",   "min(abs(@),0)",
                                   "relu(min(@,-@))", "max(-abs(@),0)",   "abs(relu(-abs(@)))",
                                   "relu(-(@)^2)",    "min(relu(@),0)",   "relu(-abs(@)-abs(@))",
                                   "-relu(-abs(@))",  "max(min(@,-@),0)", "min(max(@,-@),0)"};

/* What intervals do not see to be defined on a whole box, but on its parts. */
static const char *const partly[] = {"1/(@*@-@+1)",
                                     "1/(@*@+@+1)",
                                     "log(@*@-2*@+(101/100))",
                                     "log(@*@-@+1)",
                                     "sqrt(@*@-@+1/3)",
                                     "1/(2-abs(@)-@*@/2)",
                                     "(@*@-@+1)^(-1/2)",
                                     "asin(@*@-@)",
                                     "1/(exp(@)-@)",
                                     "log(abs(@)+relu(@)-@+1/64)"};

static const char *const kinks[] = {
    "abs(@)",    "relu(@)",    "relu(-@)",          "min(@,0)", "max(@,0)", "abs(abs(@)-1)",
    "max(@,-@)", "min(@,1-@)", "relu(@)-relu(@-1)", "abs(@)*@", "relu(@)^2"};

static const char *const smooth[] = {"@",         "(-@)",       "@^2",         "@^3-@",        "exp(@)",
                                     "sin(@)",    "cos(3*@)",   "tanh(@)",     "atan(@)",      "sinh(@)",
                                     "1/(1+@^2)", "log(1+@^2)", "sqrt(1+@^2)", "(1+@^2)^(3/2)"};

#define PICK(r, list) (list)[rng_below(r, sizeof(list) / sizeof *(list))]

static char *term(const maker *m);

static char *argument(const maker *m)
{
    return rng_chance(m->r, 85) ? variable(m) : fill("(@)", term(m));
}

static char *term(const maker *m)
{
    switch (rng_below(m->r, 8)) {
    case 0:
    case 1:
        return fill(PICK(m->r, dead), argument(m));
    case 2:
    case 3:
        return fill(PICK(m->r, partly), argument(m));
    case 4:
        return fill(PICK(m->r, kinks), argument(m));
    case 5:
        return rng_chance(m->r, 50)   ? join("(%s)*(%s)", argument(m), argument(m))
               : rng_chance(m->r, 50) ? join("max(%s,%s)", argument(m), argument(m))
                                      : join("min(%s,%s)", argument(m), argument(m));
    default:
        return fill(PICK(m->r, smooth), argument(m));
    }
}

/* Terms with one coefficient, so that they can cancel. */
static char *group(const maker *m)
{
    char *text = term(m);
    for (uint64_t k = rng_below(m->r, 3); k > 0; k--)
        text = join(rng_chance(m->r, 60) ? "%s+%s" : "%s-(%s)", text, term(m));
    return rng_chance(m->r, 50) ? join("%s*(%s)", any_number(m->r), text) : text;
}

/* A dead unit that a slope at its kink would cancel a linear term with, and something smooth. */
static char *cancelling(const maker *m)
{
    char *at = variable(m), *unit = fill(PICK(m->r, dead), mem_copy_string(at));
    char *text = join(rng_chance(m->r, 50) ? "%s+%s" : "%s-(%s)", unit, mem_copy_string(at));
    if (rng_chance(m->r, 50))
        text = join("%s*(%s)", any_number(m->r), text);
    return join("%s+%s", text, fill(PICK(m->r, smooth), at));
}

static char *one_output(const maker *m)
{
    char *text = rng_chance(m->r, 25) ? cancelling(m) : group(m);
    for (uint64_t k = rng_below(m->r, 3); k > 0; k--)
        text = join("%s+%s", text, group(m));
    return text;
}

char *forged_formula(rng *r, size_t inputs, size_t outputs, long input)
{
    maker m = {r, inputs, input};
    char *text = one_output(&m);
    for (size_t j = 1; j < outputs; j++)
        text = join("%s;%s", text, one_output(&m));
    return text;
}
