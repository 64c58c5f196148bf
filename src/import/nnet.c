/* Reading NNet, the text format of the ACAS Xu networks: comment lines, counts, layer sizes, a flag, the
 * ranges and the normalisation of the inputs, then for each layer its rows of weights and its biases, one per
 * line. Numbers are decimals and read exactly; hidden layers are ReLU, the last layer is linear. The lines
 * about the inputs may go on beyond the inputs that the network has (as those of the original files do); the
 * last mean and the last range are those of the outputs. Inputs are not clipped to the stated minimum and
 * maximum. Other readers use atof, atoi, and lines that end at a carriage return, too; whatever they would
 * take for something else is refused. */
#include "import/import.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "import/layer_size.h"
#include "number/rational.h"
#include "number/vector.h"

/* The file being read, a line at a time. */
typedef struct reader {
    const char *name, *next, *end;
    long line;                    /* of the current line, from 1 */
    const char *field, *line_end; /* what is left of the current line */
    budget budget;
    error *e;
} reader;

#define FAIL(r, ...) error_set((r)->e, (r)->name, (r)->line, __VA_ARGS__)

/* --- lines and numbers -------------------------------------------------------------------------------------
 */

static bool next_line(reader *r, const char *what)
{
    r->line++;
    if (r->next == r->end)
        return FAIL(r, "the file ends where %s should be", what);
    const char *stop = memchr(r->next, '\n', (size_t)(r->end - r->next));
    r->field = r->next;
    r->line_end = stop == NULL ? r->end : stop;
    r->next = stop == NULL ? r->end : stop + 1;
    size_t length = (size_t)(r->line_end - r->field);
    if (length > 0 && r->field[length - 1] == '\r')
        length--;
    r->line_end = r->field + length;
    while (r->line_end > r->field && (r->line_end[-1] == ' ' || r->line_end[-1] == '\t'))
        r->line_end--;
    return true;
}

/* The next field of the current line; a comma follows every one but, at will, the last. */
static bool next_field(reader *r, const char *what, const char **field, size_t *length)
{
    while (r->field < r->line_end && (*r->field == ' ' || *r->field == '\t'))
        r->field++;
    if (r->field == r->line_end)
        return FAIL(r, "the line ends where %s should be", what);
    const char *comma = memchr(r->field, ',', (size_t)(r->line_end - r->field));
    const char *stop = comma == NULL ? r->line_end : comma;
    while (stop > r->field && (stop[-1] == ' ' || stop[-1] == '\t'))
        stop--;
    *field = r->field;
    *length = (size_t)(stop - r->field);
    r->field = comma == NULL ? r->line_end : comma + 1;
    return true;
}

static bool consists_of(const char *field, size_t length, const char *characters)
{
    size_t i = 0;
    while (i < length && field[i] != '\0' && strchr(characters, field[i]) != NULL)
        i++;
    return i == length;
}

/* A decimal, with or without exponent: of a fraction, other readers take the numerator. */
static bool next_number(reader *r, const char *what, mpq_t value)
{
    const char *field;
    size_t length;
    if (!next_field(r, what, &field, &length))
        return false;
    const char *wrong = consists_of(field, length, "0123456789+-.eE") ? rational_parse(value, field, length)
                                                                      : "not a decimal number";
    if (wrong != NULL)
        return FAIL(r, "%s: %s", what, wrong);
    if (!budget_take(&r->budget, budget_words(value)))
        return FAIL(r, "%s: the numbers of this file are too long to be held exactly", what);
    return true;
}

static bool end_line(reader *r, const char *what)
{
    while (r->field < r->line_end && (*r->field == ' ' || *r->field == '\t'))
        r->field++;
    return r->field == r->line_end || FAIL(r, "there is more on the line than %s", what);
}

/* A line of `count` numbers. */
static bool number_line(reader *r, const char *what, size_t count, mpq_t *value)
{
    if (!next_line(r, what))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!next_number(r, what, value[i]))
            return false;
    }
    return end_line(r, what);
}

/* A line of at least `least` numbers. value[least-1] gets the last one; others beyond the first least-1 are
 * only checked. */
static bool number_list(reader *r, const char *what, size_t least, mpq_t *value, size_t *count)
{
    if (!next_line(r, what))
        return false;
    for (*count = 0; *count < least || r->field < r->line_end; ++*count) {
        if (!next_number(r, what, value[*count < least ? *count : least - 1]))
            return false;
    }
    return true;
}

