/* Volumes: see volume.h. */
#include "fool/volume.h"

#include "fool/power.h"

void volume_bound(mpq_t radius, size_t count, size_t d, mpq_t *lower, mpq_t *upper)
{
    mpq_t share, side;
    mpq_inits(share, side, NULL);
    mpq_set_ui(share, 1, count);
    for (size_t i = 0; i < d; i++) {
        mpq_sub(side, upper[i], lower[i]);
        mpq_mul(share, share, side);
        mpq_set_ui(side, i + 1, 1);
        mpq_mul(share, share, side);
    }
    mpq_set_ui(side, d, 1);
    power_root(radius, share, side);
    power_shorten(radius, 24);
    mpq_div_2exp(radius, radius, 1);
    mpq_clears(share, side, NULL);
}
