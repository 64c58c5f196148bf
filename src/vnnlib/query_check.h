/* Checking certificates of answers to specifications (certs/FORMAT.md, "Answers to VNN-LIB queries"). The
 * specification is read and its parts are derived from what the user gives; the certificate brings only an
 * assignment, which is evaluated, or one signed certificate for every part. Trusted. */
#ifndef SUPCERT_VNNLIB_QUERY_CHECK_H
#define SUPCERT_VNNLIB_QUERY_CHECK_H

#include "proof/check.h"
#include "vnnlib/problem.h"

#define VNNLIB_FIRST_LINE "supcert-query 1"

typedef enum vnnlib_wanted { VNNLIB_EITHER, VNNLIB_SAT, VNNLIB_UNSAT } vnnlib_wanted;

/* What the user gives. All is borrowed. */
typedef struct vnnlib_given {
    const vnnlib_query *q;
    const vnnlib_problem *problem;
    const char *digest;              /* SHA-256 of the specification's file */
    const network *const *model;     /* by network of the query */
    const char *const *model_digest; /* SHA-256 of their files */
    vnnlib_wanted wanted;            /* the answer that is demanded */
} vnnlib_given;

/* What has been verified. */
typedef struct vnnlib_answer {
    bool sat;
    mpq_t *value; /* an assignment, where sat: one number per variable, owned */
    size_t variables;
    size_t nodes, leaves; /* of all parts together */
} vnnlib_answer;

/* The first line has been read. Otherwise as check_lines: CHECK_NOT_IMPLIED, with *e set, if the answer is
 * not the one that is demanded. Initialises *answer in every case. */
check_status vnnlib_check(vnnlib_answer *answer, line_reader *in, const vnnlib_given *given, error *e);
void vnnlib_answer_clear(vnnlib_answer *answer);

/* SHA-256 of the canonical text of a network, by which certificates of parts name theirs. */
void vnnlib_network_digest(char digest[DIGEST_SIZE], const network *net);

/* The lines before the answer; the writer's side of the check. */
void vnnlib_write_head(FILE *out, const vnnlib_given *given, bool sat);

#endif
