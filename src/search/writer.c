/* Writing certificates: see writer.h. */
#include "search/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "number/rational.h"

bool writer_open(writer *w, const pair_system *system, unsigned index, bool wanted, error *e)
{
    *w = (writer){.system = system, .index = index};
    if (!wanted)
        return true;
    w->store = file_temporary(e);
    return w->store != NULL;
}

void writer_begin(writer *w)
{
    for (size_t k = 0; k < w->steps; k++)
        free(w->step[k].text);
    w->steps = 0;
}

void writer_close(writer *w)
{
    writer_begin(w);
    free(w->step);
    if (w->store != NULL)
        fclose(w->store);
    *w = (writer){0};
}

/* The text becomes the writer's. */
static void add_step(writer *w, char *text, double bound)
{
    w->step = mem_grow(w->step, &w->capacity, w->steps + 1, sizeof *w->step);
    w->step[w->steps++] = (tree_step){text, bound};
}

void writer_bound_all(writer *w, bool with_pairs)
{
    add_step(w, mem_copy_string(with_pairs ? "p\n" : "b\n"), TREE_CLOSED);
}

void writer_bound_forward(writer *w, bool with_pairs)
{
    add_step(w, mem_copy_string(with_pairs ? "q\n" : "f\n"), TREE_CLOSED);
}

void writer_bound_deep(writer *w)
{
    add_step(w, mem_copy_string("d\n"), TREE_CLOSED);
}

void writer_bound_exact(writer *w, size_t neuron)
{
    add_step(w, mem_printf("x %zu\n", w->system->name[neuron]), TREE_CLOSED);
}

void writer_reduce(writer *w)
{
    add_step(w, mem_copy_string("r\n"), TREE_CLOSED);
}

void writer_objective(writer *w, bool exact, const objective *o, size_t count, const multiplier *list,
                      double bound)
{
    char *line = NULL;
    size_t size = 0;
    FILE *text = open_memstream(&line, &size);
    if (text == NULL)
        abort();
    fprintf(text, "%c %c%zu", exact ? 'e' : 'o', o->sign < 0 ? '-' : '+', o->output);
    for (size_t k = 0; k < count; k++)
        gmp_fprintf(text, " %zu %Qd", w->system->name[list[k].neuron], list[k].value);
    putc('\n', text);
    fclose(text);
    add_step(w, line, bound);
}

void writer_repeat(writer *w, const tree_step *step)
{
    add_step(w, mem_copy_string(step->text), step->bound);
}

static void store(writer *w, const char *text, tree_text *where)
{
    size_t length = strlen(text);
    if (w->store == NULL)
        return;
    fwrite(text, 1, length, w->store);
    w->end += (long)length;
    where->length += length;
}

static tree_text store_steps(writer *w)
{
    tree_text where = {w->index, w->end, 0};
    for (size_t k = 0; k < w->steps; k++)
        store(w, w->step[k].text, &where);
    return where;
}

static char *split_text(const pair_system *system, const tree_split *split, mpq_srcptr value)
{
    char side = split->upper_first ? '>' : '<';
    if (split->kind == TREE_SIGN)
        return mem_printf("n%c %zu\n", side, system->name[split->index]);
    char *number = rational_text(value), *line = mem_printf("i%c %zu %s\n", side, split->index + 1, number);
    free(number);
    return line;
}

tree_text writer_split(writer *w, const tree_split *split, mpq_srcptr value)
{
    tree_text where = store_steps(w);
    char *line = split_text(w->system, split, value);
    store(w, line, &where);
    free(line);
    return where;
}

tree_text writer_leaf(writer *w)
{
    tree_text where = store_steps(w);
    store(w, ".\n", &where);
    return where;
}

/* --- the certificate
 * ---------------------------------------------------------------------------------------- */

static void write_reference(FILE *out, const query *q)
{
    char *text = q->formula == NULL ? NULL : expression_text(q->formula);
    if (text == NULL)
        fprintf(out, "network g %s\n", q->g_digest);
    else
        fprintf(out, "formula g %s\n", text);
    free(text);
}

