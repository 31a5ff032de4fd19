"""P34: every answer of every route, to everybody, carries the safe headers and cookies of a real deployment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.cookies import Morsel

import pytest
from django.http import HttpResponseBase
from django.test import Client, override_settings
from django.urls import get_resolver

from accounts.policy import Who
from portal import middleware
from tests import services
from tests.proofs.house import ALL, House, Route

DUMP = """
import json
from portal import settings
starts = ("SECURE_", "SESSION_", "CSRF_", "X_FRAME")
print(json.dumps({n: v for n, v in vars(settings).items() if n.startswith(starts) and isinstance(v, str | int | bool)}))
"""
YEAR = 31_536_000
# The same for everyone, whoever asks.
PUBLIC = {"api:schema", "api:jwks"}
# Machines beside the portal ask these, and they are answered before every other layer.
PROBES = {"healthz", "readyz"}


@pytest.fixture(scope="module")
def deployed() -> Iterator[dict[str, object]]:
    """The settings that a real deployment has of its own, read from the settings themselves."""
    told = {
        "PORTAL_DEBUG": "no", "PORTAL_ALLOWED_HOSTS": "testserver", "PORTAL_PUBLIC_URL": "https://testserver",
        "SECRET_KEY": "s" * 64, "FIELD_KEYS": "f" * 48, "LOOKUP_KEY": "l" * 48,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", DUMP],
        cwd=services.ROOT,
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    assert found["SESSION_COOKIE_SECURE"] is True
    with override_settings(**found):
        yield found


def faults(response: HttpResponseBase, *, private: bool) -> list[str]:
    """What is missing in one answer."""
    headers = response.headers
    policy = headers.get("Content-Security-Policy", "")
    age = re.search(r"max-age=(\d+)", headers.get("Strict-Transport-Security", ""))
    caching = headers.get("Cache-Control", "")
    sandboxed = policy.startswith("sandbox;")  # a company's file: no form, no base, no script
    wrong = {
        "HSTS": not age or int(age[1]) < YEAR or "includeSubDomains" not in headers["Strict-Transport-Security"],
        "CSP": "default-src 'none'" not in policy or "unsafe" in policy or "*" in policy,
        "frame-ancestors": "frame-ancestors 'none'" not in policy or headers.get("X-Frame-Options") != "DENY",
        "base-uri": not sandboxed and ("base-uri 'none'" not in policy or "form-action 'self'" not in policy),
        "nosniff": headers.get("X-Content-Type-Options") != "nosniff",
        "referrer": headers.get("Referrer-Policy") not in {"same-origin", "no-referrer"},
        "no-store": private and "no-store" not in caching and response.status_code not in {301, 304, 500},
    }
    found = [name for name, is_wrong in wrong.items() if is_wrong]
    found += [words for cookie in response.cookies.values() for words in cookie_faults(cookie)]
    if headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
        found += inline(response.content.decode())
    return found


def cookie_faults(cookie: Morsel[str]) -> list[str]:
    right = {
        "prefix": cookie.key.startswith("__Host-"),
        "secure": bool(cookie["secure"]),
        "http only": bool(cookie["httponly"]),
        "same site": cookie["samesite"] in {"Lax", "Strict"},
        "path": cookie["path"] == "/" and not cookie["domain"],
    }
    return [f"cookie {cookie.key}: {name}" for name, is_right in right.items() if not is_right]


def inline(page: str) -> list[str]:
    """What the policy would stop: scripts, styles and handlers written into a page."""
    found = ["inline script" for _ in re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", page)]
    found += ["inline style" for _ in re.findall(r"<style\b|<[^>]+\sstyle=", page)]
    return found + ["inline handler" for _ in re.findall(r"<[^>]+\son[a-z]+=", page)]


def is_private(route: Route, method: str, name: str) -> bool:
    row = route.rows.get(method)
    return name != "visitor" and route.name not in PUBLIC and (row is None or Who.ANYONE not in row.who)


def test_every_answer_to_everybody_is_safe(house: House, deployed: dict[str, object], db: None) -> None:
    """GET each route as each principal: pages, refusals, and what isn't there."""
    wrong: list[str] = []
    seen = 0
    statuses: set[int] = set()
    for name in sorted(house.principals, key=lambda name: name != "officer"):
        client = house.client(name)
        client.raise_request_exception = False
        for route in ALL:
            if "GET" not in route.rows or route.name in PROBES:
                continue
            address = route.address(house.way(route, client))
            assert address, route
            response = client.get(address, secure=True)
            seen += 1
            statuses.add(response.status_code)
            wrong += [
                f"{name} {route.name} {response.status_code}: {w}"
                for w in faults(response, private=is_private(route, "GET", name))
            ]
    print(f"\n{seen:,} answers of {len(ALL)} routes to {len(house.principals)} principals: {len(wrong)} misses")
    print(*sorted({w.partition(" ")[2] for w in wrong}), sep="\n")
    assert wrong == []
    assert statuses >= {200, 302, 401, 403, 404}


