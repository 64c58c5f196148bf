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
        graph = onnx.value(onnx.read(data), "graph")
        info = onnx.value(onnx.values(graph, "input")[0], "type")
        return onnx.value(onnx.value(info, "tensor_type"), "elem_type")
    except (Malformed, IndexError, AttributeError):
        return None


def no_kernel(data, _ours, runtime):
    """The runtime has no float64 form of these operators."""
    missing = re.search(r"Could not find an implementation for (LeakyRelu|PRelu|Clip)\(\d+\) node", runtime.reason)
    return missing is not None and element_type(data) == onnx.DOUBLE


HUGE = 1e9  # numbers below do not leave float32's range in models as small as these


def overflow(data, ours, runtime):
    """Values leave the range of float32, which real numbers do not: infinities or NaN come out where numbers of the
    model are huge, and everything finite agrees."""
    if runtime.kind != "read" or compare.finite(runtime) or not compare.shapes_agree(ours, runtime):
        return False
    largest = max((abs(x) for field, code in compare.float_fields(onnx.read(data))
                   for x in compare.floats(field, code)), default=0)
    pairs = [pair for a, b in zip(ours.rows, runtime.rows) for pair in zip(a, b) if math.isfinite(pair[1])]
    return largest > HUGE and all(abs(x - y) <= compare.NEAR * max(0.1, abs(x)) for x, y in pairs)


# The name of each, as the table in README.md has it, and whether it holds.
KNOWN = [("no kernel", no_kernel), ("overflow", overflow)]


def explain(data, ours, runtime):
    """The name of the known difference that this is, or None."""
    for name, holds in KNOWN:
        if holds(data, ours, runtime):
            return name
    return None
