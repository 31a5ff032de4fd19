"""The API's description tells the truth: its routes, its answers, and no call that works without a key."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

from accounts.policy import Who
from accounts.policy.middleware import policy_table
from fastlane.publishing import describing, fastpath
from tests.fastlane.conftest import Member, Partner
from tests.fastlane.wsgi import DJANGO, call, one_connection

CASES = int(os.environ.get("API_CASES", "300"))
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
                assert call(url, method=method.upper()).status == 401, path


def test_every_unsafe_call_takes_an_idempotency_key_or_makes_nothing_but_a_token(db: None) -> None:
    unsafe = {
        operation["operationId"]: {p["name"] for p in operation.get("parameters", [])}
        for methods in describing.schema()["paths"].values()
        for method, operation in methods.items()
        if method not in {"get", "head"}
    }
    assert [name for name, taken in unsafe.items() if name != "token" and "Idempotency-Key" not in taken] == []


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


JUDGED = {
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance",
}  # fmt: skip


def test_answers_are_as_described_whatever_is_sent(member: Member, token: str, partner: Partner) -> None:
    """Schema-driven fuzzing. `API_CASES` sets how many cases (a release runs 50,000)."""
    partner.row.quota_per_minute = 10**7
    partner.row.save()
    load_all_checks()
    judged = [CHECKS.get_one(name) for name in sorted(JUDGED)]
    seen: Counter[int] = Counter()
    with one_connection():
        schema = schemathesis.openapi.from_wsgi("/api/v1/schema", fastpath.wrap(DJANGO))
        for found in schema.get_all_operations():
            fuzz(found.ok(), member, token, judged, seen)
    assert max(seen) < 500
    assert seen.total() >= CASES
    assert {200, 304, 400, 404} <= set(seen)


def fuzz(operation: Any, member: Member, token: str, judged: list[Any], seen: Counter[int]) -> None:
    """Most of the cases on the call about members, half of them about a member that may be seen."""
    about_members = operation.path.startswith("/api/v1/members/")

    @settings(
        max_examples=CASES if about_members else 20,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(case=operation.as_strategy(), known=st.booleans(), unchanged=st.booleans())
    def run(case: Any, known: bool, unchanged: bool) -> None:
        if about_members and known:
            case.path_parameters = {"scheme": "account", "value": member.account.number}
        headers = {"Authorization": f"Bearer {token}"} | ({"If-None-Match": "*"} if unchanged else {})
        response = case.call(headers=headers)
        case.validate_response(response, checks=judged)
        seen[response.status_code] += 1

    run()


def test_the_control_an_undocumented_answer_is_noticed(member: Member, token: str) -> None:
    """405 is described nowhere, so the checks must turn it down."""
    load_all_checks()
    with one_connection():
        schema = schemathesis.openapi.from_wsgi("/api/v1/schema", DJANGO)
        case = schema["/api/v1/members/{scheme}/{value}"]["GET"].Case(
            path_parameters={"scheme": "account", "value": member.account.number}
        )
        case.method = "POST"
        response = case.call(headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 405
    with pytest.raises(FailureGroup, match="1 distinct failure"):
        case.validate_response(response, checks=[CHECKS.get_one("status_code_conformance")])
