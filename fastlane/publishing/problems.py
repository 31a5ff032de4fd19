"""What the API says when it can't answer: problem documents (RFC 9457)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from rest_framework import exceptions

from accounts import machines
from fastlane.publishing import quota

MEDIA_TYPE = "application/problem+json"
REALM = "trusted-trader"


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of problem: its name in the documentation, its title and what to do."""

    slug: str
    status: int
    title: str
    detail: str


KINDS = {
    kind.slug: kind
    for kind in (
        Kind("invalid-request", 400, "The request can't be read", "Mend what `errors` names and ask again."),
        Kind("no-token", 401, "A bearer token is needed", "Get one from /api/oauth/token and send it along."),
        Kind("invalid-token", 401, "The token doesn't hold", "It is unknown, expired or revoked. Get a new one."),
        Kind("missing-scope", 403, "The token lacks a scope", "Ask for a token with the scope that this call needs."),
        Kind(
            "not-found", 404, "Nothing to be seen here", "There is no such thing, or its owner hasn't let you see it."
        ),
        Kind("wrong-method", 405, "This method isn't served here", "The Allow header lists the methods that are."),
        Kind("not-acceptable", 406, "The answer isn't served in this form", "Accept application/json."),
        Kind("several-accounts", 409, "More than one account fits", "Ask again and name one of the entity types."),
        Kind("conflict", 409, "This can't be done as things stand", "The detail says why and what to do."),
        Kind("still-running", 409, "The same call is still running", "Wait a second and send it again as it was."),
        Kind("key-reused", 422, "This Idempotency-Key belongs to another call", "Take a new key for a new call."),
        Kind("media-type", 415, "The body isn't in a form we read", "The documentation names the form of each call."),
        Kind(
            "too-many",
            429,
            "Your quota for this minute is spent",
            "Wait as Retry-After says. Use ETags: a 304 is free.",
        ),
        Kind(
            "our-fault", 500, "The fault is ours", "Try again in a few minutes, and give us the request id if it stays."
        ),
    )
}
_BY_STATUS = {400: "invalid-request", 401: "no-token", 403: "missing-scope", 404: "not-found", 405: "wrong-method",
              406: "not-acceptable", 415: "media-type", 429: "too-many", 500: "our-fault"}  # fmt: skip


class SeveralFit(exceptions.APIException):
    """409: the caller must choose among `entity_types`."""

    status_code = HTTPStatus.CONFLICT

    def __init__(self, entity_types: list[str]) -> None:
        super().__init__("several accounts fit")
        self.entity_types = entity_types


class Refusal(exceptions.APIException):
    """Any kind of KINDS, with words of its own where they say more, and the values that are wrong."""

    def __init__(
        self,
        slug: str,
        detail: str = "",
        *,
        errors: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or slug)
        self.status_code = KINDS[slug].status
        self.slug, self.headers = slug, headers
        self.more = ({"detail": detail} if detail else {}) | ({"errors": errors} if errors else {})


class WrongValue(exceptions.APIException):
    """400: one value of the request is wrong; `pointer` names it."""

    status_code = HTTPStatus.BAD_REQUEST

    def __init__(self, pointer: str, code: str, detail: str) -> None:
        super().__init__(detail)
        self.error = {"pointer": pointer, "code": code, "detail": detail}


def handler(error: Exception, context: Mapping[str, Any]) -> HttpResponseBase | None:
    """REST framework's exception handler. None lets an unforeseen error go on to the 500 page."""
    request: HttpRequest = context["request"]._request
    if isinstance(error, Http404 | exceptions.NotFound):
        return answer(request, "not-found")
    if isinstance(error, PermissionDenied | exceptions.PermissionDenied):
        return answer(request, "missing-scope")
    if isinstance(error, exceptions.AuthenticationFailed):
        return answer(request, "invalid-token")
    if isinstance(error, exceptions.NotAuthenticated):
        return answer(request, "no-token")
    if isinstance(error, SeveralFit):
        return answer(request, "several-accounts", more={"entity_types": error.entity_types})
    if isinstance(error, Refusal):
        return answer(request, error.slug, more=error.more, headers=error.headers)
    if isinstance(error, WrongValue):
        return answer(request, "invalid-request", more={"errors": [error.error]})
    if isinstance(error, exceptions.Throttled):
        return answer(request, "too-many", headers={"Retry-After": str(int(error.wait or 1))})
    if isinstance(error, exceptions.MethodNotAllowed):
        return answer(request, "wrong-method", headers={"Allow": ", ".join(context["view"].allowed_methods)})
    if isinstance(error, exceptions.APIException) and error.status_code in _BY_STATUS:
        return answer(request, _BY_STATUS[error.status_code])
    return None


def answer(
    request: HttpRequest, slug: str, *, more: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """A problem document. A 404 is the same in every byte, so that a stranger learns nothing from it."""
    kind = KINDS[slug]
    content = document(slug, getattr(request, "request_id", ""), more)
    response = HttpResponse(json.dumps(content), status=kind.status, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if challenge := _challenge(slug, request):
        response.headers["WWW-Authenticate"] = challenge
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def document(slug: str, request_id: str, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a problem says."""
    kind = KINDS[slug]
    return {
        "type": f"{settings.PUBLIC_URL}/api/v1/docs#{slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.detail,
        "instance": "/api/v1/" if kind.status == HTTPStatus.NOT_FOUND else f"urn:request:{request_id}",
        **(more or {}),
    }


def by_status(request: HttpRequest, status: int) -> HttpResponse:
    """The problem document for a bare status (400, 401, 403, 404, 405, 406, 415, 429, 500), outside the API's views."""
    response = answer(request, _BY_STATUS[status])
    machine = machines.of(request) if status == HTTPStatus.FORBIDDEN else None
    if machine is not None:
        state = quota.look(machine.client_id, machine.quota_per_minute, now=time.time())
        for name, value in state.headers().items():
            response.headers[name] = value
    return response


def _challenge(slug: str, request: HttpRequest) -> str:
    """What WWW-Authenticate says (RFC 6750)."""
    if slug == "no-token":
        return f'Bearer realm="{REALM}"'
    if slug == "invalid-token":
        return f'Bearer realm="{REALM}", error="invalid_token"'
    if slug == "missing-scope":
        row = getattr(request, "policy_row", None)
        scopes = (
            sorted(str(who).removeprefix("scope:") for who in row.who if str(who).startswith("scope:")) if row else []
        )
        return f'Bearer realm="{REALM}", error="insufficient_scope", scope="{" ".join(scopes)}"'
    return ""