/* A positive integer, digits alone, that counts something which takes at least one byte of the file each. */
static bool next_count(reader *r, const char *what, size_t *count)
{
    const char *field;
    size_t length, value = 0;
    if (!next_field(r, what, &field, &length))
        return false;
    bool good = length > 0 && consists_of(field, length, "0123456789");
    for (size_t i = 0; i < length && good; i++)
        good = !__builtin_mul_overflow(value, 10, &value) &&
               !__builtin_add_overflow(value, (size_t)(field[i] - '0'), &value);
    if (!good || value == 0)
        return FAIL(r, "%s must be a positive integer", what);
    if (value > (size_t)(r->end - r->next))
        return FAIL(r, "%s is larger than the file can hold", what);
    *count = value;
    return true;
}

/* --- header ------------------------------------------------------------------------------------------------
 */

/* What the file says before the weights. */
typedef struct header {
    size_t layers, inputs, outputs, largest;
    size_t *size;        /* layers + 1: inputs, hidden layers, outputs */
    mpq_t *mean, *range; /* inputs + 1 each, the last one for the outputs; NULL until read */
} header;

static void header_clear(header *h)
{
    free(h->size);
    vector_free(h->mean, h->inputs + 1);
    vector_free(h->range, h->inputs + 1);
}

static bool skip_comments(reader *r)
{
    do {
        if (!next_line(r, "the line with the numbers of layers, inputs and outputs"))
            return false;
    } while (r->line_end - r->field >= 2 && memcmp(r->field, "//", 2) == 0);
    return true;
}

static bool read_counts(reader *r, header *h)
{
    return skip_comments(r) && next_count(r, "the number of layers", &h->layers) &&
           next_count(r, "the number of inputs", &h->inputs) &&
           next_count(r, "the number of outputs", &h->outputs) &&
           next_count(r, "the size of the largest layer", &h->largest) && end_line(r, "the four counts");
}

/* Other readers have room for the largest layer as it is stated. */
static bool check_sizes(reader *r, const header *h)
{
    for (size_t k = 0; k <= h->layers; k++) {
        if (h->size[k] > h->largest)
            return FAIL(r, "a layer has the size %zu, but the largest is stated to have %zu", h->size[k],
                        h->largest);
    }
    return true;
}

static bool read_sizes(reader *r, header *h)
{
    if (!next_line(r, "the line of layer sizes"))
        return false;
    h->size = mem_alloc(mem_sum(h->layers, 1), sizeof *h->size);
    for (size_t k = 0; k <= h->layers; k++) {
        if (!next_count(r, "a layer size", &h->size[k]))
            return false;
    }
    if (h->size[0] != h->inputs || h->size[h->layers] != h->outputs)
        return FAIL(
            r, "the layer sizes do not start with the number of inputs and end with the number of outputs");
    return end_line(r, "the layer sizes") && check_sizes(r, h);
}

/* The flag has asked old readers to mirror inputs. Minima and maxima have no meaning here but must be in
 * place. */
static bool read_normalisation(reader *r, header *h)
{
    size_t minima, maxima, means, ranges;
    h->mean = vector_new(h->inputs + 1);
    h->range = vector_new(h->inputs + 1);
    if (!number_line(r, "the flag", 1, h->mean))
        return false;
    if (mpq_sgn(h->mean[0]) != 0)
        return FAIL(r, "the flag is not 0, which is not supported");
    if (!number_list(r, "the minima of the inputs", h->inputs, h->mean, &minima) ||
        !number_list(r, "the maxima of the inputs", h->inputs, h->mean, &maxima))
        return false;
    if (minima != maxima)
        return FAIL(r, "there are %zu minima but %zu maxima", minima, maxima);
    if (!number_list(r, "the means of the inputs and outputs", h->inputs + 1, h->mean, &means) ||
        !number_list(r, "the ranges of the inputs and outputs", h->inputs + 1, h->range, &ranges))
        return false;
    return means == ranges || FAIL(r, "there are %zu means but %zu ranges", means, ranges);
}

static bool check_ranges(reader *r, const header *h)
{
    for (size_t i = 0; i <= h->inputs; i++) {
        if (mpq_sgn(h->range[i]) <= 0)
            return FAIL(r, "the ranges must be positive for the normalisation to be applied");
    }
    return true;
}

