"""Call the portal as its web server does, so that the fast path and Django are met in their real order."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote_to_bytes

from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import override_settings

from fastlane.publishing import fastpath, valkey

DJANGO = get_wsgi_application()


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes
    fast: bool  # Django didn't see the request

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def call(
    path: str, *, method: str = "GET", token: str = "", body: bytes = b"", fast: bool = True, **headers: str
) -> Reply:
    """One request. `fast=False` goes to Django alone. Header names are given as Python names (if_none_match=…)."""
    given: list[tuple[str, list[tuple[str, str]]]] = []
    seen: list[str] = []

    def django(environ: dict[str, Any], start: Any) -> Any:
        seen.append(environ["PATH_INFO"])
        return DJANGO(environ, start)

    def start(status: str, response_headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        given.append((status, response_headers))

    application = fastpath.wrap(django) if fast else django
    with one_connection():
        answer = application(environ(path, method, token, body, headers), start)
        content = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
    status, response_headers = given[-1]
    return Reply(int(status[:3]), {name.lower(): value for name, value in response_headers}, content, not seen)


@contextmanager
def one_connection() -> Iterator[None]:
    """A web server's connections end with the request; a test's transaction goes on."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    try:
        yield
    finally:
        signals.request_started.connect(close_old_connections)
        signals.request_finished.connect(close_old_connections)


def environ(path: str, method: str, token: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    path, _, query = path.partition("?")
    found = {
        "REQUEST_METHOD": method, "PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query,
        "SCRIPT_NAME": "", "SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.7", "HTTP_HOST": "testserver", "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(), "wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }  # fmt: skip
    if token:
        found["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    if body:
        found["CONTENT_LENGTH"] = str(len(body))
    found |= {f"HTTP_{name.upper()}": value for name, value in headers.items() if name != "content_type"}
    if "content_type" in headers:
        found["CONTENT_TYPE"] = headers["content_type"]
    return found


@contextmanager
def valkey_away() -> Iterator[None]:
    """Valkey can't be reached by this process: its address leads nowhere."""
    with override_settings(BROKER_URL="redis://127.0.0.1:1/0"), patch.object(valkey, "_rest_until", 0.0):
        valkey.client.cache_clear()
        try:
            yield
        finally:
            valkey.client.cache_clear()
