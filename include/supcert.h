/* supcert: the exact largest difference of two ReLU networks on a box, with a certificate.
 *
 * Numbers go in and come out as text. Read are integers ("-3"), fractions ("1/3"), decimals with or without
 * exponent
 * ("0.5", "1e-3") and hexadecimal floats ("0x1.8p-3"), all exactly; returned are integers and fractions in
 * lowest terms. Inputs and outputs are counted from 0.
 *
 * Errors. A function that can fail takes `char **error`. On failure *error is one line, "file:line: what is
 * wrong (what to do)", which the caller releases with free(); on success it is NULL. `error` itself may be
 * NULL. Nothing ends the caller's process: running out of memory is a failure as any other (of which there
 * may be no text, if there is no memory for one), and an inconsistency that the library finds in itself is one
 * whose line begins with "internal error". After these two the library can be used as before, and no thread of
 * its own is left; but memory that the call had in hand may stay allocated. That is rare: a search ends with
 * the bounds that it has when memory gets short, see supcert_maximise.
 *
 * Memory. The library sets 8 MiB aside at the first call. GMP's memory functions are replaced by ones that
 * report to the library, if they are GMP's own; where your program has set others, it must see to it itself
 * that they do not end the process. Blocks of GMP's own functions and of these can be mixed.
 *
 * Threads. Different threads may use the library at the same time, also with the same network. No function
 * installs a signal handler, prints anything or changes the locale. */
#ifndef SUPCERT_H
#define SUPCERT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SUPCERT_API __attribute__((visibility("default")))

/* The library's version, like "0.1.0". */
SUPCERT_API const char *supcert_version(void);

/* --- networks ----------------------------------------------------------------------------------------------
 */

/* A network that has been read from a file; it never changes. */
typedef struct supcert_network supcert_network;

/* Flag: apply the normalisation of inputs and outputs that an NNet file states (without it, it is left out).
 */
#define SUPCERT_NNET_NORMALISE 1u

/* Reads native text, ONNX or NNet, exactly. `flags` is 0 or SUPCERT_NNET_NORMALISE. Returns NULL on failure;
 * the caller releases the network with supcert_network_free. */
SUPCERT_API supcert_network *supcert_network_read(const char *path, unsigned flags, char **error);
SUPCERT_API void supcert_network_free(supcert_network *net); /* NULL is harmless */

SUPCERT_API size_t supcert_network_inputs(const supcert_network *net);
SUPCERT_API size_t supcert_network_outputs(const supcert_network *net);
SUPCERT_API size_t supcert_network_neurons(const supcert_network *net);

/* SHA-256 of the file, 64 lower-case hexadecimal digits; valid as long as the network. */
SUPCERT_API const char *supcert_network_digest(const supcert_network *net);

/* The exact outputs at the point whose `inputs` coordinates are given: an array of `outputs` numbers,
 * released with supcert_numbers_free and the same count. NULL on failure (a coordinate that is no number). */
SUPCERT_API char **supcert_network_evaluate(const supcert_network *net, const char *const *point,
                                            char **error);
SUPCERT_API void supcert_numbers_free(char **numbers, size_t count); /* NULL is harmless */

/* --- the maximum
 * --------------------------------------------------------------------------------------------- */

#define SUPCERT_ALL_OUTPUTS ((size_t)-1)

/* What to maximise, and how long. A question that is all zero but for `output` asks for the exact maximum on
 * the unit cube. */
typedef struct supcert_question {
    const char *const *lower; /* the box: `inputs` lower ends and as many upper ones, lower[i] <= upper[i]; */
    const char *const *upper; /* both NULL: the unit cube */
    size_t output;            /* one output, or SUPCERT_ALL_OUTPUTS */
    const char *gap;          /* be content when upper - lower is at most this; NULL: exact */
    double seconds;           /* limit of time; 0: none */
    unsigned threads;         /* 0: all cores */
    volatile int *stop; /* the search ends soon after *stop becomes nonzero; NULL: it cannot be stopped */
} supcert_question;

/* The largest |f_j - g_j| over the box and the outputs asked for is at least `lower`, which is attained at
 * `point`, and at most `upper`. */
typedef struct supcert_maximum {
    char *lower, *upper;
    char *decimal; /* lower, correctly rounded to 17 significant digits */
    int exact;     /* lower = upper */
    size_t output; /* where lower is attained */
    int sign;      /* 1: f - g = lower there; -1: g - f = lower */
    size_t inputs;
    char **point;
    size_t nodes, leaves; /* of the search tree */
    double seconds;
    int certified; /* the certificate that was asked for has been written */
} supcert_maximum;

/* Searches, and writes the certificate to the file `certificate` unless that is NULL; the file appears only
 * when it is complete. The networks must have equal numbers of inputs and of outputs. Returns NULL on
 * failure; the caller releases the result with supcert_maximum_free. An answer is returned even if its
 * certificate cannot be written: then `certified` is 0, and *error says why. The search ends early, with
 * lower < upper, when the machine, a control group or a limit of the process leaves it little more memory. */
SUPCERT_API supcert_maximum *supcert_maximise(const supcert_network *f, const supcert_network *g,
                                              const supcert_question *question, const char *certificate,
                                              char **error);
SUPCERT_API void supcert_maximum_free(supcert_maximum *maximum); /* NULL is harmless */

/* --- certificates
 * -------------------------------------------------------------------------------------------- */

/* The values are also the exit status of the programs. */
typedef enum supcert_status {
    SUPCERT_VERIFIED = 0,
    SUPCERT_REJECTED = 1,
    SUPCERT_BAD_INPUT = 2
} supcert_status;

/* What a certificate has proved: lower <= max |f_j - g_j| <= upper on the box, over all outputs or one, and
 * lower is the value of |f_j - g_j| at `point` for j = `output`. */
typedef struct supcert_claim {
    char *lower, *upper;
    int all_outputs;
    size_t output;
    size_t inputs;
    char **box_lower, **box_upper, **point;
    size_t nodes, leaves;
} supcert_claim;

/* Checks the certificate in the file `certificate` against the two networks. SUPCERT_VERIFIED: *claim is what
 * it proves, released by the caller with supcert_claim_free; whether that is what you wanted to know (the
 * box, the outputs, the bound) is for you to compare. SUPCERT_REJECTED: it proves nothing about these
 * networks. SUPCERT_BAD_INPUT: it cannot be read or is no certificate. In the last two cases *claim is NULL
 * and *error says why. */
SUPCERT_API supcert_status supcert_check(const char *certificate, const supcert_network *f,
                                         const supcert_network *g, supcert_claim **claim, char **error);
SUPCERT_API void supcert_claim_free(supcert_claim *claimed); /* NULL is harmless */

#ifdef __cplusplus
}
#endif

#endif
