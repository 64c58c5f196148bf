/* The public C interface: include/supcert.h, on top of the rooms. */
#include "supcert.h"

#include <errno.h>
#include <glpk.h>
#include <mpfr.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "import/import.h"
#include "number/rational.h"
#include "number/vector.h"
#include "proof/check.h"
#include "search/maximise.h"

struct supcert_network {
    import_model model;
};

const char *supcert_version(void)
{
    return SUPCERT_VERSION;
}

/* --- errors and numbers
 * -------------------------------------------------------------------------------------- */

/* Hands the error over as text, if there is one, and clears it. */
static void give_error(char **text, error *e)
{
    if (text != NULL && e->message != NULL) {
        if (e->file == NULL)
            *text = mem_copy_string(e->message);
        else if (e->line > 0)
            *text = mem_printf("%s:%ld: %s", e->file, e->line, e->message);
        else
            *text = mem_printf("%s: %s", e->file, e->message);
    } else if (text != NULL) {
        *text = NULL;
    }
    error_clear(e);
}

static bool read_number(mpq_t value, const char *text, const char *what, size_t index, error *e)
{
    const char *reason = text == NULL ? "missing" : rational_parse(value, text, strlen(text));
    return reason == NULL || error_set(e, NULL, 0, "%s %zu: %s", what, index, reason);
}

static bool read_numbers(mpq_t *values, const char *const *text, size_t count, const char *what, error *e)
{
    for (size_t k = 0; k < count; k++)
        if (!read_number(values[k], text[k], what, k, e))
            return false;
    return true;
}

static char **write_numbers(mpq_t *values, size_t count)
{
    char **text = mem_alloc(count, sizeof *text);
    for (size_t k = 0; k < count; k++)
        text[k] = rational_text(values[k]);
    return text;
}

void supcert_numbers_free(char **numbers, size_t count)
{
    for (size_t k = 0; numbers != NULL && k < count; k++)
        free(numbers[k]);
    free(numbers);
}

/* --- memory
 * -------------------------------------------------------------------------------------------------- */

/* Calls work(context), and comes back where memory runs out: false then, with the reason as text. What other
 * libraries keep for this thread is given back. */
static bool attempt(void (*work)(void *context), void *context, char **text)
{
    mem_prepare();
    const char *reason = mem_attempt(work, context);
    if (reason == NULL)
        return true;
    glp_free_env();
    mpfr_free_cache();
    if (text != NULL)
        *text = strdup(reason);
    return false;
}

/* --- networks
 * ------------------------------------------------------------------------------------------------ */

typedef struct reading {
    const char *path;
    unsigned flags;
    char **error;
    supcert_network *result;
} reading;

static void read_network(void *context)
{
    reading *r = context;
    error e = ERROR_NONE;
    import_options options = {.nnet_normalise = (r->flags & SUPCERT_NNET_NORMALISE) != 0};
    supcert_network *net = mem_alloc(1, sizeof *net);
    if (import_model_read(&net->model, r->path, &options, &e))
        r->result = net;
    else
        free(net);
    give_error(r->error, &e);
}

supcert_network *supcert_network_read(const char *path, unsigned flags, char **error_text)
{
    reading r = {.path = path, .flags = flags, .error = error_text};
    return attempt(read_network, &r, error_text) ? r.result : NULL;
}

void supcert_network_free(supcert_network *net)
{
    if (net == NULL)
        return;
    import_model_clear(&net->model);
    free(net);
}

size_t supcert_network_inputs(const supcert_network *net)
{
    return net->model.net.inputs;
}

size_t supcert_network_outputs(const supcert_network *net)
{
    return network_outputs(&net->model.net);
}

size_t supcert_network_neurons(const supcert_network *net)
{
    return network_neurons(&net->model.net);
}

const char *supcert_network_digest(const supcert_network *net)
{
    return net->model.digest;
}

typedef struct evaluation {
    const network *form;
    const char *const *point;
    char **error;
    char **result;
} evaluation;

static void evaluate(void *context)
{
    evaluation *v = context;
    const network *form = v->form;
    error e = ERROR_NONE;
    size_t outputs = network_outputs(form);
    mpq_t *x = vector_new(form->inputs), *y = vector_new(outputs);
    if (read_numbers(x, v->point, form->inputs, "coordinate", &e)) {
        network_eval(y, form, x);
        v->result = write_numbers(y, outputs);
    }
    vector_free(x, form->inputs);
    vector_free(y, outputs);
    give_error(v->error, &e);
}

