/* Which maximum to search, for what and for how long: see relative_search.h. The lower bounds, which are
 * points and cheap, say which answer is likely, and that says which upper bound is to be proved: max |f-g| at
 * most tolerance · (a value of |g|), or max |g| a little less than (a value of |f-g|) / tolerance. A search
 * for that ends as soon as a point shows it to be wrong, which makes the other answer the likely one. Where
 * it takes long, the other maximum gets its turn, whose bounds may make the question easier, and then both
 * get more nodes. */
#include "search/relative_search.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "number/rational.h"
#include "number/vector.h"
#include "search/contradiction.h"
#include "search/copy.h"
#include "search/limit.h"

/* Nodes of the two first searches, which are to find good points and any upper bounds; of the first search
 * for an answer; and how many times as many the next one gets. */
#define FIRST  1
#define SLICE  4000
#define GROWTH 4

/* Searches for a likely answer after which maxima are searched exactly instead: as good as never. */
#define LIKELY 12

/* One of the two maxima. */
typedef struct side {
    query q;
    const char *about;
    search_result *best; /* what is known */
    bool begun;
    bool sliced; /* the last search was ended because it had its share of nodes */
    mpq_t gap;   /* relative, of the next search of a formula's maximum */
    FILE *proof; /* the certificate of best->upper; NULL: none is wanted, or it is lost */
} side;

typedef struct comparison {
    side difference, reference;
    network *zero; /* owned, but for abandoned threads */
    mpq_srcptr tolerance;
    const search_options *options;
    relative_result *result;
    const side *at; /* which is being searched */
    double started;
    bool wanted;   /* a certificate is */
    bool improved; /* some bound has become better */
    bool over;     /* a limit has been reached, for all searches */
} comparison;

/* --- telling --- */

static void relay_progress(void *context, const search_progress *now)
{
    const comparison *c = context;
    search_progress all = *now;
    all.nodes += c->result->nodes;
    all.seconds = limit_now() - c->started;
    all.about = c->at->about;
    c->options->progress(c->options->progress_context, &all);
}

static void relay_event(void *context, const search_event *event)
{
    const comparison *c = context;
    search_event all = *event;
    all.nodes += c->result->nodes;
    all.seconds = limit_now() - c->started;
    all.about = c->at->about;
    c->options->note(c->options->progress_context, &all);
}

static void relay_warning(void *context, const error *e)
{
    const comparison *c = context;
    c->options->warn(c->options->progress_context, e);
}

/* --- one search --- */

static bool is_exact(const search_result *r)
{
    return !r->unbounded && mpq_equal(r->lower, r->upper);
}

static bool is_better(const search_result *r, const search_result *best)
{
    return !r->unbounded && (best->unbounded || mpq_cmp(r->upper, best->upper) < 0);
}

static void adopt_lower(search_result *best, const search_result *r)
{
    mpq_set(best->lower, r->lower);
    vector_copy(best->point, r->point, r->inputs);
    best->output = r->output;
    best->sign = r->sign;
}

static void adopt_upper(search_result *best, const search_result *r)
{
    mpq_set(best->upper, r->upper);
    best->unbounded = false;
    best->leaves = r->leaves;
}

/* Takes what a search has found over into what is known, and its certificate, where that is the better one.
 * False with *e set where one search refutes another. */
static bool adopt(comparison *c, side *s, search_result *r, FILE *proof, error *e)
{
    search_result *best = s->best;
    bool upper = !s->begun || is_better(r, best), lower = !s->begun || mpq_cmp(r->lower, best->lower) > 0;
    c->improved |= upper || lower;
    if (upper) {
        FILE *worse = s->proof;
        s->proof = proof;
        proof = worse;
    }
    if (proof != NULL)
        fclose(proof);
    if (!s->begun) {
        *best = *r;
        s->begun = true;
        return true;
    }
    if (lower)
        adopt_lower(best, r);
    if (upper)
        adopt_upper(best, r);
    best->nodes += r->nodes;
    best->seconds += r->seconds;
    best->threads = r->threads > best->threads ? r->threads : best->threads;
    for (size_t k = 0; k < SEARCH_PHASES; k++)
        best->spent[k] += r->spent[k];
    search_result_clear(r);
    return best->unbounded || mpq_cmp(best->lower, best->upper) <= 0 ||
           error_set(e, NULL, 0, "internal error: %s (please report the networks and the command)",
                     CONTRADICTION);
}

/* Takes note of what has been spent, and of limits. */
static void account(comparison *c, side *s, const search_result *r)
{
    relative_result *all = c->result;
    size_t limit = c->options->node_limit;
    all->nodes += r->nodes;
    all->threads = r->threads > all->threads ? r->threads : all->threads;
    all->abandoned |= r->abandoned;
    for (size_t k = 0; k < SEARCH_PHASES; k++)
        all->spent[k] += r->spent[k];
    s->sliced = r->ended_by == SEARCH_NODES;
    bool ended = s->sliced ? limit > 0 && all->nodes >= limit : r->ended_by != SEARCH_DONE;
    if (ended && !c->over)
        all->ended_by = r->ended_by;
    c->over |= ended || r->abandoned;
}

