/* Certificates of witnesses: see witness_certificate.h. The search writes a certificate of a bracket; its
 * copy has the lower bound and the point of the witness. */
#include "cli/witness_certificate.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/check_pair.h"
#include "search/copy.h"
#include "search/incumbent.h"
#include "search/writer.h"
#include "target/formula.h"

/* A certificate of a bracket, after as little search as possible; of the point alone where no box is given.
 * The caller frees the text; NULL: failure. */
static char *bracket(const model_pair *p, const witness *w, error *e)
{
    mpq_t *x = w->point[WITNESS_EXACT].x;
    query q = {.f = &p->f.net,
               .g = &p->g.net,
               .f_digest = p->f.digest,
               .g_digest = p->g.digest,
               .lower = p->box_given ? p->box.lower : x,
               .upper = p->box_given ? p->box.upper : x,
               .all_outputs = p->all_outputs,
               .output = p->output};
    search_options options = {.threads = 1, .node_limit = p->box_given};
    search_result result;
    mem_text certificate;
    bool found = search_maximise(&result, &q, &options, mem_text_begin(&certificate), e);
    char *text = mem_text_end(&certificate);
    bool whole = found && result.unwritten.message == NULL;
    if (found && !whole)
        error_move(e, &result.unwritten);
    if (found)
        search_result_clear(&result);
    if (whole)
        return text;
    free(text);
    return NULL;
}

/* Of a formula, the value at the point is all that the certificate says. */
static bool write_point(FILE *out, const model_pair *p, const witness *w, const proof_target *u)
{
    mpq_t *x = w->point[WITNESS_EXACT].x;
    query q = {.f = &p->f.net,
               .g = &p->g.net,
               .f_digest = p->f.digest,
               .lower = x,
               .upper = x,
               .all_outputs = p->all_outputs,
               .output = p->output,
               .formula = &p->formula,
               .formula_name = p->formula_name};
    incumbent found;
    incumbent_init(&found, &q, u);
    search_result result = {
        .output = found.output, .inputs = w->inputs, .point = found.point, .unbounded = true};
    mpq_init(result.lower);
    mpq_set(result.lower, found.value);
    q.lower = p->box_given ? p->box.lower : x;
    q.upper = p->box_given ? p->box.upper : x;
    writer_claim(out, &q, &result);
    bool known = mpq_sgn(found.value) >= 0;
    mpq_clear(result.lower);
    incumbent_clear(&found);
    return known;
}

static char *point_certificate(const model_pair *p, const witness *w, error *e)
{
    mem_text claimed;
    formula u;
    formula_init(&u, &p->formula);
    bool known = write_point(mem_text_begin(&claimed), p, w, &u.target);
    formula_clear(&u);
    char *text = mem_text_end(&claimed);
    if (known)
        return text;
    error_set(e, p->formula_name, 0, "the value at the point is not known closely enough for a certificate");
    free(text);
    return NULL;
}

/* Copies the certificate with the lower bound and the point of the witness. */
static bool put_certificate(FILE *out, char *text, const witness *w, error *e)
{
    const witness_point *p = &w->point[WITNESS_EXACT];
    FILE *from = fmemopen(text, strlen(text), "r");
    if (from == NULL)
        return error_set(e, NULL, 0, "the certificate needs more memory than there is");
    certificate_copy(out, from, &(lower_bound){witness_error(p), p->output, w->inputs, p->x});
    fclose(from);
    return true;
}

/* Whether the text is a certificate whose lower bound is the witness's. */
static bool is_proof(char *text, size_t size, const model_pair *p, const witness *w, error *e)
{
    claim proved = {.inputs = 0};
    FILE *stream = fmemopen(text, size, "r");
    if (stream == NULL)
        return error_set(e, NULL, 0, "the certificate needs more memory than there is");
    line_reader in = {.stream = stream, .name = "certificate"};
    bool good = line_next(&in, e) && check_pair(&proved, NULL, NULL, &in, p, e) == CHECK_VERIFIED &&
                (p->has_formula || mpq_equal(proved.lower, witness_error(&w->point[WITNESS_EXACT])));
    if (proved.inputs > 0)
        claim_clear(&proved);
    line_clear(&in);
    fclose(stream);
    if (!good && e->message == NULL)
        error_set(e, NULL, 0, "the certificate does not prove the value at the point (report this)");
    return good;
}

/* The text of a certificate that says what is to be said about the point; NULL: failure. The caller frees
 * it. */
static char *certificate_text(const model_pair *p, const witness *w, error *e)
{
    if (p->has_formula)
        return point_certificate(p, w, e);
    char *found = bracket(p, w, e);
    if (found == NULL)
        return NULL;
    mem_text copy;
    bool works = put_certificate(mem_text_begin(&copy), found, w, e);
    char *text = mem_text_end(&copy);
    free(found);
    if (works)
        return text;
    free(text);
    return NULL;
}

bool witness_certify(FILE *out, const model_pair *p, const witness *w, error *e)
{
    char *text = certificate_text(p, w, e);
    bool good = text != NULL && is_proof(text, strlen(text), p, w, e);
    if (good)
        fputs(text, out);
    free(text);
    return good;
}
