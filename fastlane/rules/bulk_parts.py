"""A file of parcels part by part: looked at first, decided from a place on, joined at the end.

So a long file can be told of while it is decided, stopped between two parts, and taken up again where it was left.
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fastlane.rules.bulk_files import LINE, BadRow, Place, count_rows
from fastlane.rules.bulk_parcels import LOW_VALUE, Parcels, counts
from fastlane.rules.bulk_tally import PROBLEM
from fastlane.rules.column_evaluation import BETWEEN_CODES, BETWEEN_REASONS, REASONS, RULES
from fastlane.rules.evaluation import NOT_GIVEN
from fastlane.rules.facts import paths
from fastlane.rules.outcome import Outcome
from fastlane.rules.rule_set import RuleSet

FIRST_BAD = 100
# More bytes than this in memory for one part are no list of parcels.
MOST_IN_MEMORY = 300_000_000

_OUTCOMES = {rule.code: rule.outcome for rule in LOW_VALUE.rules}
_TITLES = tuple(fact.title for fact in paths(LOW_VALUE.facts).values())


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence and how many rows had it, with the rules that said it and what they made of it.

    What was not given is told fact by fact, however many rules missed it.
    """

    codes: tuple[str, ...]
    text: str
    outcome: str
    count: int


@dataclass(frozen=True, slots=True)
class Part:
    """How a part came out. `rows` counts the bad ones too; `first_bad` holds the first of them."""

    rows: int
    outcomes: dict[str, int]
    reasons: tuple[Reason, ...]
    bad: int
    first_bad: tuple[BadRow, ...]
    after: Place


def look(source: Path, rule_set: RuleSet, size: int) -> int:
    """Return how many rows a file has, bad ones too. Raises FileRefused when it can't be decided at all."""
    heading = Parcels(source, rule_set).heading
    return count_rows(source, heading, size=size, most_in_memory=MOST_IN_MEMORY)


def decide_part(
    source: Path, rule_set: RuleSet, start: Place | None, size: int, *, target: Path, bad_rows: Path
) -> Part:
    """Decide the next rows of a file into two new files: the decided rows and the bad ones.

    `start` is where the part before ended, None for the first part, whose CSV files alone have a heading.
    """
    parcels = Parcels(source, rule_set)
    bad: list[BadRow] = []
    block = next(parcels.blocks(start, size), None)
    decided = parcels.decide(block, bad.append) if block else parcels.nothing()
    if target.suffix == ".csv":
        decided.write_csv(target, include_header=start is None)
    else:
        decided.write_parquet(target, compression="lz4")
    _list(bad, bad_rows, heading=start is None)
    return Part(
        decided.height + len(bad), dict(counts(decided)), _reasons(decided), len(bad), tuple(bad[:FIRST_BAD]),
        block.after if block else start or parcels.heading.first,
    )  # fmt: skip


def _list(bad: Sequence[BadRow], target: Path, *, heading: bool) -> None:
    with target.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out)
        if heading:
            lines.writerow((LINE, PROBLEM))
        lines.writerows((row.line, row.problem) for row in bad)


def _reasons(decided: pl.DataFrame) -> tuple[Reason, ...]:
    rows: Counter[tuple[str, str]] = Counter()
    said_by: dict[tuple[str, str], set[str]] = {}
    for codes, texts, count in decided.group_by(RULES, REASONS).len().iter_rows():
        told: dict[tuple[str, str], set[str]] = {}
        if codes:
            for code, text in zip(codes.split(BETWEEN_CODES), texts.split(BETWEEN_REASONS), strict=True):
                for sentence in _sentences(code, text):
                    told.setdefault(sentence, set()).add(code)
        rows.update(dict.fromkeys(told, count))
        for sentence, by in told.items():
            said_by.setdefault(sentence, set()).update(by)
    return tuple(
        Reason(tuple(sorted(said_by[text, outcome])), text, outcome, count)
        for (text, outcome), count in sorted(rows.items())
    )


def _sentences(code: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield what a rule said of a row as sentence and outcome; a sentence for each fact that it missed."""
    before, after = NOT_GIVEN.split("%(facts)s")
    if not text.startswith(before):
        yield text, _OUTCOMES[code].value
        return
    listed = f", {text.removeprefix(before).removesuffix(after)}, "
    for title in _TITLES:
        if f", {title}, " in listed:
            yield NOT_GIVEN % {"facts": title}, Outcome.INCOMPLETE.value


def join(parts: Iterable[Path], target: Path) -> None:
    """Put parts together, in their order."""
    if target.suffix == ".parquet":
        pl.scan_parquet(list(parts)).sink_parquet(target)
        return
    with target.open("wb") as out:
        for part in parts:
            with part.open("rb") as lines:
                shutil.copyfileobj(lines, out, 1_048_576)
