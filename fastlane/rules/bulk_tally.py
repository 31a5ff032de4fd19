"""How a bulk file came out: rows by outcome, and the bad rows listed by line beside the target."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastlane.rules.bulk_files import LINE, BadRow

PROBLEM = "problem"


@dataclass(slots=True)
class Tally:
    """How a file came out so far: rows by outcome, and how many were bad; `bad_rows` is the file that lists them."""

    bad_rows: Path
    outcomes: Counter[str] = field(default_factory=Counter)
    bad: int = 0

    @property
    def decided(self) -> int:
        """The rows that were decided."""
        return self.outcomes.total()


def bad_rows_beside(target: Path) -> Path:
    """Return where the bad rows of an output file are listed."""
    return target.with_name(f"{target.stem}.bad-rows.csv")


@contextmanager
def listing(tally: Tally) -> Iterator[Callable[[BadRow], None]]:
    """Write bad rows to the tally's file, one a line, and count them."""
    with tally.bad_rows.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out)
        lines.writerow((LINE, PROBLEM))

        def tell(row: BadRow) -> None:
            lines.writerow((row.line, row.problem))
            tally.bad += 1

        yield tell
