/* Choosing a reader: see import.h. Built with SUPCERT_NATIVE_ONLY, this file knows native text alone and
 * needs none of its neighbours. */
#include "import/import.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "network/native.h"

#ifdef SUPCERT_NATIVE_ONLY

static bool read_foreign(import_model *model, const char *path, const file_bytes *bytes,
                         const import_options *options, error *e)
{
    (void)model, (void)bytes, (void)options;
    return error_set(e, path, 0,
                     "is not native network text, the only format that this program reads (convert it with "
                     "`supcert convert`)");
}

#else

static bool has_suffix(const char *path, const char *suffix)
{
    size_t length = strlen(path), tail = strlen(suffix);
    return length >= tail && strcasecmp(path + length - tail, suffix) == 0;
}

/* Other programs go by the name alone: a file that is one thing by its name and another by its first bytes
 * may be two functions. An ONNX file starts, as a rule, with the field that holds its format version; no text
 * starts with that byte. */
static bool looks_like_onnx(const file_bytes *bytes)
{
    return bytes->size > 0 && bytes->data[0] == 0x08;
}

static bool looks_like_nnet(const file_bytes *bytes)
{
    return bytes->size >= 2 && memcmp(bytes->data, "//", 2) == 0;
}

static bool read_foreign(import_model *model, const char *path, const file_bytes *bytes,
                         const import_options *options, error *e)
{
    bool is_onnx = looks_like_onnx(bytes), is_nnet = looks_like_nnet(bytes);
    if ((is_onnx && has_suffix(path, ".nnet")) || (is_nnet && has_suffix(path, ".onnx")))
        return error_set(e, path, 0,
                         "begins like %s file, which its name denies (rename it, if that is what it is)",
                         is_onnx ? "an ONNX" : "an NNet");
    if (is_onnx || (!is_nnet && has_suffix(path, ".onnx")))
        return onnx_read(&model->net, &model->signature, path, bytes, e);
    if (is_nnet || has_suffix(path, ".nnet"))
        return nnet_read(&model->net, path, bytes, options, e);
    return error_set(e, path, 0, "is no network file (native text, ONNX and NNet are read)");
}

#endif

static bool read_bytes(import_model *model, const char *path, const file_bytes *bytes,
                       const import_options *options, error *e)
{
    if (bytes->size == 0)
        return error_set(e, path, 0, "is empty (a network file is expected)");
    if (native_recognise(bytes))
        return native_read(&model->net, path, bytes, e);
    return read_foreign(model, path, bytes, options, e);
}

bool import_model_read(import_model *model, const char *path, const import_options *options, error *e)
{
    file_bytes bytes;
    *model = (import_model){.path = NULL};
    if (!file_read(&bytes, path, e))
        return false;
    bool good = read_bytes(model, path, &bytes, options, e);
    if (good) {
        model->path = mem_copy_string(path);
        file_digest(model->digest, &bytes);
    } else {
        import_signature_clear(&model->signature);
    }
    file_bytes_clear(&bytes);
    return good;
}

void import_signature_clear(import_signature *signature)
{
    free(signature->input.dim);
    free(signature->output.dim);
    *signature = (import_signature){.element_type = NULL};
}

void import_model_clear(import_model *model)
{
    if (model->path == NULL)
        return;
    network_clear(&model->net);
    import_signature_clear(&model->signature);
    free(model->path);
    *model = (import_model){.path = NULL};
}
