"""The life of a recorded validation: who records it, who confirms it, and when that is possible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from accounts.clocks import programme_day
from accounts.roles import Role as R
from trusted_trader.workflow import ActorView, Table, row
from trusted_trader.workflow import gettext_noop as _


class State(StrEnum):
    NONE = "none"
    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


S = State

STAFF_WORD = {
    S.NONE: _("Nothing recorded"),
    S.RECORDED: _("Waits for a supervisor"),
    S.CONFIRMED: _("Confirmed"),
    S.REJECTED: _("Turned down"),
}


@dataclass(frozen=True, slots=True)
class ValidationView:
    """What the guards look at: the validation, and the standing of its account now."""

    status: str
    level: str
    standing: str
    visited_on: date
    recorder_id: int | None = None
    ties: frozenset[int] = frozenset()


def no_tie(view: ValidationView, actor: ActorView) -> str:
    return _("You have a tie to this company. A colleague must do this.") if actor.user_id in view.ties else ""


def certified_member(view: ValidationView, actor: ActorView) -> str:
    if view.standing != "good" or view.level not in {"certified", "validated"}:
        return _("Only a certified member in good standing is validated.")
    return ""


def visit_is_over(view: ValidationView, actor: ActorView) -> str:
    if view.visited_on > programme_day(actor.at):
        return _("The visit lies in the future. Record it when it has taken place.")
    return ""


def another_person(view: ValidationView, actor: ActorView) -> str:
    return (
        _("You recorded this validation. Another person must confirm it.") if actor.user_id == view.recorder_id else ""
    )


TABLE: Table[ValidationView] = {
    "record": row({S.NONE}, S.RECORDED, by={R.SPECIALIST}, guards=[no_tie, certified_member, visit_is_over]),
    "confirm": row({S.RECORDED}, S.CONFIRMED, by={R.SUPERVISOR}, guards=[no_tie, another_person, certified_member]),
    "reject": row({S.RECORDED}, S.REJECTED, by={R.SUPERVISOR}, guards=[no_tie, another_person]),
}
