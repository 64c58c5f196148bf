/* Reading the native text format: see native.h and certs/NETWORK.md. Nothing is allocated on the word of a
 * count: rows and weights are stored as they are read, and a layer is appended when all its neurons are
 * there. */
#include "network/native.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "number/rational.h"

static const char first_word[] = "supcert-network";

/* A few bytes of text can denote a long number, and a few long denominators make every number of a layer
 * long. What the digits of one file may take is bounded by this and a multiple of the file's size, in bytes.
 */
enum { DIGITS_ALWAYS = 1 << 28, DIGITS_PER_BYTE = 64 };

/* Inputs that no layer reads are backed by no data; more of them than this, and than the file has bytes, are
 * refused. Inputs that are read have at least two bytes each. */
enum { UNREAD_INPUTS = 1 << 20 };

/* Bytes of a token that a message quotes. */
enum { MOST_QUOTED = 40 };

/* Numbers as they are read; values once initialised are used again for the next layer. */
typedef struct pool {
    mpq_t *value;
    size_t used, initialised, capacity;
} pool;

typedef struct reader {
    const char *name; /* for messages */
    error *e;
    network *net;
    long line;            /* number of the current line, from 1 */
    const char *next;     /* start of the next line */
    const char *file_end; /* end of the file */
    const char *at;       /* where the next token of the current line is looked for */
    const char *line_end; /* end of the current line, without its comment */
    const char *token;    /* the current token, not terminated */
    size_t length;
    char quoted[MOST_QUOTED + 1];
    size_t room; /* bytes that digits may still take */
    pool weight, bias;
    unsigned char *kind; /* of the neurons of the current layer */
    size_t kind_capacity;
    size_t *source; /* that the current layer reads */
    size_t sources, source_capacity;
} reader;

static mpq_t *pool_next(pool *p)
{
    p->value = mem_grow(p->value, &p->capacity, mem_sum(p->used, 1), sizeof *p->value);
    if (p->used == p->initialised)
        mpq_init(p->value[p->initialised++]);
    return &p->value[p->used++];
}

static void pool_clear(pool *p)
{
    for (size_t k = 0; k < p->initialised; k++)
        mpq_clear(p->value[k]);
    free(p->value);
}

/* --- lines and tokens ------------------------------------------------------------------------------------
 */

