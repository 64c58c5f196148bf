/* From affine forms to layers of a network. A reader asks for ReLU neurons whose pre-activations are given
 * forms; what it gets back are forms in the new variables. Linear forms cost no layer until they have to be
 * written down: at the outputs, or where putting them into what reads them would cost more than a linear
 * layer. */
#ifndef SUPCERT_IMPORT_LAYERS_H
#define SUPCERT_IMPORT_LAYERS_H

#include <stdbool.h>
#include <stddef.h>

#include "import/affine.h"
#include "network/network.h"

typedef struct layers {
    budget budget;
    affine_space space;
    network *net;   /* borrowed; grows */
    size_t sources; /* inputs and layers so far */
    size_t capacity;
    size_t *first; /* first variable of every source, and one past the last: sources + 1 entries */
    bool *relu;    /* whether the source's values are never negative */
} layers;

/* `net` has been initialised and has no layers; `bytes` is the size of the file, for the budget. */
void layers_init(layers *build, network *net, size_t bytes);
void layers_clear(layers *build);

/* result[i] = max(form[i], 0), each owned by the caller; form[i] may be NULL and gives 0. What needs neurons
 * becomes one layer. Single ReLU neurons pass through. A constant needs no neuron, but gets one if
 * LAYERS_KEEP_CONSTANTS is set and another form of the call needs one: then the layer of a pruned network,
 * where whole rows are zero, stays aligned with that of the original, which comparing the two profits from.
 */
typedef enum layers_constants { LAYERS_FOLD_CONSTANTS, LAYERS_KEEP_CONSTANTS } layers_constants;
void layers_relu(layers *build, size_t count, affine *const *form, layers_constants constants,
                 affine **result);

/* Replaces every form of more than one term by the neuron of a new linear layer that has its value. */
void layers_materialise(layers *build, size_t count, affine **form);

/* How many sources (the inputs and layers) the forms read. */
size_t layers_sources_read(const layers *build, size_t count, affine *const *form);

/* Makes the forms the outputs of the network: a linear layer, unless they are exactly the last layer already.
 */
void layers_finish(layers *build, size_t count, affine *const *form);

#endif
