/* Boxes: see box.h. */
#include "cli/box.h"

#include <string.h>

#include "base/text.h"
#include "cli/table.h"
#include "number/rational.h"
#include "number/vector.h"

/* "L,U" for all inputs. */
static bool read_ends(box *b, const char *ends, error *e)
{
    const char *comma = strchr(ends, ',');
    if (comma == NULL)
        return error_set(e, NULL, 0, "--box: '%s' is no pair of numbers (write --box L,U)", ends);
    const char *reason = rational_parse(b->lower[0], ends, (size_t)(comma - ends));
    if (reason == NULL)
        reason = rational_parse(b->upper[0], comma + 1, strlen(comma + 1));
    if (reason != NULL)
        return error_set(e, NULL, 0, "--box: '%s': %s (write --box L,U)", ends, reason);
    if (mpq_cmp(b->lower[0], b->upper[0]) > 0)
        return error_set(e, NULL, 0,
                         "--box: the lower end is above the upper end in '%s' (write the smaller first)",
                         ends);
    for (size_t i = 1; i < b->inputs; i++) {
        mpq_set(b->lower[i], b->lower[0]);
        mpq_set(b->upper[i], b->upper[0]);
    }
    return true;
}

static bool read_rows(box *b, table_reader *t, error *e)
{
    mpq_t end[2];
    mpq_inits(end[0], end[1], NULL);
    bool good = true;
    size_t row = 0;
    while (good && table_next(t)) {
        good = row < b->inputs ||
               error_set(e, t->name, t->line, "more lines than the networks have inputs (%zu)", b->inputs);
        good = good && table_row(t, end, 2, "write a line 'lower upper' for each input", e);
        if (good && mpq_cmp(end[0], end[1]) > 0)
            good = error_set(e, t->name, t->line,
                             "the lower end is above the upper end (write the smaller first)");
        if (good) {
            mpq_set(b->lower[row], end[0]);
            mpq_set(b->upper[row++], end[1]);
        }
    }
    mpq_clears(end[0], end[1], NULL);
    if (good && row < b->inputs)
        return error_set(e, t->name, t->line,
                         "the box has %zu of %zu intervals (write a line 'lower upper' for each input)", row,
                         b->inputs);
    return good;
}

static bool read_file(box *b, const char *path, error *e)
{
    file_bytes bytes;
    if (!text_read(&bytes, path, e))
        return false;
    table_reader t;
    table_init(&t, path, &bytes);
    bool good = read_rows(b, &t, e);
    file_bytes_clear(&bytes);
    return good;
}

static void fill_unit_cube(box *b)
{
    for (size_t i = 0; i < b->inputs; i++)
        mpq_set_ui(b->upper[i], 1, 1);
}

bool box_read(box *b, size_t inputs, const char *ends, const char *path, error *e)
{
    *b = (box){.inputs = inputs};
    if (ends != NULL && path != NULL)
        return error_set(e, NULL, 0, "--box and --box-file are both given (give one)");
    b->lower = vector_new(inputs);
    b->upper = vector_new(inputs);
    bool good = true;
    if (ends != NULL)
        good = read_ends(b, ends, e);
    else if (path != NULL)
        good = read_file(b, path, e);
    else
        fill_unit_cube(b);
    if (!good)
        box_clear(b);
    return good;
}

void box_clear(box *b)
{
    vector_free(b->lower, b->inputs);
    vector_free(b->upper, b->inputs);
    *b = (box){.inputs = 0};
}
