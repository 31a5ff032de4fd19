"""Which foreign programmes are recognised, and since when (criteria 3.4 and 3.5 rest on it)."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "partners.toml"


@dataclass(frozen=True, slots=True)
class MemberState:
    """A country covered by a union's arrangement, from `since` (inclusive) until `until` (exclusive)."""

    code: str
    since: date
    until: date | None

    def covered(self, on: date) -> bool:
        """Tell whether the union's arrangement covers this country on a day."""
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class Partner:
    """A country or union with an arrangement. `code` is ISO 3166 alpha-2, or EU; `mark` says how well it is sourced.

    `signed` is the first day of the month of signing, as only the month is known.
    """

    code: str
    name: str
    signed: date
    mark: str
    members: tuple[MemberState, ...] = ()

    def covers(self, country_code: str, on: date) -> bool:
        """Tell whether this arrangement covers a country on a day."""
        if on < self.signed:
            return False
        return country_code == self.code or any(m.code == country_code and m.covered(on) for m in self.members)


def load(path: Path = DATA) -> tuple[Partner, ...]:
    """Return the partners in a data file, by day of signing, then name."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["partner"]
    return tuple(sorted((_partner(row) for row in rows), key=lambda partner: (partner.signed, partner.name)))


def _partner(row: dict[str, Any]) -> Partner:
    signed = row["signed"]
    members = tuple(MemberState(m["code"], m.get("from", signed), m.get("until")) for m in row.get("members", ()))
    return Partner(row["code"], row["name"], signed, row["mark"], members)


@cache
def partners() -> tuple[Partner, ...]:
    """Return every partner known, by day of signing, then name."""
    return load()


@cache
def complete_until() -> date:
    """Return the last day for which the list is known to be complete."""
    day: date = tomllib.loads(DATA.read_text(encoding="utf-8"))["complete_until"]
    return day


def recognised(country_code: str, on: date) -> Partner | None:
    """Return the arrangement that covers a country (ISO alpha-2, or EU) on a programme day, or None.

    The own programme (US) is no arrangement. A country with its own arrangement is given that rather than its union's.
    """
    code = country_code.strip().upper()
    covering = [partner for partner in partners() if partner.covers(code, on)]
    return next((partner for partner in covering if partner.code == code), next(iter(covering), None))
