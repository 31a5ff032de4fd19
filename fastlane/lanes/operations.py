"""Writes of lane requests by those who file them: draft, send, change, withdraw, report what happened on arrival."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts import effects, events
from accounts.models import Account
from accounts.refusals import Refused, Stale
from fastlane.lanes import deciding, queries
from fastlane.lanes.acting import Actor
from fastlane.lanes.filing import Filing, amended, missing
from fastlane.lanes.life import State
from fastlane.lanes.models import ArrivalEvent, LaneRequest
from fastlane.rulebook import queries as rulebook

CALL_CHANGED = "AQ-27"
ARRIVED = "lane.arrived"


@transaction.atomic
def draft(*, account: Account, filing: Filing, actor: Actor, at: datetime) -> LaneRequest:
    """Begin a request for a carrier's account."""
    if account.entity_type != "sea_carrier":
        raise Refused(_("Only a sea carrier asks for this lane."), field="account")
    with connection.cursor() as cursor:
        cursor.execute("select nextval('portal_lane_request_number')")
        number = cursor.fetchone()[0]
    row = LaneRequest(
        company_id=account.company_id,
        account=account,
        reference=f"AQ-{at:%Y}-{number:06d}",
        created_at=at,
        changed_at=at,
        calls_received_at=at if filing.port_calls is not None else None,
        filed_by=actor.user,
        client_id=actor.client_id,
        **queries.fields_of(filing),
    )
    row.save()
    actor.record(row, "draft", at=at, changes=events.created(row, "reference", "imo", "voyage", "port"))
    return row


@transaction.atomic
def save(*, request: LaneRequest, filing: Filing, version: int, actor: Actor, at: datetime) -> LaneRequest:
    """Save what was filled in, while the request is a draft or incomplete. Raises Stale and Refused."""
    row = deciding.locked(request)
    if row.status not in {State.DRAFT, State.INCOMPLETE}:
        raise Refused(_("The request was sent. Change the arrival, terminal or voyage, or withdraw it."), code="state")
    if row.version != version:
        raise Stale(_("Somebody else has saved this request since you opened the page."), current=row)
    changes = events.changed(row, **_columns(row, filing, at))
    changes.pop("form", None)
    row.version += 1
    row.changed_at = at
    actor.record(row, "save", at=at, changes=changes)
    row.save()
    return row


def _columns(row: LaneRequest, filing: Filing, at: datetime) -> dict[str, Any]:
    columns = queries.fields_of(filing)
    if columns["form"].get("port_calls") != row.form.get("port_calls"):
        columns["calls_received_at"] = at if filing.port_calls is not None else None
    return columns


@transaction.atomic
def submit(*, request: LaneRequest, actor: Actor, at: datetime) -> LaneRequest:
    """Send the request; the rules answer in the same step. Raises Refused, for a duplicate with its reference."""
    row = deciding.locked(request)
    filing = queries.filing_of(row)
    twin = queries.duplicate(row)
    view = deciding.view(row, missing=tuple(problem.pointer for problem in missing(filing)), duplicate=twin is not None)
    deciding.check("submit", row, view, actor, at)
    _needs_known_place(filing, at)
    try:
        with transaction.atomic():
            deciding.move(row, "submit", State.SUBMITTED, actor, at, submitted_at=row.submitted_at or at)
    except IntegrityError as error:
        raise Refused(_("A request for this port call was sent just now."), code="one_request_a_call") from error
    deciding.watch(row, at)
    return deciding.decide(row, "filed", at=at)


def _needs_known_place(filing: Filing, at: datetime) -> None:
    """A terminal of another port is a slip of the pen; an unknown port is for the rules (AQ-06)."""
    reference = rulebook.in_force(at).reference
    terminal = reference.terminals.get(filing.terminal or "")
    port = reference.port(filing.port or "")
    if port is None:
        return
    if terminal is None:
        raise Refused(_("This terminal is not known. Choose one of the port's terminals."), field="terminal")
    if terminal.port != port.code:
        raise Refused(
            _("Terminal %(terminal)s belongs to another port (%(port)s).")
            % {"terminal": terminal.code, "port": terminal.port},
            field="terminal",
        )


