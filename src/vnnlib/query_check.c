/* Checking answers: see query_check.h. */
#include "vnnlib/query_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "network/native.h"
#include "number/vector.h"

typedef struct query_checker {
    line_reader *in;
    const vnnlib_given *given;
    vnnlib_answer *answer;
    error *e;
} query_checker;

void vnnlib_network_digest(char digest[DIGEST_SIZE], const network *net)
{
    mem_text form;
    native_write(mem_text_begin(&form), net);
    char *text = mem_text_end(&form);
    file_digest(digest, &(file_bytes){(unsigned char *)text, form.length});
    free(text);
}

/* Networks have no name in version 1.0. */
static const char *network_name(const vnnlib_query *q, size_t k)
{
    return q->network[k].name == NULL ? "-" : q->network[k].name;
}

void vnnlib_write_head(FILE *out, const vnnlib_given *given, bool sat)
{
    fprintf(out, VNNLIB_FIRST_LINE "\nspecification %s\n", given->digest);
    for (size_t k = 0; k < given->q->networks; k++)
        fprintf(out, "network %s %s\n", network_name(given->q, k), given->model_digest[k]);
    fprintf(out, "answer %s\n", sat ? "sat" : "unsat");
}

static bool fail(const query_checker *c, const char *what)
{
    return line_error(c->in, c->e, what);
}

/* A line of a word and a digest, which must be this one. */
static bool read_digest(query_checker *c, const char *word, const char *name, const char *digest)
{
    char stated[DIGEST_SIZE];
    if (!line_next(c->in, c->e) || !line_word(c->in, word, c->e) ||
        (name != NULL && !line_word(c->in, name, c->e)) || !line_digest(c->in, stated, c->e) ||
        !line_finish(c->in, c->e))
        return false;
    return strcmp(stated, digest) == 0 ||
           error_set(c->e, c->in->name, c->in->number,
                     "the certificate is about another %s%s%s, with SHA-256 %s (yours has %s)", word,
                     name == NULL ? "" : " ", name == NULL ? "" : name, stated, digest);
}

static bool read_head(query_checker *c)
{
    const vnnlib_given *given = c->given;
    if (!line_finish(c->in, c->e) || !read_digest(c, "specification", NULL, given->digest))
        return false;
    for (size_t k = 0; k < given->q->networks; k++)
        if (!read_digest(c, "network", network_name(given->q, k), given->model_digest[k]))
            return false;
    if (!line_next(c->in, c->e) || !line_word(c->in, "answer", c->e))
        return false;
    c->answer->sat = line_rest_is(c->in, "sat");
    return c->answer->sat || (line_word(c->in, "unsat", c->e) && line_finish(c->in, c->e));
}

/* The values of every input tensor; the assertions must hold for them and the outputs that they give. */
static bool check_sat(query_checker *c)
{
    const vnnlib_query *q = c->given->q;
    for (size_t k = 0; k < q->tensors; k++) {
        const vnnlib_tensor *t = &q->tensor[k];
        if (t->is_output)
            continue;
        if (!line_next(c->in, c->e) || !line_word(c->in, "input", c->e) || !line_word(c->in, t->name, c->e))
            return false;
        for (size_t i = 0; i < t->count; i++)
            if (!line_rational(c->in, c->answer->value[t->first + i], c->e))
                return false;
        if (!line_finish(c->in, c->e))
            return false;
    }
    vnnlib_outputs(c->answer->value, q, c->given->model);
    return vnnlib_holds(q, c->answer->value) || fail(c, "the assertions do not hold for these inputs");
}

/* What refutes the part: its margins are all below 0 on its box, or one that must be above 0 is at most 0. */
static demand refutation(const vnnlib_part *part, const mpq_t zero)
{
    return (demand){.box_lower = part->lower,
                    .box_upper = part->upper,
                    .all_outputs = true,
                    .outputs = part->alternatives,
                    .most = zero,
                    .strictly = part->kind == VNNLIB_REACH};
}

/* The demand is known to be of an upper bound. */
static void say_gap(const query_checker *c, const demand *asked, const claim *stated)
{
    fail(c, demand_judge(asked, stated).gap == DEMAND_BOUND
                ? "the part's bound does not exclude that its margins reach 0"
                : "the part's certificate is about another box, or not about all alternatives");
}

