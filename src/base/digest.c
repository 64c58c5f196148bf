/* SHA-256: see digest.h. */
#include "base/digest.h"

#include <nettle/sha2.h>
#include <stdlib.h>

#include "base/memory.h"

struct digest_state {
    struct sha256_ctx context;
};

digest_state *digest_new(void)
{
    digest_state *d = mem_alloc(1, sizeof *d);
    sha256_init(&d->context);
    return d;
}

void digest_add(digest_state *d, size_t size, const void *data)
{
    sha256_update(&d->context, size, data);
}

void digest_text(char text[DIGEST_SIZE], digest_state *d)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char raw[SHA256_DIGEST_SIZE];
    sha256_digest(&d->context, sizeof raw, raw); /* also resets the context */
    for (size_t i = 0; i < sizeof raw; i++) {
        text[2 * i] = hex[raw[i] >> 4];
        text[2 * i + 1] = hex[raw[i] & 15];
    }
    text[2 * sizeof raw] = '\0';
}

void digest_free(digest_state *d)
{
    free(d);
}
