"""One random application of every operator that the project reads, in the form that the graph's version of the
operator set has for it. Each function adds a node to the graph, or none where no value is fit for it."""

from math import prod

import onnx


def broadcast(a, b):
    """The shape that two shapes have together."""
    rank = max(len(a), len(b))
    a, b = (1,) * (rank - len(a)) + tuple(a), (1,) * (rank - len(b)) + tuple(b)
    return tuple(y if x == 1 else x for x, y in zip(a, b))


def fits(a, b):
    """Whether the shapes broadcast."""
    return all(x == y or 1 in (x, y) for x, y in zip(reversed(a), reversed(b)))


def partner_shape(g, shape):
    """A shape that broadcasts with `shape`: shorter, with ones, with other numbers for its ones, or longer."""
    result = [1 if g.chance(0.25) else d for d in shape]
    result = [g.random.randint(1, 3) if d == 1 and g.chance(0.1) else d for d in result]
    if g.chance(0.3):
        result = result[g.random.randint(0, len(result)) :]
    if g.chance(0.1) and prod(result) < 9 and len(result) < 4:
        result = [g.random.randint(1, 2)] + result
    if g.slip():
        result = result + [g.random.randint(1, 3)]
    return tuple(result)


# --- element by element --------------------------------------------------------------------------------------


def arithmetic(g):
    """With a constant on either side, or of two values."""
    op_type = g.random.choice(["Add", "Add", "Sub", "Mul", "Div"])
    a = g.pick()
    b = g.pick(lambda value: fits(value.shape, a.shape)) if g.chance(0.4) else None
    if b is None or (op_type in ("Mul", "Div") and not g.slip()):
        shape = partner_shape(g, a.shape)
        numbers = [g.number() for _ in range(prod(shape))]
        b = g.constant(g.element, shape, [x or 0.5 for x in numbers] if op_type == "Div" else numbers)
    pair = [b, a] if g.chance(0.3) and (op_type != "Div" or g.slip()) else [a, b]
    g.apply(op_type, pair, broadcast(a.shape, b.shape))


def unary(g):
    x = g.pick()
    g.apply(g.random.choice(["Relu", "Relu", "Relu", "Neg", "Abs", "Identity"]), [x], x.shape)


def leaky_relu(g):
    x = g.pick()
    attributes = {"alpha": g.number()} if g.chance(0.7) else {}
    g.apply("LeakyRelu", [x], x.shape, **attributes)


def prelu(g):
    """The slope broadcasts to the input, not the other way round."""
    x = g.pick()
    shape = [1 if g.chance(0.4) else d for d in x.shape]
    shape = shape[g.random.randint(0, len(shape)) :] if g.chance(0.4) else shape
    g.apply("PRelu", [x, g.floats(partner_shape(g, x.shape) if g.slip() else shape)], x.shape)


def clip(g):
    """With either end, both or none; attributes before version 11, inputs since; the ends in order as a rule."""
    x = g.pick()
    low, high = sorted([g.number(), g.number()])
    if g.chance(0.05):
        low, high = high, low
    low = low if g.chance(0.7) else None
    high = high if g.chance(0.7) else None
    if (g.opset < 11) != g.slip():
        ends = {name: end for name, end in (("min", low), ("max", high)) if end is not None}
        g.apply("Clip", [x], x.shape, **ends)
    else:
        shape = (1,) if g.slip() else ()
        ends = [None if end is None else g.constant(g.element, shape, [end]) for end in (low, high)]
        g.apply("Clip", [x] + ends, x.shape)


def extremum(g):
    """Of several; they broadcast since version 8."""
    x = g.pick()
    inputs, shape = [x], x.shape
    for _ in range(g.random.randint(0, 3)):
        same = g.opset < 8 and not g.slip()
        partner = g.pick(lambda v: v.shape == shape if same else fits(v.shape, shape)) if g.chance(0.5) else None
        partner = partner or g.floats(shape if same else partner_shape(g, shape))
        if fits(partner.shape, shape):
            shape = broadcast(shape, partner.shape)
        inputs.append(partner)
    g.random.shuffle(inputs)
    g.apply(g.random.choice(["Max", "Min"]), inputs, shape)


