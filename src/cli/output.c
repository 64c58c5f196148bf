/* Output files of commands: see output.h. */
#include "cli/output.h"

#include <string.h>
#include <sys/stat.h>

bool output_is_input(const char *path, const char *other)
{
    struct stat a, b;
    return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool output_open(file_output *out, const char *path, const char *input, const char *other, error *e)
{
    if (output_is_input(path, input) || (other != NULL && output_is_input(path, other)))
        return error_set(e, path, 0, "is a file that is being read (write to another one)");
    return file_output_open(out, path, e);
}

static bool is_read(file_role role)
{
    return role == FILE_READ || role == FILE_RESUMED;
}

/* Whether the one, which is written, and the other may both be given as they are. */
static bool is_apart(const arguments *a, const file_option *one, const file_option *other, error *e)
{
    const char *path = arguments_text(a, one->option), *second = arguments_text(a, other->option);
    bool replaces = one->role == FILE_CHECKPOINT && other->role == FILE_RESUMED;
    if (one->option == other->option || second == NULL || replaces)
        return true;
    if (is_read(other->role))
        return !output_is_input(path, second) ||
               error_set(e, path, 0, "is a file that is being read (write to another one)");
    return (strcmp(path, second) != 0 && !output_is_input(path, second)) ||
           error_set(e, path, 0, "is to hold what both --%s and --%s write (name two files)",
                     a->usage->option[one->option].name, a->usage->option[other->option].name);
}

bool output_files_apart(const arguments *a, const file_option *files, size_t count, error *e)
{
    for (size_t k = 0; k < count; k++) {
        const char *path = arguments_text(a, files[k].option);
        if (path == NULL || is_read(files[k].role))
            continue;
        for (size_t j = 0; j < a->operands; j++)
            if (output_is_input(path, a->operand[j] + (a->operand[j][0] == '@')))
                return error_set(e, path, 0, "is a file that is being read (write to another one)");
        for (size_t j = 0; j < count; j++)
            if (!is_apart(a, &files[k], &files[j], e))
                return false;
    }
    return true;
}
