"""A process without a sign of life is named after the time it is given, and not before."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from portal.pulse import EVERY, PATIENCE, Pulse


class Portal:
    """A web server that gives the answers it is told to give; None drops the call."""

    def __init__(self) -> None:
        portal = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = portal.answers.get(self.path)
                if body is None:
                    return
                self.send_response(200 if body.get("worker") != "failing" else 503)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode() if body else b"<html>")

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.answers: dict[str, dict[str, str] | None] = {}
        self.say(worker="ok")

    def say(self, *, worker: str, broker: str = "ok") -> None:
        self.answers = {"/healthz": {"status": "ok"}, "/readyz": {"broker": broker, "worker": worker}}


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, pulse: Pulse, seconds: float) -> list[str]:
        """Ask as the run does while time goes by; what was lost at the end."""
        end, lost = self.now + seconds, []
        while self.now < end:
            self.now += EVERY
            lost = pulse.lost()
        return lost


@pytest.fixture
def portal() -> Iterator[Portal]:
    portal = Portal()
    threading.Thread(target=portal.server.serve_forever, daemon=True).start()
    yield portal
    portal.server.shutdown()
    portal.server.server_close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pulse(portal: Portal, clock: Clock) -> Pulse:
    return Pulse(portal.server.server_port, clock)


def test_nobody_is_lost_while_all_answer(pulse, clock):
    assert clock.pass_by(pulse, 3 * PATIENCE) == []


def test_a_worker_without_heartbeat_is_lost_after_its_time(portal, pulse, clock):
    portal.say(worker="failing")
    assert clock.pass_by(pulse, PATIENCE) == []
    assert clock.pass_by(pulse, EVERY) == ["worker"]
    pulse.expect("worker")
    assert clock.pass_by(pulse, PATIENCE) == []
    portal.say(worker="ok")
    assert clock.pass_by(pulse, PATIENCE + EVERY) == []


def test_a_worker_is_not_blamed_for_the_broker(portal, pulse, clock):
    portal.say(worker="failing", broker="failing")
    assert clock.pass_by(pulse, 3 * PATIENCE) == []


@pytest.mark.parametrize("answer", [None, {}], ids=["dropped calls", "no JSON"])
def test_a_web_server_that_gives_no_answer_is_lost_and_the_worker_is_not(answer, portal, pulse, clock):
    portal.answers = {"/healthz": answer, "/readyz": answer}
    assert clock.pass_by(pulse, PATIENCE + EVERY) == ["web"]


def test_nothing_is_asked_more_often_than_agreed(portal, pulse, clock):
    portal.answers = {}
    clock.now += PATIENCE + EVERY
    assert pulse.lost() == ["web"]
    portal.say(worker="ok")
    clock.now += EVERY / 2
    assert pulse.lost() == []
    assert clock.pass_by(pulse, EVERY) == []
