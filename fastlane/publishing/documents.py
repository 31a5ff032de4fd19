"""Read the body of a call as JSON, strictly: as the rules read it, and not too large, not too deep."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from rest_framework.request import Request

from fastlane.publishing import problems
from fastlane.rules import FactsRefused, Problem
from fastlane.rules.strict_json import read_json

LARGEST_BYTES = 2_000_000
DEEPEST = 20
TOO_LARGE = f"Send at most {LARGEST_BYTES // 1_000_000} MB."


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
        document = read_json(body.decode())
    except UnicodeDecodeError as error:
        raise problems.WrongValue("", "json", "The body is not text in UTF-8.") from error
    except FactsRefused as wrong:
        raise refused(wrong.problems) from wrong
    if _depth(document) > DEEPEST:
        raise problems.WrongValue("", "too_deep", f"Nest at most {DEEPEST} levels.")
    return document


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


def refused(found: Iterable[Problem]) -> problems.Refusal:
    """A 400 with everything that is wrong; `found` are problems with pointer, code and detail."""
    errors = [{"pointer": p.pointer, "code": p.code, "detail": p.detail} for p in found]
    return problems.Refusal("invalid-request", errors=errors)
