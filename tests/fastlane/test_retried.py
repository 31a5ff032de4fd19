"""Retries are safe in the running portal: many keys, each sent by eight at once, with servers killed in between (P23)."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil
import pytest
from django.utils import timezone

from accounts import tenancy
from fastlane.scopes import WEBHOOKS_MANAGE
from fastlane.webhooks import operations
from fastlane.webhooks.models import Delivery, Endpoint
from tests.fastlane.conftest import a_partner
from tests.proofs.serving import a_site
from tests.world import size

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

KEYS, AT_ONCE = size(60, 1000), 8
PATIENCE = 60.0
RESPAWN = {"GRANIAN_RESPAWN_FAILED_WORKERS": "true", "GRANIAN_RESPAWN_INTERVAL": "0.1"}


def send(address: str, token: str, key: str) -> tuple[int, bytes]:
    """As a client that repeats until it has an answer: no answer, 409 and 5xx are tried again."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        request = urllib.request.Request(address, b"", method="POST", headers={
            "Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json",
        })  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            if refused.code not in {409, 500, 502, 503}:
                return refused.code, refused.read()
        except (OSError, ValueError):
            pass
        time.sleep(0.05)
    raise AssertionError(f"no answer under {key}")


@contextmanager
def killing(chance: random.Random) -> Iterator[list[int]]:
    """Kill one of the server's own workers now and then; its parent, which we started, starts another."""
    over, killed = threading.Event(), []

    def run() -> None:
        while not over.wait(chance.uniform(1.5, 2.5)):
            workers = [p for child in psutil.Process().children() if "granian" in " ".join(child.cmdline())
                       for p in child.children()]  # fmt: skip
            if workers:
                victim = chance.choice(workers)
                os.kill(victim.pid, signal.SIGKILL)
                killed.append(victim.pid)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def test_one_effect_per_key_and_the_same_answer() -> None:
    partner = a_partner(quota=1_000_000)
    endpoint, _ = operations.create(
        partner=partner.row, url="https://hooks.example.org/", actor=operations.Acting.machine(partner.client_id),
        at=timezone.now(),
    )  # fmt: skip
    token = partner.token(WEBHOOKS_MANAGE)
    keys = [f"key {number}" for number in range(KEYS)]
    with a_site(workers=2, threads=8, settings=RESPAWN) as site, killing(random.Random(11)) as killed:
        address = f"{site}/api/v1/webhooks/{endpoint.key}/test"
        answers: dict[str, set[tuple[int, bytes]]] = defaultdict(set)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for key in keys:
                for answer in pool.map(lambda _, key=key: send(address, token, key), range(AT_ONCE)):
                    answers[key].add(answer)
    with tenancy.enter(tenancy.Scope.SYSTEM):
        done = Delivery.objects.filter(endpoint=Endpoint.objects.get()).count()
    print(f"\n{KEYS} keys x {AT_ONCE} sends, {len(killed)} workers killed: {done} effects")
    assert done == KEYS
    assert {len(found) for found in answers.values()} == {1}
    assert len({json.loads(body)["delivery"] for found in answers.values() for _, body in found}) == KEYS
