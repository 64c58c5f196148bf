/* Output files of commands: see output.h. */
#include "cli/output.h"

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
