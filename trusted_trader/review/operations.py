"""Writes of the review: claim, verdicts, questions, notes, flags, vetting, recommendation and decision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import effects, events, notices
from accounts import queries as who
from accounts.models import User
from accounts.refusals import Refused
from accounts.roles import Role
from trusted_trader import clocks, moves, programme
from trusted_trader.application.models import Application, Response
from trusted_trader.application.queries import criteria_of, programme_day
from trusted_trader.review.models import (
    Assignment,
    Decision,
    Flag,
    InformationRequest,
    Note,
    RequestedAnswer,
    SavedFilter,
    Verdict,
    Vetting,
)
from trusted_trader.standing.models import Certificate
from trusted_trader.standing.operations import NewStanding, draw_certificate, set_standing
from trusted_trader.standing.queries import standing
from trusted_trader.workflow import vetting as vetting_life
from trusted_trader.workflow.application import UNDO
from trusted_trader.workflow.vetting import VettingView

MENTION = re.compile(r"@([\w.+-]+@[\w.-]+\w)")


# --- Who works on it --------------------------------------------------------------------------------------------


@transaction.atomic
def claim(*, application: Application, actor: User, at: datetime) -> Application:
    """Take a case from the pool. Raises Refused when another has it (and says who), or with a tie."""
    row = moves.locked(application)
    if row.status == "in_review" and row.reviewer_id and row.reviewer_id != actor.pk:
        raise Refused(_("%(who)s took this case just before you.") % {"who": row.reviewer}, code="conflict")
    moves.check("claim", row, case=moves.case_view(row), actor=moves.actor_view(actor, row, at))
    moves.move(row, "claim", "in_review", actor=actor, at=at, reviewer=actor, claimed_at=at)
    return row


@transaction.atomic
def release(*, application: Application, actor: User, at: datetime) -> Application:
    """Give a case back to the pool."""
    row = moves.locked(application)
    moves.check("release", row, case=moves.case_view(row), actor=moves.actor_view(actor, row, at))
    moves.move(row, "release", "submitted", actor=actor, at=at, reviewer=None, claimed_at=None)
    return row


@transaction.atomic
def reassign(*, application: Application, reviewer: User, reason: str, actor: User, at: datetime) -> Application:
    """A supervisor gives the case to another specialist. Raises Refused when that one has a tie."""
    row = moves.locked(application)
    moves.check("reassign", row, case=moves.case_view(row), actor=moves.actor_view(actor, row, at))
    if row.reviewer_id == reviewer.pk:
        raise Refused(_("%(who)s has this case already.") % {"who": reviewer}, field="reviewer")
    if Role.SPECIALIST not in reviewer.staff_roles:
        raise Refused(_("%(who)s is not a specialist.") % {"who": reviewer}, field="reviewer")
    if who.is_tied(reviewer.pk, row.company_id):
        raise Refused(
            _("%(who)s has a tie to this company. Choose another specialist.") % {"who": reviewer}, code="tie"
        )
    to = "in_review" if row.status == "submitted" else row.status
    moves.move(row, "reassign", to, actor=actor, at=at, reason=reason, reviewer=reviewer, claimed_at=at)
    Assignment.objects.create(
        company_id=row.company_id,
        application=row,
        office=row.office,
        queue=row.queue,
        reviewer=reviewer,
        rule="by hand",
        reason=reason[:300] or _("Reassigned."),
        assigned_by=actor,
        assigned_at=at,
    )
    notices.tell(
        [reviewer],
        kind="case.assigned",
        subject=_("A case was given to you: %(ref)s") % {"ref": row.reference},
        body=reason or _("Open it in your queue."),
        at=at,
        link=f"/admin/review/{row.pk}/",
    )
    return row


# --- Judging answers --------------------------------------------------------------------------------------------


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
    changes = events.changed(request, status="lapsed")
    moves.record(row, "request.lapse", actor=None, at=at, about=request, changes=changes)
    request.save()
    moves.move(row, "lapse", "in_review", actor=None, at=at)
    effects.add("request.lapsed", f"request:{request.pk}", 1, at=at, payload={"request": request.pk})
    return True


def _as_it_stands(row: Response | None) -> dict[str, Any]:
    if row is None:
        return {"state": "", "text": "", "because": "", "evidence": []}
    titles = [evidence.title for evidence in row.evidence.all()]
    return {"state": row.state, "text": row.text, "because": row.because, "evidence": titles}


# --- Notes, flags, filters --------------------------------------------------------------------------------------


@transaction.atomic
def add_note(*, application: Application, text: str, actor: User, at: datetime) -> Note:
    """Write a note among staff; "@name@example.org" tells that colleague. Raises Refused."""
    _case_staff(actor, application.company_id)
    if not text.strip():
        raise Refused(_("Write the note first."), field="text")
    note = Note.objects.create(
        company_id=application.company_id, application=application, text=text.strip(), written_by=actor, written_at=at
    )
    mentioned = User.objects.filter(
        email__in=[m.lower() for m in MENTION.findall(text)], staff_grants__ended_at=None
    ).distinct()
    mentioned = mentioned.filter(staff_grants__isnull=False)
    note.mentions.set(mentioned)
    moves.record(application, "note.add", actor=actor, at=at, about=note, internal=True)
    notices.tell(
        mentioned,
        kind="note.mention",
        at=at,
        link=f"/admin/review/{application.pk}/",
        subject=_("%(who)s mentions you in %(ref)s") % {"who": actor, "ref": application.reference},
        body=note.text,
    )
    return note


@transaction.atomic
def raise_flag(
    *,
    application: Application,
    title: str,
    company_word: str,
    blocks_decision: bool,
    owner: User,
    ends_on: date | None,
    actor: User,
    at: datetime,
) -> Flag:
    """Flag a case. A blocking flag needs a sentence in plain words for the company. Raises Refused."""
    _case_staff(actor, application.company_id)
    if not title.strip():
        raise Refused(_("Name the flag."), field="title")
    if blocks_decision and not company_word.strip():
        raise Refused(
            _("A flag that holds the decision up needs a sentence the company can read."), field="company_word"
        )
    flag = Flag.objects.create(
        company_id=application.company_id,
        application=application,
        title=title.strip(),
        company_word=company_word.strip(),
        blocks_decision=blocks_decision,
        owner=owner,
        raised_at=at,
        ends_on=ends_on,
    )
    moves.record(
        application,
        "flag.raise",
        actor=actor,
        at=at,
        about=flag,
        internal=not blocks_decision,
        changes=events.created(flag, "title", "blocks_decision", "ends_on"),
    )
    return flag


@transaction.atomic
def clear_flag(*, flag: Flag, reason: str, actor: User, at: datetime) -> Flag:
    row = Flag.objects.select_for_update(of=("self",)).select_related("application__account").get(pk=flag.pk)
    _case_staff(actor, row.company_id)
    if row.cleared_at:
        raise Refused(_("%(who)s has cleared this flag already.") % {"who": row.cleared_by}, code="conflict")
    changes = events.changed(row, cleared_at=at, cleared_by=actor)
    row.save()
    moves.record(
        row.application,
        "flag.clear",
        actor=actor,
        at=at,
        about=row,
        internal=not row.blocks_decision,
        changes=changes,
        reason=reason,
    )
    return row


def save_filter(*, owner: User, name: str, query: str, shared: bool) -> SavedFilter:
    """Keep a queue filter under a name; saving under a known name replaces it."""
    if not name.strip():
        raise Refused(_("Give the filter a name."), field="name")
    row, _fresh = SavedFilter.objects.update_or_create(
        owner=owner, name=name.strip()[:60], defaults={"query": query[:500], "shared": shared}
    )
    return row


# --- Vetting ----------------------------------------------------------------------------------------------------


@transaction.atomic
def conclude_vetting(*, vetting: Vetting, cleared: bool, conclusion: str, actor: User, at: datetime) -> Vetting:
    """A vetting officer concludes the track. Raises Refused without the role, with a tie, or when it is concluded."""
    row = _locked_track(vetting)
    if row.status != "open":
        raise Refused(_("%(who)s has concluded this vetting already.") % {"who": row.officer}, code="conflict")
    _may_vet("clear" if cleared else "fail", row, actor, at)
    if len(conclusion.strip()) < 10:
        raise Refused(_("Write what was checked and what it showed."), field="conclusion")
    status = "cleared" if cleared else "failed"
    changes = events.changed(row, status=status, officer=actor, concluded_at=at)
    moves.record(row.application, "vetting.conclude", actor=actor, at=at, about=row, changes=changes)
    row.conclusion = conclusion.strip()
    row.save()
    return row


@transaction.atomic
def reopen_vetting(*, vetting: Vetting, reason: str, actor: User, at: datetime) -> Vetting:
    row = _locked_track(vetting)
    _may_vet("reopen", row, actor, at)
    changes = events.changed(row, status="open", concluded_at=None)
    moves.record(row.application, "vetting.reopen", actor=actor, at=at, about=row, changes=changes, reason=reason)
    row.save()
    return row


def _locked_track(vetting: Vetting) -> Vetting:
    # The case is locked first, so that a decision and a vetting that moves can't pass one another.
    Application.objects.select_for_update().get(pk=vetting.application_id)
    return Vetting.objects.select_for_update(of=("self",)).select_related("application__account").get(pk=vetting.pk)


def _may_vet(action: str, row: Vetting, actor: User, at: datetime) -> None:
    track = VettingView(
        status=row.status, application_status=row.application.status, ties=who.tied_people(row.company_id)
    )
    moves.check_in(vetting_life.TABLE, action, case=track, actor=moves.actor_view(actor, row.application, at))


# --- Decision ---------------------------------------------------------------------------------------------------


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


CASE_STAFF = frozenset({Role.SPECIALIST, Role.SUPERVISOR, Role.DIRECTOR})


def _case_staff(actor: User, company_id: int) -> None:
    """Notes and flags are for those who work on cases and have no tie to the company."""
    if not CASE_STAFF & actor.staff_roles:
        raise Refused(_("Your role does not allow this step."), code="role")
    if who.is_tied(actor.pk, company_id):
        raise Refused(_("You have a tie to this company. A colleague must work on this case."), code="tie")


def _in_my_review(application: Application, actor: User) -> Application:
    row = moves.locked(application)
    if row.status != "in_review" or row.reviewer_id != actor.pk:
        raise Refused(
            _("Only the reviewer judges answers, while the case is in review. Claim it first."), code="not_reviewer"
        )
    return row
