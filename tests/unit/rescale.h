/* Networks in other units, for tests over many magnitudes. */
#ifndef SUPCERT_TESTS_RESCALE_H
#define SUPCERT_TESTS_RESCALE_H

#include "network/network.h"

/* Initialises *to: the same function of inputs in units of 2^-input, and outputs times 2^output. */
void network_rescaled(network *to, const network *from, long input, long output);
void network_rescale(network *net, long input, long output);

#endif
