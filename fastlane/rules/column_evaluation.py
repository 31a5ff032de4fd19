"""What evaluation.py does for one set of facts, for whole columns: missing facts, law by date, outcome and reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from fastlane.rules.evaluation import NO_LAW, NOT_GIVEN
from fastlane.rules.facts import paths
from fastlane.rules.lanes import Lane
from fastlane.rules.low_value_columns import ColumnLaw
from fastlane.rules.outcome import PRECEDENCE, Outcome
from fastlane.rules.reference import Reference
from fastlane.rules.rule import Rule

OUTCOME, RULES, REASONS = "outcome", "rules", "reasons"
BETWEEN_CODES, BETWEEN_REASONS = " ", " | "
_NAMES = {rank: outcome.value for rank, outcome in enumerate(PRECEDENCE)}


def with_decisions(
    lane: Lane, column_rules: Mapping[str, Callable[[ColumnLaw], pl.Expr]], reference: Reference, facts: pl.DataFrame
) -> pl.DataFrame:
    """Return outcome, codes and reasons of every row; the columns are the lane's facts, empty where missing."""
    law = ColumnLaw(reference, lane.dated_by)
    said = {rule.code: _reason(lane, rule, column_rules[rule.code](law), law) for rule in lane.rules}
    reasons = facts.select(**said)
    missing_starts = NOT_GIVEN.split("%(facts)s")[0]
    ranks = []
    codes = []
    for rule in lane.rules:
        fired = pl.col(rule.code).is_not_null()
        missing = pl.col(rule.code).str.starts_with(missing_starts)
        rank = pl.when(missing).then(_rank(Outcome.INCOMPLETE)).otherwise(_rank(rule.outcome))
        ranks.append(pl.when(fired).then(rank))
        codes.append(pl.when(fired).then(pl.lit(rule.code)))
    weightiest = pl.min_horizontal(*ranks, _rank(Outcome.ELIGIBLE))
    return reasons.select(
        weightiest.replace_strict(_NAMES, return_dtype=pl.String).alias(OUTCOME),
        pl.concat_str(codes, separator=BETWEEN_CODES, ignore_nulls=True).alias(RULES),
        pl.concat_str([rule.code for rule in lane.rules], separator=BETWEEN_REASONS, ignore_nulls=True).alias(REASONS),
    )


def _rank(outcome: Outcome) -> pl.Expr:
    return pl.lit(PRECEDENCE.index(outcome), pl.UInt8)


def _reason(lane: Lane, rule: Rule, fires: pl.Expr, law: ColumnLaw) -> pl.Expr:
    """Return the sentence of each row in which a rule fires, else null; the order of the questions is evaluate()'s."""
    silent = pl.lit(None, pl.String)
    steps: list[tuple[pl.Expr, pl.Expr]] = []
    if rule.when is not None:
        path, value = rule.when
        steps += [(pl.col(path).is_null(), _not_given(lane, (path,))), (pl.col(path) != value, silent)]
    if dates := law.reference.law.get(rule.code):
        before = law.on < pl.lit(dates[0].start)
        outside = {side: pl.lit(NO_LAW) if side in rule.outside_law else silent for side in ("before", "after")}
        steps += [
            (law.on.is_null(), _not_given(lane, (lane.dated_by,))),
            (before, outside["before"]),
            (~law.in_force(rule.code), outside["after"]),
        ]
    lacking = pl.any_horizontal(*(pl.col(path).is_null() for path in rule.needs))
    steps += [(lacking, _not_given(lane, rule.needs)), (fires, _sentence(rule, law))]
    reason = silent
    for condition, answer in reversed(steps):
        reason = pl.when(condition).then(answer).otherwise(reason)
    return reason


def _sentence(rule: Rule, law: ColumnLaw) -> pl.Expr:
    before, placeholder, after = rule.text.partition("%(limit)s")
    if not placeholder:
        return pl.lit(rule.text)
    return pl.concat_str([pl.lit(before), law.amount(rule.code).cast(pl.String), pl.lit(after)])


def _not_given(lane: Lane, needed: tuple[str, ...]) -> pl.Expr:
    titles = [pl.when(pl.col(path).is_null()).then(pl.lit(paths(lane.facts)[path].title)) for path in needed]
    before, after = NOT_GIVEN.split("%(facts)s")
    listed = pl.concat_str(titles, separator=", ", ignore_nulls=True)
    return pl.concat_str([pl.lit(before), listed, pl.lit(after)])
