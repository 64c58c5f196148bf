/* Signals: see stop.h. */
#include "cli/stop.h"

#include <signal.h>
#include <stddef.h>

#include "base/file.h"
#include "base/flag.h"

static volatile int flag;

static void end_program(int number)
{
    file_output_remove_all();
    signal(number, SIG_DFL);
    raise(number);
}

static void set_flag(int number)
{
    flag_set(&flag);
    signal(number, end_program);
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
    sigemptyset(&action.sa_mask);
    if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
        sigaction(number, &action, NULL);
}

void stop_prepare(void)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGABRT};
    for (size_t k = 0; k < sizeof ending / sizeof *ending; k++)
        handle(ending[k], end_program);
    signal(SIGXFSZ, SIG_IGN);
}

volatile int *stop_flag(void)
{
    static const int asking[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t k = 0; k < sizeof asking / sizeof *asking; k++)
        handle(asking[k], set_flag);
    return &flag;
}
