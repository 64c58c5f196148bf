/* Validates JSON files against a JSON Schema of share/schema: json_schema SCHEMA FILE… It knows the keywords of draft 2020-12
 * that these schemas use, and fails at any other, so that none is ignored. With --tight before
 * the files it also verifies that no member of any object in them can be left out and none be added. With --names in place of
 * files it prints the members that the schema describes, one a line. Exit status 0: valid, 1: not valid, 2: a wrong schema. */
#include <jansson.h>
#include <regex.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A schema, the file that it stands in, and that file's folder, to which references are relative. */
typedef struct schema {
    json_t *node, *root;
    const char *folder;
} schema;

static json_t *files;    /* of schemas, by name */
static bool quiet;       /* while alternatives are tried */
static const char *what; /* is being validated */

static bool valid(schema s, const json_t *value, const char *path, json_t *seen);

static void wrong_schema(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("json_schema: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    exit(2);
}

static bool reject(const char *path, const char *reason, const char *detail)
{
    if (!quiet)
        fprintf(stderr, "%s: %s: %s%s\n", what, path[0] == '\0' ? "the whole" : path, reason, detail);
    return false;
}

/* --- schemas ----------------------------------------------------------------------------------------------- */

static json_t *load_schema(const char *folder, const char *name)
{
    json_t *root = json_object_get(files, name);
    if (root != NULL)
        return root;
    char path[4096];
    json_error_t reason;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    root = json_load_file(path, JSON_REJECT_DUPLICATES, &reason);
    if (root == NULL)
        wrong_schema("%s:%d: %s", path, reason.line, reason.text);
    json_object_set_new(files, name, root);
    return root;
}

/* Where a reference leads: [FILE][#/key/key…]. */
static schema follow(schema s, const char *reference)
{
    char text[256];
    snprintf(text, sizeof text, "%s", reference);
    char *fragment = strchr(text, '#');
    if (fragment != NULL)
        *fragment++ = '\0';
    schema to = {.root = text[0] == '\0' ? s.root : load_schema(s.folder, text), .folder = s.folder};
    to.node = to.root;
    for (char *key = fragment == NULL ? NULL : strtok(fragment, "/"); key != NULL; key = strtok(NULL, "/"))
        to.node = json_object_get(to.node, key);
    if (to.node == NULL)
        wrong_schema("%s leads nowhere", reference);
    return to;
}

static schema inside(schema s, json_t *node)
{
    return (schema){.node = node, .root = s.root, .folder = s.folder};
}

/* --- keywords: each returns whether the value obeys it -------------------------------------------------------- */

static bool has_type(const json_t *value, const char *type)
{
    return strcmp(type, "object") == 0    ? json_is_object(value)
           : strcmp(type, "array") == 0   ? json_is_array(value)
           : strcmp(type, "string") == 0  ? json_is_string(value)
           : strcmp(type, "integer") == 0 ? json_is_integer(value)
           : strcmp(type, "number") == 0  ? json_is_number(value)
           : strcmp(type, "boolean") == 0 ? json_is_boolean(value)
           : strcmp(type, "null") == 0    ? json_is_null(value)
                                          : (wrong_schema("unknown type %s", type), false);
}

static bool obeys_type(const json_t *types, const json_t *value, const char *path)
{
    bool good = json_is_string(types) && has_type(value, json_string_value(types));
    for (size_t k = 0; k < json_array_size(types); k++)
        good |= has_type(value, json_string_value(json_array_get(types, k)));
    return good || reject(path, "has another type than the schema says", "");
}

static bool obeys_enum(const json_t *list, const json_t *value, const char *path)
{
    for (size_t k = 0; k < json_array_size(list); k++)
        if (json_equal(json_array_get(list, k), value))
            return true;
    return reject(path, "is none of the values that the schema lists", "");
}

static bool obeys_pattern(const char *pattern, const json_t *value, const char *path)
{
    regex_t r;
    if (!json_is_string(value))
        return true;
    if (regcomp(&r, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        wrong_schema("bad pattern %s", pattern);
    bool good = regexec(&r, json_string_value(value), 0, NULL, 0) == 0;
    regfree(&r);
    return good || reject(path, "does not match ", pattern);
}

static bool obeys_properties(schema s, const json_t *value, const char *path, json_t *seen)
{
    const char *key;
    json_t *node;
    bool good = true;
    json_object_foreach(s.node, key, node) {
        const json_t *member = json_object_get(value, key);
        char place[1024];
        if (member == NULL)
            continue;
        snprintf(place, sizeof place, "%s/%s", path, key);
        json_object_set_new(seen, key, json_true());
        json_t *own = json_object();
        good &= valid(inside(s, node), member, place, own);
        json_decref(own);
    }
    return good;
}

static bool obeys_required(const json_t *list, const json_t *value, const char *path)
{
    for (size_t k = 0; json_is_object(value) && k < json_array_size(list); k++)
        if (json_object_get(value, json_string_value(json_array_get(list, k))) == NULL)
            return reject(path, "lacks ", json_string_value(json_array_get(list, k)));
    return true;
}

static bool obeys_items(schema s, const json_t *value, const char *path)
{
    const json_t *prefix = json_object_get(s.node, "prefixItems");
    json_t *rest = json_object_get(s.node, "items");
    bool good = true;
    for (size_t k = 0; k < json_array_size(value); k++) {
        json_t *node = k < json_array_size(prefix) ? json_array_get(prefix, k) : rest, *own = json_object();
        char place[1024];
        snprintf(place, sizeof place, "%s/%zu", path, k);
        if (node != NULL)
            good &= valid(inside(s, node), json_array_get(value, k), place, own);
        json_decref(own);
    }
    return good;
}

/* anyOf and oneOf: tells how many alternatives hold, and marks what they describe. */
static bool obeys_alternatives(schema s, bool one, const json_t *value, const char *path, json_t *seen)
{
    size_t holding = 0, count = json_array_size(s.node);
    bool before = quiet;
    quiet = true;
    for (size_t k = 0; k < count; k++) {
        json_t *own = json_object();
        if (valid(inside(s, json_array_get(s.node, k)), value, path, own)) {
            holding++;
            json_object_update(seen, own);
        }
        json_decref(own);
    }
    quiet = before;
    if (holding == 1 || (!one && holding > 0))
        return true;
    for (size_t k = 0; holding == 0 && !quiet && k < count; k++) { /* say why */
        json_t *own = json_object();
        valid(inside(s, json_array_get(s.node, k)), value, path, own);
        json_decref(own);
    }
    return reject(path, holding == 0 ? "obeys no alternative" : "obeys several alternatives", "");
}

/* The members that nothing has described. */
static bool all_seen(const json_t *seen, const json_t *value, const char *path)
{
    const char *key;
    json_t *member;
    bool good = true;
    json_object_foreach((json_t *)value, key, member)
        if (json_object_get(seen, key) == NULL)
            good = reject(path, "has a member that the schema does not know: ", key);
    return good;
}

static bool is_false(const char *key, const json_t *node)
{
    if (!json_is_false(node))
        wrong_schema("%s is not false", key);
    return true;
}

static bool obeys(schema s, const char *key, json_t *node, const json_t *value, const char *path, json_t *seen)
{
    if (strcmp(key, "$ref") == 0)
        return valid(follow(s, json_string_value(node)), value, path, seen);
    if (strcmp(key, "type") == 0)
        return obeys_type(node, value, path);
    if (strcmp(key, "const") == 0)
        return json_equal(node, value) || reject(path, "is not the value that the schema says", "");
    if (strcmp(key, "enum") == 0)
        return obeys_enum(node, value, path);
    if (strcmp(key, "pattern") == 0)
        return obeys_pattern(json_string_value(node), value, path);
    if (strcmp(key, "minimum") == 0)
        return !json_is_number(value) || json_number_value(value) >= json_number_value(node) || reject(path, "is too small", "");
    if (strcmp(key, "minItems") == 0)
        return !json_is_array(value) || (json_int_t)json_array_size(value) >= json_integer_value(node) || reject(path, "is too short", "");
    if (strcmp(key, "maxItems") == 0)
        return !json_is_array(value) || (json_int_t)json_array_size(value) <= json_integer_value(node) || reject(path, "is too long", "");
    if (strcmp(key, "properties") == 0)
        return obeys_properties(inside(s, node), value, path, seen);
    if (strcmp(key, "required") == 0)
        return obeys_required(node, value, path);
    if (strcmp(key, "items") == 0 || (strcmp(key, "prefixItems") == 0 && json_object_get(s.node, "items") == NULL))
        return obeys_items(s, value, path);
    if (strcmp(key, "anyOf") == 0 || strcmp(key, "oneOf") == 0)
        return obeys_alternatives(inside(s, node), key[0] == 'o', value, path, seen);
    if (strcmp(key, "additionalProperties") == 0 || strcmp(key, "unevaluatedProperties") == 0)
        return is_false(key, node); /* looked at last, see valid */
    if (strcmp(key, "prefixItems") != 0 && strcmp(key, "title") != 0 && strcmp(key, "description") != 0 && strcmp(key, "$defs") != 0 &&
        strcmp(key, "$schema") != 0)
        wrong_schema("keyword %s is not known here", key);
    return true;
}

/* Whether the value obeys the schema. `seen` takes the members that the schema describes. */
static bool valid(schema s, const json_t *value, const char *path, json_t *seen)
{
    const char *key;
    json_t *node;
    bool good = true;
    if (json_is_boolean(s.node))
        return json_is_true(s.node) || reject(path, "must not be there", "");
    json_object_foreach(s.node, key, node)
        good &= obeys(s, key, node, value, path, seen);
    if (json_object_get(s.node, "additionalProperties") != NULL) {
        json_t *own = json_object(), *properties = json_object_get(s.node, "properties");
        json_object_update(own, properties);
        good &= all_seen(own, value, path);
        json_decref(own);
    }
    if (json_object_get(s.node, "unevaluatedProperties") != NULL)
        good &= all_seen(seen, value, path);
    return good;
}

/* --- names ------------------------------------------------------------------------------------------------- */

/* Prints the members that the schema describes, in whatever depth. */
static void print_names(schema s)
{
    const char *key;
    json_t *node;
    size_t k;
    if (json_is_array(s.node))
        json_array_foreach(s.node, k, node)
            print_names(inside(s, node));
    if (!json_is_object(s.node))
        return;
    json_object_foreach(json_object_get(s.node, "properties"), key, node)
        puts(key);
    json_object_foreach(s.node, key, node) {
        const char *reference = strcmp(key, "$ref") == 0 ? json_string_value(node) : NULL;
        if (reference != NULL && strchr(reference, '#') != NULL)
            print_names(follow(s, reference));
        else if (strcmp(key, "properties") == 0)
            for (void *at = json_object_iter(node); at != NULL; at = json_object_iter_next(node, at))
                print_names(inside(s, json_object_iter_value(at)));
        else
            print_names(inside(s, node));
    }
}

/* --- tightness --------------------------------------------------------------------------------------------- */

static bool is_valid(schema s, const json_t *root)
{
    json_t *seen = json_object();
    bool good = valid(s, root, "", seen);
    json_decref(seen);
    return good;
}

static bool member_matters(schema s, const json_t *root, json_t *object, const char *key, const char *path)
{
    json_t *member = json_incref(json_object_get(object, key));
    json_object_del(object, key);
    quiet = true;
    bool matters = !is_valid(s, root);
    quiet = false;
    json_object_set_new(object, key, member);
    return matters || reject(path, "would be valid without ", key);
}

/* Whether the schema notices every change to the members of the objects inside `node`, which is inside `root`. */
static bool is_tight(schema s, const json_t *root, json_t *node, const char *path)
{
    char place[1024];
    json_t *keys = json_array(), *key;
    bool good = true;
    for (void *at = json_object_iter(node); at != NULL; at = json_object_iter_next(node, at))
        json_array_append_new(keys, json_string(json_object_iter_key(at)));
    size_t k;
    json_array_foreach(keys, k, key) {
        snprintf(place, sizeof place, "%s/%s", path, json_string_value(key));
        good &= member_matters(s, root, node, json_string_value(key), path);
        good &= is_tight(s, root, json_object_get(node, json_string_value(key)), place);
    }
    json_decref(keys);
    for (k = 0; k < json_array_size(node); k++) {
        snprintf(place, sizeof place, "%s/%zu", path, k);
        good &= is_tight(s, root, json_array_get(node, k), place);
    }
    if (!json_is_object(node))
        return good;
    json_object_set_new(node, "unknown", json_null());
    quiet = true;
    bool noticed = !is_valid(s, root);
    quiet = false;
    json_object_del(node, "unknown");
    return (noticed || reject(path, "would be valid with a member more", "")) && good;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        wrong_schema("usage: json_schema SCHEMA --names | FILE...");
    char *name = strrchr(argv[1], '/');
    if (name == NULL)
        wrong_schema("name the schema with its folder");
    *name++ = '\0';
    files = json_object();
    schema s = {.folder = argv[1], .node = load_schema(argv[1], name)};
    s.root = s.node;
    bool good = true, tight = strcmp(argv[2], "--tight") == 0;
    if (strcmp(argv[2], "--names") == 0) {
        print_names(s);
        argc = 2;
    }
    for (int k = tight ? 3 : 2; k < argc; k++) {
        json_error_t reason;
        json_t *value = json_load_file(what = argv[k], JSON_REJECT_DUPLICATES, &reason);
        good &= value != NULL ? is_valid(s, value) : reject("", "is no JSON: ", reason.text);
        good = good && (!tight || is_tight(s, value, value, ""));
        json_decref(value);
    }
    json_decref(files);
    return good ? 0 : 1;
}
