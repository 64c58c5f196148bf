/* supcert batch: a table of queries, each in a process of its own, so that none can cost the others. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/memory.h"
#include "cli/batch_output.h"
#include "cli/child.h"
#include "cli/command.h"
#include "cli/junit_report.h"
#include "cli/output.h"
#include "cli/query_table.h"
#include "cli/stop.h"
#include "number/rational.h"

enum { BATCH_OUT, BATCH_CERTIFICATES, BATCH_TIME, BATCH_THREADS, BATCH_JSON, BATCH_JUNIT, BATCH_OPTIONS };

static const option batch_options[BATCH_OPTIONS] = {
    [BATCH_OUT] = {.name = "out",
                   .letter = 'o',
                   .kind = OPTION_TEXT,
                   .value = "FILE",
                   .fallback = "standard output",
                   .help = "write the results to FILE"},
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
                    .fallback = NO_LIMIT,
                    .help = "limit of rows that state none"},
    [BATCH_THREADS] = {.name = "threads",
                       .kind = OPTION_WHOLE,
                       .value = "N",
                       .least = "0",
                       .most = "1024",
                       .fallback = "0, all cores",
                       .help = "threads of each search; rows run one after the other"},
    [BATCH_JSON] = {.name = "json",
                    .kind = OPTION_SWITCH,
                    .help = "write one JSON object instead of a table"},
    [BATCH_JUNIT] = JUNIT_OPTION_ROW};

static const usage batch_usage = {
    .program = "supcert batch",
    .operands = "FILE",
    .least = 1,
    .most = 1,
    .purpose = "Runs a table of queries and prints a table of answers.",
    .notes =
        "FILE holds tab-separated or comma-separated values; its first line names the columns: f and g (the "
        "files of the "
        "networks),\nand any of name, box (L,U), box_file, output, tol, relative (yes or no), gap and time. "
        "A row "
        "with a tol is "
        "decided,\nrelative to the largest |g| where it says so; any other "
        "is maximised.\nA row that is broken, crashes or runs out of time has its own verdict and message.\n"
        "\nexit status: 0 all exact, within their gap or within their tolerance; 2 a row has an error, or "
        "bad usage; else 1 a "
        "tolerance\nis missed; else 3 a row is not decided within its limits\n",
    .option = batch_options,
    .options = BATCH_OPTIONS};

typedef struct batch {
    const arguments *a;
    volatile int *stop;
    batch_output output;
    FILE *file; /* that gets the answers besides `text`, up to `passed`; NULL: standard output gets them alone
                 */
    mem_text text;
    size_t passed;
} batch;

static void make_command(words *w, const batch *b, const query_row *row, const char *certificate)
{
    words_add(w, "supcert");
    words_add(w, row->field[QUERY_TOLERANCE] != NULL ? "decide" : "max");
    words_add_option(w, "--box", row->field[QUERY_BOX]);
    words_add_option(w, "--box-file", row->field[QUERY_BOX_FILE]);
    words_add_option(w, "--output", row->field[QUERY_OUTPUT]);
    words_add_option(w, "--tol", row->field[QUERY_TOLERANCE]);
    if (row->field[QUERY_RELATIVE] != NULL && strcmp(row->field[QUERY_RELATIVE], "yes") == 0)
        words_add(w, "--relative");
    words_add_option(w, "--gap", row->field[QUERY_GAP]);
    words_add_option(w, "--time",
                     row->field[QUERY_TIME] != NULL ? row->field[QUERY_TIME]
                                                    : arguments_text(b->a, BATCH_TIME));
    words_add_option(w, "--threads", arguments_text(b->a, BATCH_THREADS));
    words_add_option(w, "--certificate", certificate);
    words_add(w, "--json");
    words_add_option(w, "--progress", "off");
    words_add(w, "--");
    words_add(w, row->field[QUERY_F]);
    words_add(w, row->field[QUERY_G]);
}

/* The time limit of a row in seconds; 0: none. */
static double limit_of(const batch *b, const query_row *row)
{
    mpq_t limit;
    mpq_init(limit);
    const char *text = row->field[QUERY_TIME];
    if (text == NULL || rational_parse(limit, text, strlen(text)) != NULL)
        mpq_set(limit, b->a->value[BATCH_TIME].number);
    double seconds = mpq_get_d(limit);
    mpq_clear(limit);
    return seconds;
}

static const char *text_of(const json_t *answer, const char *key)
{
    return json_string_value(json_object_get(answer, key));
}

/* Whether the row's command has answered, perhaps without all that it was to write. */
static bool has_answered(child_end end, const json_t *answer)
{
    return end.status >= 0 && WIFEXITED(end.status) && WEXITSTATUS(end.status) <= STATUS_UNDECIDED &&
           text_of(answer, "verdict") != NULL;
}

