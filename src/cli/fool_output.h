/* The files that `supcert fool` writes. */
#ifndef SUPCERT_CLI_FOOL_OUTPUT_H
#define SUPCERT_CLI_FOOL_OUTPUT_H

#include <stdbool.h>

#include "cli/fool_job.h"

/* Makes the folder, if files are asked for, and sees to it that none takes the place of one that is read:
 * found out before the work. */
bool fool_output_ready(const fool_job *job, error *e);

/* Writes the networks, as ONNX, too, where that is asked for, and last the certificate into the folder. */
bool fool_output_write(const fool_job *job, const fool_answer *answer, const char *folder, error *e);

/* Name of network u (0) or v (1) of the answer in the folder, without its suffix. */
const char *fool_output_name(const fool_answer *answer, int which);

#endif
