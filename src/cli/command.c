/* What happens around every command: see command.h. */
#include "cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/junit_report.h"
#include "cli/stop.h"

/* Where address space is short, threads must not reserve what they do not use: by default a stack takes 8 MiB
 * of it, and a heap of each thread's own 64 MiB. */
static void reserve_little(void)
{
    struct rlimit limit;
    pthread_attr_t small;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
        pthread_attr_init(&small) != 0)
        return;
    mallopt(M_ARENA_MAX, 1);
    pthread_attr_setstacksize(&small, (size_t)2 << 20);
    pthread_setattr_default_np(&small);
    pthread_attr_destroy(&small);
}

void command_prepare(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            _exit(STATUS_BAD);
    stop_prepare();
    reserve_little();
    mem_prepare();
}

static bool unwritten(error *e, int reason)
{
    return error_set(e, NULL, 0, "the results cannot be written to standard output: %s (check where it goes)",
                     reason == 0 ? "write error" : strerror(reason));
}

bool command_can_print(error *e)
{
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    return (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY) || unwritten(e, EBADF);
}

bool command_flush(error *e)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    return unwritten(e, errno);
}

static int run(const arguments *a, const command *c, error *e)
{
    if (!a->help)
        return c->run(a, e);
    usage_print(stdout, c->usage);
    return STATUS_GOOD;
}

static void print_error(error *e)
{
    if (e->message != NULL)
        error_print(stderr, e);
    error_clear(e);
}

static int print_words(const command *c)
{
    error e = ERROR_NONE;
    usage_print_words(stdout, c->usage);
    bool written = command_flush(&e);
    print_error(&e);
    return written ? STATUS_GOOD : STATUS_BAD;
}

int command_run(const command *c, int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], COMMAND_WORDS) == 0)
        return print_words(c);
    error e = ERROR_NONE, unprinted = ERROR_NONE;
    arguments a;
    int status = STATUS_BAD;
    bool read = arguments_read(&a, c->usage, argc, argv, &e);
    junit_report_begin(c->usage->program, argc, argv);
    if (read)
        status = run(&a, c, &e);
    else
        junit_report_refused(c->usage->program, argc, argv, &e);
    if (!command_flush(&unprinted))
        status = STATUS_BAD;
    print_error(&e);
    print_error(&unprinted);
    arguments_clear(&a);
    return status;
}

int command_version(const char *program)
{
    error e = ERROR_NONE;
    printf("%s %s\n", program, SUPCERT_VERSION);
    bool written = command_flush(&e);
    print_error(&e);
    return written ? STATUS_GOOD : STATUS_BAD;
}
