/* Fooling certificates: see certificate.h. */
#include "fool/certificate.h"

#include <stdlib.h>

#include "number/rational.h"

static void put_number(FILE *out, const mpq_t value)
{
    char *text = rational_text(value);
    fprintf(out, " %s", text);
    free(text);
}

static void put_line(FILE *out, const char *word, const mpq_t value)
{
    fputs(word, out);
    put_number(out, value);
    putc('\n', out);
}

static void put_box(FILE *out, const fooling_claim *c)
{
    for (size_t i = 0; i < c->inputs; i++) {
        fputs("box", out);
        put_number(out, c->box_lower[i]);
        put_number(out, c->box_upper[i]);
        putc('\n', out);
    }
}

static void put_class(FILE *out, const fooling_claim *c)
{
    const net_class *h = &c->class;
    fputs("class", out);
    if (!c->has_class) {
        fputs(" none\n", out);
        return;
    }
    if (h->largest)
        fputs(" inf", out);
    else
        put_number(out, h->q);
    put_number(out, h->c);
    fprintf(out, " %zu %zu\n", h->width, h->layers);
}

void certificate_write(FILE *out, const fooling_claim *c)
{
    fprintf(out, "%s\nnetwork u %s\nnetwork v %s\n", FOOLING_FIRST_LINE, c->u_digest, c->v_digest);
    fprintf(out, "model %s\n", c->has_model ? c->model_digest : "none");
    fprintf(out, "samples %zu %s\ninputs %zu\n", c->samples, c->samples_digest, c->inputs);
    put_box(out, c);
    put_line(out, "noise", c->noise);
    put_class(out, c);
    fprintf(out, "at %zu", c->output);
    for (size_t i = 0; i < c->inputs; i++)
        put_number(out, c->point[i]);
    putc('\n', out);
    put_line(out, "difference", c->difference);
    if (c->has_model)
        put_line(out, "miss", c->miss);
    fputs("end\n", out);
}