/* Takes down what the row's command has said; the caller frees what is returned, which the message may be. */
static char *take_answer(batch_answer *result, child_end end, const json_t *answer, FILE *messages)
{
    result->answer = answer;
    result->verdict = text_of(answer, "verdict");
    result->status = WEXITSTATUS(end.status);
    if (result->status != STATUS_BAD)
        return NULL;
    char *message = text_of(answer, "unwritten") == NULL ? child_fault(end, messages)
                                                         : mem_copy_string(text_of(answer, "unwritten"));
    result->message = message;
    return message;
}

static char *take_failure(batch_answer *result, child_end end, FILE *messages, bool stopped)
{
    if (stopped && !end.late && end.status >= 0 && WIFSIGNALED(end.status)) {
        result->status = STATUS_UNDECIDED;
        result->verdict = "not run";
        result->message = "the batch was stopped before there was an answer";
        return NULL;
    }
    char *fault = child_fault(end, messages);
    result->message = fault;
    return fault;
}

/* Runs the command of the row and takes its answer down. */
static void run_row(batch *b, const query_row *row, batch_answer *result, FILE *said, FILE *messages)
{
    words w = {0};
    make_command(&w, b, row, result->certificate);
    double start = junit_clock();
    child_end end = child_run(&w, said, messages, limit_of(b, row), b->stop);
    result->seconds = junit_clock() - start;
    words_clear(&w);
    rewind(said);
    json_t *answer = json_loadf(said, 0, NULL);
    result->message = "";
    char *text = has_answered(end, answer) ? take_answer(result, end, answer, messages)
                                           : take_failure(result, end, messages, *b->stop != 0);
    batch_output_add(&b->output, result);
    json_decref(answer);
    free(text);
}

static void try_row(batch *b, const query_row *row, batch_answer *result)
{
    error e = ERROR_NONE;
    FILE *said = file_in_memory(&e), *messages = said == NULL ? NULL : file_in_memory(&e);
    if (messages != NULL) {
        run_row(b, row, result, said, messages);
    } else {
        result->message = e.message;
        batch_output_add(&b->output, result);
    }
    if (said != NULL)
        fclose(said);
    if (messages != NULL)
        fclose(messages);
    error_clear(&e);
}

/* What the row is called; the caller frees it. */
static char *name_of(const query_row *row)
{
    const char *name = row->field[QUERY_NAME];
    return name != NULL ? mem_copy_string(name) : mem_printf("line%ld", row->line);
}

/* What is wrong with a row before anything is run; NULL: nothing. The caller frees it. */
static char *row_fault(const query_table *t, size_t k, const char *name)
{
    const query_row *row = &t->row[k];
    char *fault = NULL;
    if (row->wrong != NULL)
        return mem_copy_string(row->wrong);
    if (row->field[QUERY_F] == NULL || row->field[QUERY_G] == NULL)
        return mem_copy_string("the file of a network is missing");
    if (row->field[QUERY_TOLERANCE] != NULL && row->field[QUERY_GAP] != NULL)
        return mem_copy_string("tol and gap are both given (a row is decided or maximised)");
    if (row->field[QUERY_BOX] != NULL && row->field[QUERY_BOX_FILE] != NULL)
        return mem_copy_string("box and box_file are both given (give one)");
    const char *relative = row->field[QUERY_RELATIVE];
    if (relative != NULL && strcmp(relative, "yes") != 0 && strcmp(relative, "no") != 0)
        return mem_printf("relative: %.20s is neither yes nor no", relative);
    if (relative != NULL && strcmp(relative, "yes") == 0 && row->field[QUERY_TOLERANCE] == NULL)
        return mem_copy_string("relative: yes needs a tol");
    if (strchr(name, '/') != NULL || name[0] == '.' || strpbrk(name, "\t\r\n") != NULL)
        return mem_copy_string("a name may hold no '/', no tab and no end of line, and not begin with '.'");
    for (size_t other = 0; other < k && fault == NULL; other++) {
        char *text = name_of(&t->row[other]);
        if (strcmp(text, name) == 0)
            fault = mem_printf("line %ld has the same name", t->row[other].line);
        free(text);
    }
    return fault;
}

static void do_row(batch *b, const query_table *t, size_t k)
{
    const query_row *row = &t->row[k];
    const char *folder = arguments_text(b->a, BATCH_CERTIFICATES);
    char *name = name_of(row);
    char *certificate = folder == NULL ? NULL : mem_printf("%s/%s.cert", folder, name);
    char *fault = row_fault(t, k, name);
    batch_answer result = {.name = name,
                           .verdict = "error",
                           .line = row->line,
                           .status = STATUS_BAD,
                           .certificate = certificate,
                           .message = fault};
    if (fault == NULL && *b->stop) {
        result.status = STATUS_UNDECIDED;
        result.verdict = "not run";
        result.message = "the batch was stopped";
    }
    if (fault != NULL || *b->stop)
        batch_output_add(&b->output, &result);
    else
        try_row(b, row, &result);
    free(fault);
    free(certificate);
    free(name);
}

/* --- the whole
 * -------------------------------------------------------------------------------------------------- */

