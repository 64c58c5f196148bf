/* Comparisons as JSON: see relative_json.h. */
#include "cli/relative_json.h"

#include "cli/json.h"
#include "cli/report.h"

/* Two bounds, either of which may be NULL, as fractions and decimals. */
static void add_bounds(json_t *object, mpq_srcptr lower, mpq_srcptr upper)
{
    json_object_set_new(object, "lower", lower == NULL ? json_null() : json_of_rational(lower));
    json_object_set_new(object, "upper", upper == NULL ? json_null() : json_of_rational(upper));
    json_object_set_new(object, "decimal", lower == NULL ? json_null() : json_of_decimal(lower));
    json_object_set_new(object, "upper_decimal", upper == NULL ? json_null() : json_of_decimal(upper));
}

json_t *relative_json(const relative_bounds *b, relative_verdict verdict, const mpq_t tolerance,
                      size_t output, size_t inputs, mpq_t *point)
{
    json_t *object = json_object(), *reference = json_object();
    mpq_t lower, upper;
    mpq_srcptr least, most;
    mpq_inits(lower, upper, NULL);
    report_ratios(&least, &most, lower, upper, b);
    json_object_set_new(object, "verdict", json_string(relative_verdict_word(verdict)));
    json_object_set_new(object, "tolerance", json_of_rational(tolerance));
    add_bounds(object, least, most);
    mpq_clears(lower, upper, NULL);
    add_bounds(reference, b->reference_lower, b->reference_upper);
    json_object_set_new(reference, "output", json_of_size(output));
    json_object_set_new(reference, "point", json_of_rationals(inputs, point));
    json_object_set_new(object, "reference", reference);
    return object;
}
