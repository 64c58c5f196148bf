"""Survivors that are known, and the tables at the end."""

import os
from collections import Counter

KNOWN = os.path.join(os.path.dirname(__file__), "survivors")


def read_known():
    """{(file, before, after): reason} of the list of survivors, whose form its head explains."""
    known, group, file, before = {}, [], None, None
    with open(KNOWN, encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            line = line.rstrip("\n")
            if line.startswith("src/"):
                file = line
            elif line.startswith("- "):
                before = line[2:]
            elif line.startswith("+ "):
                group.append((file, before, line[2:]))
            elif line.startswith("= "):
                known.update((mutant, line[2:]) for mutant in group)
                group = []
            elif line and not line.startswith("#"):
                raise SystemExit(f"{KNOWN}:{number}: neither a file nor - + = # (see the head of the file)")
    return known


def key_of(mutant):
    return mutant.file, mutant.before, mutant.after


def print_stale(known, mutants):
    """Entries about lines that have changed."""
    there = {key_of(mutant) for mutant in mutants}
    files = {mutant.file for mutant in mutants}
    for file, before, after in known:
        if file in files and (file, before, after) not in there:
            print(f"stale: {file}: no mutant turns '{before}' into '{after}' (remove it from {os.path.relpath(KNOWN)})")


def print_mutant(mutant, says):
    print(f"{mutant.file}:{mutant.line}: {mutant.kind}: {says}\n  - {mutant.before}\n  + {mutant.after}", flush=True)


class Tally:
    """How many were tried, killed, killed by a time limit, and survived, by kind and by file."""

    COLUMNS = ["tried", "killed", "by time", "survived", "known"]

    def __init__(self):
        self.count = Counter()

    def add(self, mutant, *columns):
        for column in columns:
            for row in (("kind", mutant.kind), ("file", mutant.file), ("all", "all")):
                self.count[row, column] += 1

    def print(self):
        for group in ("kind", "file", "all"):
            rows = sorted({row for row, _ in self.count if row[0] == group})
            if group != "all":
                print(f"\n{group:30}" + "".join(f"{column:>10}" for column in self.COLUMNS))
            for row in rows:
                print(f"{row[1]:30}" + "".join(f"{self.count[row, column]:10}" for column in self.COLUMNS))