def batch_normalization(g):
    """The root of variance plus epsilon is rational as a rule, else the layer is no rational function."""
    x = g.pick(lambda value: value.rank >= 2)
    if x is None:
        return
    channels = (x.shape[1],)
    epsilon = g.random.choice([0.0, 0.25, 0.0009765625])
    roots = [g.random.choice([1.0, 0.5, 1.5, 2.0]) for _ in range(channels[0])]
    squares = [root * root - epsilon + (0.3 if g.slip() else 0) for root in roots]
    variance = g.constant(g.element, channels, squares)
    attributes = {"epsilon": epsilon}
    if g.chance(0.3):
        attributes["momentum"] = 0.5
    if (g.opset < 9 or g.slip()) and g.chance(0.4):
        attributes["spatial"] = 0 if g.slip() else 1
    if (g.opset >= 14 or g.slip()) and g.chance(0.4):
        attributes["training_mode"] = 1 if g.slip() else 0
    rest = [g.floats(channels) for _ in range(3)]
    g.apply("BatchNormalization", [x] + rest + [variance], x.shape, **attributes)


# --- products ------------------------------------------------------------------------------------------------


def gemm(g):
    """Matrices either way round, with or without factors and a third input, which is required before version 11."""
    x = g.pick(lambda value: value.rank == 2)
    if x is None:
        return
    trans = [g.random.randint(0, 1), g.random.randint(0, 1)]
    left = g.chance(0.8)
    other = g.random.randint(1, 4)
    shared = x.shape[1 - trans[0]] if left else x.shape[trans[1]]
    shape = (shared, other) if left else (other, shared)
    side = 1 if left else 0
    weights = g.floats(shape[::-1] if trans[side] else shape)
    rows = x.shape[trans[0]] if left else other
    columns = other if left else x.shape[1 - trans[1]]
    third = summand(g, rows, columns)
    attributes = {name: flag for name, flag in (("transA", trans[0]), ("transB", trans[1])) if flag or g.chance(0.3)}
    attributes.update({name: g.number() for name in ("alpha", "beta") if g.chance(0.3)})
    g.apply("Gemm", [x, weights, third] if left else [weights, x, third], (rows, columns), **attributes)


def summand(g, rows, columns):
    if g.chance(0.3) and (g.opset >= 11 or g.slip()):
        return None
    if g.chance(0.15):
        value = g.pick(lambda v: v.rank <= 2 and broadcast(v.shape, (rows, columns)) == (rows, columns)
                       and fits(v.shape, (rows, columns)))
        if value is not None:
            return value
    shapes = [(rows, columns), (columns,), (1, columns), (rows, 1), (1,), (1, 1), ()]
    return g.floats(g.random.choice(shapes + [(rows,)] if g.slip() else shapes))


def matmul(g):
    """A vector, a matrix or a stack of matrices, times another of them."""
    x = g.pick(lambda value: value.rank >= 1)
    if x is None:
        return
    lead = x.shape[:-2]
    stack = partner_shape(g, lead) if g.chance(0.4) else ()
    if not fits(stack, lead):
        return
    if g.chance(0.7):
        inner, other = x.shape[-1], g.random.randint(1, 4)
        vector = g.chance(0.2) and not stack
        weights = g.floats((inner,) if vector else stack + (inner, other))
        tail = (x.shape[-2:-1] if x.rank > 1 else ()) + (() if vector else (other,))
        pair = [x, weights]
    else:
        inner, other = x.shape[-2] if x.rank > 1 else x.shape[0], g.random.randint(1, 4)
        vector = g.chance(0.2) and not stack
        weights = g.floats((inner,) if vector else stack + (other, inner))
        tail = (() if vector else (other,)) + (x.shape[-1:] if x.rank > 1 else ())
        pair = [weights, x]
    g.apply("MatMul", pair, broadcast(stack, lead) + tail)


# --- shapes --------------------------------------------------------------------------------------------------


def random_factors(g, count):
    """A shape with so many elements."""
    shape = []
    while count > 1 and len(shape) < 4:
        factor = g.random.choice([d for d in range(1, count + 1) if count % d == 0])
        shape.append(factor)
        count //= factor
    return shape + [count] if count > 1 or not shape or g.chance(0.2) else shape


def reshape(g):
    x = g.pick()
    shape = random_factors(g, x.count)
    wanted = list(shape)
    for i, d in enumerate(shape):
        if i < x.rank and x.shape[i] == d and g.chance(0.4):
            wanted[i] = 0
    if g.chance(0.5):
        wanted[g.random.randrange(len(wanted))] = -1
    attributes = {}
    if (g.opset >= 14 or g.slip()) and g.chance(0.3):
        attributes["allowzero"] = 0 if 0 in wanted and not g.slip() else g.random.randint(0, 1)
    result = g.apply("Reshape", [x, g.shape_constant(wanted)], shape, **attributes)
    if g.chance(0.4):
        permute(g, result)  # which makes the shape visible in the order of the elements


