/* VNN-LIB specifications, versions 1.0 and 2.0, for networks over the reals: declarations, and assertions
 * multiplied out into cases, each a conjunction of comparisons of affine forms with 0. Whatever is outside of
 * that is an error that names it. Trusted: the checker reads the specification for itself.
 *
 * Grammar of 2.0: the standard's (vnnlib.org), without declare-hidden; of 1.0: declare-const X_i and Y_i of
 * type Real, assert with <= >= < > = and or + - *. */
#ifndef SUPCERT_VNNLIB_QUERY_H
#define SUPCERT_VNNLIB_QUERY_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/budget.h"
#include "vnnlib/linear.h"

#define VNNLIB_NONE ((size_t)-1)

typedef struct vnnlib_network {
    char *name;             /* owned; NULL in version 1.0 */
    long line;              /* of its declaration */
    size_t same_as;         /* the network of the same file (equal-to), or VNNLIB_NONE */
    size_t like;            /* the network with the same graph (isomorphic-to), or VNNLIB_NONE */
    size_t input, inputs;   /* its input variables: first and number */
    size_t output, outputs; /* its output variables */
} vnnlib_network;

/* A declared tensor; its elements are `count` variables from `first`, row-major. */
typedef struct vnnlib_tensor {
    char *name, *type, *shape; /* owned; as declared, shape without blanks: "[1,5]", "[]" */
    size_t network, first, count;
    bool is_output;
    size_t *extent; /* owned, `dimensions` of them */
    size_t dimensions;
} vnnlib_tensor;

typedef enum vnnlib_relation { VNNLIB_AT_LEAST, VNNLIB_ABOVE, VNNLIB_EQUAL } vnnlib_relation;

/* form >= 0, > 0 or = 0. */
typedef struct vnnlib_atom {
    linear form;
    vnnlib_relation relation;
    bool over_inputs; /* no output occurs in it */
} vnnlib_atom;

/* All of its atoms hold. */
typedef struct vnnlib_case {
    size_t *atom; /* owned indices */
    size_t atoms, capacity;
} vnnlib_case;

typedef struct vnnlib_query {
    const char *file; /* borrowed */
    bool is_old;      /* version 1.0 */
    vnnlib_network *network;
    size_t networks, network_capacity;
    vnnlib_tensor *tensor;
    size_t tensors, tensor_capacity;
    size_t variables;
    vnnlib_atom *atom;
    size_t atoms, atom_capacity;
    vnnlib_case *cases; /* the specification is satisfied where one of them holds */
    size_t count;
    budget left; /* of what cases and forms may fill, parts too */
} vnnlib_query;

/* Reads the specification of `size` bytes at `text`; `file` names it. On failure *e is set and *q is clear.
 */
bool vnnlib_read(vnnlib_query *q, const char *file, const char *text, size_t size, error *e);
void vnnlib_clear(vnnlib_query *q);

/* Whether the declared types are all `real`. If not, *tensor is one that is not. */
bool vnnlib_is_real(const vnnlib_query *q, size_t *tensor);
/* The tensor of which a variable is an element. */
const vnnlib_tensor *vnnlib_tensor_of(const vnnlib_query *q, size_t variable);
/* A variable as the specification writes it: "X[0,3]". The caller frees it. */
char *vnnlib_variable_name(const vnnlib_query *q, size_t variable);

/* Whether the assertions hold for the values, one per variable. */
bool vnnlib_holds(const vnnlib_query *q, mpq_t *value);

#endif
