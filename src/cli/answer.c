/* Answers in one line: see answer.h. */
#include "cli/answer.h"

#include <gmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/report.h"
#include "number/rational.h"

/* A point of more inputs than this is not told in a line. */
#define POINT_INPUTS 20

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

/* The number as it is told everywhere: as a fraction where that is short, and as a decimal. */
static void put_number(FILE *out, const char *fraction)
{
    mpq_t value;
    mpq_init(value);
    if (rational_parse(value, fraction, strlen(fraction)) == NULL) {
        char *text = report_number(value);
        fputs(text, out);
        free(text);
    }
    mpq_clear(value);
}

static void put_point(FILE *out, const json_t *answer)
{
    const json_t *exact = json_array_get(json_object_get(answer, "witnesses"), 0);
    const json_t *decimals = json_object_get(exact, "decimals");
    size_t inputs = json_array_size(decimals);
    if (inputs == 0 || inputs > POINT_INPUTS) {
        fprintf(out, "at a point of %zu inputs", json_array_size(json_object_get(answer, "point")));
        return;
    }
    fputs("at the point ", out);
    for (size_t i = 0; i < inputs; i++)
        fprintf(out, "%s%s", i == 0 ? "" : ", ", json_string_value(json_array_get(decimals, i)));
}

static void put_tolerance(FILE *out, const json_t *answer)
{
    fputs(", and the tolerance is ", out);
    put_number(out, text_of(answer, "tolerance"));
}

static void put_missed(FILE *out, const json_t *answer)
{
    fputs("|f - g| reaches ", out);
    put_number(out, text_of(answer, "lower"));
    fputc(' ', out);
    put_point(out, answer);
    fprintf(out, ", output %lld", (long long)json_integer_value(json_object_get(answer, "output")));
    put_tolerance(out, answer);
}

/* What is known about `what`, of which the object holds the bounds. */
static void put_bracket(FILE *out, const char *what, const json_t *bounds, const json_t *answer)
{
    bool has_lower = json_is_string(json_object_get(bounds, "lower"));
    bool has_upper = json_is_string(json_object_get(bounds, "upper"));
    fprintf(out, "%s is %s%s", what, has_lower ? "at least " : "", text_of(bounds, "decimal"));
    if (has_upper)
        fprintf(out, "%sat most %s (rounded)", has_lower ? " and " : "", text_of(bounds, "upper_decimal"));
    if (!has_lower && !has_upper)
        fputs("not bounded, or max |g| is 0", out);
    if (json_is_string(json_object_get(answer, "tolerance")))
        put_tolerance(out, answer);
    if (json_is_string(json_object_get(answer, "ended_by")))
        fprintf(out, "; the search was ended by %s", text_of(answer, "ended_by"));
}

char *answer_message(const json_t *answer)
{
    mem_text text;
    const char *verdict = text_of(answer, "verdict");
    FILE *stream = mem_text_begin(&text);
    fprintf(stream, "%s: ", verdict);
    const json_t *relative = json_object_get(answer, "relative");
    if (json_is_object(relative))
        put_bracket(stream, "max |f - g| / max |g|", relative, answer);
    else if (strcmp(verdict, "missed") == 0)
        put_missed(stream, answer);
    else
        put_bracket(stream, "max |f - g|", answer, answer);
    return mem_text_end(&text);
}
