"""Read the body of a call as JSON, strictly: no doubled keys, no NaN, not too large, not too deep."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from rest_framework.request import Request

from fastlane.publishing import problems

LARGEST_BYTES = 2_000_000
DEEPEST = 20
TOO_LARGE = f"Send at most {LARGEST_BYTES // 1_000_000} MB."


class _Doubled(ValueError):
    pass


def read(request: Request) -> Any:
    """The document in the body. Raises a 400 that says what is wrong, a 415 for another media type."""
    content_type = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise problems.Refusal("media-type", "Send JSON with Content-Type: application/json.")
    try:
        body = request._request.body
    except RequestDataTooBig as big:
        raise problems.WrongValue("", "too_large", TOO_LARGE) from big
    if len(body) > LARGEST_BYTES:
        raise problems.WrongValue("", "too_large", TOO_LARGE)
    try:
        document = json.loads(body.decode(), object_pairs_hook=_once_each, parse_constant=_no_constant)
    except _Doubled as doubled:
        raise problems.WrongValue("", "doubled_key", str(doubled)) from doubled
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise problems.WrongValue("", "json", "The body is not well-formed JSON in UTF-8.") from error
    if _depth(document) > DEEPEST:
        raise problems.WrongValue("", "too_deep", f"Nest at most {DEEPEST} levels.")
    return document


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Doubled(f"The key {name[:60]!r} stands twice in one object. Send it once.")
        found[name] = value
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON value")


def _depth(document: Any) -> int:
    """How deep objects and lists are nested, without recursion."""
    deepest, waiting = 0, [(document, 1)]
    while waiting:
        value, depth = waiting.pop()
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        if inner is not None:
            deepest = max(deepest, depth)
            if deepest > DEEPEST:
                return deepest
            waiting += [(entry, depth + 1) for entry in inner]
    return deepest


def refused(found: Any) -> problems.Refusal:
    """A 400 with everything that is wrong; `found` are problems with pointer, code and detail."""
    errors = [{"pointer": p.pointer, "code": p.code, "detail": p.detail} for p in found]
    return problems.Refusal("invalid-request", errors=errors)
