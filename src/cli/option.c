/* Command lines: see option.h. */
#include "cli/option.h"

#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/rational.h"

/* --- nearest neighbours
 * ------------------------------------------------------------------------------------- */

static size_t minimum(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t edit_distance(const char *a, const char *b)
{
    size_t columns = strlen(b);
    size_t *row = mem_alloc(columns + 1, sizeof *row);
    for (size_t j = 0; j <= columns; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < columns; j++) {
            size_t replaced = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = minimum(replaced, minimum(diagonal, row[j]) + 1);
        }
    }
    size_t distance = row[columns];
    free(row);
    return distance;
}

size_t nearest_word(const char *word, const char *const *list, size_t count)
{
    size_t best = 0, least = SIZE_MAX;
    for (size_t k = 0; k < count; k++) {
        size_t distance = edit_distance(word, list[k]);
        if (distance < least) {
            least = distance;
            best = k;
        }
    }
    return best;
}

static bool unknown_option(const usage *u, const char *word, error *e)
{
    char given[64];
    snprintf(given, sizeof given, "%.*s", (int)strcspn(word, "="), word);
    char **list = mem_alloc(u->options, sizeof *list);
    for (size_t k = 0; k < u->options; k++)
        list[k] = mem_printf("--%s", u->option[k].name);
    size_t best = nearest_word(given, (const char *const *)list, u->options);
    error_set(e, NULL, 0, "unknown option %s (did you mean %s? `%s --help` lists all)", given, list[best],
              u->program);
    for (size_t k = 0; k < u->options; k++)
        free(list[k]);
    free(list);
    return false;
}

/* --- values
 * -------------------------------------------------------------------------------------------------- */

/* The range in words; the caller frees it. */
static char *range_text(const option *o)
{
    if (o->least != NULL && o->most != NULL)
        return mem_printf("%s to %s", o->least, o->most);
    if (o->least != NULL)
        return mem_printf("at least %s", o->least);
    if (o->most != NULL)
        return mem_printf("at most %s", o->most);
    return mem_copy_string("any");
}

/* Order of value and a number of the table. */
static int compare(const mpq_t value, const char *limit)
{
    mpq_t other;
    mpq_init(other);
    rational_parse(other, limit, strlen(limit));
    int order = mpq_cmp(value, other);
    mpq_clear(other);
    return order;
}

static bool in_range(const option *o, const mpq_t value)
{
    return (o->least == NULL || compare(value, o->least) >= 0) &&
           (o->most == NULL || compare(value, o->most) <= 0);
}

static bool read_number(option_value *v, const option *o, const char *text, error *e)
{
    const char *reason = rational_parse(v->number, text, strlen(text));
    if (reason != NULL)
        return error_set(e, NULL, 0,
                         "--%s: '%s': %s (write an integer, a fraction, a decimal or a hexadecimal float)",
                         o->name, text, reason);
    if (o->kind == OPTION_WHOLE && mpz_cmp_ui(mpq_denref(v->number), 1) != 0)
        return error_set(e, NULL, 0, "--%s: %s is no whole number (write one)", o->name, text);
    if (!in_range(o, v->number)) {
        char *range = range_text(o);
        bool limit = o->fallback != NULL &&
                     (strcmp(o->fallback, NO_LIMIT) == 0 || strcmp(o->fallback, OWN_LIMIT) == 0);
        error_set(e, NULL, 0, "--%s: %s is out of range (%s%s%s)", o->name, text, range,
                  limit ? "; leave the option out for " : "", limit ? o->fallback : "");
        free(range);
        return false;
    }
    if (o->kind == OPTION_WHOLE) {
        if (!mpz_fits_ulong_p(mpq_numref(v->number)))
            return error_set(e, NULL, 0, "--%s: %s is out of range (%s to %lu)", o->name, text,
                             o->least == NULL ? "0" : o->least, ULONG_MAX);
        v->whole = mpz_get_ui(mpq_numref(v->number));
    }
    return true;
}

static bool take_value(option_value *v, const option *o, const char *text, error *e)
{
    if (v->count > 0 && !o->many)
        return error_set(e, NULL, 0, "--%s is given twice (give it once)", o->name);
    v->text = mem_resize(v->text, v->count + 1, sizeof *v->text);
    v->text[v->count++] = text;
    if (text != NULL && text[0] == '\0')
        return error_set(e, NULL, 0, "--%s: the value is empty (--%s %s)", o->name, o->name, o->value);
    if (o->kind == OPTION_WHOLE || o->kind == OPTION_NUMBER)
        return read_number(v, o, text, e);
    return true;
}

/* --- parsing
 * ------------------------------------------------------------------------------------------------- */

/* Whether a word is an option: a dash and something that cannot start a number. */
static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0' && word[1] != '.' && !isdigit((unsigned char)word[1]);
}

/* The option that `word` names; *inside is the value inside the word, or NULL. NULL if there is none. */
static const option *find_option(const usage *u, const char *word, const char **inside)
{
    for (size_t k = 0; k < u->options; k++) {
        const option *o = &u->option[k];
        size_t length = strlen(o->name);
        if (strncmp(word, "--", 2) == 0 && strncmp(word + 2, o->name, length) == 0 &&
            (word[length + 2] == '\0' || word[length + 2] == '=')) {
            *inside = word[length + 2] == '=' ? word + length + 3 : NULL;
            return o;
        }
        if (o->letter != 0 && word[1] == o->letter) {
            *inside = word[2] == '\0' ? NULL : word + 2;
            return o;
        }
    }
    return NULL;
}

