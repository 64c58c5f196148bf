/* Random points of the cube [-1/2, 1/2]^3, and how many of them notice a bump: those nearer to its centre than its
 * radius, in the l1 norm. Usage: sample COUNT RADIUS X Y Z. Numbers are from xorshift64*, always the same ones. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state = 88172645463325252u;

static double uniform(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (double)(state * 2685821657736338717u >> 11) * 0x1p-53 - 0.5;
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return 2;
    long count = atol(argv[1]), noticed = 0;
    double radius = atof(argv[2]), centre[3], nearest = INFINITY;
    for (int i = 0; i < 3; i++)
        centre[i] = atof(argv[3 + i]);
    for (long k = 0; k < count; k++) {
        double distance = 0;
        for (int i = 0; i < 3; i++)
            distance += fabs(uniform() - centre[i]);
        noticed += distance < radius;
        nearest = fmin(nearest, distance);
    }
    printf("%ld of %ld random points notice the bump; the nearest one is %.4f away from its centre\n", noticed, count,
           nearest);
    return 0;
}
