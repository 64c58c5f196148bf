/* Going on from a checkpoint (checkpoint.h). The file is not believed: its point is evaluated anew, its steps
 * are carried out by the kernel, and all bounds come from there. So a file that has been damaged or forged is
 * an error, or as good a beginning as any. Untrusted. */
#ifndef SUPCERT_SEARCH_RESUME_H
#define SUPCERT_SEARCH_RESUME_H

#include "proof/line.h"
#include "search/worker.h"

typedef struct resume {
    FILE *stream;
    line_reader in;
} resume;

/* Opens the file, reads the lines before the tree and offers the point as a lower bound; s->nodes and what
 * has been spent earlier follow. False with *e if it cannot be read, is no checkpoint or is about something
 * else. */
bool resume_open(resume *r, search *s, const char *path, error *e);
void resume_close(resume *r);

/* Reads the tree, with the worker's kernel at its root. Ends early, with a part of the tree, when the search
 * must end; s->resuming then stays. False with *e where the tree is none or a step does not hold. */
bool resume_tree(resume *r, worker *w, error *e);

#endif
