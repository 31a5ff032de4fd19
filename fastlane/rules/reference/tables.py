"""The tables of reference data: their columns, how a cell is read, and the rows they make.

Every period holds from its first day up to, but not including, its `to`; an empty `to` means until further notice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from fastlane.rules.kinds import Wrong, read_day
from fastlane.rules.moth_areas import AREAS
from fastlane.rules.rule import TAGS

MOTH_POLICY, WOOD_PACKAGING, ETA_CHANGE = "moth_policy", "wood_packaging_count", "eta_change_hours"
ANY_PORT = "*"
# Rules that the law dates. Without a row they would hold for ever, so each needs one.
DATED_RULES = frozenset(
    {f"S3-{number:02d}" for number in range(1, 10)}
    | {f"GB-{number:02d}" for number in range(1, 7)}
    | {"E8-01", "E8-02", "E8-03", "AC-01"}
)


class Dated(Protocol):
    """A row that holds from `start` until `until` (exclusive, None: until further notice)."""

    @property
    def start(self) -> date: ...
    @property
    def until(self) -> date | None: ...


def holds(row: Dated, on: date) -> bool:
    """Tell whether a row holds on a day."""
    return row.start <= on and (row.until is None or on < row.until)


@dataclass(frozen=True, slots=True)
class Phase:
    """A step in which ports joined; `start` is its day, or the planned one where the tag says so."""

    code: str
    title: str
    start: date
    tag: str
    source: str


@dataclass(frozen=True, slots=True)
class Port:
    """A port that takes part. `code` is Schedule D; `aliases` are other codes that mean it."""

    code: str
    name: str
    aliases: tuple[str, ...]
    phase: str
    start: date
    until: date | None
    tag: str
    source: str


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal of a port with its operator; `operator_account` is the operator's account number where it has one."""

    code: str
    port: str
    name: str
    operator: str
    operator_account: str
    tag: str
    source: str


@dataclass(frozen=True, slots=True)
class Approval:
    """A period in which a terminal is approved for AQUA."""

    terminal: str
    start: date
    until: date | None
    tag: str
    source: str


@dataclass(frozen=True, slots=True)
class MothPeriod:
    """An area's risk period for ships bound to a destination, from a year's table on. First and last day count."""

    destination: str
    year: int
    area: str
    first_day: tuple[int, int]
    last_day: tuple[int, int]
    tag: str
    source: str


@dataclass(frozen=True, slots=True)
class LawPeriod:
    """When a rule is in force, and the figure that it names then (`amount`: dollars or days, None for no figure)."""

    code: str
    start: date
    until: date | None
    amount: int | None
    tag: str
    source: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What a port does where the rule leaves it open; port * is every port without a row of its own."""

    port: str
    name: str
    value: str
    start: date
    until: date | None
    tag: str
    source: str


@dataclass(frozen=True, slots=True)
class FactAge:
    """How old a confirmed agency fact (or group of facts) may be before it must be confirmed again."""

    facts: str
    hours: int
    tag: str
    source: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in files, the row's field, and how its text is read; a reader raises Wrong."""

    name: str
    field: str
    read: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its rows' class, its columns, and the columns that no two rows may share (with a period: at one time)."""

    name: str
    row: Callable[..., Any]
    columns: tuple[Column, ...]
    key: tuple[str, ...]


def _text(value: str) -> str:
    if not value or not value.isprintable() or len(value) > 300:
        raise Wrong("form", "Give text of at most 300 characters.")
    return value


def _free(value: str) -> str:
    return _text(value) if value else ""


def _shaped(pattern: str, example: str) -> Callable[[str], str]:
    form = re.compile(pattern, re.ASCII)

    def read(value: str) -> str:
        if not form.fullmatch(value):
            raise Wrong("form", f"Give it in the form of {example}.")
        return value

    return read


def _one_of(words: Mapping[str, object]) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in words:
            raise Wrong("choice", f"Give one of: {', '.join(words)}.")
        return value

    return read


def _number(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", value):
        raise Wrong("form", "Give a whole number.")
    return int(value)


def _until(value: str) -> date | None:
    return read_day(value) if value else None


def _amount(value: str) -> int | None:
    return _number(value) if value else None


def _aliases(value: str) -> tuple[str, ...]:
    return tuple(_shaped(r"[A-Z0-9]{4,5}", "1003")(alias) for alias in value.split())


def _day_of_year(value: str) -> tuple[int, int]:
    form = re.fullmatch(r"([0-9]{2})-([0-9]{2})", value)
    if form is None:
        raise Wrong("form", "Give month and day like 07-01.")
    day = read_day(f"2000-{value}")
    return day.month, day.day


SETTINGS: Mapping[str, Callable[[str], object]] = {
    MOTH_POLICY: _one_of({"certificate": 0, "strict": 0}),
    WOOD_PACKAGING: _number,
    ETA_CHANGE: _number,
}
PORT_CODE = _shaped(r"[0-9]{4}", "2704")
_MARKS = (Column("tag", "tag", _one_of(TAGS)), Column("source", "source", _text))
_PERIOD = (Column("from", "start", read_day), Column("to", "until", _until))


def check_setting(name: str, value: str) -> None:
    """Raise Wrong for a value that this setting can't have."""
    SETTINGS[name](value)


TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table(
            "phases", Phase,
            (Column("code", "code", _text), Column("title", "title", _text), Column("from", "start", read_day), *_MARKS),
            ("code",),
        ),
        Table(
            "ports", Port,
            (
                Column("code", "code", PORT_CODE), Column("name", "name", _text),
                Column("aliases", "aliases", _aliases), Column("phase", "phase", _text), *_PERIOD, *_MARKS,
            ),
            ("code",),
        ),
        Table(
            "terminals", Terminal,
            (
                Column("code", "code", _shaped(r"[A-Z0-9]{1,10}", "W185")), Column("port", "port", PORT_CODE),
                Column("name", "name", _text), Column("operator", "operator", _text),
                Column("operator_account", "operator_account", _free), *_MARKS,
            ),
            ("code",),
        ),
        Table("approvals", Approval, (Column("terminal", "terminal", _text), *_PERIOD, *_MARKS), ("terminal",)),
        Table(
            "moth_periods", MothPeriod,
            (
                Column("destination", "destination", _shaped(r"[A-Z]{2}", "US")), Column("year", "year", _number),
                Column("area", "area", _one_of(AREAS)), Column("first_day", "first_day", _day_of_year),
                Column("last_day", "last_day", _day_of_year), *_MARKS,
            ),
            ("destination", "year", "area"),
        ),
        Table(
            "law", LawPeriod,
            (
                Column("code", "code", _shaped(r"[A-Z0-9]{2}-[0-9]{2}", "S3-01")), *_PERIOD,
                Column("amount", "amount", _amount), *_MARKS,
            ),
            ("code",),
        ),
        Table(
            "settings", Setting,
            (
                Column("port", "port", _shaped(r"\*|[0-9]{4}", "2704 or *")), Column("name", "name", _one_of(SETTINGS)),
                Column("value", "value", _text), *_PERIOD, *_MARKS,
            ),
            ("port", "name"),
        ),
        Table(
            "fact_ages", FactAge,
            (Column("facts", "facts", _shaped(r"[a-z_.0-9]+", "targeting")), Column("hours", "hours", _number), *_MARKS),
            ("facts",),
        ),
    )
}  # fmt: skip
