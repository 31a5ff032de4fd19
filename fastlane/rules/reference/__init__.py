"""Reference data: ports, terminals, moth periods, law and settings, each with its dates, source and tag.

They come from the package's CSV files or from plain rows that data stewards keep; both pass the same checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Self

from fastlane.rules.reference.rows import ReferenceRefused, RowProblem, from_files, plain_rows, read_tables
from fastlane.rules.reference.tables import (
    ANY_PORT,
    ETA_CHANGE,
    MOTH_POLICY,
    WOOD_PACKAGING,
    Approval,
    FactAge,
    LawPeriod,
    MothPeriod,
    Phase,
    Port,
    Setting,
    Terminal,
    holds,
)


@dataclass(frozen=True, slots=True)
class Reference:
    """All reference data of one edition. Lookups take codes and days; days are UTC days of arrival."""

    phases: tuple[Phase, ...]
    port_rows: tuple[Port, ...]
    terminal_rows: tuple[Terminal, ...]
    approvals: tuple[Approval, ...]
    moth_periods: tuple[MothPeriod, ...]
    law_rows: tuple[LawPeriod, ...]
    settings: tuple[Setting, ...]
    fact_ages: tuple[FactAge, ...]
    ports: Mapping[str, Port] = field(repr=False, compare=False)
    terminals: Mapping[str, Terminal] = field(repr=False, compare=False)
    law: Mapping[str, tuple[LawPeriod, ...]] = field(repr=False, compare=False)
    _moth: Mapping[tuple[str, str], tuple[MothPeriod, ...]] = field(repr=False, compare=False)
    _set: Mapping[tuple[str, str], tuple[Setting, ...]] = field(repr=False, compare=False)

    @classmethod
    def load(cls) -> Self:
        """Return the data that come with the program, read once a process."""
        return cls.of(_packaged())

    @classmethod
    def of(cls, rows: Mapping[str, Iterable[Mapping[str, object]]]) -> Self:
        """Return the data of plain rows by table. Raises ReferenceRefused with all that is wrong."""
        tables = read_tables(rows)
        by_port: dict[str, Port] = {}
        for port in tables["ports"]:
            by_port |= dict.fromkeys((port.code, *port.aliases), port)
        return cls(
            tables["phases"], tables["ports"], tables["terminals"], tables["approvals"], tables["moth_periods"],
            tables["law"], tables["settings"], tables["fact_ages"],
            ports=by_port,
            terminals={terminal.code: terminal for terminal in tables["terminals"]},
            law=_grouped(tables["law"], lambda row: row.code, lambda row: row.start),
            _moth=_grouped(tables["moth_periods"], lambda row: (row.destination, row.area), lambda row: row.year),
            _set=_grouped(tables["settings"], lambda row: (row.port, row.name), lambda row: row.start),
        )  # fmt: skip

    def rows(self) -> dict[str, list[dict[str, str]]]:
        """Return plain rows by table, which `of` reads back the same."""
        return plain_rows({
            "phases": self.phases, "ports": self.port_rows, "terminals": self.terminal_rows,
            "approvals": self.approvals, "moth_periods": self.moth_periods, "law": self.law_rows,
            "settings": self.settings, "fact_ages": self.fact_ages,
        })  # fmt: skip

    def port(self, code: str) -> Port | None:
        """Return a port by its Schedule D code or an alias."""
        return self.ports.get(code)

    def takes_part(self, port: str, on: date) -> bool:
        """Tell whether a port offers AQUA on a day; its first day counts. An unknown port doesn't."""
        known = self.ports.get(port)
        return known is not None and holds(known, on)

    def terminal_approved(self, terminal: str, on: date) -> bool:
        """Tell whether a terminal is approved on a day."""
        return any(row.terminal == terminal and holds(row, on) for row in self.approvals)

    def moth_risk(self, destination: str, area: str, on: date) -> bool:
        """Tell whether a day lies in an area's risk period, by the newest table that the day's year has.

        A year before the first table is judged by the first one.
        """
        tables = self._moth.get((destination, area), ())
        if not tables:
            return False
        row = next((row for row in reversed(tables) if row.year <= on.year), tables[0])
        return row.first_day <= (on.month, on.day) <= row.last_day

    def law_on(self, code: str, on: date) -> LawPeriod | None:
        """Return the period of a rule that is in force on a day."""
        return next((row for row in self.law.get(code, ()) if holds(row, on)), None)

    def moth_policy(self, port: str, on: date) -> str:
        """Return "certificate" (a certificate is looked at) or "strict" (any call in a risk area refuses)."""
        return self.setting(MOTH_POLICY, port, on)

    def wood_packaging_count(self, port: str, on: date) -> int:
        """Return from how many violations in 12 months a person must look."""
        return int(self.setting(WOOD_PACKAGING, port, on))

    def eta_change_hours(self, port: str, on: date) -> int:
        """Return by how many hours an approved arrival may move before the approval is void (rule AQ-27)."""
        return int(self.setting(ETA_CHANGE, port, on))

    def setting(self, name: str, port: str, on: date) -> str:
        """Return a port's own setting on a day, or the one of every port."""
        known = self.ports.get(port)
        for place in (known.code if known else port, ANY_PORT):
            for row in self._set.get((place, name), ()):
                if holds(row, on):
                    return row.value
        raise LookupError(f"There is no {name} for port {port} on {on}.")

    def stale(self, observed: Mapping[str, datetime], now: datetime) -> frozenset[str]:
        """Return the facts that were observed too long before a moment and must be confirmed again.

        The limit of the longest fitting path counts; a fact without a limit is never too old.
        """
        return frozenset(
            path for path, at in observed.items() if (most := self._most_age(path)) is not None and now - at > most
        )

    def stale_after(self, observed: Mapping[str, datetime]) -> datetime | None:
        """Return the moment after which the first of these facts is too old; None when none ever is."""
        ends = [at + most for path, at in observed.items() if (most := self._most_age(path)) is not None]
        return min(ends, default=None)

    def _most_age(self, path: str) -> timedelta | None:
        fitting = [row for row in self.fact_ages if path == row.facts or path.startswith(f"{row.facts}.")]
        return timedelta(hours=max(fitting, key=lambda row: len(row.facts)).hours) if fitting else None


@cache
def _packaged() -> Mapping[str, list[dict[str, str]]]:
    return from_files()


def _grouped[Row, Key](
    rows: Iterable[Row], key: Callable[[Row], Key], order: Callable[[Row], date | int]
) -> Mapping[Key, tuple[Row, ...]]:
    groups: dict[Key, list[Row]] = {}
    for row in sorted(rows, key=order):
        groups.setdefault(key(row), []).append(row)
    return {name: tuple(members) for name, members in groups.items()}


__all__ = ["Reference", "ReferenceRefused", "RowProblem"]
