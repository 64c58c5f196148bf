/* Certificates of witnesses: see witness_certificate.h. The search writes a certificate of a bracket; its
 * copy has the lower bound and the point of the witness. */
#include "cli/witness_certificate.h"

#include <stdlib.h>
#include <string.h>

#include "cli/check_pair.h"
#include "search/copy.h"
#include "search/incumbent.h"
#include "search/writer.h"
#include "target/formula.h"

static FILE *open_text(char **text, size_t *size, error *e)
{
    FILE *stream = open_memstream(text, size);
    if (stream == NULL)
        error_set(e, NULL, 0, "the certificate needs more memory than there is");
    return stream;
}

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
    char *text = NULL;
    size_t size;
    FILE *stream = open_text(&text, &size, e);
    if (stream == NULL)
        return NULL;
    bool found = search_maximise(&result, &q, &options, stream, e);
    fclose(stream);
    if (found)
        search_result_clear(&result);
    else
        free(text);
    return found ? text : NULL;
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
    char *text = NULL;
    size_t size;
    FILE *stream = open_text(&text, &size, e);
    if (stream == NULL)
        return NULL;
    formula u;
    formula_init(&u, &p->formula);
    bool known = write_point(stream, p, w, &u.target);
    formula_clear(&u);
    fclose(stream);
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
    char *found = bracket(p, w, e), *text = NULL;
    size_t size;
    FILE *stream = found == NULL ? NULL : open_text(&text, &size, e);
    bool works = stream != NULL && put_certificate(stream, found, w, e);
    if (stream != NULL)
        fclose(stream);
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
