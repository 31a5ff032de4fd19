"""Name the tenant of a transaction, so that PostgreSQL's row-level security shows its rows and no others.

Web and workers log in as a role that owns nothing and sees no row of a company until `enter` has named who looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection, transaction


class Scope(StrEnum):
    """What sort of eyes look at the rows."""

    NOBODY = ""
    USER = "user"  # a person of a company: sees the rows of `companies` and what is their own
    STAFF = "staff"  # the government side: sees all companies; what each role may do is the policy table's matter
    PARTNER = "partner"  # a machine client: sees the accounts that consented to it
    PUBLIC = "public"  # the certificate check: sees certificates and the standing they speak of
    SYSTEM = "system"  # the portal itself: workers, timers, cross-company checks


@dataclass(frozen=True, slots=True)
class Tenant:
    scope: Scope = Scope.NOBODY
    user_id: int | None = None
    companies: frozenset[int] = frozenset()
    client_id: str = ""


NOBODY = Tenant()
_current: ContextVar[Tenant] = ContextVar("tenant", default=NOBODY)


def current() -> Tenant:
    return _current.get()


@contextmanager
def enter(
    scope: Scope, *, user_id: int | None = None, companies: Iterable[int] = (), client_id: str = ""
) -> Iterator[Tenant]:
    """Run a block, in a transaction, as this tenant; afterwards the tenant before is named again."""
    tenant = Tenant(scope, user_id, frozenset(companies), client_id)
    # Inside a block of the same tenant nothing has to be named anew.
    same = tenant == _current.get() and tenant.scope != Scope.NOBODY and connection.in_atomic_block
    with transaction.atomic():
        token = _current.set(tenant)
        if not same:
            _name(tenant)
        try:
            yield tenant
        except BaseException:
            _current.reset(token)
            # The savepoint or transaction is about to be rolled back, and with it what was named inside it.
            raise
        else:
            _current.reset(token)
            # A transaction marked for rollback takes what was named inside it along.
            if not same and not connection.needs_rollback:
                _name(_current.get())


def system() -> object:
    """The portal's own context: for workers, timers and checks across companies."""
    return enter(Scope.SYSTEM)


def widen(companies: Iterable[int]) -> None:
    """Add companies to the current tenant of this transaction (a user has just founded or joined one)."""
    tenant = _current.get()
    wider = Tenant(tenant.scope, tenant.user_id, tenant.companies | set(companies), tenant.client_id)
    _current.set(wider)
    _name(wider)


def _name(tenant: Tenant) -> None:
    companies = ",".join(map(str, sorted(tenant.companies)))
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('portal.scope', %s, true), set_config('portal.user', %s, true),"
            " set_config('portal.companies', %s, true), set_config('portal.client', %s, true)",
            [tenant.scope.value, str(tenant.user_id or ""), companies, tenant.client_id],
        )
