"""The feed never loses and never repeats: real writers at once, a reader beside them, and the control that does lose."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from django.db import connection

from accounts import tenancy
from accounts.effects.models import Effect
from fastlane.feed import queries
from fastlane.feed.models import Change
from tests import services
from tests.fastlane.conftest import Member, Partner, a_partner
from tests.world import size
from trusted_trader.standing.operations import CHANGED

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

WRITERS = 3
CHANGES = size(40, 1000)


@pytest.fixture
def stage(new_member: Callable[..., Member]) -> tuple[Partner, list[Member]]:
    partner = a_partner()
    members = [new_member() for _ in range(6)]
    with services.as_owner(), connection.cursor() as cursor:
        cursor.execute("create sequence if not exists naive_position")
        cursor.execute("grant usage on sequence naive_position to portal_app")
    for member in members:
        member.consents_to(partner)
    return partner, members


def read_along(partner: Partner, members: list[Member], mode: str) -> list[tuple[int, str]]:
    """What a reader gets who follows the feed page by page while the writers write, and once more afterwards."""
    # Each writer changes accounts of its own, so that nothing but the feed brings them together.
    numbers = [str(member.account.pk) for member in members]
    writers = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.fastlane.feed.writer", mode, str(seed), str(CHANGES),
             *numbers[seed::WRITERS]],
            env=services.process_environment(),
            cwd=services.ROOT,
            stderr=subprocess.PIPE,
        )
        for seed in range(WRITERS)
    ]  # fmt: skip
    got: list[tuple[int, str]] = []
    after, last_look = 0, False
    while not last_look:
        last_look = all(writer.poll() is not None for writer in writers)
        while True:
            with tenancy.enter(tenancy.Scope.PARTNER, client_id=partner.client_id):
                page = queries.page(partner.client_id, after=after, limit=7)
            if not page:
                break
            got += [(change.position, change.status) for change in page]
            after = page[-1].position
    for writer in writers:
        assert writer.wait() == 0, writer.stderr.read()[-2000:]  # type: ignore[union-attr]
    return got


def entered() -> list[tuple[int, str]]:
    with tenancy.enter(tenancy.Scope.SYSTEM):
        return list(
            Change.objects.filter(kind="standing.changed").order_by("position").values_list("position", "status")
        )


def test_a_reader_loses_nothing_and_gets_nothing_twice(stage: tuple[Partner, list[Member]]) -> None:
    got = read_along(*stage, mode="honest")
    print(f"\n{WRITERS} writers, {len(got)} changes read, {len(entered())} entered")
    assert got == entered()
    assert [position for position, _ in got] == list(range(1, WRITERS * CHANGES + 1))
    with tenancy.enter(tenancy.Scope.SYSTEM):
        assert Effect.objects.filter(kind=CHANGED, done_at__isnull=False).count() == len(got)


def test_positions_taken_without_the_lock_are_lost_by_a_reader(stage: tuple[Partner, list[Member]]) -> None:
    """The control."""
    got = read_along(*stage, mode="naive")
    lost = len(entered()) - len(got)
    print(f"\nwithout the lock {lost} of {len(entered())} are lost")
    assert lost > 0
