"""The outermost layers: a name for every request, the probes, one log line, and headers that keep browsers safe."""

from __future__ import annotations

import itertools
import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from portal import health, logs

type View = Callable[[HttpRequest], HttpResponseBase]

WELL_FORMED_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

CONTENT_SECURITY_POLICY = "; ".join([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
])  # fmt: skip
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "midi",
                    "payment", "usb")
)  # fmt: skip
HEADERS = {
    "X-Frame-Options": settings.X_FRAME_OPTIONS,
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
}

logger = logging.getLogger("portal.request")


class RequestIdMiddleware:
    """Takes the caller's well-formed X-Request-ID or makes one; it goes into the log, the events and the answer.

    The probes are answered here: they must work while the database, the sessions or the host's name don't.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self._quiet = itertools.count()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if WELL_FORMED_ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        began = time.perf_counter()
        with logs.about(request_id):
            probe = health.PROBES.get(request.path_info) if request.method in {"GET", "HEAD"} else None
            response = probe(request) if probe else self.get_response(request)
            response.headers["X-Request-ID"] = request_id
            if probe is None and self._worth_a_line(request, response):
                self._log(request, response, time.perf_counter() - began)
        return response

    def _worth_a_line(self, request: HttpRequest, response: HttpResponseBase) -> bool:
        """One in LOG_SAMPLE of the API's quiet, successful requests, and no static file; all else."""
        if response.status_code >= 400 or request.method not in {"GET", "HEAD"}:
            return True
        if not request.path_info.startswith("/api/"):
            return request.resolver_match is not None
        return next(self._quiet) % settings.LOG_SAMPLE == 0

    def _log(self, request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        # The route's pattern, never the path: a path may hold somebody's number.
        match = request.resolver_match
        fields = {
            "method": request.method,
            "route": match.route if match else "",
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
        }
        logger.info("request", extra={"fields": fields})


class HeadersMiddleware:
    """Adds the safe headers that a view hasn't set itself; private pages are kept out of every cache."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers and self._is_private(request, response):
            response.headers["Cache-Control"] = "no-store"
        return response

    def _is_private(self, request: HttpRequest, response: HttpResponseBase) -> bool:
        # After a failure the session may not be readable; the API sets its own caching.
        if response.status_code >= 500 or request.path_info.startswith("/api/"):
            return False
        user = getattr(request, "user", None)
        return user is not None and user.is_authenticated
