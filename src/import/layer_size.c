/* The size of a layer before it is built: see layer_size.h. */
#include "import/layer_size.h"

/* Words per weight while a layer is built: a rational with its smallest allocations, and an integer. */
enum { WEIGHT_WORDS = 10 };

bool layer_size_take_shape(budget *left, size_t rows, size_t columns)
{
    size_t words = columns < SIZE_MAX / WEIGHT_WORDS ? WEIGHT_WORDS * (columns + 1) : SIZE_MAX;
    return budget_take_product(left, rows, words);
}

/* Multiplies *denominator up to the least common one; false when its length alone is beyond the budget. */
static bool join(const budget *left, mpz_t denominator, size_t count, mpq_t *value)
{
    for (size_t i = 0; i < count; i++) {
        if (!mpz_divisible_p(denominator, mpq_denref(value[i])))
            mpz_lcm(denominator, denominator, mpq_denref(value[i]));
        if (mpz_size(denominator) > left->limit - left->used)
            return false;
    }
    return true;
}

static bool take_digits(budget *left, const mpz_t denominator, size_t count, mpq_t *value)
{
    size_t length = mpz_size(denominator);
    for (size_t i = 0; i < count; i++) {
        if (mpq_sgn(value[i]) != 0 && !budget_take(left, mpz_size(mpq_numref(value[i])) + length))
            return false;
    }
    return true;
}

bool layer_size_take(budget *left, size_t rows, size_t columns, mpq_t *weight, mpq_t *bias)
{
    mpz_t denominator;
    mpz_init_set_ui(denominator, 1);
    bool fits = join(left, denominator, rows * columns, weight) && join(left, denominator, rows, bias) &&
                take_digits(left, denominator, rows * columns, weight) &&
                take_digits(left, denominator, rows, bias);
    left->exceeded = left->exceeded || !fits;
    mpz_clear(denominator);
    return fits;
}
