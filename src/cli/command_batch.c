/* supcert batch: a table of queries, each in a process of its own, so that none can cost the others. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/query_table.h"
#include "cli/stop.h"
#include "number/rational.h"

/* Seconds after its limit that a row is given to end by itself. */
#define GRACE 30

enum { BATCH_OUT, BATCH_CERTIFICATES, BATCH_TIME, BATCH_THREADS, BATCH_OPTIONS };

static const option batch_options[BATCH_OPTIONS] = {
    [BATCH_OUT] = {.name = "out",
                   .letter = 'o',
                   .kind = OPTION_TEXT,
                   .value = "FILE",
                   .fallback = "standard output",
                   .help = "write the results to FILE, tab-separated"},
    [BATCH_CERTIFICATES] = {.name = "certificates",
                            .kind = OPTION_TEXT,
                            .value = "DIR",
                            .fallback = "none are written",
                            .help = "write DIR/NAME.cert for each row; DIR is made if it is missing"},
    [BATCH_TIME] = {.name = "time",
                    .kind = OPTION_NUMBER,
                    .value = "S",
                    .least = "1e-9",
                    .most = "1e9",
                    .fallback = "no limit",
                    .help = "limit of rows that state none"},
    [BATCH_THREADS] = {.name = "threads",
                       .kind = OPTION_WHOLE,
                       .value = "N",
                       .least = "0",
                       .most = "1024",
                       .fallback = "0, all cores",
                       .help = "threads of each search; rows run one after the other"}};

static const usage batch_usage = {
    .program = "supcert batch",
    .operands = "FILE",
    .least = 1,
    .most = 1,
    .purpose = "Runs a table of queries and prints a table of answers.",
    .notes =
        "FILE holds tab-separated or comma-separated values; its first line names the columns: f and g (the "
        "files of the "
        "networks),\nand any of name, box (L,U), box_file, output, tol, gap and time. A row with a tol is "
        "decided, any other "
        "is maximised.\nA row that is broken, crashes or runs out of time has its own verdict and message.\n"
        "\nexit status: 0 all exact, within their gap or within their tolerance; 2 a row has an error, or "
        "bad usage; else 1 a "
        "tolerance\nis missed; else 3 a row is not decided within its limits\n",
    .option = batch_options,
    .options = BATCH_OPTIONS};

typedef struct batch {
    const arguments *a;
    FILE *out;
    volatile int *stop;
    size_t errors, missed, undecided;
} batch;

/* The words of a row's command. */
typedef struct words {
    const char **word;
    size_t count, capacity;
} words;

static void add(words *w, const char *word)
{
    w->word = mem_grow(w->word, &w->capacity, w->count + 1, sizeof *w->word);
    w->word[w->count++] = word;
}

static void add_option(words *w, const char *name, const char *value)
{
    if (value == NULL)
        return;
    add(w, name);
    add(w, value);
}

static void make_command(words *w, const batch *b, const query_row *row, const char *certificate)
{
    add(w, "supcert");
    add(w, row->field[QUERY_TOLERANCE] != NULL ? "decide" : "max");
    add_option(w, "--box", row->field[QUERY_BOX]);
    add_option(w, "--box-file", row->field[QUERY_BOX_FILE]);
    add_option(w, "--output", row->field[QUERY_OUTPUT]);
    add_option(w, "--tol", row->field[QUERY_TOLERANCE]);
    add_option(w, "--gap", row->field[QUERY_GAP]);
    add_option(w, "--time",
               row->field[QUERY_TIME] != NULL ? row->field[QUERY_TIME] : arguments_text(b->a, BATCH_TIME));
    add_option(w, "--threads", arguments_text(b->a, BATCH_THREADS));
    add_option(w, "--certificate", certificate);
    add(w, "--json");
    add_option(w, "--progress", "off");
    add(w, "--");
    add(w, row->field[QUERY_F]);
    add(w, row->field[QUERY_G]);
    add(w, NULL);
}

