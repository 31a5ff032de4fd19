"""Read the fields of a small JSON body: one object, known fields alone (see documents.py for the strictness)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import RequestDataTooBig
from rest_framework.request import Request

from fastlane.publishing import documents, problems


def document(request: Request, known: Collection[str]) -> dict[str, Any]:
    """The body's fields; an empty body is an empty object. Raises problems that say what is wrong."""
    try:
        empty = not request._request.body
    except RequestDataTooBig as big:
        raise problems.WrongValue("", "too_large", documents.TOO_LARGE) from big
    found = {} if empty else documents.read(request)
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
