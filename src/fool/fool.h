/* Two networks that no method can tell apart by the samples: built at a hole, written as text, and verified
 * by the checker's own code before anything is said about them. */
#ifndef SUPCERT_FOOL_FOOL_H
#define SUPCERT_FOOL_FOOL_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "fool/bump.h"
#include "fool/design.h"
#include "fool/hole.h"
#include "fool/sample_set.h"
#include "proof/fooling.h"

/* All is borrowed. */
typedef struct fool_question {
    const sample_set *samples; /* in the box */
    mpq_t *box_lower, *box_upper;
    const network *target;     /* g; NULL: twins ± bump are asked for, else g ± bump and g */
    const char *target_name;   /* for messages */
    const char *target_digest; /* of its file, DIGEST_SIZE bytes; as also below */
    const network *model;      /* of the same shape as g, or NULL */
    const char *model_digest;
    size_t output;          /* to which the bump is added; 0 for twins */
    const net_class *class; /* in which both networks are to lie; of DESIGN_CLASS, else NULL */
    design_wish wish;
    mpq_srcptr amount; /* height or slope of the bump; not used for DESIGN_CLASS */
    mpq_srcptr noise;  /* >= 0 */
    mpq_srcptr radius; /* the bump's radius is at most this, positive; NULL: as large as it can be */
    mpq_t *at;         /* the centre; NULL: the largest hole is looked for */
    bump_numbers numbers;
    hole_limits limits;
} fool_question;

/* A network in native text. */
typedef struct fool_network {
    network net;
    char *text; /* owned */
    size_t size;
    char digest[DIGEST_SIZE];
} fool_network;

typedef struct fool_answer {
    bool searched; /* `hole` is what the search has found */
    hole hole;
    mpq_t distance; /* from the bump's centre to the nearest sample, exact */
    bump bump;
    int sign;            /* of the bump in u */
    bool twins;          /* then v is a network of its own, else it is the target */
    fool_network u, v;   /* v.text is NULL where not twins */
    fooling_claim claim; /* verified */
} fool_answer;

/* Finds, builds and verifies. The sign is +, but for a target with a model it is that of g - model at the
 * centre, so that the model misses g ± bump by |g - model| + h there. Initialises *a; on failure it is
 * cleared.
 */
bool fool_find(fool_answer *a, const fool_question *q, error *e);
void fool_clear(fool_answer *a);

#endif
