/* What a layer will take as integers over one common denominator, counted against a reader's budget before
 * it is built: a few long denominators can make every number of a layer long. */
#ifndef SUPCERT_IMPORT_LAYER_SIZE_H
#define SUPCERT_IMPORT_LAYER_SIZE_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/budget.h"

/* Takes what rows × columns weights and the biases need whatever their values; false if that is too much. */
bool layer_size_take_shape(budget *left, size_t rows, size_t columns);

/* Takes what the digits need once the layer is scaled to its common denominator; false if that is too much.
 */
bool layer_size_take(budget *left, size_t rows, size_t columns, mpq_t *weight, mpq_t *bias);

#endif
