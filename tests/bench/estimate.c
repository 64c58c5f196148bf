/* bench-estimate: the usual estimate of max |f - g| on a box, by uniform random points and floating point, to
 * stand next to the proven maximum. 2^24 = 16.7 million points in batches through a BLAS, as is done in
 * practice. What it finds is a lower bound up to rounding, and proves nothing. */
#include <cblas.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/command.h"
#include "cli/pair.h"

#define BATCH 512 /* points that pass through the layers together; their values stay in the cache */

enum { ESTIMATE_POINTS = PAIR_OPTIONS, ESTIMATE_THREADS, ESTIMATE_SEED, ESTIMATE_OPTIONS };

static const option estimate_options[ESTIMATE_OPTIONS] = {
    PAIR_OPTION_ROWS("0,1"),
    [ESTIMATE_POINTS] = {.name = "points",
                         .kind = OPTION_WHOLE,
                         .value = "N",
                         .least = "1",
                         .most = "1e12",
                         .fallback = "2^24 = 16777216",
                         .help = "how many random points"},
    [ESTIMATE_THREADS] = {.name = "threads",
                          .kind = OPTION_WHOLE,
                          .value = "N",
                          .least = "0",
                          .most = "1024",
                          .fallback = "0, all cores",
                          .help = "how many threads; the result is the same for any number"},
    [ESTIMATE_SEED] = {.name = "seed",
                       .kind = OPTION_WHOLE,
                       .value = "N",
                       .least = "0",
                       .fallback = "1",
                       .help = "of the random points"},
};

static const usage estimate_usage = {
    .program = "bench-estimate",
    .operands = "F G",
    .least = 2,
    .most = 2,
    .purpose = "Estimates max |f - g| on a box by random points in double precision. It proves nothing.",
    .notes = PAIR_NOTES "\nexit status: 0 done; 2 bad usage or input\n",
    .option = estimate_options,
    .options = ESTIMATE_OPTIONS};

/* --- networks in double precision
 * ------------------------------------------------------------------------------------------------ */

typedef struct float_block {
    size_t source, columns;
    double *weight; /* neurons × columns, row-major */
} float_block;

typedef struct float_layer {
    size_t neurons, blocks;
    float_block *block;
    double *bias;
    const unsigned char *kind; /* the exact layer's */
} float_layer;

typedef struct float_network {
    size_t inputs, layers;
    float_layer *layer;
} float_network;

/* numerator / denominator, truncated to a double: good enough for an estimate, and exact where a weight is a
 * double. */
static double quotient(const mpz_t numerator, const mpz_t denominator, mpq_t scratch)
{
    mpz_set(mpq_numref(scratch), numerator);
    mpz_set(mpq_denref(scratch), denominator);
    mpq_canonicalize(scratch);
    return mpq_get_d(scratch);
}

static double *quotients(size_t count, mpz_t *numerators, const mpz_t denominator)
{
    double *result = mem_alloc(count, sizeof *result);
    mpq_t scratch;
    mpq_init(scratch);
    for (size_t k = 0; k < count; k++)
        result[k] = quotient(numerators[k], denominator, scratch);
    mpq_clear(scratch);
    return result;
}

static void float_layer_init(float_layer *to, const net_layer *from)
{
    *to = (float_layer){.neurons = from->neurons, .blocks = from->blocks, .kind = from->kind};
    to->bias = quotients(from->neurons, from->bias, from->denominator);
    to->block = mem_alloc(from->blocks, sizeof *to->block);
    for (size_t b = 0; b < from->blocks; b++) {
        const net_block *block = &from->block[b];
        size_t weights = mem_product(from->neurons, block->columns);
        to->block[b] = (float_block){.source = block->source,
                                     .columns = block->columns,
                                     .weight = quotients(weights, block->weight, from->denominator)};
    }
}

static void float_network_init(float_network *to, const network *from)
{
    *to = (float_network){.inputs = from->inputs, .layers = from->layers};
    to->layer = mem_alloc(from->layers, sizeof *to->layer);
    for (size_t k = 0; k < from->layers; k++)
        float_layer_init(&to->layer[k], &from->layer[k]);
}

