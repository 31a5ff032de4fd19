"""Record what happened: an append-only hash chain per subject.

A subject is an account ("account:TT-…"), or a company, user, client or the programme's data where no account is meant.
Each event holds the hash of the one before, so a change, a gap or a new order shows (see accounts.events.verifying).
An operation records its event *before* it saves the row: a trigger refuses a status change that brings no event.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any, Protocol

from django.db import connection
from django.db.models import Model

from accounts import origin
from accounts.events.models import Event

type Changes = Mapping[str, Mapping[str, Any]]

HASHED = (
    "subject",
    "sequence",
    "at",
    "operation",
    "actor_kind",
    "actor_id",
    "on_behalf_of",
    "company_id",
    "object_type",
    "object_id",
    "changes",
    "reason",
    "internal",
    "channel",
    "request_id",
    "previous_hash",
)


class Actor(Protocol):
    """Anyone who acts: a user (has a primary key) or None for the portal itself."""

    pk: Any


def account_subject(number: str) -> str:
    return f"account:{number}"


def plain(value: Any) -> Any:
    """A value as JSON keeps it: times in UTC with microseconds, days and everything else as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Model):
        return str(value.pk)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return str(value)


_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
# JSONEncoder.encode makes this anew for every call, which is a sixth of a million hashes; the bytes are the same.
_pieces = json.encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, _json.default, json.encoder.encode_basestring, None, ":", ",", True, False, True
)
_SORTED = tuple(sorted(HASHED))
_values = itemgetter(*_SORTED)


def digest(row: Mapping[str, Any]) -> str:
    """The hash of an event: SHA-256 over the canonical JSON (sorted keys, no spaces, UTF-8) of its HASHED fields."""
    # Only the time is not JSON yet; a million events are verified with this, so it does no more than it must.
    fields = dict(zip(_SORTED, _values(row), strict=True))
    fields["at"] = plain(fields["at"])
    return hashlib.sha256("".join(_pieces(fields, 0)).encode()).hexdigest()


def changed(row: Model, **new: Any) -> dict[str, dict[str, Any]]:
    """Set fields on a row (without saving) and tell, per field that differs, its old and its new value."""
    changes = {}
    for name, value in new.items():
        old = getattr(row, name)
        if old != value:
            changes[name] = {"old": plain(old), "new": plain(value)}
        setattr(row, name, value)
    return changes


def created(row: Model, *fields: str) -> dict[str, dict[str, Any]]:
    """The changes of a new row: every named field from nothing to its value."""
    return {name: {"old": None, "new": plain(getattr(row, name))} for name in fields}


def record(
    subject: str,
    operation: str,
    *,
    actor: Actor | None,
    at: datetime,
    about: Model | None = None,
    changes: Changes | None = None,
    reason: str = "",
    company_id: int | None = None,
    on_behalf_of: int | None = None,
    internal: bool = False,
    actor_kind: str = "",
) -> Event:
    """Append one event to the subject's chain, in the caller's transaction.

    `at` is an aware time. `internal` events are never shown to a company. `company_id` names the tenant whose officers
    may read it. Two writers to one subject wait for each other until the first commits.
    """
    here = origin.current()
    with connection.cursor() as cursor:
        cursor.execute("select sequence, hash from portal_chain_head(%s)", [subject])
        sequence, previous = cursor.fetchone() or (0, "")
    event = Event(
        subject=subject,
        sequence=sequence + 1,
        at=at,
        operation=operation,
        actor_kind=actor_kind or ("user" if actor is not None else "system"),
        actor_id=str(actor.pk) if actor is not None else "",
        on_behalf_of=on_behalf_of,
        company_id=company_id,
        object_type=about._meta.db_table if about is not None else "",
        object_id=str(about.pk) if about is not None else "",
        changes=plain(changes or {}),
        reason=reason,
        internal=internal,
        channel=here.channel,
        request_id=here.request_id,
        previous_hash=previous,
    )
    event.hash = digest({name: getattr(event, name) for name in HASHED})
    event.save(force_insert=True)
    return event
