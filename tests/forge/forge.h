/* The forging campaign: certificates that claim something false, or claim something true in a false way, are
 * put to the checker, in this process and against the same objects. Whatever it accepts must be true, by
 * routes that share nothing with it: enumeration of linear regions, exact evaluation at many points, interval
 * arithmetic with many digits. */
#ifndef SUPCERT_TESTS_FORGE_H
#define SUPCERT_TESTS_FORGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "random.h"

typedef struct forge_count {
    uint64_t instances;
    uint64_t honest, honest_accepted; /* certificates that the search has written, or the forger rightly */
    uint64_t tried, accepted;         /* forged ones; those accepted are true but for */
    uint64_t untrue;                  /* these */
    uint64_t failures;                /* reports of all kinds */
    double seconds;
} forge_count;

/* One instance of a kind: what certificates are about. Its seed repeats it. */
typedef struct forge {
    const char *kind;
    uint64_t seed;
    rng r;
    forge_count count;
    struct finding *finding; /* what has been reported, and how often */
    size_t findings;
} forge;

/* A kind of certificates: `run` makes one instance from the random numbers of the seed, and forges. */
typedef struct forge_kind {
    const char *name;
    double share; /* of the time */
    void (*run)(forge *c);
} forge_kind;

void forge_pair(forge *c);
void forge_signed(forge *c);
void forge_formula(forge *c);
void forge_relative(forge *c);
void forge_fooling(forge *c);
void forge_witness(forge *c);
void forge_query(forge *c);
void forge_receipt(forge *c);
void forge_checkpoint(forge *c);

/* A file of a report, to repeat it by hand. */
typedef struct exhibit {
    const char *name;
    char *text; /* owned by the report */
} exhibit;

/* An honest certificate, or a forged one, has been checked. A false acceptance is reported besides. */
void forge_honest(forge *c, bool accepted);
void forge_tried(forge *c, bool accepted);

/* Reports what is wrong, keeps the files in a folder and frees their texts. The same `what` is reported so
 * often that its kind is seen, and after that only counted. */
void forge_untrue(forge *c, const char *what, size_t exhibits, exhibit *list);
void forge_failure(forge *c, const char *what, size_t exhibits, exhibit *list);

/* Says what has been found, how often and after how many certificates first. */
void forge_findings(const forge *c);
void forge_clear(forge *c);

#endif
