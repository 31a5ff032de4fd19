"""Read a JSON body strictly: one object, no key twice, no NaN, known fields alone."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from fastlane.publishing import problems


def document(request: Request, known: Collection[str]) -> dict[str, Any]:
    """The body's fields; an empty body is an empty object. Raises problems that say what is wrong."""
    try:
        raw = request._request.body
    except RequestDataTooBig as error:
        raise problems.WrongValue("", "too_big", "Send at most one megabyte.") from error
    if not raw:
        return {}
    if not (request.content_type or "").startswith("application/json"):
        raise UnsupportedMediaType(request.content_type or "")
    try:
        found = json.loads(raw, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise problems.WrongValue("", "json", "Send a JSON object, each key once, in UTF-8.") from error
    if not isinstance(found, dict):
        raise problems.WrongValue("", "json", "Send a JSON object.")
    if unknown := sorted(set(found) - set(known)):
        raise problems.WrongValue(f"/{unknown[0]}", "unknown", f"There is no such field. Known: {', '.join(known)}.")
    return found


def text(fields: dict[str, Any], name: str, *, longest: int, needed: bool = False) -> str:
    """A field of plain text. Raises WrongValue."""
    value = fields.get(name, "")
    if not isinstance(value, str) or len(value) > longest or "\0" in value or (needed and not value.strip()):
        raise problems.WrongValue(f"/{name}", "text", f"Give a text of at most {longest} letters.")
    return value.strip()


def flag(fields: dict[str, Any], name: str) -> bool:
    value = fields.get(name)
    if not isinstance(value, bool):
        raise problems.WrongValue(f"/{name}", "boolean", "Say true or false.")
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")
