"""End sessions on the server: after idle time, after a total time, and when access is taken away."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

STARTED, SEEN = "session_started", "session_seen"
# The longest a deployment may allow, whatever its settings say.
LONGEST_IDLE, LONGEST_TOTAL = 3600.0, 86_400.0
# The last-seen mark is written at most this often, so that reading a page seldom writes.
MARK_EVERY = 30.0


class SessionEndMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith("/api/"):
            return self.get_response(request)
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            started, seen = request.session.get(STARTED, now), request.session.get(SEEN, now)
            idle = min(settings.SESSION_IDLE.total_seconds(), LONGEST_IDLE)
            total = min(settings.SESSION_TOTAL.total_seconds(), LONGEST_TOTAL)
            if now - seen > idle or now - started > total:
                logout(request)
                request.session_ended = True  # type: ignore[attr-defined]
            elif now - seen > MARK_EVERY:
                request.session[SEEN] = now
        response = self.get_response(request)
        # Also right after sign-in, so that a session counts from its beginning and not from its first use.
        if (
            not request.path_info.startswith("/api/")
            and request.user.is_authenticated
            and STARTED not in request.session
        ):
            request.session[STARTED] = request.session[SEEN] = timezone.now().timestamp()
        return response


def ends_at(request: HttpRequest) -> float:
    """When this session ends if nothing is done: seconds since the epoch."""
    seen = request.session.get(SEEN, time.time())
    started = request.session.get(STARTED, seen)
    idle = min(settings.SESSION_IDLE.total_seconds(), LONGEST_IDLE)
    total = min(settings.SESSION_TOTAL.total_seconds(), LONGEST_TOTAL)
    return min(seen + idle, started + total)


def end_sessions(user_id: int, *, but: str = "") -> None:
    """End every session of this user on the server, save the one with the key `but`."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=but).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user_id):
            session.delete()
