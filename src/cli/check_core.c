/* Checking a certificate from the command line: see check_core.h. */
#include "cli/check_core.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "cli/check_demands.h"
#include "cli/check_fooling.h"
#include "cli/check_jobs.h"
#include "cli/check_pair.h"
#include "cli/check_query.h"
#include "cli/check_relative.h"
#include "cli/command.h"
#include "cli/junit_report.h"
#include "cli/receipt.h"
#include "cli/report.h"

const option check_options[CHECK_ALL_OPTIONS] = {
    PAIR_OPTION_ROWS("the certificate's, which is printed"),
    [CHECK_AT_MOST] = {.name = "at-most",
                       .kind = OPTION_NUMBER,
                       .value = "Q",
                       .help = "fail unless the claim implies that |f-g| <= Q everywhere"},
    [CHECK_AT_LEAST] = {.name = "at-least",
                        .kind = OPTION_NUMBER,
                        .value = "Q",
                        .help = "fail unless the claim implies that |f-g| >= Q somewhere"},
    [CHECK_SAMPLES] = {.name = "samples",
                       .kind = OPTION_TEXT,
                       .value = "FILE",
                       .help = "the samples that a fooling certificate is about"},
    [CHECK_MODEL] = {.name = "model",
                     .kind = OPTION_TEXT,
                     .value = "NET",
                     .help = "the model that a fooling certificate is about: check by how much it misses F"},
    [CHECK_MISS] = {.name = "miss-at-least",
                    .kind = OPTION_NUMBER,
                    .value = "Q",
                    .help = "fail unless the claim implies that |model-F| >= Q somewhere"},
    [CHECK_NOISE] = {.name = "noise",
                     .kind = OPTION_NUMBER,
                     .value = "Q",
                     .least = "0",
                     .fallback = "0",
                     .help =
                         "of a fooling certificate: allow that F and G differ by up to 2Q on the samples"},
    [CHECK_CLASS] = {.name = "class",
                     .kind = OPTION_TEXT,
                     .value = "Q,C,B,L",
                     .help =
                         "of a fooling certificate: fail unless it implies that F and G lie in this class"},
    [CHECK_SHARDS] = {.name = "shards",
                      .kind = OPTION_WHOLE,
                      .value = "N",
                      .least = "1",
                      .help = "divide the check into N parts, and do one of them: --shard K"},
    [CHECK_SHARD] = {.name = "shard",
                     .kind = OPTION_WHOLE,
                     .value = "K",
                     .least = "1",
                     .help = "which part, 1 to N; only all N together prove the claim"},
    [CHECK_RECEIPT] = {.name = "receipt",
                       .kind = OPTION_TEXT,
                       .value = "FILE",
                       .help = "write to FILE that this part has been verified"},
    [CHECK_COMBINE] = {.name = "combine",
                       .kind = OPTION_SWITCH,
                       .help = "verify that the files RECEIPT are receipts of all parts of CERT"},
    [CHECK_NETWORK] = NETWORK_OPTION_ROW,
    [CHECK_AS_REAL] = AS_REAL_OPTION_ROW,
    [CHECK_ANSWER] = {.name = "answer",
                      .kind = OPTION_TEXT,
                      .value = "WORD",
                      .fallback = "either",
                      .help = "fail unless the answer to the specification is this one, sat or unsat"},
    [CHECK_RELATIVE] = {.name = "relative",
                        .kind = OPTION_SWITCH,
                        .help =
                            "the Q of --at-most and --at-least is a multiple of the largest |g| on the box; "
                            "needs a relative certificate"},
    [CHECK_JUNIT] = JUNIT_OPTION_ROW,
    [CHECK_JOBS] = {.name = "jobs",
                    .kind = OPTION_WHOLE,
                    .value = "N",
                    .fallback = "one per processor, where that is sooner",
                    .least = "1",
                    .help = "check by at most N processes at once"},
    [CHECK_JSON] = {.name = "json", .kind = OPTION_SWITCH, .help = "print one JSON object"},
};

const char check_operands[] = "CERT F G [RECEIPT...] | CERT SPEC --network NAME=FILE";
const char check_purpose[] =
    "Checks a certificate about the networks F and G and prints the claim that it proves.";
