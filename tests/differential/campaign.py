"""The campaign: models of all sources, asked of both readers until the time is over, with a tally at the end. Any
difference that is not known, and any reader of ours that breaks down, is kept as a file and makes the campaign fail."""

import random
import re
import time
from collections import Counter
from pathlib import Path

import generate
import known
import mutate
import onnx
from compare import Case

POINTS, WIDTH = 3, 64
LARGE = 4000  # bytes, beyond which bytes are not changed one by one


def points(source):
    """Short numbers, which float32 holds exactly, some of them 0."""
    return [[source.randint(-16, 16) / 8 for _ in range(WIDTH)] for _ in range(POINTS)]


class Campaign:
    def __init__(self, both, seed, shipped, found):
        self.both, self.seed, self.found = both, seed, Path(found)
        self.shipped = [(path, Path(path).read_bytes()) for path in shipped]
        self.tally, self.strict, self.explained, self.failures = Counter(), Counter(), Counter(), []

    # --- models ----------------------------------------------------------------------------------------------

    def model(self, source):
        """Where it comes from, and its bytes."""
        kind = source.random()
        if kind < 0.45:
            return "generated", onnx.write(generate.model(source))
        if kind < 0.55:
            data = source.choice(self.shipped)[1]
            return "shipped, changed", self.changed(source, onnx.read(data))
        if kind < 0.9:
            return "generated, changed", self.changed(source, generate.model(source))
        return "bytes changed", mutate.change_bytes(source, onnx.write(generate.model(source)))

    def changed(self, source, model):
        mutate.change(source, model)
        return onnx.write(model)

    # --- verdicts --------------------------------------------------------------------------------------------

    def verdict(self, case):
        """What becomes of one model: a line of the tally, and what went wrong, if anything."""
        ours, runtime = case.ours, case.runtime
        if runtime.kind == "broken":
            self.tally["the runtime broke down"] += 1
        if ours.kind == "broken":
            return "failed", f"our reader broke down\n{ours.reason}"
        if ours.kind == "refused":
            if runtime.kind == "read":
                self.strict[reason(ours.reason)] += 1
            return ("refused by us only" if runtime.kind == "read" else "refused by both"), None
        agreement = case.agree()
        if agreement is not None:
            return agreement, None
        explanation = known.explain(case)
        if explanation is not None:
            self.explained[explanation] += 1
            return "known differences", None
        return "failed", f"ours {ours}\nruntime {runtime}"

    def judge(self, name, origin, data, source):
        """Asks about one model and keeps it if something is wrong."""
        optimise = source.choice([0, 0, 1, 2, 3])
        line, wrong = self.verdict(Case(self.both, data, points(source), optimise))
        self.tally[line] += 1
        self.tally["models"] += 1
        if wrong is not None:
            self.keep(name, f"{origin}\n{wrong}\n", data)

    def keep(self, name, story, data):
        self.found.mkdir(parents=True, exist_ok=True)
        path = self.found / f"differential-{self.seed}-{name}.onnx"
        path.write_bytes(data)
        path.with_suffix(".txt").write_text(story)
        self.failures.append(path)
        print(f"FAILED {path}: {story}", flush=True)

    # --- the run ---------------------------------------------------------------------------------------------

    def run(self, seconds):
        if not self.alarm():
            print("FAILED: the comparison does not notice what it must, or takes rounding for a difference")
            return False
        started = time.monotonic()
        for path, data in self.shipped:
            self.judge(Path(path).stem, path, data, random.Random(path))
        number = 0
        while time.monotonic() < started + seconds:
            source = random.Random(f"{self.seed}/{number}")
            origin, data = self.model(source)
            self.judge(number, f"number {number}, {origin}", data, source)
            number += 1
        self.print_tally(time.monotonic() - started)
        return not self.failures

    def alarm(self):
        """Whether the comparison notices a weight that is one thousandth off, and knows rounding when it sees it."""
        right, at = onnx.write(sum_model([1.0, 0.0])), points(random.Random(0))
        differs = Case(self.both, onnx.write(sum_model([1.001, 0.0])), at, 0)
        differs.ours = Case(self.both, right, at, 0).ours
        cancels = Case(self.both, onnx.write(sum_model([0.1, 4096.0, -4096.0])), at, 0)
        return differs.agree() is None and cancels.agree() == "agreed, as far as rounding allows"

    def print_tally(self, seconds):
        print(f"{self.tally['models']} models, {self.tally['models'] / seconds:.0f} a second, seed {self.seed}")
        for line in ("agreed", "agreed, as far as rounding allows", "refused by both", "refused by us only",
                     "known differences", "failed", "the runtime broke down"):
            print(f"  {line}: {self.tally[line]}")
        for title, counter in (("refused by us only, by reason", self.strict), ("known differences", self.explained)):
            print(title)
            for text, count in counter.most_common():
                print(f"  {count} {text}")


def sum_model(numbers):
    """x times the first number, plus the others, one after the other."""
    nodes = [onnx.node("Mul" if i == 0 else "Add", ["x" if i == 0 else f"v{i - 1}", f"w{i}"], [f"v{i}"])
             for i in range(len(numbers))]
    weights = [onnx.tensor(onnx.FLOAT, (), [number], f"w{i}") for i, number in enumerate(numbers)]
    graph = onnx.make("graph", node=nodes, name="g", initializer=weights, input=[onnx.value_info("x", onnx.FLOAT, (1,))],
                      output=[onnx.value_info(f"v{len(numbers) - 1}", onnx.FLOAT, (1,))])
    return onnx.make("model", ir_version=8, graph=graph, opset_import=[onnx.make("opset", version=13)])


def reason(text):
    """A message without names and numbers, so that equal reasons count as one."""
    text = re.sub(r"^node .*? \((\w+)[^)]*\): ", r"\1: ", text)
    return re.sub(r"-?\d+", "N", re.sub(r"'[^']*'", "'…'", text))[:140]
