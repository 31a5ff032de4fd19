"""Kinds of facts: how each is read strictly from JSON, described in a schema, and written back the same for ever."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from stdnum import imo
from stdnum.exceptions import ValidationError

# Outside of these years a date is a slip of the keyboard.
FIRST_YEAR, LAST_YEAR = 1990, 2100
MOST = 1_000_000_000

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?(?P<zone>[Zz]|[+-]\d\d:\d\d)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Wrong(ValueError):
    """A value that can't be read: a stable code and what to do, in English."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Kind:
    """`read` gives the value or raises Wrong; `write` gives its JSON form; `schema` is its JSON Schema."""

    read: Callable[[object], object]
    schema: Mapping[str, object]
    write: Callable[[object], object] = lambda value: value


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise Wrong("type", "Give true or false.")


FLAG = Kind(_flag, {"type": "boolean"})


def count(most: int = 1_000_000) -> Kind:
    """A whole number from 0; true and false are no numbers."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Wrong("type", "Give a whole number.")
        if not 0 <= value <= most:
            raise Wrong("range", f"Give a whole number from 0 to {most}.")
        return value

    return Kind(read, {"type": "integer", "minimum": 0, "maximum": most})


def _amount(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong("type", "Give an amount in dollars as a number.")
    if isinstance(value, float) and not math.isfinite(value):
        raise Wrong("range", "Give a finite number.")
    if not 0 <= value <= MOST:
        raise Wrong("range", f"Give an amount from 0 to {MOST}.")
    return float(value) + 0.0  # minus nought becomes nought


AMOUNT = Kind(_amount, {"type": "number", "minimum": 0, "maximum": MOST})


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise Wrong("type", "Give a time as text, for example 2026-12-14T09:30:00Z.")
    form = _MOMENT.fullmatch(value)
    if form is None:
        raise Wrong("form", "Give a time like 2026-12-14T09:30:00Z.")
    if form["zone"] is None:
        raise Wrong("zone", "Say the time zone, for example Z or -08:00. It is not guessed.")
    try:
        moment = datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Wrong("date", "There is no such date or time.") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Wrong("date", f"Give a year from {FIRST_YEAR} to {LAST_YEAR}.")
    return moment


def _write_moment(value: object) -> str:
    assert isinstance(value, datetime)  # noqa: S101  what _moment made
    return value.isoformat().removesuffix("+00:00") + "Z"


MOMENT = Kind(_moment, {"type": "string", "format": "date-time"}, _write_moment)


def read_day(value: object) -> date:
    """Return a date of the calendar, written like 2026-12-14."""
    if not isinstance(value, str):
        raise Wrong("type", "Give a date as text, for example 2026-12-14.")
    if not _DAY.fullmatch(value):
        raise Wrong("form", "Give a date like 2026-12-14.")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise Wrong("date", "There is no such date.") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Wrong("date", f"Give a year from {FIRST_YEAR} to {LAST_YEAR}.")
    return day


def _write_day(value: object) -> str:
    assert isinstance(value, date)  # noqa: S101  what read_day made
    return value.isoformat()


DAY = Kind(read_day, {"type": "string", "format": "date"}, _write_day)


def _plain(value: object, most: int) -> str:
    if not isinstance(value, str):
        raise Wrong("type", "Give text.")
    if len(value) > most:
        raise Wrong("range", f"Give at most {most} characters.")
    if not value.isprintable():
        raise Wrong("form", "Give text without control characters.")
    return value


def text(most: int = 200) -> Kind:
    """Free text in one line."""
    return Kind(lambda value: _plain(value, most), {"type": "string", "maxLength": most})


def shaped(pattern: str, example: str, most: int = 60) -> Kind:
    """Text of a certain form, such as a port's code."""
    form = re.compile(pattern, re.ASCII)

    def read(value: object) -> str:
        if not form.fullmatch(_plain(value, most)):
            raise Wrong("form", f"Give it in the form of {example}.")
        return str(value)

    return Kind(read, {"type": "string", "pattern": f"^(?:{pattern})$", "maxLength": most})


def word(choices: Sequence[str]) -> Kind:
    """One word of a list."""
    known = {choice: choice for choice in choices}

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise Wrong("type", "Give text.")
        if value not in known:
            raise Wrong("choice", f"Give one of: {', '.join(choices)}.")
        return value

    return Kind(read, {"type": "string", "enum": list(choices)})


def translated(read: Callable[[str], str], schema: Mapping[str, object]) -> Kind:
    """Text that several spellings mean; `read` gives the one that is kept or raises Wrong."""
    return Kind(lambda value: read(_plain(value, 100)), {"type": "string", **schema})


def _imo(value: object) -> str:
    digits = _plain(value, 20)
    if not re.fullmatch(r"(IMO ?)?[0-9]{7}", digits):
        raise Wrong("form", "Give an IMO number of 7 digits, for example 9703291.")
    try:
        return imo.validate(digits)
    except ValidationError:
        raise Wrong("check_digit", "This IMO number doesn't fit its check digit. Compare it with the papers.") from None


IMO = Kind(_imo, {"type": "string", "pattern": "^(IMO ?)?[0-9]{7}$"})
