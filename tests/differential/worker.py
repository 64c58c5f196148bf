"""A process that answers requests, started again whenever it dies or takes too long."""

import os
import select
import struct
import subprocess
import tempfile
import time


class Worker:
    def __init__(self, command, seconds):
        self.command, self.seconds = command, seconds
        self.process = None
        self.complaints = tempfile.TemporaryFile()

    def start(self):
        self.complaints.seek(0)
        self.complaints.truncate()
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.complaints, bufsize=0)
        self.pending = b""

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait()
            self.process = None

    def send(self, model, points, optimise=0):
        """Starts a request: a model's bytes, and points, lists of doubles of one length."""
        if self.process is None:
            self.start()
        width = len(points[0])
        head = struct.pack("<4I", len(model), len(points), width, optimise)
        numbers = b"".join(struct.pack("<%dd" % width, *point) for point in points)
        self.deadline = time.monotonic() + self.seconds
        try:
            self.process.stdin.write(head + numbers + model)
        except BrokenPipeError:
            pass  # lines() finds out

    def lines(self, count):
        """So many lines of the answer, or None where the process died, or took too long, before they were there."""
        while self.pending.count(b"\n") < count:
            left = self.deadline - time.monotonic()
            ready = left > 0 and select.select([self.process.stdout], [], [], left)[0]
            got = os.read(self.process.stdout.fileno(), 1 << 16) if ready else b""
            if not got:
                return None
            self.pending += got
        *found, self.pending = self.pending.split(b"\n", count)
        return [line.decode(errors="replace") for line in found]

    def post_mortem(self):
        """How the process ended and what it said; it is gone afterwards."""
        late = time.monotonic() >= self.deadline
        try:
            status = None if late else self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            status = None
        self.stop()
        self.complaints.seek(0)
        said = self.complaints.read().decode(errors="replace").strip()
        return (f"no answer within {self.seconds} seconds" if status is None else f"exit status {status}") + "\n" + said
