"""Whether two answers about one model agree: the exact values with those of a runtime that rounds."""

import math
import random
import struct

import onnx

NEAR = 1e-5  # of the largest output, and one tenth of it absolutely: beyond that, conditioning is looked at
PROBES = 6
NUDGE = 2e-6  # relative change of every number of the model, some 30 roundings of float32
SPREAD = 16


class Case:
    """A model's bytes, the points and the level of the runtime's optimisations at which both are asked, and what they
    answer."""

    def __init__(self, both, data, points, optimise):
        self.both, self.data, self.points, self.optimise = both, data, points, optimise
        self.ours, self.runtime = both.ask(data, points, optimise)

    def ask_runtime(self, data, points=None):
        return self.both.ask_runtime(data, points or self.points, self.optimise)

    def agree(self):
        """Whether both read the model and agree about it: "agreed" or how, or None."""
        if self.ours.kind != "read" or self.runtime.kind != "read" or not shapes_agree(self.ours, self.runtime):
            return None
        if near(self.ours, self.runtime):
            return "agreed"
        return "agreed, as far as rounding allows" if within_rounding(self) else None


def shapes_agree(ours, runtime):
    return ours.inputs == runtime.inputs and len(ours.rows[0]) == len(runtime.rows[0])


def gaps(a, b):
    """The largest difference at each point; NaN and infinities are infinitely far from anything."""
    return [max((abs(x - y) if math.isfinite(y) else math.inf) for x, y in zip(p, q)) for p, q in zip(a, b)]


def finite(answer):
    return all(math.isfinite(number) for row in answer.rows for number in row)


def near(ours, runtime):
    return all(gap <= NEAR * max(0.1, max(map(abs, row)))
               for gap, row in zip(gaps(ours.rows, runtime.rows), ours.rows))


# --- conditioning --------------------------------------------------------------------------------------------
# Where values cancel, float32 may be far off and right all the same. How far, the runtime tells itself: every number
# of the model and of the points is changed a little, and the outputs' spread is what rounding may do to them.


def float_fields(model):
    """The fields of tensors and attributes that hold floats, as bytes, with their format."""
    for part in model.walk():
        code = "f"
        if part.kind == "tensor":
            code = {onnx.FLOAT: "f", onnx.DOUBLE: "d"}.get(onnx.value(part, "data_type"))
        numbers = {"tensor": (4, 9, 10), "attribute": (2, 7)}.get(part.kind, ())
        for field in part.fields:
            if code and field.number in numbers and isinstance(field.value, bytes):
                yield field, code


def floats(field, code):
    size = struct.calcsize(code)
    count = len(field.value) // size
    return list(struct.unpack(f"<{count}{code}", field.value[: count * size]))


def nudged(source, model):
    """The model with every float changed a little, written."""
    for field, code in float_fields(model):
        moved = [x * (1 + source.uniform(-NUDGE, NUDGE)) for x in floats(field, code)]
        if all(abs(x) < 3e38 for x in moved):
            field.value = struct.pack(f"<{len(moved)}{code}", *moved)
    return onnx.write(model)


def rounding(case):
    """How far the runtime's outputs at each point move when all numbers move a little; None where it cannot be told."""
    source, moved = random.Random(len(case.data)), []
    for _ in range(PROBES):
        points = [[x * (1 + source.uniform(-NUDGE, NUDGE)) for x in point] for point in case.points]
        answer = case.ask_runtime(nudged(source, onnx.read(case.data)), points)
        if answer.kind != "read" or not finite(answer) or len(answer.rows[0]) != len(case.runtime.rows[0]):
            return None
        moved.append(gaps(case.runtime.rows, answer.rows))
    return [max(column) for column in zip(*moved)]


def within_rounding(case):
    """Whether the answers differ by no more than rounding explains."""
    spread = rounding(case)
    return spread is not None and all(gap <= SPREAD * s
                                      for gap, s in zip(gaps(case.ours.rows, case.runtime.rows), spread))
