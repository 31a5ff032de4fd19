"""Recommendation, decision by a second person, and its undo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import effects, notices
from accounts.models import User
from accounts.refusals import Refused
from trusted_trader import moves, programme
from trusted_trader.application.models import Application
from trusted_trader.application.queries import programme_day
from trusted_trader.review.models import (
    Decision,
)
from trusted_trader.standing.models import Certificate
from trusted_trader.standing.operations import NewStanding, draw_certificate, set_standing
from trusted_trader.standing.queries import standing
from trusted_trader.workflow.application import UNDO


@transaction.atomic
def recommend(
    *, application: Application, outcome: str, reasons: Sequence[str], letter: str, actor: User, at: datetime
) -> Application:
    """The reviewer recommends to certify or refuse; a supervisor decides. Raises Refused."""
    row = moves.locked(application)
    _known_reasons(outcome, reasons)
    moves.check(
        f"recommend_{outcome}",
        row,
        case=moves.case_view(row, letter_reasons=reasons),
        actor=moves.actor_view(actor, row, at),
    )
    moves.move(
        row,
        f"recommend_{outcome}",
        "recommended",
        actor=actor,
        at=at,
        recommender=actor,
        recommendation=outcome,
        letter_draft=letter.strip(),
        letter_reasons=list(reasons),
    )
    return row


@transaction.atomic
def return_to_review(*, application: Application, reason: str, actor: User, at: datetime) -> Application:
    """A supervisor sends the case back to its reviewer with the reason."""
    row = moves.locked(application)
    moves.check("return_to_review", row, case=moves.case_view(row), actor=moves.actor_view(actor, row, at))
    if not reason.strip():
        raise Refused(_("Say what the reviewer should look at again."), field="reason")
    moves.move(
        row, "return_to_review", "in_review", actor=actor, at=at, reason=reason, recommender=None, recommendation=""
    )
    if row.reviewer:
        notices.tell(
            [row.reviewer],
            kind="case.returned",
            at=at,
            link=f"/admin/review/{row.pk}/",
            body=reason,
            subject=_("%(ref)s comes back to you") % {"ref": row.reference},
        )
    return row


@transaction.atomic
def decide(
    *, application: Application, outcome: str, reasons: Sequence[str], letter: str, actor: User, at: datetime
) -> Decision:
    """A supervisor decides what was recommended, or the opposite. The standing changes at this commit.

    Letters and certificate leave after the undo time. Raises Refused: role, own review, tie, flag, vetting, no reasons.
    """
    row = moves.locked(application)
    if row.status in {"certified", "refused"}:
        raise Refused(_("%(who)s has decided this case already.") % {"who": row.decided_by}, code="conflict")
    _known_reasons(outcome, reasons)
    action = "certify" if outcome == "certify" else "refuse"
    moves.check(action, row, case=moves.case_view(row, letter_reasons=reasons), actor=moves.actor_view(actor, row, at))
    letters_at = at + UNDO
    today = programme_day(at)
    decision = Decision.objects.create(
        company_id=row.company_id,
        application=row,
        outcome=outcome,
        reasons=list(reasons),
        letter=letter.strip(),
        recommended_by=row.recommender,
        decided_by=actor,
        decided_at=at,
        letters_at=letters_at,
        appeal_until=programme.appeal_until(today, reasons) if outcome == "refuse" else None,
    )
    to = "certified" if outcome == "certify" else "refused"
    moves.move(row, action, to, actor=actor, at=at, reason=", ".join(reasons), decided_by=actor, decided_at=at)
    if outcome == "certify":
        terms = programme.terms()
        draw_certificate(
            application=row,
            level="certified",
            tier=terms.first_tier(row.account.entity_type),
            valid_from=today,
            valid_until=today + relativedelta(years=terms.certificate_years),
            at=at,
        )
        new = NewStanding("certified", terms.first_tier(row.account.entity_type), "good", "")
        set_standing(account=row.account, new=new, actor=actor, at=at, because=_("Certified."))
    effects.add(
        "decision.letters",
        f"decision:{decision.pk}",
        1,
        at=at,
        not_before=letters_at,
        payload={"decision": decision.pk},
    )
    return decision


@transaction.atomic
def undo_decision(*, application: Application, actor: User, at: datetime) -> Application:
    """Within the undo time the decider takes the decision back: no letter has left. Raises Refused afterwards."""
    row = moves.locked(application)
    decision = Decision.objects.select_for_update().filter(application=row, undone_at=None).first()
    if decision is None:
        raise Refused(_("There is no decision to undo."), code="conflict")
    moves.check("undo_decision", row, case=moves.case_view(row), actor=moves.actor_view(actor, row, at))
    if not effects.cancel("decision.letters", f"decision:{decision.pk}", 1, at=at):
        raise Refused(_("The letter has left. The decision can't be undone any more."), code="too_late")
    decision.undone_at = at
    decision.save(update_fields=["undone_at"])
    if decision.outcome == "certify":
        Certificate.objects.filter(application=row, withdrawn_at=None).update(withdrawn_at=at)
        before = standing(row.account, at=decision.decided_at - timedelta(microseconds=1))
        new = NewStanding(before.level, before.tier, before.status, before.reason)
        set_standing(account=row.account, new=new, actor=actor, at=at, because=_("The decision was undone."))
    moves.move(row, "undo_decision", "recommended", actor=actor, at=at, decided_by=None, decided_at=None)
    return row


def _known_reasons(outcome: str, reasons: Iterable[str]) -> None:
    if outcome not in {"certify", "refuse"}:
        raise Refused(_("Choose to certify or to refuse."), field="outcome")
    unknown = set(reasons) - set(programme.refusal_reasons())
    if unknown:
        raise Refused(_("Choose the reasons from the list."), field="reasons")
