/* Distances: see nearest.h. */
#include "fool/nearest.h"

void nearest_distance(mpq_t distance, mpq_t *point, mpq_t *samples, size_t count, size_t d)
{
    mpq_t sum, step;
    mpq_inits(sum, step, NULL);
    for (size_t k = 0; k < count; k++) {
        mpq_set_ui(sum, 0, 1);
        for (size_t i = 0; i < d && (k == 0 || mpq_cmp(sum, distance) < 0); i++) {
            mpq_sub(step, point[i], samples[k * d + i]);
            mpq_abs(step, step);
            mpq_add(sum, sum, step);
        }
        if (k == 0 || mpq_cmp(sum, distance) < 0)
            mpq_set(distance, sum);
    }
    mpq_clears(sum, step, NULL);
}
