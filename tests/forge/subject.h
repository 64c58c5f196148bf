/* What certificates are forged about: two small networks on a box, sizes independent over 2^±200, with the
 * true maximum by enumeration; and the checker's verdict on a certificate about them. */
#ifndef SUPCERT_TESTS_FORGE_SUBJECT_H
#define SUPCERT_TESTS_FORGE_SUBJECT_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "forge.h"
#include "mutation.h"
#include "proof/check.h"
#include "random_network.h"
#include "rescale.h"
#include "search/maximise.h"

typedef struct subject {
    problem p;
    char f_digest[DIGEST_SIZE], g_digest[DIGEST_SIZE]; /* of their native text */
    bool is_signed;
    bool all_outputs;
    size_t output;
    mpq_t maximum; /* of the question, on the box */
    material m;    /* numbers: ends of the box, parts of it, kinks */
} subject;

/* False where enumeration is out of reach; *s is then clear. */
bool subject_init(subject *s, forge *c, bool is_signed);
void subject_clear(subject *s);

/* A small network's SHA-256, and its text; owned by the caller. */
void subject_digest(char digest[DIGEST_SIZE], const network *net);
char *subject_text(const network *net);

/* The true maximum on another box, over one output or all: false where that is out of reach. */
bool subject_maximum(mpq_t most, const subject *s, mpq_t *lower, mpq_t *upper, bool all_outputs,
                     size_t output);

/* What the search is asked; borrows *s. */
query subject_query(const subject *s);
/* Adds to the numbers worth trying. */
void subject_add_value(material *m, const mpq_t value);
/* The ends of a box, its middle, and other points of its sides. */
void subject_add_box(material *m, mpq_t *lower, mpq_t *upper, rng *r);

/* An honest certificate, of a finished search or an early end; owned by the caller. NULL: the search failed.
 */
char *subject_certificate(const subject *s, rng *r);

/* The checker's verdict. *stated is initialised in every case. part, wanted: as in check.h; may be NULL. */
check_status subject_check(claim *stated, const subject *s, const char *text, size_t length, check_part *part,
                           const demand *wanted);
/* Whether a verified claim says what the text's head says, and is true. */
bool subject_is_true(const subject *s, const claim *stated, const script *text);

#endif
