/* Answers of `max` and `decide`, as the JSON objects that they print, told in one line for reports. */
#ifndef SUPCERT_CLI_ANSWER_H
#define SUPCERT_CLI_ANSWER_H

#include <jansson.h>

/* Why the answer is not the one that was wished for: "missed", with the error and the point where it is that
 * large, in 17 digits, and the whole fraction where it is short; "undecided" or "bracket", with the bounds
 * and what ended the search. The caller frees it. */
char *answer_message(const json_t *answer);

#endif
