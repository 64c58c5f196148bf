"""The differences that are known and have a reason: see the table in README.md. Each is recognised by its cause, in
the model or in what the runtime says, and by nothing wider."""

import math
import re

import compare
import onnx
from wire import Malformed, float32

FLOAT_MAX = 3.4e38
HUGE = 1e9  # numbers below do not leave float32's range in models as small as these


def largest(data):
    """The largest number in a model."""
    return max((abs(x) for field, code in compare.float_fields(onnx.read(data)) for x in compare.floats(field, code)),
               default=0)


def overflow(case):
    """Values leave the range of float32, which real numbers do not: infinities or NaN come out where numbers of the
    model are huge, and everything finite agrees."""
    ours, runtime = case.ours, case.runtime
    if runtime.kind != "read" or compare.finite(runtime) or not compare.shapes_agree(ours, runtime):
        return False
    pairs = [pair for a, b in zip(ours.rows, runtime.rows) for pair in zip(a, b) if math.isfinite(pair[1])]
    return largest(case.data) > HUGE and all(abs(x - y) <= compare.NEAR * max(0.1, abs(x)) for x, y in pairs)


# --- what the runtime stumbles over ---------------------------------------------------------------------------
# Each function takes something out of the model that cannot matter. If both readers agree about what is left (or differ
# for another known reason), and what we say of it is what we said before, then that was the only difference.


def pruned(model):
    """Without the nodes, constants, declarations and functions on which the outputs do not depend."""
    model.fields = [f for f in model.fields if f not in onnx.fields(model, "functions")]
    graph = onnx.values(model, "graph")[0]
    wanted = {onnx.value(info, "name") for info in onnx.values(graph, "output")}
    nodes = onnx.fields(graph, "node")
    kept, grown = [], True
    while grown:
        fresh = [f for f in nodes if f not in kept and wanted.intersection(onnx.values(f.value, "output"))]
        kept, grown = kept + fresh, bool(fresh)
        wanted.update(name for f in fresh for name in onnx.values(f.value, "input") if name)
    constants = onnx.values(graph, "initializer")
    defaults = {onnx.value(tensor, "name") for tensor in constants}
    inputs = [info for info in onnx.values(graph, "input") if onnx.value(info, "name") in defaults]
    named = constants + inputs + onnx.values(graph, "value_info")
    gone = [f.value for f in nodes if f not in kept] + [m for m in named if onnx.value(m, "name") not in wanted]
    graph.fields = [f for f in graph.fields if f.value not in gone]


def sorted_axes(model):
    """With the axes of every Squeeze and Unsqueeze in ascending order."""
    for node in (part for part in model.walk() if part.kind == "node"):
        if onnx.value(node, "op_type") in (b"Squeeze", b"Unsqueeze"):
            for attribute in onnx.values(node, "attribute"):
                axes = onnx.fields(attribute, "ints")
                for field, axis in zip(axes, sorted(field.value for field in axes)):
                    field.value = axis


def shorter_inputs(model):
    """Without inputs that are left out by an empty name behind all others."""
    for node in (part for part in model.walk() if part.kind == "node"):
        while onnx.values(node, "input")[-1:] == [b""]:
            node.fields.remove(onnx.fields(node, "input")[-1])


def own_operators(model):
    """Without versions of operators that are not ONNX's own."""
    model.fields = [f for f in model.fields if f not in onnx.fields(model, "opset_import")
                    or onnx.value(f.value, "domain", b"") in (b"", b"ai.onnx")]


def as_float32(model):
    """With float32 in the place of float64, and another number in the place of those that do not fit."""
    for field, code in compare.float_fields(model):
        if code == "d":
            field.value = b"".join(float32(x if abs(x) < FLOAT_MAX else 1.5) for x in compare.floats(field, code))
    for part in model.walk():
        if part.kind in ("tensor", "tensor_type"):
            for field in onnx.fields(part, "data_type" if part.kind == "tensor" else "elem_type"):
                field.value = onnx.FLOAT if field.value == onnx.DOUBLE else field.value
            for field in part.fields:
                if part.kind == "tensor" and field.number == onnx.NUMBERS["tensor"]["double_data"]:
                    field.number = onnx.NUMBERS["tensor"]["float_data"]


def agrees_after(repair, same_values=True):
    """Whether both agree as soon as the model has gone through the function."""

    def holds(case):
        try:
            model = onnx.read(case.data)
            repair(model)
        except (Malformed, IndexError):
            return False
        data = onnx.write(model)
        if data == case.data:
            return False
        other = compare.Case(case.both, data, case.points, case.optimise)
        same = (other.ours.kind == "read" and compare.shapes_agree(case.ours, other.ours)
                and (compare.near(case.ours, other.ours) or not same_values))
        return same and (other.agree() is not None or explain(other) is not None)

    return holds


def no_kernel(case):
    """The runtime has no float64 form of these operators, or of these versions; in float32 both agree."""
    lacking = r"Could not find an implementation for (LeakyRelu|PRelu|Clip|Max\(6\)|Min\(6\))"
    if re.search(lacking, case.runtime.reason) is None:
        return False
    return agrees_after(as_float32, same_values=largest(case.data) < FLOAT_MAX)(case)


def optimiser(case):
    """The runtime contradicts itself: without its optimisations it reads the model as we do."""
    if case.optimise == 0:
        return False
    plain = compare.Case(case.both, case.data, case.points, 0)
    return plain.agree() is not None or no_kernel(plain)


# The name of each, as the table in README.md has it, and whether it holds.
KNOWN = [("no kernel", no_kernel), ("overflow", overflow), ("optimiser", optimiser),
         ("not needed", agrees_after(pruned)), ("order of axes", agrees_after(sorted_axes)),
         ("empty name", agrees_after(shorter_inputs)), ("other domains", agrees_after(own_operators))]


def explain(case):
    """The name of the known difference that this is, or None."""
    for name, holds in KNOWN:
        if holds(case):
            return name
    return None
