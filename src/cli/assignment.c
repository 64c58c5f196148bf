/* Printing assignments: see assignment.h. */
#include "cli/assignment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"

#define PLACES 60 /* behind the point, of a number that is printed exactly */
#define DIGITS 20 /* of others */

/* value · 10^places, rounded to nearest; whether that is exact. */
static bool scale(mpz_t scaled, const mpq_t value, unsigned long places)
{
    mpz_t rest;
    mpz_init(rest);
    mpz_ui_pow_ui(scaled, 10, places);
    mpz_mul(scaled, scaled, mpq_numref(value));
    mpz_fdiv_qr(scaled, rest, scaled, mpq_denref(value));
    bool exact = mpz_sgn(rest) == 0;
    mpz_mul_2exp(rest, rest, 1);
    if (mpz_cmp(rest, mpq_denref(value)) >= 0)
        mpz_add_ui(scaled, scaled, 1);
    mpz_clear(rest);
    return exact;
}

/* Places with which the number has DIGITS digits or more, or is exact. */
static unsigned long places_of(const mpq_t value)
{
    mpz_t scaled;
    mpz_init(scaled);
    unsigned long places = 0;
    while (!scale(scaled, value, places) && mpz_sizeinbase(scaled, 10) < DIGITS)
        places++;
    mpz_clear(scaled);
    return places;
}

char *assignment_number(const mpq_t value, bool *exact)
{
    mpz_t scaled;
    mpz_init(scaled);
    unsigned long places = PLACES;
    bool whole = scale(scaled, value, places);
    while (whole && places > 0 && mpz_divisible_ui_p(scaled, 10)) {
        mpz_divexact_ui(scaled, scaled, 10);
        places--;
    }
    if (!whole) {
        places = places_of(value);
        scale(scaled, value, places);
    }
    bool negative = mpz_sgn(scaled) < 0;
    mpz_abs(scaled, scaled);
    char *digits = mpz_get_str(NULL, 10, scaled);
    size_t length = strlen(digits), before = length > places ? length - places : 0;
    size_t zeros = places > length ? places - length : 0; /* right behind the point */
    char *result = mem_alloc(mem_sum(mem_sum(length, zeros), 4), 1);
    sprintf(result, "%s%.*s%s", negative ? "-" : "", (int)before, digits, before == 0 ? "0" : "");
    size_t end = strlen(result);
    if (places > 0)
        result[end++] = '.';
    memset(result + end, '0', zeros);
    strcpy(result + end + zeros, digits + before);
    free(digits);
    mpz_clear(scaled);
    if (exact != NULL)
        *exact = whole;
    return result;
}

static bool print_number(FILE *out, const char *before, const mpq_t value, const char *after)
{
    bool exact;
    char *text = assignment_number(value, &exact);
    fprintf(out, "%s%s%s\n", before, text, after);
    free(text);
    return exact;
}

static bool print_tensor(FILE *out, const vnnlib_tensor *t, mpq_t *value)
{
    bool exact = true;
    fprintf(out, "%s %s %s\n", t->name, t->type, t->shape);
    for (size_t i = 0; i < t->count; i++)
        exact &= print_number(out, "", value[t->first + i], "") || t->is_output;
    return exact;
}

/* ((X_0 v) (X_1 v) ... (Y_0 v) ...), one a line. */
static bool print_old(FILE *out, const vnnlib_query *q, mpq_t *value)
{
    bool exact = true;
    for (size_t k = 0; k < q->tensors; k++) {
        char *before = mem_printf("%s(%s ", k == 0 ? "(" : " ", q->tensor[k].name);
        const char *after = k + 1 == q->tensors ? "))" : ")";
        exact &= print_number(out, before, value[q->tensor[k].first], after) || q->tensor[k].is_output;
        free(before);
    }
    return exact;
}

bool assignment_print(FILE *out, const vnnlib_query *q, mpq_t *value)
{
    bool exact = true;
    if (q->is_old)
        return print_old(out, q, value);
    for (size_t k = 0; k < q->tensors; k++)
        exact &= print_tensor(out, &q->tensor[k], value);
    return exact;
}

bool assignment_write(const char *folder, const vnnlib_query *q, mpq_t *value, error *e)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return error_set(e, folder, 0, "the folder cannot be made: %s", strerror(errno));
    for (size_t k = 0; k < q->tensors; k++) {
        file_output out;
        char *path = mem_printf("%s/%s", folder, q->tensor[k].name);
        bool works = file_output_open(&out, path, e);
        if (works) {
            print_tensor(out.stream, &q->tensor[k], value);
            works = file_output_commit(&out, e);
        }
        free(path);
        if (!works)
            return false;
    }
    return true;
}
