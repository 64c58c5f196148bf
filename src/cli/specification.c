/* Reading specifications: see specification.h. */
#include "cli/specification.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

/* --- matching names ------------------------------------------------------------------------------------- */

/* The network that "NAME=FILE" is for; *file becomes its file. */
static bool find_network(const specification *s, const char *given, size_t *which, const char **file,
                         error *e)
{
    const vnnlib_query *q = &s->q;
    const char *equals = strchr(given, '=');
    if (equals == NULL || equals == given || equals[1] == '\0')
        return error_set(e, NULL, 0, "--network: '%s' is not of the form NAME=FILE", given);
    size_t length = (size_t)(equals - given);
    *file = equals + 1;
    for (*which = 0; *which < q->networks; ++*which) {
        const char *name = q->network[*which].name;
        if (name == NULL || (strlen(name) == length && memcmp(name, given, length) == 0))
            break;
    }
    if (*which == q->networks)
        return error_set(e, NULL, 0, "--network: the specification declares no network '%.*s'", (int)length,
                         given);
    if (q->network[*which].same_as != VNNLIB_NONE)
        return error_set(e, NULL, 0,
                         "--network: '%.*s' is declared to be equal to '%s' (leave out its --network)",
                         (int)length, given, q->network[q->network[*which].same_as].name);
    return s->model[*which].path == NULL ||
           error_set(e, NULL, 0, "--network: a file for '%.*s' is given twice", (int)length, given);
}

static bool check_given(const specification *s, error *e)
{
    for (size_t k = 0; k < s->q.networks; k++) {
        const vnnlib_network *n = &s->q.network[k];
        if (n->same_as == VNNLIB_NONE && s->model[k].path == NULL)
            return error_set(e, s->path, n->line, "no file is given for network %s (add --network %s=FILE)",
                             n->name == NULL ? "f" : n->name, n->name == NULL ? "f" : n->name);
    }
    return true;
}

/* --- matching networks ---------------------------------------------------------------------------------- */

const import_model *specification_model(const specification *s, size_t k)
{
    size_t same = s->q.network[k].same_as;
    return &s->model[same == VNNLIB_NONE ? k : same];
}

static bool check_sizes(const specification *s, size_t k, error *e)
{
    const vnnlib_network *n = &s->q.network[k];
    const import_model *m = specification_model(s, k);
    size_t outputs = network_outputs(&m->net);
    return (n->inputs == m->net.inputs && n->outputs == outputs) ||
           error_set(e, s->path, n->line,
                     "the declaration has %zu inputs and %zu outputs, but %s has %zu and %zu", n->inputs,
                     n->outputs, m->path, m->net.inputs, outputs);
}

/* One tensor goes in and one comes out. */
static bool check_tensors(const specification *s, size_t k, error *e)
{
    size_t tensors = 0;
    for (size_t t = 0; t < s->q.tensors; t++)
        tensors += s->q.tensor[t].network == k;
    return s->q.is_old || tensors == 2 ||
           error_set(e, s->path, s->q.network[k].line,
                     "networks with several input or output tensors are not supported");
}

/* Whether the layers are the same but for the weights. */
static bool same_graph(const network *a, const network *b)
{
    if (a->inputs != b->inputs || a->layers != b->layers)
        return false;
    for (size_t l = 0; l < a->layers; l++) {
        const net_layer *p = &a->layer[l], *q = &b->layer[l];
        if (p->neurons != q->neurons || p->blocks != q->blocks || memcmp(p->kind, q->kind, p->neurons) != 0)
            return false;
        for (size_t k = 0; k < p->blocks; k++)
            if (p->block[k].source != q->block[k].source)
                return false;
    }
    return true;
}

static bool check_graph(const specification *s, size_t k, error *e)
{
    const vnnlib_network *n = &s->q.network[k];
    return n->like == VNNLIB_NONE ||
           same_graph(&specification_model(s, k)->net, &specification_model(s, n->like)->net) ||
           error_set(e, s->path, n->line,
                     "%s is declared isomorphic to %s, but the graphs of %s and %s differ", n->name,
                     s->q.network[n->like].name, specification_model(s, k)->path,
                     specification_model(s, n->like)->path);
}

static size_t next_dimension(const size_t *dim, size_t rank, size_t k)
{
    while (k < rank && dim[k] == 1)
        k++;
    return k;
}

/* Dimensions of size 1 may be left out or added: they do not change how the elements are numbered. */
static bool same_shape(const vnnlib_tensor *t, const import_shape *shape)
{
    size_t a = next_dimension(t->extent, t->dimensions, 0), b = next_dimension(shape->dim, shape->rank, 0);
    while (a < t->dimensions && b < shape->rank && t->extent[a] == shape->dim[b]) {
        a = next_dimension(t->extent, t->dimensions, a + 1);
        b = next_dimension(shape->dim, shape->rank, b + 1);
    }
    return a == t->dimensions && b == shape->rank;
}

