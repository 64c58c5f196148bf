/* supcert samples: how many samples a class of networks needs, and how many suffice. */
#include <string.h>

#include "cli/command.h"
#include "cli/samples_table.h"
#include "number/rational.h"

enum {
    SAMPLES_CLASS,
    SAMPLES_DIMENSION,
    SAMPLES_LAYERS,
    SAMPLES_TOLERANCE,
    SAMPLES_SAMPLES,
    SAMPLES_ERROR,
    SAMPLES_TABLE,
    SAMPLES_JSON,
    SAMPLES_OPTIONS
};

static const option samples_options[SAMPLES_OPTIONS] = {
    [SAMPLES_CLASS] = {.name = "class",
                       .kind = OPTION_TEXT,
                       .value = "Q,C,B,L",
                       .help = "the class: l^q norms up to C, width B, L layers; Q may be inf"},
    [SAMPLES_DIMENSION] = {.name = "dimension",
                           .kind = OPTION_TEXT,
                           .value = "D",
                           .help = "number of inputs"},
    [SAMPLES_LAYERS] = {.name = "layers",
                        .kind = OPTION_TEXT,
                        .value = "L",
                        .fallback = "that of the class",
                        .help = "number of layers; --class Q,C,B is enough then"},
    [SAMPLES_TOLERANCE] = {.name = "tolerance",
                           .kind = OPTION_TEXT,
                           .value = "EPS",
                           .help = "how many samples for an error of at most EPS?"},
    [SAMPLES_SAMPLES] = {.name = "samples",
                         .kind = OPTION_TEXT,
                         .value = "M",
                         .help = "the inverse question: what error after M samples?"},
    [SAMPLES_ERROR] = {.name = "error",
                       .kind = OPTION_TEXT,
                       .value = "P",
                       .fallback = "uniform",
                       .help = "uniform, or a number P >= 1 for the L^P norm"},
    [SAMPLES_TABLE] = {.name = "table", .kind = OPTION_SWITCH, .help = "print tab-separated values"},
    [SAMPLES_JSON] = {.name = "json", .kind = OPTION_SWITCH, .help = "print one JSON object"},
};

static const usage samples_usage = {
    .program = "supcert samples",
    .operands = "--class ...",
    .least = 0,
    .most = 0,
    .purpose = "How many samples fix an unknown ReLU network: how many are needed, how many suffice.",
    .notes =
        "The unknown network is a member of a class: D inputs in the unit cube, one output, L affine layers, "
        "at most B\n"
        "neurons in a hidden layer; the entries of each matrix and of each bias vector have an l^Q norm of "
        "at most C.\n"
        "With --table and --json, dimension, layers, tolerance and samples may be lists: 1..8 or 0.1,0.01.\n"
        "\n"
        "Every number is proved. What is needed is rounded down, what suffices is rounded up; numbers of "
        "samples are\n"
        "exact whole numbers of up to 300 digits, beyond that powers of ten, at least (needed) or at most "
        "(enough). The\n"
        "statements that they rest on, with the number of inputs that the bump reads behind a colon:\n"
        "\n"
        "  hole         so few balls about samples do not cover the cube; in the hole the unknown network "
        "may have a\n"
        "               bump, or its negative, and no sample tells\n"
        "  inner-hole   the same with the bump inside the cube, for L^P norms\n"
        "  empty-cell   the same for the bump in a cell of a grid that has more cells than there are "
        "samples\n"
        "  random-cell  the bump with a random sign is in a random cell of a grid, where few samples are\n"
        "  midpoints    samples at the midpoints of a grid, and the nearest sample's value as the answer\n"
        "  nothing      nothing is claimed: L < 3, B < 3, or no bump is known that exceeds the tolerance\n"
        "\n"
        "exit status: 0 done; 2 bad usage or input\n",
    .option = samples_options,
    .options = SAMPLES_OPTIONS};

/* --- reading ----------------------------------------------------------------------------------------------
 */

static const list_rule class_q = {
    .option = "class", .wanted = "Q as inf or a number of at least 1", .least = "1"};
static const list_rule class_c = {.option = "class", .wanted = "C as a number above 0"};
static const list_rule class_width = {.option = "class",
                                      .wanted = "B as a whole number from 1 to 1e18",
                                      .whole = true,
                                      .least = "1",
                                      .most = "1e18"};
static const list_rule dimension_rule = {.option = "dimension",
                                         .wanted = "a whole number from 1 to 100000",
                                         .whole = true,
                                         .least = "1",
                                         .most = "100000"};
static const list_rule layers_rule = {.option = "layers",
                                      .wanted = "a whole number from 1 to 1000000",
                                      .whole = true,
                                      .least = "1",
                                      .most = "1000000"};
static const list_rule class_layers = {.option = "class",
                                       .wanted = "L as a whole number from 1 to 1000000",
                                       .whole = true,
                                       .least = "1",
                                       .most = "1000000"};
