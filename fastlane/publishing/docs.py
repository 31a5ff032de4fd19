"""The API's documentation page: every call from the description itself, with a form to try it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fastlane.publishing import describing
from fastlane.publishing.problems import KINDS
from fastlane.scopes import SCOPES


@dataclass(frozen=True, slots=True)
class Call:
    """One operation as the page shows it."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    scopes: str
    parameters: list[Mapping[str, Any]]
    fields: list[tuple[str, Mapping[str, Any]]]
    answers: list[tuple[str, str]]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    context = {
        "calls": list(calls(describing.schema())),
        "problems": KINDS.values(),
        "scopes": SCOPES.items(),
        "server": settings.PUBLIC_URL,
    }
    return render(request, "fastlane/docs.html", context)


def calls(schema: Mapping[str, Any]) -> Iterator[Call]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            security = [need for need in operation.get("security", []) if need]
            yield Call(
                name=operation["operationId"],
                method=method.upper(),
                path=path,
                summary=operation.get("summary", ""),
                description=operation.get("description", ""),
                scopes=", ".join(scope for need in security for scopes in need.values() for scope in scopes),
                parameters=operation.get("parameters", []),
                fields=list(_fields(schema, operation)),
                answers=[(status, _says(schema, answer)) for status, answer in operation["responses"].items()],
            )


def _fields(schema: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from _named(schema, content["schema"]).get("properties", {}).items()


def _says(schema: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    for content in answer.get("content", {}).values():
        named = _named(schema, content["schema"])
        return str(named.get("description", "")).partition("\n")[0] or "JSON"
    return "No body"


def _named(schema: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = part
    if "$ref" in part:
        found = schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    return found
