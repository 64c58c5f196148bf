/* Receipts: see receipt.h. */
#include "cli/receipt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "proof/line.h"

static const char *reading(const receipt *r)
{
    return r->nnet_normalise ? "nnet-normalise" : "plain";
}

bool receipt_write(const receipt *r, const char *path, error *e)
{
    file_output out;
    if (!file_output_open(&out, path, e))
        return false;
    fprintf(out.stream, "supcert-receipt 1\ncertificate %s\nreading %s\nshard %zu of %zu\nend\n",
            r->certificate, reading(r), r->shard, r->shards);
    return file_output_commit(&out, e);
}

static bool read_lines(receipt *r, line_reader *in, error *e)
{
    if (!line_next(in, e) || !line_word(in, "supcert-receipt", e) || !line_word(in, "1", e) ||
        !line_finish(in, e) || !line_next(in, e) || !line_word(in, "certificate", e) ||
        !line_digest(in, r->certificate, e) || !line_finish(in, e) || !line_next(in, e) ||
        !line_word(in, "reading", e))
        return false;
    r->nnet_normalise = line_rest_is(in, "nnet-normalise");
    if (!line_rest_is(in, reading(r)))
        return line_error(in, e, "'plain' or 'nnet-normalise' expected");
    if (!line_next(in, e) || !line_word(in, "shard", e) || !line_size(in, &r->shard, e) ||
        !line_word(in, "of", e) || !line_size(in, &r->shards, e) || !line_finish(in, e))
        return false;
    if (r->shard == 0 || r->shard > r->shards)
        return line_error(in, e, "there is no such shard");
    if (!line_next(in, e) || !line_word(in, "end", e) || !line_finish(in, e))
        return false;
    return getc(in->stream) == EOF || line_error(in, e, "text after the end of the receipt");
}

static bool read_receipt(receipt *r, const char *path, error *e)
{
    line_reader in = {.stream = fopen(path, "rb"), .name = path};
    *r = (receipt){.shard = 0};
    if (in.stream == NULL)
        return error_set(e, path, 0, "cannot be opened: %s", strerror(errno));
    bool good = read_lines(r, &in, e);
    fclose(in.stream);
    line_clear(&in);
    return good;
}

static bool fits(const receipt *r, const receipt *wanted, const char *path, error *e)
{
    if (strcmp(r->certificate, wanted->certificate) != 0)
        return error_set(e, path, 0, "is a receipt of another certificate, with SHA-256 %s (yours has %s)",
                         r->certificate, wanted->certificate);
    if (r->nnet_normalise != wanted->nnet_normalise)
        return error_set(e, path, 0, "is about networks read %s --nnet-normalise, unlike now",
                         r->nnet_normalise ? "with" : "without");
    return wanted->shards == 0 || r->shards == wanted->shards ||
           error_set(e, path, 0, "is about one of %zu shards, the receipts before it about %zu", r->shards,
                     wanted->shards);
}

static int compare_sizes(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

/* Whether the `count` numbers in `list` have all of 1 … shards among them; sorts the list. */
static bool is_complete(size_t *list, size_t count, size_t shards, error *e)
{
    size_t next = 1;
    qsort(list, count, sizeof *list, compare_sizes);
    for (size_t k = 0; k < count; k++)
        next += list[k] == next;
    return next > shards ||
           error_set(e, NULL, 0, "shard %zu of %zu has no receipt (check it, too)", next, shards);
}

receipt_status receipts_combine(receipt *wanted, const char *const *path, size_t count, error *e)
{
    size_t *list = mem_alloc(count, sizeof *list);
    receipt_status status = RECEIPTS_COMPLETE;
    wanted->shards = 0;
    for (size_t k = 0; k < count && status == RECEIPTS_COMPLETE; k++) {
        receipt r;
        if (!read_receipt(&r, path[k], e))
            status = RECEIPTS_BAD;
        else if (!fits(&r, wanted, path[k], e))
            status = RECEIPTS_LACKING;
        wanted->shards = r.shards;
        list[k] = r.shard;
    }
    if (status == RECEIPTS_COMPLETE && !is_complete(list, count, wanted->shards, e))
        status = RECEIPTS_LACKING;
    free(list);
    return status;
}
