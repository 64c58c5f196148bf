/* The wiring of an ONNX graph, before any value is computed: which name is defined where, and an order in
 * which every node comes after those it reads. The file's own order of nodes is not relied on. */
#ifndef SUPCERT_IMPORT_ONNX_GRAPH_H
#define SUPCERT_IMPORT_ONNX_GRAPH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "import/onnx_operators.h"

#define GRAPH_NOTHING ((size_t)-1) /* an input or output that is left out */

typedef enum value_kind { VALUE_INITIALISER, VALUE_INPUT, VALUE_NODE } value_kind;

/* A named value. */
typedef struct graph_value {
    const char *name; /* borrowed from the model */
    value_kind kind;
    size_t index;  /* of the initialiser, input or node */
    size_t output; /* of the node */
    size_t uses;   /* times that needed nodes, and the output, still read it */
    tensor *held;  /* its value, from when it is known until nobody reads it any more */
    /* What the file declares about it: as an input that has a default, as a value, as the output. */
    const Onnx__TypeProto *as_input, *as_value, *as_output;
} graph_value;

typedef struct graph {
    const char *file;              /* for messages */
    const Onnx__GraphProto *proto; /* borrowed */
    int version;                   /* of the operators */
    size_t values;
    graph_value *value;             /* sorted by name */
    const onnx_operator **operator; /* of every node */
    size_t *first_input;            /* nodes + 1 entries: where the node's inputs start in input_value */
    size_t *input_value;            /* the value that every input reads, or GRAPH_NOTHING */
    size_t *result;                 /* the value that every node computes, or GRAPH_NOTHING */
    size_t *order;                  /* all nodes, each after those it reads */
    bool *needed;                   /* whether the output depends on the node */
    size_t input;                   /* the one value that is the network's input */
    size_t output;                  /* the one value that is the network's output */
} graph;

/* Fails, with *g cleared, on names that are missing, defined or declared twice, on cycles, on operators that
 * are not supported, on uses of their second outputs, and unless there is exactly one input that is no
 * initialiser and exactly one output. */
bool graph_init(graph *g, const Onnx__GraphProto *proto, int version, const char *file, error *e);
/* The values held must have been freed. */
void graph_clear(graph *g);

#endif
