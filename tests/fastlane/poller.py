"""A partner's poller in a process of its own: asks in turn, keeps ETags, and notes every answer as it was heard.

`python -m tests.fastlane.poller` reads a plan as JSON from standard input, asks for each member once ("ready"), waits
for a line, polls at the plan's rate, and then prints its notes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.client import HTTPConnection

from tests import services

TOLD = ("RateLimit", "RateLimit-Policy", "ETag", "X-Request-ID")


@dataclass(frozen=True)
class Plan:
    port: int
    token: str
    members: list[str]
    seconds: float
    rate: float  # requests a second, of all connections together
    connections: int = 4


@dataclass(frozen=True, slots=True)
class Note:
    """One answer. Times are seconds since the epoch; `body` is empty for a 304."""

    member: str
    asked: float
    heard: float
    status: int
    etag: str
    body: str
    quota: str
    complete: bool  # every header that each answer must have is there


class Poller:
    """One connection with what it remembers."""

    def __init__(self, plan: Plan, members: list[str]) -> None:
        self.plan, self.members = plan, members
        self.connection = HTTPConnection("127.0.0.1", plan.port, timeout=10)
        self.etags: dict[str, str] = {}
        self.notes: list[Note] = []

    def ask(self, member: str) -> None:
        headers = {"Authorization": f"Bearer {self.plan.token}", "Host": "localhost"}
        if etag := self.etags.get(member):
            headers["If-None-Match"] = etag
        asked = time.time()
        self.connection.request("GET", f"/api/v1/members/account/{member}", headers=headers)
        answer = self.connection.getresponse()
        body = answer.read().decode()
        given = answer.headers
        self.etags[member] = given.get("ETag", "")
        self.notes.append(
            Note(
                member, asked, time.time(), answer.status, self.etags[member], body, given.get("RateLimit", ""),
                all(name in given for name in TOLD),
            )
        )  # fmt: skip

    def once(self) -> None:
        for member in self.members:
            self.ask(member)

    def poll(self, begin: float) -> None:
        """Ask at fixed moments, one member after the other."""
        every = self.plan.connections / self.plan.rate
        for number in range(int(self.plan.seconds / every)):
            time.sleep(max(begin + number * every - time.monotonic(), 0))
            self.ask(self.members[number % len(self.members)])


def together(pollers: list[Poller], method: str, *arguments: float) -> None:
    threads = [threading.Thread(target=getattr(poller, method), args=arguments) for poller in pollers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> None:
    plan = Plan(**json.loads(sys.stdin.readline()))
    pollers = [Poller(plan, plan.members[n :: plan.connections]) for n in range(plan.connections)]
    together(pollers, "once")
    warm = [len(poller.notes) for poller in pollers]
    print("ready", flush=True)
    sys.stdin.readline()
    together(pollers, "poll", time.monotonic())
    print(json.dumps([asdict(note) for poller, w in zip(pollers, warm, strict=True) for note in poller.notes[:w]]))
    print(json.dumps([asdict(note) for poller, w in zip(pollers, warm, strict=True) for note in poller.notes[w:]]))


class Polling:
    """A poller at work, as the test sees it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.first: list[Note] = []
        self.polled: list[Note] = []

    def begin(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def end(self) -> None:
        """Wait for the notes."""
        out, _ = self.process.communicate(timeout=120)
        first, polled = out.splitlines()
        self.first = [Note(**note) for note in json.loads(first)]
        self.polled = [Note(**note) for note in json.loads(polled)]


@contextmanager
def polling(plan: Plan) -> Iterator[Polling]:
    """A poller that has each member's first answer and waits to begin."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fastlane.poller"], cwd=services.ROOT, text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(asdict(plan)) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n", "the poller did not get its first answers"
        yield Polling(process)
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
