"""Read a client's feed from a position on."""

from __future__ import annotations

from typing import Any

from fastlane.feed.models import Change
from fastlane.publishing.members import moment

LARGEST_POSITION = 2**63 - 1
MOST = 1000
USUAL = 200


def page(client_id: str, *, after: int, limit: int) -> list[Change]:
    """The next changes in order. Needs the client's tenancy: the database hides accounts whose consent has ended."""
    rows = Change.objects.filter(partner__client_id=client_id, position__gt=after)
    return list(rows.order_by("position")[:limit])


def as_json(change: Change) -> dict[str, Any]:
    """An entry as the client reads it; of an account whose consent has ended nothing but its number."""
    told: dict[str, Any] = {"position": change.position, "type": change.kind, "at": moment(change.at)}
    if change.kind == Change.Kind.ENDED:
        return told | {"account": change.number}
    return told | {
        "account": change.number,
        "order": change.order,
        "name": change.name,
        "entity_type": change.entity_type,
        "level": change.level,
        "tier": change.tier,
        "status": change.status,
        "in_good_standing": change.in_good_standing,
        "since": moment(change.since) if change.since else None,
    }
