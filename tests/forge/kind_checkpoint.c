/* Forged checkpoints: a search that goes on from one must not believe a bound, a tree or a point that is not
 * there. What it then finds is compared with enumeration, and its certificate must be accepted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "number.h"
#include "subject.h"
#include "temporary.h"

enum { FORGERIES = 25 };

static char *path;

static search_options options_of(rng *r)
{
    return (search_options){
        .threads = 1, .time_limit = 2, .node_limit = 1 + rng_below(r, 10), .patience = rng_below(r, 4)};
}

static void report(forge *c, const subject *s, const char *what, const char *text)
{
    exhibit list[] = {{"f.net", subject_text(&s->p.f)},
                      {"g.net", subject_text(&s->p.g)},
                      {"forged.checkpoint", mem_copy_string(text)}};
    forge_untrue(c, what, sizeof list / sizeof *list, list);
}

/* What the search says, and what its certificate proves. */
static void judge(forge *c, const subject *s, const search_result *result, const char *certificate,
                  const char *text)
{
    claim stated;
    if (mpq_cmp(result->lower, s->maximum) > 0 || mpq_cmp(s->maximum, result->upper) > 0)
        report(c, s, "a search goes on to a false bound", text);
    if (subject_check(&stated, s, certificate, strlen(certificate), NULL, NULL) != CHECK_VERIFIED)
        report(c, s, "a search goes on to a certificate that is rejected", text);
    else if (!mpq_equal(stated.lower, result->lower) || !mpq_equal(stated.upper, result->upper))
        report(c, s, "a search goes on to a certificate of another bound", text);
    claim_clear(&stated);
}

/* Goes on from the lines; whether the search takes them. */
static bool put(forge *c, const subject *s, const script *lines)
{
    error e = ERROR_NONE;
    search_result result;
    size_t length, size;
    char *text = script_text(lines, &length), *certificate = NULL;
    FILE *file = fopen(path, "w"), *out = open_memstream(&certificate, &size);
    fwrite(text, 1, length, file);
    fclose(file);
    query q = subject_query(s);
    search_options options = options_of(&c->r);
    options.resume = path;
    bool accepted = search_maximise(&result, &q, &options, out, &e);
    fclose(out);
    if (accepted) {
        judge(c, s, &result, certificate, text);
        search_result_clear(&result);
    }
    error_clear(&e);
    free(certificate);
    free(text);
    return accepted;
}

/* The checkpoint of a search that was stopped; NULL where there is none. */
static char *stopped_search(const subject *s, rng *r)
{
    error e = ERROR_NONE;
    search_result result;
    file_bytes bytes;
    query q = subject_query(s);
    search_options options = options_of(r);
    options.checkpoint = path;
    options.checkpoint_interval = 1000;
    char *text = NULL;
    if (search_maximise(&result, &q, &options, NULL, &e)) {
        search_result_clear(&result);
        if (file_read(&bytes, path, &e)) {
            text = mem_copy_string((const char *)bytes.data);
            file_bytes_clear(&bytes);
        }
    }
    error_clear(&e);
    return text;
}

/* Some open nodes are said to be leaves, or the other way round. */
static void close_nodes(script *lines, rng *r)
{
    for (size_t k = 0; k < lines->count; k++)
        if ((strcmp(lines->line[k], "?") == 0 || line_is_leaf(lines->line[k])) && rng_chance(r, 40))
            script_set(lines, k, mem_copy_string(rng_chance(r, 70) ? "." : "?"));
}

void forge_checkpoint(forge *c)
{
    subject s;
    if (!subject_init(&s, c, rng_chance(&c->r, 20)))
        return;
    path = temporary_file(".checkpoint");
    char *text = stopped_search(&s, &c->r);
    script honest;
    script_init(&honest, text == NULL ? "" : text);
    s.m.donor = &honest;
    if (text != NULL) {
        bool accepted = put(c, &s, &honest);
        forge_honest(c, accepted);
        if (!accepted)
            report(c, &s, "an honest checkpoint is refused", text);
    }
    for (int k = 0; k < FORGERIES && text != NULL; k++) {
        script lines;
        script_copy(&lines, &honest);
        if (rng_chance(&c->r, 50))
            close_nodes(&lines, &c->r);
        for (uint64_t n = rng_below(&c->r, 3); n > 0; n--)
            mutate_script(&lines, &s.m, &c->r);
        forge_tried(c, put(c, &s, &lines));
        script_clear(&lines);
    }
    script_clear(&honest);
    free(text);
    temporary_remove(path);
    subject_clear(&s);
}
