/* Copies of certificates: see copy.h. */
#include "search/copy.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static bool starts_with(const char *line, const char *word)
{
    return strncmp(line, word, strlen(word)) == 0;
}

static void put_point(FILE *out, const lower_bound *b)
{
    fprintf(out, "at %zu", b->output);
    for (size_t i = 0; i < b->inputs; i++)
        gmp_fprintf(out, " %Qd", b->point[i]);
    putc('\n', out);
}

/* The lines before the tree, or all where there is none. */
static void copy_claim(FILE *out, FILE *from, const lower_bound *b)
{
    char *line = NULL;
    size_t size = 0;
    bool before = true;
    while (before && getline(&line, &size, from) >= 0) {
        before = !starts_with(line, "tree\n");
        if (starts_with(line, "lower "))
            gmp_fprintf(out, "lower %Qd\n", b->lower);
        else if (starts_with(line, "at "))
            put_point(out, b);
        else
            fputs(line, out);
    }
    if (before && !feof(from) && !ferror(from)) /* getline had no memory for the line */
        mem_exhausted(size, 2);
    free(line);
}

void certificate_copy(FILE *out, FILE *from, const lower_bound *b)
{
    char buffer[1 << 14];
    size_t count;
    copy_claim(out, from, b);
    while ((count = fread(buffer, 1, sizeof buffer, from)) > 0)
        fwrite(buffer, 1, count, out);
}
