/* Progress of a search on standard error: one line that changes on a terminal, or a line now and then in a
 * log. */
#ifndef SUPCERT_CLI_PROGRESS_H
#define SUPCERT_CLI_PROGRESS_H

#include <stdbool.h>

#include "base/error.h"
#include "search/maximise.h"

typedef enum progress_mode { PROGRESS_OFF, PROGRESS_LIVE, PROGRESS_PLAIN } progress_mode;

typedef struct progress {
    progress_mode mode;
    double last; /* seconds of the search when something was shown */
    bool shown;  /* the live line is there */
} progress;

/* `how` is the option's text, NULL for the default; quiet turns the default off. */
bool progress_init(progress *p, const char *how, bool quiet, error *e);

/* The callback of search_options. */
void progress_show(void *context, const search_progress *now);

/* The callback for events of a log: a line each. */
/* search_options.warn: prints the message. */
void progress_warn(void *context, const error *e);
void progress_note(void *context, const search_event *event);

/* Removes the live line. */
void progress_end(progress *p);

#endif
