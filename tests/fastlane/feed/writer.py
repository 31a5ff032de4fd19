"""A process that changes the standings of members as fast as it can and runs what follows, for the feed's proof.

`python -m tests.fastlane.feed.writer honest|naive SEED COUNT ACCOUNT…`; naive takes positions without the lock.
"""

from __future__ import annotations

import random
import sys

import django

django.setup()

from django.db import connection  # noqa: E402 - the settings come first
from django.utils import timezone  # noqa: E402

from accounts import effects, tenancy  # noqa: E402
from accounts.effects.models import Effect  # noqa: E402
from accounts.models import Account  # noqa: E402
from fastlane import handlers  # noqa: E402
from fastlane.feed import operations  # noqa: E402
from fastlane.feed.models import FeedHead  # noqa: E402
from trusted_trader.standing import operations as standings  # noqa: E402
from trusted_trader.standing.operations import NewStanding  # noqa: E402


def linger(seconds: float) -> None:
    """Other work of the same transaction, after the position was taken."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(%s)", [seconds])


def naively() -> None:
    """Positions from a sequence when the row is inserted: the order of the inserts, not of the commits."""

    class Head(FeedHead):
        class Meta:
            proxy = True
            app_label = "fastlane"

        def save(self, **_: object) -> None:  # type: ignore[override]
            with connection.cursor() as cursor:
                cursor.execute("select nextval('naive_position')")
                self.last = cursor.fetchone()[0]

    operations._lock = lambda partners: [Head(partner_id=pk) for pk in partners]


def main(mode: str, seed: str, count: str, *accounts: str) -> None:
    chance = random.Random(seed)
    if mode == "naive":
        naively()
    effects._tell_a_worker = lambda effect_id: None
    entered = handlers.feed.standing_changed

    def slowly(account_id: int, **more: object) -> object:
        done = entered(account_id, **more)  # type: ignore[arg-type]
        linger(chance.random() * 0.02)
        return done

    handlers.feed.standing_changed = slowly  # type: ignore[assignment]
    for _ in range(int(count)):
        with tenancy.enter(tenancy.Scope.SYSTEM):
            account = Account.objects.get(pk=chance.choice(accounts))
            new = NewStanding("certified", chance.randint(1, 3), chance.choice(["good", "suspended"]))
            standings.set_standing(account=account, new=new, actor=None, at=timezone.now(), because="A race.")
            newest = Effect.objects.filter(kind=standings.CHANGED, payload__account=account.pk).order_by("-pk").first()
        assert newest
        assert effects.run(newest.pk)


if __name__ == "__main__":
    main(*sys.argv[1:])
