/* The native text format of networks, specified in certs/NETWORK.md. Reading is strict and gives file:line errors;
 * writing is canonical: write(read(t)) = t for every t that write has produced. */
#ifndef SUPCERT_NETWORK_NATIVE_H
#define SUPCERT_NETWORK_NATIVE_H

#include "base/error.h"
#include "base/file.h"
#include "network/network.h"

/* Whether the bytes claim to be a native network (start with the format's first word). */
bool native_recognise(const file_bytes *bytes);

/* Initialises *net and reads it from bytes; `name` is for messages. On failure *net is cleared. */
bool native_read(network *net, const char *name, const file_bytes *bytes, error *e);

/* Writes the canonical text. The stream's error flag tells about failures. */
void native_write(FILE *out, const network *net);

#endif
