"""The port officers' queue: filters read from the address, one page of rows, counts, the search, earlier calls of a ship."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import queries as who
from fastlane.lanes import queries, showing
from fastlane.lanes.life import LIVE, OPEN, STAFF_WORD, State
from fastlane.lanes.models import LaneDecision, LaneRequest
from trusted_trader.review.filters import Looking, tied
from trusted_trader.standing.queries import standing

PAGE = 25
REPLY = timedelta(hours=12)
SOON = timedelta(hours=24)
DECIDED = frozenset(State) - OPEN - {State.DRAFT}


@dataclass(frozen=True, slots=True)
class View:
    """A quick filter: its name, what an empty list means, and its condition."""

    title: str | Promise
    empty: str | Promise
    condition: Callable[[Looking], Q]


def _mine(looking: Looking) -> Q:
    """What waits for a person, without what this person has proposed: that waits for a colleague."""
    return Q(status=State.MANUAL_REVIEW) & (Q(proposed_by=None) | ~Q(proposed_by=looking.user_id))


def _overdue(looking: Looking) -> Q:
    return Q(status__in=sorted(OPEN), eta__lte=looking.at + REPLY)


def _soon(looking: Looking) -> Q:
    return Q(status__in=sorted(LIVE), eta__gt=looking.at, eta__lte=looking.at + SOON)


VIEWS: Mapping[str, View] = {
    "mine": View(_("Mine to look at"), _("Nothing waits for you. Well done."), _mine),
    "overdue": View(_("Overdue"), _("No reply is overdue. Well done."), _overdue),
    "soon": View(_("Arriving in 24 hours"), _("No ship with a request arrives in the next 24 hours."), _soon),
    "open": View(_("All open"), _("No request is open."), lambda _l: Q(status__in=sorted(OPEN))),
    "decided": View(
        _("Decided"), _("No request has been decided yet."), lambda _l: Q(status__in=sorted(DECIDED))
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """What the queue shows. Unknown values in an address are dropped."""

    view: str = "mine"
    port: str = ""
    arriving: str = ""  # a day (UTC), year-month-day

    @classmethod
    def read(cls, query: Mapping[str, str]) -> DeskFilter:
        view, port, day = query.get("view", ""), query.get("port", ""), query.get("arriving", "")
        return cls(
            view if view in VIEWS else "mine", port if re.fullmatch(r"[0-9]{4}", port) else "", day if _day(day) else ""
        )

    def query(self, **changes: str) -> str:
        """The filter as a query string, with some of it changed; what is empty is left out."""
        wanted = replace(self, **changes)
        values = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
        return urlencode({name: value for name, value in values.items() if value})

    def base(self, looking: Looking) -> Q:
        """Everything but the quick filter. Companies to which one has a tie are never among them."""
        wanted = ~Q(status=State.DRAFT) & ~tied(looking)
        if self.port:
            wanted &= Q(port=self.port)
        if day := _day(self.arriving):
            wanted &= Q(eta__gte=day, eta__lt=day + timedelta(days=1))
        return wanted


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A request in the queue, ready to read. Times are aware."""

    row: LaneRequest
    word: str
    ship: str
    codes: Sequence[str]
    due_at: datetime | None
    late: bool
    waits_for: str


