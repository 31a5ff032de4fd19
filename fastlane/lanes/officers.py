"""Writes of port officers: they lift what the rules left to a person, refuse it, and revoke what was misused."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Refused
from fastlane.lanes import deciding
from fastlane.lanes.acting import Actor
from fastlane.lanes.life import RequestView, State
from fastlane.lanes.models import LaneRequest, Misuse
from fastlane.rules import Outcome

HOLDS = "AQ-14"
MISUSES = frozenset({"crew_ashore_early", "diversion", "false_data"})


@transaction.atomic
def propose(*, request: LaneRequest, reason: str, actor: User, at: datetime) -> LaneRequest:
    """With holds on board one officer proposes to approve; another one approves or refuses. Raises Refused."""
    row = deciding.locked(request)
    acting = Actor(actor)
    deciding.check("propose", row, _view(row, at), acting, at)
    row.proposed_by, row.proposal = actor, _reason(reason)
    acting.record(row, "propose", at=at, reason=row.proposal, internal=True)
    row.version += 1
    row.save()
    return row


@transaction.atomic
def approve(*, request: LaneRequest, reason: str, actor: User, at: datetime) -> LaneRequest:
    """Approve what a person had to look at. Upwards from manual review alone; counted. Raises Refused."""
    row = deciding.locked(request)
    acting = Actor(actor)
    view = _view(row, at)
    deciding.check("approve", row, view, acting, at)
    if not view.holds_on_board:
        row.proposed_by = None
    deciding.keep_override(row, status=State.APPROVED, actor=acting, reason=_reason(reason), at=at)
    deciding.move(
        row, "approve", State.APPROVED, acting, at,
        reason=reason.strip(), decided_at=at, approved_eta=row.eta, proposed_by=None, proposal="",
    )  # fmt: skip
    return row


@transaction.atomic
def refuse(*, request: LaneRequest, reason: str, actor: User, at: datetime) -> LaneRequest:
    """Refuse what a person had to look at; the company reads the reason. Raises Refused."""
    row = deciding.locked(request)
    acting = Actor(actor)
    deciding.check("refuse", row, _view(row, at), acting, at)
    row.proposed_by = None
    deciding.keep_override(row, status=State.REFUSED, actor=acting, reason=_reason(reason), at=at)
    deciding.move(
        row, "refuse", State.REFUSED, acting, at, reason=reason.strip(), decided_at=at, proposed_by=None, proposal=""
    )
    return row


@transaction.atomic
def revoke(*, request: LaneRequest, misuse: str, reason: str, actor: User, at: datetime) -> Misuse:
    """AQ-29: an approval was misused. It ends, a flag for consequence work stays, and a person looks for 12 months."""
    row = deciding.locked(request)
    acting = Actor(actor)
    deciding.check("revoke", row, deciding.view(row, misused=misuse in MISUSES), acting, at)
    flag = Misuse.objects.create(
        company_id=row.company_id,
        account=row.account,
        request=row,
        kind=misuse,
        reason=_reason(reason),
        found_at=at,
        found_by=actor,
    )
    deciding.move(row, "revoke", State.REVOKED, acting, at, reason=flag.reason)
    return flag


def _view(row: LaneRequest, at: datetime) -> RequestView:
    decision, _gathered, _decided = deciding.answer(row, at=at)
    return deciding.view(
        row, holds_on_board=HOLDS in decision.codes, only_review_left=decision.outcome == Outcome.MANUAL_REVIEW
    )


def _reason(text: str) -> str:
    if len(text.strip()) < 10:
        raise Refused(_("Give the reason in a sentence. It stays on record."), field="reason")
    return text.strip()[:1000]
