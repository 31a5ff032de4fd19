"""Two real processes that meet in the middle of their transactions, and a database that can be put back in place."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from tests import services

PATIENCE = 60.0  # seconds: a step that takes longer is a failure


def run(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


# --- Putting the database back --------------------------------------------------------------------------------


def tables() -> list[str]:
    return [name for (name,) in run("select tablename from pg_tables where schemaname = 'public' order by 1")]


def keep(place: str) -> None:
    """Keep every row as it is now under this name."""
    with services.as_owner():
        run(f"drop schema if exists {place} cascade")
        run(f"create schema {place}")
        for table in tables():
            run(f"create table {place}.{table} as table public.{table}")


def back_to(place: str) -> None:
    """Put back the rows that `keep` kept, past every trigger and foreign key."""
    with services.as_owner():
        run("set session_replication_role = replica")
        changed = [t for t in tables() if t not in {"django_migrations", "django_session"}]
        run(";".join(f"delete from {t}; insert into {t} table {place}.{t}" for t in changed))
        run("set session_replication_role = default")


# --- Two processes --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Order:
    """What one process is to do: an operation of tests.racer, about which row, as whom."""

    operation: str
    about: int
    actor: int


@dataclass(frozen=True)
class Outcome:
    """How it ended: done, refused or error, with the words that were said."""

    order: Order
    outcome: str
    code: str = ""
    why: str = ""


class Racer:
    """A process with its own connection, told what to do by lines."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.racer"],
            env=services.process_environment(),
            cwd=services.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        )
        self.order: Order | None = None
        self.backend = -1

    def meet(self) -> None:
        """Wait until it is ready."""
        self.backend = self.hear()["backend"]

    def tell(self, order: Order, at: datetime, *, locks: bool) -> None:
        self.order = order
        self._say(json.dumps(vars(order) | {"at": at.isoformat(), "locks": locks}))

    def go(self) -> None:
        self._say("go")

    def speaks(self, seconds: float) -> bool:
        return bool(select.select([self.process.stdout], [], [], seconds)[0])

    def hear(self) -> dict[str, Any]:
        """The next thing it says, other than log lines."""
        assert self.process.stdout
        until = time.monotonic() + PATIENCE
        while self.speaks(max(until - time.monotonic(), 0)):
            line = self.process.stdout.readline()
            assert line, "the process has ended"
            words: dict[str, Any] = json.loads(line)
            if "level" not in words:
                return words
        raise AssertionError(f"no word from {self.order}")

    def end(self) -> None:
        self.process.kill()
        self.process.wait()

    def _say(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()


@contextmanager
def two_racers() -> Iterator[tuple[Racer, Racer]]:
    pair = Racer(), Racer()
    try:
        for racer in pair:
            racer.meet()
        yield pair
    finally:
        for racer in pair:
            racer.end()


def race(pair: tuple[Racer, Racer], first: Order, second: Order, at: datetime, *, locks: bool = True) -> list[Outcome]:
    """The first does its work and holds its breath before the commit; the second comes in the meantime.

    The first goes on once the second waits for it, or has done its own work as well.
    """
    one, two = pair
    one.tell(first, at, locks=locks)
    words = one.hear()
    if "outcome" in words:  # not even possible alone
        return [_outcome(first, words), alone(two, second, at, locks=locks)]
    two.tell(second, at, locks=locks)
    until = time.monotonic() + PATIENCE
    while not two.speaks(0.002) and not _waits_for(two, one):
        assert time.monotonic() < until, "neither waits nor answers"
    one.go()
    done = _outcome(first, one.hear())
    return [done, ending(two, second)]


def alone(racer: Racer, order: Order, at: datetime, *, locks: bool) -> Outcome:
    racer.tell(order, at, locks=locks)
    return ending(racer, order)


def ending(racer: Racer, order: Order) -> Outcome:
    """What becomes of an order whose way is free."""
    words = racer.hear()
    if words == {"at": "pause"}:
        racer.go()
        words = racer.hear()
    return _outcome(order, words)


def _outcome(order: Order, words: dict[str, Any]) -> Outcome:
    return Outcome(order, words["outcome"], words.get("code", ""), words.get("why", ""))


def _waits_for(waiting: Racer, holding: Racer) -> bool:
    return bool(run(f"select 1 where {holding.backend} = any(pg_blocking_pids({waiting.backend}))"))
