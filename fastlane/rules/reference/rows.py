"""Read plain rows into tables, with every fault by table, row and column; and write them back."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from fastlane.rules.kinds import FIRST_YEAR, Wrong
from fastlane.rules.reference.tables import ANY_PORT, DATED_RULES, SETTINGS, TABLES, Column, Table, check_setting

DATA = Path(__file__).parent.parent / "data"
FIRST_DAY = date(FIRST_YEAR, 1, 1)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in a table. `row` counts from 1 without the heading, 0 means the table as a whole."""

    table: str
    row: int
    column: str
    detail: str


class ReferenceRefused(ValueError):
    """Rows that can't serve as reference data, with everything that is wrong in them."""

    def __init__(self, problems: Iterable[RowProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.table} row {p.row} {p.column}: {p.detail}" for p in self.problems[:5]))


def from_files(folder: Path = DATA) -> dict[str, list[dict[str, str]]]:
    """Return the plain rows of the CSV files in a folder, one file a table."""
    found = {}
    for name in TABLES:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            found[name] = list(csv.DictReader(lines, strict=True))
    return found


def read_tables(rows: Mapping[str, Iterable[Mapping[str, object]]]) -> dict[str, tuple[Any, ...]]:
    """Return the rows of every table. Raises ReferenceRefused."""
    problems = [RowProblem(name, 0, "", "There is no such table.") for name in rows if name not in TABLES]
    tables = {name: _read_table(table, rows.get(name, ()), problems) for name, table in TABLES.items()}
    if not problems:
        problems += _not_fitting(tables)
    if problems:
        raise ReferenceRefused(problems)
    return tables


def plain_rows(tables: Mapping[str, Sequence[object]]) -> dict[str, list[dict[str, str]]]:
    """Return rows as text by column."""
    return {
        name: [{c.name: _written(getattr(row, c.field)) for c in TABLES[name].columns} for row in rows]
        for name, rows in tables.items()
    }


def _written(value: object) -> str:
    if isinstance(value, tuple):
        if value and isinstance(value[0], int):
            return "-".join(f"{part:02d}" for part in value)
        return " ".join(value)
    return "" if value is None else str(value)


def _read_table(table: Table, rows: Iterable[Mapping[str, object]], problems: list[RowProblem]) -> tuple[Any, ...]:
    made = []
    for number, row in enumerate(rows, start=1):
        before = len(problems)
        problems += [
            RowProblem(table.name, number, str(name), "There is no such column.")
            for name in row
            if name not in {column.name for column in table.columns}
        ]
        values = {c.field: _cell(table, c, row.get(c.name), number, problems) for c in table.columns}
        if len(problems) == before:
            made.append(table.row(**values))
    return tuple(made)


def _cell(table: Table, column: Column, value: object, number: int, problems: list[RowProblem]) -> object:
    text = "" if value is None else str(value).strip()
    try:
        return column.read(text)
    except Wrong as wrong:
        problems.append(RowProblem(table.name, number, column.name, wrong.detail))
        return None


def _not_fitting(tables: Mapping[str, tuple[Any, ...]]) -> Iterator[RowProblem]:
    for name, rows in tables.items():
        yield from _periods(name, rows)
        yield from _twice(TABLES[name], rows)
    yield from _aliases(tables["ports"])
    known: Mapping[tuple[str, str], set[str]] = {
        ("ports", "phase"): {phase.code for phase in tables["phases"]},
        ("terminals", "port"): {port.code for port in tables["ports"]},
        ("approvals", "terminal"): {terminal.code for terminal in tables["terminals"]},
        ("settings", "port"): {ANY_PORT} | {port.code for port in tables["ports"]},
    }
    for (name, column), codes in known.items():
        for number, row in enumerate(tables[name], start=1):
            if getattr(row, column) not in codes:
                yield RowProblem(name, number, column, f"{getattr(row, column)} is not in the table it refers to.")
    yield from _settings(tables["settings"])
    for code in sorted(DATED_RULES - {row.code for row in tables["law"]}):
        yield RowProblem("law", 0, "code", f"{code} needs its dates in the law table.")


def _periods(name: str, rows: Sequence[Any]) -> Iterator[RowProblem]:
    for number, row in enumerate(rows, start=1):
        until = getattr(row, "until", None)
        if until is not None and until <= row.start:
            yield RowProblem(name, number, "to", "The period ends before it begins.")
        if name == "moth_periods" and row.last_day < row.first_day:
            yield RowProblem(name, number, "last_day", "The period ends before it begins.")


def _twice(table: Table, rows: Sequence[Any]) -> Iterator[RowProblem]:
    # Rows with the same key may follow each other in time; ports may not, since each has one row.
    dated = table.name in {"approvals", "law", "settings"}
    seen: dict[tuple[object, ...], list[Any]] = {}
    for number, row in enumerate(rows, start=1):
        others = seen.setdefault(tuple(getattr(row, column) for column in table.key), [])
        if any(not dated or _overlap(row, other) for other in others):
            detail = "This period overlaps another row's." if dated else "This row is there twice."
            yield RowProblem(table.name, number, table.key[-1], detail)
        others.append(row)


def _overlap(one: Any, other: Any) -> bool:
    return bool(one.start < (other.until or date.max) and other.start < (one.until or date.max))


def _aliases(ports: Sequence[Any]) -> Iterator[RowProblem]:
    codes = {port.code for port in ports}
    seen: set[str] = set()
    for number, port in enumerate(ports, start=1):
        for alias in port.aliases:
            if alias in codes | seen:
                yield RowProblem("ports", number, "aliases", f"{alias} already means a port.")
            seen.add(alias)


def _settings(rows: Sequence[Any]) -> Iterator[RowProblem]:
    for number, row in enumerate(rows, start=1):
        try:
            check_setting(row.name, row.value)
        except Wrong as wrong:
            yield RowProblem("settings", number, "value", wrong.detail)
    for name in SETTINGS:
        if not _from_ever_on([row for row in rows if row.port == ANY_PORT and row.name == name]):
            yield RowProblem(
                "settings", 0, name, f"Rows with port * must hold from {FIRST_DAY} on, without gap or end."
            )


def _from_ever_on(rows: Sequence[Any]) -> bool:
    day: date | None = FIRST_DAY
    for row in sorted(rows, key=lambda row: row.start):
        if day is None or row.start > day:
            return False
        day = row.until
    return bool(rows) and day is None
