/* Reading a network from any supported file: native text, ONNX, NNet; chosen by content, then by suffix. */
#ifndef SUPCERT_IMPORT_IMPORT_H
#define SUPCERT_IMPORT_IMPORT_H

#include "base/error.h"
#include "base/file.h"
#include "network/network.h"

typedef struct import_options {
    bool nnet_normalise; /* apply the input and output normalisation that an NNet file states; without it,
                            they are left out */
} import_options;

typedef struct import_shape {
    size_t rank, *dim; /* owned */
} import_shape;

/* What a file says of its input and output besides their sizes. */
typedef struct import_signature {
    const char *element_type;   /* of the inputs, as ONNX names it ("float32"); NULL where the format has no
                                   types and   no shapes; constant */
    import_shape input, output; /* elements are numbered row by row */
} import_signature;

/* One model file: its network and what names it. */
typedef struct import_model {
    char *path;                    /* owned */
    char digest[FILE_DIGEST_SIZE]; /* SHA-256 of the file's bytes */
    import_signature signature;
    network net;
} import_model;

/* Initialises and fills *model; on failure it is cleared and *e says why. */
bool import_model_read(import_model *model, const char *path, const import_options *options, error *e);
void import_model_clear(import_model *model);

/* Single formats; *net is initialised by the call and cleared on failure. `name` is for messages. `signature`
 * may be NULL; otherwise it is filled, and cleared by the caller, after a failure too. */
bool onnx_read(network *net, import_signature *signature, const char *name, const file_bytes *bytes,
               error *e);
void import_signature_clear(import_signature *signature);
bool nnet_read(network *net, const char *name, const file_bytes *bytes, const import_options *options,
               error *e);

/* The operators that can be read, in the order of the alphabet: the name of number k, or NULL behind the
 * last. The operator set may be of the oldest version, the newest, or any between. */
const char *onnx_operator_name(size_t k);
#define ONNX_OLDEST_OPERATORS 7
#define ONNX_NEWEST_OPERATORS 22 /* whose definitions of these operators have been looked at */

/* Writes ONNX (opset 13, float64). An error if any weight or bias is not exactly a float64. */
bool onnx_write(FILE *out, const network *net, const char *name, error *e);

#endif
