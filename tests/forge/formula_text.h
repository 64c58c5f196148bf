/* Formulas to forge about: undefined as far as intervals see on the whole box but not on its parts, with
 * kinks exactly at the middle of boxes and where splits are, with dead units, and with sizes over 2^±200. */
#ifndef SUPCERT_TESTS_FORGE_FORMULA_TEXT_H
#define SUPCERT_TESTS_FORGE_FORMULA_TEXT_H

#include <stddef.h>

#include "random.h"

/* `outputs` formulas of inputs that are about 2^input in size. Owned by the caller. */
char *forged_formula(rng *r, size_t inputs, size_t outputs, long input);

#endif
