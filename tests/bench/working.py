"""Effects a second with the portal's real worker, and how long `make run` lets people wait."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from celery import current_app
from django.utils import timezone

from accounts import effects as effects_package
from accounts import notices
from accounts.effects.models import Effect
from tests import builders
from tests.bench.nothing import KIND
from tests.bench.rows import Line, row
from tests.bench.world import FOLDER, ROOT, World

SERVICES = ("DATABASE_URL", "DATABASE_OWNER_URL", "BROKER_URL", "PORTAL_LOCAL", "PORTAL_LOG_LEVEL")


def until(true: Callable[[], object], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.05)


@row("effects")
def effects(bench: World) -> Iterator[Line]:
    """From the operation's transaction to the mark of the worker: effects that do nothing, and notices by mail."""
    with builders.system():
        reader = builders.a_user("Bench Reader")

    def nothing(turn: int) -> None:
        effects_package.add(KIND, "bench", turn, at=timezone.now())

    def mail(turn: int) -> None:
        notices.tell([reader], kind="test", subject=f"Word {turn}", body="Words.", at=timezone.now())

    mails = FOLDER / "portal" / "mail"
    before = len(list(mails.glob("*.eml"))) if mails.exists() else 0
    worker = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "celery", "-A", "tests.bench.nothing", "worker", "-c", "2", "-l", "error",
         "--without-gossip", "--without-mingle"],
        cwd=ROOT, start_new_session=True,
    )  # fmt: skip
    try:
        until(lambda: current_app.control.ping(timeout=0.5), 120)
        until(lambda: effects_left() == 0, 300)  # what earlier rows have left to do
        many = 12_000 if bench.full else 4000
        rate = _rate(nothing, many)
        with builders.system():
            done = Effect.objects.filter(kind=KIND, done_at__isnull=False, attempts=1).count()
        yield Line(
            "effects, end to end, one worker with two processes",
            f"{rate:.0f}/s, {many - done} of {many:,} lost or doubled", "300/s, 0 lost", rate >= 300 and done == many,
        )  # fmt: skip
        rate = _rate(mail, many // 2)
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(30)
    sent = len(list(mails.glob("*.eml"))) - before
    yield Line(
        "... each a notice, written, mailed and marked", f"{rate:.0f}/s, {many // 2 - sent} of {many // 2:,} lost"
    )


def _rate(make: Callable[[int], None], many: int) -> float:
    began = time.monotonic()
    for turn in range(many):
        with builders.system():
            make(turn)
    until(lambda: effects_left() == 0, 300)
    return many / (time.monotonic() - began)


def effects_left() -> int:
    """What is due and not done."""
    with builders.system():
        return Effect.objects.filter(done_at=None, cancelled_at=None, not_before__lte=timezone.now()).count()


@row("start")
def start(bench: World) -> Iterator[Line]:
    """What a newcomer does: clone, `make run`, wait; then end it and start again. The package caches are warm."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as place:
        Path(place).chmod(0o755)
        clone = Path(place) / "portal"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        first, whole = _run(clone, whole=True)
        yield Line("make run from a clean clone: to the first page", f"{first:.0f} s", "60 s", first <= 60)
        yield Line("... until the demonstration world is whole", f"{whole:.0f} s", "180 s", whole <= 180)
        again, _ = _run(clone, whole=False)
        yield Line("... second start", f"{again:.1f} s", "8 s", again <= 8)
        shutil.rmtree(clone, ignore_errors=True)


def _run(clone: Path, *, whole: bool) -> tuple[float, float]:
    """Seconds from the command to the first page, and to the whole world (0 when it isn't awaited)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if name not in SERVICES}
    said = clone / "run.txt"
    began = time.monotonic()
    with said.open("wb") as output:
        make = subprocess.Popen(
            ["make", "run", f"PORT={port}"], cwd=clone, env=environment, stdout=output, stderr=output
        )
    try:
        until(lambda: _page(port) or _ended(make, said), 600)
        first = time.monotonic() - began
        if whole:
            until(lambda: "world is whole" in said.read_text() or _ended(make, said), 900)
        return first, time.monotonic() - began
    finally:
        make.terminate()
        make.wait(60)


def _ended(make: subprocess.Popen[bytes], said: Path) -> bool:
    if make.poll() is not None:
        raise RuntimeError(f"make run ended: {said.read_text()[-2000:]}")
    return False


def _page(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
