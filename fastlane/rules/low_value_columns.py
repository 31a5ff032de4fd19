"""The low-value rules once more, for whole columns at a time: each says of every row whether it fires.

They stand beside low_value.py rule by rule; a test decides random parcels both ways and finds any difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from fastlane.rules.low_value import LIMIT, last_limit
from fastlane.rules.low_value_facts import (
    ALCOHOL_PERFUME,
    BROKER,
    EXCLUDED_GOODS,
    HTS_DIGITS,
    NO_EXCEPTION,
    OWNERS,
    TYPE_86,
)
from fastlane.rules.reference import Reference


class ColumnLaw:
    """What reference data say to every row on its own day."""

    def __init__(self, reference: Reference, dated_by: str) -> None:
        self.reference = reference
        self.on = pl.col(dated_by)

    def amount(self, code: str) -> pl.Expr:
        """Return the figure that the law names for a rule on each row's day; 0 where it names none."""
        figures = [
            pl.when(self._within(row.start, row.until)).then(pl.lit(row.amount, pl.Int64))
            for row in self.reference.law.get(code, ())
        ]
        return pl.coalesce(*figures, pl.lit(0, pl.Int64))

    def in_force(self, code: str) -> pl.Expr:
        """Tell for each row whether a rule is in force on its day."""
        return pl.any_horizontal(*(self._within(row.start, row.until) for row in self.reference.law[code]))

    def _within(self, start: object, until: object) -> pl.Expr:
        begun = self.on >= pl.lit(start)
        return begun if until is None else begun & (self.on < pl.lit(until))


_dearer = pl.max_horizontal("fair_retail_value_usd", "day_total_usd")
_not_excepted = pl.col("exception") == NO_EXCEPTION


def over_the_limit(law: ColumnLaw) -> pl.Expr:
    return _dearer > law.amount(LIMIT)


def split_order(law: ColumnLaw) -> pl.Expr:
    return pl.col("split_order")


def excluded_goods(law: ColumnLaw) -> pl.Expr:
    perfume = (pl.col("goods") == ALCOHOL_PERFUME) & (pl.col("fair_retail_value_usd") > law.amount("S3-03"))
    return pl.col("goods").is_in(EXCLUDED_GOODS) | perfume | (pl.col("consolidated_total_usd") > law.amount(LIMIT))


def duty_due(law: ColumnLaw) -> pl.Expr:
    return pl.col("antidumping_or_countervailing") | pl.col("duty_tax_or_fee_due")


def free_entry_ended(law: ColumnLaw) -> pl.Expr:
    return _not_excepted | (_dearer > last_limit(law.reference))


def suspension_continued(law: ColumnLaw) -> pl.Expr:
    return _not_excepted


def suspended_by_regulation(law: ColumnLaw) -> pl.Expr:
    return _not_excepted


def ended_by_statute(law: ColumnLaw) -> pl.Expr:
    return _not_excepted


def not_filed_as_asked(law: ColumnLaw) -> pl.Expr:
    may_file = pl.col("filer").is_in(OWNERS) | ((pl.col("filer") == BROKER) & pl.col("power_of_attorney"))
    return ~may_file | (pl.col("hts_code").str.len_bytes() != HTS_DIGITS)


def filed_late(law: ColumnLaw) -> pl.Expr:
    return (pl.col("filed_on") - pl.col("arrival_date")).dt.total_days() > law.amount("E8-02")


def rejected_by_the_system(law: ColumnLaw) -> pl.Expr:
    return (pl.col("entry_type") == TYPE_86) | _not_excepted


COLUMN_RULES: Mapping[str, Callable[[ColumnLaw], pl.Expr]] = {
    "S3-01": over_the_limit,
    "S3-02": split_order,
    "S3-03": excluded_goods,
    "S3-04": duty_due,
    "S3-05": free_entry_ended,
    "S3-06": suspension_continued,
    "S3-07": suspended_by_regulation,
    "S3-08": ended_by_statute,
    "E8-01": not_filed_as_asked,
    "E8-02": filed_late,
    "E8-03": rejected_by_the_system,
}
