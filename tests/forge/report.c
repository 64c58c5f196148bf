/* Counting, and reports of what must not be: see forge.h. A report's files are enough to repeat it with
 * supcert-check. */
#include "forge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"

/* Of each finding, so many reports keep their files; the others are only counted. */
#define REPORTS 3

struct finding {
    char *what;
    uint64_t times, first; /* first: so many forged certificates had been tried */
    double seconds;        /* of the kind, before the instance in which it came first */
};

void forge_honest(forge *c, bool accepted)
{
    c->count.honest++;
    c->count.honest_accepted += accepted;
}

void forge_tried(forge *c, bool accepted)
{
    c->count.tried++;
    c->count.accepted += accepted;
}

static void keep(const char *folder, const exhibit *x)
{
    char *path = mem_printf("%s/%s", folder, x->name);
    FILE *out = fopen(path, "w");
    if (out != NULL) {
        fputs(x->text, out);
        fclose(out);
    }
    free(path);
}

/* Where the reports go: SUPCERT_FOUND, or build/found. */
static char *new_folder(const forge *c)
{
    const char *parent = getenv("SUPCERT_FOUND");
    parent = parent == NULL ? "build/found" : parent;
    if (mkdir(parent, 0777) != 0 && errno == ENOENT && mkdir("build", 0777) == 0)
        mkdir(parent, 0777);
    char *folder =
        mem_printf("%s/forged-%s-%" PRIu64 "-%" PRIu64, parent, c->kind, c->seed, c->count.failures);
    mkdir(folder, 0777);
    return folder;
}

static struct finding *find(forge *c, const char *what)
{
    for (size_t k = 0; k < c->findings; k++)
        if (strcmp(c->finding[k].what, what) == 0)
            return &c->finding[k];
    c->finding = mem_resize(c->finding, c->findings + 1, sizeof *c->finding);
    c->finding[c->findings] =
        (struct finding){.what = mem_copy_string(what), .first = c->count.tried, .seconds = c->count.seconds};
    return &c->finding[c->findings++];
}

void forge_failure(forge *c, const char *what, size_t exhibits, exhibit *list)
{
    c->count.failures++;
    bool shown = find(c, what)->times++ < REPORTS;
    char *folder = shown ? new_folder(c) : NULL;
    for (size_t k = 0; k < exhibits; k++) {
        if (shown)
            keep(folder, &list[k]);
        free(list[k].text);
    }
    if (shown)
        printf("%s, seed %" PRIu64 ": %s (see %s)\n", c->kind, c->seed, what, folder);
    fflush(stdout);
    free(folder);
}

void forge_untrue(forge *c, const char *what, size_t exhibits, exhibit *list)
{
    c->count.untrue++;
    forge_failure(c, what, exhibits, list);
}

void forge_findings(const forge *c)
{
    for (size_t k = 0; k < c->findings; k++) {
        const struct finding *f = &c->finding[k];
        printf("%s: %s: %" PRIu64 " times, first after %" PRIu64 " forged ones and %.1f s\n", c->kind,
               f->what, f->times, f->first, f->seconds);
    }
}

void forge_clear(forge *c)
{
    for (size_t k = 0; k < c->findings; k++)
        free(c->finding[k].what);
    free(c->finding);
    c->finding = NULL;
    c->findings = 0;
}
