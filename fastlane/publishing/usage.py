"""How often each client calls what, and how it is answered: counted in the process, shared by Valkey, kept by hour.

It is for charts alone, so what a dying process has not handed over yet may be lost; the quota doesn't depend on it.
"""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import redis
from django.db import connection

from accounts import tenancy
from fastlane.publishing import valkey

HANDED_OVER_AFTER = 5.0  # seconds
KEPT_IN_VALKEY = 86_400  # seconds: a worker that is away for a day loses nothing
KEPT = timedelta(days=92)

type Key = tuple[int, str, str, int]  # hour since the epoch, client, route, status

_counts: Counter[Key] = Counter()
_lock = threading.Lock()
_timer: threading.Timer | None = None


def count(client_id: str, route: str, status: int, *, now: float) -> None:
    """Count one call. `now` is in seconds since the epoch."""
    global _timer
    with _lock:
        _counts[int(now) // 3600, client_id, route, status] += 1
        if _timer is None:
            _timer = threading.Timer(HANDED_OVER_AFTER, hand_over)
            _timer.daemon = True
            _timer.start()


def hand_over() -> None:
    """Add what this process has counted to what all have counted."""
    global _timer
    with _lock:
        mine = dict(_counts)
        _counts.clear()
        _timer = None

    def statement(server: redis.Redis) -> None:
        with server.pipeline(transaction=True) as line:
            for (hour, client_id, route, status), calls in mine.items():
                line.hincrby(_name(hour), f"{client_id}|{route}|{status}", calls)
                line.expire(_name(hour), KEPT_IN_VALKEY)
            line.execute()

    try:
        if mine:
            valkey.ask(statement)
    except valkey.Away:
        with _lock:
            _counts.update(mine)


def collect(*, at: datetime) -> int:
    """Move what was counted into the database, and forget what is old. Returns how many calls."""
    hour = int(at.timestamp()) // 3600
    moved = sum(_collect(each) for each in range(hour - KEPT_IN_VALKEY // 3600, hour + 1))
    with tenancy.enter(tenancy.Scope.SYSTEM), connection.cursor() as cursor:
        cursor.execute("delete from fastlane_usagehour where hour < %s", [at - KEPT])
    return moved


def _collect(hour: int) -> int:
    def question(server: redis.Redis) -> dict[bytes, bytes]:
        with server.pipeline(transaction=True) as line:
            line.hgetall(_name(hour))
            line.delete(_name(hour))
            found: dict[bytes, bytes] = line.execute()[0]
            return found

    counted = valkey.ask(question)
    if counted:
        with tenancy.enter(tenancy.Scope.SYSTEM), connection.cursor() as cursor:
            for key, calls in counted.items():
                client_id, route, status = key.decode().split("|")
                cursor.execute(
                    "insert into fastlane_usagehour (client_id, hour, route, status, calls) values (%s, %s, %s, %s, %s)"
                    " on conflict (client_id, hour, route, status) do update"
                    " set calls = fastlane_usagehour.calls + excluded.calls",
                    [client_id, datetime.fromtimestamp(hour * 3600, UTC), route, int(status), int(calls)],
                )
    return sum(map(int, counted.values()))


def _name(hour: int) -> str:
    return valkey.name("usage", hour)
