"""The API's description tells the truth: its routes, its answers, and no call that works without a key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.policy import Who
from accounts.policy.middleware import policy_table
from fastlane.publishing import describing
from tests.fastlane.wsgi import call

# Calls that the description doesn't describe: it is about machines, and the page is for people.
PAGES = {"api:docs"}


def routes(patterns: list[Any], prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern), inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", "/" + prefix + str(pattern.pattern)


def test_the_description_and_the_routes_are_the_same(db: None) -> None:
    served = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)
        for name, path in routes(get_resolver().url_patterns)
        if name.startswith("api:") and name not in PAGES
    }
    assert served == set(describing.schema()["paths"])
    assert not [p for n, p in routes(get_resolver().url_patterns) if p.startswith("/api/") and not n.startswith("api:")]


def test_it_is_openapi_3_1_and_served_as_json(db: None) -> None:
    reply = call("/api/v1/schema")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json["openapi"].startswith("3.1")


def test_every_scoped_call_refuses_who_has_no_token(db: None) -> None:
    for path, methods in describing.schema()["paths"].items():
        for method, operation in methods.items():
            if any(operation.get("security", [])):
                url = path.replace("{scheme}", "account").replace("{value}", "TT-00000018")
                url = url.replace("{key}", "00000000-0000-4000-8000-000000000000")
                assert call(url, method=method.upper()).status == 401, path


def test_every_unsafe_call_takes_an_idempotency_key_or_makes_nothing_but_a_token(db: None) -> None:
    unsafe = {
        operation["operationId"]: {p["name"] for p in operation.get("parameters", [])}
        for methods in describing.schema()["paths"].values()
        for method, operation in methods.items()
        if method not in {"get", "head"}
    }
    assert [
        name for name, taken in unsafe.items() if name not in {"token", "what_if"} and "Idempotency-Key" not in taken
    ] == []


def test_the_documentation_lists_every_call_and_needs_no_inline_script(db: None) -> None:
    reply = call("/api/v1/docs")
    page = reply.body.decode()
    assert reply.status == 200
    for path in describing.schema()["paths"]:
        assert path in page
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert " style=" not in page
    assert re.findall(r"\son\w+=", page) == []


def test_open_calls_are_open_by_a_row_of_the_table(db: None) -> None:
    for name, _ in routes(get_resolver().url_patterns):
        if name.startswith("api:"):
            rows = policy_table()[name].values()
            assert all(Who.ANYONE in row.who or all(str(w).startswith("scope:") for w in row.who) for row in rows)