/* Networks without shapes, and queries of version 1.0, number their inputs and outputs one by one. */
static bool check_shape(const specification *s, const vnnlib_tensor *t, error *e)
{
    const import_model *m = specification_model(s, t->network);
    const import_shape *shape = t->is_output ? &m->signature.output : &m->signature.input;
    if (s->q.is_old || m->signature.element_type == NULL || same_shape(t, shape))
        return true;
    char *text = mem_copy_string("");
    for (size_t k = 0; k < shape->rank; k++) {
        char *longer = mem_printf("%s%s%zu", text, k == 0 ? "" : ",", shape->dim[k]);
        free(text);
        text = longer;
    }
    error_set(
        e, s->path, s->q.network[t->network].line,
        "%s is declared with shape %s, but in %s it has shape [%s] (only dimensions of size 1 may differ)",
        t->name, t->shape, m->path, text);
    free(text);
    return false;
}

static bool is_real(const vnnlib_tensor *t)
{
    return strcmp(t->type, "real") == 0 || strcmp(t->type, "Real") == 0;
}

/* Statements are proved about real numbers, and about others only by request; types must then match. */
static bool check_type(const specification *s, const vnnlib_tensor *t, bool as_real, error *e)
{
    const char *type = specification_model(s, t->network)->signature.element_type;
    if (is_real(t))
        return true;
    if (!as_real)
        return error_set(
            e, s->path, s->q.network[t->network].line,
            "%s is declared as %s, but what is proved is about real numbers (declare it real, or "
            "add --as-real)",
            t->name, t->type);
    return type == NULL || strcmp(type, t->type) == 0 ||
           error_set(e, s->path, s->q.network[t->network].line,
                     "%s is declared as %s, but %s computes with %s", t->name, t->type,
                     specification_model(s, t->network)->path, type);
}

static bool check_match(const specification *s, bool as_real, error *e)
{
    for (size_t k = 0; k < s->q.networks; k++)
        if (!check_tensors(s, k, e) || !check_sizes(s, k, e) || !check_graph(s, k, e))
            return false;
    for (size_t t = 0; t < s->q.tensors; t++)
        if (!check_type(s, &s->q.tensor[t], as_real, e) || !check_shape(s, &s->q.tensor[t], e))
            return false;
    return true;
}

/* --- reading -------------------------------------------------------------------------------------------- */

static bool read_text(specification *s, error *e)
{
    file_bytes bytes;
    if (!file_read(&bytes, s->path, e))
        return false;
    file_digest(s->digest, &bytes);
    s->is_read = vnnlib_read(&s->q, s->path, (const char *)bytes.data, bytes.size, e);
    file_bytes_clear(&bytes);
    return s->is_read;
}

static bool read_networks(specification *s, const char *const *networks, size_t count,
                          const import_options *options, error *e)
{
    const char *file = NULL;
    size_t which = 0;
    s->model = mem_alloc(s->q.networks, sizeof *s->model);
    s->net = mem_alloc(s->q.networks, sizeof *s->net);
    s->model_digest = mem_alloc(s->q.networks, sizeof *s->model_digest);
    for (size_t k = 0; k < count; k++)
        if (!find_network(s, networks[k], &which, &file, e) ||
            !import_model_read(&s->model[which], file, options, e))
            return false;
    return check_given(s, e);
}

bool specification_read(specification *s, const char *path, const char *const *networks, size_t count,
                        bool as_real, bool nnet_normalise, error *e)
{
    import_options options = {.nnet_normalise = nnet_normalise};
    *s = (specification){.path = path};
    if (!read_text(s, e) || !read_networks(s, networks, count, &options, e) || !check_match(s, as_real, e) ||
        !vnnlib_problem_init(&s->problem, &s->q, e)) {
        specification_clear(s);
        return false;
    }
    for (size_t k = 0; k < s->q.networks; k++) {
        s->net[k] = &specification_model(s, k)->net;
        s->model_digest[k] = specification_model(s, k)->digest;
    }
    s->given = (vnnlib_given){.q = &s->q,
                              .problem = &s->problem,
                              .digest = s->digest,
                              .model = s->net,
                              .model_digest = s->model_digest};
    return true;
}

void specification_clear(specification *s)
{
    for (size_t k = 0; s->model != NULL && k < s->q.networks; k++)
        import_model_clear(&s->model[k]);
    vnnlib_problem_clear(&s->problem);
    if (s->is_read)
        vnnlib_clear(&s->q);
    free(s->model);
    free(s->net);
    free(s->model_digest);
    *s = (specification){.path = NULL};
}