/* Whether the path is none of the files that the rows name. */
static bool is_no_input(const char *path, const query_table *t, error *e)
{
    static const size_t files[] = {QUERY_F, QUERY_G, QUERY_BOX_FILE};
    for (size_t k = 0; path != NULL && k < t->rows; k++)
        for (size_t c = 0; c < sizeof files / sizeof *files; c++) {
            const char *other = t->row[k].field[files[c]];
            if (other != NULL && output_is_input(path, other + (other[0] == '@')))
                return error_set(e, path, 0, "is a file that line %ld reads (write to another one)",
                                 t->row[k].line);
        }
    return true;
}

/* Hands what has been told since the last time to the file; whether that worked is found out at its end. */
static void pass_on(batch *b)
{
    if (b->file == NULL)
        return;
    fflush(b->text.stream);
    if (b->text.length == b->passed)
        return;
    fwrite(b->text.bytes + b->passed, 1, b->text.length - b->passed, b->file);
    fflush(b->file);
    b->passed = b->text.length;
}

/* Runs the rows, if there is a place for the answers. The report is then complete, whatever is returned. */
static int run_rows(batch *b, const query_table *t, FILE *out, error *e)
{
    batch_output_begin(&b->output, out, arguments_given(b->a, BATCH_JSON), b->a->usage->program);
    if (out == stdout && fflush(stdout) != 0) /* which is told at the end */
        return STATUS_BAD;
    pass_on(b);
    for (size_t k = 0; k < t->rows; k++) {
        do_row(b, t, k);
        pass_on(b);
    }
    batch_output_end(&b->output, out);
    pass_on(b);
    if (b->output.errors > 0)
        error_set(e, b->a->operand[0], 0, "%zu of %zu rows have an error (see their messages)",
                  b->output.errors, t->rows);
    return batch_output_status(&b->output);
}

static bool make_folder(const char *path, error *e)
{
    struct stat about;
    if (mkdir(path, 0777) == 0 || (errno == EEXIST && stat(path, &about) == 0 && S_ISDIR(about.st_mode)))
        return true;
    return error_set(e, path, 0, "cannot be made a folder: %s (choose another place)", strerror(errno));
}

/* The same into a file, row by row; where that fails, standard output gets the answers. */
static int run_rows_into(batch *b, const query_table *t, file_output *file, error *e)
{
    error unwritten = ERROR_NONE;
    FILE *out = mem_text_begin(&b->text);
    b->file = file->stream;
    int status = run_rows(b, t, out, e);
    char *text = mem_text_end(&b->text);
    if (!file_output_commit(file, &unwritten)) {
        fwrite(text, 1, b->text.length, stdout);
        error_move(e, &unwritten);
        status = STATUS_BAD;
    }
    free(text);
    return status;
}

static int run_all(batch *b, const query_table *t, error *e)
{
    const char *folder = arguments_text(b->a, BATCH_CERTIFICATES);
    file_output file = {.stream = NULL};
    const char *path = arguments_text(b->a, BATCH_OUT);
    if ((folder != NULL && !make_folder(folder, e)) || !is_no_input(path, t, e) ||
        !is_no_input(arguments_text(b->a, BATCH_JUNIT), t, e) || (path == NULL && !command_can_print(e)))
        return STATUS_BAD;
    if (path == NULL)
        return run_rows(b, t, stdout, e);
    if (!output_open(&file, path, b->a->operand[0], NULL, e))
        return STATUS_BAD;
    return run_rows_into(b, t, &file, e);
}

/* Writes the report: the rows, and what is wrong with the batch as a whole, if anything is. */
static int write_report(batch *b, const char *path, int status, error *e)
{
    error unwritten = ERROR_NONE;
    char *message = junit_message(e);
    if (b->output.report.suite == NULL)
        junit_init(&b->output.report, b->a->usage->program);
    if (status == STATUS_BAD && b->output.errors == 0)
        junit_add(&b->output.report,
                  &(junit_case){.name = b->a->operand[0], .outcome = JUNIT_ERROR, .message = message});
    bool written = junit_write(&b->output.report, path, &unwritten);
    free(message);
    if (written)
        return status;
    error_clear(e);
    *e = unwritten;
    return STATUS_BAD;
}

static int batch_run(const arguments *a, error *e)
{
    static const file_option files[] = {{BATCH_OUT, FILE_WRITTEN}, {BATCH_JUNIT, FILE_WRITTEN}};
    batch b = {.a = a, .stop = stop_flag()};
    query_table table;
    const char *report = arguments_text(a, BATCH_JUNIT);
    if (!output_files_apart(a, files, sizeof files / sizeof *files, e) ||
        (report != NULL && !junit_report_ready(report, e)))
        return STATUS_BAD;
    int status = query_table_read(&table, a->operand[0], e) ? run_all(&b, &table, e) : STATUS_BAD;
    if (report != NULL && is_no_input(report, &table, e))
        status = write_report(&b, report, status, e);
    batch_output_clear(&b.output);
    query_table_clear(&table);
    return status;
}

const command command_batch = {.name = "batch", .usage = &batch_usage, .run = batch_run};
