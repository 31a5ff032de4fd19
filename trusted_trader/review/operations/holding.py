"""Who works on a case: claim, release to the pool, reassign."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import notices
from accounts import queries as who
from accounts.models import User
from accounts.refusals import Refused
from accounts.roles import Role
from trusted_trader import moves
from trusted_trader.application.models import Application
from trusted_trader.review.models import (
    Assignment,
)


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
