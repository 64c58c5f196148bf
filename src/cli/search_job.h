/* A search from the command line: what `max` and `decide` have in common. */
#ifndef SUPCERT_CLI_SEARCH_JOB_H
#define SUPCERT_CLI_SEARCH_JOB_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"
#include "cli/option.h"
#include "cli/pair.h"
#include "cli/witness_pair.h"
#include "cli/witness_print.h"
#include "search/relative_search.h"

/* Rows that follow PAIR_OPTION_ROWS, in the order of the names below. */
#define SEARCH_OPTION_ROWS                                                                                   \
    {.name = "certificate",                                                                                  \
     .letter = 'o',                                                                                          \
     .kind = OPTION_TEXT,                                                                                    \
     .value = "FILE",                                                                                        \
     .fallback = "none is written",                                                                          \
     .help = "write the certificate to FILE"},                                                               \
        WITNESS_OPTION_ROW,                                                                                  \
        {.name = "time",                                                                                     \
         .kind = OPTION_NUMBER,                                                                              \
         .value = "S",                                                                                       \
         .least = "1e-9",                                                                                    \
         .most = "1e9",                                                                                      \
         .fallback = NO_LIMIT,                                                                               \
         .help = "stop the search after S seconds"},                                                         \
        {.name = "nodes",                                                                                    \
         .kind = OPTION_WHOLE,                                                                               \
         .value = "N",                                                                                       \
         .least = "1",                                                                                       \
         .fallback = NO_LIMIT,                                                                               \
         .help = "stop the search after N nodes"},                                                           \
        {.name = "threads",                                                                                  \
         .kind = OPTION_WHOLE,                                                                               \
         .value = "N",                                                                                       \
         .least = "0",                                                                                       \
         .most = "1024",                                                                                     \
         .fallback = "0, all cores",                                                                         \
         .help = "threads that search; a long search uses them all"},                                        \
        {.name = "progress",                                                                                 \
         .kind = OPTION_TEXT,                                                                                \
         .value = "HOW",                                                                                     \
         .fallback = "live on a terminal, else off",                                                         \
         .help = "live: one line that changes; plain: a line every 5 seconds; off"},                         \
        {.name = "json", .kind = OPTION_SWITCH, .help = "print one JSON object"},                            \
        {.name = "memory",                                                                                   \
         .kind = OPTION_WHOLE,                                                                               \
         .value = "MIB",                                                                                     \
         .least = "1",                                                                                       \
         .most = "16777216",                                                                                 \
         .fallback = OWN_LIMIT,                                                                              \
         .help = "stop the search when the program takes so many times 1048576 bytes of memory"},            \
        {.name = "checkpoint",                                                                               \
         .kind = OPTION_TEXT,                                                                                \
         .value = "FILE",                                                                                    \
         .fallback = "none is written",                                                                      \
         .help = "save the state of the search to FILE now and then, and at the end"},                       \
        {.name = "checkpoint-interval",                                                                      \
         .kind = OPTION_NUMBER,                                                                              \
         .value = "S",                                                                                       \
         .least = "0.1",                                                                                     \
         .most = "1e9",                                                                                      \
         .fallback = "30",                                                                                   \
         .help = "seconds between two checkpoints"},                                                         \
        {.name = "resume",                                                                                   \
         .kind = OPTION_TEXT,                                                                                \
         .value = "FILE",                                                                                    \
         .help = "go on from the checkpoint in FILE; limits count from now on"},                             \
        {.name = "verbose",                                                                                  \
         .letter = 'v',                                                                                      \
         .kind = OPTION_SWITCH,                                                                              \
         .help = "tell of every better bound, round and checkpoint, and where the time went"},               \
    {                                                                                                        \
        .name = "quiet", .letter = 'q', .kind = OPTION_SWITCH, .help = "print nothing but JSON and errors"   \
    }

enum {
    JOB_CERTIFICATE = PAIR_OPTIONS,
    JOB_WITNESS,
    JOB_TIME,
    JOB_NODES,
    JOB_THREADS,
    JOB_PROGRESS,
    JOB_JSON,
    JOB_MEMORY,
    JOB_CHECKPOINT,
    JOB_INTERVAL,
    JOB_RESUME,
    JOB_VERBOSE,
    JOB_QUIET,
    JOB_OPTIONS
};

/* Those of these options that name files, see output_files_apart. */
#define SEARCH_FILE_OPTIONS                                                                                  \
    {PAIR_BOX_FILE, FILE_READ}, {JOB_RESUME, FILE_RESUMED}, {JOB_CERTIFICATE, FILE_WRITTEN},                 \
        {JOB_WITNESS, FILE_WRITTEN},                                                                         \
    {                                                                                                        \
        JOB_CHECKPOINT, FILE_CHECKPOINT                                                                      \
    }

/* What a search is to reach; NULL: not asked for, see search_options. */
typedef struct search_goal {
    mpq_srcptr gap, relative_gap, tolerance;
    bool relative; /* the tolerance is a multiple of max |g| */
} search_goal;

typedef struct search_job {
    const arguments *a;
    search_goal goal;
    model_pair pair;
    search_result result; /* where the goal is relative, the bounds are those of compared.difference, which
                             owns them, and nodes, time and what ended it those of both searches */
    relative_result compared; /* where the goal is relative */
    witness point;            /* the result's */
    bool certified, saved;    /* the certificate and the last checkpoint have been written */
    bool kept;                /* a certificate of an earlier run stays, since this one did not carry out its
                                 checkpoint */
    error unwritten;          /* what could not be written: the answer stands all the same */
} search_job;

/* Reads the network and its reference (operands F G), searches for the maximum to within a gap, or decides a
 * tolerance, and writes the certificate and the file of the witness that are asked for, the latter naming the
 * command. True: there is an answer, though perhaps not all of its files, and *job must be cleared. */
bool search_job_run(search_job *job, const char *name, const arguments *a, search_goal goal, error *e);
void search_job_clear(search_job *job);

/* The exit status of an answer that has been printed: `status`, or STATUS_BAD with *e set where something
 * could not be written. */
int search_job_status(search_job *job, int status, error *e);

bool search_job_is_exact(const search_job *job);

/* The fields of a result, without a verdict; the certificate and the networks come last. */
void search_job_json(json_t *object, const search_job *job);

/* What is known about the ratio, where the goal is relative; else null. */
json_t *search_job_relative_json(const search_job *job);

/* The result in words, after the verdict. */
void search_job_print(FILE *out, const search_job *job, const char *verdict);

#endif