static void float_network_clear(float_network *net)
{
    for (size_t k = 0; k < net->layers; k++) {
        for (size_t b = 0; b < net->layer[k].blocks; b++)
            free(net->layer[k].block[b].weight);
        free(net->layer[k].block);
        free(net->layer[k].bias);
    }
    free(net->layer);
}

/* Room for the values of a batch: [0] is the inputs and borrowed, [k] layer k-1, a point a row. */
static double **values_new(const float_network *net)
{
    double **values = mem_alloc(mem_sum(net->layers, 1), sizeof *values);
    for (size_t k = 1; k <= net->layers; k++)
        values[k] = mem_alloc(mem_product(BATCH, net->layer[k - 1].neurons), sizeof **values);
    return values;
}

static void values_free(double **values, const float_network *net)
{
    for (size_t k = 1; k <= net->layers; k++)
        free(values[k]);
    free(values);
}

static void eval_layer(double *to, const float_layer *layer, double *const *values, size_t points)
{
    size_t neurons = layer->neurons;
    for (size_t p = 0; p < points; p++)
        for (size_t n = 0; n < neurons; n++)
            to[p * neurons + n] = layer->bias[n];
    for (size_t b = 0; b < layer->blocks; b++) {
        const float_block *block = &layer->block[b];
        int columns = (int)block->columns;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)points, (int)neurons, columns, 1,
                    values[block->source], columns, block->weight, columns, 1, to, (int)neurons);
    }
    for (size_t p = 0; p < points; p++)
        for (size_t n = 0; n < neurons; n++)
            if (layer->kind[n] == NEURON_RELU && to[p * neurons + n] < 0)
                to[p * neurons + n] = 0;
}

/* The outputs of `points` points, which values[0] holds. */
static const double *eval(const float_network *net, double **values, size_t points)
{
    for (size_t k = 0; k < net->layers; k++)
        eval_layer(values[k + 1], &net->layer[k], values, points);
    return values[net->layers];
}

/* --- random points
 * ---------------------------------------------------------------------------------------------------- */

typedef struct estimate {
    const model_pair *pair;
    float_network f, g;
    size_t outputs;
    double *lower, *width; /* of the box, one an input */
    uint64_t points, seed;
    atomic_ullong batch; /* the next one to be taken */
    pthread_mutex_t lock;
    double largest; /* under the lock, as is `point`: where it is */
    uint64_t best;  /* number of the batch that holds it */
    double *point;
} estimate;

/* The generator splitmix64 (Steele, Lea, Flood): one 64-bit number. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/* Batch `number` has a stream of its own, so that the points do not depend on the threads. */
static void fill_points(double *x, const estimate *job, uint64_t number, size_t points)
{
    uint64_t mixed = job->seed, state;
    state = next_random(&mixed) ^ (number + 1) * 0xd1342543de82ef95;
    state = next_random(&state);
    size_t inputs = job->f.inputs;
    for (size_t p = 0; p < points; p++)
        for (size_t i = 0; i < inputs; i++) {
            double unit = (double)(next_random(&state) >> 11) * 0x1p-53;
            x[p * inputs + i] = job->lower[i] + unit * job->width[i];
        }
}

/* The largest difference of the batch, and at which of its points. */
static double largest_difference(const estimate *job, const double *f, const double *g, size_t points,
                                 size_t *at)
{
    size_t first = job->pair->all_outputs ? 0 : job->pair->output;
    size_t last = job->pair->all_outputs ? job->outputs : first + 1;
    double largest = -1;
    for (size_t p = 0; p < points; p++)
        for (size_t j = first; j < last; j++) {
            double difference = fabs(f[p * job->outputs + j] - g[p * job->outputs + j]);
            if (difference > largest) {
                largest = difference;
                *at = p;
            }
        }
    return largest;
}

/* Keeps the larger of what is known and what batch `number` has; of equals, that of the first batch. */
static void record(estimate *job, double largest, uint64_t number, const double *x)
{
    pthread_mutex_lock(&job->lock);
    if (largest > job->largest || (largest == job->largest && number < job->best)) {
        job->largest = largest;
        job->best = number;
        for (size_t i = 0; i < job->f.inputs; i++)
            job->point[i] = x[i];
    }
    pthread_mutex_unlock(&job->lock);
}

