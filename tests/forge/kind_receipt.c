/* Forged certificates checked in parts, and forged receipts: all parts together accept what the whole check
 * accepts and nothing else, and receipts stand for it only if none is missing and all are about it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/receipt.h"
#include "number.h"
#include "subject.h"
#include "temporary.h"

enum { FORGERIES = 40, SETS = 60, MOST = 5 };

static char *path[MOST]; /* of receipts */

/* --- parts of a certificate --- */

static bool part_accepts(const subject *s, const char *text, size_t length, check_part *part)
{
    claim stated;
    bool accepted = subject_check(&stated, s, text, length, part, NULL) == CHECK_VERIFIED;
    claim_clear(&stated);
    return accepted;
}

static size_t count_leaves(const script *s)
{
    size_t leaves = 0;
    for (size_t k = 0; k < s->count; k++)
        leaves += strcmp(s->line[k], ".") == 0;
    return leaves;
}

/* All parts by themselves; true if every one accepts. */
static bool parts_accept(const subject *s, const char *text, size_t length, size_t leaves, size_t shards)
{
    bool all = true;
    for (size_t k = 1; k <= shards && all; k++) {
        check_part part = {.shards = shards, .shard = k, .expected = leaves};
        all = part_accepts(s, text, length, &part);
    }
    return all;
}

static void report(forge *c, const subject *s, const char *what, const char *text)
{
    exhibit list[] = {{"f.net", subject_text(&s->p.f)},
                      {"g.net", subject_text(&s->p.g)},
                      {"forged.cert", mem_copy_string(text)}};
    forge_untrue(c, what, sizeof list / sizeof *list, list);
}

static bool put(forge *c, const subject *s, const script *lines)
{
    claim stated;
    size_t length;
    char *text = script_text(lines, &length);
    script read;
    script_init(&read, text);
    bool whole = subject_check(&stated, s, text, length, NULL, NULL) == CHECK_VERIFIED;
    bool parts = parts_accept(s, text, length, count_leaves(&read), 1 + rng_below(&c->r, MOST));
    if (whole != parts)
        report(c, s, "parts and the whole differ", text);
    else if (whole && !subject_is_true(s, &stated, &read))
        report(c, s, "a false claim is verified", text);
    script_clear(&read);
    claim_clear(&stated);
    free(text);
    return parts;
}

static void forge_upper(script *lines, const subject *s, rng *r)
{
    size_t at = script_find(lines, 0, "upper");
    mpq_t upper;
    mpq_init(upper);
    mpq_set(upper, s->maximum);
    number_lower(upper, r);
    char *number = number_text(upper);
    if (at < lines->count)
        script_set(lines, at, mem_printf("upper %s", number));
    free(number);
    mpq_clear(upper);
}

static void forge_parts(forge *c)
{
    subject s;
    if (!subject_init(&s, c, false))
        return;
    char *text = subject_certificate(&s, &c->r);
    script honest;
    script_init(&honest, text == NULL ? "" : text);
    s.m.donor = &honest;
    if (text != NULL)
        forge_honest(c, put(c, &s, &honest));
    for (int k = 0; k < FORGERIES && text != NULL; k++) {
        script lines;
        script_copy(&lines, &honest);
        if (rng_chance(&c->r, 60))
            forge_upper(&lines, &s, &c->r);
        for (uint64_t n = rng_below(&c->r, 4); n > 0; n--)
            mutate_script(&lines, &s.m, &c->r);
        forge_tried(c, put(c, &s, &lines));
        script_clear(&lines);
    }
    script_clear(&honest);
    free(text);
    subject_clear(&s);
}

/* --- sets of receipts --- */

typedef struct receipts {
    script each[MOST];
    size_t count;
} receipts;

static const char *const digests[] = {"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                                      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdee"};

/* An honest set of N receipts. */
static void write_receipts(receipts *set, rng *r)
{
    *set = (receipts){.count = 1 + rng_below(r, MOST)};
    for (size_t k = 0; k < set->count; k++) {
        char *text = mem_printf("supcert-receipt 1\ncertificate %s\nreading plain\nshard %zu of %zu\nend\n",
                                digests[0], k + 1, set->count);
        script_init(&set->each[k], text);
        free(text);
    }
}

