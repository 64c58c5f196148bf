"""Runs the campaign, or looks at single models. Usage:
    run.py BUILD MODULES [--seconds S] [--seed N] [--found FOLDER] MODEL...
    run.py BUILD MODULES --show MODEL...
BUILD holds our programs, MODULES the folder in which npm has put the runtime; the models are those shipped."""

import argparse
import random
import sys
from pathlib import Path

from campaign import Campaign, points
from sides import Both


def show(both, path):
    """What both make of one model."""
    data = Path(path).read_bytes()
    for side, answer in zip(("ours", "runtime"), both.ask(data, points(random.Random(0)))):
        print(f"{path}: {side} {answer}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("modules")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--found", default="build/found")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("models", nargs="*")
    options = parser.parse_intermixed_args()
    both = Both(options.build, options.modules)
    try:
        if options.show:
            for path in options.models:
                show(both, path)
            return 0
        seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
        print(f"seed {seed} (DIFFERENTIAL_SEED={seed} repeats it)", flush=True)
        return 0 if Campaign(both, seed, options.models, options.found).run(options.seconds) else 1
    finally:
        both.stop()


if __name__ == "__main__":
    sys.exit(main())
