/* Files: see file.h. Temporary names are registered for a signal handler in a list of nodes that is never
 * shortened; a name belongs to whoever takes it out of its node by an atomic exchange. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/memory.h"

/* --- reading ------------------------------------------------------------------------------------------- */

typedef struct reading {
    file_bytes *bytes;
    int fd;
    size_t expected;
    bool complete;
    int reason;
} reading;

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

static void read_all(void *context)
{
    reading *r = context;
    r->complete = read_stream(r->bytes, r->fd, r->expected);
    r->reason = errno;
}

/* The same, but closes the file in any case. */
static void read_and_close(reading *r)
{
    const char *abandoned = NULL;
    if (mem_is_attempting())
        abandoned = mem_attempt(read_all, r);
    else
        read_all(r);
    close(r->fd);
    if (abandoned != NULL) {
        file_bytes_clear(r->bytes);
        mem_abandon(abandoned);
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
    reading r = {.bytes = bytes, .fd = fd, .expected = expected};
    read_and_close(&r);
    if (r.complete)
        return true;
    file_bytes_clear(bytes);
    return error_set(e, path, 0, "cannot read: %s (check the file and its disk)", strerror(r.reason));
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

/* --- temporary names, as a signal handler sees them ----------------------------------------------------- */

typedef struct registered {
    _Atomic(char *) name; /* NULL: free for reuse */
    struct registered *next;
} registered;

static _Atomic(registered *) registry;

/* Stands for the name of a file that is about to be created. */
static char coming[] = "";

/* How many threads are between creating a file and registering its name; a handler waits for them. */
static atomic_uint creating;

/* A node for a file to come, so that no memory is needed once it is there. */
static registered *registry_reserve(void)
{
    for (registered *node = atomic_load(&registry); node != NULL; node = node->next) {
        char *nobody = NULL;
        if (atomic_compare_exchange_strong(&node->name, &nobody, coming))
            return node;
    }
    registered *node = mem_alloc(1, sizeof *node);
    atomic_init(&node->name, coming);
    node->next = atomic_load(&registry);
    while (!atomic_compare_exchange_weak(&registry, &node->next, node))
        continue;
    return node;
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

/* Creates a file by open() or mkostemp(), which change `name`, and registers it; a signal meanwhile is dealt
 * with before or after both. Without a file the name stays the caller's, and errno says why. */
static int create_registered(char *name, int (*create)(char *name))
{
    sigset_t all, before;
    registered *node = registry_reserve();
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    atomic_fetch_add(&creating, 1);
    int fd = create(name), reason = errno;
    atomic_store(&node->name, fd >= 0 ? name : NULL);
    atomic_fetch_sub(&creating, 1);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = reason;
    return fd;
}

void file_output_remove_all(void)
{
    while (atomic_load(&creating) > 0)
        sched_yield();
    for (registered *node = atomic_load(&registry); node != NULL; node = node->next) {
        char *name = atomic_load(&node->name), *nobody = NULL;
        if (name == NULL || name == coming || !atomic_compare_exchange_strong(&node->name, &name, NULL))
            continue;
        unlink(name);
        atomic_compare_exchange_strong(&node->name, &nobody, name); /* its owner will free it */
    }
}

/* --- files without a name ------------------------------------------------------------------------------- */

static int create_by_template(char *name)
{
    return mkostemp(name, O_CLOEXEC);
}

/* Where the file system makes none without a name, one is made and its name removed. */
static int open_nameless(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    char *name = mem_printf("%s/supcert.XXXXXX", folder);
    fd = create_registered(name, create_by_template);
    int reason = errno;
    if (fd >= 0) {
        unlink(name);
        registry_remove(name);
    } else {
        free(name);
    }
    errno = reason;
    return fd;
}

FILE *file_temporary(error *e)
{
    const char *given = getenv("TMPDIR"), *folder = given == NULL || given[0] == '\0' ? "/tmp" : given;
    int fd = open_nameless(folder);
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "w+b");
    if (stream != NULL)
        return stream;
    int reason = errno;
    char *name = mem_printf("%s/supcert.XXXXXX", folder);
    error_set(e, name, 0, "cannot make a temporary file: %s (set TMPDIR or make room)", strerror(reason));
    free(name);
    if (fd >= 0)
        close(fd);
    errno = reason;
    return NULL;
}

FILE *file_in_memory(error *e)
{
    int fd = memfd_create("supcert", MFD_CLOEXEC);
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "w+b");
    if (stream != NULL)
        return stream;
    if (fd >= 0)
        close(fd);
    return file_temporary(e);
}

/* --- writing ------------------------------------------------------------------------------------------- */

/* The name that the output replaces: a symbolic link stays, and what it points to is replaced. */
static char *resolve(const char *path)
{
    struct stat status;
    if (lstat(path, &status) != 0 || !S_ISLNK(status.st_mode))
        return mem_copy_string(path);
    char *target = realpath(path, NULL);
    if (target == NULL && errno == ENOMEM)
        mem_exhausted(1, PATH_MAX);
    return target != NULL ? target : mem_copy_string(path);
}

static int create_exclusively(char *name)
{
    return open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

/* Creates and registers a new file beside `path`; -1 with errno set on failure. */
static int create_temporary(char **temporary, const char *path)
{
    for (unsigned attempt = 0; attempt < 1000; attempt++) {
        char *name = attempt == 0 ? mem_printf("%s.tmp-%ld", path, (long)getpid())
                                  : mem_printf("%s.tmp-%ld-%u", path, (long)getpid(), attempt);
        int fd = create_registered(name, create_exclusively);
        if (fd >= 0) {
            *temporary = name;
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
