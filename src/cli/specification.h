/* A VNN-LIB specification with its networks, as the command line names them: what `supcert verify` answers
 * and what the checker reads for itself. Trusted. */
#ifndef SUPCERT_CLI_SPECIFICATION_H
#define SUPCERT_CLI_SPECIFICATION_H

#include "base/error.h"
#include "cli/option.h"
#include "import/import.h"
#include "vnnlib/query_check.h"

/* The options that say so: rows of an option table. */
#define NETWORK_OPTION_ROW                                                                                   \
    {                                                                                                        \
        .name = "network", .kind = OPTION_TEXT, .value = "NAME=FILE", .many = true,                          \
        .help = "the network that the specification calls NAME; once for each (any NAME in VNN-LIB 1.0)"     \
    }
#define AS_REAL_OPTION_ROW                                                                                   \
    {                                                                                                        \
        .name = "as-real", .kind = OPTION_SWITCH,                                                            \
        .help = "take a specification about floating-point numbers as one about real numbers"                \
    }

typedef struct specification {
    const char *path; /* borrowed */
    char digest[FILE_DIGEST_SIZE];
    vnnlib_query q;
    vnnlib_problem problem;
    bool is_read;        /* q is; so is `problem`, unless reading failed */
    import_model *model; /* by network of the query; of the same file as another one: empty */
    const network **net;
    const char **model_digest;
    vnnlib_given given; /* all of this, for the checker */
} specification;

/* Reads the specification and the networks ("NAME=FILE", `count` of them). as_real: declared types other than
 * real are taken to be real. On failure *e is set and *s is clear. */
bool specification_read(specification *s, const char *path, const char *const *networks, size_t count,
                        bool as_real, bool nnet_normalise, error *e);
/* The model of network k, which may be that of another one. */
const import_model *specification_model(const specification *s, size_t k);
void specification_clear(specification *s);

#endif
