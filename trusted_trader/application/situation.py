"""Where a case stands, in the company's words: who acts next, by when, and what pauses the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trusted_trader import clocks
from trusted_trader.application.models import Application, Snapshot
from trusted_trader.review.models import Decision, Flag, InformationRequest, Vetting
from trusted_trader.workflow.application import COMPANY_WORD, State

TRACK_WORDS = {
    "open": gettext_lazy("In progress"),
    "cleared": gettext_lazy("Passed"),
    "failed": gettext_lazy("Not passed"),
}


@dataclass(frozen=True, slots=True)
class Track:
    """One of the parallel tracks: eligibility, profile, vetting."""

    title: str
    word: str
    done: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """What the company's status page shows. Times are aware."""

    word: str
    next_step: str
    due_at: datetime | None
    paused_at: datetime | None
    days_left: int | None
    tracks: Sequence[Track]
    request: InformationRequest | None
    holds: Sequence[str]
    decision: Decision | None
    snapshots: Sequence[Snapshot]
    reviewer: str


def company_case(application: Application, *, at: datetime) -> Situation:
    clock = clocks.decision_clock(application, at=at)
    request = InformationRequest.objects.filter(application=application, status="open").first()
    flags = Flag.objects.filter(application=application, blocks_decision=True, cleared_at=None)
    # A decision can be undone until its letters leave; the company reads it then.
    decision = Decision.objects.filter(application=application, undone_at=None, letters_at__lte=at).first()
    shown = application.status
    if shown in {State.CERTIFIED, State.REFUSED} and decision is None:
        shown = State.RECOMMENDED
    return Situation(
        word=_(COMPANY_WORD[State(shown)]),
        next_step=_next_step(shown, request),
        due_at=None if clock.stopped_at else clock.due_at,
        paused_at=clock.paused_at,
        days_left=clock.days_left(at),
        tracks=_tracks(application, shown),
        request=request,
        holds=[flag.company_word for flag in flags],
        decision=decision,
        snapshots=list(application.snapshots.select_related("signed_by").order_by("-number")),
        reviewer=str(application.reviewer or ""),
    )


def _next_step(status: str, request: InformationRequest | None) -> str:
    return {
        State.DRAFT: _("You: finish the tasks, then your officer submits."),
        State.SUBMITTED: _("We: a specialist takes your case from the queue."),
        State.IN_REVIEW: _("We: the specialist reviews your answers."),
        State.WAITING_FOR_COMPANY: _("You: answer the reviewer's questions. Our clock waits."),
        State.RECOMMENDED: _("We: a second person decides."),
        State.CERTIFIED: _("You: keep your answers current and report incidents."),
        State.REFUSED: _("You: read the letter. It says how to appeal and by when."),
        State.WITHDRAWN: _("Nobody: start a new application when you are ready."),
    }[State(status)]


def _tracks(application: Application, shown: str) -> list[Track]:
    vetting = Vetting.objects.filter(application=application).first()
    eligible = bool(application.eligibility) and all(application.eligibility.values())
    reviewed = shown in {State.RECOMMENDED, State.CERTIFIED, State.REFUSED}
    profile_word = (
        _("Reviewed") if reviewed else _("In review") if application.submitted_at else _("You are preparing it")
    )
    return [
        Track(_("Eligibility"), _("Passed") if eligible else _("Open"), eligible),
        Track(_("Security profile"), profile_word, reviewed),
        Track(
            _("Vetting"),
            str(TRACK_WORDS[vetting.status]) if vetting else _("Starts when you submit"),
            bool(vetting and vetting.status == "cleared"),
        ),
    ]
