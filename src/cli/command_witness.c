/* supcert witness: what two networks do at one point, exactly, and at the float points nearby. */
#include <stdlib.h>

#include "cli/command.h"
#include "cli/json.h"
#include "cli/pair.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/table.h"
#include "cli/witness_certificate.h"
#include "cli/witness_pair.h"
#include "cli/witness_print.h"
#include "number/vector.h"

enum { WITNESS_AT = PAIR_OPTIONS, WITNESS_CERTIFICATE, WITNESS_JSON, WITNESS_CSV, WITNESS_OPTIONS };

static const option witness_options[WITNESS_OPTIONS] = {
    PAIR_OPTION_ROWS("none, the point may lie anywhere"),
    [WITNESS_AT] = {.name = "at",
                    .kind = OPTION_TEXT,
                    .value = "X,Y,...",
                    .help = "the point, one number for each input; must be given"},
    [WITNESS_CERTIFICATE] = {.name = "certificate",
                             .letter = 'o',
                             .kind = OPTION_TEXT,
                             .value = "FILE",
                             .fallback = "none is written",
                             .help = "write a certificate of the value at the point to FILE"},
    [WITNESS_JSON] = {.name = "json", .kind = OPTION_SWITCH, .help = "print one JSON object"},
    [WITNESS_CSV] = {.name = "csv",
                     .kind = OPTION_SWITCH,
                     .help = "print a table: form,quantity,index,inside,decimal,fraction"},
};

static const usage witness_usage = {
    .program = "supcert witness",
    .operands = "F G",
    .least = 2,
    .most = 2,
    .purpose =
        "Tells |f - g| at a point, exactly, and at the float64 and float32 points next to it, for replay.",
    .notes = PAIR_NOTES FORMULA_NOTES
    "\nThe float points are the nearest inside the box; where no such number lies "
    "between the ends of an input, that "
    "is said,\nand the nearest of all is taken. Their coordinates are printed so that "
    "they read back as the same "
    "numbers.\n"
    "\nThe certificate is about the box, with the value at the point as its lower bound, "
    "or about the\npoint alone if no box is given.\n"
    "\nexit status: 0 done; 2 bad usage or input\n",
    .option = witness_options,
    .options = WITNESS_OPTIONS};

static bool check_inside(const model_pair *p, mpq_t *x, error *e)
{
    for (size_t i = 0; i < p->box.inputs && p->box_given; i++) {
        if (mpq_cmp(x[i], p->box.lower[i]) >= 0 && mpq_cmp(x[i], p->box.upper[i]) <= 0)
            continue;
        char *interval = report_box(1, &p->box.lower[i], &p->box.upper[i]);
        error_set(e, NULL, 0, "--at: input %zu lies outside the box, %s (give a point inside, or no box)", i,
                  interval);
        free(interval);
        return false;
    }
    return true;
}

static void print(const model_pair *p, const witness *w, const arguments *a, const error *unwritten)
{
    bool certified = arguments_given(a, WITNESS_CERTIFICATE) && unwritten->message == NULL;
    const char *path = certified ? arguments_text(a, WITNESS_CERTIFICATE) : NULL;
    witness_context context = {.command = "witness", .pair = p, .certificate = path, .unwritten = unwritten};
    if (arguments_given(a, WITNESS_JSON)) {
        json_print(witness_object(w, &context));
    } else if (arguments_given(a, WITNESS_CSV)) {
        witness_print_csv(stdout, w);
    } else {
        witness_print(stdout, w);
        if (path != NULL)
            printf("  %-12s %s\n", "certificate", path);
    }
}

/* A bad path is found out before anything is told; what cannot be written after that costs no answer. */
static bool look(const model_pair *p, mpq_t *x, const arguments *a, error *e)
{
    witness w;
    const char *path = arguments_text(a, WITNESS_CERTIFICATE);
    file_output out = {.stream = NULL};
    error unwritten = ERROR_NONE;
    if (path != NULL && !output_open(&out, path, p->f.path, p->g.path, e))
        return false;
    bool found =
        witness_of_pair(&w, p, x, p->box_given ? p->box.lower : NULL, p->box_given ? p->box.upper : NULL, e);
    if (found) {
        if (path != NULL && witness_certify(out.stream, p, &w, &unwritten))
            file_output_commit(&out, &unwritten);
        print(p, &w, a, &unwritten);
        witness_clear(&w);
    }
    file_output_discard(&out);
    if (unwritten.message == NULL)
        return found;
    error_move(e, &unwritten);
    return false;
}

static int witness_run(const arguments *a, error *e)
{
    static const file_option files[] = {{PAIR_BOX_FILE, FILE_READ}, {WITNESS_CERTIFICATE, FILE_WRITTEN}};
    model_pair pair;
    if (!arguments_given(a, WITNESS_AT)) {
        error_set(e, NULL, 0, "no point is given (write --at X,Y,...)");
        return STATUS_BAD;
    }
    if (arguments_given(a, WITNESS_JSON) && arguments_given(a, WITNESS_CSV)) {
        error_set(e, NULL, 0, "--json and --csv are both given (give one)");
        return STATUS_BAD;
    }
    if (!output_files_apart(a, files, sizeof files / sizeof *files, e) ||
        !pair_read(&pair, a->operand[0], a->operand[1], a, e))
        return STATUS_BAD;
    size_t inputs = pair.f.net.inputs;
    mpq_t *x = vector_new(inputs);
    bool good = table_read_point(x, inputs, "at", arguments_text(a, WITNESS_AT), e) &&
                check_inside(&pair, x, e) && look(&pair, x, a, e);
    vector_free(x, inputs);
    pair_clear(&pair);
    return good ? STATUS_GOOD : STATUS_BAD;
}

const command command_witness = {.name = "witness", .usage = &witness_usage, .run = witness_run};