@transaction.atomic
def amend(
    *, request: LaneRequest, changes: Mapping[str, Any], version: int | None = None, actor: Actor, at: datetime
) -> LaneRequest:
    """Change arrival, terminal or voyage of a request that was sent. An approval falls until the rules have answered
    anew when the arrival moves by more than the port's hours, or terminal or voyage change (AQ-27). Raises Refused.
    """
    row = deciding.locked(request)
    if version is not None and row.version != version:
        raise Stale(_("Somebody else has changed this request since you opened it."), current=row)
    filing = amended(queries.filing_of(row), **changes)
    columns = queries.fields_of(filing)
    twin = queries.duplicate(row, imo=columns["imo"], voyage=columns["voyage"], port=columns["port"])
    deciding.check("amend", row, deciding.view(row, eta=filing.eta, duplicate=twin is not None), actor, at)
    _needs_known_place(filing, at)
    falls = row.status in {State.APPROVED, State.NOT_REQUIRED} and _call_changed(row, filing, at)
    found = events.changed(row, **columns)
    found.pop("form", None)
    if not found:
        return row
    row.version += 1
    row.changed_at = at
    actor.record(row, "amend", at=at, changes=found)
    row.save()
    if falls:
        deciding.void(row, [CALL_CHANGED], at=at)
    deciding.watch(row, at)
    return deciding.decide(row, "changed", at=at)


def _call_changed(row: LaneRequest, filing: Filing, at: datetime) -> bool:
    """AQ-27; the hours are a dated setting of the port."""
    if (queries.call_voyage(filing.voyage or ""), filing.terminal) != (row.voyage, row.terminal):
        return True
    before = row.approved_eta or row.eta
    if before is None or filing.eta is None:
        return True
    hours = rulebook.in_force(at).reference.eta_change_hours(row.port, before.date())
    return abs(filing.eta - before) > timedelta(hours=hours)


@transaction.atomic
def withdraw(*, request: LaneRequest, reason: str, actor: Actor, at: datetime) -> LaneRequest:
    """Take the request back."""
    row = deciding.locked(request)
    deciding.check("withdraw", row, deciding.view(row), actor, at)
    deciding.move(row, "withdraw", State.WITHDRAWN, actor, at, reason=reason)
    return row


FIELD = {"all_fast": "all_fast_at", "first_container": "first_container_at", "crew_cleared": "crew_cleared_at"}


@transaction.atomic
def report(
    *, request: LaneRequest, kind: str, happened_at: datetime, remark: str = "", actor: Actor, at: datetime
) -> ArrivalEvent:
    """Report what happened on arrival, each thing once. The first container uses the approval. Raises Refused."""
    row = deciding.locked(request)
    if kind not in ArrivalEvent.Kind.values:
        raise Refused(_("This event is not known."), field="kind")
    if row.status not in {State.APPROVED, State.NOT_REQUIRED, State.USED, State.VOID, State.REFUSED}:
        raise Refused(_("The request is not decided; nothing can have been done under it."), code="state")
    if happened_at > at + timedelta(minutes=5):
        raise Refused(_("This time lies ahead. Report what has happened."), field="happened_at")
    earlier = row.arrival_events.filter(kind=kind).first()
    if earlier is not None:
        raise Refused(
            _("This was reported before, for %(time)s.") % {"time": earlier.happened_at.isoformat()}, code="conflict"
        )
    told = {name: getattr(row, column) for name, column in FIELD.items()}
    fast = told["all_fast"]
    if kind != "all_fast" and kind in FIELD and fast and happened_at < fast:
        raise Refused(_("This lies before the ship was all fast. Check both times."), field="happened_at")
    event = ArrivalEvent.objects.create(
        company_id=row.company_id, request=row, kind=kind, happened_at=happened_at, reported_at=at,
        reported_by=actor.user, client_id=actor.client_id, remark=remark.strip()[:300],
    )  # fmt: skip
    changes: dict[str, Any] = {kind: {"old": None, "new": events.plain(happened_at)}}
    if kind in FIELD:
        setattr(row, FIELD[kind], happened_at)
    actor.record(row, "arrival", at=at, changes=changes, reason=remark)
    row.save()
    effects.add(ARRIVED, row.reference, kind, at=at, payload={"request": row.pk})
    if kind == "first_container" and row.status in {State.APPROVED, State.NOT_REQUIRED}:
        deciding.check("use", row, deciding.view(row), actor, at)
        deciding.move(row, "use", State.USED, actor, at)
    if kind == "diversion" and row.status in {State.APPROVED, State.NOT_REQUIRED}:
        deciding.void(row, [CALL_CHANGED], at=at)
    return event
