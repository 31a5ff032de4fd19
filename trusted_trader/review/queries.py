"""Reads of the queue: counts, one page of rows with the reason for their order, what comes next, and the search."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import identifiers, secrecy
from accounts.clocks import programme_day
from accounts.models import Account, Identifier, User
from accounts.roles import Role
from trusted_trader import routing, urgency
from trusted_trader.application.models import Application
from trusted_trader.entity_types import EntityType, for_type
from trusted_trader.review import names
from trusted_trader.review.filters import IN_QUEUE, RISKS, VIEWS, Looking, QueueFilter, can_move, is_one_of, tied
from trusted_trader.review.models import Assessment, Decision, Flag, Note, Vetting
from trusted_trader.standing.models import Standing, StandingChange
from trusted_trader.workflow.application import STAFF_WORD, State

PAGE = 25
REFERENCE = re.compile(r"APP-?0*(\d{1,18})", re.IGNORECASE)
MANY_DIGITS = re.compile(r"(?:\d\W?){5,}")


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case in the queue, ready to read. `due_at` is aware; `flags` are the titles of open flags."""

    pk: int
    reference: str
    company: str
    account: str
    kind: str
    status: str
    status_word: str
    age: str
    due_at: datetime | None
    due: str
    late: bool
    paused: bool
    risk: str
    risk_word: str
    risk_points: int
    risk_reason: str
    owner: str
    office: str
    why: str
    waits_for: str
    notes: int
    newest_note_at: datetime | None
    flags: Sequence[str]
    blocked: bool
    key: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the queue. `later` and `earlier` are the keys for the links on, empty at the ends."""

    rows: Sequence[QueueRow]
    later: str
    earlier: str


def queue(looking: Looking, chosen: QueueFilter) -> QuerySet[Application]:
    """The cases of a filter, most urgent first."""
    return Application.objects.filter(chosen.condition(looking)).order_by("urgency", "pk")


def counts(looking: Looking, chosen: QueueFilter) -> dict[str, int]:
    """How many cases each quick filter shows, the other filters kept: one query whatever the size."""
    wanted = {name: Count("pk", filter=view.condition(looking)) for name, view in VIEWS.items() if name != "all"}
    return Application.objects.filter(chosen.base(looking)).aggregate(all=Count("pk"), **wanted)


def page(looking: Looking, chosen: QueueFilter, *, after: str = "", before: str = "", size: int = PAGE) -> Page:
    """One page by key (`after` or `before` a row's key); a key that is not one shows the first page."""
    rows = queue(looking, chosen)
    backwards = bool(before) and read_key(before) is not None
    place = read_key(before if backwards else after)
    if place:
        rows = rows.filter(_beyond(place, backwards=backwards))
    if backwards:
        rows = rows.order_by("-urgency", "-pk")
    # The place in the order first, from the index alone; what the rows show is fetched for these few.
    keys = ArraySubquery(rows.values("pk")[: size + 1])
    few = Application.objects.filter(is_one_of(keys)).order_by(*rows.query.order_by)
    found = list(_annotated(few))
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    shown = [_row(case, looking.at) for case in found]
    later = shown[-1].key if shown and (more or backwards) else ""
    earlier = shown[0].key if shown and (more if backwards else place is not None) else ""
    return Page(shown, later, earlier)


def read_key(key: str) -> tuple[int, int] | None:
    """A row's place in the order, or None for anything that is not one."""
    match = re.fullmatch(r"(-?\d{1,18})\.(\d{1,18})", key)
    return (int(match[1]), int(match[2])) if match else None


def _beyond(place: tuple[int, int], *, backwards: bool) -> Q:
    # A plain range first, so that the index is entered at the place instead of being read from its beginning.
    value, pk = place
    if backwards:
        return Q(urgency__lte=value) & ~Q(urgency=value, pk__gte=pk)
    return Q(urgency__gte=value) & ~Q(urgency=value, pk__lte=pk)


def _annotated(rows: QuerySet[Application]) -> QuerySet[Application]:
    flags = Flag.objects.filter(application=OuterRef("pk"), cleared_at=None)
    notes = Note.objects.filter(application=OuterRef("pk"))
    assessments = Assessment.objects.filter(application=OuterRef("pk")).order_by("-pk")
    return rows.select_related("account", "company", "reviewer").annotate(
        open_flags=ArraySubquery(flags.order_by("pk").values("title")),
        blocked=Exists(flags.filter(blocks_decision=True)),
        note_count=Subquery(notes.order_by().values("application").annotate(n=Count("pk")).values("n")),
        newest_note_at=Subquery(notes.order_by("-pk").values("written_at")[:1]),
        factors=Subquery(assessments.values("factors")[:1]),
        vetting_status=Subquery(Vetting.objects.filter(application=OuterRef("pk")).values("status")[:1]),
    )


def _row(case: Any, at: datetime) -> QueueRow:
    due, late = due_words(case, at)
    return QueueRow(
        pk=case.pk,
        reference=case.reference,
        company=case.company.legal_name,
        account=case.account.number,
        kind=_(for_type(EntityType(case.account.entity_type)).title),
        status=case.status,
        status_word=_(STAFF_WORD[State(case.status)]),
        age=days_words(case.submitted_at or case.started_at, at),
        due_at=case.due_at,
        due=due,
        late=late,
        paused=case.paused_at is not None,
        risk=case.risk_tier,
        risk_word=str(RISKS.get(case.risk_tier, "")),
        risk_points=round(case.risk_points),
        risk_reason=_first_factor(case.factors),
        owner=str(case.reviewer or ""),
        office=routing.offices().get(case.office, ""),
        why=reason_words(case, at),
        waits_for=waits_for(case, case.vetting_status),
        notes=case.note_count or 0,
        newest_note_at=case.newest_note_at,
        flags=case.open_flags,
        blocked=case.blocked,
        key=f"{case.urgency}.{case.pk}",
    )


# --- Words ------------------------------------------------------------------------------------------------------


def days_words(since: datetime, at: datetime) -> str:
    days = (programme_day(at) - programme_day(since)).days
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def days_left(case: Application, at: datetime) -> int | None:
    """Whole programme days to the last one on which the case is in time; negative when it is overdue."""
    if case.due_at is None:
        return None
    return (programme_day(case.due_at - timedelta(microseconds=1)) - programme_day(at)).days


def due_words(case: Application, at: datetime) -> tuple[str, bool]:
    """Days left in words, and whether the case is late."""
    left = days_left(case, at)
    if left is None:
        return "", False
    if case.paused_at:
        return _("paused, %(days)s days left when it goes on") % {"days": max(left, 0)}, False
    if left < 0:
        return ngettext("%(days)s day overdue", "%(days)s days overdue", -left) % {"days": -left}, True
    if left == 0:
        return _("due today"), False
    return ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}, False


