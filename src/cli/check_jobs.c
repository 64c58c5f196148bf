/* Checks by several processes: see check_jobs.h. */
#include "cli/check_jobs.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/processors.h"
#include "cli/check_pair.h"

/* A process is not worth its start for fewer leaves. */
#define LEAVES_PER_JOB 16

/* So many blocks of leaves for each process: more of them share the work more evenly, but before each a
 * process goes anew through the nodes above its first leaf. */
#define BLOCKS_PER_JOB 16

/* What a process says about its blocks. */
typedef struct finding {
    check_status status;
    size_t nodes, leaves, own_leaves;
    char digest[DIGEST_SIZE]; /* of all that it has read */
    bool in_file;             /* the fault has a place in the certificate: `line` */
    long line;
    size_t length; /* of the fault's message, which follows */
} finding;

typedef struct job {
    pid_t process;
    int pipe; /* where its finding is read */
} job;

size_t check_jobs_for(size_t leaves)
{
    size_t most = leaves / LEAVES_PER_JOB, processors = processors_usable();
    return most < 1 ? 1 : most < processors ? most : processors;
}

/* Checks the blocks that are there to be taken; the first line has been read. */
static finding check_blocks(claim *verified, check_part part, const demand *asked, line_reader *in,
                            const model_pair *p, error *e)
{
    finding found = {.status = check_pair(verified, &part, asked, in, p, e)};
    found.nodes = part.nodes;
    found.leaves = part.leaves;
    found.own_leaves = part.own_leaves;
    digest_text(found.digest, in->digest);
    found.in_file = e->file != NULL;
    found.line = e->line;
    found.length = e->message == NULL ? 0 : strlen(e->message);
    return found;
}

/* --- the other processes
 * ---------------------------------------------------------------------------------------- */

static bool write_all(int to, const void *data, size_t size)
{
    const char *from = data;
    while (size > 0) {
        ssize_t written = write(to, from, size);
        if (written < 0 && errno != EINTR)
            return false;
        from += written < 0 ? 0 : written;
        size -= written < 0 ? 0 : (size_t)written;
    }
    return true;
}

/* All that another process does; its memory is the system's to free. */
typedef struct errand {
    check_part part;
    const demand *asked;
    const char *name;
    const model_pair *p;
    int to;
    bool said;
} errand;

static bool say(int to, const finding *found, const char *message)
{
    return write_all(to, found, sizeof *found) && write_all(to, message, found->length);
}

static void run_errand(void *context)
{
    errand *r = context;
    claim verified;
    error e = ERROR_NONE;
    line_reader in = {.stream = fopen(r->name, "rb"), .name = r->name, .digest = digest_new()};
    if (in.stream == NULL || !line_next(&in, &e))
        return;
    finding found = check_blocks(&verified, r->part, r->asked, &in, r->p, &e);
    r->said = say(r->to, &found, e.message);
}

/* Memory that runs out is told to the first process, which prints it. */
static _Noreturn void run_job(check_part part, const demand *asked, const char *name, const model_pair *p,
                              int to)
{
    errand r = {.part = part, .asked = asked, .name = name, .p = p, .to = to};
    const char *reason = mem_attempt(run_errand, &r);
    if (reason != NULL)
        r.said = say(to, &(finding){.status = CHECK_BAD_INPUT, .length = strlen(reason)}, reason);
    _exit(r.said ? 0 : 1);
}

/* Starts a process, which ends when this one does. */
static bool start_job(job *j, check_part part, const demand *asked, const char *name, const model_pair *p)
{
    int ends[2];
    if (pipe(ends) != 0)
        return false;
    pid_t parent = getpid();
    j->process = fork();
    if (j->process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() == parent)
            run_job(part, asked, name, p, ends[1]);
        _exit(1);
    }
    close(ends[1]);
    j->pipe = ends[0];
    if (j->process < 0)
        close(ends[0]);
    return j->process > 0;
}

static int wait_for(const job *j)
{
    int end = 0;
    close(j->pipe);
    while (waitpid(j->process, &end, 0) < 0 && errno == EINTR)
        ;
    return end;
}

