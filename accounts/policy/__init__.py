"""The policy table: every route and method, who may, on what condition. It enforces and documents at once.

A route without a row answers 403 and fails the build. Each story lists its rows in its own `policy.py`; the portal
joins them into one table (`settings.POLICY_TABLE`). `own` says that the route is about one company's things: the
principal must belong to that company in one of the roles (a stranger gets the same 404 as for what isn't there), or
be of the staff where a staff role is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounts.roles import COMPANY_ROLES, STAFF_ROLES, Role


class Who(StrEnum):
    """Principals that are not roles."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"  # any user with two factors, whatever the roles
    HALF_SIGNED_IN = "half_signed_in"  # a user who still has to set up the second factor


class Factor(StrEnum):
    """How strongly the user must have signed in."""

    NONE = "none"
    STRONG = "strong"  # passkey, or password and one-time code
    FRESH = "fresh"  # … within the last minutes (settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


type Principal = Role | Who | str  # a plain string is an API scope, "scope:members:read"

GET = ("GET", "HEAD", "OPTIONS")
POST = ("POST",)
BOTH = (*GET, *POST)
EVERY_COMPANY_ROLE = frozenset(COMPANY_ROLES)
EVERY_STAFF_ROLE = frozenset(STAFF_ROLES)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: these methods of this route are for these principals, on this condition."""

    route: str
    methods: tuple[str, ...]
    who: frozenset[Principal]
    own: str = ""  # the route's argument that names the thing, e.g. "number" (an account)
    factor: Factor = Factor.STRONG
    note: str = ""


def row(
    route: str,
    methods: Iterable[str],
    who: Iterable[Principal],
    *,
    own: str = "",
    factor: Factor | None = None,
    note: str = "",
) -> Row:
    principals = frozenset(who)
    if factor is None:
        open_to_all = principals & {Who.ANYONE, Who.HALF_SIGNED_IN} or all(":" in str(p) for p in principals)
        factor = Factor.NONE if open_to_all else Factor.STRONG
    return Row(route, tuple(methods), principals, own, factor, note)


type Table = Mapping[str, Mapping[str, Row]]


def table(*parts: Iterable[Row]) -> dict[str, dict[str, Row]]:
    """Join the stories' rows. Raises ValueError when two rows speak of the same route and method."""
    joined: dict[str, dict[str, Row]] = {}
    for part in parts:
        for line in part:
            methods = joined.setdefault(line.route, {})
            for method in line.methods:
                if method in methods:
                    raise ValueError(f"Two policy rows for {method} {line.route}.")
                methods[method] = line
    return joined
