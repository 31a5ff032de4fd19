"""Two lives of a member's standing: what it may become, and the proposal that takes a second director."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accounts.roles import Role as R
from trusted_trader.workflow import ActorView, Table, row
from trusted_trader.workflow import gettext_noop as _


class Status(StrEnum):
    """The status of an account."""

    NONE = "none"
    GOOD = "good"
    SUSPENDED = "suspended"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"


class Proposal(StrEnum):
    """The state of a proposed change."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


COMPANY_WORD = {
    Status.NONE: _("Not a member"),
    Status.GOOD: _("In good standing"),
    Status.SUSPENDED: _("Suspended"),
    Status.REMOVED: _("Removed"),
    Status.WITHDRAWN: _("Withdrawn"),
}
PROPOSAL_WORD = {
    Proposal.PROPOSED: _("Waits for a second director"),
    Proposal.CONFIRMED: _("Confirmed"),
    Proposal.REJECTED: _("Turned down"),
}


@dataclass(frozen=True, slots=True)
class StandingView:
    """What a proposal's guards look at: the account's status now. `ties` are users' ids."""

    status: str
    change_proposed: bool = False
    ties: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What a confirmation's guards look at: the proposal, and the account's status now."""

    status: str
    kind: str
    standing: str
    proposer_id: int
    ties: frozenset[int] = frozenset()


def no_tie(view: StandingView | ProposalView, actor: ActorView) -> str:
    if actor.user_id in view.ties:
        return _("You have a tie to this company. Another director must do this.")
    return ""


def nothing_proposed(account: StandingView, actor: ActorView) -> str:
    if account.change_proposed:
        return _("A change is proposed already. Confirm or reject that one first.")
    return ""


def another_director(change: ProposalView, actor: ActorView) -> str:
    if change.proposer_id == actor.user_id:
        return _("You proposed this change. Another director must confirm it.")
    return ""


def still_fits(change: ProposalView, actor: ActorView) -> str:
    """The standing may have moved since the proposal; a change that no longer fits is turned down, not forced."""
    if change.standing in CHANGES[change.kind].sources:
        return ""
    return _("The member's standing has changed since this was proposed. Reject the proposal and look again.")


# What a confirmed proposal of each kind does to the standing; proposing asks the same rows.
CHANGES: Table[StandingView] = {
    "suspend": row({Status.GOOD}, Status.SUSPENDED, by={R.DIRECTOR}, guards=[no_tie, nothing_proposed]),
    "reinstate": row({Status.SUSPENDED}, Status.GOOD, by={R.DIRECTOR}, guards=[no_tie, nothing_proposed]),
}

PROPOSALS: Table[ProposalView] = {
    "confirm": row(
        {Proposal.PROPOSED}, Proposal.CONFIRMED, by={R.DIRECTOR}, guards=[no_tie, another_director, still_fits]
    ),
    "reject": row({Proposal.PROPOSED}, Proposal.REJECTED, by={R.DIRECTOR}, guards=[no_tie]),
}
