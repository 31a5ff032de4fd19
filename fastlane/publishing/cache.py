"""Signed answers: made once, shared by all processes through Valkey, kept until they expire or the facts change."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass

import redis

from fastlane.publishing import valkey

MOST_REMEMBERED = 20_000
_DIGEST = 16


@dataclass(frozen=True, slots=True)
class Answer:
    """A signed body and until when it may be given out (seconds since the epoch)."""

    body: bytes
    etag: str
    last_modified: str
    valid_until: float


def answer(body: bytes, *, last_modified: str, valid_until: float) -> Answer:
    """An answer with its strong ETag: equal for equal bodies, and only for those."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:18]).decode()
    return Answer(body, f'"{digest}"', last_modified, valid_until)


# Only the first of several processes that sign the same facts at once is believed; the others give out its answer.
_SHARE = """
local found = redis.call('get', KEYS[1])
if found and string.sub(found, 1, 16) == ARGV[1] then return found end
redis.call('set', KEYS[1], ARGV[2], 'px', ARGV[3])
return ARGV[2]
"""


def shared(account_id: int, question: str, facts: str, *, now: float, sign: Callable[[], Answer]) -> Answer:
    """The answer to a question about an account: what was signed for just these facts, or a new one.

    `facts` is whatever the answer depends on, as the database has just told it, so that no stale answer can pass.
    """
    digest = hashlib.sha256(facts.encode()).digest()[:_DIGEST]
    own = _own.get((account_id, question))
    key = valkey.name("answer", account_id, question)
    try:
        found = _read(valkey.ask(lambda server: server.get(key)), digest)
        if found is None or found.valid_until <= now:
            fresh = sign()
            found = _read(valkey.ask(lambda server: _share(server, key, digest, fresh, now)), digest) or fresh
            if found.valid_until <= now:  # Valkey's clock is behind ours
                found = fresh
    except valkey.Away:
        # Without Valkey each process keeps its own, so that an unchanged answer still keeps its ETag.
        found = own[1] if own and own[0] == digest and own[1].valid_until > now else sign()
    _remember(account_id, question, digest, found)
    return found


_own: dict[tuple[int, str], tuple[bytes, Answer]] = {}
_lock = threading.Lock()


def forget() -> None:
    """Drop what this process remembers."""
    with _lock:
        _own.clear()


def _remember(account_id: int, question: str, digest: bytes, found: Answer) -> None:
    with _lock:
        if len(_own) >= MOST_REMEMBERED:
            _own.clear()
        _own[account_id, question] = (digest, found)


def _share(server: redis.Redis, key: str, digest: bytes, fresh: Answer, now: float) -> bytes | None:
    lasts = max(int((fresh.valid_until - now) * 1000), 1)
    found: bytes | None = server.eval(_SHARE, 1, key, digest, _written(digest, fresh), str(lasts))  # type: ignore[no-untyped-call]
    return found


def _written(digest: bytes, fresh: Answer) -> bytes:
    return digest + f"{fresh.valid_until}\n{fresh.last_modified}\n".encode() + fresh.body


def _read(found: bytes | None, digest: bytes) -> Answer | None:
    if found is None or found[:_DIGEST] != digest:
        return None
    valid_until, last_modified, body = found[_DIGEST:].split(b"\n", 2)
    return answer(body, last_modified=last_modified.decode(), valid_until=float(valid_until))
