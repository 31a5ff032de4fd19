"""How often a caller may ask in a minute, and the headers that say so (IETF draft: RateLimit header fields)."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import redis

from fastlane.publishing import valkey

WINDOW_SECONDS = 60
MOST_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Quota:
    """Where a caller stands in this minute. `used` counts everything asked for, also what was refused."""

    limit: int
    used: int
    resets_in: int  # seconds

    @property
    def exceeded(self) -> bool:
        return self.used > self.limit

    @property
    def spent(self) -> bool:
        """Nothing is left: the next one will be refused."""
        return self.used >= self.limit

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"minute";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"minute";r={max(self.limit - self.used, 0)};t={self.resets_in}',
        }


# The newest count this process has heard per caller: (minute, used).
_heard: dict[str, tuple[int, int]] = {}
_lock = threading.Lock()


def charge(caller: str, limit: int, *, now: float) -> Quota:
    """Count one answer. The count is shared by all processes; while Valkey is away each process counts alone."""
    minute = int(now) // WINDOW_SECONDS
    key = valkey.name("quota", caller, minute)

    def question(server: redis.Redis) -> int:
        with server.pipeline(transaction=False) as line:
            line.incr(key)
            line.expire(key, 2 * WINDOW_SECONDS)
            return int(line.execute()[0])

    try:
        used = valkey.ask(question)
    except valkey.Away:
        used = _heard_in(caller, minute) + 1
    _hear(caller, minute, used)
    return _quota(limit, used, now)


def look(caller: str, limit: int, *, now: float) -> Quota:
    """Where the caller stands as far as this process has heard, without asking or counting."""
    return _quota(limit, _heard_in(caller, int(now) // WINDOW_SECONDS), now)


def forget() -> None:
    """Drop what this process has heard."""
    with _lock:
        _heard.clear()


def _quota(limit: int, used: int, now: float) -> Quota:
    return Quota(limit, used, WINDOW_SECONDS - int(now) % WINDOW_SECONDS)


def _heard_in(caller: str, minute: int) -> int:
    heard = _heard.get(caller)
    return heard[1] if heard is not None and heard[0] == minute else 0


def _hear(caller: str, minute: int, used: int) -> None:
    with _lock:
        if len(_heard) >= MOST_REMEMBERED:
            _heard.clear()
        # Answers of Valkey to several threads may arrive in another order.
        _heard[caller] = (minute, max(used, _heard_in(caller, minute)))