char **supcert_network_evaluate(const supcert_network *net, const char *const *point, char **error_text)
{
    evaluation v = {.form = &net->model.net, .point = point, .error = error_text};
    return attempt(evaluate, &v, error_text) ? v.result : NULL;
}

/* --- the maximum
 * --------------------------------------------------------------------------------------------- */

/* The question as numbers. */
typedef struct numbers {
    size_t inputs;
    mpq_t *lower, *upper;
    mpq_t gap;
} numbers;

static void numbers_init(numbers *n, size_t inputs)
{
    n->inputs = inputs;
    n->lower = vector_new(inputs);
    n->upper = vector_new(inputs);
    mpq_init(n->gap);
}

static void numbers_clear(numbers *n)
{
    vector_free(n->lower, n->inputs);
    vector_free(n->upper, n->inputs);
    mpq_clear(n->gap);
}

static bool read_box(numbers *n, const supcert_question *question, error *e)
{
    if ((question->lower == NULL) != (question->upper == NULL))
        return error_set(e, NULL, 0, "the box has ends on one side only (give both or none)");
    for (size_t i = 0; question->lower == NULL && i < n->inputs; i++)
        mpq_set_ui(n->upper[i], 1, 1);
    if (question->lower == NULL)
        return true;
    if (!read_numbers(n->lower, question->lower, n->inputs, "lower end", e) ||
        !read_numbers(n->upper, question->upper, n->inputs, "upper end", e))
        return false;
    for (size_t i = 0; i < n->inputs; i++)
        if (mpq_cmp(n->lower[i], n->upper[i]) > 0)
            return error_set(e, NULL, 0, "interval %zu of the box: the lower end is above the upper end", i);
    return true;
}

static bool read_question(numbers *n, const import_model *f, const import_model *g,
                          const supcert_question *question, error *e)
{
    size_t outputs = network_outputs(&f->net);
    if (g->net.inputs != f->net.inputs || network_outputs(&g->net) != outputs)
        return error_set(e, g->path, 0, "has another number of inputs or outputs than %s", f->path);
    if (question->output != SUPCERT_ALL_OUTPUTS && question->output >= outputs)
        return error_set(e, NULL, 0, "output %zu is out of range (0 to %zu)", question->output, outputs - 1);
    if (!(question->seconds >= 0))
        return error_set(e, NULL, 0, "the limit of time is negative or not a number");
    if (question->gap != NULL && !read_number(n->gap, question->gap, "gap", 0, e))
        return false;
    if (mpq_sgn(n->gap) < 0)
        return error_set(e, NULL, 0, "the gap is negative");
    return read_box(n, question, e);
}

static bool search(search_result *result, const numbers *n, const import_model *f, const import_model *g,
                   const supcert_question *question, FILE *certificate, error *e)
{
    bool all = question->output == SUPCERT_ALL_OUTPUTS;
    query q = {.f = &f->net,
               .g = &g->net,
               .f_digest = f->digest,
               .g_digest = g->digest,
               .lower = n->lower,
               .upper = n->upper,
               .all_outputs = all,
               .output = all ? 0 : question->output};
    search_options options = {.threads = question->threads,
                              .time_limit = question->seconds,
                              .gap = question->gap == NULL ? NULL : n->gap,
                              .stop = question->stop};
    return search_maximise(result, &q, &options, certificate, e);
}

typedef struct maximisation {
    const import_model *f, *g;
    const supcert_question *question;
    const char *certificate;
    char **error;
    file_output out;
    supcert_maximum *result;
} maximisation;

static supcert_maximum *take_result(search_result *r)
{
    supcert_maximum *m = mem_alloc(1, sizeof *m);
    *m = (supcert_maximum){.lower = rational_text(r->lower),
                           .upper = rational_text(r->upper),
                           .decimal = rational_decimal(r->lower, 17, NULL),
                           .exact = mpq_equal(r->lower, r->upper) != 0,
                           .output = r->output,
                           .sign = r->sign,
                           .inputs = r->inputs,
                           .point = write_numbers(r->point, r->inputs),
                           .nodes = r->nodes,
                           .leaves = r->leaves,
                           .seconds = r->seconds,
                           .certified = r->certified};
    search_result_clear(r);
    return m;
}