@dataclass(frozen=True, slots=True)
class OnBoard:
    """A carrier or slot charterer that the form names, and its standing in the programme as far as its SCAC tells."""

    name: str
    scac: str
    account: str = ""  # the number of its account, empty if it has none
    good: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `later` is the key for the link on, empty at the end."""

    rows: Sequence[DeskRow]
    later: str


def counts(looking: Looking, chosen: DeskFilter) -> dict[str, int]:
    """How many requests each quick filter shows, the other filters kept: one query whatever the size."""
    wanted = {name: Count("pk", filter=view.condition(looking)) for name, view in VIEWS.items()}
    return LaneRequest.objects.filter(chosen.base(looking)).aggregate(**wanted)


def page(looking: Looking, chosen: DeskFilter, *, after: str = "") -> Page:
    """One page by key, the soonest arrival first; what is decided, the latest arrival first."""
    rows = LaneRequest.objects.filter(chosen.base(looking) & VIEWS[chosen.view].condition(looking))
    back = chosen.view == "decided"
    if place := _place(after):
        eta, pk = place
        beyond = Q(eta__lt=eta) | Q(eta=eta, pk__lt=pk) if back else Q(eta__gt=eta) | Q(eta=eta, pk__gt=pk)
        rows = rows.filter(beyond)
    rows = rows.order_by(F("eta").desc(), "-pk") if back else rows.order_by("eta", "pk")
    found = list(_with_rules(rows)[: PAGE + 1])
    shown = [desk_row(row, looking.at) for row in found[:PAGE]]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(shown, f"{last.eta.timestamp():.6f}.{last.pk}" if last and last.eta else "")


def _place(key: str) -> tuple[datetime, int] | None:
    match = re.fullmatch(r"(\d{1,11}\.\d{6})\.(\d{1,18})", key)
    return (datetime.fromtimestamp(float(match[1]), UTC), int(match[2])) if match else None


def _with_rules(rows: QuerySet[LaneRequest]) -> QuerySet[LaneRequest]:
    newest = LaneDecision.objects.filter(request=OuterRef("pk")).order_by("-number")
    return rows.select_related("account", "company", "proposed_by").annotate(fired=Subquery(newest.values("rules")[:1]))


def desk_row(row: Any, at: datetime) -> DeskRow:
    due = queries.reply_due(row) if row.status in OPEN else None
    who = showing.situation(row, at, staff=True).who
    if row.proposed_by:
        who = _now("A second officer; %(who)s proposes to approve") % {"who": row.proposed_by}
    return DeskRow(
        row,
        _now(STAFF_WORD[State(row.status)]),
        row.form.get("ship", {}).get("name") or row.imo,
        [rule["code"] for rule in row.fired or []],
        due,
        due is not None and due <= at,
        who,
    )


def find(looking: Looking, term: str) -> list[DeskRow]:
    """Requests by reference, IMO number or voyage; drafts and companies with a tie are left out."""
    word = " ".join(term.upper().split())[:40]
    if not word:
        return []
    wanted = Q(reference=word) | Q(imo=word.removeprefix("IMO").strip()) | Q(voyage=word)
    rows = LaneRequest.objects.filter(wanted & DeskFilter().base(looking)).order_by("-eta", "-pk")
    return [desk_row(row, looking.at) for row in _with_rules(rows)[:PAGE]]


def earlier_calls(looking: Looking, row: LaneRequest) -> list[DeskRow]:
    """The ship's other requests, the newest first."""
    if not row.imo:
        return []
    rows = LaneRequest.objects.filter(DeskFilter().base(looking), imo=row.imo).exclude(pk=row.pk)
    return [desk_row(other, looking.at) for other in _with_rules(rows.order_by("-eta", "-pk"))[:8]]


def others_on_board(row: LaneRequest, at: datetime) -> list[OnBoard]:
    """Everybody who shares the ship but the carrier that asks. No source says that they must be members, so they stop
    nothing; who isn't one is shown to the officer (design of this portal). Needs the staff's eyes.
    """
    found = []
    for entry in row.form.get("carriers") or []:
        name, scac = entry.get("name") or "", (entry.get("scac") or "").upper()
        accounts = who.account_by_identifier("scac", scac) if scac else []
        if row.account_id in {account.pk for account in accounts}:
            continue
        carrier = next((account for account in accounts if account.entity_type == "sea_carrier"), None)
        good = carrier is not None and standing(carrier, at=at).in_good_standing
        found.append(OnBoard(name, scac, carrier.number if carrier else "", good))
    return found
