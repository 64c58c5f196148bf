/* The option --class Q,C,B,L: a class of networks on a command line. */
#ifndef SUPCERT_CLI_CLASS_OPTION_H
#define SUPCERT_CLI_CLASS_OPTION_H

#include "base/error.h"
#include "proof/class.h"

/* Reads the text into *h, which is initialised. Q is inf or a number of at least 1, C is positive, B and L
 * are whole, B at least 1 and L at least `layers` >= 1. */
bool class_read(net_class *h, const char *text, size_t layers, error *e);

#endif
