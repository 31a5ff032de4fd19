"""What all web processes remember together, in Valkey. Everything here works without it, only slower."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

PREFIX = "portal:api:"
# A server that doesn't answer at once is as good as away; while it is away nobody waits for it again and again.
PATIENCE_SECONDS = 0.25
REST_SECONDS = 1.0


class Away(Exception):
    """Valkey doesn't answer now."""


@lru_cache(maxsize=1)
def client() -> redis.Redis:
    # One retry, since a pooled connection may have died with the server's last restart.
    return redis.Redis.from_url(
        settings.BROKER_URL,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )


_rest_until = 0.0


def ask[T](question: Callable[[redis.Redis], T], *, insist: bool = False) -> T:
    """The answer to a question. Raises Away, also within a second of the last failure unless `insist` is given."""
    global _rest_until
    if not insist and time.monotonic() < _rest_until:
        raise Away
    try:
        return question(client())
    except (redis.RedisError, OSError) as error:
        _rest_until = time.monotonic() + REST_SECONDS
        raise Away from error


def name(*parts: object) -> str:
    return PREFIX + ":".join(map(str, parts))
