"""An effect said twice, run thrice, overlapping or failing is one effect."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from accounts import effects, notices, tenancy
from accounts.effects.models import Effect
from accounts.effects.tasks import sweep
from accounts.notices.models import Notice
from tests import builders
from tests.builders import NOW
from tests.world import a_world, in_the_system  # noqa: F401 - fixtures

KIND = "test.effect"


@pytest.fixture
def served(monkeypatch) -> list[str]:
    """A kind of effect whose handler notes what it served."""
    done: list[str] = []

    def handle(effect: Effect) -> str:
        done.append(effect.subject)
        return "noted"

    monkeypatch.setitem(effects.HANDLERS, KIND, [handle])
    return done


def add(subject: str = "a", version: int = 1, **more: object) -> Effect:
    return effects.add(KIND, subject, version, at=timezone.now(), **more)


def row(effect: Effect) -> Effect:
    with tenancy.enter(tenancy.Scope.SYSTEM):
        return Effect.objects.get(pk=effect.pk)


def make_due() -> None:
    Effect.objects.filter(done_at=None).update(not_before=timezone.now() - timedelta(seconds=1))


def test_saying_it_twice_is_saying_it_once(db, served):
    assert add().pk == add().pk
    assert add().pk != add(version=2).pk
    assert Effect.objects.count() == 2


def test_a_kind_that_nobody_serves_is_refused_at_once(db):
    with pytest.raises(KeyError):
        effects.add("nobody.serves", "a", 1, at=NOW)


def test_an_effect_run_three_times_is_served_once(db, served):
    effect = add()
    assert [effects.run(effect.pk) for _ in range(3)] == [True, False, False]
    assert served == ["a"]
    assert (row(effect).attempts, row(effect).outcome) == (1, "noted")


def test_an_effect_waits_for_its_time_and_can_be_taken_back_until_then(db, served):
    effect = add(not_before=timezone.now() + timedelta(minutes=1))
    assert not effects.run(effect.pk)
    assert effects.due() == []
    assert effects.cancel(KIND, "a", 1, at=timezone.now())
    make_due()
    assert not effects.run(effect.pk)
    assert sweep() == 0
    assert served == []


def test_an_effect_that_ran_can_not_be_taken_back(db, served):
    effects.run(add().pk)
    assert not effects.cancel(KIND, "a", 1, at=timezone.now())


def test_a_change_that_is_rolled_back_takes_its_effect_along(db, served):
    with transaction.atomic():
        add()
        transaction.set_rollback(True)
    assert not Effect.objects.exists()


def test_a_handler_that_fails_leaves_nothing_is_put_off_and_tried_again(db, monkeypatch):
    fails = [True, True, False]

    def handle(effect: Effect) -> str:
        builders.a_user("Half Done")
        if fails.pop(0):
            raise OSError("the mail server is away")
        return "sent"

    monkeypatch.setitem(effects.HANDLERS, KIND, [handle])
    effect = add()
    for attempt, seconds in ((1, 5), (2, 10)):
        started = timezone.now()
        assert not effects.run(effect.pk)
        now = row(effect)
        assert (now.attempts, now.done_at) == (attempt, None)
        assert "mail server is away" in now.last_error
        assert timedelta(seconds=seconds) <= now.not_before - started < timedelta(seconds=seconds + 5)
        assert not effects.run(effect.pk)  # not due again yet
        assert row(effect).attempts == attempt
        make_due()
    assert sweep() == 1
    assert row(effect).outcome == "sent"
    assert builders.User.objects.filter(name="Half Done").count() == 1  # what the failed tries did was rolled back


def test_the_wait_after_many_failures_is_an_hour_at_most(db, monkeypatch):
    monkeypatch.setitem(effects.HANDLERS, KIND, [lambda effect: 1 / 0])
    effect = add()
    Effect.objects.update(attempts=40)
    assert not effects.run(effect.pk)
    assert row(effect).not_before - timezone.now() <= timedelta(hours=1)


def test_one_that_fails_does_not_hold_up_the_others(db, served, monkeypatch):
    monkeypatch.setitem(effects.HANDLERS, "test.broken", [lambda effect: 1 / 0])
    effects.add("test.broken", "x", 1, at=NOW)
    add("b")
    assert sweep() == 1
    assert served == ["b"]


def message_ids() -> list[str]:
    return [message.extra_headers["Message-ID"] for message in mail.outbox]


def test_a_mail_repeated_after_a_lost_commit_carries_the_same_id(db):
    with tenancy.enter(tenancy.Scope.SYSTEM):
        user = builders.a_user("Mia Mail")
        (notice,) = notices.tell([user], kind="test", subject="Hello", body="Words.", at=timezone.now())
    effect = Effect.objects.get(subject=f"notice:{notice.pk}")
    with transaction.atomic():  # the worker dies after the mail and before its commit
        assert effects.run(effect.pk)
        transaction.set_rollback(True)
    assert effects.run(effect.pk)
    assert not effects.run(effect.pk)
    assert len(message_ids()) == 2
    assert len(set(message_ids())) == 1


@pytest.mark.usefixtures("in_system")
def test_every_effect_of_a_whole_story_is_served_once_however_often_it_is_run(world):
    """Certificates, letters, receipts and mails of the world: run, lost before the commit, run again, swept twice."""
    make_due()
    kinds = set()
    while waiting := effects.due():
        for pk in waiting:
            with transaction.atomic():
                assert effects.run(pk), Effect.objects.get(pk=pk).last_error
                transaction.set_rollback(True)
            assert effects.run(pk)
            assert [effects.run(pk), effects.run(pk)] == [False, False]
        kinds |= set(Effect.objects.exclude(done_at=None).values_list("kind", flat=True))
        make_due()
    print(f"\n{Effect.objects.count()} effects of the kinds {', '.join(sorted(kinds))}")
    assert not Effect.objects.filter(done_at=None, cancelled_at=None).exists()
    assert not Effect.objects.filter(attempts__gt=1).exists()
    mailed = set(message_ids())
    assert len(mailed) == Notice.objects.count()
    for user, subject, count in told():
        assert count == 1, (user, subject)


def told() -> list[tuple[int, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select user_id, kind || ' ' || subject || ' ' || created_at::date, count(*) from accounts_notice"
            " group by 1, 2"
        )
        return cursor.fetchall()
