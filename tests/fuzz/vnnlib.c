/* VNN-LIB specifications. */
#include "fuzz.h"
#include "vnnlib/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    error e = ERROR_NONE;
    vnnlib_query q;
    if (vnnlib_read(&q, "input", (const char *)data, size, &e))
        vnnlib_clear(&q);
    else
        must(e.message != NULL);
    error_clear(&e);
    return 0;
}
