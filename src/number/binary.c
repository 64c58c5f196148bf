/* Powers of two and wide integers: see binary.h. */
#include "number/binary.h"

void binary_scale(mpq_t r, const mpq_t value, long exponent)
{
    if (exponent >= 0)
        mpq_mul_2exp(r, value, (mp_bitcnt_t)exponent);
    else
        mpq_div_2exp(r, value, (mp_bitcnt_t)-exponent);
}

bool binary_wide(__int128 *result, const mpz_t number, size_t bits)
{
    if (mpz_sizeinbase(number, 2) > bits)
        return false;
    mpz_t high, low;
    mpz_inits(high, low, NULL);
    mpz_fdiv_q_2exp(high, number, 63); /* below 2^(126 − 63) in size, so both halves are longs */
    mpz_fdiv_r_2exp(low, number, 63);
    *result = (__int128)mpz_get_si(high) * ((__int128)1 << 63) + mpz_get_si(low);
    mpz_clears(high, low, NULL);
    return true;
}

void binary_integer(mpz_t r, __int128 number)
{
    unsigned __int128 size = number < 0 ? -(unsigned __int128)number : (unsigned __int128)number;
    mpz_set_ui(r, (unsigned long)(size >> 64));
    mpz_mul_2exp(r, r, 64);
    mpz_add_ui(r, r, (unsigned long)size);
    if (number < 0)
        mpz_neg(r, r);
}
