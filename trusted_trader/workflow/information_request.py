"""The life of an information request: questions that reopen only the answers asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accounts.roles import Role as R
from trusted_trader.workflow import ActorView, Table, row
from trusted_trader.workflow import gettext_noop as _
from trusted_trader.workflow.application import COMPANY_WRITERS


class State(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    LAPSED = "lapsed"
    CLOSED = "closed"


S = State

COMPANY_WORD = {
    S.OPEN: _("Waiting for your answer"),
    S.ANSWERED: _("You have answered"),
    S.LAPSED: _("The time to answer is over"),
    S.CLOSED: _("No answer is needed any more"),
}
STAFF_WORD = {
    S.OPEN: _("Asked"),
    S.ANSWERED: _("Answered"),
    S.LAPSED: _("Not answered in time"),
    S.CLOSED: _("Closed by the withdrawal"),
}


@dataclass(frozen=True, slots=True)
class RequestView:
    """What the guards look at; `untouched` are the criteria asked about that the company has not worked on yet."""

    status: str
    untouched: tuple[str, ...] = ()
    due_at: datetime | None = None


def all_answered(request: RequestView, actor: ActorView) -> str:
    return _("A question is still unanswered. Answer each one, then send.") if request.untouched else ""


def time_is_over(request: RequestView, actor: ActorView) -> str:
    return "" if request.due_at and actor.at >= request.due_at else _("The time to answer is not over yet.")


TABLE: Table[RequestView] = {
    "answer": row({S.OPEN}, S.ANSWERED, by=COMPANY_WRITERS, guards=[all_answered]),
    "lapse": row({S.OPEN}, S.LAPSED, by=frozenset(), guards=[time_is_over]),
    "close": row({S.OPEN}, S.CLOSED, by={R.OFFICER, R.CONTACT}),  # who withdraws the application
}
