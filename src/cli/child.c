/* Child processes: see child.h. */
#include "cli/child.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/junit_report.h"

void words_add(words *w, const char *word)
{
    w->word = mem_grow(w->word, &w->capacity, w->count + 1, sizeof *w->word);
    w->word[w->count++] = word;
}

void words_add_option(words *w, const char *name, const char *value)
{
    if (value == NULL)
        return;
    words_add(w, name);
    words_add(w, value);
}

void words_clear(words *w)
{
    free(w->word);
    *w = (words){0};
}

static child_end wait_for(pid_t process, double limit, volatile int *stop)
{
    double end = junit_clock() + limit + CHILD_GRACE;
    child_end result = {.late = false};
    bool asked = false;
    pid_t ended;
    while ((ended = waitpid(process, &result.status, WNOHANG)) == 0) {
        if (*stop && !asked)
            asked = kill(process, SIGTERM) == 0;
        if (limit > 0 && junit_clock() > end)
            result.late = kill(process, SIGKILL) == 0;
        nanosleep(&(struct timespec){0, 5000000}, NULL);
    }
    if (ended != process)
        result.status = -1;
    return result;
}

/* A signal from the terminal is for the parent, which passes it on, once: a second one would end the child
 * without an answer. Nor does the child outlive the parent for long. */
static void live_apart(pid_t parent)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(127);
}

child_end child_run(words *w, FILE *said, FILE *messages, double limit, volatile int *stop)
{
    words_add(w, NULL);
    fflush(NULL);
    pid_t parent = getpid(), process = fork();
    if (process == 0) {
        live_apart(parent);
        dup2(fileno(said), STDOUT_FILENO);
        dup2(fileno(messages), STDERR_FILENO);
        execv("/proc/self/exe", (char *const *)(void *)w->word);
        _exit(127);
    }
    return process < 0 ? (child_end){.status = -1} : wait_for(process, limit, stop);
}

/* The first line of a file as a new string; NULL where there is none. */
static char *first_line(FILE *from)
{
    char *line = NULL;
    size_t size = 0;
    rewind(from);
    if (getline(&line, &size, from) <= 0 || line[0] == '\n') {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\n")] = '\0';
    for (char *c = line; *c != '\0'; c++)
        *c = *c == '\t' ? ' ' : *c;
    return line;
}

char *child_fault(child_end end, FILE *messages)
{
    if (end.late)
        return mem_copy_string("ended by force: far beyond its time limit");
    if (end.status >= 0 && WIFSIGNALED(end.status))
        return mem_printf("ended by signal %d", WTERMSIG(end.status));
    char *line = first_line(messages);
    if (line != NULL)
        return line;
    return end.status < 0 ? mem_copy_string("no process could be started (end others)")
                          : mem_printf("no answer, exit status %d", WEXITSTATUS(end.status));
}