/* The limits of a search of at most so many nodes. */
static search_options limits(const comparison *c, size_t nodes)
{
    search_options own = *c->options;
    if (own.node_limit > 0) {
        size_t left = own.node_limit > c->result->nodes ? own.node_limit - c->result->nodes : 1;
        nodes = left < nodes ? left : nodes;
    }
    own.node_limit = nodes;
    if (own.time_limit > 0)
        own.time_limit = fmax(own.time_limit - (limit_now() - c->started), 1e-9);
    return own;
}

/* From the first failure on the comparison goes on without a certificate. */
static void lose_proofs(comparison *c, error *why)
{
    if (c->result->unwritten.message == NULL)
        error_move(&c->result->unwritten, why);
    error_clear(why);
    c->wanted = false;
}

/* A file for the certificate of one search; NULL where none is wanted. */
static FILE *open_proof(comparison *c)
{
    error e = ERROR_NONE;
    FILE *proof = c->wanted ? file_temporary(&e) : NULL;
    if (e.message != NULL)
        lose_proofs(c, &e);
    return proof;
}

static void keep_proof(comparison *c, FILE **proof, search_result *r)
{
    error e = ERROR_NONE;
    if (*proof != NULL && (fflush(*proof) != 0 || ferror(*proof)))
        error_set(&e, NULL, 0, "temporary file: %s (make room where temporary files are kept)",
                  strerror(errno));
    if (r->unwritten.message != NULL)
        error_move(&e, &r->unwritten);
    if (e.message == NULL)
        return;
    lose_proofs(c, &e);
    if (*proof != NULL)
        fclose(*proof);
    *proof = NULL;
}

/* Searches one maximum with at most so many nodes: decides whether it is at most `tolerance`, or, if that is
 * NULL, looks for the maximum. */
static bool search_side(comparison *c, side *s, mpq_srcptr tolerance, size_t nodes, error *e)
{
    search_options own = limits(c, nodes);
    search_result r;
    FILE *proof = open_proof(c);
    own.tolerance = tolerance;
    own.start = s->begun ? s->best->point : NULL;
    if (tolerance == NULL && s->q.formula != NULL)
        own.relative_gap = s->gap;
    own.progress = c->options->progress == NULL ? NULL : relay_progress;
    own.note = c->options->note == NULL ? NULL : relay_event;
    own.warn = c->options->warn == NULL ? NULL : relay_warning;
    own.progress_context = c;
    c->at = s;
    if (!search_maximise(&r, &s->q, &own, proof, e)) {
        if (proof != NULL)
            fclose(proof);
        return false;
    }
    if (tolerance == NULL && r.reached)
        mpq_div_2exp(s->gap, s->gap, 3);
    account(c, s, &r);
    keep_proof(c, &proof, &r);
    return adopt(c, s, &r, proof, e);
}

/* --- which one, and for what --- */

/* The double below the value, if that is at least `least`: short numbers make short certificates. */
static void shorten(mpq_t value, const mpq_t least)
{
    double below = rational_double_down(value);
    mpq_t rounded;
    mpq_init(rounded);
    if (isfinite(below)) {
        mpq_set_d(rounded, below);
        if (mpq_cmp(rounded, least) >= 0)
            mpq_set(value, rounded);
    }
    mpq_clear(rounded);
}

/* Whether the points that are known speak for "within"; `product` becomes tolerance · (lower bound of
 * max |g|). */
static bool is_likely_within(const comparison *c, mpq_t product)
{
    mpq_mul(product, c->tolerance, c->reference.best->lower);
    return mpq_cmp(c->difference.best->lower, product) <= 0;
}

/* A bound of max |g| that proves "missed", a thousandth of what there is room for below the largest such
 * bound. Where it turns out to be exceeded, the room shrinks by that factor. */
static void bound_if_missed(const comparison *c, mpq_t bound)
{
    mpq_srcptr lower = c->reference.best->lower;
    mpq_t room;
    mpq_init(room);
    mpq_div(bound, c->difference.best->lower, c->tolerance);
    mpq_sub(room, bound, lower);
    mpq_div_2exp(room, room, 10);
    mpq_sub(bound, bound, room);
    mpq_clear(room);
    shorten(bound, lower);
}

/* Searches for the likely answer, and if that takes too long looks at the other maximum. */
static bool take_turn(comparison *c, bool exactly, size_t nodes, error *e)
{
    mpq_t bound;
    mpq_init(bound);
    bool within = is_likely_within(c, bound);
    side *first = within ? &c->difference : &c->reference, *other = within ? &c->reference : &c->difference;
    if (within)
        shorten(bound, c->difference.best->lower);
    else if (mpq_sgn(c->tolerance) > 0)
        bound_if_missed(c, bound);
    else
        exactly = true; /* all that is missing is any bound of a formula */
    bool works = search_side(c, first, exactly ? NULL : bound, nodes, e);
    mpq_clear(bound);
    return works &&
           (!first->sliced || c->over || is_exact(other->best) || search_side(c, other, NULL, nodes, e));
}

