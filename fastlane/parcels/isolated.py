"""Have strangers' files read in a process of its own, with bounded memory and time and none of our secrets.

The worker asks one question on the child's standard input (look, decide or join) and reads one answer. The child alone
loads the library that reads columns, so neither web nor worker processes carry it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastlane.rules import RuleSet

MB = 1_048_576
ADDRESS_SPACE = 4_096 * MB  # libraries map far more than they touch
CPU_SECONDS = 60
WALL_SECONDS = 120.0
LARGEST_FILE = 4_096 * MB
MODULE = "fastlane.parcels"
ROOT = Path(__file__).resolve().parents[2]


class Unreadable(Exception):
    """The file can't be decided: what is wrong with it, in English."""


class ChildFailed(Exception):
    """The child crashed, ran out of memory or time, or answered nonsense."""


@dataclass(frozen=True, slots=True)
class Part:
    """How a part came out; see fastlane.rules.bulk_parts. `after` is [offset, line], `reasons` [codes, text, outcome, rows]."""

    rows: int
    outcomes: dict[str, int]
    reasons: list[list[Any]]
    bad: int
    first_bad: list[list[Any]]
    after: list[int]


def look(source: Path, rule_set: RuleSet, size: int) -> int:
    """Return how many rows a file has. Raises Unreadable and ChildFailed."""
    return int(_ask({"do": "look", "source": str(source), "size": size} | _told(rule_set))["rows"])


def decide(
    source: Path, rule_set: RuleSet, place: Sequence[int] | None, size: int, *, target: Path, bad_rows: Path
) -> Part:
    """Decide the next rows of a file into two new files. Raises Unreadable and ChildFailed."""
    question = {"do": "decide", "source": str(source), "place": place, "size": size}
    answer = _ask(question | {"target": str(target), "bad_rows": str(bad_rows)} | _told(rule_set))
    try:
        return Part(**answer)
    except TypeError as error:
        raise ChildFailed("The answer makes no sense.") from error


def join(parts: Sequence[Path], target: Path) -> None:
    """Put parts together. Raises ChildFailed."""
    _ask({"do": "join", "parts": [str(part) for part in parts], "target": str(target)})


def _told(rule_set: RuleSet) -> dict[str, Any]:
    return {"name": rule_set.name, "rows": rule_set.reference.rows(), "version": rule_set.version}


def _ask(question: Mapping[str, Any]) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603 - fixed command, names travel as data
            [sys.executable, "-m", MODULE],
            input=json.dumps(question).encode(), capture_output=True, cwd=ROOT, timeout=WALL_SECONDS, check=True,
            # The file is shared out over no more than one core, as other work waits for the others.
            env={"PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "1", "PATH": os.defpath},
        )  # fmt: skip
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise ChildFailed(type(error).__name__) from error
    if not isinstance(answer, dict):
        raise ChildFailed("The answer makes no sense.")
    if "unreadable" in answer:
        raise Unreadable(str(answer["unreadable"]))
    return answer


def confine() -> None:
    """Lower this process's limits for good: memory, processor time, files written, no core dump."""
    for what, most in (
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
