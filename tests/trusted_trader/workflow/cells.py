"""Going through a workflow table cell by cell: action, state, role."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import product

from accounts.roles import Role
from trusted_trader.workflow import ActorView, Table, Transition, TransitionRefused, View, check, timer

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
SPECIALIST, SUPERVISOR, DIRECTOR, OFFICER, OTHER = 1, 2, 3, 4, 5

type Rights = Mapping[str, tuple[set[str], str | None, set[Role]]]


def someone(user_id: int, *roles: Role, fresh_factor: bool = True, at: datetime = NOW) -> ActorView:
    return ActorView(user_id=user_id, roles=frozenset(roles), at=at, fresh_factor=fresh_factor)


def acting[V: View](transition: Transition[V], user_id: int) -> ActorView:
    """Someone in every role of the row; the portal's timer where the row is nobody's."""
    return someone(user_id, *transition.by) if transition.by else timer(NOW)


def code_of[V: View](table: Table[V], action: str, case: V, actor: ActorView) -> str:
    """The code of the refusal, or "" when the step goes through."""
    try:
        check(table, action, case=case, actor=actor)
    except TransitionRefused as refused:
        return refused.code if refused.reason and refused.action == action else "a refusal without its reason or action"
    return ""


def differences[V: View](table: Table[V], rights: Rights, states: type, friendly) -> list[str]:
    """Cells in which the table differs from the rights written down in the test, and rows that lead elsewhere.

    `friendly(action, state)` gives a view and a user's id to which no guard objects.
    """
    found = [f"{action}: unknown" for action in rights.keys() ^ table.keys()]
    for action, (sources, to, by) in rights.items():
        if table[action].to != to:
            found.append(f"{action} leads to {table[action].to}")
        for state, role in product(states, Role):
            case, user_id = friendly(action, state)
            expected = "role" if role not in by else "state" if state not in sources else ""
            code = code_of(table, action, case, someone(user_id, role))
            if code != expected:
                found.append(f"{action} in {state} by {role}: {code!r}, not {expected!r}")
        for state in states:
            case, _user_id = friendly(action, state)
            expected = "role" if by else "state" if state not in sources else ""
            if (code := code_of(table, action, case, timer(NOW))) != expected:
                found.append(f"{action} in {state} by a timer: {code!r}, not {expected!r}")
    return found
