"""`make bench`: measure and print one table. `ARGS="poll no"` for some rows, `ARGS=--full` for the full size."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time

from tests.bench import world


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("rows", nargs="*", help="rows to measure (all by default)")
    parser.add_argument("--full", action="store_true", help="full size")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each load lasts")
    asked = parser.parse_args()
    try:
        world.use()
        return measure(asked)
    finally:
        world.leave()


def measure(asked: argparse.Namespace) -> int:
    # The settings read the environment that `use` has just set.
    import django

    django.setup()
    from tests.bench import build, desk, lanes, partners, polling, programme, working  # noqa: F401 - their rows register themselves
    from tests.bench.rows import ROWS

    unknown = set(asked.rows) - set(ROWS)
    if unknown:
        sys.exit(f"No such rows: {', '.join(sorted(unknown))}. There are: {', '.join(ROWS)}.")
    numbers = build.members(500 if asked.full else 100)
    build.references(os.environ["DATABASE_OWNER_URL"])
    bench = world.World(numbers, build.TOKEN, asked.full, asked.seconds)
    python, cores, busy = platform.python_version(), os.cpu_count(), os.getloadavg()[0]
    print(f"{time.strftime('%Y-%m-%d %H:%M')}, Python {python}, {cores} cores, load before the run {busy:.1f}\n")
    print("| what | measured | promised | |\n|---|---|---|---|")
    missed = 0
    for name in asked.rows or ROWS:
        for line in ROWS[name](bench):
            missed += line.reached is False
            word = {None: "", True: "reached", False: "**not reached**"}[line.reached]
            print(f"| {line.what} | {line.measured} | {line.promised} | {word} |", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
