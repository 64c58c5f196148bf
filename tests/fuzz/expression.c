/* Formulas: what is read can be written, and is then read as the same. */
#include "fuzz.h"
#include "target/expression.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    error e = ERROR_NONE;
    expression u, again;
    if (expression_parse(&u, 3, "input", (const char *)data, size, &e)) {
        char *text = expression_text(&u);
        must(expression_parse(&again, 3, "written", text, strlen(text), &e));
        must(expression_equal(&u, &again));
        free(text);
        expression_clear(&u);
        expression_clear(&again);
    } else {
        must(e.message != NULL);
    }
    error_clear(&e);
    return 0;
}
