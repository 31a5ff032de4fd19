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

FORWARD_WORD = {
    "high": _("high risk, so %(days)s days earlier in the queue"),
    "medium": _("medium risk, so %(days)s days earlier in the queue"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a case stands where it stands: a translatable sentence with its values."""

    message: str
    params: dict[str, object]

    @property
    def text(self) -> str:
        return self.message % self.params


def score(*, status: str, due_at: datetime | None, risk_tier: str, submitted_at: datetime | None) -> int:
    """Seconds since the epoch by which the case wants attention; lower comes first.

    Times are aware; a case that was never submitted has 0 and is in no queue.
    """
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
    """The strongest reason for the case's place in words: a deadline that is near, then the risk, then the age."""
    if status == "waiting_for_company":
        return Reason(_("waits for the company; the clock is paused"), {})
    if due_at is not None:
        left = (programme_day(due_at - timedelta(microseconds=1)) - programme_day(at)).days
        if left <= SOON_DAYS:
            return _deadline(left)
    if word := FORWARD_WORD.get(risk_tier):
        return Reason(word, {"days": BROUGHT_FORWARD[risk_tier].days})
    if status == "recommended":
        return Reason(_("recommended, waits for a decision"), {})
    return _age((programme_day(at) - programme_day(submitted_at)).days if submitted_at else 0)


def _deadline(left: int) -> Reason:
    """In words: how many programme days are left; 0 is the last day, below 0 it is over."""
    if left < -1:
        return Reason(_("overdue by %(days)s days"), {"days": -left})
    if left > 1:
        return Reason(_("due in %(days)s days"), {"days": left})
    return Reason({-1: _("overdue by one day"), 0: _("due today"), 1: _("due tomorrow")}[left], {})


def _age(days: int) -> Reason:
    if days > 1:
        return Reason(_("in the queue for %(days)s days"), {"days": days})
    return Reason(_("in the queue since yesterday") if days == 1 else _("in the queue since today"), {})