def test_answers_that_tell_of_a_fault_are_safe_too(
    house: House, deployed: dict[str, object], monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a secret detail")

    officer = house.client("officer")
    careful = Client(enforce_csrf_checks=True)
    answers = {
        "unknown": officer.get("/no/such/page/", secure=True),
        "wrong method": Client().delete("/api/v1/schema", secure=True),
        "unknown API": Client().get("/api/v1/nothing", secure=True),
        "no token": Client().get("/api/v1/members/account/TT-1", secure=True),
        "form without its key": careful.post("/sign-in/login/", {"login": "a@example.org"}, secure=True),
        "wrong password": Client().post("/sign-in/login/", {"login": "a@example.org", "password": "x"}, secure=True),
        "odd host": Client().get("/", secure=True, headers={"host": "elsewhere.example"}),
        "wrong form": officer.post(f"/companies/{house.firms[0].company.pk}/sites/", {"name": ""}, secure=True),
        "no such file": Client().get("/static/nothing.js", secure=True),
        "not a number": officer.get("/companies/one/", secure=True),
    }
    home = next(entry for entry in get_resolver().url_patterns if getattr(entry, "name", "") == "home")
    monkeypatch.setattr(home, "callback", fail)
    broken = Client(raise_request_exception=False)
    answers["our fault"] = broken.get("/", secure=True)
    wrong = [f"{name}: {words}" for name, answer in answers.items() for words in faults(answer, private=False)]
    assert wrong == []
    assert answers["our fault"].status_code == 500
    assert b"secret detail" not in answers["our fault"].content
    assert {answer.status_code for answer in answers.values()} >= {200, 400, 401, 403, 404, 405, 500}


def test_plain_http_leads_to_https(deployed: dict[str, object], db: None) -> None:
    answer = Client().get("/companies/")
    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/companies/")


@pytest.mark.parametrize(
    ("header", "fault"), [("Content-Security-Policy", "CSP"), ("X-Frame-Options", "frame-ancestors")]
)
def test_the_control_a_missing_header_is_found(
    deployed: dict[str, object], monkeypatch: pytest.MonkeyPatch, db: None, header: str, fault: str
) -> None:
    assert faults(Client().get("/", secure=True), private=False) == []
    monkeypatch.delitem(middleware.HEADERS, header)
    assert fault in faults(Client().get("/", secure=True), private=False)


def test_the_control_every_other_miss_is_found(deployed: dict[str, object], db: None) -> None:
    answer = Client().get("/", secure=True)
    answer.content = b'<p style="color:red" onclick="x()"><script>1</script>'
    answer.headers["Strict-Transport-Security"] = "max-age=60"
    answer.headers["Referrer-Policy"] = "unsafe-url"
    del answer.headers["X-Content-Type-Options"]
    answer.set_cookie("sessionid", "x", domain="example.org")
    found = faults(answer, private=True)
    assert {"HSTS", "nosniff", "referrer", "inline script", "inline style", "inline handler"} <= set(found)
    assert sum(words.startswith("cookie") for words in found) == 5
    answer.headers["Cache-Control"] = "public, max-age=60"
    assert "no-store" in faults(answer, private=True)
