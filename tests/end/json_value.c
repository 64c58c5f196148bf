/* Prints one value of a JSON file: json_value FILE KEY…, where a key is the name of a member or the index of an element.
 * Strings come as they are, everything else as JSON. Fails if the file is anything but one JSON value. */
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static const json_t *member(const json_t *value, const char *key)
{
    if (json_is_array(value) && isdigit((unsigned char)key[0]))
        return json_array_get(value, strtoul(key, NULL, 10));
    return json_object_get(value, key);
}

static void print(const json_t *value)
{
    if (json_is_string(value))
        puts(json_string_value(value));
    else if (json_dumpf(value, stdout, JSON_ENCODE_ANY | JSON_COMPACT) == 0)
        putchar('\n');
}

int main(int argc, char **argv)
{
    json_error_t reason;
    json_t *root = argc > 1 ? json_load_file(argv[1], JSON_REJECT_DUPLICATES, &reason) : NULL;
    const json_t *value = root;
    for (int k = 2; k < argc && value != NULL; k++)
        value = member(value, argv[k]);
    if (value != NULL)
        print(value);
    else
        fprintf(stderr, "json_value: no such value\n");
    json_decref(root);
    return value == NULL;
}
