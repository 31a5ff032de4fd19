"""Marks of change: by them a process sees that an answer it remembers may not hold any more.

A mark is a random word per account and per partner client in Valkey. Whatever changes an account's standing sets the
account's mark anew; whatever changes what a client may see sets the client's. Two more words save most of the asking:
`all` is set with every mark, and `epoch` is lost, and so noticed, when Valkey is wiped.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass

import redis

from fastlane.publishing import valkey

# Longer than any answer lives, so that a mark never fades before the answers it speaks of.
KEPT_SECONDS = 900
# How old a process's knowledge of the marks may be: well under the second in which a "no" must be seen.
TRUSTED_SECONDS = 0.25

_ALL, _EPOCH = valkey.name("mark", "all"), valkey.name("mark", "epoch")


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks that stood when something was read; `everything` is the word that any change replaces."""

    everything: bytes
    epoch: bytes
    client: bytes | None
    account: bytes | None

    def same_subject(self, other: Marks) -> bool:
        return (self.epoch, self.client, self.account) == (other.epoch, other.client, other.account)

    def since(self, before: Marks) -> Marks:
        """These marks with all but the account's as they stood before."""
        return Marks(before.everything, before.epoch, before.client, self.account)


def read(client_id: str, account_id: int) -> Marks:
    """The marks as they stand now (account 0: no account). Raises Away."""
    keys = [_ALL, _EPOCH, _of_client(client_id), _of_account(account_id)]

    def question(server: redis.Redis) -> list[bytes | None]:
        found = server.mget(keys)
        if found[0] is None or found[1] is None:
            server.msetnx({_ALL: _word(), _EPOCH: _word()})
            # After a wipe either word may stand alone for a moment.
            server.set(_ALL, _word(), nx=True)
            server.set(_EPOCH, _word(), nx=True)
            found = server.mget(keys)
        return list(found)

    everything, epoch, client, account = valkey.ask(question)
    return Marks(everything or b"", epoch or b"", client, account)


def change(*, accounts: tuple[int, ...] = (), clients: tuple[str, ...] = ()) -> None:
    """Say that these changed, so that every process notices within TRUSTED_SECONDS. Raises Away."""

    def statement(server: redis.Redis) -> None:
        with server.pipeline(transaction=True) as line:
            for key in [*map(_of_account, accounts), *map(_of_client, clients)]:
                line.set(key, _word(), ex=KEPT_SECONDS)
            line.set(_ALL, _word())
            line.execute()

    _latest.forget()
    valkey.ask(statement, insist=True)


class _Latest:
    """This process's knowledge of `all`, at most TRUSTED_SECONDS old."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._word: bytes | None = None
        self._asked = float("-inf")

    def word(self) -> bytes:
        """Raises Away."""
        word = self._word
        if word is None or time.monotonic() - self._asked > TRUSTED_SECONDS:
            asked = time.monotonic()
            word = valkey.ask(lambda server: server.get(_ALL)) or b""
            with self._lock:
                self._word, self._asked = word, asked
        return word

    def forget(self) -> None:
        with self._lock:
            self._word = None


_latest = _Latest()
latest = _latest.word
forget = _latest.forget


def _of_account(account_id: int) -> str:
    return valkey.name("mark", "account", account_id)


def _of_client(client_id: str) -> str:
    return valkey.name("mark", "client", client_id)


def _word() -> str:
    return secrets.token_hex(8)
