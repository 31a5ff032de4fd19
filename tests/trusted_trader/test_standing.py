"""Standing is bitemporal: what held at a time, as it was known at a time, for every moment of a random history."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.effects.models import Effect
from accounts.models import Event
from tests.builders import NOW
from tests.world import World, a_firm, a_world, in_the_system, size  # noqa: F401 - fixtures
from trusted_trader.standing import operations
from trusted_trader.standing.models import Standing
from trusted_trader.standing.operations import NewStanding
from trusted_trader.standing.queries import standing

pytestmark = pytest.mark.usefixtures("in_system")
CHOICES = (
    NewStanding("certified", 1, "good"), NewStanding("certified", 1, "suspended", "Seals."),
    NewStanding("validated", 2, "good"), NewStanding("none", None, "removed"),
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One change as the slow oracle remembers it."""

    at: datetime
    new: NewStanding


def oracle(history: list[Told], at: datetime, known_at: datetime | None) -> str:
    """The last change that had begun by `at`, among those that were known by `known_at`."""
    known = [told for told in history if known_at is None or told.at <= known_at]
    begun = [told for told in known if told.at <= at]
    return begun[-1].new.status if begun else "none"


def test_any_moment_of_a_random_history_is_answered_as_a_slow_reading_would(world):
    seed = random.randrange(2**32)
    print(f"\nseed {seed}")
    chance = random.Random(seed)
    looks = 0
    for _history in range(size(12, 100)):
        with transaction.atomic():
            account, history, at = world.beginner.account, [], NOW
            for _change in range(chance.randint(1, 8)):
                at += timedelta(seconds=chance.choice([1, 60, 86_400, 86_400 * 40]))
                new = chance.choice(CHOICES)
                operations.set_standing(account=account, new=new, actor=world.staff.director, at=at, because="A test.")
                history.append(Told(at, new))
            edges = [told.at + timedelta(microseconds=m) for told in history for m in (-1, 0, 1)]
            for moment in edges:
                for known_at in (None, *edges):
                    found = standing(account, at=moment, known_at=known_at)
                    # Before a change was known, the future looked like the standing then in force.
                    expected = oracle(history, moment, known_at)
                    assert found.status == expected, (moment, known_at, history)
                    looks += 1
            transaction.set_rollback(True)
    print(f"{looks} looks")


def test_two_standings_never_hold_at_once_as_known_at_once(world):
    row = Standing.objects.filter(account=world.member.account, known__upper_inf=True, valid__upper_inf=True).get()
    operations.events.record("account:x", "standing.change", actor=None, at=NOW, about=world.member.account)
    row.pk, row.status = None, "suspended"
    with pytest.raises(DatabaseError, match="one_standing_at_a_time"), transaction.atomic():
        row.save(force_insert=True)


def test_what_was_known_yesterday_is_still_answered(world):
    account, suspended, back = world.member.account, NOW + timedelta(days=6), NOW + timedelta(days=8)
    assert standing(account, at=suspended).status == "suspended"
    assert not standing(account, at=suspended).in_good_standing
    assert standing(account, at=back).in_good_standing
    # On the fourth day nobody knew of the suspension of the fifth.
    assert standing(account, at=suspended, known_at=NOW + timedelta(days=4)).in_good_standing
    assert standing(account, at=NOW + timedelta(days=1)).status == "none"


def test_a_suspended_member_keeps_its_level_and_tier(world):
    found = standing(world.member.account, at=NOW + timedelta(days=6))
    assert (found.level, found.tier, found.status) == ("certified", 1, "suspended")


def test_a_change_is_told_to_whoever_listens_once_a_change(world):
    account = world.member.account
    changes = Event.objects.filter(operation="standing.change", object_id=str(account.pk)).count()
    effects = Effect.objects.filter(kind="standing.changed", payload__account=account.pk).count()
    assert changes == effects == 3


def test_a_change_at_the_very_moment_of_the_one_before_replaces_it(world):
    account, at = world.beginner.account, NOW + timedelta(days=20)
    for new in CHOICES[:2]:
        operations.set_standing(account=account, new=new, actor=None, at=at, because="A test.")
    assert standing(account, at=at).status == "suspended"


def test_no_row_of_a_standing_can_be_rewritten(world):
    for statement in (
        "update trusted_trader_standing set level = 'validated'",
        "update trusted_trader_standing set valid = tstzrange(lower(valid) - interval '1 year', upper(valid))",
        "update trusted_trader_standing set known = tstzrange(lower(known) - interval '1 year', now())"
        " where upper_inf(known)",
    ):
        with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