/* penalty K, of a part of both kinds. */
static bool read_penalty(query_checker *c, mpq_t weight)
{
    return line_next(c->in, c->e) && line_word(c->in, "penalty", c->e) &&
           line_rational(c->in, weight, c->e) && line_finish(c->in, c->e) &&
           (mpq_sgn(weight) > 0 || fail(c, "the penalty must be positive"));
}

static bool verify_part(query_checker *c, const vnnlib_part *part, const mpq_t weight)
{
    network f, g;
    char f_digest[DIGEST_SIZE], g_digest[DIGEST_SIZE];
    claim stated;
    vnnlib_part_pair(&f, &g, part, c->given->q, c->given->model, weight);
    vnnlib_network_digest(f_digest, &f);
    vnnlib_network_digest(g_digest, &g);
    check_subject about = {.f = &f, .f_digest = f_digest, .g = &g, .g_digest = g_digest};
    mpq_t zero;
    mpq_init(zero);
    demand asked = refutation(part, zero);
    check_mode mode = {.is_signed = true, .is_section = true, .demand = &asked};
    check_status status = check_lines(&stated, c->in, &about, mode, c->e);
    if (status == CHECK_NOT_IMPLIED)
        say_gap(c, &asked, &stated);
    mpq_clear(zero);
    c->answer->nodes += stated.nodes;
    c->answer->leaves += stated.leaves;
    claim_clear(&stated);
    network_clear(&f);
    network_clear(&g);
    return status == CHECK_VERIFIED;
}

/* Every part in order; none may be missing. */
static bool check_unsat(query_checker *c)
{
    const vnnlib_problem *problem = c->given->problem;
    size_t parts;
    mpq_t weight;
    if (!line_next(c->in, c->e) || !line_word(c->in, "parts", c->e) || !line_size(c->in, &parts, c->e) ||
        !line_finish(c->in, c->e))
        return false;
    if (parts != problem->parts)
        return error_set(c->e, c->in->name, c->in->number, "the specification has %zu parts", problem->parts);
    mpq_init(weight);
    bool proved = true;
    for (size_t k = 0; k < parts && proved; k++) {
        bool mixed = problem->part[k].kind == VNNLIB_MIXED;
        proved = (!mixed || read_penalty(c, weight)) && line_next(c->in, c->e) &&
                 verify_part(c, &problem->part[k], weight);
    }
    mpq_clear(weight);
    return proved;
}

static bool read_end(query_checker *c)
{
    if (!line_next(c->in, c->e) || !line_word(c->in, "end", c->e) || !line_finish(c->in, c->e))
        return false;
    return getc(c->in->stream) == EOF || fail(c, "text after the end of the certificate");
}

static check_status check_answer(query_checker *c)
{
    if (!read_head(c))
        return CHECK_REJECTED;
    vnnlib_wanted wanted = c->given->wanted;
    if (wanted != VNNLIB_EITHER && c->answer->sat != (wanted == VNNLIB_SAT)) {
        error_set(c->e, c->in->name, c->in->number, "the answer is not the one that is asked for");
        return CHECK_NOT_IMPLIED;
    }
    bool proved = (c->answer->sat ? check_sat(c) : check_unsat(c)) && read_end(c);
    return proved ? CHECK_VERIFIED : CHECK_REJECTED;
}

check_status vnnlib_check(vnnlib_answer *answer, line_reader *in, const vnnlib_given *given, error *e)
{
    query_checker c = {.in = in, .given = given, .answer = answer, .e = e};
    *answer = (vnnlib_answer){.variables = given->q->variables};
    answer->value = vector_new(answer->variables);
    if (!line_word(in, "supcert-query", e) || !line_word(in, "1", e))
        return CHECK_BAD_INPUT;
    check_status status = check_answer(&c);
    return ferror(in->stream) ? CHECK_BAD_INPUT : status;
}

void vnnlib_answer_clear(vnnlib_answer *answer)
{
    vector_free(answer->value, answer->variables);
    *answer = (vnnlib_answer){.sat = false};
}
