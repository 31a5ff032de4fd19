"""Workflow as tables that can be read: who may do what from which state, on which conditions.

`check` and `available` read the same rows. A guard is a function `(case, actor) -> str`: its reason, or "" when it has
nothing against the step. Each life has a view of its own that its guards look at; all of them have a status.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.roles import Role


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for makemessages; pages translate it when they show it."""
    return sentence


_ = gettext_noop


@dataclass(frozen=True, slots=True)
class ActorView:
    """Who acts: the roles that count in this case, and whether the second factor is fresh. `at` is an aware time."""

    user_id: int
    roles: frozenset[Role]
    at: datetime
    fresh_factor: bool = False
    is_timer: bool = False


def timer(at: datetime) -> ActorView:
    """The portal itself, when a time has come: it takes the steps that are nobody's, and no other."""
    return ActorView(user_id=0, roles=frozenset(), at=at, is_timer=True)


@dataclass(frozen=True, slots=True)
class CaseView:
    """What guards look at. Ids are users'; `ties` are the staff who have a tie to the company."""

    status: str
    reviewer_id: int | None = None
    stopping_findings: int = 0
    eligibility_passed: bool = False
    agreement_signed: bool = False
    unverdicted: tuple[str, ...] = ()
    musts_not_accepted: tuple[str, ...] = ()
    blocking_flags: tuple[str, ...] = ()
    vetting: str = "open"
    asked_open: tuple[str, ...] = ()
    recommender_id: int | None = None
    decided_by_id: int | None = None
    decided_at: datetime | None = None
    ties: frozenset[int] = frozenset()
    letter_reasons: tuple[str, ...] = ()


class View(Protocol):
    """What every life's view has in common."""

    @property
    def status(self) -> str: ...


type Guard[V: View] = Callable[[V, ActorView], str]


class TransitionRefused(Exception):
    """The table says no. `reason` is for people, `code` for machines (action, state, role, or the guard's name)."""

    def __init__(self, action: str, reason: str, code: str) -> None:
        super().__init__(reason)
        self.action = action
        self.reason = reason
        self.code = code


@dataclass(frozen=True, slots=True)
class Transition[V: View]:
    """One row: from these states to that one (None: the state stays), by these roles, when no guard objects."""

    sources: frozenset[str]
    to: str | None
    by: frozenset[Role]
    guards: tuple[Guard[V], ...] = ()
    fresh_factor: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """An action as a page shows it: allowed, or why not."""

    action: str
    allowed: bool
    reason: str = ""


type Table[V: View] = Mapping[str, Transition[V]]


def row[V: View](
    sources: Iterable[str],
    to: str | None,
    *,
    by: Collection[Role],
    guards: Iterable[Guard[V]] = (),
    fresh_factor: bool = False,
) -> Transition[V]:
    """A row of a table. Guards are asked in this order; nobody in `by` means that a timer alone takes this step."""
    return Transition(frozenset(sources), to, frozenset(by), tuple(guards), fresh_factor)


WRONG_STATE = _("This step is not possible in the state the case is in now. Load the page again.")
WRONG_ROLE = _("Your role does not allow this step.")
STALE_FACTOR = _("Confirm that it is you: sign in again with your second factor, then repeat the step.")


def check[V: View](table: Table[V], action: str, *, case: V, actor: ActorView) -> Transition[V]:
    """Return the row that lets this step through. Raises TransitionRefused with the first reason against it."""
    transition = table.get(action)
    if transition is None:
        raise TransitionRefused(action, WRONG_STATE, "action")
    if not (actor.is_timer if not transition.by else transition.by & actor.roles):
        raise TransitionRefused(action, WRONG_ROLE, "role")
    if case.status not in transition.sources:
        raise TransitionRefused(action, WRONG_STATE, "state")
    for guard in transition.guards:
        if reason := guard(case, actor):
            raise TransitionRefused(action, reason, guard.__name__)
    if transition.fresh_factor and not actor.fresh_factor:
        raise TransitionRefused(action, STALE_FACTOR, "fresh_factor")
    return transition


def available[V: View](table: Table[V], *, case: V, actor: ActorView) -> tuple[Offer, ...]:
    """The actions of this role in this state, each allowed or with its reason; others are left out."""
    offers = []
    for action, transition in table.items():
        if case.status not in transition.sources or not transition.by & actor.roles:  # no button for a timer's step
            continue
        try:
            check(table, action, case=case, actor=actor)
        except TransitionRefused as refused:
            # A stale factor is no reason to hide a button: pressing it asks for the factor.
            offers.append(Offer(action, refused.code == "fresh_factor", refused.reason))
        else:
            offers.append(Offer(action, True))
    return tuple(offers)
