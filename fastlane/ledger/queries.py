"""Reads of the ledger: a terminal's baseline, an account's benefits, and the programme's spread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Account
from fastlane.lanes.life import State
from fastlane.lanes.models import LaneRequest
from fastlane.ledger.measuring import Spread, minutes, spread
from fastlane.ledger.models import Benefit, MeasuredCall

PERIOD = timedelta(days=365)
# Calls that were worked without the lane, although it had been asked for.
WITHOUT = (State.REFUSED, State.VOID, State.WITHDRAWN, State.EXPIRED)


def minutes_without(terminal: str, *, before: datetime) -> list[float]:
    """Minutes from all fast to the first container at a terminal, of calls without the lane in the year before."""
    since = before - PERIOD
    measured = MeasuredCall.objects.filter(terminal=terminal, all_fast_at__gte=since, all_fast_at__lt=before)
    asked = LaneRequest.objects.filter(
        terminal=terminal,
        status__in=WITHOUT,
        all_fast_at__gte=since,
        all_fast_at__lt=before,
        first_container_at__isnull=False,
    )
    rows = [*measured.values_list("all_fast_at", "first_container_at")]
    rows += asked.values_list("all_fast_at", "first_container_at")
    return [minutes(start, end) for start, end in rows]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure over some benefits of one kind: how many, the sum and the spread of those that could be measured."""

    kind: str
    title: str
    rows: tuple[Benefit, ...]
    unmeasured: int
    total: float
    spread: Spread | None


def of_account(account: Account, *, since: datetime | None = None) -> list[Benefit]:
    rows = Benefit.objects.filter(account=account).order_by("-happened_at", "-pk")
    return list(rows.filter(happened_at__gte=since) if since else rows)


def figures(rows: Iterable[Benefit]) -> list[Figure]:
    """One figure for each kind of benefit, also where nothing was measured."""
    found = list(rows)
    return [_figure(kind, tuple(row for row in found if row.kind == kind)) for kind in Benefit.Kind]


def _figure(kind: Benefit.Kind, rows: tuple[Benefit, ...]) -> Figure:
    values = [float(row.value) for row in rows if row.value is not None]
    return Figure(kind.value, str(kind.label), rows, len(rows) - len(values), round(sum(values), 1), spread(values))


@dataclass(frozen=True, slots=True)
class Group:
    """The programme's spread in one group, such as a port or a tier."""

    name: str
    members: int
    spread: Spread | None


def programme(kind: str, by: str, *, since: datetime) -> list[Group]:
    """Median and spread of a kind of benefit over all members, by "port", "terminal" or "tier"."""
    groups: dict[str, list[tuple[int, float]]] = {}
    rows = Benefit.objects.filter(kind=kind, happened_at__gte=since, value__isnull=False)
    for name, account, value in rows.values_list(by, "account_id", "value"):
        groups.setdefault(str(name or ""), []).append((account, float(value)))
    return [
        Group(name, len({account for account, _value in found}), spread([value for _account, value in found]))
        for name, found in sorted(groups.items())
    ]