static const list_rule tolerance_rule = {.option = "tolerance", .wanted = "a number above 0"};
static const list_rule samples_rule = {
    .option = "samples", .wanted = "a whole number of at least 0", .whole = true, .least = "0"};
static const list_rule error_rule = {
    .option = "error", .wanted = "uniform or a number of at least 1", .least = "1"};

/* "Q,C,B" up to the comma behind B, or the end; *next is what follows that comma, or NULL. */
static bool read_norms(learning *t, const char *text, const char **next, error *e)
{
    mpq_t width;
    const char *c = strchr(text, ','), *b = c == NULL ? NULL : strchr(c + 1, ',');
    if (b == NULL)
        return error_set(e, NULL, 0, "--class: '%s' is no class (write --class Q,C,B,L)", text);
    const char *end = strchrnul(b + 1, ',');
    *next = *end == '\0' ? NULL : end + 1;
    t->largest = c - text == 3 && strncmp(text, "inf", 3) == 0;
    if (!t->largest && !list_read_number(t->q, text, c, &class_q, e))
        return false;
    if (!list_read_number(t->c, c + 1, b, &class_c, e))
        return false;
    mpq_init(width);
    bool good = list_read_number(width, b + 1, end, &class_width, e);
    t->width = good ? mpz_get_ui(mpq_numref(width)) : 1;
    mpq_clear(width);
    return good;
}

/* The class, and the list of layers from it or from its option. */
static bool read_class(samples_table *s, const arguments *a, error *e)
{
    const char *text = arguments_text(a, SAMPLES_CLASS), *layers = arguments_text(a, SAMPLES_LAYERS),
               *rest = NULL;
    if (text == NULL)
        return error_set(e, NULL, 0, "no class is given (write --class Q,C,B,L)");
    if (!read_norms(&s->problem, text, &rest, e))
        return false;
    if (rest == NULL && layers == NULL)
        return error_set(e, NULL, 0,
                         "--class: '%s' has no number of layers (write --class Q,C,B,L, or add --layers)",
                         text);
    if (rest != NULL && layers != NULL)
        return error_set(e, NULL, 0,
                         "--class and --layers both tell the number of layers (write --class Q,C,B)");
    if (rest != NULL && strchr(rest, ',') != NULL)
        return error_set(e, NULL, 0, "--class: '%s' has too many numbers (write --class Q,C,B,L)", text);
    return list_read(&s->layers, rest == NULL ? layers : rest, rest == NULL ? &layers_rule : &class_layers,
                     e);
}

static bool read_error(learning *t, const char *text, error *e)
{
    t->uniform = text == NULL || strcmp(text, "uniform") == 0;
    return t->uniform || list_read_number(t->p, text, text + strlen(text), &error_rule, e);
}

static bool read_question(samples_table *s, const arguments *a, error *e)
{
    const char *dimension = arguments_text(a, SAMPLES_DIMENSION),
               *tolerance = arguments_text(a, SAMPLES_TOLERANCE),
               *samples = arguments_text(a, SAMPLES_SAMPLES);
    if (dimension == NULL)
        return error_set(e, NULL, 0, "no dimension is given (write --dimension D)");
    if ((tolerance == NULL) == (samples == NULL))
        return error_set(e, NULL, 0, "%s (give one of them)",
                         tolerance == NULL ? "neither --tolerance nor --samples is given"
                                           : "--tolerance and --samples are both given");
    s->inverse = tolerance == NULL;
    return list_read(&s->dimension, dimension, &dimension_rule, e) &&
           list_read(&s->given, s->inverse ? samples : tolerance,
                     s->inverse ? &samples_rule : &tolerance_rule, e);
}

static bool check_form(const samples_table *s, const arguments *a, error *e)
{
    bool table = arguments_given(a, SAMPLES_TABLE), json = arguments_given(a, SAMPLES_JSON);
    if (table && json)
        return error_set(e, NULL, 0, "--table and --json are both given (give one)");
    if (!table && !json && (s->dimension.count > 1 || s->layers.count > 1 || s->given.count > 1))
        return error_set(e, NULL, 0, "lists of numbers make a table (add --table or --json)");
    return true;
}

static int samples_run(const arguments *a, error *e)
{
    samples_table s = {.inverse = false};
    learning_init(&s.problem);
    bool good = read_class(&s, a, e) && read_error(&s.problem, arguments_text(a, SAMPLES_ERROR), e) &&
                read_question(&s, a, e) && check_form(&s, a, e);
    if (good && arguments_given(a, SAMPLES_TABLE))
        samples_print_table(&s);
    else if (good && arguments_given(a, SAMPLES_JSON))
        samples_print_json(&s);
    else if (good)
        samples_print_words(&s);
    list_clear(&s.dimension);
    list_clear(&s.layers);
    list_clear(&s.given);
    learning_clear(&s.problem);
    return good ? STATUS_GOOD : STATUS_BAD;
}

const command command_samples = {.name = "samples", .usage = &samples_usage, .run = samples_run};
