/* SHA-256 of data that arrives in pieces. */
#ifndef SUPCERT_BASE_DIGEST_H
#define SUPCERT_BASE_DIGEST_H

#include <stddef.h>

/* Lower-case hexadecimal, 64 characters and a zero. */
#define DIGEST_SIZE 65

typedef struct digest_state digest_state;

digest_state *digest_new(void);
void digest_add(digest_state *d, size_t size, const void *data);
/* The digest of everything added so far, after which *d starts anew. */
void digest_text(char text[DIGEST_SIZE], digest_state *d);
/* Harmless for NULL. */
void digest_free(digest_state *d);

#endif
