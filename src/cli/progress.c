/* Progress: see progress.h. */
#include "cli/progress.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
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

/* Columns that a line may take on the terminal. */
static size_t terminal_width(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1u : 79;
}

/* What is known, in fields; the last ones are the first to be left out where the line is narrow. */
enum { FIELDS = 7, FIELD_SIZE = 48 };

static void fill_fields(char field[FIELDS][FIELD_SIZE], const search_progress *now)
{
    strcpy(field[1], "upper not yet known");
    strcpy(field[2], "gap not yet known");
    snprintf(field[0], FIELD_SIZE, "%s%slower %.8g", now->about == NULL ? "" : now->about,
             now->about == NULL ? "" : ": ", now->lower);
    if (isfinite(now->upper)) {
        snprintf(field[1], FIELD_SIZE, "upper %.8g", now->upper);
        snprintf(field[2], FIELD_SIZE, "gap %.2g", fmax(0, now->upper - now->lower));
    }
    snprintf(field[3], FIELD_SIZE, "%zu nodes", now->nodes);
    snprintf(field[4], FIELD_SIZE, "%zu open", now->open);
    snprintf(field[5], FIELD_SIZE, "%.0f/s", (double)now->nodes / fmax(now->seconds, 1e-3));
    snprintf(field[6], FIELD_SIZE, "%.1f s", now->seconds);
}

static void clear_line(progress *p)
{
    if (p->mode == PROGRESS_LIVE && p->shown)
        fputs("\r\033[K", stderr);
    p->shown = false;
}

void progress_show(void *context, const search_progress *now)
{
    progress *p = context;
    if (now->seconds - p->last < (p->mode == PROGRESS_LIVE ? LIVE_STEP : PLAIN_STEP))
        return;
    p->last = now->seconds;
    char field[FIELDS][FIELD_SIZE];
    size_t width = p->mode == PROGRESS_LIVE ? terminal_width() : SIZE_MAX, used = 0;
    fill_fields(field, now);
    clear_line(p);
    for (size_t k = 0; k < FIELDS; k++) {
        size_t length = strlen(field[k]) + (k > 0 ? 2 : 0);
        if (length > width - used)
            break;
        fprintf(stderr, "%s%s", k > 0 ? ", " : "", field[k]);
        used += length;
    }
    if (p->mode == PROGRESS_PLAIN)
        putc('\n', stderr);
    p->shown = true;
    fflush(stderr);
}

void progress_note(void *context, const search_event *event)
{
    static const char *const word[] = {[SEARCH_BETTER] = "better point: lower",
                                       [SEARCH_ROUND] = "round: to prove",
                                       [SEARCH_CHECKPOINT] = "checkpoint written"};
    clear_line(context);
    fprintf(stderr, "%8.2f s, %zu nodes: %s%s%s", event->seconds, event->nodes,
            event->about == NULL ? "" : event->about, event->about == NULL ? "" : ": ", word[event->kind]);
    if (event->kind != SEARCH_CHECKPOINT)
        fprintf(stderr, " %.10g", event->value);
    putc('\n', stderr);
}

void progress_warn(void *context, const error *e)
{
    clear_line(context);
    error_print(stderr, e);
}

void progress_end(progress *p)
{
    clear_line(p);
}
