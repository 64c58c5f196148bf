#include "random_rational.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const char *parse_text(rational_parser parser, mpq_t value, const char *text)
{
    size_t length = strlen(text);
    char *copy = mem_alloc(length, 1);
    memcpy(copy, text, length);
    const char *wrong = parser(value, length == 0 ? copy + 1 : copy, length);
    free(copy);
    return wrong;
}

size_t random_length(rng *r)
{
    static const size_t usual[] = {1, 1, 2, 3, 8, 17, 18, 19, 20, 21, 40, 255, 256, 257, 600};
    return usual[rng_below(r, sizeof usual / sizeof *usual)];
}

void random_rational(mpq_t value, rng *r)
{
    rng_integer(mpq_numref(value), r, (unsigned)(3 * random_length(r)));
    switch (rng_below(r, 4)) {
    case 0:
        mpz_set_ui(mpq_denref(value), 1);
        mpz_mul_2exp(mpq_denref(value), mpq_denref(value), rng_below(r, 1200));
        break;
    case 1:
        mpz_ui_pow_ui(mpq_denref(value), 10, rng_below(r, 60));
        break;
    default:
        rng_integer(mpq_denref(value), r, (unsigned)(3 * random_length(r)));
        mpz_add_ui(mpq_denref(value), mpq_denref(value), 1);
    }
    if (rng_chance(r, 50))
        mpz_neg(mpq_numref(value), mpq_numref(value));
    mpq_canonicalize(value);
}

void scale_slowly(mpq_t value, unsigned base, long exponent)
{
    mpq_t q;
    mpq_init(q);
    mpq_set_ui(q, base, 1);
    for (; exponent > 0; exponent--)
        mpq_mul(value, value, q);
    for (; exponent < 0; exponent++)
        mpq_div(value, value, q);
    mpq_clear(q);
}
