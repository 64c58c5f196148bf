/* Output files of commands: see output.h. */
#include "cli/output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"

static bool is_one_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The name in its folder, of which *folder becomes the status; false if there is no such folder. */
static bool find_folder(struct stat *folder, const char **name, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *text = slash == NULL ? mem_copy_string(".") : mem_printf("%.*s/", (int)(slash - path), path);
    bool found = stat(text, folder) == 0;
    free(text);
    *name = slash == NULL ? path : slash + 1;
    return found;
}

bool output_is_input(const char *path, const char *other)
{
    struct stat a, b;
    const char *name, *second;
    bool there = stat(path, &a) == 0, second_there = stat(other, &b) == 0;
    if (there || second_there)
        return there && second_there && is_one_file(&a, &b);
    return find_folder(&a, &name, path) && find_folder(&b, &second, other) && is_one_file(&a, &b) &&
           strcmp(name, second) == 0;
}

bool output_open(file_output *out, const char *path, const char *input, const char *other, error *e)
{
    if (output_is_input(path, input) || (other != NULL && output_is_input(path, other)))
        return error_set(e, path, 0, "is a file that is being read (write to another one)");
    return file_output_open(out, path, e);
}

static bool is_read(file_role role)
{
    return role == FILE_READ || role == FILE_NAMED || role == FILE_RESUMED;
}

/* Whether the file is none of those that an option names. */
static bool is_no_input(const char *path, const option_value *read, file_role role, error *e)
{
    for (size_t k = 0; k < read->count; k++) {
        const char *file = role == FILE_NAMED ? strchr(read->text[k], '=') : read->text[k];
        if (file != NULL && output_is_input(path, role == FILE_NAMED ? file + 1 : file))
            return error_set(e, path, 0, "is a file that is being read (write to another one)");
    }
    return true;
}

/* Whether the one, which is written, and the other may both be given as they are. */
static bool is_apart(const arguments *a, const file_option *one, const file_option *other, error *e)
{
    const char *path = arguments_text(a, one->option), *second = arguments_text(a, other->option);
    bool replaces = one->role == FILE_CHECKPOINT && other->role == FILE_RESUMED;
    if (one->option == other->option || second == NULL || replaces)
        return true;
    if (is_read(other->role))
        return is_no_input(path, &a->value[other->option], other->role, e);
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
            if (output_is_input(path, a->operand[j]) ||
                (a->operand[j][0] == '@' && output_is_input(path, a->operand[j] + 1)))
                return error_set(e, path, 0, "is a file that is being read (write to another one)");
        for (size_t j = 0; j < count; j++)
            if (!is_apart(a, &files[k], &files[j], e))
                return false;
    }
    return true;
}
