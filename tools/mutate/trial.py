"""Building one mutant in a folder of its own, and running tests against it.

How an object is compiled and how a program is linked is asked of the Makefile, so that it is said once."""

import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time

PROGRAMS = ["supcert", "supcert-check", "supcert-check-native"]
# A seed of the tests' own, little effort, a few forged certificates of every kind.
SETTINGS = {"SUPCERT_SEED": "1", "SUPCERT_EFFORT": "0.3", "FORGE_SEED": "1", "FORGE_INSTANCES": "4"}
MEMORY = 4 << 30
# A mutant may leave a variable unused; a name that nothing declares is an error.
LENIENT = "-Wno-error -Werror=implicit-function-declaration -Werror=int-conversion -Werror=incompatible-pointer-types"


class Tree:
    """A build folder that is complete, with the settings of make that it was built with."""

    def __init__(self, folder, settings):
        self.folder, self.settings = folder, settings
        self.sanitised = any("address" in setting for setting in settings)
        self.usual = {}  # how long tests take
        self.links = {}
        for command in self.ask("-W", f"{folder}/object/base/error.o", "all", "unit"):
            match = re.search(r" -o (\S+) ", command)
            if match and "-c -o" not in command:
                self.links[match.group(1)] = command

    def ask(self, *arguments):
        command = ["make", "-n", "--no-print-directory", f"BUILD={self.folder}", *self.settings, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()

    def compile_command(self, file, target):
        return next(line for line in self.ask("-W", file, target) if f"-c -o {target} " in line)

    def objects_of(self, file):
        """What a source is compiled to; the second one may not exist."""
        return [f"{self.folder}/{kind}/{file[len('src/'):-len('.c')]}.o" for kind in ("object", "coarse")]


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(command, seconds, environment=None, limited=True):
    """The exit status, or None after so many seconds; what was started is ended."""
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=limit_memory if limited else None,
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


class Trial:
    """A folder in which one mutant after the other is built and tested."""

    def __init__(self, tree):
        self.tree = tree
        self.folder = tempfile.mkdtemp(prefix="mutant.", dir=tree.folder)
        os.mkdir(f"{self.folder}/tests")
        os.mkdir(f"{self.folder}/tmp")
        self.mutant, self.objects = None, []

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def build(self, mutant):
        """Compiles the mutant; false where it does not compile."""
        for program in PROGRAMS + [f"tests/{name}" for name in os.listdir(f"{self.folder}/tests")] + ["forge"]:
            if os.path.exists(f"{self.folder}/{program}"):
                os.remove(f"{self.folder}/{program}")
        with open(mutant.file, encoding="utf-8") as stream:
            text = stream.read()
        with open(f"{self.folder}/mutant.c", "w", encoding="utf-8") as stream:
            stream.write(text[: mutant.begin] + mutant.text + text[mutant.end :])
        self.mutant, self.objects = mutant, self.tree.objects_of(mutant.file)
        for made in self.objects:
            if os.path.exists(self.own(made)):
                os.remove(self.own(made))
        return self.compile(self.objects[0])

    def own(self, made):
        """Where the mutant's object stands, in place of one of the tree."""
        return f"{self.folder}/{made[len(self.tree.folder) + 1 :].split('/')[0]}.o"

    def compile(self, made):
        command = self.tree.compile_command(self.mutant.file, made).replace("-MMD -MP ", "")
        command = command.replace(f" {self.mutant.file}", f" {self.folder}/mutant.c").replace(made, self.own(made))
        return run(["sh", "-c", f"{command} {LENIENT}"], 300, limited=False) == 0

    def link(self, program):
        """The program, with the mutant if it has one of the mutant's objects."""
        made, original = f"{self.folder}/{program}", f"{self.tree.folder}/{program}"
        command = self.tree.links[original]
        if os.path.exists(made):
            return
        used = [which for which in self.objects if f" {which} " in command]
        if not used:
            os.symlink(os.path.abspath(original), made)
            return
        for which in used:
            if not os.path.exists(self.own(which)):
                self.compile(which)
            command = command.replace(f" {which} ", f" {self.own(which)} ")
        if run(["sh", "-c", command.replace(f"-o {original} ", f"-o {made} ")], 300, limited=False) != 0:
            raise SystemExit(f"{original} cannot be linked (build it first, with the same settings)")

    def run_test(self, test):
        """`passed`, `failed` or `too long`."""
        if test.endswith(".sh"):
            for program in PROGRAMS:
                self.link(program)
            command = [f"tests/end/{test}", self.folder]
        else:
            program = "forge" if test == "forge" else f"tests/{test}"
            self.link(program)
            command = [f"{self.folder}/{program}"]
        seconds = 10 + 5 * self.tree.usual[test] if test in self.tree.usual else 600
        environment = dict(os.environ, TMPDIR=os.path.abspath(f"{self.folder}/tmp"), **SETTINGS)
        begin = time.monotonic()
        status = run(command, seconds, environment, limited=not self.tree.sanitised)
        if test not in self.tree.usual:
            self.tree.usual[test] = time.monotonic() - begin
        return "too long" if status is None else "passed" if status == 0 else "failed"

    def try_tests(self, tests):
        """The test that notices the mutant, with how; (None, "passed") where none does."""
        for test in tests:
            outcome = self.run_test(test)
            if outcome != "passed":
                return test, outcome
        return None, "passed"
