"""The life of a vetting track: identifiers, people and business history, judged by vetting officers alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accounts.roles import Role as R
from trusted_trader.workflow import ActorView, Table, application, row
from trusted_trader.workflow import gettext_noop as _


class State(StrEnum):
    OPEN = "open"
    CLEARED = "cleared"
    FAILED = "failed"


S = State

COMPANY_WORD = {
    S.OPEN: _("We are checking it"),
    S.CLEARED: _("Passed"),
    S.FAILED: _("Not passed"),
}
STAFF_WORD = {
    S.OPEN: _("Vetting open"),
    S.CLEARED: _("Vetting cleared"),
    S.FAILED: _("Vetting failed"),
}


@dataclass(frozen=True, slots=True)
class VettingView:
    """What the guards look at: the track, and the application it belongs to. `ties` are users' ids."""

    status: str
    application_status: str
    ties: frozenset[int] = frozenset()


def no_tie(track: VettingView, actor: ActorView) -> str:
    if actor.user_id in track.ties:
        return _("You have a tie to this company. Another vetting officer must do this.")
    return ""


def case_open(track: VettingView, actor: ActorView) -> str:
    # A decision stands on the vetting as it was; what comes to light later is a matter of the standing.
    if track.application_status in application.OPEN:
        return ""
    return _("The case is closed, so its vetting stays as it is.")


TABLE: Table[VettingView] = {
    "clear": row({S.OPEN}, S.CLEARED, by={R.VETTING_OFFICER}, guards=[no_tie, case_open]),
    "fail": row({S.OPEN}, S.FAILED, by={R.VETTING_OFFICER}, guards=[no_tie, case_open]),
    "reopen": row({S.CLEARED, S.FAILED}, S.OPEN, by={R.VETTING_OFFICER}, guards=[no_tie, case_open]),
}
