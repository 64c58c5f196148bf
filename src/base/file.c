/* Files: see file.h. Temporary names are registered for a signal handler in a list of nodes that is never
 * shortened; a name belongs to whoever takes it out of its node by an atomic exchange. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/memory.h"

/* --- reading ------------------------------------------------------------------------------------------- */

static bool read_stream(file_bytes *bytes, int fd, size_t expected)
{
    size_t capacity = 0;
    bytes->data = mem_grow(NULL, &capacity, mem_sum(expected, 2), 1);
    for (;;) {
        bytes->data = mem_grow(bytes->data, &capacity, mem_sum(bytes->size, 2), 1);
        ssize_t got = read(fd, bytes->data + bytes->size, capacity - bytes->size - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            bytes->data[bytes->size] = 0;
            return got == 0;
        }
        bytes->size += (size_t)got;
    }
}

bool file_read(file_bytes *bytes, const char *path, error *e)
{
    *bytes = (file_bytes){NULL, 0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set(e, path, 0, "cannot open: %s (check the path)", strerror(errno));
    struct stat status;
    bool known = fstat(fd, &status) == 0;
    if (known && S_ISDIR(status.st_mode)) {
        close(fd);
        return error_set(e, path, 0, "is a directory (name a file)");
    }
    size_t expected = known && S_ISREG(status.st_mode) && status.st_size > 0 ? (size_t)status.st_size : 0;
    bool complete = read_stream(bytes, fd, expected);
    int reason = errno;
    close(fd);
    if (complete)
        return true;
    file_bytes_clear(bytes);
    return error_set(e, path, 0, "cannot read: %s (check the file and its disk)", strerror(reason));
}

void file_bytes_clear(file_bytes *bytes)
{
    free(bytes->data);
    *bytes = (file_bytes){NULL, 0};
}

void file_digest(char digest[FILE_DIGEST_SIZE], const file_bytes *bytes)
{
    digest_state *d = digest_new();
    digest_add(d, bytes->size, bytes->data);
    digest_text(digest, d);
    digest_free(d);
}

FILE *file_temporary(error *e)
{
    const char *folder = getenv("TMPDIR");
    char *name = mem_printf("%s/supcert.XXXXXX", folder == NULL || folder[0] == '\0' ? "/tmp" : folder);
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "w+b");
    if (stream == NULL) {
        error_set(e, name, 0, "cannot make a temporary file: %s (set TMPDIR or make room)", strerror(errno));
        if (fd >= 0)
            close(fd);
    }
    free(name);
    return stream;
}

/* --- temporary names, as a signal handler sees them ------------------------------------------------------
 */

typedef struct registered {
    _Atomic(char *) name; /* NULL: free for reuse */
    struct registered *next;
} registered;

static _Atomic(registered *) registry;

static void registry_add(char *name)
{
    for (registered *node = atomic_load(&registry); node != NULL; node = node->next) {
        char *nobody = NULL;
        if (atomic_compare_exchange_strong(&node->name, &nobody, name))
            return;
    }
    registered *node = mem_alloc(1, sizeof *node);
    atomic_init(&node->name, name);
    node->next = atomic_load(&registry);
    while (!atomic_compare_exchange_weak(&registry, &node->next, node))
        continue;
}

/* Takes the name out and frees it, unless a handler in another thread holds it: then the program is ending.
 */
static void registry_remove(char *name)
{
    for (registered *node = atomic_load(&registry); node != NULL; node = node->next) {
        char *wanted = name;
        if (atomic_compare_exchange_strong(&node->name, &wanted, NULL)) {
            free(name);
            return;
        }
    }
}

void file_output_remove_all(void)
{
    for (registered *node = atomic_load(&registry); node != NULL; node = node->next) {
        char *name = atomic_exchange(&node->name, NULL), *nobody = NULL;
        if (name == NULL)
            continue;
        unlink(name);
        atomic_compare_exchange_strong(&node->name, &nobody, name); /* its owner will free it */
    }
}

/* --- writing ------------------------------------------------------------------------------------------- */

