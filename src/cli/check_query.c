/* Checking answers: see check_query.h. */
#include "cli/check_query.h"

#include <string.h>

#include "cli/command.h"

/* Options that are about certificates of other kinds. */
static bool refuse_options(const arguments *a, error *e)
{
    static const size_t allowed[] = {PAIR_NNET,   CHECK_NETWORK, CHECK_AS_REAL, CHECK_ANSWER,
                                     CHECK_JUNIT, CHECK_JOBS,    CHECK_JSON};
    for (size_t k = 0; k < a->usage->options; k++) {
        bool fits = !arguments_given(a, k);
        for (size_t m = 0; m < sizeof allowed / sizeof *allowed; m++)
            fits |= k == allowed[m];
        if (!fits)
            return error_set(e, NULL, 0, "--%s and --network do not go together (leave one of them out)",
                             check_options[k].name);
    }
    return a->operands == 2 ||
           error_set(e, NULL, 0,
                     "--network: two operands are expected, the certificate and the specification");
}

/* Which answer is demanded. */
static bool read_wanted(vnnlib_wanted *wanted, const arguments *a, error *e)
{
    const char *word = arguments_text(a, CHECK_ANSWER);
    *wanted = word == NULL ? VNNLIB_EITHER : strcmp(word, "sat") == 0 ? VNNLIB_SAT : VNNLIB_UNSAT;
    return *wanted != VNNLIB_UNSAT || strcmp(word, "unsat") == 0 ||
           error_set(e, NULL, 0, "--answer: '%s' is no answer (write sat or unsat)", word);
}

static check_status check_stream(check_outcome *o, FILE *stream, const char *name, error *e)
{
    line_reader in = {.stream = stream, .name = name};
    check_status status = CHECK_BAD_INPUT;
    if (line_next(&in, e))
        status = vnnlib_check(&o->answer, &in, &o->spec.given, e);
    line_clear(&in);
    return status;
}

check_status check_query_run(check_outcome *o, const arguments *a, error *e)
{
    const option_value *networks = &a->value[CHECK_NETWORK];
    vnnlib_wanted wanted;
    if (!refuse_options(a, e) || !read_wanted(&wanted, a, e) ||
        !specification_read(&o->spec, a->operand[1], networks->text, networks->count,
                            arguments_given(a, CHECK_AS_REAL), arguments_given(a, PAIR_NNET), e))
        return CHECK_BAD_INPUT;
    o->spec.given.wanted = wanted;
    FILE *stream = check_open(a->operand[0], e);
    if (stream == NULL)
        return CHECK_BAD_INPUT;
    check_status status = check_stream(o, stream, a->operand[0], e);
    fclose(stream);
    return status;
}

void check_query_print(FILE *out, const check_outcome *o, const arguments *a)
{
    (void)a;
    const vnnlib_query *q = &o->spec.q;
    if (!o->verified) {
        fprintf(out, "rejected: the certificate proves no answer to this specification\n");
        return;
    }
    fprintf(out, "verified: %s\n", o->answer.sat ? "sat" : "unsat");
    fprintf(out, "  %-12s %s, sha256 %.16s...\n", "specification", o->spec.path, o->spec.digest);
    for (size_t k = 0; k < q->networks; k++) {
        const import_model *m = &o->spec.model[k];
        const char *name = q->network[k].name == NULL ? "network" : q->network[k].name;
        if (q->network[k].same_as == VNNLIB_NONE)
            fprintf(out, "  %-12s %s, sha256 %.16s...\n", name, m->path, m->digest);
    }
    if (!o->answer.sat)
        fprintf(out, "  %-12s %zu parts, %zu nodes, %zu leaves\n", "tree", o->spec.problem.parts,
                o->answer.nodes, o->answer.leaves);
}
