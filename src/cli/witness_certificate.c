/* Certificates of witnesses: see witness_certificate.h. The search writes a certificate of a bracket; the
 * lower bound and its point, which stand in two lines before the tree, are replaced by those of the witness.
 * No other line depends on them: the tree proves the upper bound alone. */
#include "cli/witness_certificate.h"

#include <stdlib.h>
#include <string.h>

#include "proof/check.h"
#include "search/maximise.h"

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
    claim proved;
    FILE *stream = fmemopen(text, size, "r");
    if (stream == NULL)
        return error_set(e, NULL, 0, "the certificate needs more memory than there is");
    bool good = check_certificate(&proved, stream, "certificate", &p->f.net, p->f.digest, &p->g.net,
                                  p->g.digest, e) == CHECK_VERIFIED &&
                mpq_equal(proved.lower, witness_error(&w->point[WITNESS_EXACT]));
    claim_clear(&proved);
    fclose(stream);
    if (!good && e->message == NULL)
        error_set(e, NULL, 0, "the certificate does not prove the value at the point (report this)");
    return good;
}

bool witness_certify(FILE *out, const model_pair *p, const witness *w, error *e)
{
    char *found = bracket(p, w, e), *text = NULL;
    size_t size;
    FILE *stream = found == NULL ? NULL : open_text(&text, &size, e);
    if (stream == NULL) {
        free(found);
        return false;
    }
    put_certificate(stream, found, w);
    fclose(stream);
    bool good = is_proof(text, size, p, w, e);
    if (good)
        fwrite(text, 1, size, out);
    free(text);
    free(found);
    return good;
}
