"""Messages arrive: signed, in order, again and again for three days, and none is lost."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection, connections
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from accounts import effects, tenancy
from accounts.effects.models import Effect
from accounts.models import Notice
from fastlane.console.models import ClientSteward
from fastlane.webhooks import operations, sending
from fastlane.webhooks.models import Attempt, Delivery, Endpoint
from fastlane.webhooks.operations import Acting
from tests import builders
from tests.fastlane.conftest import SUSPENDED, Member, Partner
from tests.fastlane.feed.test_feed import run_effects
from tests.fastlane.webhooks.conftest import Clock, announce, next_due, states
from tests.fastlane.webhooks.receiver import Got, Receiver, dawdle

type Hook = tuple[Endpoint, str]
DAY = timedelta(days=1)


def test_a_change_of_standing_arrives_thin_and_signed(
    hook: Hook, receiver: Receiver, member: Member, partner: Partner,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:  # fmt: skip
    run_effects()
    member.consents_to(partner)
    member.becomes(SUSPENDED)
    run_effects()
    sending.drain(hook[0].pk)
    told = [Webhook(hook[1]).verify(got.body, got.headers) for got in receiver.got]
    assert [message["type"] for message in told] == ["consent.given", "standing.changed"]
    number = member.account.number
    assert [m["data"] for m in told] == [{"account": number, "position": n, "order": n} for n in (1, 2)]
    assert "suspended" not in receiver.got[0].body


def test_a_forged_body_fails_the_signature(hook: Hook, receiver: Receiver) -> None:
    announce(hook[0], "TT-1", 1)
    sending.drain(hook[0].pk)
    got = receiver.got[0]
    with pytest.raises(WebhookVerificationError):
        Webhook(hook[1]).verify(got.body.replace("TT-1", "TT-2"), got.headers)


def test_while_secrets_rotate_both_verify(hook: Hook, receiver: Receiver, partner: Partner) -> None:
    endpoint, old = hook
    clock = Clock()
    new, until = operations.rotate(endpoint=endpoint, actor=Acting.machine(partner.client_id), at=clock.now)
    announce(endpoint, "TT-1", 1, at=clock.now)
    sending.drain(endpoint.pk, clock=clock)
    for secret in (old, new):
        Webhook(secret).verify(receiver.got[0].body, receiver.got[0].headers)
    clock.now = until
    announce(endpoint, "TT-1", 2, at=clock.now)
    sending.drain(endpoint.pk, clock=clock)
    assert len(receiver.got[1].headers["webhook-signature"].split()) == 1


def test_a_lane_goes_message_by_message_and_lanes_do_not_wait(hook: Hook, receiver: Receiver) -> None:
    endpoint, clock = hook[0], Clock()
    receiver.behave = lambda got: 500 if got.json["data"]["account"] == "TT-1" else 204
    for about in range(3):
        for lane in ("TT-1", "TT-2"):
            announce(endpoint, lane, about, at=clock.now)
    clock.run(endpoint, until=clock.now + timedelta(seconds=20))
    arrived = [got.json["data"] for got in receiver.got if got.json["data"]["account"] == "TT-2"]
    assert [data["position"] for data in arrived] == [0, 1, 2]
    tried = {got.json["data"]["position"] for got in receiver.got if got.json["data"]["account"] == "TT-1"}
    assert tried == {0}
    receiver.behave = lambda got: 204
    receiver.got.clear()
    clock.run(endpoint, until=clock.now + DAY)
    assert [got.json["data"]["position"] for got in receiver.got] == [0, 1, 2]


def test_a_receiver_that_is_down_for_a_day_gets_everything(hook: Hook, receiver: Receiver) -> None:
    endpoint, clock = hook[0], Clock()
    receiver.behave = lambda got: 503
    for about in range(40):
        announce(endpoint, f"TT-{about % 8}", about, at=clock.now)
    began = clock.now
    clock.run(endpoint, until=began + DAY)
    tries_while_down = len(receiver.got)
    receiver.got.clear()
    receiver.behave = lambda got: 204
    clock.run(endpoint, until=began + 2 * DAY)
    print(f"\n40 messages, a day down: {tries_while_down} tries meanwhile, {len(set(receiver.ids))} arrived")
    assert states(endpoint) == {"delivered": 40}
    assert len(receiver.ids) == len(set(receiver.ids)) == 40
    for lane in range(8):
        positions = [g.json["data"]["position"] for g in receiver.got if g.json["data"]["account"] == f"TT-{lane}"]
        assert positions == sorted(positions)


def test_a_flapping_receiver_loses_nothing_and_keeps_each_lanes_order(hook: Hook, receiver: Receiver) -> None:
    endpoint, clock = hook[0], Clock()
    chance = random.Random(7)
    accepted: list[Got] = []

    def flap(got: Got) -> int:
        if chance.random() < 0.6:
            return chance.choice([500, 429, 302])
        accepted.append(got)
        return 200

    receiver.behave = flap
    for about in range(60):
        announce(endpoint, f"TT-{about % 6}", about, at=clock.now)
    clock.run(endpoint, until=clock.now + 3 * DAY)
    assert states(endpoint) == {"delivered": 60}
    for lane in range(6):
        positions = [g.json["data"]["position"] for g in accepted if g.json["data"]["account"] == f"TT-{lane}"]
        assert positions == list(range(lane, 60, 6))


def test_a_slow_receiver_is_given_up_and_tried_again(hook: Hook, receiver: Receiver) -> None:
    endpoint, clock = hook[0], Clock()
    receiver.behave = dawdle(0.6)
    announce(endpoint, "TT-1", 1, at=clock.now)
    assert sending.drain(endpoint.pk, clock=clock, patience=0.2) == 0
    receiver.behave = lambda got: 204
    clock.run(endpoint, until=clock.now + DAY)
    assert states(endpoint) == {"delivered": 1}
    assert len(set(receiver.ids)) == 1  # a repeat carries the same id


def test_waits_grow_and_are_jittered(hook: Hook, receiver: Receiver) -> None:
    endpoint, clock = hook[0], Clock()
    receiver.behave = lambda got: 500
    announce(endpoint, "TT-1", 1, at=clock.now)
    clock.run(endpoint, until=clock.now + 2 * DAY)
    with tenancy.enter(tenancy.Scope.SYSTEM):
        times = list(Attempt.objects.order_by("pk").values_list("at", flat=True))
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    for wait, planned in zip(waits, sending.WAITS, strict=False):
        assert planned * (1 - sending.JITTER) <= wait <= planned * (1 + sending.JITTER) + 1 or planned < 10
    assert all(wait not in sending.WAITS for wait in waits)


def test_after_three_days_it_is_failed_switched_off_told_and_replayable(
    hook: Hook, receiver: Receiver, partner: Partner
) -> None:
    endpoint, clock = hook[0], Clock()
    with builders.system():
        steward = builders.a_user("Petra Partner")
        ClientSteward.objects.create(user=steward, partner=partner.row, granted_at=clock.now)
    receiver.behave = lambda got: 500
    announce(endpoint, "TT-1", 1, at=clock.now)
    announce(endpoint, "TT-1", 2, at=clock.now)
    began = clock.now
    clock.run(endpoint, until=began + timedelta(days=2, hours=23))
    assert states(endpoint) == {"pending": 2}
    clock.run(endpoint, until=began + timedelta(days=4))
    assert states(endpoint) == {"failed": 2}
    with tenancy.enter(tenancy.Scope.SYSTEM):
        endpoint.refresh_from_db()
        assert "three days" in Notice.objects.get(user=steward).body
    assert not endpoint.is_active
    # Mended, switched on, replayed: both arrive, under their first ids.
    first_id = receiver.got[0].id
    receiver.got.clear()
    receiver.behave = lambda got: 204
    acting = Acting.machine(partner.client_id)
    operations.switch(endpoint=endpoint, on=True, actor=acting, at=clock.now)
    assert operations.replay(endpoint=endpoint, actor=acting, at=clock.now) == 2
    sending.drain(endpoint.pk, clock=clock)
    assert [got.json["data"]["position"] for got in receiver.got] == [1, 2]
    assert receiver.got[0].id == first_id


def test_a_receiver_that_says_gone_is_switched_off_at_once(hook: Hook, receiver: Receiver) -> None:
    receiver.behave = lambda got: 410
    announce(hook[0], "TT-1", 1)
    sending.drain(hook[0].pk)
    with tenancy.enter(tenancy.Scope.SYSTEM):
        assert not Endpoint.objects.get(pk=hook[0].pk).is_active
    assert states(hook[0]) == {"failed": 1}


def test_saying_it_twice_is_saying_it_once(hook: Hook, receiver: Receiver) -> None:
    announce(hook[0], "TT-1", 1)
    announce(hook[0], "TT-1", 1)
    sending.drain(hook[0].pk)
    sending.drain(hook[0].pk)
    assert len(receiver.got) == 1


def test_an_endpoint_gets_the_kinds_it_asked_for(partner: Partner, receiver: Receiver, loopback: None) -> None:
    endpoint, _ = operations.create(
        partner=partner.row, url=receiver.url, types=["consent.ended"], actor=Acting.machine("x"), at=timezone.now()
    )
    announce(endpoint, "TT-1", 1)
    assert states(endpoint) == {}


def test_a_worker_that_dies_while_it_waits_loses_its_lease_and_the_message_is_sent_again(
    hook: Hook, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, clock = hook[0], Clock()
    announce(endpoint, "TT-1", 1, at=clock.now)
    with monkeypatch.context() as dying:
        dying.setattr(sending, "_record", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            sending.drain(endpoint.pk, clock=clock)
    assert sending.drain(endpoint.pk, clock=clock) == 0  # still leased
    with tenancy.enter(tenancy.Scope.SYSTEM):
        looks = Effect.objects.filter(kind=sending.SEND, not_before=clock.now + sending.LEASE, cancelled_at=None)
        assert looks.count() == 1
    clock.now += sending.LEASE
    assert sending.drain(endpoint.pk, clock=clock) == 1
    assert receiver.ids[0] == receiver.ids[1]


def test_no_transaction_is_open_while_the_socket_waits(transactional_db: None, hook: Hook, receiver: Receiver) -> None:
    seen: list[bool] = []

    def look(got: Got) -> int:
        with connection.cursor() as cursor:  # this thread's own connection
            cursor.execute(
                "select count(*) from pg_stat_activity where datname = current_database()"
                " and state like 'idle in transaction%%' and pid <> pg_backend_pid()"
            )
            seen.append(cursor.fetchone()[0] == 0)
        connections.close_all()
        return 204

    receiver.behave = look
    announce(hook[0], "TT-1", 1)
    sending.drain(hook[0].pk)
    assert seen == [True]


def test_two_workers_at_once_send_each_message_once_and_in_order(
    transactional_db: None, hook: Hook, receiver: Receiver
) -> None:
    endpoint = hook[0]
    for about in range(60):
        announce(endpoint, f"TT-{about % 5}", about)
    threads = [threading.Thread(target=lambda: (sending.drain(endpoint.pk), connections.close_all())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sending.drain(endpoint.pk)
    assert sorted(got.json["data"]["position"] for got in receiver.got) == list(range(60))
    for lane in range(5):
        positions = [g.json["data"]["position"] for g in receiver.got if g.json["data"]["account"] == f"TT-{lane}"]
        assert positions == sorted(positions)


def test_the_effect_wakes_the_sender_after_its_commit(transactional_db: None, hook: Hook, receiver: Receiver) -> None:
    announce(hook[0], "TT-1", 1)
    with tenancy.enter(tenancy.Scope.SYSTEM):
        effect = Effect.objects.get(kind=sending.SEND)
    assert effects.run(effect.pk)
    assert len(receiver.got) == 1
    assert next_due(hook[0]) is None
    with tenancy.enter(tenancy.Scope.SYSTEM):
        assert Delivery.objects.get().attempts == 1
