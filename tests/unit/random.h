/* Random numbers for tests: the same on every machine, given the seed. A test draws its seed with
 * random_seed, which prints it, and gives case number k the seed `seed + k`; so SUPCERT_SEED=(the failing
 * case's seed) repeats that case first. */
#ifndef SUPCERT_TESTS_RANDOM_H
#define SUPCERT_TESTS_RANDOM_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rng {
    uint64_t state[4]; /* xoshiro256**, by Blackman and Vigna */
} rng;

void rng_seed(rng *r, uint64_t seed);
uint64_t rng_next(rng *r);
/* Uniform in 0 … bound-1; bound >= 1. */
uint64_t rng_below(rng *r, uint64_t bound);
/* Uniform in least … most, both included. */
long rng_between(rng *r, long least, long most);
/* True in `percent` of 100 cases. */
bool rng_chance(rng *r, unsigned percent);
/* Uniform in 0 … 2^bits - 1. */
void rng_integer(mpz_t value, rng *r, unsigned bits);

/* The number in the environment variable SUPCERT_SEED; 1 if it is not set, so that every run of the tests is
 * the same; one from the clock if it is "random", for campaigns. Prints it, with the test's name. */
uint64_t random_seed(const char *test);

/* `cases` times the number in SUPCERT_EFFORT (a decimal; 1 if it is not set), at least 1. */
size_t random_effort(size_t cases);

#endif
