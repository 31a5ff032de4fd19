"""What every page may show: whom to ask, whether this is a demonstration, and when the session ends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.sessions import STARTED


def page(request: HttpRequest) -> dict[str, Any]:
    """Template variables; times are aware, in UTC. `session_ends_at` is None for a visitor who isn't signed in."""
    session = getattr(request, "session", None)
    started = session.get(STARTED) if session is not None else None
    return {
        "support_email": settings.SUPPORT_EMAIL,
        "demo": settings.DEMO,
        "request_id": getattr(request, "request_id", ""),
        "session_idle_seconds": int(settings.SESSION_IDLE.total_seconds()),
        "session_idle_minutes": int(settings.SESSION_IDLE.total_seconds() // 60),
        "session_ends_at": datetime.fromtimestamp(started, UTC) + settings.SESSION_TOTAL if started else None,
    }
