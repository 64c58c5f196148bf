/* Classes on the command line: see class_option.h. */
#include "cli/class_option.h"

#include <stdio.h>
#include <string.h>

#include "number/rational.h"

enum { PARTS = 4 };

/* Reads one of the parts; *at moves behind the comma, or to NULL after the last one. */
static const char *take_part(const char **at, size_t *length)
{
    const char *start = *at, *comma = strchr(start, ',');
    *length = comma == NULL ? strlen(start) : (size_t)(comma - start);
    *at = comma == NULL ? NULL : comma + 1;
    return start;
}

static bool read_size(size_t *size, const mpq_t value)
{
    bool fits =
        mpz_cmp_ui(mpq_denref(value), 1) == 0 && mpq_sgn(value) > 0 && mpz_fits_ulong_p(mpq_numref(value));
    *size = fits ? mpz_get_ui(mpq_numref(value)) : 0;
    return fits;
}

/* The four numbers, the first of which may be inf; NULL, or what is wrong. */
static const char *read_parts(mpq_t *part, bool *largest, const char *text)
{
    const char *at = text, *wrong = NULL;
    size_t count = 0, length;
    for (; at != NULL && count < PARTS && wrong == NULL; count++) {
        const char *start = take_part(&at, &length);
        if (count == 0)
            *largest = length == 3 && memcmp(start, "inf", 3) == 0;
        if (count > 0 || !*largest)
            wrong = rational_parse(part[count], start, length);
    }
    return wrong == NULL && (at != NULL || count != PARTS) ? "not four values" : wrong;
}

bool class_read(net_class *h, const char *text, size_t layers, error *e)
{
    char range[80];
    mpq_t part[PARTS];
    for (size_t k = 0; k < PARTS; k++)
        mpq_init(part[k]);
    const char *wrong = read_parts(part, &h->largest, text);
    mpq_set(h->q, part[0]);
    mpq_set(h->c, part[1]);
    if (wrong == NULL && ((!h->largest && mpq_cmp_ui(h->q, 1, 1) < 0) || mpq_sgn(h->c) <= 0))
        wrong = "q is at least 1 and c is positive";
    if (wrong == NULL &&
        (!read_size(&h->width, part[2]) || !read_size(&h->layers, part[3]) || h->layers < layers)) {
        snprintf(range, sizeof range, "B and L are whole, L is at least %zu", layers);
        wrong = range;
    }
    for (size_t k = 0; k < PARTS; k++)
        mpq_clear(part[k]);
    return wrong == NULL || error_set(e, NULL, 0, "--class: '%s': %s (write --class Q,C,B,L)", text, wrong);
}
