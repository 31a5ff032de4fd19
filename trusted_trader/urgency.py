"""The order of the review queue, and its reason in words.

The score is an instant in seconds: the moment by which a case wants attention. It is the due time, brought forward by
risk, and far behind everything for cases that wait for the company. It needs no "now", so it is stored with the case
and the queue is an index scan; a case grows more urgent simply because time comes nearer to its instant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.clocks import programme_day

# How much sooner a case wants attention for its risk. Design figures of this portal.
BROUGHT_FORWARD = {"high": timedelta(days=30), "medium": timedelta(days=10), "low": timedelta()}
WAITING = timedelta(days=3650)
SOON_DAYS = 14


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for makemessages; pages translate it when they show it."""
    return sentence


_ = gettext_noop


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a case stands where it stands: a translatable sentence with its values."""

    message: str
    params: dict[str, object]

    @property
    def text(self) -> str:
        return self.message % self.params


def score(*, status: str, due_at: datetime | None, risk_tier: str, submitted_at: datetime | None) -> int:
    """Seconds since the epoch by which the case wants attention; lower comes first."""
    wanted = due_at or submitted_at
    if wanted is None:
        return 0
    wanted -= BROUGHT_FORWARD.get(risk_tier, timedelta())
    if status == "waiting_for_company":
        wanted += WAITING
    return int(wanted.timestamp())


def reason(
    *, status: str, due_at: datetime | None, risk_tier: str, submitted_at: datetime | None, at: datetime
) -> Reason:
    """The strongest reason for the case's place, in words."""
    if status == "waiting_for_company":
        return Reason(_("waits for the company; the clock is paused"), {})
    if due_at is not None:
        left = (programme_day(due_at - timedelta(microseconds=1)) - programme_day(at)).days
        if left < 0:
            return Reason(_("overdue by %(days)s days"), {"days": -left})
        if left <= SOON_DAYS:
            return Reason(_("due in %(days)s days"), {"days": left})
    if risk_tier == "high":
        return Reason(_("high risk, so 30 days earlier in the queue"), {})
    if status == "recommended":
        return Reason(_("recommended, waits for a decision"), {})
    age = (programme_day(at) - programme_day(submitted_at)).days if submitted_at else 0
    return Reason(_("in the queue for %(days)s days"), {"days": age})
