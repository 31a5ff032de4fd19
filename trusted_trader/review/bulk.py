"""The same step for many cases: each stands or falls alone, and each gets its own outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import queries as who
from accounts.models import User
from accounts.refusals import Refused
from accounts.roles import Role
from trusted_trader.application.models import Application
from trusted_trader.review import operations

MOST = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case (or, in the preview, what would)."""

    application: Application
    done: bool
    text: str


def assign_each(
    cases: Sequence[Application], *, reviewer: User, reason: str, actor: User, at: datetime
) -> list[Outcome]:
    """Give each case to this reviewer."""

    def assign(case: Application) -> str:
        if case.reviewer_id == reviewer.pk:
            raise Refused(_("%(who)s has this case already.") % {"who": reviewer})
        operations.reassign(application=case, reviewer=reviewer, reason=reason, actor=actor, at=at)
        return _("Given to %(who)s.") % {"who": reviewer}

    return [_attempt(case, assign) for case in cases]


def flag_each(
    cases: Sequence[Application],
    *,
    title: str,
    company_word: str,
    blocks_decision: bool,
    ends_on: date | None,
    actor: User,
    at: datetime,
) -> list[Outcome]:
    """Raise the same flag on each case; who raises it owns it."""

    def flag(case: Application) -> str:
        if who.is_tied(actor.pk, case.company_id):
            raise Refused(_("You have a tie to this company. A colleague must work on this case."), code="tie")
        operations.raise_flag(
            application=case,
            title=title,
            company_word=company_word,
            blocks_decision=blocks_decision,
            owner=actor,
            ends_on=ends_on,
            actor=actor,
            at=at,
        )
        return _("Flagged.")

    return [_attempt(case, flag) for case in cases]


def _attempt(case: Application, step: Callable[[Application], str]) -> Outcome:
    try:
        with transaction.atomic():
            return Outcome(case, True, step(case))
    except Refused as refused:
        return Outcome(case, False, str(refused))


def foresee(cases: Sequence[Application], action: str, actor: User) -> list[Outcome]:
    """What would become of each case, as far as it can be told before."""
    return [_foresee(case, action, actor) for case in cases]


def _foresee(case: Application, action: str, actor: User) -> Outcome:
    if action == "flag":
        return Outcome(case, True, _("gets the flag"))
    if Role.SUPERVISOR not in actor.staff_roles:
        return Outcome(case, False, _("only a supervisor gives cases to others"))
    if case.status not in {"submitted", "in_review", "waiting_for_company"}:
        return Outcome(case, False, _("is past the review"))
    if case.reviewer_id:
        return Outcome(case, True, _("is taken from %(who)s") % {"who": case.reviewer})
    return Outcome(case, True, _("is taken from the pool"))
