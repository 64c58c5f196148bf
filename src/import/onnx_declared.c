/* What an ONNX file declares about its values: see onnx_declared.h. */
#include "import/onnx_declared.h"

#include <stdlib.h>

#include "base/memory.h"

/* Of the kinds of types a file gives one; runtimes take the last. */
static bool is_other_kind(const Onnx__TypeProto *type)
{
    return type->has_sequence_type || type->has_map_type || type->has_opaque_type ||
           type->has_sparse_tensor_type || type->has_optional_type;
}

static bool check_dimensions(const Onnx__TensorShapeProto *shape, const char *name, const char *file,
                             error *e)
{
    for (size_t i = 0; i < shape->n_dim; i++) {
        if (shape->dim[i]->has_dim_value && shape->dim[i]->dim_param != NULL)
            return error_set(e, file, 0, "value '%s': dimension %zu is declared both as %lld and as '%s'",
                             name, i, (long long)shape->dim[i]->dim_value, shape->dim[i]->dim_param);
    }
    return true;
}

/* --- the input ---------------------------------------------------------------------------------------------
 */

static bool input_dimension(const Onnx__DimensionProto *d, const char *name, size_t i, size_t *dim,
                            const char *file, error *e)
{
    if (!d->has_dim_value && i > 0)
        return error_set(
            e, file, 0,
            "input '%s': dimension %zu is not a fixed number (only the first, the batch, may be open)", name,
            i);
    if (d->has_dim_value && d->dim_value < 1)
        return error_set(e, file, 0, "input '%s': dimension %zu is %lld (must be at least 1)", name, i,
                         (long long)d->dim_value);
    *dim = d->has_dim_value ? (size_t)d->dim_value : 1;
    return true;
}

static bool check_input_type(const Onnx__ValueInfoProto *input, const char *file, error *e)
{
    const Onnx__TensorTypeProto *type = input->type == NULL ? NULL : input->type->tensor_type;
    if (type == NULL || is_other_kind(input->type))
        return error_set(e, file, 0, "input '%s' is not a tensor", input->name);
    if (type->elem_type != ONNX_FLOAT && type->elem_type != ONNX_DOUBLE)
        return error_set(e, file, 0, "input '%s' has element type %s (float32 or float64 is expected)",
                         input->name, tensor_type_name(type->elem_type));
    if (type->shape == NULL)
        return error_set(e, file, 0, "input '%s' has no shape", input->name);
    return true;
}

bool declared_input(const Onnx__ValueInfoProto *input, int *type, size_t *rank, size_t **dim,
                    const char *file, error *e)
{
    *dim = NULL;
    if (!check_input_type(input, file, e))
        return false;
    const Onnx__TensorShapeProto *shape = input->type->tensor_type->shape;
    *type = input->type->tensor_type->elem_type;
    *rank = shape->n_dim;
    *dim = mem_alloc(*rank, sizeof **dim);
    bool good = check_dimensions(shape, input->name, file, e);
    for (size_t i = 0; i < *rank && good; i++)
        good = input_dimension(shape->dim[i], input->name, i, &(*dim)[i], file, e);
    return good;
}

/* --- other values ------------------------------------------------------------------------------------------
 */

static bool shape_fits(const Onnx__TensorShapeProto *shape, const tensor *t)
{
    bool fits = shape->n_dim == t->rank;
    for (size_t i = 0; i < t->rank && fits; i++)
        fits = !shape->dim[i]->has_dim_value ||
               (shape->dim[i]->dim_value >= 0 && (uint64_t)shape->dim[i]->dim_value == t->dim[i]);
    return fits;
}

static char *declared_text(const Onnx__TensorShapeProto *shape)
{
    int64_t *dim = mem_alloc(shape->n_dim, sizeof *dim);
    for (size_t i = 0; i < shape->n_dim; i++)
        dim[i] = shape->dim[i]->has_dim_value ? shape->dim[i]->dim_value : -1;
    char *text = shape_text(shape->n_dim, dim);
    free(dim);
    return text;
}

static bool shape_fail(const Onnx__TensorShapeProto *shape, const tensor *t, const char *name,
                       const char *file, error *e)
{
    char *declared = declared_text(shape), *found = tensor_shape_text(t);
    error_set(e, file, 0,
              "value '%s' is declared with shape %s, but the graph gives it %s (the file is damaged)", name,
              declared, found);
    free(declared);
    free(found);
    return false;
}

bool declared_fits(const Onnx__TypeProto *type, const tensor *t, const char *name, const char *file, error *e)
{
    if (type == NULL)
        return true;
    if (is_other_kind(type))
        return error_set(e, file, 0, "value '%s' is declared as no tensor, but is one (the file is damaged)",
                         name);
    const Onnx__TensorTypeProto *own = type->tensor_type;
    if (own == NULL)
        return true;
    if (own->elem_type == 0)
        return error_set(e, file, 0, "value '%s' is declared as a tensor without an element type", name);
    if (own->elem_type != t->type)
        return error_set(
            e, file, 0,
            "value '%s' is declared with element type %s, but the graph gives it %s (the file is "
            "damaged)",
            name, tensor_type_name(own->elem_type), tensor_type_name(t->type));
    if (own->shape == NULL)
        return true;
    return check_dimensions(own->shape, name, file, e) &&
           (shape_fits(own->shape, t) || shape_fail(own->shape, t, name, file, e));
}