def reason_words(case: Application, at: datetime) -> str:
    found = urgency.reason(
        status=case.status, due_at=case.due_at, risk_tier=case.risk_tier, submitted_at=case.submitted_at, at=at
    )
    return str(_(found.message) % found.params)


def waits_for(case: Application, vetting: str | None) -> str:
    """On whom the case waits now."""
    if case.status == "submitted":
        return _("a specialist to take it")
    if case.status == "waiting_for_company":
        return _("the company's answer")
    if case.status == "recommended":
        return _("a supervisor's decision")
    if case.status == "in_review":
        return _("the reviewer, and the vetting") if vetting == "open" else _("the reviewer")
    return ""


def _first_factor(factors: Sequence[Mapping[str, Any]] | None) -> str:
    if not factors or not factors[0].get("points"):
        return ""
    return str(_(factors[0]["message"]) % factors[0]["params"])


# --- What comes next --------------------------------------------------------------------------------------------


def next_case(looking: Looking, chosen: QueueFilter, done: Application) -> int | None:
    """The next case of the filter in which this person can do something, after the one just done; then from the top."""
    rows = queue(looking, chosen).filter(can_move(looking)).exclude(pk=done.pk)
    beyond = rows.filter(_beyond((done.urgency, done.pk), backwards=False)).values_list("pk", flat=True).first()
    return beyond or rows.values_list("pk", flat=True).first()


def undoable(user: User, at: datetime) -> Decision | None:
    """The decision that this person can still take back."""
    rows = Decision.objects.filter(decided_by=user, undone_at=None, letters_at__gt=at)
    return rows.select_related("application__account__company").order_by("-pk").first()


# --- Search -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """Where a search leads: a case, accounts, or a name to look for. All empty: a number that nobody holds."""

    case: int | None = None
    accounts: tuple[str, ...] = ()
    name: str = ""


