/* What an ONNX model says about itself: see onnx_model.h. */
#include "import/onnx_model.h"

#include <string.h>

#include "import/import.h"
#include "import/onnx_operators.h"

/* The versions of the format in which models name their operator sets and say what each attribute is. */
enum { OLDEST_FORMAT = 3, NEWEST_FORMAT = 13 };

bool onnx_domain_is_standard(const char *domain)
{
    return domain == NULL || domain[0] == '\0' || strcmp(domain, "ai.onnx") == 0;
}

static bool check_format(const Onnx__ModelProto *model, const char *file, error *e)
{
    if (!model->has_ir_version)
        return error_set(e, file, 0,
                         "does not say which version of the ONNX format it has (the file is damaged)");
    if (model->ir_version < OLDEST_FORMAT || model->ir_version > NEWEST_FORMAT)
        return error_set(e, file, 0, "has version %lld of the ONNX format (versions %d to %d are known)",
                         (long long)model->ir_version, OLDEST_FORMAT, NEWEST_FORMAT);
    return true;
}

static bool check_version(int64_t found, int *version, const char *file, error *e)
{
    if (found < ONNX_OLDEST_OPERATORS) /* before, arithmetic had other rules for shapes */
        return error_set(e, file, 0,
                         "uses version %lld of the ONNX operators (convert it to version %d or later)",
                         (long long)found, ONNX_OLDEST_OPERATORS);
    if (found > ONNX_NEWEST_OPERATORS)
        return error_set(
            e, file, 0,
            "uses version %lld of the ONNX operators, which is not known (export it for version %d "
            "or earlier)",
            (long long)found, ONNX_NEWEST_OPERATORS);
    *version = (int)found;
    return true;
}

static bool check_operator_set(const Onnx__ModelProto *model, int *version, const char *file, error *e)
{
    const Onnx__OperatorSetIdProto *own = NULL;
    for (size_t i = 0; i < model->n_opset_import; i++) {
        const Onnx__OperatorSetIdProto *set = model->opset_import[i];
        if (!onnx_domain_is_standard(set->domain))
            continue;
        if (own != NULL)
            return error_set(
                e, file, 0,
                "gives the version of the ONNX operators twice, as %lld and %lld ('' and 'ai.onnx' "
                "are one domain)",
                (long long)own->version, (long long)set->version);
        own = set;
    }
    if (own == NULL)
        return error_set(e, file, 0,
                         "does not say which version of the ONNX operators it uses (the file is damaged)");
    return check_version(own->version, version, file, e);
}

static bool is_called(const Onnx__GraphProto *graph, const char *name)
{
    for (size_t n = 0; n < graph->n_node; n++) {
        const char *type = graph->node[n]->op_type;
        if (type != NULL && strcmp(type, name) == 0)
            return true;
    }
    return false;
}

/* A node whose domain and operator are those of a function calls that function, not ONNX's operator. Nodes of
 * other domains and of operators that cannot be read are refused anyway, so that at most one search for each
 * operator that can be read is made here. */
static bool check_functions(const Onnx__ModelProto *model, const char *file, error *e)
{
    const char *name;
    for (size_t k = 0; (name = onnx_operator_name(k)) != NULL; k++) {
        bool own = false;
        for (size_t i = 0; i < model->n_functions && !own; i++) {
            const Onnx__FunctionProto *f = model->functions[i];
            own = onnx_domain_is_standard(f->domain) && f->name != NULL && strcmp(f->name, name) == 0;
        }
        if (own && is_called(model->graph, name))
            return error_set(
                e, file, 0,
                "brings its own definition of the operator '%s' and uses it (export the model with "
                "its functions inlined)",
                name);
    }
    return true;
}

bool onnx_model_check(const Onnx__ModelProto *model, int *version, const char *file, error *e)
{
    if (model->graph == NULL)
        return error_set(e, file, 0, "is no ONNX model (it contains no graph)");
    if (model->n_training_info > 0)
        return error_set(e, file, 0,
                         "says how it is to be trained, which is not supported (export it for inference)");
    if (model->graph->n_sparse_initializer > 0)
        return error_set(e, file, 0, "has sparse initialisers, which are not supported (store them densely)");
    if (model->graph->n_quantization_annotation > 0)
        return error_set(e, file, 0, "has values that are quantised, which is not supported");
    return check_format(model, file, e) && check_operator_set(model, version, file, e) &&
           check_functions(model, file, e);
}
