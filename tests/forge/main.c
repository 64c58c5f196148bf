/* The forging campaign's program: takes the kinds in turn, each for its share of the time, and prints a
 * table.
 *
 * FORGE_SECONDS: how long in all (120). FORGE_SEED: the campaign's seed, else drawn and printed. FORGE_KIND:
 * this kind alone. FORGE_INSTANCES: so many instances of every kind in place of a time, the same on every
 * machine. Exit status 0: nothing false was accepted and nothing honest rejected; 1: see the reports. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "forge.h"

/* An instance that takes longer than this is stuck: no check may take a small certificate so long. */
#define STUCK_SECONDS 120

static const forge_kind kinds[] = {
    {"pair", 22, forge_pair},        {"signed", 8, forge_signed},   {"formula", 28, forge_formula},
    {"relative", 8, forge_relative}, {"fooling", 6, forge_fooling}, {"witness", 8, forge_witness},
    {"query", 8, forge_query},       {"receipt", 6, forge_receipt}, {"checkpoint", 6, forge_checkpoint},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static forge work[KINDS];
static const forge *volatile at_hand; /* the instance, while one is */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The process ends in the middle of an instance: something called exit. */
static void at_exit(void)
{
    const forge *c = at_hand;
    if (c != NULL)
        printf("%s, seed %" PRIu64 ": the process was ended from inside\n", c->kind, c->seed);
}

/* Called where the program cannot go on: no more than the kind and the seed is said, without stdio. */
static void at_signal(int number)
{
    const forge *c = at_hand;
    char text[160] = "", digits[24];
    size_t k = sizeof digits;
    for (uint64_t seed = c == NULL ? 0 : c->seed; k > 0 && (seed > 0 || k == sizeof digits); seed /= 10)
        digits[--k] = (char)('0' + seed % 10);
    strcat(text, c == NULL ? "no kind" : c->kind);
    strcat(text, ", seed ");
    strncat(text, digits + k, sizeof digits - k);
    strcat(text, number == SIGALRM ? ": does not come to an end\n" : ": crashed\n");
    ssize_t written = write(STDOUT_FILENO, text, strlen(text));
    _exit(written > 0 ? 1 : 3);
}

static void run_instance(size_t k, uint64_t seed)
{
    forge *c = &work[k];
    double start = now();
    c->seed = seed;
    rng_seed(&c->r, seed);
    at_hand = c;
    alarm(STUCK_SECONDS);
    kinds[k].run(c);
    alarm(0);
    at_hand = NULL;
    c->count.instances++;
    c->count.seconds += now() - start;
}

static const char *setting(const char *name)
{
    const char *text = getenv(name);
    return text == NULL || *text == '\0' ? NULL : text;
}

static bool is_wanted(size_t k)
{
    const char *kind = setting("FORGE_KIND");
    return kind == NULL || strcmp(kind, kinds[k].name) == 0;
}

/* The kind that has had least of its share; KINDS where none is wanted. */
static size_t next_kind(void)
{
    size_t next = KINDS;
    for (size_t k = 0; k < KINDS; k++)
        if (is_wanted(k) && (next == KINDS || work[k].count.seconds / kinds[k].share <
                                                  work[next].count.seconds / kinds[next].share))
            next = k;
    return next;
}

static void run_campaign(uint64_t seed)
{
    const char *instances = setting("FORGE_INSTANCES"), *seconds = setting("FORGE_SECONDS");
    double end = now() + (seconds == NULL ? 120 : strtod(seconds, NULL));
    if (instances == NULL) {
        for (size_t k = next_kind(); k < KINDS && now() < end; k = next_kind())
            run_instance(k, seed + work[k].count.instances);
        return;
    }
    for (size_t k = 0; k < KINDS; k++)
        for (uint64_t n = 0; is_wanted(k) && n < strtoull(instances, NULL, 10); n++)
            run_instance(k, seed + n);
}

static void print_row(const char *name, const forge_count *n)
{
    printf("%-10s %9" PRIu64 " %9" PRIu64 " of %-7" PRIu64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64
           " %6" PRIu64 " %8.1f\n",
           name, n->instances, n->honest_accepted, n->honest, n->tried, n->tried - n->accepted,
           n->accepted - n->untrue, n->untrue, n->seconds);
}

/* Returns the number of reports. */
static uint64_t print_table(void)
{
    forge_count all = {0};
    printf("%-10s %9s %20s %10s %10s %10s %6s %8s\n", "kind", "instances", "honest accepted", "forged",
           "rejected", "true", "false", "seconds");
    for (size_t k = 0; k < KINDS; k++) {
        const forge_count *n = &work[k].count;
        if (!is_wanted(k))
            continue;
        print_row(kinds[k].name, n);
        all.instances += n->instances;
        all.honest += n->honest;
        all.honest_accepted += n->honest_accepted;
        all.tried += n->tried;
        all.accepted += n->accepted;
        all.untrue += n->untrue;
        all.failures += n->failures;
        all.seconds += n->seconds;
    }
    print_row("all", &all);
    return all.failures;
}

static uint64_t draw_seed(void)
{
    const char *text = setting("FORGE_SEED");
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return text != NULL ? strtoull(text, NULL, 0)
                        : ((uint64_t)t.tv_sec * 1000003u + (uint64_t)t.tv_nsec) % 1000000000u;
}

int main(void)
{
    uint64_t seed = draw_seed();
    if (next_kind() == KINDS) {
        fprintf(stderr, "forge: FORGE_KIND: there is no kind '%s'\n", setting("FORGE_KIND"));
        return 2;
    }
    printf("forge: FORGE_SEED=%" PRIu64 "\n", seed);
    fflush(stdout);
    static const int caught[] = {SIGALRM, SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL};
    for (size_t k = 0; k < sizeof caught / sizeof *caught; k++)
        signal(caught[k], at_signal);
    atexit(at_exit);
    for (size_t k = 0; k < KINDS; k++)
        work[k].kind = kinds[k].name;
    run_campaign(seed);
    uint64_t failures = print_table();
    for (size_t k = 0; k < KINDS; k++) {
        forge_findings(&work[k]);
        forge_clear(&work[k]);
    }
    return failures == 0 ? 0 : 1;
}
