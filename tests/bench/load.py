"""A load generator in its own process: raw sockets kept open, requests made beforehand, so that it costs little.

`python -m tests.bench.load` reads a plan as JSON from standard input and prints what it saw. Every program under test
is asked by the same code with as many connections.
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Plan:
    """What to ask: raw requests in turn, from a port on this machine. `rate` 0 asks as fast as answers come."""

    port: int
    requests: list[str]
    seconds: float
    connections: int = 8
    rate: float = 0.0


@dataclass(frozen=True)
class Seen:
    per_second: float
    p50_ms: float
    p99_ms: float
    statuses: dict[str, int]


def run(plan: Plan) -> Seen:
    """Run a plan in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=json.dumps(plan.__dict__),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=plan.seconds + 60,
    )
    return Seen(**json.loads(done.stdout))


@dataclass
class Connection:
    sock: socket.socket
    waiting: bytes = b""
    asked: float = 0.0
    missing: int = -1  # bytes of the answer that are still to come; -1 before its head is whole
    busy: bool = False


@dataclass
class Run:
    plan: Plan
    requests: list[bytes]
    times: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    sent: int = 0

    def ask(self, connection: Connection, due: float) -> None:
        connection.asked, connection.busy, connection.waiting, connection.missing = due, True, b"", -1
        connection.sock.sendall(self.requests[self.sent % len(self.requests)])
        self.sent += 1

    def hear(self, connection: Connection) -> bool:
        """Take what came; True when the answer is whole."""
        got = connection.sock.recv(65536)
        if not got:
            raise ConnectionError("The server closed a connection.")
        connection.waiting += got
        if connection.missing < 0:
            head, found, rest = connection.waiting.partition(b"\r\n\r\n")
            if not found:
                return False
            status = head[9:12].decode()
            self.statuses[status] += 1
            length = 0 if status == "304" else _length(head)
            connection.missing = length - len(rest)
        else:
            connection.missing -= len(got)
        if connection.missing > 0:
            return False
        self.times.append(time.perf_counter() - connection.asked)
        connection.busy = False
        return True


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    raise ValueError("An answer without Content-Length.")


def measure(plan: Plan) -> Seen:
    run = Run(plan, [request.encode() for request in plan.requests])
    ready = selectors.DefaultSelector()
    connections = [Connection(socket.create_connection(("127.0.0.1", plan.port))) for _ in range(plan.connections)]
    for connection in connections:
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ready.register(connection.sock, selectors.EVENT_READ, connection)
    began = time.perf_counter()
    if plan.rate:
        _paced(run, connections, ready, began)
    else:
        _eager(run, connections, ready, began)
    took = time.perf_counter() - began
    times = sorted(run.times)
    return Seen(
        per_second=len(times) / took,
        p50_ms=times[len(times) // 2] * 1000,
        p99_ms=times[int(len(times) * 0.99)] * 1000,
        statuses=dict(run.statuses),
    )


def _eager(run: Run, connections: list[Connection], ready: selectors.BaseSelector, began: float) -> None:
    end = began + run.plan.seconds
    for connection in connections:
        run.ask(connection, time.perf_counter())
    while any(connection.busy for connection in connections):
        for key, _ in ready.select(1):
            if run.hear(key.data) and time.perf_counter() < end:
                run.ask(key.data, time.perf_counter())


def _paced(run: Run, connections: list[Connection], ready: selectors.BaseSelector, began: float) -> None:
    """Ask at fixed moments; an answer's time counts from the moment it was due, also when no connection was free."""
    total, due = int(run.plan.rate * run.plan.seconds), 0
    while due < total or any(connection.busy for connection in connections):
        now = time.perf_counter()
        while due < total and began + due / run.plan.rate <= now:
            free = next((connection for connection in connections if not connection.busy), None)
            if free is None:
                break
            run.ask(free, began + due / run.plan.rate)
            due += 1
        pause = max(began + due / run.plan.rate - now, 0) if due < total else 1
        for key, _ in ready.select(min(pause, 0.001) if due < total else 1):
            run.hear(key.data)


if __name__ == "__main__":
    print(json.dumps(measure(Plan(**json.load(sys.stdin))).__dict__))