/* The certificate of an answer; *e tells why there is none. */
static void keep_certificate(maximisation *m, search_result *r, error *e)
{
    if (r->certified)
        r->certified = file_output_commit(&m->out, e);
    else
        error_move(e, &r->unwritten);
}

static void maximise(void *context)
{
    maximisation *m = context;
    error e = ERROR_NONE;
    numbers n;
    search_result r;
    numbers_init(&n, m->f->net.inputs);
    if (read_question(&n, m->f, m->g, m->question, &e) &&
        (m->certificate == NULL || file_output_open(&m->out, m->certificate, &e)) &&
        search(&r, &n, m->f, m->g, m->question, m->out.stream, &e)) {
        if (m->certificate != NULL)
            keep_certificate(m, &r, &e);
        m->result = take_result(&r);
    }
    numbers_clear(&n);
    give_error(m->error, &e);
}

supcert_maximum *supcert_maximise(const supcert_network *f, const supcert_network *g,
                                  const supcert_question *question, const char *certificate,
                                  char **error_text)
{
    maximisation m = {.f = &f->model,
                      .g = &g->model,
                      .question = question,
                      .certificate = certificate,
                      .error = error_text};
    bool works = attempt(maximise, &m, error_text);
    file_output_discard(&m.out);
    return works ? m.result : NULL;
}

void supcert_maximum_free(supcert_maximum *maximum)
{
    if (maximum == NULL)
        return;
    free(maximum->lower);
    free(maximum->upper);
    free(maximum->decimal);
    supcert_numbers_free(maximum->point, maximum->inputs);
    free(maximum);
}

/* --- certificates
 * -------------------------------------------------------------------------------------------- */

static supcert_claim *copy_claim(const claim *c)
{
    supcert_claim *result = mem_alloc(1, sizeof *result);
    *result = (supcert_claim){.lower = rational_text(c->lower),
                              .upper = rational_text(c->upper),
                              .all_outputs = c->all_outputs,
                              .output = c->output,
                              .inputs = c->inputs,
                              .box_lower = write_numbers(c->box_lower, c->inputs),
                              .box_upper = write_numbers(c->box_upper, c->inputs),
                              .point = write_numbers(c->point, c->inputs),
                              .nodes = c->nodes,
                              .leaves = c->leaves};
    return result;
}

typedef struct checking {
    const char *certificate;
    const import_model *f, *g;
    char **error;
    FILE *stream;
    supcert_status status;
    supcert_claim *result;
} checking;

static void check_stream(checking *c, error *e)
{
    claim verified;
    check_subject about = {
        .f = &c->f->net, .f_digest = c->f->digest, .g = &c->g->net, .g_digest = c->g->digest};
    check_status status = check_certificate(&verified, c->stream, c->certificate, &about, e);
    if (status == CHECK_VERIFIED)
        c->result = copy_claim(&verified);
    claim_clear(&verified);
    c->status = status == CHECK_VERIFIED   ? SUPCERT_VERIFIED
                : status == CHECK_REJECTED ? SUPCERT_REJECTED
                                           : SUPCERT_BAD_INPUT;
}

static void check(void *context)
{
    checking *c = context;
    error e = ERROR_NONE;
    c->stream = fopen(c->certificate, "rbe");
    if (c->stream == NULL)
        error_set(&e, c->certificate, 0, "cannot be opened: %s", strerror(errno));
    else
        check_stream(c, &e);
    give_error(c->error, &e);
}

supcert_status supcert_check(const char *certificate, const supcert_network *f, const supcert_network *g,
                             supcert_claim **result, char **error_text)
{
    checking c = {.certificate = certificate,
                  .f = &f->model,
                  .g = &g->model,
                  .error = error_text,
                  .status = SUPCERT_BAD_INPUT};
    bool works = attempt(check, &c, error_text);
    if (c.stream != NULL)
        fclose(c.stream);
    *result = works ? c.result : NULL;
    return works ? c.status : SUPCERT_BAD_INPUT;
}

void supcert_claim_free(supcert_claim *claimed)
{
    if (claimed == NULL)
        return;
    free(claimed->lower);
    free(claimed->upper);
    supcert_numbers_free(claimed->box_lower, claimed->inputs);
    supcert_numbers_free(claimed->box_upper, claimed->inputs);
    supcert_numbers_free(claimed->point, claimed->inputs);
    free(claimed);
}