/* Reads the option at argv[*at] and leaves *at at its last word. */
static bool read_option(arguments *a, int argc, char **argv, int *at, error *e)
{
    const char *text;
    const option *o = find_option(a->usage, argv[*at], &text);
    if (o == NULL)
        return unknown_option(a->usage, argv[*at], e);
    option_value *v = &a->value[o - a->usage->option];
    if (o->kind == OPTION_SWITCH) {
        if (text != NULL)
            return error_set(e, NULL, 0, "--%s takes no value (leave it out)", o->name);
        return take_value(v, o, NULL, e);
    }
    if (text == NULL) {
        if (*at + 1 >= argc || is_option(argv[*at + 1]))
            return error_set(e, NULL, 0, "--%s needs a value (--%s %s)", o->name, o->name, o->value);
        text = argv[++*at];
    }
    return take_value(v, o, text, e);
}

static bool check_operands(const arguments *a, error *e)
{
    const usage *u = a->usage;
    for (size_t k = 0; k < a->operands; k++)
        if (a->operand[k][0] == '\0')
            return error_set(e, NULL, 0, "operand %zu is empty (usage: %s %s [options])", k + 1, u->program,
                             u->operands);
    if (a->operands >= u->least && a->operands <= u->most)
        return true;
    return error_set(e, NULL, 0, "%s operands (usage: %s %s [options]; `%s --help` says more)",
                     a->operands < u->least ? "missing" : "too many", u->program, u->operands, u->program);
}

static bool asks_help(int argc, char **argv)
{
    for (int k = 1; k < argc && strcmp(argv[k], "--") != 0; k++)
        if (strcmp(argv[k], "--help") == 0 || strcmp(argv[k], "-h") == 0)
            return true;
    return false;
}

bool arguments_read(arguments *a, const usage *u, int argc, char **argv, error *e)
{
    size_t words = argc > 0 ? (size_t)argc : 0;
    *a = (arguments){.usage = u, .help = asks_help(argc, argv)};
    a->value = mem_alloc(u->options, sizeof *a->value);
    a->operand = mem_alloc(words, sizeof *a->operand);
    for (size_t k = 0; k < u->options; k++)
        mpq_init(a->value[k].number);
    if (a->help)
        return true;
    bool options = true;
    for (int k = 1; k < argc; k++) {
        if (options && strcmp(argv[k], "--") == 0)
            options = false;
        else if (!options || !is_option(argv[k]))
            a->operand[a->operands++] = argv[k];
        else if (!read_option(a, argc, argv, &k, e))
            return false;
    }
    return check_operands(a, e);
}

const char *arguments_seek(const usage *u, const char *name, int argc, char **argv, int *at)
{
    while (*at < argc && strcmp(argv[*at], "--") != 0) {
        const char *word = argv[(*at)++], *text = NULL;
        const option *o = is_option(word) ? find_option(u, word, &text) : NULL;
        if (o == NULL || o->kind == OPTION_SWITCH)
            continue;
        if (text == NULL && *at < argc && !is_option(argv[*at]))
            text = argv[(*at)++];
        if (text != NULL && text[0] != '\0' && strcmp(o->name, name) == 0)
            return text;
    }
    return NULL;
}

void arguments_clear(arguments *a)
{
    for (size_t k = 0; k < a->usage->options; k++) {
        mpq_clear(a->value[k].number);
        free(a->value[k].text);
    }
    free(a->value);
    free(a->operand);
}

bool arguments_given(const arguments *a, size_t index)
{
    return a->value[index].count > 0;
}

const char *arguments_text(const arguments *a, size_t index)
{
    return arguments_given(a, index) ? a->value[index].text[0] : NULL;
}

/* --- help
 * ---------------------------------------------------------------------------------------------------- */

#define COLUMN 28 /* where the explanations start */

static void print_option(FILE *out, const option *o)
{
    char *range = range_text(o);
    bool limited = o->least != NULL || o->most != NULL;
    int column = fprintf(out, "  ");
    if (o->letter != 0)
        column += fprintf(out, "-%c, ", o->letter);
    column +=
        fprintf(out, "--%s%s%s", o->name, o->value == NULL ? "" : " ", o->value == NULL ? "" : o->value);
    fprintf(out, "%*s%s", column < COLUMN ? COLUMN - column : 2, "", o->help);
    if (limited || o->fallback != NULL)
        fprintf(out, " (%s%s%s%s)", limited ? range : "", limited && o->fallback != NULL ? "; " : "",
                o->fallback == NULL ? "" : "default: ", o->fallback == NULL ? "" : o->fallback);
    fputc('\n', out);
    free(range);
}

void usage_print(FILE *out, const usage *u)
{
    fprintf(out, "usage: %s %s [options]\n\n%s\n\noptions:\n", u->program, u->operands, u->purpose);
    for (size_t k = 0; k < u->options; k++)
        print_option(out, &u->option[k]);
    fprintf(out, "  %-*sthis text\n", COLUMN - 2, "-h, --help");
    if (u->notes != NULL)
        fprintf(out, "\n%s", u->notes);
}

void usage_print_words(FILE *out, const usage *u)
{
    for (size_t k = 0; k < u->options; k++) {
        const option *o = &u->option[k];
        fprintf(out, "--%s%s%s\n", o->name, o->value == NULL ? "" : " ", o->value == NULL ? "" : o->value);
    }
    fprintf(out, "--help\n");
}
