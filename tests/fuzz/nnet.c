/* NNet files, read in both ways. */
#include "fuzz.h"
#include "import/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int k = 0; k < 2; k++) {
        error e = ERROR_NONE;
        network net;
        import_options options = {.nnet_normalise = k == 1};
        file_bytes bytes = {(unsigned char *)(uintptr_t)data, size};
        if (nnet_read(&net, "input", &bytes, &options, &e))
            network_clear(&net);
        else
            must(e.message != NULL);
        error_clear(&e);
    }
    return 0;
}