static bool is_open(comparison *c)
{
    relative_bounds bounds = relative_result_bounds(c->result);
    c->result->verdict = relative_judge(&bounds, c->tolerance);
    return c->result->verdict == RELATIVE_UNDECIDED && !c->over;
}

static bool run_all(comparison *c, error *e)
{
    size_t nodes = SLICE;
    bool works =
        search_side(c, &c->reference, NULL, FIRST, e) && search_side(c, &c->difference, NULL, FIRST, e);
    for (size_t turn = 0; works && is_open(c); turn++) {
        c->improved = c->difference.sliced = c->reference.sliced = false;
        works = take_turn(c, turn >= LIKELY, nodes, e);
        bool sliced = c->difference.sliced || c->reference.sliced;
        c->over |= !sliced && !c->improved;
        if (sliced && nodes <= SIZE_MAX / GROWTH)
            nodes *= GROWTH;
    }
    return works;
}

/* --- beginning and end --- */

static void side_init(side *s, const query *q, const char *about, search_result *best)
{
    *s = (side){.q = *q, .about = about, .best = best};
    mpq_init(s->gap);
    mpq_set_ui(s->gap, 1, 1000);
}

static void begin(comparison *c, const query *q)
{
    query of_g = *q;
    c->zero = mem_alloc(1, sizeof *c->zero);
    network_init_zero(c->zero, q->f->inputs, network_outputs(q->f));
    of_g.f = q->formula != NULL ? c->zero : q->g;
    of_g.f_digest = q->formula != NULL ? RELATIVE_ZERO_DIGEST : q->g_digest;
    of_g.g = c->zero;
    of_g.g_digest = RELATIVE_ZERO_DIGEST;
    side_init(&c->difference, q, "|f - g|", &c->result->difference);
    side_init(&c->reference, &of_g, "|g|", &c->result->reference);
}

/* What abandoned threads still use: reachable, for tools that look for lost memory. */
static network *volatile left_behind;

static void side_clear(side *s)
{
    mpq_clear(s->gap);
    if (s->proof != NULL)
        fclose(s->proof);
}

static void end(comparison *c)
{
    side_clear(&c->difference);
    side_clear(&c->reference);
    if (c->result->abandoned) {
        left_behind = c->zero;
        return;
    }
    network_clear(c->zero);
    free(c->zero);
}

/* Copies the certificate of one maximum, with the best lower bound. */
static bool write_side(FILE *out, const side *s, error *e)
{
    const search_result *r = s->best;
    rewind(s->proof);
    certificate_copy(out, s->proof, &(lower_bound){r->lower, r->output, r->inputs, r->point});
    return !ferror(s->proof) ||
           error_set(e, NULL, 0, "a temporary file cannot be read back (make room where they are kept)");
}

static bool write_all(const comparison *c, FILE *out, error *e)
{
    gmp_fprintf(out, RELATIVE_FIRST_LINE "\ntolerance %Qd\nverdict %s\n", c->tolerance,
                relative_verdict_word(c->result->verdict));
    return write_side(out, &c->difference, e) && write_side(out, &c->reference, e);
}

static void write_certificate(comparison *c, FILE *out)
{
    error e = ERROR_NONE;
    if (c->wanted && !write_all(c, out, &e))
        lose_proofs(c, &e);
    c->result->certified = c->wanted;
}

/* What is said about the run as a whole. */
static void finish(comparison *c)
{
    relative_result *r = c->result;
    r->leaves = r->difference.leaves + r->reference.leaves;
    r->seconds = limit_now() - c->started;
    if (r->verdict != RELATIVE_UNDECIDED)
        r->ended_by = SEARCH_DONE;
}

bool search_relative(relative_result *result, const query *q, mpq_srcptr tolerance,
                     const search_options *options, FILE *certificate, error *e)
{
    *result = (relative_result){.verdict = RELATIVE_UNDECIDED};
    comparison c = {.tolerance = tolerance,
                    .options = options,
                    .result = result,
                    .started = limit_now(),
                    .wanted = certificate != NULL};
    begin(&c, q);
    bool works = run_all(&c, e);
    if (works)
        write_certificate(&c, certificate);
    finish(&c);
    end(&c);
    if (!works)
        relative_result_clear(result);
    return works;
}

relative_bounds relative_result_bounds(const relative_result *r)
{
    const search_result *d = &r->difference, *g = &r->reference;
    return (relative_bounds){d->lower, d->unbounded ? NULL : d->upper, g->lower,
                             g->unbounded ? NULL : g->upper};
}

static void clear_side(search_result *r)
{
    if (r->inputs > 0)
        search_result_clear(r);
}

void relative_result_clear(relative_result *result)
{
    clear_side(&result->difference);
    clear_side(&result->reference);
    error_clear(&result->unwritten);
    *result = (relative_result){.verdict = RELATIVE_UNDECIDED};
}