/* Seconds after which a row is ended by force; 0: never. */
static double deadline_of(const batch *b, const query_row *row)
{
    mpq_t limit;
    mpq_init(limit);
    const char *text = row->field[QUERY_TIME];
    if (text == NULL || rational_parse(limit, text, strlen(text)) != NULL)
        mpq_set(limit, b->a->value[BATCH_TIME].number);
    double seconds = mpq_get_d(limit);
    mpq_clear(limit);
    return seconds > 0 ? seconds + GRACE : 0;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Waits for the process; passes a request to stop on to it, and ends it by force after the deadline. Returns
 * its wait status; *late tells that it was ended. */
static int wait_for(const batch *b, pid_t process, double seconds, bool *late)
{
    double end = now() + seconds;
    int status;
    bool asked = false;
    while (waitpid(process, &status, WNOHANG) == 0) {
        if (*b->stop && !asked)
            asked = kill(process, SIGTERM) == 0;
        if (seconds > 0 && now() > end)
            *late = kill(process, SIGKILL) == 0;
        nanosleep(&(struct timespec){0, 5000000}, NULL);
    }
    return status;
}

/* Runs the words as a command, its output and messages in the two files. */
static int run(const batch *b, const words *w, FILE *said, FILE *messages, double seconds, bool *late)
{
    fflush(NULL);
    pid_t process = fork();
    if (process == 0) {
        dup2(fileno(said), STDOUT_FILENO);
        dup2(fileno(messages), STDERR_FILENO);
        execv("/proc/self/exe", (char *const *)(void *)w->word);
        _exit(127);
    }
    return process < 0 ? -1 : wait_for(b, process, seconds, late);
}

/* The first line of a file as a new string, without what would break a table. */
static char *first_line(FILE *from)
{
    char *line = NULL;
    size_t size = 0;
    rewind(from);
    if (getline(&line, &size, from) < 0) {
        free(line);
        return mem_copy_string("");
    }
    line[strcspn(line, "\n")] = '\0';
    for (char *c = line; *c != '\0'; c++)
        *c = *c == '\t' ? ' ' : *c;
    return line;
}

static void print_row(batch *b, const query_row *row, const char *name, const char *verdict,
                      const json_t *answer, const char *certificate, const char *message)
{
    fprintf(b->out, "%s\t%ld\t%s", name, row->line, verdict);
    static const char *const columns[] = {"decimal", "upper_decimal", "lower", "upper"};
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
        const char *text = json_string_value(json_object_get(answer, columns[k]));
        fprintf(b->out, "\t%s", text == NULL ? "" : text);
    }
    fprintf(b->out, "\t%.3f\t%s\t%s\n", json_number_value(json_object_get(answer, "seconds")),
            answer != NULL && certificate != NULL ? certificate : "", message);
    fflush(b->out);
}

/* The verdict of a row and its message, which the caller frees. */
static const char *judge(batch *b, int status, bool late, const json_t *answer, FILE *messages,
                         char **message)
{
    const char *verdict = json_string_value(json_object_get(answer, "verdict"));
    if (status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) != STATUS_BAD && verdict != NULL) {
        b->missed += WEXITSTATUS(status) == STATUS_REFUTED;
        b->undecided += WEXITSTATUS(status) == STATUS_UNDECIDED;
        *message = mem_copy_string("");
        return verdict;
    }
    b->errors++;
    *message = late ? mem_copy_string("ended by force: far beyond its time limit")
               : status >= 0 && WIFSIGNALED(status) ? mem_printf("ended by signal %d", WTERMSIG(status))
                                                    : first_line(messages);
    return "error";
}

