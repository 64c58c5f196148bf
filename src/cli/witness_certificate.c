/* Certificates of witnesses: see witness_certificate.h. The search writes a certificate of a bracket; the
 * lower bound and its point, which stand in two lines before the tree, are replaced by those of the witness.
 * No other line depends on them: the tree proves the upper bound alone. */
#include "cli/witness_certificate.h"

#include <stdlib.h>
#include <string.h>

#include "cli/check_pair.h"
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

static void put_lower(FILE *out, const witness_point *p)
{
    gmp_fprintf(out, "lower %Qd\n", witness_error(p));
}

static void put_point(FILE *out, const witness_point *p, size_t inputs)
{
    fprintf(out, "at %zu", p->output);
    for (size_t i = 0; i < inputs; i++)
        gmp_fprintf(out, " %Qd", p->x[i]);
    fputc('\n', out);
}

static bool starts_with(const char *line, const char *word)
{
    return strncmp(line, word, strlen(word)) == 0;
}

/* Copies the certificate with the lower bound and the point of the witness. */
static void put_certificate(FILE *out, const char *text, const witness *w)
{
    const witness_point *p = &w->point[WITNESS_EXACT];
    bool before = true; /* before the tree */
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        length += text[length] != '\0';
        before = before && !starts_with(text, "tree\n");
        if (before && starts_with(text, "lower "))
            put_lower(out, p);
        else if (before && starts_with(text, "at "))
            put_point(out, p, w->inputs);
        else
            fwrite(text, 1, length, out);
        text += length;
    }
}

/* Whether the text is a certificate whose lower bound is the witness's. */
static bool is_proof(char *text, size_t size, const model_pair *p, const witness *w, error *e)
{
    claim proved = {.inputs = 0};
    FILE *stream = fmemopen(text, size, "r");
    if (stream == NULL)
        return error_set(e, NULL, 0, "the certificate needs more memory than there is");
    line_reader in = {.stream = stream, .name = "certificate"};
    bool good = line_next(&in, e) && check_pair(&proved, NULL, &in, p, e) == CHECK_VERIFIED &&
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
    if (stream != NULL) {
        put_certificate(stream, found, w);
        fclose(stream);
    }
    free(found);
    return text;
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
