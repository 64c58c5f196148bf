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

/* One model file: its network and what names it. */
typedef struct import_model {
    char *path;                    /* owned */
    char digest[FILE_DIGEST_SIZE]; /* SHA-256 of the file's bytes */
    const char *element_type;      /* of the inputs, as ONNX names it ("float32"); NULL where the format has
                                      none; constant */
    network net;
} import_model;

/* Initialises and fills *model; on failure it is cleared and *e says why. */
bool import_model_read(import_model *model, const char *path, const import_options *options, error *e);
void import_model_clear(import_model *model);

/* Single formats; *net is initialised by the call and cleared on failure. `name` is for messages;
 * *element_type becomes that of the inputs. */
bool onnx_read(network *net, const char **element_type, const char *name, const file_bytes *bytes, error *e);
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
