"""Decide a file of low-value parcels in columns. Bad rows are told by line and left out, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from fastlane.rules.bulk_cells import cells, check_heading, problems_of
from fastlane.rules.bulk_files import LINE, BadRow, Block, read_blocks, read_heading, writing
from fastlane.rules.bulk_tally import PROBLEM, Tally, bad_rows_beside, listing
from fastlane.rules.column_evaluation import OUTCOME, with_decisions
from fastlane.rules.lanes import LANES
from fastlane.rules.low_value_columns import COLUMN_RULES
from fastlane.rules.rule_set import RuleSet

LOW_VALUE = LANES["low_value"]
RULE_SET = "rule_set"


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
    rows = block.rows.with_columns(pl.concat_str(problems, separator=" ", ignore_nulls=True).alias(PROBLEM))
    bad = rows.filter(pl.col(PROBLEM) != "").select(LINE, PROBLEM)
    found = [*block.bad, *(BadRow(line, problem) for line, problem in bad.iter_rows())]
    for row in sorted(found, key=lambda row: row.line):
        tell(row)
    return rows.filter(pl.col(PROBLEM) == "").drop(PROBLEM)


def _decided(rows: pl.DataFrame, facts: Mapping[str, pl.Expr], rule_set: RuleSet) -> pl.DataFrame:
    read = rows.with_columns(**facts).select(*facts)
    decisions = with_decisions(LOW_VALUE, COLUMN_RULES, rule_set.reference, read)
    return pl.concat([rows, decisions], how="horizontal").with_columns(pl.lit(rule_set.version).alias(RULE_SET))


def _counts(decided: pl.DataFrame) -> Mapping[str, int]:
    return dict(decided[OUTCOME].value_counts().iter_rows())