def find(term: str) -> Found:
    """Understand what was typed: a reference, any identifier, an account number, or a name.

    A number never becomes a name: names go into the address, and numbers may be sensitive.
    """
    term = " ".join(term.replace("\0", "").split())[:100]
    if match := REFERENCE.fullmatch(term):
        pk = Application.objects.filter(pk=int(match[1])).exclude(status="draft").values_list("pk", flat=True).first()
        return Found(case=pk)
    number = identifiers.normalise(identifiers.ACCOUNT, term)
    fitting = [scheme for scheme in identifiers.SCHEMES if not identifiers.check(scheme, term)]
    hashes = [secrecy.lookup(scheme, identifiers.normalise(scheme, term)) for scheme in fitting]
    known = list(Identifier.objects.filter(lookup__in=hashes).values_list("account", flat=True))
    accounts = Account.objects.filter(Q(number=number) | Q(pk__in=known)).order_by("number")
    if found := tuple(accounts.values_list("number", flat=True)[:20]):
        return Found(accounts=found)
    if MANY_DIGITS.search(term) or number.startswith(identifiers.ACCOUNT_PREFIX):
        return Found()
    return Found(name=term) if not term or _is_a_name(term) else Found(accounts=_alike(term), name=term)


def _is_a_name(term: str) -> bool:
    return bool(names.cases_named(term, states=IN_QUEUE))


MOST_ALIKE = 10


def _alike(term: str) -> tuple[str, ...]:
    """The accounts with an open case whose company's name looks most like this one: it may be misspelt."""
    companies = names.alike(term, states=IN_QUEUE, most=MOST_ALIKE)
    rows = Application.objects.filter(status__in=IN_QUEUE, company__in=companies)
    found = sorted(rows.values_list("company", "pk", "account__number"), key=lambda row: companies.index(row[0]))
    return tuple(number for _company, _pk, number in found[:MOST_ALIKE])


# --- Colleagues -------------------------------------------------------------------------------------------------


def colleagues(*roles: Role) -> QuerySet[User]:
    """Members of staff who hold one of these roles now, by name."""
    held = User.objects.filter(staff_grants__ended_at=None, is_active=True)
    held = held.filter(staff_grants__role__in=roles) if roles else held.filter(staff_grants__isnull=False)
    return held.order_by("name", "email").distinct()


def specialists() -> QuerySet[User]:
    return colleagues(Role.SPECIALIST).annotate(
        open_cases=Subquery(
            Application.objects.filter(reviewer=OuterRef("pk"), status__in=["in_review", "waiting_for_company"])
            .order_by()
            .values("reviewer")
            .annotate(n=Count("pk"))
            .values("n")
        )
    )


# --- Vetting ----------------------------------------------------------------------------------------------------


def vettings(looking: Looking, state: str) -> QuerySet[Vetting]:
    """The vettings in a state, most urgent case first; withdrawn cases and tied companies are left out."""
    rows = Vetting.objects.filter(status=state).exclude(application__status="withdrawn").exclude(tied(looking))
    rows = rows.select_related("application__account", "application__company", "officer")
    return rows.order_by("application__urgency", "application")


def vetting_counts(looking: Looking) -> dict[str, int]:
    rows = Vetting.objects.exclude(application__status="withdrawn").exclude(tied(looking))
    states = ("open", "cleared", "failed")
    return rows.aggregate(**{state: Count("pk", filter=Q(status=state)) for state in states})


def vettings_beyond(rows: QuerySet[Vetting], place: tuple[int, int]) -> QuerySet[Vetting]:
    value, pk = place
    return rows.filter(application__urgency__gte=value).exclude(application__urgency=value, application__lte=pk)


def may_read_case(user: User) -> bool:
    return bool(user.staff_roles & {Role.SPECIALIST, Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR})


# --- Members ----------------------------------------------------------------------------------------------------


def open_changes(looking: Looking) -> list[StandingChange]:
    """Proposals that wait for a second director."""
    rows = StandingChange.objects.filter(status="proposed").exclude(tied(looking))
    return list(rows.select_related("account", "company", "proposed_by").order_by("proposed_at", "pk"))


def members(looking: Looking, name: str, limit: int = 50) -> list[Standing]:
    """The standings that hold now, suspended ones first; by name or account number when one is given."""
    rows = Standing.objects.filter(known__upper_inf=True, valid__contains=looking.at).exclude(level="none")
    if name := " ".join(name.replace("\0", "").split())[:100]:
        rows = rows.filter(Q(company__legal_name__icontains=name) | Q(account__number__iexact=name))
    rows = rows.exclude(tied(looking)).select_related("account", "company")
    return list(rows.order_by("-status", "-pk")[:limit])
