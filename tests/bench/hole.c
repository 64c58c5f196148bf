/* Times the search for the largest hole: hole KIND D COUNT [SECONDS [THREADS]], KIND one of uniform, decimal,
 * cluster, grid, duplicate. Prints the radius and the proven upper bound (as decimals), whether they are
 * equal, and the seconds. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fool/hole.h"
#include "number/rational.h"
#include "number/vector.h"
#include "random.h"

static double uniform(rng *r)
{
    return (double)(rng_next(r) >> 11) * 0x1p-53;
}

/* Sums of four uniform numbers about one of ten centres, clipped to the box. */
static double clustered(rng *r, double centre)
{
    double x = centre + 0.1 * (uniform(r) + uniform(r) + uniform(r) + uniform(r) - 2);
    return fmin(fmax(x, 0), 1);
}

static void set_decimal(mpq_t value, double x)
{
    mpq_set_d(value, round(x * 1e15));
    mpz_set_ui(mpq_denref(value), 1000000000000000);
    mpq_canonicalize(value);
}

static void fill(mpq_t *samples, const char *kind, size_t d, size_t count)
{
    rng r;
    rng_seed(&r, 1);
    size_t side = (size_t)ceil(pow((double)count, 1 / (double)d) - 1e-9);
    double *centre = calloc(10 * d, sizeof *centre);
    for (size_t k = 0; k < 10 * d; k++)
        centre[k] = uniform(&r);
    for (size_t i = 0; i < count; i++) {
        size_t cell = i, which = rng_below(&r, 10);
        for (size_t j = 0; j < d; j++, cell /= side) {
            mpq_t *x = &samples[i * d + j];
            if (strcmp(kind, "grid") == 0) {
                mpq_set_ui(*x, cell % side, side > 1 ? side - 1 : 1);
                mpq_canonicalize(*x);
            } else if (strcmp(kind, "decimal") == 0) {
                set_decimal(*x, uniform(&r));
            } else if (strcmp(kind, "duplicate") == 0 && i >= count / 2) {
                mpq_set(*x, samples[(i - count / 2) * d + j]);
            } else {
                mpq_set_d(*x,
                          strcmp(kind, "cluster") == 0 ? clustered(&r, centre[which * d + j]) : uniform(&r));
            }
        }
    }
    free(centre);
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool is_kind(const char *kind)
{
    static const char *const kinds[] = {"uniform", "decimal", "cluster", "grid", "duplicate"};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (strcmp(kind, kinds[k]) == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    if (argc < 4 || !is_kind(argv[1])) {
        fputs("usage: hole KIND D COUNT [SECONDS [THREADS]]\n", stderr);
        return 2;
    }
    size_t d = strtoul(argv[2], NULL, 10), count = strtoul(argv[3], NULL, 10);
    hole_limits limits = {.seconds = argc > 4 ? strtod(argv[4], NULL) : 0,
                          .threads = argc > 5 ? (unsigned)strtoul(argv[5], NULL, 10) : 0};
    mpq_t *samples = vector_new(count * d), *lower = vector_new(d), *upper = vector_new(d), volume;
    for (size_t j = 0; j < d; j++)
        mpq_set_ui(upper[j], 1, 1);
    fill(samples, argv[1], d, count);
    mpq_init(volume);
    hole_volume_bound(volume, lower, upper, d, count);
    hole h;
    error e = ERROR_NONE;
    double started = seconds_now();
    if (!hole_find(&h, samples, count, d, lower, upper, &limits, &e)) {
        error_print(stderr, &e);
        return 2;
    }
    printf("%-10s d %-2zu m %-8zu radius %.9g upper %.9g volume bound %.6g %s %.2f s\n", argv[1], d, count,
           mpq_get_d(h.radius), mpq_get_d(h.upper), mpq_get_d(volume), h.proven_largest ? "proven" : "open  ",
           seconds_now() - started);
    hole_clear(&h);
    mpq_clear(volume);
    vector_free(samples, count * d);
    vector_free(lower, d);
    vector_free(upper, d);
    return 0;
}
