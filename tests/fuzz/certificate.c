/* Certificates about the networks f.net and g.net beside this file: what is accepted is true, by enumeration
 * of all linear regions. */
#include "enumerate.h"
#include "fuzz.h"
#include "import/import.h"
#include "proof/check.h"

/* More linear programs than all regions of this pair need. */
#define PROGRAMS 100000

static import_model f, g;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    error e = ERROR_NONE;
    import_options options = {.nnet_normalise = false};
    demand(import_model_read(&f, "tests/fuzz/f.net", &options, &e));
    demand(import_model_read(&g, "tests/fuzz/g.net", &options, &e));
    return 0;
}

static void demand_truth(const claim *c)
{
    enumeration truth;
    demand(enumerate_maximum(&truth, &f.net, &g.net, c->box_lower, c->box_upper,
                             c->all_outputs ? EVERY_OUTPUT : c->output, PROGRAMS));
    demand(mpq_cmp(c->lower, truth.maximum) <= 0);
    demand(mpq_cmp(truth.maximum, c->upper) <= 0);
    enumeration_clear(&truth);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    error e = ERROR_NONE;
    claim c;
    FILE *stream = size == 0 ? NULL : fmemopen((void *)(uintptr_t)data, size, "r");
    if (stream == NULL)
        return 0;
    check_subject about = {.f = &f.net, .f_digest = f.digest, .g = &g.net, .g_digest = g.digest};
    bool accepted = check_certificate(&c, stream, "input", &about, &e) == CHECK_VERIFIED;
    demand(accepted == (e.message == NULL));
    if (accepted)
        demand_truth(&c);
    claim_clear(&c);
    fclose(stream);
    error_clear(&e);
    return 0;
}