static void *work(void *argument)
{
    estimate *job = argument;
    double *x = mem_alloc(mem_product(BATCH, job->f.inputs), sizeof *x);
    double **f = values_new(&job->f), **g = values_new(&job->g);
    uint64_t batches = (job->points + BATCH - 1) / BATCH, number;
    f[0] = g[0] = x;
    while ((number = atomic_fetch_add(&job->batch, 1)) < batches) {
        uint64_t left = job->points - number * BATCH;
        size_t points = left < BATCH ? (size_t)left : BATCH, at = 0;
        fill_points(x, job, number, points);
        double largest =
            largest_difference(job, eval(&job->f, f, points), eval(&job->g, g, points), points, &at);
        record(job, largest, number, x + at * job->f.inputs);
    }
    values_free(f, &job->f);
    values_free(g, &job->g);
    free(x);
    return NULL;
}

/* --- the run
 * ----------------------------------------------------------------------------------------------------------
 */

static void estimate_init(estimate *job, const model_pair *pair, const arguments *a)
{
    size_t inputs = pair->f.net.inputs;
    *job = (estimate){.pair = pair, .outputs = network_outputs(&pair->f.net), .largest = -1};
    job->points = arguments_given(a, ESTIMATE_POINTS) ? a->value[ESTIMATE_POINTS].whole : UINT64_C(1) << 24;
    job->seed = arguments_given(a, ESTIMATE_SEED) ? a->value[ESTIMATE_SEED].whole : 1;
    float_network_init(&job->f, &pair->f.net);
    float_network_init(&job->g, &pair->g.net);
    job->lower = mem_alloc(inputs, sizeof *job->lower);
    job->width = mem_alloc(inputs, sizeof *job->width);
    job->point = mem_alloc(inputs, sizeof *job->point);
    for (size_t i = 0; i < inputs; i++) {
        job->lower[i] = mpq_get_d(pair->box.lower[i]);
        job->width[i] = mpq_get_d(pair->box.upper[i]) - job->lower[i];
    }
    pthread_mutex_init(&job->lock, NULL);
}

static void estimate_clear(estimate *job)
{
    pthread_mutex_destroy(&job->lock);
    float_network_clear(&job->f);
    float_network_clear(&job->g);
    free(job->lower);
    free(job->width);
    free(job->point);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The number of threads that worked: as many as were asked for, or as could be had. */
static size_t run_threads(estimate *job, size_t wanted)
{
    pthread_t *thread = mem_alloc(wanted, sizeof *thread);
    size_t extra = 0;
    openblas_set_num_threads(1); /* whole batches in parallel, rather than the products inside them */
    while (extra + 1 < wanted && pthread_create(&thread[extra], NULL, work, job) == 0)
        extra++;
    work(job);
    for (size_t k = 0; k < extra; k++)
        pthread_join(thread[k], NULL);
    free(thread);
    return extra + 1;
}

static int estimate_run(const arguments *a, error *e)
{
    model_pair pair;
    estimate job;
    if (!pair_read(&pair, a->operand[0], a->operand[1], a, e) ||
        !pair_needs_networks(&pair, "the estimate", e))
        return STATUS_BAD;
    size_t threads = a->value[ESTIMATE_THREADS].whole;
    if (threads == 0) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        threads = cores < 1 ? 1 : (size_t)cores;
    }
    estimate_init(&job, &pair, a);
    double start = now();
    threads = run_threads(&job, threads);
    double seconds = now() - start;
    printf("estimate: max |f - g| is at least about %.10g, in floating point\n", job.largest);
    for (size_t i = 0; i < job.f.inputs; i++)
        printf("  %-12s input %zu: %.17g\n", i == 0 ? "found at" : "", i, job.point[i]);
    printf("  %-12s %llu\n  %-12s %zu\n  %-12s %.2f\n", "points", (unsigned long long)job.points, "threads",
           threads, "seconds", seconds);
    estimate_clear(&job);
    pair_clear(&pair);
    return STATUS_GOOD;
}

int main(int argc, char **argv)
{
    const command estimate_command = {
        .name = "bench-estimate", .usage = &estimate_usage, .run = estimate_run};
    return command_run(&estimate_command, argc, argv);
}