static void run_row(batch *b, const query_row *row, const char *name, const char *certificate)
{
    FILE *said = tmpfile(), *messages = tmpfile();
    words w = {0};
    bool late = false;
    int status = -1;
    char *message = NULL;
    if (said != NULL && messages != NULL) {
        make_command(&w, b, row, certificate);
        status = run(b, &w, said, messages, deadline_of(b, row), &late);
        rewind(said);
        json_t *answer = json_loadf(said, 0, NULL);
        const char *verdict = judge(b, status, late, answer, messages, &message);
        print_row(b, row, name, verdict, answer, certificate, message);
        json_decref(answer);
    } else {
        b->errors++;
        print_row(b, row, name, "error", NULL, NULL, "no temporary file (set TMPDIR or make room)");
    }
    if (said != NULL)
        fclose(said);
    if (messages != NULL)
        fclose(messages);
    free(message);
    free(w.word);
}

/* What is wrong with a row before anything is run; NULL: nothing. The caller frees it. */
static char *row_fault(const query_table *t, size_t k, const char *name)
{
    const query_row *row = &t->row[k];
    if (row->wrong != NULL)
        return mem_copy_string(row->wrong);
    if (row->field[QUERY_F] == NULL || row->field[QUERY_G] == NULL)
        return mem_copy_string("the file of a network is missing");
    if (strchr(name, '/') != NULL || name[0] == '.')
        return mem_copy_string("a name may hold no '/' and not begin with '.'");
    for (size_t other = 0; other < k; other++)
        if (t->row[other].field[QUERY_NAME] != NULL && strcmp(t->row[other].field[QUERY_NAME], name) == 0)
            return mem_printf("line %ld has the same name", t->row[other].line);
    return NULL;
}

static void do_row(batch *b, const query_table *t, size_t k)
{
    const query_row *row = &t->row[k];
    const char *folder = arguments_text(b->a, BATCH_CERTIFICATES);
    char *name = row->field[QUERY_NAME] != NULL ? mem_copy_string(row->field[QUERY_NAME])
                                                : mem_printf("line%ld", row->line);
    char *certificate = folder == NULL ? NULL : mem_printf("%s/%s.cert", folder, name);
    char *fault = row_fault(t, k, name);
    if (fault != NULL) {
        b->errors++;
        print_row(b, row, name, "error", NULL, NULL, fault);
    } else if (*b->stop) {
        b->undecided++;
        print_row(b, row, name, "not run", NULL, NULL, "the batch was stopped");
    } else {
        run_row(b, row, name, certificate);
    }
    free(fault);
    free(certificate);
    free(name);
}

static int run_all(batch *b, const query_table *t, error *e)
{
    const char *folder = arguments_text(b->a, BATCH_CERTIFICATES);
    file_output file = {.stream = NULL};
    const char *path = arguments_text(b->a, BATCH_OUT);
    if (folder != NULL && mkdir(folder, 0777) != 0 && errno != EEXIST) {
        error_set(e, folder, 0, "cannot be made: %s", strerror(errno));
        return STATUS_BAD;
    }
    if (path != NULL && !output_open(&file, path, b->a->operand[0], NULL, e))
        return STATUS_BAD;
    b->out = path != NULL ? file.stream : stdout;
    fputs("name\tline\tverdict\tlower_decimal\tupper_decimal\tlower\tupper\tseconds\tcertificate\tmessage\n",
          b->out);
    for (size_t k = 0; k < t->rows; k++)
        do_row(b, t, k);
    if (path != NULL && !file_output_commit(&file, e))
        return STATUS_BAD;
    if (b->errors > 0) {
        error_set(e, b->a->operand[0], 0, "%zu of %zu rows have an error (see their messages)", b->errors,
                  t->rows);
        return STATUS_BAD;
    }
    return b->missed > 0 ? STATUS_REFUTED : b->undecided > 0 ? STATUS_UNDECIDED : STATUS_GOOD;
}

static int batch_run(const arguments *a, error *e)
{
    batch b = {.a = a, .stop = stop_flag()};
    query_table table;
    int status = STATUS_BAD;
    if (query_table_read(&table, a->operand[0], e))
        status = run_all(&b, &table, e);
    query_table_clear(&table);
    return status;
}

const command command_batch = {.name = "batch", .usage = &batch_usage, .run = batch_run};
