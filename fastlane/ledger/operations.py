"""Writes of the ledger: a call without the lane that a terminal measured, and benefits as they come in."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.models import User
from accounts.refusals import Refused
from fastlane.lanes.models import LaneRequest
from fastlane.ledger import measuring, queries
from fastlane.ledger.models import Benefit, MeasuredCall
from fastlane.rulebook import queries as rulebook
from trusted_trader.application.models import Application
from trusted_trader.standing.queries import standing


@transaction.atomic
def measure_call(
    *,
    terminal: str,
    imo: str,
    voyage: str,
    all_fast_at: datetime,
    first_container_at: datetime,
    crew_cleared_at: datetime | None,
    source: str,
    actor: User | None,
    at: datetime,
) -> MeasuredCall:
    """Record a port call that was worked without the lane. Raises Refused."""
    row = rulebook.in_force(at).reference.terminals.get(terminal)
    if row is None:
        raise Refused(_("This terminal is not known."), field="terminal")
    if not all_fast_at <= first_container_at <= at:
        raise Refused(
            _("The first container moves after the ship is all fast, and not in the future."),
            field="first_container_at",
        )
    call = MeasuredCall(
        port=row.port, terminal=terminal, imo=imo, voyage=voyage.strip().upper(), all_fast_at=all_fast_at,
        first_container_at=first_container_at, crew_cleared_at=crew_cleared_at, source=source.strip()[:100],
        recorded_by=actor, recorded_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            call.save()
    except IntegrityError as error:
        raise Refused(_("This port call is on record already."), code="conflict") from error
    events.record(
        f"terminal:{terminal}",
        "ledger.measure",
        actor=actor,
        at=at,
        about=call,
        changes=events.created(call, "imo", "voyage", "all_fast_at", "first_container_at"),
        internal=True,
    )
    return call


@transaction.atomic
def credit_call(request: LaneRequest, *, at: datetime) -> list[Benefit]:
    """Enter what a call under the lane saved, once its times are known. A second run enters nothing."""
    if request.all_fast_at is None or request.first_container_at is None or request.status != "used":
        return []
    measured = measuring.minutes(request.all_fast_at, request.first_container_at)
    saved = measuring.saved(measured, queries.minutes_without(request.terminal, before=request.all_fast_at))
    entered = _enter(
        request, Benefit.Kind.MINUTES_SAVED, saved.value, saved.measured, saved.baseline, saved.calls,
        _("Arrival events of the call, against the terminal's calls without the lane in the year before."),
    )  # fmt: skip
    if request.crew_cleared_at is not None:
        gap = measuring.minutes(request.first_container_at, request.crew_cleared_at)
        entered += _enter(request, Benefit.Kind.CREW_GAP, gap, gap, None, 0, _("Arrival events of the call."))
    return entered


def _enter(
    request: LaneRequest,
    kind: Benefit.Kind,
    value: float | None,
    measured: float,
    baseline: float | None,
    calls: int,
    source: str,
) -> list[Benefit]:
    assert request.all_fast_at is not None  # noqa: S101 - the caller has looked
    row, fresh = Benefit.objects.get_or_create(
        account=request.account,
        kind=kind,
        about=request.reference,
        defaults={
            "company_id": request.company_id,
            "happened_at": request.all_fast_at,
            "value": _decimal(value),
            "measured": _decimal(measured),
            "baseline": _decimal(baseline),
            "calls": calls,
            "port": request.port,
            "terminal": request.terminal,
            "tier": standing(request.account, at=request.all_fast_at).tier,
            "source": source,
        },
    )
    return [row] if fresh else []


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


@transaction.atomic
def credit_decision(application: Application) -> Benefit | None:
    """Enter how many days a decision took from the application on, pauses included. A second run enters nothing."""
    if application.submitted_at is None or application.decided_at is None:
        return None
    days = round((application.decided_at - application.submitted_at).total_seconds() / 86_400, 1)
    row, fresh = Benefit.objects.get_or_create(
        account=application.account,
        kind=Benefit.Kind.DECISION_DAYS,
        about=application.reference,
        defaults={
            "company_id": application.company_id,
            "happened_at": application.decided_at,
            "value": _decimal(days),
            "measured": _decimal(days),
            "tier": standing(application.account, at=application.decided_at).tier,
            "source": _("Events of the application: submitted and decided."),
        },
    )
    return row if fresh else None
