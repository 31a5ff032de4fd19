"""What awaits the people of the fast lane now, in one line each; everybody else's line comes from the programme's part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from accounts.models import Account, Membership, User
from accounts.roles import Role
from fastlane.lanes.life import State
from fastlane.lanes.models import LaneRequest
from fastlane.rulebook import queries as rulebook
from fastlane.rulebook.models import Edition
from fastlane.rules import Outcome
from trusted_trader.demo import awaiting
from trusted_trader.demo.awaiting import NOT_THERE, counted
from trusted_trader.demo.founding import as_portal
from trusted_trader.demo.people import Person


def lines(people: Sequence[Person], *, at: datetime) -> dict[str, str]:
    """A line for each person, by e-mail address."""
    found = awaiting.lines(people, at=at)
    with as_portal():
        users = {user.email: user for user in User.objects.filter(email__in=[p.email for p in people])}
        for person in people:
            user = users.get(person.email)
            if user is None:
                continue
            if person.role == Role.OFFICER and (operated := _operated(user, at)):
                found[person.email] = _terminals(operated, at)
            elif line := BY_ROLE.get(person.role):
                found[person.email] = line(user, at)
    return found


def _companies(user: User) -> list[int]:
    return list(Membership.objects.filter(user=user, ended_at=None).order_by("pk").values_list("company", flat=True))


def _agent(user: User, at: datetime) -> str:
    rows = LaneRequest.objects.filter(company__in=_companies(user))
    if not rows.exists():
        return NOT_THERE
    missing = rows.filter(status=State.INCOMPLETE).count()
    coming = rows.filter(status=State.APPROVED, eta__gt=at).count()
    looked = rows.filter(status=State.MANUAL_REVIEW).count()
    drafts = rows.filter(status=State.DRAFT).count()
    return (
        f"{counted(missing, 'request')} with something missing, {counted(drafts, 'draft')}, "
        f"{looked} with a port officer, {coming} approved and coming"
    )


def _operated(user: User, at: datetime) -> list[str]:
    """Codes of the terminals that this officer's company operates, by the rule book in force."""
    accounts = Account.objects.filter(company__in=_companies(user), entity_type="marine_port_terminal_operator")
    numbers = set(accounts.values_list("number", flat=True))
    if not numbers:
        return []
    return sorted(row.code for row in rulebook.in_force(at).reference.terminal_rows if row.operator_account in numbers)


def _terminals(codes: Sequence[str], at: datetime) -> str:
    rows = LaneRequest.objects.filter(terminal__in=codes, eta__gt=at)
    coming = rows.filter(status=State.APPROVED).count()
    fallen = rows.filter(status=State.VOID).count()
    return f"{counted(coming, 'approved ship')} on the way to {' and '.join(codes)}, {counted(fallen, 'approval')} void"


def _port_officer(user: User, at: datetime) -> str:
    # What this officer has proposed waits for a colleague.
    rows = LaneRequest.objects.filter(Q(proposed_by=None) | ~Q(proposed_by=user), status=State.MANUAL_REVIEW)
    rows = rows.order_by("eta", "pk")
    mine = rows.exclude(proposed_by=None).count()
    parts = [f"{counted(rows.count(), 'request')} to look at"]
    if mine:
        parts.append(f"{mine} proposed by a colleague and waiting for a second officer")
    first = rows.first()
    if first and first.eta:
        parts.append(f"the first arrives {first.eta:%d %b %H:%M} UTC")
    return ", ".join(parts)


def _analyst(user: User, at: datetime) -> str:
    held = sum(
        any(rule["code"] == "AQ-14" for rule in row.decisions.order_by("-number")[0].rules)
        for row in LaneRequest.objects.filter(status=State.MANUAL_REVIEW, decisions__outcome=Outcome.MANUAL_REVIEW)
        .order_by("eta", "pk")
        .distinct()
    )
    return f"{counted(held, 'ship')} with holds or high-risk bills on board on the way"


def _steward(user: User, at: datetime) -> str:
    drafts = list(Edition.objects.filter(status="draft").order_by("pk").values_list("name", flat=True))
    edition = rulebook.edition_in_force(at)
    now = Edition.objects.get(pk=edition).name if edition else "the packaged data"
    work = f"the draft “{drafts[0]}” to finish" if drafts else "no draft in work"
    return f"{work}; in force: {now}"


BY_ROLE: Mapping[Role, Callable[[User, datetime], str]] = {
    Role.VESSEL_AGENT: _agent,
    Role.PORT_OFFICER: _port_officer,
    Role.TARGETING_ANALYST: _analyst,
    Role.DATA_STEWARD: _steward,
}