static bool fail(reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reports an error in the current line. */
static bool fail(reader *r, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = mem_vprintf(format, arguments);
    va_end(arguments);
    error_set(r->e, r->name, r->line, "%s", message);
    free(message);
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_separator(char c)
{
    return c == ':' || c == ';';
}

/* The next token of the line; false, with an empty token, at the line's end. */
static bool next_token(reader *r)
{
    while (r->at < r->line_end && is_blank(*r->at))
        r->at++;
    r->token = r->at;
    if (r->at < r->line_end && is_separator(*r->at))
        r->at++;
    else {
        while (r->at < r->line_end && !is_blank(*r->at) && !is_separator(*r->at))
            r->at++;
    }
    r->length = (size_t)(r->at - r->token);
    return r->length > 0;
}

static bool token_is(const reader *r, const char *word)
{
    return r->length == strlen(word) && memcmp(r->token, word, r->length) == 0;
}

/* Moves to the next line that is not blank, and to its first token; false at the end of the file. */
static bool next_line(reader *r)
{
    while (r->next < r->file_end) {
        const char *start = r->next;
        const char *newline = memchr(start, '\n', (size_t)(r->file_end - start));
        const char *stop = newline == NULL ? r->file_end : newline;
        const char *comment = memchr(start, '#', (size_t)(stop - start));
        r->next = newline == NULL ? r->file_end : newline + 1;
        r->at = start;
        r->line_end = comment == NULL ? stop : comment;
        r->line++;
        if (next_token(r))
            return true;
    }
    return false;
}

static bool need_line(reader *r, const char *what)
{
    return next_line(r) || fail(r, "the file ends where %s should follow (is it cut off?)", what);
}

/* The current token as a message quotes it: its beginning, in printable ASCII. */
static const char *quoted(reader *r)
{
    size_t length = r->length < MOST_QUOTED ? r->length : MOST_QUOTED;
    for (size_t k = 0; k < length; k++)
        r->quoted[k] = r->token[k] >= ' ' && r->token[k] <= '~' ? r->token[k] : '?';
    r->quoted[length] = '\0';
    return r->quoted;
}

static bool fail_token(reader *r, const char *expected)
{
    if (r->length == 0)
        return fail(r, "the line ends where %s should follow", expected);
    return fail(r, "'%s' stands where %s should", quoted(r), expected);
}

static bool expect_end_of_line(reader *r)
{
    return !next_token(r) || fail(r, "'%s' is too much on this line (remove it)", quoted(r));
}

static bool parse_count(reader *r, size_t *count, const char *what)
{
    *count = 0;
    for (size_t k = 0; k < r->length; k++) {
        char c = r->token[k];
        if (c < '0' || c > '9')
            return fail_token(r, what);
        if (*count > (SIZE_MAX - 9) / 10)
            return fail(r, "'%s' is too large for a count", quoted(r));
        *count = 10 * *count + (size_t)(c - '0');
    }
    return r->length > 0 || fail_token(r, what);
}

/* Takes bytes from the room for digits. */
static bool take_room(reader *r, size_t count, size_t limbs)
{
    if (count != 0 && limbs > r->room / sizeof(mp_limb_t) / count)
        return fail(
            r,
            "the numbers are too long to be held exactly (round them, or use fewer different denominators)");
    r->room -= count * limbs * sizeof(mp_limb_t);
    return true;
}

static bool parse_number(reader *r, pool *p, const char *what)
{
    if (r->length == 0 || is_separator(*r->token))
        return fail_token(r, what);
    mpq_t *value = pool_next(p);
    const char *wrong = rational_parse(*value, r->token, r->length);
    if (wrong != NULL)
        return fail(r, "'%s' stands where %s should: %s", quoted(r), what, wrong);
    return take_room(r, 1, mpz_size(mpq_numref(*value)) + mpz_size(mpq_denref(*value)));
}

/* --- layers ----------------------------------------------------------------------------------------------
 */

/* Whether the next token of the line is a separator, or there is none. */
static bool block_ends(reader *r)
{
    const char *at = r->at;
    bool ends = !next_token(r) || is_separator(*r->token);
    r->at = at;
    return ends;
}

/* The weights of one neuron for its b-th source. */
static bool read_block(reader *r, size_t b)
{
    size_t source = r->source[b], columns = network_source_size(r->net, source), count = 0;
    next_token(r);
    if (!token_is(r, b == 0 ? ":" : ";"))
        return fail_token(r, b == 0 ? "':'" : "';'");
    for (; count < columns && !block_ends(r); count++) {
        next_token(r);
        if (!parse_number(r, &r->weight, "a weight"))
            return false;
    }
    if (count < columns)
        return fail(r, "%zu weights for source %zu, which has %zu values (give one weight for each)", count,
                    source, columns);
    return block_ends(r) ||
           fail(r, "more than %zu weights for source %zu (give one for each of its values)", columns, source);
}

static bool read_neuron(reader *r, size_t index)
{
    bool relu = token_is(r, "relu");
    if (!relu && !token_is(r, "linear"))
        return fail_token(r, "'relu' or 'linear'");
    r->kind = mem_grow(r->kind, &r->kind_capacity, mem_sum(index, 1), 1);
    r->kind[index] = relu ? NEURON_RELU : NEURON_LINEAR;
    next_token(r);
    if (!parse_number(r, &r->bias, "a bias"))
        return false;
    for (size_t b = 0; b < r->sources; b++) {
        if (!read_block(r, b))
            return false;
    }
    return expect_end_of_line(r);
}

static bool read_sources(reader *r)
{
    r->sources = 0;
    while (next_token(r)) {
        size_t source;
        if (!parse_count(r, &source, "a source's number"))
            return false;
        if (source > r->net->layers)
            return fail(r, "layer %zu cannot read source %zu (0 is the inputs, 1 to %zu the earlier layers)",
                        r->net->layers + 1, source, r->net->layers);
        if (r->sources > 0 && source <= r->source[r->sources - 1])
            return fail(r, "source %zu follows source %zu (list sources in increasing order)", source,
                        r->source[r->sources - 1]);
        r->source = mem_grow(r->source, &r->source_capacity, mem_sum(r->sources, 1), sizeof *r->source);
        r->source[r->sources++] = source;
    }
    return true;
}

/* Multiplies *denominator up to a common one while `count` numbers of its length fit. */
static bool join_denominators(reader *r, mpz_t denominator, const pool *p, size_t count)
{
    for (size_t k = 0; k < p->used; k++) {
        if (mpz_divisible_p(denominator, mpq_denref(p->value[k])))
            continue;
        mpz_lcm(denominator, denominator, mpq_denref(p->value[k]));
        size_t before = r->room;
        if (!take_room(r, count, mpz_size(denominator)))
            return false;
        r->room = before;
    }
    return true;
}

static size_t count_nonzero(const pool *p)
{
    size_t count = 0;
    for (size_t k = 0; k < p->used; k++)
        count += mpq_sgn(p->value[k]) != 0;
    return count;
}

/* Takes the room that the layer's numbers need over their common denominator. */
static bool take_layer_room(reader *r)
{
    mpz_t denominator;
    mpz_init_set_ui(denominator, 1);
    size_t count = count_nonzero(&r->weight) + count_nonzero(&r->bias);
    bool fits = join_denominators(r, denominator, &r->weight, count) &&
                join_denominators(r, denominator, &r->bias, count) &&
                take_room(r, count, mpz_size(denominator));
    mpz_clear(denominator);
    return fits;
}

/* Reads a layer, whose line is the current one. */
static bool read_layer(reader *r)
{
    size_t neurons;
    next_token(r);
    if (!parse_count(r, &neurons, "the number of neurons"))
        return false;
    if (neurons == 0)
        return fail(r, "a layer without neurons (leave the layer out)");
    next_token(r);
    if (!token_is(r, "reads"))
        return fail_token(r, "'reads'");
    if (!read_sources(r))
        return false;
    r->weight.used = r->bias.used = 0;
    for (size_t k = 0; k < neurons; k++) {
        if (!need_line(r, "a neuron"))
            return false;
        if (token_is(r, "layer") || token_is(r, "end"))
            return fail(r, "layer %zu has %zu neurons of the %zu announced", r->net->layers + 1, k, neurons);
        if (!read_neuron(r, k))
            return false;
    }
    if (!take_layer_room(r))
        return false;
    network_append(r->net, neurons, r->kind, r->sources, r->source, r->weight.value, r->bias.value);
    return true;
}

/* --- the file --------------------------------------------------------------------------------------------
 */

static bool read_first_lines(reader *r)
{
    next_token(r);
    if (!token_is(r, "1"))
        return fail_token(r, "the format's version, 1,");
    if (!expect_end_of_line(r) || !need_line(r, "'inputs'"))
        return false;
    if (!token_is(r, "inputs"))
        return fail_token(r, "'inputs'");
    size_t inputs;
    next_token(r);
    if (!parse_count(r, &inputs, "the number of inputs"))
        return false;
    if (inputs == 0)
        return fail(r, "a network without inputs (there must be at least one)");
    network_init(r->net, inputs);
    return expect_end_of_line(r);
}

static bool read_layers(reader *r)
{
    while (need_line(r, "a layer or 'end'")) {
        if (token_is(r, "end"))
            return expect_end_of_line(r);
        if (!token_is(r, "layer"))
            return fail_token(r, "'layer' or 'end'");
        if (!read_layer(r))
            return false;
    }
    return false;
}

static bool check_end(reader *r, size_t bytes)
{
    if (r->net->layers == 0)
        return fail(r, "a network without layers (there must be at least one)");
    if (r->net->inputs > UNREAD_INPUTS && r->net->inputs > bytes)
        return fail(r, "no layer reads the %zu inputs (declare fewer)", r->net->inputs);
    return !next_line(r) || fail(r, "there is more after 'end' (remove it)");
}

bool native_recognise(const file_bytes *bytes)
{
    size_t length = sizeof first_word - 1;
    return bytes->size >= length && memcmp(bytes->data, first_word, length) == 0;
}

static bool read_file(reader *r, const file_bytes *bytes)
{
    if (!native_recognise(bytes) || !next_line(r) || !token_is(r, first_word)) {
        r->line = 1;
        return fail(r, "not a network in native text (its first line is '%s 1')", first_word);
    }
    return text_check(r->name, 1, (const char *)bytes->data, bytes->size, r->e) && read_first_lines(r) &&
           read_layers(r) && check_end(r, bytes->size);
}

bool native_read(network *net, const char *name, const file_bytes *bytes, error *e)
{
    size_t most = (SIZE_MAX - DIGITS_ALWAYS) / DIGITS_PER_BYTE;
    reader r = {.name = name,
                .e = e,
                .net = net,
                .next = (const char *)bytes->data,
                .file_end = (const char *)bytes->data + bytes->size,
                .room = DIGITS_ALWAYS + DIGITS_PER_BYTE * (bytes->size < most ? bytes->size : most)};
    network_init(net, 0);
    bool good = read_file(&r, bytes);
    if (!good)
        network_clear(net);
    pool_clear(&r.weight);
    pool_clear(&r.bias);
    free(r.kind);
    free(r.source);
    return good;
}
