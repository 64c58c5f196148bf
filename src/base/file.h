/* Files: whole-file reading, and output that is written aside and renamed, so that no half-written file is
 * left. */
#ifndef SUPCERT_BASE_FILE_H
#define SUPCERT_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/digest.h"
#include "base/error.h"

typedef struct file_bytes {
    unsigned char *data; /* owned; followed by one zero byte that `size` does not count */
    size_t size;
} file_bytes;

/* Reads all of `path` (a regular file, or anything that can be read to its end). Directories are an error. */
bool file_read(file_bytes *bytes, const char *path, error *e);
void file_bytes_clear(file_bytes *bytes);

/* Lower-case hexadecimal SHA-256 of the bytes, 64 characters and a zero. */
#define FILE_DIGEST_SIZE DIGEST_SIZE
void file_digest(char digest[FILE_DIGEST_SIZE], const file_bytes *bytes);

/* A file without a name, for reading and writing, in the folder that TMPDIR names or else in /tmp; it
 * vanishes when it is closed. NULL with *e and errno set where there is no room for one. */
FILE *file_temporary(error *e);

/* A file in memory, for what must not be lost where no disk has room; else one like those above. */
FILE *file_in_memory(error *e);

/* An output file under a temporary name in the same folder. */
typedef struct file_output {
    FILE *stream;
    char *path;      /* final name, owned */
    char *temporary; /* name while it is written, owned */
} file_output;

bool file_output_open(file_output *out, const char *path, error *e);
/* Flushes, syncs, closes and renames; on any failure (a full disk) removes the temporary file and reports. */
bool file_output_commit(file_output *out, error *e);
/* Closes and removes the temporary file. Harmless after commit or on a zeroed structure. */
void file_output_discard(file_output *out);
/* Removes every temporary file that has a name, for whatever ends the program in the middle; safe in signal
 * handlers. */
void file_output_remove_all(void);

#endif
