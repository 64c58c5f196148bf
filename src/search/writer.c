/* Writing certificates: see writer.h. */
#include "search/writer.h"

#include <errno.h>
#include <string.h>

bool writer_open(writer *w, const pair_system *system, bool wanted, error *e)
{
    *w = (writer){NULL, system};
    if (!wanted)
        return true;
    w->body = tmpfile();
    return w->body != NULL ||
           error_set(e, NULL, 0, "temporary file: %s (set TMPDIR or make room)", strerror(errno));
}

void writer_close(writer *w)
{
    if (w->body != NULL)
        fclose(w->body);
    *w = (writer){0};
}

void writer_split_input(writer *w, size_t input, const mpq_t value, bool upper_first)
{
    if (w->body != NULL)
        gmp_fprintf(w->body, "i%c %zu %Qd\n", upper_first ? '>' : '<', input + 1, value);
}

void writer_split_neuron(writer *w, size_t neuron, bool upper_first)
{
    if (w->body != NULL)
        fprintf(w->body, "n%c %zu\n", upper_first ? '>' : '<', w->system->name[neuron]);
}

void writer_bound_all(writer *w, bool with_pairs)
{
    if (w->body != NULL)
        fputs(with_pairs ? "p\n" : "b\n", w->body);
}

void writer_bound_exact(writer *w, size_t neuron)
{
    if (w->body != NULL)
        fprintf(w->body, "x %zu\n", w->system->name[neuron]);
}

void writer_reduce(writer *w)
{
    if (w->body != NULL)
        fputs("r\n", w->body);
}

void writer_objective(writer *w, bool exact, const objective *o, size_t count, const multiplier *list)
{
    if (w->body == NULL)
        return;
    fprintf(w->body, "%c %c%zu", exact ? 'e' : 'o', o->sign < 0 ? '-' : '+', o->output);
    for (size_t k = 0; k < count; k++)
        gmp_fprintf(w->body, " %zu %Qd", w->system->name[list[k].neuron], list[k].value);
    putc('\n', w->body);
}

void writer_leaf(writer *w)
{
    if (w->body != NULL)
        fputs(".\n", w->body);
}

static void write_claim(FILE *out, const query *q, const search_result *result)
{
    fprintf(out, "supcert-certificate 2\nnetwork f %s\nnetwork g %s\ninputs %zu\n", q->f_digest, q->g_digest,
            q->f->inputs);
    if (q->all_outputs)
        fputs("outputs all\n", out);
    else
        fprintf(out, "outputs %zu\n", q->output);
    for (size_t i = 0; i < q->f->inputs; i++)
        gmp_fprintf(out, "box %Qd %Qd\n", q->lower[i], q->upper[i]);
    gmp_fprintf(out, "upper %Qd\nlower %Qd\nat %zu", result->upper, result->lower, result->output);
    for (size_t i = 0; i < q->f->inputs; i++)
        gmp_fprintf(out, " %Qd", result->point[i]);
    fputs("\ntree\n", out);
}

bool writer_finish(writer *w, FILE *out, const query *q, const search_result *result, error *e)
{
    if (w->body == NULL)
        return true;
    write_claim(out, q, result);
    char buffer[1 << 16];
    size_t count;
    bool works = fflush(w->body) == 0 && !ferror(w->body) && fseek(w->body, 0, SEEK_SET) == 0;
    while (works && (count = fread(buffer, 1, sizeof buffer, w->body)) > 0)
        fwrite(buffer, 1, count, out);
    if (!works || ferror(w->body))
        return error_set(e, NULL, 0, "temporary file: %s (make room where temporary files are kept)",
                         strerror(errno));
    fputs("end\n", out);
    return true;
}
