"""The vetting track of a case."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts import queries as who
from accounts.models import User
from accounts.refusals import Refused
from trusted_trader import moves
from trusted_trader.application.models import Application
from trusted_trader.review.models import (
    Vetting,
)
from trusted_trader.workflow import vetting as vetting_life
from trusted_trader.workflow.vetting import VettingView


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
