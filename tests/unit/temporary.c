/* Temporary files: see temporary.h. */
#include "temporary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

static char *pattern(const char *suffix)
{
    const char *folder = getenv("TMPDIR");
    return mem_printf("%s/supcert-XXXXXX%s", folder != NULL && *folder != '\0' ? folder : P_tmpdir, suffix);
}

static void give_up(const char *path)
{
    perror(path);
    exit(1);
}

char *temporary_file(const char *suffix)
{
    char *path = pattern(suffix);
    int file = mkstemps(path, (int)strlen(suffix));
    if (file < 0)
        give_up(path);
    close(file);
    return path;
}

char *temporary_folder(void)
{
    char *path = pattern("");
    if (mkdtemp(path) == NULL)
        give_up(path);
    return path;
}

void temporary_remove(char *path)
{
    unlink(path);
    free(path);
}