void writer_question(FILE *out, const query *q)
{
    fprintf(out, "network f %s\n", q->f_digest);
    write_reference(out, q);
    fprintf(out, "inputs %zu\n", q->f->inputs);
    if (q->all_outputs)
        fputs("outputs all\n", out);
    else
        fprintf(out, "outputs %zu\n", q->output);
    if (q->is_signed)
        fputs("signed\n", out);
    for (size_t i = 0; i < q->f->inputs; i++)
        gmp_fprintf(out, "box %Qd %Qd\n", q->lower[i], q->upper[i]);
}

void writer_claim(FILE *out, const query *q, const search_result *result)
{
    fputs("supcert-certificate 5\n", out);
    writer_question(out, q);
    if (result->unbounded)
        fputs("upper none\n", out);
    else
        gmp_fprintf(out, "upper %Qd\n", result->upper);
    gmp_fprintf(out, "lower %Qd\nat %zu", result->lower, result->output);
    for (size_t i = 0; i < q->f->inputs; i++)
        gmp_fprintf(out, " %Qd", result->point[i]);
    fputs(result->unbounded ? "\nend\n" : "\ntree\n", out);
}

bool writer_copy(FILE *out, const writer *from, const tree_text *text)
{
    char buffer[1 << 14];
    off_t at = text->begin;
    if (fflush(from->store) != 0)
        return false;
    for (size_t left = text->length; left > 0;) {
        ssize_t count = pread(fileno(from->store), buffer, left < sizeof buffer ? left : sizeof buffer, at);
        if (count <= 0)
            return false;
        fwrite(buffer, 1, (size_t)count, out);
        left -= (size_t)count;
        at += count;
    }
    return true;
}

typedef struct emission {
    writer *const *store;
    FILE *out;
    const prover *p;
    double claim; /* rounded down */
    size_t leaves;
} emission;

/* Writes a node without its children; *ends tells that it has become a leaf. */
static bool emit_node(emission *em, const tree_node *node, bool *ends)
{
    *ends = !tree_is_split(node);
    em->leaves += *ends ? node->leaves : 0;
    if (*ends && node->kind != TREE_OPEN)
        return writer_copy(em->out, em->store[node->text.store], &node->text);
    for (size_t k = 0; k < node->steps; k++)
        if (node->step[k].bound <= em->claim)
            fputs(node->step[k].text, em->out);
    *ends |= !*ends && (node->child[0]->kind == TREE_OPEN || node->child[1]->kind == TREE_OPEN);
    if (*ends) {
        fputs(".\n", em->out);
        em->leaves++;
        return true;
    }
    mpq_t value;
    mpq_init(value);
    tree_split_value(value, &node->split, em->p);
    char *line = split_text(em->p->system, &node->split, value);
    mpq_clear(value);
    fputs(line, em->out);
    free(line);
    return true;
}

static bool emit_tree(emission *em, const tree_node *root)
{
    const tree_node *node = root;
    bool ends;
    while (node != NULL) {
        if (!emit_node(em, node, &ends))
            return false;
        if (!ends) {
            node = tree_first(node);
            continue;
        }
        while (node != root && node == tree_second(node->parent))
            node = node->parent;
        node = node == root ? NULL : tree_second(node->parent);
    }
    return true;
}

void writer_finish_crude(FILE *out, const query *q, search_result *result)
{
    size_t first = q->all_outputs ? 0 : q->output, end = q->all_outputs ? network_outputs(q->f) : first + 1;
    writer_claim(out, q, result);
    for (size_t j = first; j < end; j++)
        fprintf(out, q->is_signed ? "e +%zu\n" : "e +%zu\ne -%zu\n", j, j);
    fputs(".\nend\n", out);
    result->leaves = 1;
}

bool writer_finish(writer *const *store, FILE *out, const query *q, search_result *result,
                   const tree_node *root, const prover *p, error *e)
{
    emission em = {store, out, p, rational_double_down(result->upper), 0};
    writer_claim(out, q, result);
    if (result->unbounded)
        return true;
    errno = 0;
    if (!emit_tree(&em, root))
        return error_set(e, NULL, 0, "temporary file: %s (make room where temporary files are kept)",
                         errno != 0 ? strerror(errno) : "it is incomplete");
    fputs("end\n", out);
    result->leaves = em.leaves;
    return true;
}
