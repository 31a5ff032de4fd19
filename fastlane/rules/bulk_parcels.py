"""Decide a file of low-value parcels in columns. Bad rows are told by line and left out, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import polars as pl

from fastlane.rules.bulk_cells import cells, check_heading, problems_of
from fastlane.rules.bulk_files import LINE, BadRow, Block, Place, read_blocks, read_heading
from fastlane.rules.bulk_tally import PROBLEM, Tally, bad_rows_beside, listing
from fastlane.rules.bulk_writing import writing
from fastlane.rules.column_evaluation import OUTCOME, with_decisions
from fastlane.rules.lanes import LANES
from fastlane.rules.low_value_columns import COLUMN_RULES
from fastlane.rules.rule_set import RuleSet

LOW_VALUE = LANES["low_value"]
RULE_SET = "rule_set"


class Parcels:
    """A CSV or Parquet file of parcels under a rule set. Raises FileRefused when its heading can't be used."""

    def __init__(self, source: Path, rule_set: RuleSet) -> None:
        self.source, self.rule_set = source, rule_set
        self.heading = read_heading(source)
        check_heading(LOW_VALUE, self.heading.names)
        read = cells(LOW_VALUE, self.heading.types)
        self.facts = {name: cell.value for name, cell in read.items()}
        self.problems = list(problems_of(LOW_VALUE, self.heading.names, read))

    def blocks(self, start: Place | None = None, size: int = 0) -> Iterator[Block]:
        return read_blocks(self.source, self.heading, start, size)

    def decide(self, block: Block, tell: Callable[[BadRow], None]) -> pl.DataFrame:
        """Return the good rows of a block with outcome, rules and reasons; the bad ones are told in their order."""
        return self._decided(self._good_rows(block, tell))

    def nothing(self) -> pl.DataFrame:
        """Return the columns of the answer without a row."""
        return self._decided(pl.DataFrame(schema=dict(self.heading.types) | {LINE: pl.Int64()}))

    def _good_rows(self, block: Block, tell: Callable[[BadRow], None]) -> pl.DataFrame:
        rows = block.rows.with_columns(pl.concat_str(self.problems, separator=" ", ignore_nulls=True).alias(PROBLEM))
        bad = rows.filter(pl.col(PROBLEM) != "").select(LINE, PROBLEM)
        found = [*block.bad, *(BadRow(line, problem) for line, problem in bad.iter_rows())]
        for row in sorted(found, key=lambda row: row.line):
            tell(row)
        return rows.filter(pl.col(PROBLEM) == "").drop(PROBLEM)

    def _decided(self, rows: pl.DataFrame) -> pl.DataFrame:
        read = rows.with_columns(**self.facts).select(*self.facts)
        decisions = with_decisions(LOW_VALUE, COLUMN_RULES, self.rule_set.reference, read)
        version = pl.lit(self.rule_set.version).alias(RULE_SET)
        return pl.concat([rows, decisions], how="horizontal").with_columns(version)


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
    parcels = Parcels(source, rule_set)
    tally = Tally(bad_rows_beside(target))
    with writing(target) as out, listing(tally) as tell:
        out.write(parcels.nothing())
        for block in parcels.blocks():
            decided = parcels.decide(block, tell)
            out.write(decided)
            tally.outcomes.update(counts(decided))
            progress(tally)
    return tally


def counts(decided: pl.DataFrame) -> Mapping[str, int]:
    """Return how many rows have each outcome."""
    return dict(decided[OUTCOME].value_counts().iter_rows())
