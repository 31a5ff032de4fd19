"""Partner systems: who holds a bearer token, and with which scopes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from allauth.idp.oidc.models import Token
from django.db import DatabaseError
from django.http import HttpRequest

# How long a process may remember a token's answer: well under the second in which a revoked key must fail.
REMEMBERED_SECONDS = 0.5
# Polls that keep coming find the answer renewed before that by one of them, so that they never all ask at once.
RENEWED_SECONDS = 0.25
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Machine:
    client_id: str
    scopes: frozenset[str]
    quota_per_minute: int
    expires: float  # seconds since the epoch


_seen: dict[str, tuple[float, Machine | None]] = {}
_renewing: set[str] = set()
_lock = threading.Lock()


def of(request: HttpRequest) -> Machine | None:
    """The machine behind the request's bearer token; None without a token that holds now."""
    kind, _, value = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return by_token(value.strip()) if kind.lower() == "bearer" and value else None


def by_token(value: str) -> Machine | None:
    found = _seen.get(value)
    if found is None or time.monotonic() - found[0] > REMEMBERED_SECONDS:
        found = _look_up(value)
    machine = found[1]
    return machine if machine is not None and machine.expires > time.time() else None


def remembered(value: str) -> Machine | None:
    """The machine, only if this process has asked for it within REMEMBERED_SECONDS.

    Asks itself only to renew an answer that still holds, for one caller at a time, and never raises.
    """
    found = _seen.get(value)
    age = time.monotonic() - found[0] if found else REMEMBERED_SECONDS
    if found is None or found[1] is None or age > REMEMBERED_SECONDS:
        return None
    if age > RENEWED_SECONDS and value not in _renewing:
        found = _renew(value)
    machine = found[1]
    return machine if machine is not None and machine.expires > time.time() else None


def _renew(value: str) -> tuple[float, Machine | None]:
    _renewing.add(value)
    try:
        return _look_up(value)
    except DatabaseError:
        return (0.0, None)  # the whole way knows how to tell
    finally:
        _renewing.discard(value)


def _look_up(value: str) -> tuple[float, Machine | None]:
    found = (time.monotonic(), _ask(value))
    with _lock:
        if len(_seen) >= MOST_REMEMBERED:
            _seen.clear()
        _seen[value] = found
    return found


def forget() -> None:
    """Drop what this process remembers (tests, key changes)."""
    with _lock:
        _seen.clear()


def _ask(value: str) -> Machine | None:
    token = Token.objects.select_related("client__partner").lookup_by_value([Token.Type.ACCESS_TOKEN], value)
    partner = getattr(token.client, "partner", None) if token and token.client else None
    if token is None or partner is None or not partner.is_active:
        return None
    expires = token.expires_at.timestamp() if token.expires_at else float("inf")
    return Machine(str(token.client_id), frozenset(token.get_scopes()), partner.quota_per_minute, expires)
