/* A crew of threads that does numbered tasks together, again and again. The caller is one of the crew. */
#ifndef SUPCERT_FOOL_CREW_H
#define SUPCERT_FOOL_CREW_H

#include <stddef.h>

typedef struct crew crew;

/* Does task number `task`; `worker` (from 0 to the size of the crew - 1) is never in two calls at once, so it
 * may index scratch space. */
typedef void crew_work(void *context, size_t task, unsigned worker);

/* `threads` threads in all, 0 for as many as there are processors; fewer where the system has no more. */
crew *crew_new(unsigned threads);
void crew_free(crew *c);
unsigned crew_size(const crew *c);

/* Does tasks 0 … count-1 in any order; returns when all are done. */
void crew_run(crew *c, crew_work *work, void *context, size_t count);

#endif