const char check_notes[] = PAIR_NOTES FORMULA_NOTES
    "\nThe demands are about the box of --box or --box-file, and about output J alone with --output J, else "
    "about "
    "all\noutputs: --at-most is implied by a bound on a larger box or of all outputs, --at-least by a point "
    "in the "
    "box, at\nsuch an output. Without these two the certificate must be about exactly that box and that "
    "output.\n"
    "A relative certificate (`supcert decide --relative`) compares the largest |f-g| with "
    "the largest |g|; with --relative\nthe demands are about their ratio.\n"
    "A fooling certificate (`supcert fool`) says that F and G agree on all "
    "samples and differ at a point; it needs --samples.\n"
    "Its box must lie in that of --box, and its noise be within --noise.\n"
    "\nOther certificates can be checked in parts, as in --shards 4 --shard 1 "
    "--receipt 1.receipt, on several machines.\n"
    "CERT F G 1.receipt 2.receipt 3.receipt 4.receipt --combine then verifies that "
    "no part is missing, and the demands.\n"
    "\nexit status: 0 verified, and all demands implied; 1 rejected, or a "
    "demand is not implied; 2 bad usage or input\n";

/* --- the run
 * ---------------------------------------------------------------------------------------------------- */

FILE *check_open(const char *path, error *e)
{
    struct stat about;
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        error_set(e, path, 0, "cannot be opened: %s", strerror(errno));
    } else if (fstat(fileno(stream), &about) == 0 && S_ISDIR(about.st_mode)) {
        error_set(e, path, 0, "is a directory (a certificate is expected)");
        fclose(stream);
        return NULL;
    }
    return stream;
}

/* The options that are for fooling certificates alone. */
static bool refuse_fooling_options(const arguments *a, error *e)
{
    for (size_t k = CHECK_SAMPLES; k <= CHECK_CLASS; k++)
        if (arguments_given(a, k))
            return error_set(e, a->operand[0], 1,
                             "is no fooling certificate, so --%s has no meaning (leave it out)",
                             check_options[k].name);
    return true;
}

/* The options that are for relative certificates alone. */
static bool refuse_relative_option(const arguments *a, error *e)
{
    return !arguments_given(a, CHECK_RELATIVE) ||
           error_set(e, a->operand[0], 1,
                     "is no relative certificate, so --relative has no meaning (make one with decide "
                     "--relative)");
}

/* What the receipts must be about, or what one says about the run. */
static receipt receipt_of(const check_outcome *o, const arguments *a)
{
    receipt r = {.nnet_normalise = arguments_given(a, PAIR_NNET), .shard = 1, .shards = 1};
    if (o->in_parts) {
        r.shard = o->part.shard;
        r.shards = o->part.shards;
    }
    memcpy(r.certificate, o->digest, DIGEST_SIZE);
    return r;
}

static check_status combine(check_outcome *o, const arguments *a, error *e)
{
    receipt wanted = receipt_of(o, a);
    receipt_status status = receipts_combine(&wanted, a->operand + 3, a->operands - 3, e);
    o->part.shards = wanted.shards;
    return status == RECEIPTS_COMPLETE  ? CHECK_VERIFIED
           : status == RECEIPTS_LACKING ? CHECK_REJECTED
                                        : CHECK_BAD_INPUT;
}

/* How many processes check the whole of a certificate of so many leaves. */
static size_t jobs_of(const arguments *a, size_t leaves)
{
    size_t most = a->value[CHECK_JOBS].whole;
    if (!arguments_given(a, CHECK_JOBS))
        return check_jobs_for(leaves);
    return leaves < 1 ? 1 : most < leaves ? most : leaves;
}

static check_status check_tree(check_outcome *o, const arguments *a, line_reader *in, error *e)
{
    bool whole = !o->in_parts && !o->combined;
    size_t leaves = o->part.expected, jobs = whole ? jobs_of(a, leaves) : 1;
    demand asked = check_demand(o, a);
    check_status status;
    if (jobs > 1) {
        status = check_pair_jobs(&o->claim, o->digest, jobs, leaves, &asked, in, &o->pair, e);
    } else {
        status = check_pair(&o->claim, whole ? NULL : &o->part, &asked, in, &o->pair, e);
        digest_text(o->digest, in->digest);
    }
    if (status == CHECK_NOT_IMPLIED)
        check_demands(o, a, e);
    return status;
}

static check_status check_maximum(check_outcome *o, const arguments *a, line_reader *in, error *e)
{
    const char *path = arguments_text(a, CHECK_RECEIPT);
    check_status status = o->relative ? check_relative_run(o, a, in, e) : check_tree(o, a, in, e);
    if (status == CHECK_VERIFIED && o->combined)
        status = combine(o, a, e);
    if (status == CHECK_VERIFIED && path != NULL) {
        receipt r = receipt_of(o, a);
        if (!receipt_write(&r, path, e))
            status = CHECK_BAD_INPUT;
    }
    return status;
}

/* The options that are about parts; `why` says why there are none. */
static bool refuse_part_options(const arguments *a, const char *why, error *e)
{
    for (size_t k = CHECK_SHARDS; k <= CHECK_COMBINE; k++)
        if (arguments_given(a, k))
            return error_set(e, a->operand[0], 1, "%s, so --%s has no meaning (leave it out)", why,
                             check_options[k].name);
    return true;
}

