/* Progress: see progress.h. */
#include "cli/progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Seconds between two lines. */
#define LIVE_STEP  0.2
#define PLAIN_STEP 5.0

bool progress_init(progress *p, const char *how, bool quiet, error *e)
{
    *p = (progress){.mode = PROGRESS_OFF};
    if (how == NULL)
        p->mode = isatty(STDERR_FILENO) && !quiet ? PROGRESS_LIVE : PROGRESS_OFF;
    else if (strcmp(how, "live") == 0)
        p->mode = PROGRESS_LIVE;
    else if (strcmp(how, "plain") == 0)
        p->mode = PROGRESS_PLAIN;
    else if (strcmp(how, "off") != 0)
        return error_set(e, NULL, 0, "--progress %.20s (give live, plain or off)", how);
    return true;
}

void progress_show(void *context, const search_progress *now)
{
    progress *p = context;
    if (now->seconds - p->last < (p->mode == PROGRESS_LIVE ? LIVE_STEP : PLAIN_STEP))
        return;
    p->last = now->seconds;
    p->shown = true;
    char upper[40] = "not yet known", gap[40] = "";
    if (isfinite(now->upper)) {
        snprintf(upper, sizeof upper, "%.8g", now->upper);
        snprintf(gap, sizeof gap, ", gap %.2g", fmax(0, now->upper - now->lower));
    }
    fprintf(stderr, "%slower %.8g, upper %s%s, %zu nodes, %.0f/s, %.1f s%s",
            p->mode == PROGRESS_LIVE ? "\r\033[K" : "", now->lower, upper, gap, now->nodes,
            (double)now->nodes / fmax(now->seconds, 1e-3), now->seconds,
            p->mode == PROGRESS_LIVE ? "" : "\n");
    fflush(stderr);
}

void progress_end(progress *p)
{
    if (p->mode == PROGRESS_LIVE && p->shown)
        fputs("\r\033[K", stderr);
    p->shown = false;
}
