/* Substituting rows of frames by hand: what becomes of the numbers, and that none is ever cut off where it
 * becomes too large. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "system/frame.h"

#define ONE ((fix)1 << FRAME_BITS)

/* One input x; `count` rows weight_in · x + bias, and a last row that reads them all with weight_out. The
 * objective reads the last row. */
static void make_fan(frame *fr, size_t count, fix weight_in, fix bias, fix weight_out, fix radius)
{
    frame_alloc(fr, 1, count + 1, 1);
    fr->shared = fr->f_end = count + 1;
    fr->column[0] = (frame_column){0, count, mem_alloc(count, sizeof(fix)), NULL};
    for (size_t n = 0; n <= count; n++)
        fr->neuron[n] = n;
    for (size_t n = 0; n < count; n++) {
        fr->column[0].weight[n] = weight_in;
        fr->bias[n] = bias;
        fr->radius[n] = radius;
        fr->column[1 + n] = (frame_column){count, count + 1, mem_alloc(1, sizeof(fix)), NULL};
        fr->column[1 + n].weight[0] = weight_out;
    }
    fr->objective[0].weight[1 + count] = ONE;
}

/* Substitutes all rows but the last. */
static bool reduce_fan(frame *small, const frame *big)
{
    size_t *partner = mem_alloc(big->count, sizeof *partner);
    unsigned char *fate = mem_alloc(big->count, 1);
    for (size_t n = 0; n < big->count; n++)
        partner[n] = SYSTEM_NO_NEURON;
    memset(fate, FRAME_PASS, big->count - 1);
    fate[big->count - 1] = FRAME_KEEP;
    bool works = frame_reduce(small, big, fate, FRAME_BITS, partner);
    free(partner);
    free(fate);
    return works;
}

static void rows_are_substituted(void **state)
{
    (void)state;
    frame big, small;
    make_fan(&big, 3, ONE / 2, ONE / 4, -ONE, 5);
    assert_true(reduce_fan(&small, &big));
    assert_int_equal(small.count, 1);
    assert_int_equal(small.column[0].weight[0], -3 * (ONE / 2));
    assert_int_equal(small.bias[0], -3 * (ONE / 4));
    assert_int_equal(small.radius[0], 15);
    frame_clear(&small);
    frame_clear(&big);
}

/* The sums of the fan: count · weight_in · weight_out for the weight, and likewise for bias and radius. Sums
 * of 2^64 units, or a little more, are nothing or little once cut to 64 bits. */
static void expect_refusal(size_t count, fix weight_in, fix bias, fix weight_out, fix radius)
{
    frame big, small;
    make_fan(&big, count, weight_in, bias, weight_out, radius);
    assert_false(reduce_fan(&small, &big));
    frame_clear(&big);
}

static void large_numbers_are_refused(void **state)
{
    (void)state;
    fix large = ONE << 7; /* 64 · 2^7 · 2^7 = 2^20, that is 2^64 units */
    expect_refusal(64, large, 0, large, 0);
    expect_refusal(64, -large, 0, large, 0);
    expect_refusal(64, large + ONE / 64, 0, large, 0);
    expect_refusal(64, 0, large, large, 0);
    expect_refusal(64, 0, large, -large, 0);
    expect_refusal(64, 0, 0, large, large);
    expect_refusal(2, large, 0, ONE, 0); /* the least that is too large: 2^8 */
}

static void numbers_up_to_the_limit_pass(void **state)
{
    (void)state;
    frame big, small;
    make_fan(&big, 2, (ONE << 7) - 1, 0, ONE, 0);
    assert_true(reduce_fan(&small, &big));
    assert_int_equal(small.column[0].weight[0], (ONE << 8) - 2);
    frame_clear(&small);
    frame_clear(&big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_are_substituted),
                                       cmocka_unit_test(large_numbers_are_refused),
                                       cmocka_unit_test(numbers_up_to_the_limit_pass)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
