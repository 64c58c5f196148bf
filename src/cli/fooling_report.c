/* Fooling claims in words: see fooling_report.h. */
#include "cli/fooling_report.h"

#include <stdlib.h>

#include "base/memory.h"
#include "cli/report.h"

#define SHOWN_INPUTS 12

char *fooling_class_text(const net_class *h, size_t inputs)
{
    char *q = h->largest ? mem_copy_string("inf") : report_fraction(h->q), *c = report_fraction(h->c);
    char *text = mem_printf("H(q,c; d,B,L) with q = %s, c = %s, d = %zu, B = %zu, L = %zu", q, c, inputs,
                            h->width, h->layers);
    free(q);
    free(c);
    return text;
}

static void print_number(FILE *out, const char *what, const mpq_t value, const char *note)
{
    char *text = report_number(value);
    fprintf(out, "  %-12s %s%s\n", what, text, note);
    free(text);
}

static void print_point(FILE *out, const fooling_claim *c, size_t outputs)
{
    for (size_t i = 0; i < c->inputs && i < SHOWN_INPUTS; i++) {
        char *text = report_number(c->point[i]);
        fprintf(out, "  %-12s input %zu: %s\n", i == 0 ? "at" : "", i, text);
        free(text);
    }
    if (c->inputs > SHOWN_INPUTS)
        fprintf(out, "  %-12s ... and %zu more inputs\n", "", c->inputs - SHOWN_INPUTS);
    if (outputs > 1)
        fprintf(out, "  %-12s %zu of 0 to %zu\n", "output", c->output, outputs - 1);
}

void fooling_report(FILE *out, const char *verdict, const fooling_claim *c, size_t outputs, bool with_model,
                    const char *box_note)
{
    char *number = report_number(c->difference);
    char *box = report_box(c->inputs, c->box_lower, c->box_upper);
    bool exact = mpq_sgn(c->noise) == 0;
    fprintf(out, "%s: two networks %s on all %zu samples and are %s apart at a point\n", verdict,
            exact ? "agree exactly" : "differ by no more than twice the noise", c->samples, number);
    print_point(out, c, outputs);
    if (with_model)
        print_number(out, "model", c->miss, " away from the first network at this point");
    if (!exact)
        print_number(out, "noise", c->noise, "");
    fprintf(out, "  %-12s %s%s\n", "on the box", box, box_note);
    if (c->has_class) {
        char *text = fooling_class_text(&c->class, c->inputs);
        fprintf(out, "  %-12s both lie in %s\n", "class", text);
        free(text);
    }
    free(box);
    free(number);
}
