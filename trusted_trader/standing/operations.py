"""Writes of standing: the change at commit, the two-person suspension and reinstatement, the certificate row."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from accounts import effects, events, queries
from accounts.models import Account, User
from accounts.refusals import Refused
from trusted_trader import moves
from trusted_trader.application.models import Application
from trusted_trader.standing.models import Certificate, Standing, StandingChange
from trusted_trader.standing.queries import standing
from trusted_trader.workflow import ActorView
from trusted_trader.workflow.standing import CHANGES, PROPOSALS, ProposalView, StandingView

CHANGED = "standing.changed"


@dataclass(frozen=True, slots=True)
class NewStanding:
    level: str
    tier: int | None
    status: str
    reason: str = ""


@transaction.atomic
def set_standing(*, account: Account, new: NewStanding, actor: User | None, at: datetime, because: str) -> Standing:
    """From `at` on this standing holds. What was known before is kept as it was known."""
    # Changes of one account go one after the other.
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    before = standing(account, at=at)
    current = Standing.objects.filter(account=account, known__upper_inf=True, valid__contains=at).first()
    recorded = _recording_time(at)
    if current is not None:
        current.known = DateTimeTZRange(current.known.lower, recorded)
        current.save(update_fields=["known"])
        if current.valid.lower < at:
            Standing.objects.create(
                company_id=account.company_id,
                account=account,
                valid=DateTimeTZRange(current.valid.lower, at),
                known=DateTimeTZRange(recorded, None),
                level=current.level,
                tier=current.tier,
                status=current.status,
                reason=current.reason,
            )
    row = Standing(
        company_id=account.company_id,
        account=account,
        valid=DateTimeTZRange(at, None),
        known=DateTimeTZRange(recorded, None),
        level=new.level,
        tier=new.tier,
        status=new.status,
        reason=new.reason,
    )
    changes = {
        name: {"old": getattr(before, name), "new": getattr(new, name)}
        for name in ("level", "tier", "status")
        if getattr(before, name) != getattr(new, name)
    }
    event = events.record(
        events.account_subject(account.number),
        "standing.change",
        actor=actor,
        at=at,
        about=account,
        changes=changes,
        reason=because,
        company_id=account.company_id,
    )
    row.save()
    effects.add(CHANGED, events.account_subject(account.number), event.sequence, at=at, payload={"account": account.pk})
    return row


def _recording_time(at: datetime) -> datetime:
    """When the portal learns it: the operation's own time, so that a change and its record can't drift apart."""
    return at


@transaction.atomic
def propose_change(
    *, account: Account, kind: str, reason: str, letter: str, actor: User, at: datetime
) -> StandingChange:
    """Propose to suspend or reinstate; another director must confirm. Raises Refused."""
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)  # two proposals come one after the other
    view = StandingView(
        status=standing(account, at=at).status,
        change_proposed=StandingChange.objects.filter(account=account, status="proposed").exists(),
        ties=queries.tied_people(account.company_id),
    )
    moves.check_in(CHANGES, kind, case=view, actor=_acting(actor, at))
    if len(reason.strip()) < 10:
        raise Refused(_("Give the reason: the member reads it, and it stays on record."), field="reason")
    row = StandingChange(
        company_id=account.company_id,
        account=account,
        kind=kind,
        reason=reason.strip(),
        letter=letter,
        proposed_by=actor,
        proposed_at=at,
    )
    row.save()
    _record(row, "standing.propose", actor=actor, at=at, changes=events.created(row, "kind"), reason=reason)
    return row


@transaction.atomic
def confirm_change(*, change: StandingChange, actor: User, at: datetime) -> Standing:
    """Confirm a proposed change: the standing changes at this commit; there is no undo. Raises Refused."""
    row = StandingChange.objects.select_for_update().select_related("account").get(pk=change.pk)
    account = row.account
    _check("confirm", row, actor, at)
    before = standing(account, at=at)
    status = CHANGES[row.kind].to or before.status
    changes = events.changed(row, status="confirmed", concluded_by=actor, concluded_at=at)
    _record(row, f"standing.{row.kind}", actor=actor, at=at, changes=changes, reason=row.reason)
    row.save()
    # A suspended member keeps its level and tier (design: words).
    new = set_standing(
        account=account,
        new=NewStanding(before.level, before.tier, status, row.reason[:300]),
        actor=actor,
        at=at,
        because=row.reason,
    )
    effects.add("standing.letter", f"change:{row.pk}", 1, at=at, payload={"change": row.pk})
    return new


@transaction.atomic
def reject_change(*, change: StandingChange, actor: User, at: datetime) -> None:
    """Turn a proposal down; its proposer may do so too."""
    row = StandingChange.objects.select_for_update().select_related("account").get(pk=change.pk)
    _check("reject", row, actor, at)
    changes = events.changed(row, status="rejected", concluded_by=actor, concluded_at=at)
    _record(row, "standing.reject", actor=actor, at=at, changes=changes)
    row.save()


def _check(action: str, row: StandingChange, actor: User, at: datetime) -> None:
    if row.status != "proposed":
        who = row.concluded_by
        raise Refused(
            _("%(who)s has already concluded this proposal (%(status)s).") % {"who": who, "status": row.status},
            code="conflict",
        )
    view = ProposalView(
        status=row.status,
        kind=row.kind,
        standing=standing(row.account, at=at).status,
        proposer_id=row.proposed_by_id,
        ties=queries.tied_people(row.company_id),
    )
    moves.check_in(PROPOSALS, action, case=view, actor=_acting(actor, at))


def _acting(actor: User, at: datetime) -> ActorView:
    return ActorView(user_id=actor.pk, roles=actor.staff_roles, at=at)


def _record(
    row: StandingChange, operation: str, *, actor: User, at: datetime, changes: events.Changes, reason: str = ""
) -> None:
    events.record(
        events.account_subject(row.account.number),
        operation,
        actor=actor,
        at=at,
        about=row,
        changes=changes,
        reason=reason,
        company_id=row.company_id,
        internal=operation in {"standing.propose", "standing.reject"},
    )


def draw_certificate(
    *, application: Application, level: str, tier: int | None, valid_from: date, valid_until: date, at: datetime
) -> Certificate:
    """Give the account its certificate number and code; the paper is made by an effect."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval('portal_certificate_number')")
        sequence = cursor.fetchone()[0]
    return Certificate.objects.create(
        company_id=application.company_id,
        account=application.account,
        application=application,
        number=f"TTC-{valid_from.year}-{sequence:06d}",
        code=secrets.token_hex(5).upper(),
        level=level,
        tier=tier,
        valid_from=valid_from,
        valid_until=valid_until,
        issued_at=at,
    )
