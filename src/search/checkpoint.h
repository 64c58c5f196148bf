/* Checkpoints: the state of a search in a file, saved now and then by a thread of its own and read by
 * resume.h. The file is text: the question as in a certificate, what has been spent, the best point, and the
 * tree in the steps of certs/FORMAT.md, with the line "?" for a node that has not been visited:
 *
 *     supcert-checkpoint 1
 *     network f SHA256            these lines as in a certificate
 *     …
 *     nodes N                     visited so far
 *     milliseconds N              spent so far
 *     point X1 … XD               the best one
 *     tree
 *     …
 *     end
 *
 * Untrusted: nothing that is read from it is believed. */
#ifndef SUPCERT_SEARCH_CHECKPOINT_H
#define SUPCERT_SEARCH_CHECKPOINT_H

#include "search/worker.h"

#define CHECKPOINT_FIRST_LINE "supcert-checkpoint 1"
#define CHECKPOINT_OPEN       "?"

/* The state of a search at one moment. */
typedef struct snapshot snapshot;

/* Takes the state, with the lock: quick, as no text is copied. */
snapshot *snapshot_take(const search *s);
/* Writes it to `path` (aside, then renamed), without the lock; the search may go on. */
bool snapshot_save(const snapshot *shot, const search *s, const char *path, error *e);
void snapshot_free(snapshot *shot);

/* A thread that saves the state at intervals. What it cannot write is told, and tried again the next time. */
typedef struct checkpoint_thread {
    search *s;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool running, ending;
    bool failing; /* the last state could not be written, which has been told */
} checkpoint_thread;

/* Starts it, if the options ask for checkpoints; without a thread the state is saved at the end alone. */
void checkpoint_start(checkpoint_thread *c, search *s);
/* Waits for a file that is being written, and ends the thread. Without the search's lock. */
void checkpoint_end(checkpoint_thread *c);

#endif
