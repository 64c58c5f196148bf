/* A network with a bump added to one of its outputs, as one network. */
#ifndef SUPCERT_FOOL_GRAFT_H
#define SUPCERT_FOOL_GRAFT_H

#include <stddef.h>

#include "fool/bump.h"
#include "network/network.h"

/* Initialises *result as g + sign·bump at output `output`, and g at the others. The layers of g are kept as
 * they are; then come the hidden layers of the bump; the last layer adds. g and the bump have the same
 * inputs; their depths may differ. */
void graft_onto(network *result, const network *g, const bump *b, size_t output, int sign);

/* The same for g in the class of a room and a bump that fits into it: both of the same depth, layer beside
 * layer, each reading the layer before it alone, so that the result is a network of the class. */
void graft_beside(network *result, const network *g, const bump *b, int sign);

#endif
