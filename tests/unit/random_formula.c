#include "random_formula.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Names that definitions before have made known: v1 … v(known). */
typedef struct source {
    rng *r;
    size_t inputs, known;
} source;

static char *random_number(rng *r)
{
    switch (rng_below(r, 6)) {
    case 0:
        return mem_printf("%ld", rng_between(r, 0, 9));
    case 1:
        return mem_printf("%ld.%02ld", rng_between(r, 0, 4), rng_between(r, 0, 99));
    case 2:
        return mem_printf("(%ld/%ld)", rng_between(r, -9, 9), rng_between(r, 1, 9));
    case 3:
        return mem_printf(".%lde%ld", rng_between(r, 1, 99), rng_between(r, -3, 2));
    default:
        return mem_copy_string(rng_chance(r, 50) ? "2" : "1");
    }
}

static char *random_leaf(const source *s)
{
    if (s->known > 0 && rng_chance(s->r, 30))
        return mem_printf("v%zu", 1 + (size_t)rng_below(s->r, s->known));
    if (rng_chance(s->r, 65))
        return mem_printf("x%zu", 1 + (size_t)rng_below(s->r, s->inputs));
    if (rng_chance(s->r, 10))
        return mem_copy_string(rng_chance(s->r, 50) ? "pi" : "e");
    return random_number(s->r);
}

static const char *random_exponent(rng *r)
{
    static const char *const exponents[] = {"2",     "3",       "-1",    "-2",     "(1/2)", "(1/3)", "0",
                                            "1",     "(-1/2)",  "(3/2)", "(5/2)",  "4",     "-3",    "(2/3)",
                                            "2^1^3", "(7-1.5)", "0.25",  "(-2/3)", "5"};
    return exponents[rng_below(r, sizeof exponents / sizeof *exponents)];
}

static char *random_tree(const source *s, size_t size);

static char *random_call(const source *s, size_t size)
{
    static const char *const functions[] = {"abs",  "relu", "sqrt", "exp",  "log",  "sin",
                                            "cos",  "tan",  "asin", "acos", "atan", "sinh",
                                            "cosh", "tanh", "sqrt", "log",  "asin"};
    const char *name = functions[rng_below(s->r, sizeof functions / sizeof *functions)];
    char *a = random_tree(s, size - 1), *text;
    if (rng_chance(s->r, 40) && (strcmp(name, "log") == 0 || strcmp(name, "sqrt") == 0))
        text = mem_printf("%s(abs(%s) + 1/7)", name, a); /* inside of its domain */
    else if (rng_chance(s->r, 40) && (strcmp(name, "asin") == 0 || strcmp(name, "acos") == 0))
        text = mem_printf("%s(sin(%s))", name, a);
    else
        text = mem_printf("%s(%s)", name, a);
    free(a);
    return text;
}

static char *random_operation(const source *s, size_t size)
{
    static const char *const formats[] = {"(%s)+(%s)",  "%s + %s",     "(%s)-(%s)", "%s*(%s)",
                                          "(%s)*(%s)",  "(%s) / (%s)", "%s-%s",     "%s*%s",
                                          "min(%s,%s)", "max(%s , %s)"};
    size_t left = (size_t)rng_below(s->r, size);
    char *a = random_tree(s, left), *b = random_tree(s, size - 1 - left), *text;
    const char *format = formats[rng_below(s->r, sizeof formats / sizeof *formats)];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    text = mem_printf(format, a, b);
#pragma GCC diagnostic pop
    free(a);
    free(b);
    return text;
}

static char *random_tree(const source *s, size_t size)
{
    if (size == 0)
        return random_leaf(s);
    if (rng_chance(s->r, 40))
        return random_call(s, size);
    if (rng_chance(s->r, 70))
        return random_operation(s, size);
    char *a = random_tree(s, size - 1);
    char *text =
        rng_chance(s->r, 30) ? mem_printf("-(%s)", a) : mem_printf("(%s)^%s", a, random_exponent(s->r));
    free(a);
    return text;
}

char *random_formula(rng *r, size_t inputs, size_t size)
{
    source s = {r, inputs, 0};
    return random_tree(&s, size);
}

/* --- kinks ---------------------------------------------------------------------------------------------- */

typedef struct kinked {
    rng *r;
    size_t inputs;
    long scale;
    bool smooth;
} kinked;

const char *random_kink(rng *r)
{
    static const char *const kinks[] = {"0", "0", "0", "1/2", "-1/2", "1", "-1", "1/3", "3"};
    return kinks[rng_below(r, sizeof kinks / sizeof *kinks)];
}

static char *kinked_leaf(const kinked *k)
{
    size_t input = 1 + (size_t)rng_below(k->r, k->inputs);
    if (k->scale > 0 && rng_chance(k->r, 10))
        return mem_printf("2^(%ld)", rng_between(k->r, -k->scale, k->scale));
    if (rng_chance(k->r, 10))
        return mem_printf("(%ld)/%ld", rng_between(k->r, -9, 9), rng_between(k->r, 1, 4));
    return rng_chance(k->r, 50) ? mem_printf("x%zu", input)
                                : mem_printf("(x%zu-(%s))", input, random_kink(k->r));
}

