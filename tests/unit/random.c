#include "random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t rotate(uint64_t word, int by)
{
    return (word << by) | (word >> (64 - by));
}

/* The state is filled by splitmix64, so that neighbouring seeds give unrelated streams. */
void rng_seed(rng *r, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        uint64_t word = seed += 0x9e3779b97f4a7c15u;
        word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
        word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
        r->state[i] = word ^ (word >> 31);
    }
}

uint64_t rng_next(rng *r)
{
    uint64_t *s = r->state, result = rotate(s[1] * 5, 7) * 9, shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t rng_below(rng *r, uint64_t bound)
{
    uint64_t limit = UINT64_MAX - UINT64_MAX % bound, word;
    do
        word = rng_next(r);
    while (word >= limit);
    return word % bound;
}

long rng_between(rng *r, long least, long most)
{
    return least + (long)rng_below(r, (uint64_t)(most - least) + 1);
}

bool rng_chance(rng *r, unsigned percent)
{
    return rng_below(r, 100) < percent;
}

void rng_integer(mpz_t value, rng *r, unsigned bits)
{
    mpz_set_ui(value, 0);
    for (; bits >= 32; bits -= 32) {
        mpz_mul_2exp(value, value, 32);
        mpz_add_ui(value, value, rng_next(r) >> 32);
    }
    mpz_mul_2exp(value, value, bits);
    mpz_add_ui(value, value, rng_below(r, (uint64_t)1 << bits));
}

static uint64_t drawn_seed(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec * 1000003u + (uint64_t)now.tv_nsec) % 1000000000u;
}

uint64_t random_seed(const char *test)
{
    const char *text = getenv("SUPCERT_SEED");
    uint64_t seed = 1;
    if (text != NULL && strcmp(text, "random") == 0)
        seed = drawn_seed();
    else if (text != NULL && *text != '\0')
        seed = strtoull(text, NULL, 0);
    printf("%s: SUPCERT_SEED=%" PRIu64 "\n", test, seed);
    fflush(stdout);
    return seed;
}

size_t random_effort(size_t cases)
{
    const char *text = getenv("SUPCERT_EFFORT");
    double effort = text != NULL && *text != '\0' ? strtod(text, NULL) : 1;
    double wanted = (double)cases * effort;
    return wanted >= 1 ? (size_t)wanted : 1;
}
