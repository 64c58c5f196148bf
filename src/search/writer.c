/* Writing certificates: see writer.h. */
#include "search/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "number/rational.h"

/* The first reason stays. */
static void lose_text(writer *w, int reason)
{
    int none = 0;
    atomic_compare_exchange_strong(w->failure, &none, reason == 0 ? EIO : reason);
}

void writer_open(writer *w, const pair_system *system, unsigned index, bool wanted, atomic_int *failure)
{
    error e = ERROR_NONE;
    *w = (writer){.system = system, .index = index, .failure = failure};
    if (!wanted)
        return;
    w->store = file_temporary(&e);
    if (w->store == NULL)
        lose_text(w, errno);
    error_clear(&e);
}

bool writer_complain(int failure, error *e)
{
    return error_set(e, NULL, 0, "temporary file: %s (make room where temporary files are kept)",
                     strerror(failure));
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
    mem_text line;
    FILE *text = mem_text_begin(&line);
    fprintf(text, "%c %c%zu", exact ? 'e' : 'o', o->sign < 0 ? '-' : '+', o->output);
    for (size_t k = 0; k < count; k++)
        gmp_fprintf(text, " %zu %Qd", w->system->name[list[k].neuron], list[k].value);
    putc('\n', text);
    add_step(w, mem_text_end(&line), bound);
}

void writer_repeat(writer *w, const tree_step *step)
{
    add_step(w, mem_copy_string(step->text), step->bound);
}

/* Once text has been lost, what there is of it only takes up room. */
static void store(writer *w, const char *text, tree_text *where)
{
    size_t length = strlen(text);
    if (w->store == NULL)
        return;
    if (atomic_load(w->failure) == 0 && fwrite(text, 1, length, w->store) != length)
        lose_text(w, errno);
    if (atomic_load(w->failure) != 0 && !w->emptied)
        w->emptied = ftruncate(fileno(w->store), 0) == 0;
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

bool writer_copy(FILE *out, writer *from, const tree_text *text)
{
    char buffer[1 << 14];
    off_t at = text->begin;
    if (atomic_load(from->failure) == 0 && fflush(from->store) != 0)
        lose_text(from, errno);
    for (size_t left = text->length; left > 0 && atomic_load(from->failure) == 0;) {
        ssize_t count = pread(fileno(from->store), buffer, left < sizeof buffer ? left : sizeof buffer, at);
        if (count <= 0) {
            lose_text(from, count < 0 ? errno : 0);
            break;
        }
        fwrite(buffer, 1, (size_t)count, out);
        left -= (size_t)count;
        at += count;
    }
    return atomic_load(from->failure) == 0;
}

typedef struct emission {
    writer *const *store;
    FILE *out;
    const prover *p;
    double claim; /* rounded down */
    size_t leaves;
} emission;

/* The lines of a split node's steps that hold for the claim. */
static void emit_steps(const emission *em, const tree_node *node)
{
    for (size_t k = 0; k < node->steps; k++)
        if (node->step[k].bound <= em->claim)
            fputs(node->step[k].text, em->out);
}

static void emit_split(const emission *em, const tree_node *node)
{
    mpq_t value;
    mpq_init(value);
    tree_split_value(value, &node->split, em->p);
    char *line = split_text(em->p->system, &node->split, value);
    mpq_clear(value);
    fputs(line, em->out);
    free(line);
}

/* Writes a node without its children; *ends tells that it has become a leaf: where these do not prove the
 * claim, the node does so itself, or did when it was a leaf. */
static bool emit_node(emission *em, const tree_node *node, bool *ends)
{
    bool split = tree_is_split(node) && tree_is_split_for(node, em->claim);
    bool was_leaf = tree_is_split(node) && !split && node->before <= em->claim;
    *ends = !split;
    if (split) {
        emit_steps(em, node);
        emit_split(em, node);
        return true;
    }
    bool is_leaf = !tree_is_split(node) && node->kind != TREE_OPEN;
    em->leaves += is_leaf ? node->leaves : 1;
    if (is_leaf || was_leaf) {
        const tree_text *text = was_leaf ? &node->earlier : &node->text;
        return writer_copy(em->out, em->store[text->store], text);
    }
    emit_steps(em, node);
    fputs(".\n", em->out);
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
    if (!emit_tree(&em, root))
        return writer_complain(atomic_load(store[0]->failure), e);
    fputs("end\n", out);
    result->leaves = em.leaves;
    return true;
}