/* Formats of one operand, which may occur several times. */
static const char *const rational_formats[] = {"relu(-abs(%1$s))",
                                               "max(0, -abs(%1$s))",
                                               "max(-abs(%1$s), 0)",
                                               "min(abs(%1$s), 0)",
                                               "min(0, abs(%1$s))",
                                               "relu(-(%1$s)^2)",
                                               "max(-abs(%1$s), (%1$s)^2)",
                                               "min(abs(%1$s), -(%1$s)^2)",
                                               "relu(-relu(%1$s)-relu(-(%1$s)))",
                                               "abs(%1$s)",
                                               "relu(%1$s)",
                                               "relu(-(%1$s))",
                                               "max(%1$s, 0)",
                                               "min(0, %1$s)",
                                               "-(%1$s)",
                                               "(%1$s)^2",
                                               "(%1$s)^3",
                                               "abs(%1$s)^2",
                                               "1/(1+(%1$s)^2)",
                                               "1/(1+abs(%1$s))",
                                               "(%1$s)*abs(%1$s)",
                                               "relu(%1$s)*relu(-(%1$s))",
                                               "(%1$s)^0",
                                               "(1+abs(%1$s))^-3",
                                               "abs(%1$s)-(%1$s)",
                                               "1/(%1$s)",
                                               "(%1$s)^-2",
                                               "(%1$s)/(2+(%1$s))"};
static const char *const other_formats[] = {"sin(%1$s)",
                                            "cos(%1$s)",
                                            "exp(-abs(%1$s))",
                                            "atan(%1$s)",
                                            "tanh(%1$s)",
                                            "sqrt(abs(%1$s))",
                                            "sqrt((%1$s)^2)",
                                            "relu(%1$s)^(3/2)",
                                            "log(1+abs(%1$s))",
                                            "sqrt(relu(-abs(%1$s)))",
                                            "relu(-sqrt(abs(%1$s)))",
                                            "asin(tanh(%1$s))",
                                            "cosh(sin(%1$s))",
                                            "abs(%1$s)^(1/3)",
                                            "acos(sin(%1$s))",
                                            "sqrt(%1$s)",
                                            "log(%1$s)",
                                            "asin(%1$s)",
                                            "(%1$s)^(-1/2)"};

static const char *kinked_format(const kinked *k)
{
    if (k->smooth && rng_chance(k->r, 40))
        return other_formats[rng_below(k->r, sizeof other_formats / sizeof *other_formats)];
    return rational_formats[rng_below(k->r, sizeof rational_formats / sizeof *rational_formats)];
}

static char *kinked_tree(const kinked *k, size_t size)
{
    static const char *const two[] = {"(%s)+(%s)", "(%s)+(%s)",   "(%s)-(%s)",   "(%s)*(%s)",
                                      "(%s)*(%s)", "min(%s, %s)", "max(%s, %s)", "(%s)/(1+abs(%s))"};
    if (size == 0)
        return kinked_leaf(k);
    bool one = rng_chance(k->r, 50);
    size_t left = one ? size - 1 : (size_t)rng_below(k->r, size);
    char *a = kinked_tree(k, left), *b = one ? NULL : kinked_tree(k, size - 1 - left), *text;
    const char *format = one ? kinked_format(k) : two[rng_below(k->r, sizeof two / sizeof *two)];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    text = mem_printf(format, a, b);
#pragma GCC diagnostic pop
    free(a);
    free(b);
    return text;
}

char *random_kinked_formula(rng *r, size_t inputs, size_t size, long scale, bool smooth)
{
    kinked k = {r, inputs, scale, smooth};
    char *tree = kinked_tree(&k, size);
    if (rng_chance(r, 50))
        return tree;
    char *text = mem_printf("%s+%ld*x1+x%zu^2", tree, rng_between(r, -9, 9), inputs);
    free(tree);
    return text;
}

/* --- several outputs ------------------------------------------------------------------------------------ */

char *random_formulas(rng *r, size_t inputs, size_t size)
{
    source s = {r, inputs, 0};
    char *text = mem_copy_string("");
    size_t items = 1 + (size_t)rng_below(r, 5);
    for (size_t k = 0; k < items; k++) {
        char *item = random_tree(&s, (size_t)rng_below(r, size + 1)), *longer;
        if (k + 1 < items && rng_chance(r, 50))
            longer = mem_printf("%slet v%zu =\n %s;  # a definition; (\n", text, ++s.known, item);
        else
            longer = mem_printf("%s %s%s\n", text, item, k + 1 < items || rng_chance(r, 50) ? ";" : "");
        free(text);
        free(item);
        text = longer;
    }
    return text;
}
