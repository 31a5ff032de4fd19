"""The life of a lane request as a table: who may do what from which state, on which conditions.

Rules decide (fastlane.rules); this table says where their answers lead, and what people and timers may do besides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from accounts.roles import Role as R
from trusted_trader.workflow import ActorView, Table, row
from trusted_trader.workflow import gettext_noop as _


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    INCOMPLETE = "incomplete"
    MANUAL_REVIEW = "manual_review"
    APPROVED = "approved"
    REFUSED = "refused"
    NOT_REQUIRED = "not_required"
    VOID = "void"
    USED = "used"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


S = State

COMPANY_WORD = {
    S.DRAFT: _("Not sent yet"),
    S.SUBMITTED: _("Sent, being decided"),
    S.INCOMPLETE: _("Something is missing"),
    S.MANUAL_REVIEW: _("A port officer looks at it"),
    S.APPROVED: _("Approved"),
    S.REFUSED: _("Refused"),
    S.NOT_REQUIRED: _("No permission needed"),
    S.VOID: _("No longer valid"),
    S.USED: _("Used"),
    S.REVOKED: _("Revoked"),
    S.WITHDRAWN: _("Withdrawn"),
    S.EXPIRED: _("Lapsed"),
}
STAFF_WORD = COMPANY_WORD | {
    S.DRAFT: _("Draft"),
    S.SUBMITTED: _("Submitted"),
    S.INCOMPLETE: _("Incomplete"),
    S.MANUAL_REVIEW: _("Manual review"),
    S.NOT_REQUIRED: _("Not required"),
    S.VOID: _("Void"),
    S.EXPIRED: _("Expired"),
}

# A request for the same ship, voyage and port is a duplicate while one of these stands (rule AQ-08).
HOLDS_THE_CALL = frozenset(S) - {S.DRAFT, S.WITHDRAWN, S.EXPIRED}
OPEN = frozenset({S.SUBMITTED, S.INCOMPLETE, S.MANUAL_REVIEW})
# What the carrier may still change, and what a change of facts may turn.
LIVE = OPEN | {S.APPROVED, S.REFUSED, S.NOT_REQUIRED, S.VOID}
RECHECKED = OPEN | {S.APPROVED, S.NOT_REQUIRED}
NO_YES = frozenset({S.REFUSED, S.VOID, S.REVOKED})

AGENTS = {R.OFFICER, R.CONTACT, R.COMPANY_USER, R.VESSEL_AGENT, R.PARTNER_CLIENT}
# An approval that nobody used is over so long after the arrival it was for (design of this portal).
UNUSED = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class RequestView:
    """What the guards look at. Times are aware; `ties` are staff with a tie to the company."""

    status: str
    eta: datetime | None = None
    missing: tuple[str, ...] = ()
    duplicate: bool = False
    misused: bool = False
    holds_on_board: bool = False
    only_review_left: bool = True
    proposer_id: int | None = None
    ties: frozenset[int] = frozenset()


def form_filled(view: RequestView, actor: ActorView) -> str:
    return _("The form is not complete. Fill in what is marked, then send it.") if view.missing else ""


def arrival_ahead(view: RequestView, actor: ActorView) -> str:
    if view.eta is None or view.eta <= actor.at:
        return _("The arrival lies in the past. Correct the estimated time, or withdraw the request.")
    return ""


def one_request_a_call(view: RequestView, actor: ActorView) -> str:
    """AQ-08: one request for each ship, voyage and port."""
    if view.duplicate:
        return _("A request for this port call already exists. Open that one and change it there.")
    return ""


def no_tie(view: RequestView, actor: ActorView) -> str:
    return _("You have a tie to this company. A colleague must do this.") if actor.user_id in view.ties else ""


def upwards_only(view: RequestView, actor: ActorView) -> str:
    """An officer lifts what the rules left to a person, never what they refused or found incomplete."""
    if not view.only_review_left:
        return _("A rule refuses this request or finds it incomplete. An officer can't approve it.")
    return ""


def second_person_for_holds(view: RequestView, actor: ActorView) -> str:
    """With targeting holds on board one officer proposes and another approves (design of this portal)."""
    if view.holds_on_board and view.proposer_id in {None, actor.user_id}:
        return _(
            "Holds are on board, or nobody has confirmed that there are none: "
            "one officer proposes the approval, another one approves."
        )
    return ""


def not_proposed_yet(view: RequestView, actor: ActorView) -> str:
    return _("An approval is proposed already. Another officer must decide on it.") if view.proposer_id else ""


def time_is_over(view: RequestView, actor: ActorView) -> str:
    if view.eta is None or actor.at < view.eta + UNUSED:
        return _("The time of this port call is not over yet.")
    return ""


def arrived(view: RequestView, actor: ActorView) -> str:
    return "" if view.eta and actor.at >= view.eta - timedelta(hours=24) else _("The ship can't have arrived yet.")


def misuse_told(view: RequestView, actor: ActorView) -> str:
    """AQ-29: crew ashore early, diversion or false data."""
    return "" if view.misused else _("Say what was misused: crew ashore early, diversion or false data.")


NOBODY: frozenset[R] = frozenset()
OFFICERS = {R.PORT_OFFICER}

TABLE: Table[RequestView] = {
    "submit": row(
        {S.DRAFT, S.INCOMPLETE}, S.SUBMITTED, by=AGENTS, guards=[form_filled, arrival_ahead, one_request_a_call]
    ),
    "amend": row(LIVE - {S.SUBMITTED}, None, by=AGENTS, guards=[arrival_ahead, one_request_a_call]),
    "withdraw": row(LIVE | {S.DRAFT}, S.WITHDRAWN, by=AGENTS),
    # Where the rules' answers lead; the portal itself takes these steps.
    "decide_incomplete": row(RECHECKED | {S.VOID, S.REFUSED}, S.INCOMPLETE, by=NOBODY),
    "decide_manual_review": row(RECHECKED | {S.VOID, S.REFUSED}, S.MANUAL_REVIEW, by=NOBODY),
    "decide_eligible": row(RECHECKED | {S.VOID, S.REFUSED}, S.APPROVED, by=NOBODY),
    "decide_ineligible": row(RECHECKED | {S.VOID, S.REFUSED}, S.REFUSED, by=NOBODY),
    "decide_not_required": row(RECHECKED | {S.VOID, S.REFUSED}, S.NOT_REQUIRED, by=NOBODY),
    "void": row({S.APPROVED, S.NOT_REQUIRED}, S.VOID, by=NOBODY),
    "expire": row(LIVE, S.EXPIRED, by=NOBODY, guards=[time_is_over]),
    # What port officers do with what a person must look at.
    "propose": row({S.MANUAL_REVIEW}, None, by=OFFICERS, guards=[no_tie, upwards_only, not_proposed_yet]),
    "approve": row({S.MANUAL_REVIEW}, S.APPROVED, by=OFFICERS, guards=[no_tie, upwards_only, second_person_for_holds]),
    "refuse": row({S.MANUAL_REVIEW}, S.REFUSED, by=OFFICERS, guards=[no_tie]),
    "use": row({S.APPROVED, S.NOT_REQUIRED}, S.USED, by=AGENTS | OFFICERS, guards=[arrived]),
    "revoke": row({S.APPROVED, S.USED}, S.REVOKED, by=OFFICERS | {R.SUPERVISOR}, guards=[no_tie, misuse_told]),
}
