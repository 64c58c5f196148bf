/* The declarations of a specification: networks with their tensors (2.0), or single constants (1.0). */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/rational.h"
#include "vnnlib/reader.h"

/* --- words ---------------------------------------------------------------------------------------------- */

bool read_number(const reader *r, size_t node, mpq_t value)
{
    const sexp *word = &r->tree.node[node];
    size_t k = 0, digits = 0, points = 0;
    if (word->text == NULL)
        return false;
    for (k += word->text[0] == '-'; k < word->length; k++) {
        char c = word->text[k];
        digits += isdigit((unsigned char)c) != 0;
        points += c == '.';
        bool of_exponent = r->q->is_old && digits > 0 && (c == 'e' || c == 'E' || c == '-' || c == '+');
        if (!isdigit((unsigned char)c) && c != '.' && !of_exponent)
            return false;
    }
    bool is_strict = digits > 0 && points <= 1 && isdigit((unsigned char)word->text[word->length - 1]);
    return is_strict && rational_parse(value, word->text, word->length) == NULL;
}

static size_t name_length(const sexp *word)
{
    size_t length = 0;
    while (length < word->length &&
           (isalpha((unsigned char)word->text[length]) ||
            (length > 0 && (isdigit((unsigned char)word->text[length]) || word->text[length] == '_'))))
        length++;
    return length;
}

static char *copy_part(const char *text, size_t length)
{
    return mem_printf("%.*s", (int)length, text);
}

char *read_name(const reader *r, size_t node)
{
    const sexp *word = &r->tree.node[node];
    if (word->text == NULL || word->length == 0 || word->length > 1000 || name_length(word) != word->length)
        return NULL;
    return copy_part(word->text, word->length);
}

/* A number of an index or a shape at *at; moves on behind it and the blanks around it. */
static bool read_extent(const sexp *word, size_t *at, size_t *value)
{
    size_t digits = 0;
    *value = 0;
    while (*at < word->length && word->text[*at] == ' ')
        ++*at;
    for (; *at < word->length && isdigit((unsigned char)word->text[*at]); ++*at, digits++) {
        if (*value > (SIZE_MAX - 9) / 10)
            return false;
        *value = 10 * *value + (size_t)(word->text[*at] - '0');
    }
    while (*at < word->length && word->text[*at] == ' ')
        ++*at;
    return digits > 0;
}

/* [a,b,...] from *at on to the end of the word; the list becomes the caller's. */
static bool read_extents(const sexp *word, size_t at, size_t **list, size_t *count)
{
    size_t capacity = 0, value;
    *list = NULL;
    *count = 0;
    if (at >= word->length || word->text[at] != '[' || word->text[word->length - 1] != ']')
        return false;
    if (word->length == at + 2)
        return true;
    do {
        at++;
        if (!read_extent(word, &at, &value))
            return false;
        *list = mem_grow(*list, &capacity, *count + 1, sizeof **list);
        (*list)[(*count)++] = value;
    } while (at < word->length && word->text[at] == ',');
    return at + 1 == word->length;
}

/* --- tensors -------------------------------------------------------------------------------------------- */

static const vnnlib_tensor *find_tensor(const vnnlib_query *q, const char *name, size_t length)
{
    for (size_t k = 0; k < q->tensors; k++)
        if (strlen(q->tensor[k].name) == length && memcmp(q->tensor[k].name, name, length) == 0)
            return &q->tensor[k];
    return NULL;
}

static size_t find_network(const vnnlib_query *q, const char *name)
{
    for (size_t k = 0; k < q->networks; k++)
        if (q->network[k].name != NULL && strcmp(q->network[k].name, name) == 0)
            return k;
    return VNNLIB_NONE;
}

/* Adds a tensor, whose name, type and shape become the query's, with variables of its own. */
static void add_tensor(vnnlib_query *q, vnnlib_tensor tensor)
{
    tensor.first = q->variables;
    q->tensor = mem_grow(q->tensor, &q->tensor_capacity, q->tensors + 1, sizeof *q->tensor);
    q->variables = mem_sum(q->variables, tensor.count);
    q->tensor[q->tensors++] = tensor;
}

static bool is_type(const reader *r, size_t node)
{
    static const char *const types[] = {"real",     "Real",   "float16", "float32", "float64",
                                        "bfloat16", "int8",   "int16",   "int32",   "int64",
                                        "uint8",    "uint16", "uint32",  "uint64"};
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        if (sexp_is(&r->tree, node, types[k]))
            return true;
    return false;
}

