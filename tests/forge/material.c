/* New lines of trees from the material of a question: see mutation.h. */
#include "mutation.h"

#include <stdlib.h>

#include "base/memory.h"
#include "number.h"

void material_number(mpq_t value, const material *m, rng *r)
{
    if (m->values > 0 && rng_chance(r, 80))
        mpq_set(value, m->value[rng_below(r, m->values)]);
    else
        number_random(value, r);
    if (rng_chance(r, 10))
        number_move(value, r);
}

/* A neuron's name, now and then one that is none. */
static size_t any_neuron(const material *m, rng *r)
{
    return rng_below(r, m->names + (rng_chance(r, 5) ? 2 : 1)) + (rng_chance(r, 98) && m->names > 0);
}

/* " N N …" */
static char *any_neurons(const material *m, rng *r)
{
    char *text = mem_copy_string("");
    for (uint64_t k = 1 + rng_below(r, 3); k > 0; k--) {
        char *longer = mem_printf("%s %zu", text, any_neuron(m, r));
        free(text);
        text = longer;
    }
    return text;
}

/* " N Q N Q …" */
static char *any_multipliers(const material *m, rng *r)
{
    char *text = mem_copy_string("");
    mpq_t value;
    mpq_init(value);
    for (uint64_t k = rng_below(r, 4); k > 0; k--) {
        number_random(value, r);
        char *number = number_text(value), *longer = mem_printf("%s %zu %s", text, any_neuron(m, r), number);
        free(number);
        free(text);
        text = longer;
    }
    mpq_clear(value);
    return text;
}

static char *join(const char *begin, char *rest)
{
    char *line = mem_printf("%s%s", begin, rest);
    free(rest);
    return line;
}

static char *any_objective(const material *m, rng *r, char kind)
{
    char *list = any_multipliers(m, r);
    char *line = mem_printf("%c %c%zu%s", kind, rng_chance(r, 50) ? '+' : '-',
                            (size_t)rng_below(r, m->outputs + rng_chance(r, 3)), list);
    free(list);
    return line;
}

char *material_step(const material *m, rng *r)
{
    static const char *const plain[] = {"b", "p", "f", "q", "d", "r"};
    switch (rng_below(r, 10)) {
    case 0:
        return join("b", any_neurons(m, r));
    case 1:
        return join("x", any_neurons(m, r));
    case 2:
        return any_objective(m, r, 'o');
    case 3:
        return any_objective(m, r, 'e');
    default:
        return mem_copy_string(plain[rng_below(r, sizeof plain / sizeof *plain)]);
    }
}

char *material_split(const material *m, rng *r)
{
    char side = rng_chance(r, 50) ? '<' : '>';
    if (m->names > 0 && rng_chance(r, 30))
        return mem_printf("n%c %zu", side, any_neuron(m, r));
    mpq_t value;
    mpq_init(value);
    material_number(value, m, r);
    char *number = number_text(value);
    char *line = mem_printf("i%c %zu %s", side, (size_t)(1 + rng_below(r, m->inputs)), number);
    free(number);
    mpq_clear(value);
    return line;
}
