/* Files of `supcert fool`: see fool_output.h. */
#include "cli/fool_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/output.h"
#include "fool/certificate.h"

const char *fool_output_name(const fool_answer *answer, int which)
{
    if (!answer->twins)
        return "target";
    return which == 0 ? "u_plus" : "u_minus";
}

static bool make_folder(const char *folder, error *e)
{
    struct stat about;
    if (mkdir(folder, 0777) == 0 || (errno == EEXIST && stat(folder, &about) == 0 && S_ISDIR(about.st_mode)))
        return true;
    return error_set(e, folder, 0, "cannot be made a folder: %s (choose another place)", strerror(errno));
}

/* FOLDER/NAME.SUFFIX must be no file that has been read. */
static bool is_apart(const fool_job *job, const char *folder, const char *name, const char *suffix, error *e)
{
    const char *read[] = {job->model.path, job->samples.path, job->target.path};
    char *path = mem_printf("%s/%s.%s", folder, name, suffix);
    bool good = true;
    for (size_t k = 0; k < sizeof read / sizeof *read && good; k++)
        if (read[k] != NULL && output_is_input(path, read[k]))
            good = error_set(e, path, 0, "is a file that is being read (write to another one)");
    free(path);
    return good;
}

static bool open_file(file_output *out, const fool_job *job, const char *folder, const char *name,
                      const char *suffix, error *e)
{
    char *path = mem_printf("%s/%s.%s", folder, name, suffix);
    bool good = is_apart(job, folder, name, suffix, e) && file_output_open(out, path, e);
    free(path);
    return good;
}

static bool write_native(const fool_job *job, const fool_network *n, const char *folder, const char *name,
                         error *e)
{
    file_output out = {.stream = NULL};
    if (!open_file(&out, job, folder, name, "net", e))
        return false;
    fwrite(n->text, 1, n->size, out.stream); /* commit reports failures */
    return file_output_commit(&out, e);
}

static bool write_onnx(const fool_job *job, const fool_network *n, const char *folder, const char *name,
                       error *e)
{
    file_output out = {.stream = NULL};
    if (!open_file(&out, job, folder, name, "onnx", e))
        return false;
    if (onnx_write(out.stream, &n->net, out.path, e))
        return file_output_commit(&out, e);
    file_output_discard(&out);
    return false;
}

static bool write_network(const fool_job *job, const fool_network *n, const char *folder, const char *name,
                          error *e)
{
    return write_native(job, n, folder, name, e) &&
           (!arguments_given(job->a, FOOL_ONNX) || write_onnx(job, n, folder, name, e));
}

static bool write_certificate(const fool_job *job, const fool_answer *answer, const char *folder, error *e)
{
    file_output out = {.stream = NULL};
    if (!open_file(&out, job, folder, "fooling", "cert", e))
        return false;
    certificate_write(out.stream, &answer->claim);
    return file_output_commit(&out, e);
}

bool fool_output_ready(const fool_job *job, error *e)
{
    const char *folder = arguments_text(job->a, FOOL_DIRECTORY);
    static const char *const names[] = {"target", "u_plus", "u_minus", "fooling"}, *const suffixes[] = {
                                                                                       "net", "onnx", "cert"};
    bool good = folder == NULL || make_folder(folder, e);
    for (size_t k = 0; k < 4 && folder != NULL; k++)
        for (size_t m = 0; m < 3; m++)
            good = good && is_apart(job, folder, names[k], suffixes[m], e);
    return good;
}

bool fool_output_write(const fool_job *job, const fool_answer *answer, const char *folder, error *e)
{
    return write_network(job, &answer->u, folder, fool_output_name(answer, 0), e) &&
           (!answer->twins || write_network(job, &answer->v, folder, fool_output_name(answer, 1), e)) &&
           write_certificate(job, answer, folder, e);
}
