"""Where a call comes from: the request id and the channel, for events and logs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    channel: str = "system"  # page, admin, api, worker, command, system
    request_id: str = ""
    address: str = ""  # the caller's network address; kept only where someone signs


_current: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - it is frozen


def current() -> Origin:
    return _current.get()


@contextmanager
def coming_from(channel: str, *, request_id: str = "", address: str = "") -> Iterator[None]:
    token = _current.set(Origin(channel, request_id, address))
    try:
        yield
    finally:
        _current.reset(token)