/* Whether the options and the pair suit the kind of certificate. */
static bool are_options_for(const check_outcome *o, const arguments *a, error *e)
{
    if (o->fooling)
        return refuse_part_options(a, "is a fooling certificate, which has no parts", e) &&
               refuse_relative_option(a, e) && pair_needs_networks(&o->pair, "a fooling certificate", e);
    return refuse_fooling_options(a, e) &&
           (o->relative ? refuse_part_options(a, "is a relative certificate, which is checked as a whole", e)
                        : refuse_relative_option(a, e));
}

/* Counts the leaves, where the stream can be read twice; parts of the tree can then be told apart. */
static bool count_leaves(check_outcome *o, FILE *stream, error *e, const char *name)
{
    struct stat about;
    if (fstat(fileno(stream), &about) != 0 || !S_ISREG(about.st_mode))
        return !o->in_parts ||
               error_set(e, name, 0, "cannot be read twice, as --shards needs (name a regular file)");
    o->part.expected = shard_count_leaves(stream);
    rewind(stream);
    return true;
}

/* The first line tells what kind of certificate it is. */
static check_status check_stream(check_outcome *o, const arguments *a, FILE *stream, error *e)
{
    if (!count_leaves(o, stream, e, a->operand[0]))
        return CHECK_BAD_INPUT;
    line_reader in = {.stream = stream, .name = a->operand[0], .digest = digest_new()};
    digest_state *digest = in.digest;
    check_status status = CHECK_BAD_INPUT;
    if (line_next(&in, e)) {
        o->fooling = line_rest_is(&in, FOOLING_FIRST_LINE);
        o->relative = line_rest_is(&in, RELATIVE_FIRST_LINE);
        if (are_options_for(o, a, e))
            status = o->fooling ? check_fooling_run(o, a, &in, e) : check_maximum(o, a, &in, e);
    }
    line_clear(&in);
    digest_free(digest);
    return status;
}

/* Which part the options ask for. */
static bool read_part(check_outcome *o, const arguments *a, error *e)
{
    size_t shards = a->value[CHECK_SHARDS].whole, shard = a->value[CHECK_SHARD].whole;
    o->in_parts = arguments_given(a, CHECK_SHARDS);
    o->combined = arguments_given(a, CHECK_COMBINE);
    o->part = (check_part){.shards = o->in_parts ? shards : 1, .shard = shard};
    if (o->in_parts != arguments_given(a, CHECK_SHARD))
        return error_set(e, NULL, 0, "--shards and --shard go together (give both, or neither)");
    if (o->in_parts && shard > shards)
        return error_set(e, NULL, 0, "--shard: %zu is out of range (1 to %zu, the number of shards)", shard,
                         shards);
    if (o->combined && (o->in_parts || arguments_given(a, CHECK_RECEIPT)))
        return error_set(
            e, NULL, 0,
            "--combine puts receipts together that are there (leave out --shards, --shard, --receipt)");
    if (o->combined && arguments_given(a, CHECK_JOBS))
        return error_set(e, NULL, 0, "--combine checks no leaves that --jobs could share (leave it out)");
    if (!o->combined && a->operands > 3)
        return error_set(e, NULL, 0, "too many operands (receipts are read with --combine)");
    if (o->combined && a->operands == 3)
        return error_set(e, NULL, 0, "no receipts are given (name those of all shards after CERT F G)");
    if (arguments_given(a, CHECK_RELATIVE) && !arguments_given(a, CHECK_AT_MOST) &&
        !arguments_given(a, CHECK_AT_LEAST))
        return error_set(e, NULL, 0, "--relative is about --at-most and --at-least (add one of them)");
    return true;
}

/* The options that are about specifications alone. */
static bool refuse_query_options(const arguments *a, error *e)
{
    for (size_t k = CHECK_AS_REAL; k <= CHECK_ANSWER; k++)
        if (arguments_given(a, k))
            return error_set(e, NULL, 0, "--%s is about specifications (give --network NAME=FILE, too)",
                             check_options[k].name);
    return true;
}

static check_status check_about_pair(check_outcome *o, const arguments *a, error *e)
{
    if (a->operands < 3) {
        error_set(e, NULL, 0, "too few operands (CERT F G, or CERT SPEC with --network NAME=FILE)");
        return CHECK_BAD_INPUT;
    }
    if (!refuse_query_options(a, e) || !read_part(o, a, e) ||
        !pair_read(&o->pair, a->operand[1], a->operand[2], a, e))
        return CHECK_BAD_INPUT;
    FILE *stream = check_open(a->operand[0], e);
    if (stream == NULL)
        return CHECK_BAD_INPUT;
    check_status status = check_stream(o, a, stream, e);
    fclose(stream);
    return status;
}

