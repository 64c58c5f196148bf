/* Results of `supcert fool` in JSON. */
#ifndef SUPCERT_CLI_FOOL_JSON_H
#define SUPCERT_CLI_FOOL_JSON_H

#include "cli/fool_job.h"

/* Prints one object: command, verdict ("done"), mode ("twins" or "target"), the claim (fooling_json.h), bump,
 * hole, files, unwritten. `folder` is NULL where no files have been written. */
void fool_json_print(const fool_job *job, const fool_answer *answer, const char *folder,
                     const error *unwritten);

#endif
