/* Answering VNN-LIB specifications: one signed search for every part, until one finds an assignment or all
 * are refuted. Untrusted: an assignment is evaluated, and refutations are certificates. */
#ifndef SUPCERT_CLI_VERIFY_JOB_H
#define SUPCERT_CLI_VERIFY_JOB_H

#include <stdio.h>

#include "cli/specification.h"
#include "search/maximise.h"

typedef enum verify_status { VERIFY_UNSAT, VERIFY_SAT, VERIFY_UNKNOWN, VERIFY_TIMED_OUT } verify_status;

/* What is known about one part. */
typedef struct verify_part {
    bool refuted;
    mpq_t weight;    /* the penalty, of a part of both kinds */
    long begin, end; /* its certificate in `text`, where refuted */
    size_t nodes;    /* visited so far */
    size_t leaves;   /* of the certificate */
} verify_part;

typedef struct verify_job {
    const specification *s;
    search_options options; /* limits are those of all parts together */
    double started;
    verify_part *part;
    bool wanted;     /* a certificate is */
    FILE *text;      /* certificates of the parts, where wanted */
    error unwritten; /* why these are lost: the answer stands all the same */
    verify_status status;
    mpq_t *value;   /* where sat: an assignment, by variable */
    bool abandoned; /* threads are still at work: the caller ends the process soon */
    double seconds;
    size_t nodes, leaves;
} verify_job;

/* Searches; `wanted`: verify_write will be called. Fails as search_maximise does. *job must be cleared in
 * every case. */
bool verify_run(verify_job *job, const specification *s, const search_options *options, bool wanted,
                error *e);
void verify_clear(verify_job *job);

/* Writes the certificate of an answer that is sat or unsat. False with *e set where its text is lost. */
bool verify_write(FILE *out, const verify_job *job, error *e);

#endif
