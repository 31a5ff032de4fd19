"""Polls that nothing has changed since are answered before Django: what Django said, said again.

An answer passes here only when token, scope, policy row, marks of change and quota are all at hand and all say yes.
In every other case the request goes the whole way, which alone can refuse. The headers are those that Django gave to
an answer of the same kind in this process, so that both ways give the same answer.
"""

from __future__ import annotations

import itertools
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from accounts import machines
from accounts.machines import Machine
from accounts.policy.middleware import policy_table
from fastlane.publishing import marks, problems, quota, usage, valkey
from fastlane.publishing.authentication import may
from fastlane.publishing.cache import Answer

type Environ = dict[str, Any]
type Headers = list[tuple[str, str]]
type StartResponse = Callable[..., Any]
type Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# What passes here: how its addresses begin, its route, and its pattern as the log names it.
MEMBERS = ("/api/v1/members/", "api:member", "api/v1/members/<str:scheme>/<path:value>")
ELIGIBILITY = ("/api/v1/eligibility", "api:eligibility", "api/v1/eligibility")
PREFIXES = (MEMBERS[0], ELIGIBILITY[0])
MOST_POLLS = 50_000
MOST_TEMPLATES = 256
# Headers that belong to one answer or one request, not to the kind of answer.
OWN = frozenset(
    {"etag", "last-modified", "content-length", "x-request-id", "ratelimit", "ratelimit-policy", "date", "retry-after"}
)
# What only the whole way knows how to treat.
UNUSUAL = ("HTTP_COOKIE", "HTTP_X_REQUEST_ID", "HTTP_RANGE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
# What may change the headers of an answer.
SETTING = (
    "wsgi.url_scheme",
    "HTTP_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_ORIGIN",
)

log = logging.getLogger("portal.request")


@dataclass(frozen=True, slots=True)
class Poll:
    """An answer with the account it is about and the marks that stood before it was read."""

    answer: Answer
    account_id: int
    marks: marks.Marks


_polls: dict[tuple[str, str, str], Poll] = {}
_templates: dict[tuple[Any, ...], Headers] = {}
_lock = threading.Lock()
_quiet = itertools.count()
OFFER = "fastlane.offer"


def wrap(application: Application) -> Application:
    """The application with the fast path before it."""

    def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(PREFIXES) or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return application(environ, start_response)
        quick = _quick(environ)
        if quick is None:
            return _watched(application, environ, start_response)
        status, headers, body = quick
        start_response(status, headers)
        return [body]

    return answer


def offer(environ: Environ, account_id: int, seen: marks.Marks, answer: Answer) -> None:
    """The whole way hands over an answer that may be given again while `seen` still stands."""
    environ[OFFER] = Poll(answer, account_id, seen)


def matches(if_none_match: str, etag: str) -> bool:
    """Does an If-None-Match header name this ETag? Compared weakly, as RFC 9110 asks."""
    if if_none_match == etag:
        return True
    named = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return "*" in named or etag in named


def forget() -> None:
    """Drop every answer and header that this process remembers."""
    with _lock:
        _polls.clear()
        _templates.clear()


def _quick(environ: Environ) -> tuple[str, Headers, bytes] | None:
    """Status, headers and body, or None when the request must go the whole way."""
    if any(name in environ for name in UNUSUAL) or environ.get("CONTENT_LENGTH") not in {None, "", "0"}:
        return None
    began = time.time()
    machine = _machine(environ)
    if machine is None or not _allowed(machine, _route(environ)[1], environ["REQUEST_METHOD"]):
        return None
    refusal = _spent(environ, machine, began)
    if refusal is not None:
        return refusal
    key = (machine.client_id, environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
    poll = _polls.get(key)
    if poll is None or poll.answer.valid_until <= began or not _stands(key, poll, machine):
        return None
    unchanged = matches(environ.get("HTTP_IF_NONE_MATCH", ""), poll.answer.etag)
    template = _templates.get(_kind(environ, 304 if unchanged else 200))
    if template is None:
        return None
    if unchanged:
        state = quota.look(machine.client_id, machine.quota_per_minute, now=began)
    else:
        state = quota.charge(machine.client_id, machine.quota_per_minute, now=began)
        if state.exceeded:
            return None
    usage.count(machine.client_id, _route(environ)[1], 304 if unchanged else 200, now=began)
    request_id = uuid.uuid4().hex
    headers = [
        *template,
        ("ETag", poll.answer.etag),
        ("Last-Modified", poll.answer.last_modified),
        ("X-Request-ID", request_id),
        # For a 304 what Django says as well.
        ("Content-Length", "0" if unchanged else str(len(poll.answer.body))),
        *state.headers().items(),
    ]
    _note(environ, 304 if unchanged else 200, request_id, began)
    if unchanged:
        return "304 Not Modified", headers, b""
    return "200 OK", headers, poll.answer.body if environ["REQUEST_METHOD"] == "GET" else b""


def _spent(environ: Environ, machine: Machine, began: float) -> tuple[str, Headers, bytes] | None:
    """The refusal of a client whose quota is spent: cheap, so that it takes nothing away from others."""
    if "HTTP_IF_NONE_MATCH" in environ:  # it may still get a 304, which is free
        return None
    state = quota.look(machine.client_id, machine.quota_per_minute, now=began)
    template = _templates.get(_kind(environ, 429)) if state.spent else None
    if template is None:
        return None
    request_id = uuid.uuid4().hex
    body = json.dumps(problems.document("too-many", request_id)).encode()
    headers = [
        *template,
        ("Retry-After", str(state.resets_in)),
        ("X-Request-ID", request_id),
        ("Content-Length", str(len(body))),
        *state.headers().items(),
    ]
    usage.count(machine.client_id, _route(environ)[1], 429, now=began)
    _note(environ, 429, request_id, began)
    return "429 Too Many Requests", headers, body if environ["REQUEST_METHOD"] == "GET" else b""


def _machine(environ: Environ) -> Machine | None:
    kind, _, value = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return machines.remembered(value.strip()) if kind.lower() == "bearer" else None


def _route(environ: Environ) -> tuple[str, str, str]:
    return ELIGIBILITY if environ["PATH_INFO"] == ELIGIBILITY[0] else MEMBERS


def _allowed(machine: Machine, route: str, method: str) -> bool:
    row = policy_table().get(route, {}).get(method)
    return row is not None and may(machine, row)


def _stands(key: tuple[str, str, str], poll: Poll, machine: Machine) -> bool:
    """Has nothing changed since the answer was read, as far as Valkey knew at most a quarter of a second ago?"""
    try:
        newest = marks.latest()
        if newest and newest == poll.marks.everything:
            return True
        now = marks.read(machine.client_id, poll.account_id)
    except valkey.Away:
        return False
    if not now.same_subject(poll.marks):
        with _lock:
            _polls.pop(key, None)
        return False
    with _lock:
        _polls[key] = replace(poll, marks=now)
    return True


def _watched(application: Application, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Let Django answer, and remember what it offers together with the headers it gave."""
    given: list[tuple[str, Headers]] = []

    def start(status: str, headers: Headers, exc_info: Any = None) -> Any:
        given.append((status, headers))
        return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

    body = application(environ, start)
    if given and given[-1][0].startswith("429") and _machine(environ) is not None:
        template = [(name, value) for name, value in given[-1][1] if name.lower() not in OWN]
        with _lock:
            _templates[_kind(environ, 429)] = template
    poll = environ.get(OFFER)
    if isinstance(poll, Poll) and given:
        status, headers = given[-1]
        names = {name.lower() for name, _ in headers}
        machine = _machine(environ)
        if machine is not None and status[:3] in {"200", "304"} and "set-cookie" not in names:
            template = [(name, value) for name, value in headers if name.lower() not in OWN]
            _keep(environ, machine, poll, int(status[:3]), template)
    return body


def _keep(environ: Environ, machine: Machine, poll: Poll, status: int, template: Headers) -> None:
    with _lock:
        if len(_polls) >= MOST_POLLS:
            _polls.clear()
        if len(_templates) >= MOST_TEMPLATES:
            _templates.clear()
        _polls[machine.client_id, environ["PATH_INFO"], environ.get("QUERY_STRING", "")] = poll
        _templates[_kind(environ, status)] = template


def _kind(environ: Environ, status: int) -> tuple[Any, ...]:
    return (status, environ["REQUEST_METHOD"], *(environ.get(name) for name in SETTING))


def _note(environ: Environ, status: int, request_id: str, began: float) -> None:
    """One line in LOG_SAMPLE, as for the whole way."""
    if next(_quiet) % settings.LOG_SAMPLE == 0:
        fields = {
            "method": environ["REQUEST_METHOD"],
            "route": _route(environ)[2],
            "status": status,
            "ms": round((time.time() - began) * 1000, 1),
            "fast_path": True,
            "answered": request_id,
        }
        log.info("request", extra={"fields": fields})