/* The number of elements; false if there are none, or more than can be counted. */
static bool count_elements(vnnlib_tensor *t)
{
    t->count = 1;
    for (size_t k = 0; k < t->dimensions; k++) {
        if (t->extent[k] == 0 || t->count > SIZE_MAX / 64 / t->extent[k])
            return false;
        t->count *= t->extent[k];
    }
    return true;
}

static char *shape_text(const vnnlib_tensor *t)
{
    char *text = mem_copy_string("[");
    for (size_t k = 0; k < t->dimensions; k++) {
        char *longer = mem_printf("%s%s%zu", text, k == 0 ? "" : ",", t->extent[k]);
        free(text);
        text = longer;
    }
    char *whole = mem_printf("%s]", text);
    free(text);
    return whole;
}

/* (declare-input NAME TYPE SHAPE), or -output. */
static bool read_tensor(reader *r, size_t node, bool is_output)
{
    const sexp_tree *tree = &r->tree;
    if (tree->node[node].items != 4)
        return sexp_error(tree, node, r->e,
                          "name, type and shape of a tensor are expected, as in X real [1,5]");
    size_t name = tree->node[tree->node[node].first].next, type = tree->node[name].next,
           shape = tree->node[type].next;
    vnnlib_tensor t = {.name = read_name(r, name), .network = r->q->networks - 1, .is_output = is_output};
    const char *wrong = NULL;
    if (t.name == NULL)
        wrong = "is no name (a letter, then letters, digits and underscores)";
    else if (find_tensor(r->q, t.name, strlen(t.name)) != NULL)
        wrong = "is declared twice (give every tensor a name of its own)";
    else if (!is_type(r, type))
        wrong = "has a type that is not known (use real)";
    else if (tree->node[shape].text == NULL ||
             !read_extents(&tree->node[shape], 0, &t.extent, &t.dimensions) || !count_elements(&t) ||
             r->q->variables > SIZE_MAX / 64 - t.count)
        wrong = "has no proper shape (as in [1,5], or [])";
    if (wrong != NULL) {
        char *shown = sexp_name(tree, name);
        sexp_error(tree, node, r->e, "%s %s", shown, wrong);
        free(shown);
        free(t.name);
        free(t.extent);
        return false;
    }
    t.type = copy_part(tree->node[type].text, tree->node[type].length);
    t.shape = shape_text(&t);
    vnnlib_network *n = &r->q->network[r->q->networks - 1];
    if (!is_output && n->inputs == 0)
        n->input = r->q->variables;
    if (is_output && n->outputs == 0)
        n->output = r->q->variables;
    *(is_output ? &n->outputs : &n->inputs) += t.count;
    add_tensor(r->q, t);
    return true;
}

/* --- networks ------------------------------------------------------------------------------------------- */

/* (equal-to NAME) or (isomorphic-to NAME): an earlier network that refers to none itself. */
static bool read_relation(reader *r, size_t node)
{
    const sexp_tree *tree = &r->tree;
    vnnlib_network *n = &r->q->network[r->q->networks - 1];
    bool same = sexp_begins(tree, node, "equal-to");
    size_t word = tree->node[node].items == 2 ? tree->node[tree->node[node].first].next : SEXP_NONE;
    char *name = word == SEXP_NONE ? NULL : read_name(r, word);
    size_t other = name == NULL ? VNNLIB_NONE : find_network(r->q, name);
    free(name);
    if (other == VNNLIB_NONE || other == r->q->networks - 1)
        return sexp_error(tree, node, r->e, "the name of a network declared before is expected");
    if (r->q->network[other].same_as != VNNLIB_NONE || r->q->network[other].like != VNNLIB_NONE)
        return sexp_error(tree, node, r->e,
                          "the network that is referred to refers to another one itself (name that one)");
    *(same ? &n->same_as : &n->like) = other;
    return true;
}

static bool read_tensors(reader *r, size_t node, size_t item)
{
    const sexp_tree *tree = &r->tree;
    const vnnlib_network *n = &r->q->network[r->q->networks - 1];
    for (; item != SEXP_NONE; item = tree->node[item].next) {
        bool is_output = sexp_begins(tree, item, "declare-output");
        if (sexp_begins(tree, item, "declare-hidden"))
            return sexp_error(tree, item, r->e,
                              "declare-hidden is not supported (assert about outputs only)");
        if (!is_output && (!sexp_begins(tree, item, "declare-input") || n->outputs > 0))
            return sexp_error(tree, item, r->e,
                              "declare-input or declare-output is expected, inputs before outputs");
        if (!read_tensor(r, item, is_output))
            return false;
    }
    return (n->inputs > 0 && n->outputs > 0) ||
           sexp_error(tree, node, r->e, "the network has no input or no output (declare both)");
}

