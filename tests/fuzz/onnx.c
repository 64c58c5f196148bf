/* ONNX files. */
#include "fuzz.h"
#include "import/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    error e = ERROR_NONE;
    network net;
    file_bytes bytes = {(unsigned char *)(uintptr_t)data, size};
    if (onnx_read(&net, NULL, "input", &bytes, &e))
        network_clear(&net);
    else
        must(e.message != NULL);
    error_clear(&e);
    return 0;
}
