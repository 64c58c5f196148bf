/* From affine forms to layers: see layers.h. */
#include "import/layers.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "import/layer_size.h"
#include "number/vector.h"

static void add_source(layers *build, size_t values, bool relu)
{
    size_t entries = build->capacity;
    build->first = mem_grow(build->first, &build->capacity, build->sources + 2, sizeof *build->first);
    if (entries != build->capacity)
        build->relu = mem_resize(build->relu, build->capacity, sizeof *build->relu);
    build->relu[build->sources] = relu;
    build->first[build->sources + 1] = build->first[build->sources] + values;
    build->sources++;
}

void layers_init(layers *build, network *net, size_t bytes)
{
    *build = (layers){.budget = budget_for_file(bytes), .net = net};
    affine_space_init(&build->space, &build->budget);
    build->first = mem_grow(NULL, &build->capacity, 2, sizeof *build->first);
    build->relu = mem_alloc(build->capacity, sizeof *build->relu);
    build->first[0] = 0;
    add_source(build, net->inputs, false);
}

void layers_clear(layers *build)
{
    affine_space_clear(&build->space);
    free(build->first);
    free(build->relu);
}

static size_t source_of(const layers *build, size_t variable)
{
    size_t low = 0, high = build->sources;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (build->first[middle] <= variable)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Marks the sources that the rows read: allocated (the caller frees it). */
static bool *mark_sources(const layers *build, size_t rows, affine *const *row)
{
    bool *used = mem_alloc(build->sources, sizeof *used);
    for (size_t r = 0; r < rows; r++) {
        for (size_t t = 0; t < row[r]->terms;) {
            size_t s = source_of(build, row[r]->variable[t]);
            used[s] = true;
            while (t < row[r]->terms && row[r]->variable[t] < build->first[s + 1])
                t++;
        }
    }
    return used;
}

size_t layers_sources_read(const layers *build, size_t count, affine *const *form)
{
    bool *used = mark_sources(build, count, form);
    size_t sources = 0;
    for (size_t s = 0; s < build->sources; s++)
        sources += used[s];
    free(used);
    return sources;
}

/* The sources that the rows read, as an increasing list, and the column at which each source starts. */
static size_t list_sources(const layers *build, size_t rows, affine *const *row, size_t *source,
                           size_t *column, size_t *columns)
{
    bool *used = mark_sources(build, rows, row);
    size_t count = 0;
    *columns = 0;
    for (size_t s = 0; s < build->sources; s++) {
        column[s] = *columns;
        if (used[s]) {
            source[count++] = s;
            *columns += build->first[s + 1] - build->first[s];
        }
    }
    free(used);
    return count;
}

static void fill_row(const layers *build, const affine *form, const size_t *column, mpq_t *weight)
{
    size_t s = 0;
    for (size_t t = 0; t < form->terms; t++) {
        size_t v = form->variable[t];
        if (v >= build->first[s + 1])
            s = source_of(build, v);
        mpq_set(weight[column[s] + v - build->first[s]], form->coefficient[t]);
    }
}

static void append_rows(layers *build, size_t rows, affine *const *row, neuron_kind kind, size_t sources,
                        const size_t *source, const size_t *column, size_t columns)
{
    mpq_t *weight = vector_new(mem_product(rows, columns));
    mpq_t *bias = vector_new(rows);
    unsigned char *kinds = mem_alloc(rows, 1);
    memset(kinds, (int)kind, rows);
    for (size_t r = 0; r < rows; r++) {
        fill_row(build, row[r], column, weight + r * columns);
        mpq_set(bias[r], row[r]->constant);
    }
    if (layer_size_take(&build->budget, rows, columns, weight, bias)) {
        network_append(build->net, rows, kinds, sources, source, weight, bias);
        add_source(build, rows, kind == NEURON_RELU);
    }
    vector_free(weight, rows * columns);
    vector_free(bias, rows);
    free(kinds);
}

/* Appends a layer and returns its first variable; with the budget exceeded nothing is appended. */
static size_t append_layer(layers *build, size_t rows, affine *const *row, neuron_kind kind)
{
    size_t first = build->first[build->sources];
    size_t *source = mem_alloc(build->sources, sizeof *source);
    size_t *column = mem_alloc(build->sources, sizeof *column);
    size_t columns;
    size_t sources = list_sources(build, rows, row, source, column, &columns);
    if (layer_size_take_shape(&build->budget, rows, columns))
        append_rows(build, rows, row, kind, sources, source, column, columns);
    free(source);
    free(column);
    return first;
}

/* A single ReLU neuron passes through max(·, 0) unchanged. */
static bool is_relu_neuron(const layers *build, const affine *form)
{
    return affine_is_variable(form) && build->relu[source_of(build, form->variable[0])];
}

static affine *relu_without_neuron(layers *build, affine *form)
{
    if (form == NULL || (affine_is_constant(form) && mpq_sgn(form->constant) <= 0))
        return affine_retain(build->space.zero);
    return affine_retain(form);
}

static bool needs_neuron(const layers *build, const affine *form)
{
    return form != NULL && !affine_is_constant(form) && !is_relu_neuron(build, form);
}

void layers_relu(layers *build, size_t count, affine *const *form, layers_constants constants,
                 affine **result)
{
    affine **row = mem_alloc(count, sizeof(affine *));
    size_t rows = 0;
    bool keep = false;
    for (size_t i = 0; i < count && constants == LAYERS_KEEP_CONSTANTS && !keep; i++)
        keep = needs_neuron(build, form[i]);
    for (size_t i = 0; i < count; i++) {
        bool kept = keep && form[i] != NULL && affine_is_constant(form[i]);
        result[i] = kept || needs_neuron(build, form[i]) ? NULL : relu_without_neuron(build, form[i]);
        if (result[i] == NULL)
            row[rows++] = form[i];
    }
    size_t next = rows == 0 ? 0 : append_layer(build, rows, row, NEURON_RELU);
    for (size_t i = 0; i < count; i++) {
        if (result[i] == NULL)
            result[i] = affine_variable(&build->space, next++);
    }
    free(row);
}

void layers_materialise(layers *build, size_t count, affine **form)
{
    affine **row = mem_alloc(count, sizeof(affine *));
    size_t rows = 0;
    for (size_t i = 0; i < count; i++) {
        if (form[i]->terms > 1)
            row[rows++] = form[i];
    }
    size_t next = rows == 0 ? 0 : append_layer(build, rows, row, NEURON_LINEAR);
    for (size_t i = 0; i < count; i++) {
        if (form[i]->terms <= 1)
            continue;
        affine_release(&build->space, form[i]);
        form[i] = affine_variable(&build->space, next++);
    }
    free(row);
}

static bool is_last_layer(const layers *build, size_t count, affine *const *form)
{
    size_t last = build->sources - 1;
    if (last == 0 || build->first[last + 1] - build->first[last] != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!affine_is_variable(form[i]) || form[i]->variable[0] != build->first[last] + i)
            return false;
    }
    return true;
}

void layers_finish(layers *build, size_t count, affine *const *form)
{
    if (!is_last_layer(build, count, form))
        append_layer(build, count, form, NEURON_LINEAR);
}
