"""Decide whole files: low-value parcels in columns, port calls as JSON lines. Bad rows are told and left out."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from fastlane.rules.bulk_cells import FileRefused, cells, check_heading, problems_of
from fastlane.rules.bulk_files import LINE, BadRow, Block, read_blocks, read_heading, writing
from fastlane.rules.column_evaluation import OUTCOME, REASONS, RULES, with_decisions
from fastlane.rules.facts import paths
from fastlane.rules.lanes import LANES
from fastlane.rules.low_value_columns import COLUMN_RULES
from fastlane.rules.rule_set import RuleSet

LOW_VALUE = LANES["low_value"]
_PROBLEM = "problem"
RULE_SET = "rule_set"


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


def decide_parcels(
    source: Path,
    target: Path,
    rule_set: RuleSet,
    *,
    progress: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Decide the low-value parcels of a CSV or Parquet file and write them with outcome, rules and reasons.

    Columns are the lane's facts, and `parcel` for the sender's own name. An empty cell is a missing fact. Bad rows are
    listed by line beside the target and left out. Raises FileRefused when nothing can be decided.
    """
    heading = read_heading(source)
    check_heading(LOW_VALUE, heading.names)
    read = cells(LOW_VALUE, heading.types)
    facts = {name: cell.value for name, cell in read.items()}
    problems = list(problems_of(LOW_VALUE, heading.names, read))
    empty = pl.DataFrame(schema=dict(heading.types) | {LINE: pl.Int64()})
    tally = Tally(bad_rows_beside(target))
    with writing(target) as out, listing(tally) as tell:
        out.write(_decided(empty, facts, rule_set))
        for block in read_blocks(source, heading):
            good = _good_rows(block, problems, tell)
            decided = _decided(good, facts, rule_set)
            out.write(decided)
            tally.outcomes.update(_counts(decided))
            progress(tally)
    return tally


def _good_rows(block: Block, problems: list[pl.Expr], tell: Callable[[BadRow], None]) -> pl.DataFrame:
    rows = block.rows.with_columns(pl.concat_str(problems, separator=" ", ignore_nulls=True).alias(_PROBLEM))
    bad = rows.filter(pl.col(_PROBLEM) != "").select(LINE, _PROBLEM)
    found = [*block.bad, *(BadRow(line, problem) for line, problem in bad.iter_rows())]
    for row in sorted(found, key=lambda row: row.line):
        tell(row)
    return rows.filter(pl.col(_PROBLEM) == "").drop(_PROBLEM)


def _decided(rows: pl.DataFrame, facts: Mapping[str, pl.Expr], rule_set: RuleSet) -> pl.DataFrame:
    read = rows.with_columns(**facts).select(*facts)
    decisions = with_decisions(LOW_VALUE, COLUMN_RULES, rule_set.reference, read)
    return pl.concat([rows, decisions], how="horizontal").with_columns(pl.lit(rule_set.version).alias(RULE_SET))


def _counts(decided: pl.DataFrame) -> Mapping[str, int]:
    return dict(decided[OUTCOME].value_counts().iter_rows())


@contextmanager
def listing(tally: Tally) -> Iterator[Callable[[BadRow], None]]:
    """Write bad rows to the tally's file, one a line, and count them."""
    with tally.bad_rows.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out)
        lines.writerow((LINE, _PROBLEM))

        def tell(row: BadRow) -> None:
            lines.writerow((row.line, row.problem))
            tally.bad += 1

        yield tell


__all__ = [
    "LOW_VALUE", "OUTCOME", "REASONS", "RULES", "RULE_SET", "FileRefused", "Tally", "bad_rows_beside",
    "decide_parcels", "paths",
]  # fmt: skip
