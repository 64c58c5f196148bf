"""Random models: operators applied to one input, in any version of the operator set, with a declared output that
is right as a rule."""

import onnx
import operators
from graph import Graph

MOST_ELEMENTS = 64
OLDEST, NEWEST = 7, 22  # versions of the operators, as in src/import/import.h


def random_opset(random):
    """The versions that are known, and now and then one outside."""
    return random.choice([5, 6, 23, 24, 25, 26, 30]) if random.random() < 0.02 else random.randint(OLDEST, NEWEST)


def random_shape(random):
    if random.random() < 0.5:
        return (1, random.randint(1, 4))
    rank = random.randint(0, 4)
    shape = [random.randint(1, 2 if rank == 4 else 3) for _ in range(rank)]
    return (1, *shape[1:]) if shape and random.random() < 0.8 else tuple(shape)  # a batch of one, as a rule


def declared_input(g, shape):
    """A batch may be declared by a name."""
    dims = list(shape)
    if dims and dims[0] == 1 and g.chance(0.1):
        dims[0] = "N"
    return onnx.value_info("x", g.element, dims)


def declared_output(g, value):
    if g.chance(0.1):
        return onnx.value_info(value.name, value.element, None)
    dims = [("d%d" % i if g.chance(0.1) else d) for i, d in enumerate(value.shape)]
    if g.slip() and dims:
        dims[g.random.randrange(len(dims))] = g.random.randint(0, 5)
    return onnx.value_info(value.name, value.element, dims)


def model(random):
    """A random model, as a message."""
    g = Graph(random, random_opset(random), onnx.DOUBLE if random.random() < 0.12 else onnx.FLOAT)
    x = g.add_input(random_shape(random))
    for _ in range(random.choice([1, 1, 2, 2, 3, 4, 5, 6, 8, 12])):
        random.choice(operators.ALL)(g)
        g.live = [value for value in g.live if value.count <= MOST_ELEMENTS]
    result = g.live[-1] if g.chance(0.9) else g.pick()
    if g.nodes and g.chance(0.02):  # nodes in the order of computation are asked for, not always given
        g.random.shuffle(g.nodes)
    outputs = [declared_output(g, result)] + ([declared_output(g, g.pick())] if g.slip() else [])
    return g.model([declared_input(g, x.shape)], outputs)
