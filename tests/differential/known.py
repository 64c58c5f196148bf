"""The differences that are known and have a reason: see the table in README.md. Each is recognised by its cause, in
the model or in what the runtime says, and by nothing wider."""

import math
import re

import compare
import onnx
from wire import Malformed


def element_type(data):
    """Of the first input that is declared."""
    try:
        message = onnx.read(data)
        for name in ("graph", "input", "type", "tensor_type"):
            message = onnx.values(message, name)[0]
        return onnx.value(message, "elem_type")
    except (Malformed, IndexError):
        return None


def no_kernel(case):
    """The runtime has no float64 form of these operators."""
    missing = re.search(r"Could not find an implementation for (LeakyRelu|PRelu|Clip)\(\d+\) node", case.runtime.reason)
    return missing is not None and element_type(case.data) == onnx.DOUBLE


HUGE = 1e9  # numbers below do not leave float32's range in models as small as these


def overflow(case):
    """Values leave the range of float32, which real numbers do not: infinities or NaN come out where numbers of the
    model are huge, and everything finite agrees."""
    ours, runtime = case.ours, case.runtime
    if runtime.kind != "read" or compare.finite(runtime) or not compare.shapes_agree(ours, runtime):
        return False
    largest = max((abs(x) for field, code in compare.float_fields(onnx.read(case.data))
                   for x in compare.floats(field, code)), default=0)
    pairs = [pair for a, b in zip(ours.rows, runtime.rows) for pair in zip(a, b) if math.isfinite(pair[1])]
    return largest > HUGE and all(abs(x - y) <= compare.NEAR * max(0.1, abs(x)) for x, y in pairs)


# --- what the output does not depend on -----------------------------------------------------------------------


def pruned(model):
    """The model without the nodes, constants and declarations of which the outputs do not know."""
    graph = onnx.values(model, "graph")[0]
    wanted = {onnx.value(info, "name") for info in onnx.values(graph, "output")}
    nodes = onnx.fields(graph, "node")
    kept, grown = [], True
    while grown:
        fresh = [f for f in nodes if f not in kept and wanted.intersection(onnx.values(f.value, "output"))]
        kept, grown = kept + fresh, bool(fresh)
        wanted.update(name for f in fresh for name in onnx.values(f.value, "input"))
    named = onnx.values(graph, "initializer") + onnx.values(graph, "value_info")
    gone = [f.value for f in nodes if f not in kept] + [m for m in named if onnx.value(m, "name") not in wanted]
    graph.fields = [f for f in graph.fields if f.value not in gone]
    return onnx.write(model)


def not_needed(case):
    """The runtime refuses for something on which the output does not depend: without it both agree."""
    try:
        less = pruned(onnx.read(case.data))
    except (Malformed, IndexError):
        return False
    return len(less) < len(case.data) and compare.Case(case.both, less, case.points, case.optimise).agree() is not None


# The name of each, as the table in README.md has it, and whether it holds.
KNOWN = [("no kernel", no_kernel), ("overflow", overflow), ("not needed", not_needed)]


def explain(case):
    """The name of the known difference that this is, or None."""
    for name, holds in KNOWN:
        if holds(case):
            return name
    return None
