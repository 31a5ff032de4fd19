"""Accepted means done: real workers die at named points, the broker is wiped or away, and every mail goes out."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone

from accounts import effects, notices, tenancy
from accounts.effects.models import Effect
from accounts.effects.tasks import sweep
from tests import builders, services
from tests.fragile import ORDER, POINTS, order_kill
from tests.world import size

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
PATIENCE = 180.0


def until(true: Callable[[], bool], what: str, *, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Wait for something to become true, with a deadline."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"still not: {what}"
        meanwhile()
        time.sleep(0.05)


class Worker:
    """The portal's worker, one child, in a process group of its own."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "celery", "-A", "tests.fragile", "worker", "-c", "1", "-l", "error",
             "--without-gossip", "--without-mingle", "--without-heartbeat"],
            env=services.process_environment() | {"PORTAL_FRAGILE": "yes"},
            cwd=services.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def start_again_if_dead(self) -> None:
        if self.process.poll() is not None:
            self.start()

    def end(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, 9)
        self.process.wait()


@contextmanager
def a_worker() -> Iterator[Worker]:
    worker = Worker()
    try:
        yield worker
    finally:
        worker.end()


def mail_folder() -> Path:
    return Path(os.environ["PORTAL_LOCAL"]) / "mail"


def mails() -> Counter[str]:
    """How often each message id lies in the mail folder."""
    return Counter(str(message_from_bytes(path.read_bytes())["Message-ID"]) for path in mail_folder().glob("*.eml"))


@pytest.fixture
def reader() -> Iterator[object]:
    for path in mail_folder().glob("*.eml"):
        path.unlink()
    ORDER.unlink(missing_ok=True)
    yield builders.a_user("Rita Reader")
    ORDER.unlink(missing_ok=True)


def tell(user: object, count: int) -> None:
    with tenancy.enter(tenancy.Scope.SYSTEM):
        for number in range(count):
            notices.tell([user], kind="test", subject=f"Word {number}", body="Words.", at=timezone.now())


def left() -> int:
    with tenancy.enter(tenancy.Scope.SYSTEM):
        return Effect.objects.filter(done_at=None).count()


def ask_for_a_sweep() -> None:
    """What the timer does: a message that is worth nothing soon."""
    current_app.send_task("accounts.effects.sweep", expires=2, ignore_result=True)


def hasten() -> None:
    """A try that failed waits some seconds before the next one; a test needn't."""
    with tenancy.enter(tenancy.Scope.SYSTEM):
        Effect.objects.filter(done_at=None).update(not_before=timezone.now())


def flush_the_broker() -> None:
    with current_app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()


def test_no_mail_is_lost_or_doubled_when_workers_are_killed_and_the_broker_is_wiped(reader):
    told = killed = wiped = 0
    with a_worker() as worker:
        for number in range(size(12, 60)):
            point = POINTS[number % len(POINTS)]
            order_kill(point, whole=number % 6 == 5)
            tell(reader, 3)
            told += 3
            if number % 6 == 3:
                flush_the_broker()
                wiped += 1
            # A worker that was killed may still seem alive in the moment the order is gone: look again each time.
            until(
                lambda: not ORDER.exists(),
                f"killed {point}",
                meanwhile=lambda: (worker.start_again_if_dead(), ask_for_a_sweep()),
            )
            killed += 1
        until(
            lambda: left() == 0,
            "everything done",
            meanwhile=lambda: (worker.start_again_if_dead(), hasten(), ask_for_a_sweep()),
        )
    sent = mails()
    repeated = sum(sent.values()) - len(sent)
    print(f"\n{killed} kills, {wiped} wipes: {told} told, {len(sent)} mails, {repeated} repeated under the same id")
    assert (killed, wiped) == (size(12, 60), size(2, 10))
    assert len(sent) == told
    assert repeated <= killed


def test_a_wiped_broker_alone_would_lose_the_work(reader):
    """The control: the message is gone with the broker; only the sweeper finds the row."""
    tell(reader, 2)
    flush_the_broker()
    with a_worker():
        until(lambda: bool(current_app.control.ping(timeout=0.5)), "the worker answers")
        assert left() == 2
        until(lambda: left() == 0, "swept", meanwhile=ask_for_a_sweep)
    assert len(mails()) == 2


TELL = """
import time, django
django.setup()
from django.utils import timezone
from accounts import effects, notices, tenancy
from accounts.models import User
with tenancy.enter(tenancy.Scope.SYSTEM):
    user = User.objects.get(pk={user})
start = time.monotonic()
with tenancy.enter(tenancy.Scope.SYSTEM):
    for number in range(5):
        notices.tell([user], kind="test", subject="Hello", body="Words.", at=timezone.now())
print("took", time.monotonic() - start)
"""


@contextmanager
def a_silent_server() -> Iterator[int]:
    """A broker that takes the call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("broker", ["closed", "silent"])
def test_without_the_broker_work_is_still_taken_and_done_later(broker, reader):
    with a_silent_server() as silent:
        url = f"redis://127.0.0.1:{silent if broker == 'silent' else 1}/0"
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", TELL.format(user=reader.pk)],
            env=services.process_environment() | {"BROKER_URL": url},
            cwd=services.ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    seconds = float(done.stdout.split("took")[1])
    print(f"\n{broker}: {seconds:.2f} s")
    assert seconds < 4  # figure: 2 s; twice that on a busy machine
    assert left() == 5
    assert sweep() == 5  # the sweeper catches up
    assert left() == 0


def test_two_workers_at_one_effect_serve_it_once(monkeypatch):
    inside, go_on, served = threading.Event(), threading.Event(), []

    def handle(effect: Effect) -> str:
        served.append(effect.pk)
        inside.set()
        assert go_on.wait(20)
        return "served"

    monkeypatch.setitem(effects.HANDLERS, "test.effect", [handle])
    effect = effects.add("test.effect", "a", 1, at=timezone.now())

    def work() -> None:
        try:
            effects.run(effect.pk)
        finally:
            connection.close()

    first = threading.Thread(target=work)
    first.start()
    assert inside.wait(20)
    assert not effects.run(effect.pk)  # another is at it: passed over, not waited for
    go_on.set()
    first.join()
    assert not effects.run(effect.pk)
    assert served == [effect.pk]
