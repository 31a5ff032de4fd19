"""Writes of a validation: recorded by one person, confirmed by another; the level rises at that commit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import effects, events
from accounts import queries as who
from accounts.models import Account, Facility, User
from accounts.refusals import Refused
from trusted_trader import moves, programme
from trusted_trader.standing.operations import NewStanding, set_standing
from trusted_trader.standing.queries import standing
from trusted_trader.validation.models import Validation
from trusted_trader.workflow import ActorView
from trusted_trader.workflow.validation import TABLE, ValidationView


@transaction.atomic
def record(
    *,
    account: Account,
    visited_on: date,
    sites: Collection[Facility],
    basis: str,
    summary: str,
    actor: User,
    at: datetime,
) -> Validation:
    """A specialist records a validation that has taken place. Raises Refused.

    Authority: SAFE Port Act s.215, validation on site; a virtual visit and the recognition of a foreign programme's
    validation are settings of this portal (design).
    """
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    row = Validation(
        company_id=account.company_id, account=account, visited_on=visited_on, basis=basis, summary=summary.strip(),
        recorded_by=actor, recorded_at=at,
    )  # fmt: skip
    to = _check("record", row, actor, at)
    if open_one := Validation.objects.filter(account=account, status="recorded").first():
        raise Refused(
            _("%(who)s has recorded a validation that waits for a supervisor.") % {"who": open_one.recorded_by},
            code="conflict",
        )
    if basis not in Validation.Basis.values:
        raise Refused(_("Choose on what the validation rests."), field="basis")
    foreign = [site for site in sites if site.company_id != account.company_id]
    if foreign or (not sites and basis != Validation.Basis.FOREIGN):
        raise Refused(_("Choose the company's sites that were seen."), field="sites")
    if len(row.summary) < 20:
        raise Refused(_("Write what was seen and what it showed."), field="summary")
    row.status = to
    row.save()
    row.sites.set(sites)
    _record(row, "validation.record", actor=actor, at=at, changes=events.created(row, "status", "visited_on", "basis"))
    return row


@transaction.atomic
def confirm(*, validation: Validation, actor: User, at: datetime) -> Validation:
    """A supervisor confirms: the account is validated from this commit on; importers and exporters reach Tier II."""
    row = _locked(validation)
    to = _check("confirm", row, actor, at)
    _conclude(row, "confirm", to, actor, at)
    now = standing(row.account, at=at)
    tier = programme.terms().validated_tier(row.account.entity_type, now.tier)
    set_standing(
        account=row.account,
        new=NewStanding("validated", tier, now.status, now.reason),
        actor=actor,
        at=at,
        because=_("Validated on %(day)s.") % {"day": row.visited_on.isoformat()},
    )
    effects.add("validation.confirmed", f"validation:{row.pk}", 1, at=at, payload={"validation": row.pk})
    return row


@transaction.atomic
def reject(*, validation: Validation, reason: str, actor: User, at: datetime) -> Validation:
    """A supervisor turns the record down and says why; the specialist may record anew."""
    row = _locked(validation)
    to = _check("reject", row, actor, at)
    if len(reason.strip()) < 10:
        raise Refused(_("Say what is missing, so that it can be recorded rightly."), field="reason")
    _conclude(row, "reject", to, actor, at, remark=reason.strip())
    return row


def _locked(validation: Validation) -> Validation:
    Account.objects.select_for_update(no_key=True).get(pk=validation.account_id)
    rows = Validation.objects.select_for_update(of=("self",)).select_related("account__company", "concluded_by")
    return rows.get(pk=validation.pk)


def _check(action: str, row: Validation, actor: User, at: datetime) -> str:
    """Ask the table; gives the state it leads to. Raises Refused, also with who was quicker."""
    if row.concluded_by:
        raise Refused(_("%(who)s has concluded this validation already.") % {"who": row.concluded_by}, code="conflict")
    now = standing(row.account, at=at)
    view = ValidationView(
        status=row.status,
        level=now.level,
        standing=now.status,
        visited_on=row.visited_on,
        recorder_id=row.recorded_by_id,
        ties=who.tied_people(row.company_id),
    )
    acting = ActorView(user_id=actor.pk, roles=actor.staff_roles, at=at)
    return str(moves.check_in(TABLE, action, case=view, actor=acting).to)


def _conclude(row: Validation, action: str, to: str, actor: User, at: datetime, *, remark: str = "") -> None:
    changes = events.changed(row, status=to, concluded_by=actor, concluded_at=at, remark=remark)
    _record(row, f"validation.{action}", actor=actor, at=at, changes=changes, reason=remark)
    row.save()


def _record(
    row: Validation, operation: str, *, actor: User, at: datetime, changes: events.Changes, reason: str = ""
) -> None:
    internal = row.status != "confirmed"
    moves.record_account(
        row.account, operation, actor=actor, at=at, about=row, changes=changes, reason=reason, internal=internal
    )
