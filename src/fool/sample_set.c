/* Sample sets: see sample_set.h. */
#include "fool/sample_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "network/samples.h"

/* A few bytes of text can denote a long number: what the digits of one file may take, in bytes, is bounded by
 * this and a multiple of the file's size. */
enum { DIGITS_ALWAYS = 1 << 28, DIGITS_PER_BYTE = 64 };

static void reserve(sample_set *s)
{
    if (s->count < s->capacity)
        return;
    size_t old = s->capacity;
    s->line = mem_grow(s->line, &s->capacity, old + 1, sizeof *s->line);
    s->value = mem_resize(s->value, mem_product(s->capacity, s->inputs), sizeof *s->value);
    for (size_t k = old * s->inputs; k < s->capacity * s->inputs; k++)
        mpq_init(s->value[k]);
}

static size_t digits_of(mpq_t *values, size_t count)
{
    size_t limbs = 0;
    for (size_t k = 0; k < count; k++)
        limbs += mpz_size(mpq_numref(values[k])) + mpz_size(mpq_denref(values[k]));
    return limbs * sizeof(mp_limb_t);
}

static bool read_all(sample_set *s, sample_reader *r, error *e)
{
    sample_status status = SAMPLE_READ;
    size_t digits = 0;
    for (;;) {
        reserve(s);
        mpq_t *x = s->value + s->count * s->inputs;
        status = samples_next(r, x, e);
        if (status != SAMPLE_READ)
            return status == SAMPLE_END;
        digits = mem_sum(digits, digits_of(x, s->inputs));
        if (digits > DIGITS_ALWAYS && digits / DIGITS_PER_BYTE > r->bytes)
            return error_set(e, r->name, r->line, "the numbers are too long (write smaller exponents)");
        s->line[s->count++] = r->line;
    }
}

bool sample_set_read(sample_set *s, const char *path, size_t inputs, error *e)
{
    sample_reader r;
    *s = (sample_set){.path = path};
    if (!samples_open(&r, path, inputs, e))
        return false;
    s->inputs = r.inputs;
    bool good = read_all(s, &r, e) && samples_digest(s->digest, &r, e);
    samples_close(&r);
    if (!good)
        sample_set_clear(s);
    return good;
}

void sample_set_clear(sample_set *s)
{
    for (size_t k = 0; k < s->capacity * s->inputs; k++)
        mpq_clear(s->value[k]);
    free(s->value);
    free(s->line);
    *s = (sample_set){.value = NULL};
}

bool sample_set_check_box(const sample_set *s, mpq_t *lower, mpq_t *upper, error *e)
{
    for (size_t k = 0; k < s->count; k++)
        for (size_t i = 0; i < s->inputs; i++) {
            mpq_t *x = &s->value[k * s->inputs + i];
            if (mpq_cmp(*x, lower[i]) < 0 || mpq_cmp(*x, upper[i]) > 0)
                return error_set(e, s->path, s->line[k],
                                 "input %zu of the sample is outside the box (state the box with --box or "
                                 "--box-file)",
                                 i);
        }
    return true;
}
