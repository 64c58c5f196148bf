/* Damage to the text of certificates and the like. */
#ifndef SUPCERT_TEST_MUTATE_H
#define SUPCERT_TEST_MUTATE_H

#include <stddef.h>

#include "random.h"

/* Changes one place of the text: a digit, a letter, a token or a whole line. Returns the new length, which is
 * at most the old one. */
size_t mutate_text(char *text, size_t length, rng *r);

#endif
