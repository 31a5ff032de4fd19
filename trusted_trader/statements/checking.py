"""Check a statement against published keys, and say plainly why it is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from trusted_trader.statements.keys import ALGORITHM, TYPE


def gettext_noop(words: str) -> str:
    """Mark words for makemessages; pages translate them when they show them."""
    return words


_ = gettext_noop


class Fault(StrEnum):
    """What may be wrong with a statement."""

    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    TYPE = "type"
    UNKNOWN_KEY = "unknown_key"
    SIGNATURE = "signature"


SENTENCES: Mapping[Fault, str] = {
    Fault.MALFORMED: _("This is not a whole statement. Copy it again, from the first letter to the last."),
    Fault.ALGORITHM: _("The statement is not signed the way this portal signs. Do not rely on it."),
    Fault.TYPE: _("The text is signed, but it is not a statement of standing. Do not rely on it."),
    Fault.UNKNOWN_KEY: _("The statement names a key that this portal does not publish. Ask the portal again."),
    Fault.SIGNATURE: _("The signature does not fit the text, so the text was changed. Ask the portal again."),
}


class StatementRefused(Exception):
    """A statement does not hold; `fault` is for programs, the message for people."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(SENTENCES[fault])
        self.fault = fault


def verify(token: str, jwks: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of a statement that one of the published keys signed. Raises StatementRefused. Ignores the clock."""
    header = _header(token)
    # Judged before any key is touched: "none", HMAC with the public key as secret, and keys sent along are old tricks.
    if header.get("alg") != ALGORITHM:
        raise StatementRefused(Fault.ALGORITHM)
    if header.get("typ") != TYPE:
        raise StatementRefused(Fault.TYPE)
    known = {key.get("kid"): key for key in jwks.get("keys", ())}
    published = known.get(header.get("kid"))
    if published is None:
        raise StatementRefused(Fault.UNKNOWN_KEY)
    try:
        payload = jws.deserialize_compact(token, ECKey.import_key(published), algorithms=[ALGORITHM]).payload
    except (JoseError, ValueError) as error:
        raise StatementRefused(Fault.SIGNATURE) from error
    return _object(payload)


def _header(token: str) -> dict[str, Any]:
    try:
        return jws.extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, TypeError) as error:
        raise StatementRefused(Fault.MALFORMED) from error


def _object(payload: bytes) -> dict[str, Any]:
    try:
        content = json.loads(payload)
    except ValueError as error:
        raise StatementRefused(Fault.MALFORMED) from error
    if not isinstance(content, dict):
        raise StatementRefused(Fault.MALFORMED)
    return content
