/* What `supcert fool` is asked: its options, and everything that they name, read. */
#ifndef SUPCERT_CLI_FOOL_JOB_H
#define SUPCERT_CLI_FOOL_JOB_H

#include <stdbool.h>

#include "cli/box.h"
#include "cli/option.h"
#include "fool/fool.h"
#include "import/import.h"

enum {
    FOOL_SAMPLES,
    FOOL_BOX,
    FOOL_BOX_FILE,
    FOOL_INPUTS,
    FOOL_TARGET,
    FOOL_MODEL,
    FOOL_OUTPUT,
    FOOL_CLASS,
    FOOL_HEIGHT,
    FOOL_LIPSCHITZ,
    FOOL_RADIUS,
    FOOL_NOISE,
    FOOL_AT,
    FOOL_TIME,
    FOOL_THREADS,
    FOOL_DIRECTORY,
    FOOL_ONNX,
    FOOL_NNET,
    FOOL_JSON,
    FOOL_OPTIONS
};
extern const option fool_options[FOOL_OPTIONS];

typedef struct fool_job {
    const arguments *a;
    import_model target, model; /* path NULL where not given */
    sample_set samples;
    box box;
    net_class class;
    mpq_t *at;
    fool_question question; /* refers to the others */
} fool_job;

/* Initialises *job, which stays where it is, and reads everything. On failure it is cleared. */
bool fool_job_read(fool_job *job, const arguments *a, error *e);
void fool_job_clear(fool_job *job);

#endif
