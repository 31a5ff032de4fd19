"""Retries are safe in the running portal: many keys, each sent by eight at once, with servers killed in between (P23)."""

from __future__ import annotations

import json
import os
import random
import signal
import time
import urllib.error
import urllib.request
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import psutil
import pytest
from django.utils import timezone

from accounts import tenancy
from fastlane.scopes import WEBHOOKS_MANAGE
from fastlane.webhooks import operations
from fastlane.webhooks.models import Delivery, Endpoint
from tests.fastlane.conftest import a_partner
from tests.proofs.serving import a_site, site_log
from tests.world import size

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

KEYS, AT_ONCE = size(24, 1000), 8
KILLED_EVERY = 12
CALM = 10.0  # seconds between kills: a server whose workers die faster gives up, rightly
PATIENCE = 60.0
RESPAWN = {"GRANIAN_RESPAWN_FAILED_WORKERS": "true", "GRANIAN_RESPAWN_INTERVAL": "0.1"}


def send(address: str, token: str, key: str) -> tuple[int, bytes]:
    """As a client that repeats until it has an answer: no answer, 409 and 5xx are tried again."""
    until, last = time.monotonic() + PATIENCE, ""
    while time.monotonic() < until:
        request = urllib.request.Request(address, b"", method="POST", headers={
            "Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json",
        })  # fmt: skip
        try:
            status, body = _sent(request)
        except (OSError, ValueError, HTTPException) as error:  # a killed worker leaves half an answer
            last = repr(error)
        else:
            if status not in {409, 500, 502, 503}:
                return status, body
            last = f"{status} {body.decode()}"
        time.sleep(0.05)
    raise AssertionError(f"no answer under {key}: {last}\n{site_log().read_text()[-2000:]}")


def _sent(request: urllib.request.Request) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


def kill_a_worker(chance: random.Random) -> None:
    """Kill one of the server's own workers; its parent, which we started, starts another."""
    servers = [child for child in psutil.Process().children() if "granian" in " ".join(child.cmdline())]
    workers = [p for server in servers for p in server.children() if "resource_tracker" not in " ".join(p.cmdline())]
    os.kill(chance.choice(workers).pid, signal.SIGKILL)


def test_one_effect_per_key_and_the_same_answer() -> None:
    partner = a_partner(quota=1_000_000)
    endpoint, _ = operations.create(
        partner=partner.row, url="https://hooks.example.org/", actor=operations.Acting.machine(partner.client_id),
        at=timezone.now(),
    )  # fmt: skip
    token = partner.token(WEBHOOKS_MANAGE)
    chance, killed, last_killed = random.Random(11), 0, float("-inf")
    keys = [f"key {number}" for number in range(KEYS)]
    with a_site(workers=2, threads=8, settings=RESPAWN) as site:
        address = f"{site}/api/v1/webhooks/{endpoint.key}/test"
        answers: dict[str, set[tuple[int, bytes]]] = defaultdict(set)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for number, key in enumerate(keys):
                sent = [pool.submit(send, address, token, key) for _ in range(AT_ONCE)]
                if number % KILLED_EVERY == KILLED_EVERY // 2 and time.monotonic() - last_killed > CALM:
                    kill_a_worker(chance)
                    killed, last_killed = killed + 1, time.monotonic()
                for answer in sent:
                    answers[key].add(answer.result())
    with tenancy.enter(tenancy.Scope.SYSTEM):
        done = Delivery.objects.filter(endpoint=Endpoint.objects.get()).count()
    print(f"\n{KEYS} keys x {AT_ONCE} sends, {killed} workers killed: {done} effects")
    assert killed
    assert done == KEYS
    assert {len(found) for found in answers.values()} == {1}
    assert len({json.loads(body)["delivery"] for found in answers.values() for _, body in found}) == KEYS
