"""Who is asking: the user's roles, companies and factors, or the machine's scopes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from accounts.models import Membership, User
from accounts.policy import Factor
from accounts.roles import Role


@dataclass(frozen=True, slots=True)
class Asking:
    """The principal of one request."""

    user: User | None = None
    staff_roles: frozenset[Role] = frozenset()
    memberships: Mapping[int, Role] = field(default_factory=dict)
    factor: Factor = Factor.NONE
    scopes: frozenset[str] = frozenset()
    client_id: str = ""

    @property
    def is_staff(self) -> bool:
        return bool(self.staff_roles)

    @property
    def roles(self) -> frozenset[Role]:
        return self.staff_roles | frozenset(self.memberships.values())


NOBODY = Asking()


def asking_user(request: HttpRequest, user: User) -> Asking:
    """The principal behind a signed-in session. Needs the user's own tenancy, to read the memberships."""
    memberships = {
        company: Role(role)
        for company, role in Membership.objects.in_force().filter(user=user).values_list("company_id", "role")
    }
    return Asking(user, user.staff_roles, memberships, factor_of(request, user))


def factor_of(request: HttpRequest, user: User) -> Factor:
    """How strongly this session was signed in: a passkey, or a password with a one-time or recovery code."""
    records = get_authentication_records(request, user)
    strong = [record for record in records if record.get("method") == "mfa"]
    if not strong:
        return Factor.NONE
    latest = max(record.get("at", 0.0) for record in strong)  # a password alone makes nothing fresh
    fresh = time.time() - latest <= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return Factor.FRESH if fresh else Factor.STRONG
