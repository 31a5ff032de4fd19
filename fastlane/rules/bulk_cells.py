"""Cells of bulk files: text or typed columns become facts as strictly as JSON does, and bad cells are named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from fastlane.rules.facts import Fact, paths
from fastlane.rules.kinds import FIRST_YEAR, LAST_YEAR, MOST, Kind
from fastlane.rules.lanes import Lane

# A column of the sender's own, passed through; no sign in it can start a formula.
PARCEL = "parcel"
_PARCEL_SHAPE = r"^[A-Za-z0-9][A-Za-z0-9 ._/#-]{0,59}$"
_FIRST_DAY, _LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)


@dataclass(frozen=True, slots=True)
class Cell:
    """How a column is read: `value` is null where a cell is empty or can't be read; `advice` says what it should be."""

    value: pl.Expr
    advice: str


class FileRefused(ValueError):
    """A file that can't be decided at all: what is wrong and what to do, in English."""


def check_heading(lane: Lane, names: list[str]) -> None:
    """Refuse columns that nobody knows, or that come twice. Raises FileRefused."""
    known = [*paths(lane.facts), PARCEL]
    if unknown := [name for name in names if name not in known]:
        raise FileRefused(f"Unknown columns: {', '.join(unknown[:10])[:200]}. Known are: {', '.join(known)}.")
    if len(set(names)) < len(names):
        raise FileRefused("A column's name comes twice. Each may come once.")


def cells(lane: Lane, schema: Mapping[str, pl.DataType]) -> dict[str, Cell]:
    """Return how each fact's column is read, by the types that a file has. Raises FileRefused for a wrong type."""
    return {name: _cell(name, fact, schema.get(name)) for name, fact in paths(lane.facts).items()}


def bad_cells(name: str, cell: Cell) -> pl.Expr:
    """Return what is wrong in a column for each row, or null."""
    return pl.when(pl.col(name).is_not_null() & cell.value.is_null()).then(pl.lit(f"{name}: {cell.advice}"))


def bad_parcels() -> pl.Expr:
    """Return what is wrong with the sender's own name of each parcel, or null."""
    advice = "Give at most 60 plain letters, digits and . _ / # - signs."
    return pl.when(~pl.col(PARCEL).cast(pl.String).str.contains(_PARCEL_SHAPE)).then(pl.lit(f"{PARCEL}: {advice}"))


def _cell(name: str, fact: Fact, dtype: pl.DataType | None) -> Cell:
    kind = fact.kind
    assert kind is not None  # noqa: S101  a bulk lane's facts are flat
    if dtype is None or dtype == pl.Null:
        return Cell(pl.lit(None, _stored(kind)), "")
    if dtype == pl.String:
        return _from_text(name, kind)
    typed = _typed(name, kind, dtype)
    if typed is None:
        raise FileRefused(f"The column {name} is of type {dtype}. Give it as text or as {_stored(kind)}.")
    return typed


def _stored(kind: Kind) -> pl.DataType:
    by_type = {"boolean": pl.Boolean(), "number": pl.Float64()}
    return by_type.get(str(kind.schema["type"]), pl.Date() if _is_day(kind) else pl.String())


def _is_day(kind: Kind) -> bool:
    return kind.schema.get("format") == "date"


def _from_text(name: str, kind: Kind) -> Cell:
    text = pl.col(name)
    if kind.schema["type"] == "boolean":
        lower = text.str.to_lowercase()
        return Cell(pl.when(lower == "true").then(True).when(lower == "false").then(False), "Give true or false.")
    if kind.schema["type"] == "number":
        number = pl.when(text.str.contains(r"^[0-9]{1,10}(\.[0-9]{1,6})?$")).then(text).cast(pl.Float64, strict=False)
        return _amount(number)
    if _is_day(kind):
        day = (
            pl.when(text.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")).then(text).str.to_date("%Y-%m-%d", strict=False)
        )
        return _day(day)
    return _words(text, kind)


def _typed(name: str, kind: Kind, dtype: pl.DataType) -> Cell | None:
    column = pl.col(name)
    if kind.schema["type"] == "boolean" and dtype == pl.Boolean:
        return Cell(column, "")
    if kind.schema["type"] == "number" and dtype.is_numeric():
        return _amount(column.cast(pl.Float64))
    if _is_day(kind) and dtype == pl.Date:
        return _day(column)
    if isinstance(dtype, pl.Categorical | pl.Enum) and _stored(kind) == pl.String:
        return _words(column.cast(pl.String), kind)
    return None


def _amount(number: pl.Expr) -> Cell:
    # In polars a NaN is above every number, so the range refuses it; minus nought becomes nought.
    within = (number >= 0) & (number <= MOST)
    return Cell(pl.when(within).then(number + 0.0), f"Give an amount from 0 to {MOST}, such as 64.50.")


def _day(day: pl.Expr) -> Cell:
    within = day.is_between(pl.lit(_FIRST_DAY), pl.lit(_LAST_DAY))
    return Cell(pl.when(within).then(day), f"Give a date like 2025-08-20, from {FIRST_YEAR} to {LAST_YEAR}.")


def _words(text: pl.Expr, kind: Kind) -> Cell:
    choices = kind.schema.get("enum")
    if isinstance(choices, list):
        return Cell(pl.when(text.is_in(choices)).then(text), f"Give one of: {', '.join(choices)}.")
    pattern = str(kind.schema["pattern"])
    return Cell(pl.when(text.str.contains(pattern)).then(text), f"Give it in the form of {pattern}.")


def problems_of(lane: Lane, names: list[str], read: Mapping[str, Cell]) -> Iterator[pl.Expr]:
    """Yield for each column of a file what is wrong in it."""
    yield from (bad_cells(name, read[name]) for name in names if name in paths(lane.facts))
    if PARCEL in names:
        yield bad_parcels()
