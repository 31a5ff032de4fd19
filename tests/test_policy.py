"""The policy table: complete by construction, enforced on every route, and its rows have teeth."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from accounts.policy import Factor, Row, Who
from accounts.policy.middleware import policy_table
from portal.policy import TABLE

APPROVED = Path(__file__).with_name("policy_approved.txt")
STRANGER = {
    "number": "TT-99999999",
    "company": "999999999",
    "pk": "999999999",
    "key": "00000000-0000-4000-8000-000000000000",
}


def routes(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "", space: str = ""
) -> Iterator[tuple[str, str]]:
    """Every route of the portal with its name, its arguments filled in by a stranger's guesses."""
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from routes(entry.url_patterns, prefix + str(entry.pattern), inner)
        elif isinstance(entry.pattern, RoutePattern):
            yield f"{space}{entry.name}", _filled(prefix + str(entry.pattern), entry)
        else:
            yield f"{space}{entry.name}", ""


def _filled(route: str, entry: URLPattern) -> str:
    parts = []
    for piece in route.split("<"):
        argument, closed, rest = piece.partition(">")
        if not closed:
            parts.append(piece)
            continue
        kind, _colon, name = argument.rpartition(":")
        parts.append((STRANGER.get(name) or ("1" if kind == "int" else "stranger")) + rest)
    return "/" + "".join(parts)


ROUTES = sorted(set(routes()))


def test_every_route_has_a_row() -> None:
    assert {name for name, _path in ROUTES} - TABLE.keys() - _registers() == set()


def _registers() -> set[str]:
    """Django's own admin routes that no row opens: they answer 403."""
    return {name for name, _path in ROUTES if name.startswith("admin:") and name not in TABLE}


def test_every_row_belongs_to_a_route() -> None:
    optional = {"demo", "demo_mail"}
    assert TABLE.keys() - {name for name, _path in ROUTES} - optional == set()


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "path"), [r for r in ROUTES if r[1]], ids=lambda value: value)
def test_a_visitor_gets_nothing_that_is_not_for_anyone(name: str, path: str) -> None:
    for method in ("get", "post", "put", "patch", "delete"):
        response = getattr(Client(), method)(path)
        row = TABLE.get(name, {}).get(method.upper())
        if row is None:
            assert response.status_code in {302, 403, 404, 405}, (method, path, response.status_code)
        elif Who.ANYONE not in row.who:
            assert response.status_code in {302, 401, 403}, (method, path, response.status_code)
            if response.status_code == 302:
                assert "/sign-in/" in response["Location"]


@pytest.mark.django_db
def test_without_its_row_a_route_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/").status_code == 200
    monkeypatch.setitem(policy_table(), "home", {})  # type: ignore[arg-type]
    assert Client().get("/").status_code == 403


def told(table: dict[str, dict[str, Row]]) -> str:
    """The table as lines that people approve."""
    lines = []
    for name in sorted(table):
        for method in sorted(table[name]):
            row = table[name][method]
            lines.append(
                f"{name} {method}: {', '.join(sorted(map(str, row.who)))} own={row.own or '-'} factor={row.factor}"
            )
    return "\n".join(lines) + "\n"


def test_the_table_is_the_approved_one() -> None:
    assert told(TABLE) == APPROVED.read_text(), (
        "rows changed: read the difference, then approve it by writing the file anew"
    )


def test_flipping_any_row_is_noticed() -> None:
    """Every row, one at a time: opened to anyone, its owner's condition dropped, its factor lowered, or removed."""
    approved = APPROVED.read_text()
    unnoticed = []
    for name, methods in TABLE.items():
        for method, row in methods.items():
            for flipped in _flips(row):
                changed = {key: dict(value) for key, value in TABLE.items()}
                if flipped is None:
                    del changed[name][method]
                else:
                    changed[name][method] = flipped
                if told(changed) == approved:
                    unnoticed.append((name, method))
    assert unnoticed == []


def _flips(row: Row) -> Iterator[Row | None]:
    yield None
    yield dataclasses.replace(row, who=frozenset({Who.ANYONE}) ^ row.who or frozenset({Who.SIGNED_IN}))
    if row.own:
        yield dataclasses.replace(row, own="")
    yield dataclasses.replace(row, factor=Factor.NONE if row.factor != Factor.NONE else Factor.FRESH)
