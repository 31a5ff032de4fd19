"""The clocks of a case, read from its event chain; what the queue needs of them is stored with the case."""

from __future__ import annotations

from datetime import datetime

from accounts import clocks, events
from accounts.clocks import ClockEvent, ClockState
from accounts.models import Event
from trusted_trader import urgency
from trusted_trader.application.models import Application


def decision_clock(application: Application, *, at: datetime) -> ClockState:
    """The 90-day decision clock of this application at `at`."""
    return clocks.due(clocks.specs()["decision"], _events(application), at=at)


def _events(application: Application) -> list[ClockEvent]:
    rows = Event.objects.filter(
        subject=events.account_subject(application.account.number),
        object_type=application._meta.db_table,
        object_id=str(application.pk),
    )
    return [ClockEvent(at, operation) for at, operation in rows.order_by("sequence").values_list("at", "operation")]


def request_due(at: datetime) -> datetime:
    """By when an information request sent at this moment must be answered."""
    spec = clocks.specs()["request"]
    state = clocks.due(spec, [ClockEvent(at, "request.send")], at=at)
    assert state.due_at is not None  # noqa: S101 - a clock that has started has a due time
    return state.due_at


def refresh(application: Application, *, at: datetime) -> None:
    """Set due time, pause and queue order from the events; the caller saves the row."""
    state = decision_clock(application, at=at)
    application.due_at = None if state.stopped_at else state.due_at
    application.paused_at = state.paused_at
    application.urgency = urgency.score(
        status=application.status, due_at=state.due_at, risk_tier=application.risk_tier, submitted_at=state.started_at
    )