/* Starts the processes 1 … jobs-1, all or none. */
static bool start_jobs(job *other, size_t jobs, check_part part, const demand *asked, const char *name,
                       const model_pair *p)
{
    fflush(NULL);
    for (size_t k = 1; k < jobs; k++) {
        if (start_job(&other[k], part, asked, name, p))
            continue;
        while (--k > 0) {
            kill(other[k].process, SIGKILL);
            wait_for(&other[k]);
        }
        return false;
    }
    return true;
}

/* --- putting the findings together
 * ------------------------------------------------------------------------------- */

static bool read_all(int from, void *data, size_t size)
{
    char *to = data;
    while (size > 0) {
        ssize_t got = read(from, to, size);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        to += got < 0 ? 0 : got;
        size -= got < 0 ? 0 : (size_t)got;
    }
    return true;
}

/* Waits for what a process has found; its fault as *e. */
static finding end_job(const job *j, const char *name, error *e)
{
    finding found;
    char *message = NULL;
    bool said = read_all(j->pipe, &found, sizeof found);
    if (said) {
        message = mem_alloc(mem_sum(found.length, 1), 1);
        said = read_all(j->pipe, message, found.length);
        message[found.length] = '\0';
    }
    int end = wait_for(j);
    if (!said) {
        found = (finding){.status = CHECK_BAD_INPUT};
        error_set(e, name, 0, "a process that checks a part of it ended by itself, with %s %d (try --jobs 1)",
                  WIFSIGNALED(end) ? "signal" : "status",
                  WIFSIGNALED(end) ? WTERMSIG(end) : WEXITSTATUS(end));
    } else if (found.status != CHECK_VERIFIED) {
        error_set(e, found.in_file ? name : NULL, found.line, "%s", message);
    }
    free(message);
    return found;
}

/* Takes in what another process has found; *e is the fault of `all`, *other that of `one`. */
static void combine(finding *all, error *e, const finding *one, error *other, const char *name)
{
    bool first = all->status == CHECK_VERIFIED || one->line < all->line;
    if (one->status != CHECK_VERIFIED && first) {
        all->status = one->status;
        all->line = one->line;
        error_clear(e);
        *e = *other;
        *other = (error)ERROR_NONE;
    }
    all->own_leaves += one->own_leaves;
    if (all->status == CHECK_VERIFIED &&
        (strcmp(all->digest, one->digest) != 0 || one->leaves != all->leaves || one->nodes != all->nodes)) {
        all->status = CHECK_BAD_INPUT;
        error_set(e, name, 0, "changed while it was read (check it again)");
    }
}

/* Checks the blocks of the part together with other processes, which have been started. */
static check_status check_together(claim *verified, char digest[DIGEST_SIZE], job *other, size_t jobs,
                                   check_part part, const demand *asked, line_reader *in, const model_pair *p,
                                   error *e)
{
    finding all = check_blocks(verified, part, asked, in, p, e);
    for (size_t k = 1; k < jobs; k++) {
        error fault = ERROR_NONE;
        finding one = end_job(&other[k], in->name, &fault);
        combine(&all, e, &one, &fault, in->name);
        error_clear(&fault);
    }
    memcpy(digest, all.digest, DIGEST_SIZE);
    if (all.status == CHECK_VERIFIED && all.own_leaves != all.leaves) {
        all.status = CHECK_BAD_INPUT;
        error_set(e, in->name, 0, "was checked in parts that leave out leaves (report this)");
    }
    return all.status;
}

check_status check_pair_jobs(claim *verified, char digest[DIGEST_SIZE], size_t jobs, size_t leaves,
                             const demand *asked, line_reader *in, const model_pair *p, error *e)
{
    check_part part = {.shards = 1, .shard = 1, .expected = leaves};
    part.blocks = mem_product(jobs, BLOCKS_PER_JOB);
    part.taken = mmap(NULL, part.blocks * sizeof *part.taken, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    job *other = mem_alloc(jobs, sizeof *other);
    check_status status;
    if (part.taken != MAP_FAILED && start_jobs(other, jobs, part, asked, in->name, p)) {
        status = check_together(verified, digest, other, jobs, part, asked, in, p, e);
    } else {
        status = check_pair(verified, NULL, asked, in, p, e);
        digest_text(digest, in->digest);
    }
    if (part.taken != MAP_FAILED)
        munmap(part.taken, part.blocks * sizeof *part.taken);
    free(other);
    return status;
}
