"""What awaits each person of the demonstration world now, in one line, counted from the rows there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from accounts.clocks import programme_day
from accounts.models import Account, Membership, PartnerClient, User
from accounts.roles import COMPANY_ROLES, Role
from trusted_trader.application.models import Application, Response
from trusted_trader.demo.founding import as_portal
from trusted_trader.demo.people import Person
from trusted_trader.review.models import InformationRequest, Vetting
from trusted_trader.standing.models import StandingChange
from trusted_trader.standing.queries import standing
from trusted_trader.workflow.application import COMPANY_WORD, State

NOT_THERE = "Not there yet: the world is still being loaded."


def lines(people: Sequence[Person], *, at: datetime) -> dict[str, str]:
    """A line for each person, by e-mail address."""
    with as_portal():
        users = {user.email: user for user in User.objects.filter(email__in=[p.email for p in people])}
        return {p.email: _line(p, users[p.email], at) if p.email in users else NOT_THERE for p in people}


def _line(person: Person, user: User, at: datetime) -> str:
    if person.role in COMPANY_ROLES:
        companies = Membership.objects.filter(user=user, ended_at=None).order_by("pk").values_list("company", flat=True)
        return "; ".join(_company_line(company, at) for company in companies) or NOT_THERE
    match person.role:
        case Role.SPECIALIST:
            return _specialist_line(user, at)
        case Role.SUPERVISOR:
            waiting = Application.objects.filter(status="recommended").exclude(recommender=user).count()
            return f"{counted(waiting, 'case')} recommended and waiting for a decision"
        case Role.DIRECTOR:
            others = StandingChange.objects.filter(status="proposed").exclude(proposed_by=user).count()
            return (
                f"{counted(others, 'proposal')} to confirm"
                if others
                else "nothing to confirm; may propose a suspension"
            )
        case Role.VETTING_OFFICER:
            return f"{counted(Vetting.objects.filter(status='open').count(), 'open vetting')}"
        case Role.ADMINISTRATOR:
            return f"{counted(PartnerClient.objects.filter(is_active=True).count(), 'partner client')} to look after"
        case _:
            return f"{counted(Account.objects.count(), 'account')} to look at"


def _specialist_line(user: User, at: datetime) -> str:
    mine = Application.objects.filter(reviewer=user)
    reviewing = mine.filter(status="in_review")
    parts = [f"{counted(reviewing.count(), 'case')} in review"]
    soonest = _days_left(reviewing, at)
    if soonest is not None:
        parts.append(f"the first {_due(soonest)}")
    if waiting := mine.filter(status="waiting_for_company").count():
        parts.append(f"{waiting} waiting for the company")
    parts.append(f"{Application.objects.filter(status='submitted').count()} in the pool")
    return ", ".join(parts)


def _days_left(cases: QuerySet[Application], at: datetime) -> int | None:
    first = cases.exclude(due_at=None).order_by("due_at").values_list("due_at", flat=True).first()
    return (programme_day(first) - programme_day(at)).days - 1 if first else None


def _company_line(company: int, at: datetime) -> str:
    row = Application.objects.filter(company=company).select_related("account__company").order_by("-pk").first()
    if row is None:
        return NOT_THERE
    name = row.account.company.legal_name
    if row.status == State.DRAFT:
        count = Response.objects.filter(account=row.account).exclude(state="").count()
        return f"{name}: a draft with {counted(count, 'answer')}"
    if row.status == State.WAITING_FOR_COMPANY:
        request = InformationRequest.objects.filter(application=row, status="open").first()
        if request:
            left = (programme_day(request.due_at) - programme_day(at)).days - 1
            return f"{name}: {counted(request.answers.count(), 'question')} to answer, {_due(left)}"
    now = standing(row.account, at=at)
    if now.status == "suspended":
        return f"{name}: suspended"
    return f"{name}: {COMPANY_WORD[State(row.status)].lower()}"


def _due(days: int) -> str:
    if days < 0:
        return f"overdue by {counted(-days, 'day')}"
    return {0: "due today", 1: "due tomorrow"}.get(days, f"due in {days} days")


def counted(number: int, thing: str) -> str:
    """So many things, in words."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