static void add_network(vnnlib_query *q, char *name, long line)
{
    q->network = mem_grow(q->network, &q->network_capacity, q->networks + 1, sizeof *q->network);
    q->network[q->networks++] =
        (vnnlib_network){.name = name, .line = line, .same_as = VNNLIB_NONE, .like = VNNLIB_NONE};
}

bool read_network(reader *r, size_t node)
{
    const sexp_tree *tree = &r->tree;
    size_t word = tree->node[tree->node[node].first].next, item;
    char *name = word == SEXP_NONE ? NULL : read_name(r, word);
    if (name == NULL)
        return sexp_error(tree, node, r->e, "the network has no name (a letter, then letters, digits, _)");
    bool twice = find_network(r->q, name) != VNNLIB_NONE;
    add_network(r->q, name, tree->node[node].line);
    if (twice)
        return sexp_error(tree, node, r->e, "network %s is declared twice", name);
    item = tree->node[word].next;
    if (item != SEXP_NONE &&
        (sexp_begins(tree, item, "equal-to") || sexp_begins(tree, item, "isomorphic-to"))) {
        if (!read_relation(r, item))
            return false;
        item = tree->node[item].next;
    }
    return read_tensors(r, node, item);
}

/* --- version 1.0 ---------------------------------------------------------------------------------------- */

/* X_0, X_1, ... in this order, then Y_0, ...: the order of their declarations, as files have it. */
bool read_constant(reader *r, size_t node)
{
    const sexp_tree *tree = &r->tree;
    vnnlib_query *q = r->q;
    size_t word = tree->node[node].items == 3 ? tree->node[tree->node[node].first].next : SEXP_NONE;
    if (word == SEXP_NONE || !sexp_is(tree, tree->node[word].next, "Real"))
        return sexp_error(tree, node, r->e, "a name and the type Real are expected, as in X_0 Real");
    if (q->networks == 0)
        add_network(q, NULL, tree->node[node].line);
    vnnlib_network *n = &q->network[0];
    char *input = mem_printf("X_%zu", n->inputs), *output = mem_printf("Y_%zu", n->outputs);
    bool is_input = sexp_is(tree, word, input) && n->outputs == 0, is_output = sexp_is(tree, word, output);
    if (is_input || is_output) {
        char *name = mem_copy_string(is_output ? output : input);
        if (is_output && n->outputs == 0)
            n->output = q->variables;
        add_tensor(q, (vnnlib_tensor){.name = name,
                                      .type = mem_copy_string("Real"),
                                      .shape = mem_copy_string("[]"),
                                      .count = 1,
                                      .is_output = is_output});
        *(is_output ? &n->outputs : &n->inputs) += 1;
    } else {
        char *shown = sexp_name(tree, word);
        sexp_error(tree, node, r->e, "%s is declared where %s or %s is expected", shown,
                   n->outputs == 0 ? input : "no further input", output);
        free(shown);
    }
    free(input);
    free(output);
    return is_input || is_output;
}

bool finish_constants(reader *r)
{
    const vnnlib_query *q = r->q;
    return (q->networks == 1 && q->network[0].inputs > 0 && q->network[0].outputs > 0) ||
           error_set(
               r->e, q->file, 0,
               "no inputs X_0, ... or no outputs Y_0, ... are declared (use declare-const, or begin with "
               "(vnnlib-version <2.0>))");
}

/* --- use ------------------------------------------------------------------------------------------------ */

/* The element of the tensor at the index; false where the index is not one of its shape. */
static bool find_element(const vnnlib_tensor *t, const size_t *index, size_t count, size_t *variable)
{
    size_t element = 0;
    if (count != t->dimensions)
        return false;
    for (size_t k = 0; k < count; k++) {
        if (index[k] >= t->extent[k])
            return false;
        element = element * t->extent[k] + index[k];
    }
    *variable = t->first + element;
    return true;
}

bool read_variable(reader *r, size_t node, size_t *variable)
{
    const sexp *word = &r->tree.node[node];
    size_t length = name_length(word), count = 0, *index = NULL;
    const vnnlib_tensor *t = find_tensor(r->q, word->text, length);
    bool indexed = t != NULL && length < word->length;
    bool fits = t != NULL && (!indexed || read_extents(word, length, &index, &count)) &&
                find_element(t, index, count, variable);
    free(index);
    if (fits)
        return true;
    char *shown = sexp_name(&r->tree, node);
    if (t == NULL)
        sexp_error(&r->tree, node, r->e, "%s is neither a number nor a variable that has been declared",
                   shown);
    else
        sexp_error(&r->tree, node, r->e,
                   "%s does not fit the shape of %s, which is %s (indices count from 0)", shown, t->name,
                   t->shape);
    free(shown);
    return false;
}
