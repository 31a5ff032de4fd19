"""Retries are safe: `@idempotency.once` on an unsafe method of a PartnerView does the call once per Idempotency-Key.

The key is bound to client, method, path and body. A repeat within KEPT gets the same answer again; the same key with
another call is a 422; while the first is still running, a 409. Key, work and answer stand in the request's one
transaction, so that a killed process leaves nothing, and the repeat does the work.

An answer that the method *returns* is kept; a problem that it *raises* is not, as then nothing was done. Lane requests
use it too:

    class Requests(PartnerView):
        @describing.file_request
        @idempotency.once
        def post(self, request): ...

`@idempotency.once_if_asked` is for methods that are safe to repeat anyway (PUT, DELETE): there the key may be left out.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from accounts import secrecy
from fastlane.publishing import problems
from fastlane.publishing.models import KeptAnswer

KEPT = timedelta(hours=24)
HEADER = "Idempotency-Key"
LONGEST_KEY = 255
# Headers that belong to an answer and not to the moment in which it is given.
KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Cache-Control")
REPLAYED = "Idempotency-Replayed"

PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    OpenApiParameter.HEADER,
    required=True,
    description="A word of your own for this call, for example a UUID. Send the same again when you repeat it.",
)
OPTIONAL_PARAMETER = OpenApiParameter(
    HEADER, OpenApiTypes.STR, OpenApiParameter.HEADER, description="A word of your own for this call."
)


class Method(Protocol):
    def __call__(self, view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponse: ...


def once(method: Method) -> Method:
    """The method runs once per key; without a key the call is refused (400)."""
    return _once(method, needed=True)


def once_if_asked(method: Method) -> Method:
    """The method runs once per key, and as often as it is called without one."""
    return _once(method, needed=False)


def _once(method: Method, *, needed: bool) -> Method:
    @functools.wraps(method)
    def guarded(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        word = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
        if not word and not needed:
            return method(view, request, *args, **kwargs)
        if not word or len(word) > LONGEST_KEY:
            raise problems.WrongValue(
                f"/headers/{HEADER}", "required", f"Send {HEADER}: a word of your own of at most {LONGEST_KEY} letters."
            )
        client_id = request.auth.client_id
        return answered(
            client_id, word, request._request, lambda: method(view, request, *args, **kwargs), now=timezone.now()
        )

    return guarded


def answered(
    client_id: str, word: str, request: HttpRequest, work: Callable[[], HttpResponse], *, now: datetime
) -> HttpResponse:
    """What was answered under this key before, or what the work answers now. Raises problems.Refusal."""
    key = hashlib.sha256(word.encode()).hexdigest()
    if not _claim(client_id, key):
        raise problems.Refusal("still-running", headers={"Retry-After": "1"})
    print_of_call = fingerprint(request)
    kept = KeptAnswer.objects.filter(client_id=client_id, key=key).first()
    if kept is not None and kept.at > now - KEPT:
        if kept.fingerprint != print_of_call:
            raise problems.Refusal("key-reused")
        return _again(kept)
    response = work()
    KeptAnswer.objects.update_or_create(
        client_id=client_id,
        key=key,
        defaults={
            "fingerprint": print_of_call,
            "status": response.status_code,
            "headers": {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
            "sealed": secrecy.seal(response.content.decode()),
            "at": now,
        },
    )
    return response


def fingerprint(request: HttpRequest) -> str:
    """A hash over method, path with query, and the body's bytes."""
    call = f"{request.method}\0{request.get_full_path()}\0".encode()
    return hashlib.sha256(call + request.body).hexdigest()


def _claim(client_id: str, key: str) -> bool:
    """Take the key for this transaction; False when another one has it. It is free again after the commit."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 7412))", [f"{client_id} {key}"])
        return bool(cursor.fetchone()[0])


def _again(kept: KeptAnswer) -> HttpResponse:
    response = HttpResponse(secrecy.unseal(kept.sealed), status=kept.status)
    del response.headers["Content-Type"]
    for name, value in kept.headers.items():
        response.headers[name] = value
    response.headers[REPLAYED] = "true"
    return response


def forget_old(*, at: datetime) -> int:
    """Remove answers that are older than KEPT. Returns how many."""
    return KeptAnswer.objects.filter(at__lte=at - KEPT).delete()[0]
