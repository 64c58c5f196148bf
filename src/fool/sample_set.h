/* All samples of a file, in memory. */
#ifndef SUPCERT_FOOL_SAMPLE_SET_H
#define SUPCERT_FOOL_SAMPLE_SET_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "base/error.h"

typedef struct sample_set {
    const char *path; /* borrowed */
    size_t inputs, count;
    mpq_t *value; /* row-major count × inputs */
    long *line;   /* of every sample in the file */
    char digest[DIGEST_SIZE];
    size_t capacity; /* private: values, as a multiple of inputs */
} sample_set;

/* inputs as in samples_open (network/samples.h). On failure *s is cleared. */
bool sample_set_read(sample_set *s, const char *path, size_t inputs, error *e);
void sample_set_clear(sample_set *s);

/* Whether all samples lie in the box; *e names the first that does not. */
bool sample_set_check_box(const sample_set *s, mpq_t *lower, mpq_t *upper, error *e);

#endif