int check_core_run(check_outcome *o, const arguments *a, error *e)
{
    *o = (check_outcome){.is_query = arguments_given(a, CHECK_NETWORK)};
    class_init(&o->class);
    check_status status = o->is_query ? check_query_run(o, a, e) : check_about_pair(o, a, e);
    o->verified = status == CHECK_VERIFIED;
    o->not_implied = status == CHECK_NOT_IMPLIED;
    return status == CHECK_BAD_INPUT ? STATUS_BAD : o->verified ? STATUS_GOOD : STATUS_REFUTED;
}

void check_outcome_clear(check_outcome *o)
{
    class_clear(&o->class);
    if (o->is_query) {
        vnnlib_answer_clear(&o->answer);
        specification_clear(&o->spec);
        return;
    }
    pair_clear(&o->pair);
    if (!o->relative && o->claim.inputs > 0)
        claim_clear(&o->claim);
    relative_clear(&o->compared);
    fooling_clear(&o->fooled);
    import_model_clear(&o->model);
}

/* --- words
 * ------------------------------------------------------------------------------------------------------ */

/* What is said behind the claim's box, if it is not the one asked for; the caller frees it. */
static char *box_note(const check_outcome *o)
{
    const box *asked = &o->pair.box;
    const claim *c = &o->claim;
    if (!o->pair.box_given)
        return mem_copy_string(" (the certificate's own; demand one with --box)");
    bool same = true;
    for (size_t i = 0; i < c->inputs; i++)
        same = same && mpq_equal(asked->lower[i], c->box_lower[i]) &&
               mpq_equal(asked->upper[i], c->box_upper[i]);
    if (same)
        return NULL;
    char *text = report_box(asked->inputs, asked->lower, asked->upper);
    char *note = mem_printf(" (the certificate's own; demanded is %s)", text);
    free(text);
    return note;
}

static void print_demand(FILE *out, const check_outcome *o, const arguments *a, size_t which)
{
    bool relative = arguments_given(a, CHECK_RELATIVE);
    if (arguments_given(a, which))
        fprintf(out, "  %-12s %s%s is %s %s%s\n", "implies", o->in_parts ? "with the other shards, " : "",
                relative ? "max |f - g|" : "|f - g|",
                which == CHECK_AT_MOST ? "at most"
                : relative             ? "at least"
                                       : "somewhere at least",
                arguments_text(a, which), relative ? " times max |g|" : "");
}

void check_core_print(FILE *out, const check_outcome *o, const arguments *a)
{
    if (o->not_implied) {
        fprintf(out, "not implied: right or wrong, the certificate does not say what is asked for\n");
        return;
    }
    if (o->is_query) {
        check_query_print(out, o, a);
        return;
    }
    if (!o->verified) {
        fprintf(out, o->combined ? "rejected: the receipts prove nothing about these networks\n"
                                 : "rejected: the certificate proves nothing about these networks\n");
        return;
    }
    if (o->fooling) {
        check_fooling_print(out, o, a);
        return;
    }
    const claim *c = &o->claim;
    relative_bounds bounds = relative_bounds_of(&o->compared);
    char *note = box_note(o);
    statement s = {.lower = c->lower,
                   .upper = c->unbounded ? NULL : c->upper,
                   .all_outputs = c->all_outputs,
                   .outputs = network_outputs(&o->pair.f.net),
                   .output = c->output,
                   .inputs = c->inputs,
                   .box_lower = c->box_lower,
                   .box_upper = c->box_upper,
                   .point = c->point,
                   .box_note = note,
                   .relative = o->relative ? &bounds : NULL};
    char *verdict = o->in_parts ? mem_printf("carried out shard %zu of %zu of a certificate that says",
                                             o->part.shard, o->part.shards)
                                : mem_copy_string("verified");
    report_statement(out, verdict, &s);
    free(verdict);
    free(note);
    if (o->relative)
        check_relative_print(out, o);
    print_demand(out, o, a, CHECK_AT_MOST);
    print_demand(out, o, a, CHECK_AT_LEAST);
    fprintf(out, "  %-12s %s, sha256 %.16s...\n", "f", o->pair.f.path, o->pair.f.digest);
    if (o->pair.has_formula)
        report_formula(out, o->pair.formula_text);
    else
        fprintf(out, "  %-12s %s, sha256 %.16s...\n", "g", o->pair.g.path, o->pair.g.digest);
    fprintf(out, "  %-12s %zu nodes, %zu leaves\n", "proof", c->nodes, c->leaves);
    if (o->combined)
        fprintf(out, "  %-12s verified, by the receipts of all %zu\n", "shards", o->part.shards);
    if (o->in_parts)
        fprintf(out,
                "  %-12s %zu leaves; the claim is proved only together with all %zu shards (see --combine)\n",
                "this shard", o->part.own_leaves, o->part.shards);
}
