/* Damage: see mutate.h. */
#include "mutate.h"

#include <string.h>

size_t mutate_text(char *text, size_t length, rng *r)
{
    static const char bytes[] = "0123456789-/ +.<>bipnoer\n";
    size_t at = rng_below(r, length);
    switch (rng_below(r, 4)) {
    case 0:
        text[at] = bytes[rng_below(r, sizeof bytes - 1)];
        return length;
    case 1:
        memmove(text + at, text + at + 1, length - at - 1);
        return length - 1;
    case 2: { /* a line is lost */
        char *start = memrchr(text, '\n', at), *end = memchr(text + at, '\n', length - at);
        start = start == NULL ? text : start + 1;
        end = end == NULL ? text + length : end + 1;
        memmove(start, end, (size_t)(text + length - end));
        return length - (size_t)(end - start);
    }
    default: /* two bytes change places */
    {
        size_t other = rng_below(r, length);
        char byte = text[at];
        text[at] = text[other];
        text[other] = byte;
        return length;
    }
    }
}