/* --- layers ------------------------------------------------------------------------------------------------
 */

/* One layer's numbers. */
typedef struct affine_map {
    size_t rows, columns;
    mpq_t *weight, *bias;
} affine_map;

/* The layer reads (x - mean)/range instead of x. */
static void normalise_inputs(affine_map *m, const header *h)
{
    mpq_t part;
    mpq_init(part);
    for (size_t row = 0; row < m->rows; row++) {
        for (size_t i = 0; i < m->columns; i++) {
            mpq_t *w = &m->weight[row * m->columns + i];
            mpq_div(*w, *w, h->range[i]);
            mpq_mul(part, *w, h->mean[i]);
            mpq_sub(m->bias[row], m->bias[row], part);
        }
    }
    mpq_clear(part);
}

/* The layer gives y·range + mean instead of y. */
static void normalise_outputs(affine_map *m, const header *h)
{
    for (size_t i = 0; i < m->rows * m->columns; i++)
        mpq_mul(m->weight[i], m->weight[i], h->range[h->inputs]);
    for (size_t row = 0; row < m->rows; row++) {
        mpq_mul(m->bias[row], m->bias[row], h->range[h->inputs]);
        mpq_add(m->bias[row], m->bias[row], h->mean[h->inputs]);
    }
}

static bool read_map(reader *r, affine_map *m)
{
    for (size_t row = 0; row < m->rows; row++) {
        if (!number_line(r, "a row of weights", m->columns, m->weight + row * m->columns))
            return false;
    }
    for (size_t row = 0; row < m->rows; row++) {
        if (!number_line(r, "a bias", 1, &m->bias[row]))
            return false;
    }
    return true;
}

static void append_map(network *net, const affine_map *m, size_t source, neuron_kind kind)
{
    unsigned char *kinds = mem_alloc(m->rows, 1);
    memset(kinds, (int)kind, m->rows);
    network_append(net, m->rows, kinds, 1, &source, m->weight, m->bias);
    free(kinds);
}

/* Every weight takes at least two bytes of the file, which bounds what is allocated here. */
static bool read_layer(reader *r, network *net, const header *h, size_t k, bool normalise)
{
    affine_map m = {h->size[k + 1], h->size[k], NULL, NULL};
    if (m.columns > (size_t)(r->end - r->next) / m.rows)
        return FAIL(r, "the file ends before layer %zu, which has %zu×%zu weights, is complete", k + 1,
                    m.rows, m.columns);
    m.weight = vector_new(m.rows * m.columns);
    m.bias = vector_new(m.rows);
    bool good = read_map(r, &m);
    if (good && normalise && k == 0)
        normalise_inputs(&m, h);
    if (good && normalise && k + 1 == h->layers)
        normalise_outputs(&m, h);
    if (good && !layer_size_take(&r->budget, m.rows, m.columns, m.weight, m.bias))
        good = FAIL(r, "the numbers of layer %zu are too long to be held over one denominator", k + 1);
    if (good)
        append_map(net, &m, k, k + 1 == h->layers ? NEURON_LINEAR : NEURON_RELU);
    vector_free(m.weight, m.rows * m.columns);
    vector_free(m.bias, m.rows);
    return good;
}

static bool end_of_file(reader *r)
{
    while (r->next < r->end) {
        if (!next_line(r, "the end") || !end_line(r, "the format allows after the last bias"))
            return false;
    }
    return true;
}

bool nnet_read(network *net, const char *name, const file_bytes *bytes, const import_options *options,
               error *e)
{
    const char *text = (const char *)bytes->data;
    reader r = {.name = name,
                .next = text,
                .end = text + bytes->size,
                .budget = budget_for_file(bytes->size),
                .e = e};
    header h = {.layers = 0};
    bool normalise = options != NULL && options->nnet_normalise;
    bool good = text_check(name, 1, text, bytes->size, e) && read_counts(&r, &h) && read_sizes(&r, &h) &&
                read_normalisation(&r, &h);
    good = good && (!normalise || check_ranges(&r, &h));
    network_init(net, good ? h.inputs : 1);
    for (size_t k = 0; k < h.layers && good; k++)
        good = read_layer(&r, net, &h, k, normalise);
    good = good && end_of_file(&r);
    header_clear(&h);
    if (!good)
        network_clear(net);
    return good;
}
