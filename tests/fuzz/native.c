/* Networks in native text: what is read can be written, and is then read as the same. */
#include "fuzz.h"
#include "network/native.h"

static char *text_of(const network *net, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    native_write(out, net);
    fclose(out);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    error e = ERROR_NONE;
    network net, again;
    file_bytes bytes = {(unsigned char *)(uintptr_t)data, size};
    if (native_read(&net, "input", &bytes, &e)) {
        size_t length, length_again;
        char *text = text_of(&net, &length);
        file_bytes written = {(unsigned char *)text, length};
        must(native_read(&again, "written", &written, &e));
        char *text_again = text_of(&again, &length_again);
        must(length == length_again && memcmp(text, text_again, length) == 0);
        free(text);
        free(text_again);
        network_clear(&net);
        network_clear(&again);
    } else {
        must(e.message != NULL);
    }
    error_clear(&e);
    return 0;
}
