"""A tenant ends with its transaction, so a connection that is used again never shows what the one before saw."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import tenancy
from accounts.models import Company
from accounts.tenancy import Scope
from tests import services
from tests.world import size

pytestmark = pytest.mark.django_db(transaction=True)


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def seen() -> set[int]:
    return set(Company.objects.values_list("pk", flat=True))


def companies(count: int) -> list[int]:
    with services.as_owner():
        return [Company.objects.create(legal_name=f"Company {n}").pk for n in range(count)]


class Boom(Exception):
    """Something goes wrong in the middle of a request."""


def test_a_reused_connection_never_keeps_the_tenant_before():
    """Interleaved tenants on one connection, ended well, by an exception, by a database error or half-way down."""
    seed = random.randrange(2**32)
    print(f"\nseed {seed}")
    rng = random.Random(seed)
    made = companies(4)
    looks = 0
    for _round in range(size(500, 5000)):
        own = set(rng.sample(made, rng.randint(0, 2)))
        with suppress(Boom, DatabaseError), tenancy.enter(Scope.USER, companies=own):
            assert seen() == own
            inner = set(rng.sample(made, rng.randint(0, 2)))
            with suppress(Boom, DatabaseError), tenancy.enter(Scope.USER, companies=inner):
                assert seen() == inner
                end_somehow(rng)
            assert seen() == own
            end_somehow(rng)
        assert not seen()
        assert tenancy.current() == tenancy.NOBODY
        looks += 4
    print(f"{looks} looks, 0 foreign rows")


def end_somehow(rng: random.Random) -> None:
    match rng.randrange(4):
        case 0:
            raise Boom
        case 1:
            run("select nonsense")
        case 2:
            with suppress(Boom), transaction.atomic():
                raise Boom
        case _:
            pass


def test_a_tenant_named_for_the_session_would_have_leaked():
    """The control: named without `local`, the tenant outlives its transaction and the look above finds it."""
    companies(1)
    with transaction.atomic():
        run("select set_config('portal.scope', 'system', false)")
    assert seen()
    run("select set_config('portal.scope', '', false)")
    assert not seen()
