/* Certificates of parts: see query_part.h. */
#include "query_part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number.h"
#include "number/vector.h"
#include "scratch.h"
#include "subject.h"

/* The pair that the part is about. */
typedef struct part_pair {
    network f, g;
    char f_digest[DIGEST_SIZE], g_digest[DIGEST_SIZE];
    const vnnlib_part *part;
    size_t inputs, outputs;
} part_pair;

static void pair_init(part_pair *p, const vnnlib_given *given, const vnnlib_part *part, const mpq_t weight)
{
    vnnlib_part_pair(&p->f, &p->g, part, given->q, given->model, weight);
    vnnlib_network_digest(p->f_digest, &p->f);
    vnnlib_network_digest(p->g_digest, &p->g);
    p->part = part;
    p->inputs = vnnlib_part_inputs(part);
    p->outputs = network_outputs(&p->f);
}

static void pair_clear(part_pair *p)
{
    network_clear(&p->f);
    network_clear(&p->g);
}

/* The head is right, the upper bound what the forger wants, the tree anything. */
static void write_scratch(script *lines, const part_pair *p, rng *r)
{
    mpq_t upper, lower, *x = vector_new(p->inputs);
    mpq_inits(upper, lower, NULL);
    char *reference = mem_printf("g %s", p->g_digest);
    random_point(x, r, &(box){p->inputs, p->part->lower, p->part->upper, "part"});
    head h = {.f_digest = p->f_digest,
              .reference = reference,
              .all_outputs = true,
              .is_signed = true,
              .inputs = p->inputs,
              .output = rng_below(r, p->outputs),
              .lower_end = p->part->lower,
              .upper_end = p->part->upper,
              .point = x,
              .upper = upper,
              .lower = lower};
    network_difference(lower, &p->f, &p->g, h.output, x);
    if (rng_chance(r, 60)) { /* else 0 */
        mpq_set_si(upper, -1, 1);
        number_scale(upper, -rng_between(r, 0, 300));
    }
    material m = {
        .inputs = p->inputs, .outputs = p->outputs, .names = network_neurons(&p->f) + network_neurons(&p->g)};
    subject_add_box(&m, p->part->lower, p->part->upper, r);
    scratch_head(lines, &h);
    scratch_tree(lines, &m, p->part->lower, p->part->upper, r);
    vector_free(m.value, m.values);
    vector_free(x, p->inputs);
    free(reference);
    mpq_clears(upper, lower, NULL);
}

/* One end of the box moves to a point of it. */
static void shrink_box(mpq_t *lower, mpq_t *upper, const part_pair *p, rng *r)
{
    mpq_t *x = vector_new(p->inputs);
    size_t i = rng_below(r, p->inputs);
    random_point(x, r, &(box){p->inputs, p->part->lower, p->part->upper, "part"});
    mpq_set(rng_chance(r, 50) ? lower[i] : upper[i], x[i]);
    vector_free(x, p->inputs);
}

/* What the search proves of the pair, true as it is: now and then on a part of the box, or of one
 * alternative alone; mostly with a bound that refutes nothing. */
static void write_searched(script *lines, const part_pair *p, rng *r)
{
    error e = ERROR_NONE;
    search_result result;
    search_options options = {.threads = 1, .node_limit = 1 + rng_below(r, 20)};
    mpq_t *lower = vector_new(p->inputs), *upper = vector_new(p->inputs);
    vector_copy(lower, p->part->lower, p->inputs);
    vector_copy(upper, p->part->upper, p->inputs);
    if (rng_chance(r, 30))
        shrink_box(lower, upper, p, r);
    query q = {.f = &p->f,
               .g = &p->g,
               .f_digest = p->f_digest,
               .g_digest = p->g_digest,
               .lower = lower,
               .upper = upper,
               .all_outputs = rng_chance(r, 70),
               .output = rng_below(r, p->outputs),
               .is_signed = true};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (search_maximise(&result, &q, &options, out, &e))
        search_result_clear(&result);
    fclose(out);
    script found;
    script_init(&found, text);
    script_paste(lines, lines->count, &found, 0, found.count);
    script_clear(&found);
    free(text);
    error_clear(&e);
    vector_free(lower, p->inputs);
    vector_free(upper, p->inputs);
}

void query_part_write(script *lines, const vnnlib_given *given, const vnnlib_part *part, rng *r)
{
    part_pair p;
    mpq_t weight;
    mpq_init(weight);
    mpq_set_ui(weight, 1, 1);
    number_scale(weight, number_exponent(r));
    if (part->kind == VNNLIB_MIXED) {
        char *number = number_text(weight);
        script_insert(lines, lines->count, mem_printf("penalty %s", number));
        free(number);
    }
    pair_init(&p, given, part, weight);
    if (rng_chance(r, 60))
        write_scratch(lines, &p, r);
    else
        write_searched(lines, &p, r);
    pair_clear(&p);
    mpq_clear(weight);
}