def flatten(g):
    x = g.pick()
    axis = g.random.randint(0, x.rank)
    shape = (prod(x.shape[:axis]), prod(x.shape[axis:]))
    named = axis if axis == x.rank else g.axis(axis, x.rank)
    attributes = {} if axis == 1 and g.chance(0.5) else {"axis": named}
    g.apply("Flatten", [x], shape, **attributes)


def with_axes(g, op_type, x, axes, shape):
    """Axes are an attribute before version 13, an input since."""
    if (g.opset < 13) != g.slip():
        g.apply(op_type, [x], shape, **({"axes": axes} if axes else {}))
    else:
        g.apply(op_type, [x, g.shape_constant(axes)] if axes else [x], shape)


def squeeze(g):
    x = g.pick(lambda value: 1 in value.shape)
    if x is None:
        return
    ones = [i for i, d in enumerate(x.shape) if d == 1]
    if g.chance(0.25):
        with_axes(g, "Squeeze", x, [], [d for d in x.shape if d != 1])
        return
    gone = g.random.sample(ones, g.random.randint(1, len(ones)))
    with_axes(g, "Squeeze", x, [g.axis(i, x.rank) for i in gone], [d for i, d in enumerate(x.shape) if i not in gone])


def unsqueeze(g):
    x = g.pick(lambda value: value.rank < 4)
    if x is None:
        return
    rank = x.rank + g.random.randint(1, 2)
    new = g.random.sample(range(rank), rank - x.rank)
    old = iter(x.shape)
    shape = [1 if i in new else next(old) for i in range(rank)]
    with_axes(g, "Unsqueeze", x, [g.axis(i, rank) for i in new], shape)


def transpose(g):
    permute(g, g.pick(lambda value: value.rank >= 2) or g.pick())


def permute(g, x):
    perm = list(range(x.rank))
    g.random.shuffle(perm)
    attributes = {"perm": perm}
    if not perm or g.chance(0.2):
        perm, attributes = perm[::-1] if not perm else list(range(x.rank))[::-1], {}
    if g.slip() and perm:
        attributes = {"perm": [p - x.rank for p in perm]}
    g.apply("Transpose", [x], [x.shape[p] for p in perm], **attributes)


def concat(g):
    x = g.pick(lambda value: value.rank >= 1)
    if x is None:
        return
    axis = g.random.randrange(x.rank)
    inputs, shape = [x], list(x.shape)
    for _ in range(g.random.randint(0, 2)):
        partner = g.pick(lambda v: v.rank == x.rank and all(i == axis or d == e for i, (d, e)
                                                            in enumerate(zip(v.shape, x.shape))))
        if g.chance(0.4) or partner is None:
            partner = g.floats([g.random.randint(1, 2) if i == axis else d for i, d in enumerate(x.shape)])
        inputs.append(partner)
        shape[axis] += partner.shape[axis]
    order = list(range(len(inputs)))
    g.random.shuffle(order)
    attributes = {} if g.slip() else {"axis": g.axis(axis, x.rank)}
    g.apply("Concat", [inputs[i] for i in order], shape, **attributes)


def dropout(g):
    """The ratio is an attribute before version 12; then an input, with a third that turns training on."""
    x = g.pick()
    outputs = 2 if g.chance(0.2) else 1
    if (g.opset < 12) != g.slip():
        attributes = {"ratio": g.random.choice([0.0, 0.25, 0.5])} if g.chance(0.7) else {}
        g.apply("Dropout", [x], x.shape, outputs=outputs, **attributes)
        return
    ratio = g.constant(g.element, (), [g.random.choice([0.0, 0.25, 0.5])]) if g.chance(0.6) else None
    training = g.constant(onnx.BOOL, (), [g.slip()]) if g.chance(0.4) else None
    attributes = {"seed": 7} if g.chance(0.2) else {}
    g.apply("Dropout", [x, ratio, training], x.shape, outputs=outputs, **attributes)


ALL = [arithmetic, arithmetic, unary, unary, leaky_relu, prelu, clip, extremum, batch_normalization, gemm, gemm, matmul,
       matmul, reshape, flatten, squeeze, unsqueeze, transpose, concat, dropout]
