"""Reads about webhooks, as the API and the console show them. All need the client's (or its steward's) tenancy."""

from __future__ import annotations

import json
from typing import Any

from fastlane.publishing.members import moment
from fastlane.webhooks.models import Attempt, Delivery, Endpoint
from fastlane.webhooks.sending import message_id

PAGE = 50


def endpoints(client_id: str) -> list[Endpoint]:
    return list(Endpoint.objects.filter(partner__client_id=client_id, ended_at=None).order_by("pk"))


def endpoint(client_id: str, key: Any) -> Endpoint | None:
    rows = Endpoint.objects.filter(partner__client_id=client_id, ended_at=None, key=key)
    return rows.select_related("partner").first()


def deliveries(of: Endpoint, *, state: str = "", before: int | None = None, limit: int = PAGE) -> list[Delivery]:
    """Newest first, with their tries; `before` is the key of a row seen last."""
    rows = Delivery.objects.filter(endpoint=of).prefetch_related("tries").order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[:limit])


def endpoint_json(row: Endpoint) -> dict[str, Any]:
    return {
        "id": str(row.key),
        "url": row.url,
        "description": row.description,
        "types": row.types,
        "active": row.is_active,
        "created_at": moment(row.created_at),
        "switched_off_at": moment(row.switched_off_at) if row.switched_off_at else None,
    }


def delivery_json(row: Delivery) -> dict[str, Any]:
    return {
        "id": message_id(row),
        "type": row.type,
        "state": row.state,
        "created_at": moment(row.created_at),
        "next_try_at": moment(row.due_at) if row.state == Delivery.State.PENDING else None,
        "delivered_at": moment(row.delivered_at) if row.delivered_at else None,
        "body": json.loads(row.body),
        "tries": [_try_json(attempt) for attempt in sorted(row.tries.all(), key=lambda attempt: attempt.pk)],
    }


def _try_json(row: Attempt) -> dict[str, Any]:
    return {
        "at": moment(row.at),
        "took_ms": row.took_ms,
        "request_headers": row.request_headers,
        "status": row.status,
        "answer": row.answer,
        "error": row.error,
    }