/* One receipt says something else, is another one's copy, or is missing. */
static void forge_receipt_of(receipts *set, rng *r)
{
    size_t k = rng_below(r, set->count), other = rng_below(r, set->count);
    script *s = &set->each[k];
    static const material nothing = {.inputs = 1, .outputs = 1};
    if (s->count < 5) /* it has lost lines already */
        return;
    switch (rng_below(r, 7)) {
    case 0:
        script_set(s, 1, mem_printf("certificate %s", digests[1]));
        break;
    case 1:
        script_set(s, 2, mem_copy_string("reading nnet-normalise"));
        break;
    case 2:
        script_set(s, 3, mem_printf("shard %zu of %zu", other + 1, set->count));
        break;
    case 3:
        script_set(s, 3, mem_printf("shard %zu of %zu", k + 1, set->count + rng_below(r, 2) + 1));
        break;
    case 4: /* the last one in the place of this */
        if (set->count > 1) {
            script_clear(s);
            *s = set->each[--set->count];
        }
        break;
    case 5:
        script_remove(s, rng_below(r, s->count), s->count);
        break;
    default:
        mutate_script(s, &nothing, r);
    }
}

/* Whether the texts, read by their letters, are receipts of all parts of the certificate. */
static bool is_complete(char *const *text, size_t count)
{
    for (size_t shards = 1; shards <= 2 * MOST; shards++) {
        size_t matching = 0, seen = 0;
        for (size_t k = 0; k < count; k++)
            for (size_t shard = 1; shard <= shards; shard++) {
                char *wanted =
                    mem_printf("supcert-receipt 1\ncertificate %s\nreading plain\nshard %zu of %zu\nend\n",
                               digests[0], shard, shards);
                if (strcmp(text[k], wanted) == 0) {
                    matching++;
                    seen |= (size_t)1 << shard;
                }
                free(wanted);
            }
        if (matching == count && seen == ((size_t)1 << (shards + 1)) - 2)
            return true;
    }
    return false;
}

static bool put_receipts(forge *c, const receipts *set)
{
    error e = ERROR_NONE;
    char *text[MOST];
    for (size_t k = 0; k < set->count; k++) {
        size_t length;
        text[k] = script_text(&set->each[k], &length);
        FILE *out = fopen(path[k], "w");
        fwrite(text[k], 1, length, out);
        fclose(out);
    }
    receipt wanted = {.nnet_normalise = false};
    memcpy(wanted.certificate, digests[0], DIGEST_SIZE);
    bool accepted = receipts_combine(&wanted, (const char *const *)path, set->count, &e) == RECEIPTS_COMPLETE;
    if (accepted && !is_complete(text, set->count)) {
        exhibit list[MOST];
        static const char *const names[MOST] = {"1.receipt", "2.receipt", "3.receipt", "4.receipt",
                                                "5.receipt"};
        for (size_t k = 0; k < set->count; k++)
            list[k] = (exhibit){names[k], mem_copy_string(text[k])};
        forge_untrue(c, "receipts are taken for all parts", set->count, list);
    }
    for (size_t k = 0; k < set->count; k++)
        free(text[k]);
    error_clear(&e);
    return accepted;
}

static void clear_receipts(receipts *set)
{
    for (size_t k = 0; k < set->count; k++)
        script_clear(&set->each[k]);
}

static void forge_sets(forge *c)
{
    for (size_t k = 0; k < MOST; k++)
        path[k] = temporary_file(".receipt");
    for (int k = 0; k < SETS; k++) {
        receipts set;
        write_receipts(&set, &c->r);
        if (k == 0)
            forge_honest(c, put_receipts(c, &set));
        for (uint64_t n = 1 + rng_below(&c->r, 2); n > 0; n--)
            forge_receipt_of(&set, &c->r);
        forge_tried(c, put_receipts(c, &set));
        clear_receipts(&set);
    }
    for (size_t k = 0; k < MOST; k++)
        temporary_remove(path[k]);
}

void forge_receipt(forge *c)
{
    if (rng_chance(&c->r, 70))
        forge_parts(c);
    else
        forge_sets(c);
}