/* The name that the output replaces: a symbolic link stays, and what it points to is replaced. */
static char *resolve(const char *path)
{
    struct stat status;
    if (lstat(path, &status) != 0 || !S_ISLNK(status.st_mode))
        return mem_copy_string(path);
    char *target = realpath(path, NULL);
    return target != NULL ? target : mem_copy_string(path);
}

/* Creates and registers a new file beside `path`; -1 with errno set on failure. */
static int create_temporary(char **temporary, const char *path)
{
    for (unsigned attempt = 0; attempt < 1000; attempt++) {
        char *name = attempt == 0 ? mem_printf("%s.tmp-%ld", path, (long)getpid())
                                  : mem_printf("%s.tmp-%ld-%u", path, (long)getpid(), attempt);
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0) {
            *temporary = name;
            registry_add(name);
            return fd;
        }
        int reason = errno;
        free(name);
        errno = reason;
        if (reason != EEXIST)
            break;
    }
    return -1;
}

/* Standard output, whatever it is redirected to; opening it anew would start at the beginning of a regular
 * file. */
static bool is_standard_output(const char *path)
{
    return strcmp(path, "/dev/stdout") == 0;
}

/* Devices, pipes and the like cannot be replaced and are written to directly. */
static int open_direct(const char *path)
{
    if (is_standard_output(path) && fflush(stdout) == 0)
        return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    return open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
}

static int open_for_writing(file_output *out)
{
    struct stat status;
    bool exists = stat(out->path, &status) == 0;
    if (is_standard_output(out->path) || (exists && !S_ISREG(status.st_mode)))
        return open_direct(out->path);
    if (exists && access(out->path, W_OK) != 0)
        return -1;
    int fd = create_temporary(&out->temporary, out->path);
    if (fd >= 0 && exists)
        (void)fchmod(fd, status.st_mode & 0777); /* not a failure: some file systems have no permissions */
    return fd;
}

bool file_output_open(file_output *out, const char *path, error *e)
{
    *out = (file_output){NULL, NULL, NULL};
    out->path = is_standard_output(path) ? mem_copy_string(path) : resolve(path);
    int fd = open_for_writing(out);
    if (fd >= 0)
        out->stream = fdopen(fd, "wb");
    if (out->stream != NULL)
        return true;
    int reason = errno;
    if (fd >= 0)
        close(fd);
    file_output_discard(out);
    return error_set(e, path, 0, "cannot write: %s (choose a place that exists and can be written to)",
                     strerror(reason));
}

/* Stands for a failure whose errno the stream has not kept. */
enum { WRITE_FAILED_EARLIER = -1 };

static const char *reason_text(int reason)
{
    return reason == WRITE_FAILED_EARLIER ? "a write failed, as on a full disk" : strerror(reason);
}

/* Flushes, syncs and closes; 0, or the reason of the first failure. */
static int finish_stream(file_output *out)
{
    bool failed_before = ferror(out->stream) != 0;
    int reason = fflush(out->stream) != 0 ? errno : 0;
    if (reason == 0 && failed_before)
        reason = WRITE_FAILED_EARLIER;
    if (reason == 0 && out->temporary != NULL && fsync(fileno(out->stream)) != 0)
        reason = errno;
    if (fclose(out->stream) != 0 && reason == 0)
        reason = errno;
    out->stream = NULL;
    return reason;
}

bool file_output_commit(file_output *out, error *e)
{
    int reason = finish_stream(out);
    if (reason == 0 && out->temporary != NULL) {
        if (rename(out->temporary, out->path) != 0)
            reason = errno;
        else {
            registry_remove(out->temporary);
            out->temporary = NULL;
        }
    }
    if (reason != 0)
        error_set(e, out->path, 0, "cannot write: %s (make room or choose another place)",
                  reason_text(reason));
    file_output_discard(out);
    return reason == 0;
}

void file_output_discard(file_output *out)
{
    if (out->stream != NULL)
        fclose(out->stream);
    if (out->temporary != NULL) {
        unlink(out->temporary);
        registry_remove(out->temporary);
    }
    free(out->path);
    *out = (file_output){NULL, NULL, NULL};
}
