"""The two readers of a model, ours and the runtime, with answers of one form."""

import json
import re
from pathlib import Path

from worker import Worker

HERE = Path(__file__).parent
SECONDS = 10  # for one model
EXHAUSTED = r"failed to allocate|bad_alloc|Aborted\(|^\w+: \d+$"  # a mere number is an exception that nobody caught
RESTART = 3000  # models, after which the runtime starts afresh; it does not give all memory back


class Answer:
    """`read`: rows holds the outputs at every point. Else `reason` says why not: the model is refused, or the reader
    broke down."""

    def __init__(self, kind, reason="", inputs=0, rows=(), shape=()):
        self.kind, self.reason, self.inputs, self.rows, self.shape = kind, reason, inputs, rows, shape

    def __str__(self):
        if self.kind != "read":
            return f"{self.kind}: {self.reason}"
        return f"read, {self.inputs} inputs, {len(self.rows[0])} outputs: {[list(row) for row in self.rows]}"


class Ours:
    def __init__(self, build):
        self.worker = Worker([str(Path(build) / "differential" / "evaluate")], SECONDS)

    def send(self, model, points, optimise):
        self.points = len(points)
        self.worker.send(model, points, optimise)

    def receive(self):
        first = self.worker.lines(1)
        if first is None:
            return Answer("broken", self.worker.post_mortem())
        word, _, rest = first[0].partition(" ")
        if word == "refused":
            return Answer("refused", rest)
        inputs, _ = map(int, rest.split())
        rows = self.worker.lines(self.points)
        if rows is None:
            return Answer("broken", self.worker.post_mortem())
        return Answer("read", inputs=inputs, rows=[[float(number) for number in row.split()] for row in rows])


class Runtime:
    def __init__(self, modules):
        self.worker = Worker(["node", "--stack-size=4000", str(HERE / "runtime.mjs"), str(Path(modules).resolve())],
                             SECONDS)
        self.asked = 0

    def send(self, *request):
        self.asked += 1
        if self.asked % RESTART == 0:
            self.worker.stop()
        self.request = request
        self.worker.send(*request)

    def receive(self):
        """A runtime that has run out of memory, over whichever model, is asked once more from the beginning."""
        answer = self.answer()
        if answer.kind == "refused" and re.search(EXHAUSTED, answer.reason):
            self.worker.stop()
            self.worker.send(*self.request)
            answer = self.answer()
        return answer

    def answer(self):
        line = self.worker.lines(1)
        if line is None:
            return Answer("broken", self.worker.post_mortem())
        answer = json.loads(line[0][1:])
        if "refused" in answer:
            return Answer("refused", f"{answer['refused']}: {answer['reason']}")
        if answer["inputs"] != 1 or answer["outputs"] != 1:
            return Answer("other", f"{answer['inputs']} inputs, {answer['outputs']} outputs")
        if not answer["rows"] or answer["type"] not in ("float32", "float64"):
            return Answer("other", f"element types {answer['input']['type']} and {answer.get('type')}")
        rows = [[float(number) for number in row] for row in answer["rows"]]
        return Answer("read", inputs=answer["size"], rows=rows, shape=tuple(answer["shape"]))


class Both:
    """Asks both at once."""

    def __init__(self, build, modules):
        self.ours, self.runtime = Ours(build), Runtime(modules)

    def ask(self, model, points, optimise=0):
        for side in (self.ours, self.runtime):
            side.send(model, points, optimise)
        return self.ours.receive(), self.runtime.receive()

    def ask_runtime(self, model, points, optimise=0):
        self.runtime.send(model, points, optimise)
        return self.runtime.receive()

    def stop(self):
        self.ours.worker.stop()
        self.runtime.worker.stop()
