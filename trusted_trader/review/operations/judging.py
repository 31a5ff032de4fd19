"""Verdicts on answers, and questions to the company."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import effects, events
from accounts.models import User
from accounts.refusals import Refused
from trusted_trader import clocks, moves
from trusted_trader.application.models import Application, Response
from trusted_trader.application.queries import criteria_of
from trusted_trader.review.models import (
    InformationRequest,
    RequestedAnswer,
    Verdict,
)
from trusted_trader.workflow import timer


@transaction.atomic
def give_verdict(
    *, application: Application, number: str, word: str, comment: str = "", private: str = "", actor: User, at: datetime
) -> Verdict:
    """Judge one answer. Only the case's reviewer does; a "not accepted" needs a comment. Raises Refused."""
    row = _in_my_review(application, actor)
    if word not in Verdict.Word.values:
        raise Refused(_("Choose accepted or not accepted."), field="word")
    if word == Verdict.Word.REJECTED and not comment.strip():
        raise Refused(_("Say what is missing: the company reads it."), field="comment")
    snapshot = row.snapshots.order_by("-number").first()
    verdict = Verdict.objects.filter(application=row, number=number).first() or Verdict(
        company_id=row.company_id, application=row, number=number
    )
    changes = events.changed(verdict, word=word, comment=comment.strip(), private=private.strip())
    verdict.snapshot, verdict.given_by, verdict.given_at = snapshot, actor, at
    verdict.save()
    if changes:
        numbered = {f"{number} {name}": value for name, value in changes.items()}
        moves.record(row, "verdict.give", actor=actor, at=at, about=verdict, changes=numbered, internal=True)
    return verdict


@transaction.atomic
def accept_suggested(*, application: Application, numbers: Sequence[str], actor: User, at: datetime) -> int:
    """Accept every answer named that has no verdict yet; a person has looked at the list and presses once."""
    row = _in_my_review(application, actor)
    judged = set(Verdict.objects.filter(application=row).values_list("number", flat=True))
    fresh = [number for number in numbers if number not in judged]
    for number in fresh:
        give_verdict(application=row, number=number, word=Verdict.Word.ACCEPTED, actor=actor, at=at)
    return len(fresh)


@transaction.atomic
def ask(
    *, application: Application, questions: Mapping[str, str], message: str, actor: User, at: datetime
) -> InformationRequest:
    """Ask the company about some answers; these alone reopen and the decision clock pauses. Raises Refused."""
    row = moves.locked(application)
    moves.check("ask", row, case=moves.case_view(row), actor=moves.actor_view(actor, row, at))
    known = {c.number for c in criteria_of(row)}
    asked = {number: text.strip() for number, text in questions.items() if text.strip() and number in known}
    if not asked:
        raise Refused(
            _("Write at least one question at an answer. The company sees only what you ask."), field="questions"
        )
    request = InformationRequest.objects.create(
        company_id=row.company_id,
        application=row,
        message=message.strip(),
        asked_by=actor,
        asked_at=at,
        due_at=clocks.request_due(at),
    )
    answers = {
        r.number: r for r in Response.objects.filter(account=row.account, number__in=asked).prefetch_related("evidence")
    }
    for number, text in asked.items():
        RequestedAnswer.objects.create(
            company_id=row.company_id,
            request=request,
            number=number,
            question=text,
            before=_as_it_stands(answers.get(number)),
        )
        Verdict.objects.filter(application=row, number=number).delete()
    moves.record(
        row,
        "request.send",
        actor=actor,
        at=at,
        about=request,
        changes=events.created(request, "status", "due_at") | {"questions": {"old": None, "new": sorted(asked)}},
    )
    moves.move(row, "ask", "waiting_for_company", actor=actor, at=at)
    effects.add("request.sent", f"request:{request.pk}", 1, at=at, payload={"request": request.pk})
    return request


@transaction.atomic
def lapse_request(*, request_id: int, at: datetime) -> bool:
    """A timer's step: a question whose time is over goes back to the reviewer. False when it was answered meanwhile."""
    found = InformationRequest.objects.select_related("application").get(pk=request_id)
    row = moves.locked(found.application)
    request = InformationRequest.objects.select_for_update().get(pk=request_id)
    if request.status != "open" or at < request.due_at:
        return False
    moves.check("lapse", row, case=moves.case_view(row), actor=timer(at))
    moves.move_request(request, "lapse", actor=None, at=at, acting=timer(at))
    moves.move(row, "lapse", "in_review", actor=None, at=at)
    effects.add("request.lapsed", f"request:{request.pk}", 1, at=at, payload={"request": request.pk})
    return True


def _as_it_stands(row: Response | None) -> dict[str, Any]:
    if row is None:
        return {"state": "", "text": "", "because": "", "evidence": []}
    titles = [evidence.title for evidence in row.evidence.all()]
    return {"state": row.state, "text": row.text, "because": row.because, "evidence": titles}


def _in_my_review(application: Application, actor: User) -> Application:
    row = moves.locked(application)
    if row.status != "in_review" or row.reviewer_id != actor.pk:
        raise Refused(
            _("Only the reviewer judges answers, while the case is in review. Claim it first."), code="not_reviewer"
        )
    return row
