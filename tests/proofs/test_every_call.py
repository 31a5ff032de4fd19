"""P3 for machines: every call that changes something is sent every field name that isn't described; none is taken."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import timezone

from accounts import operations as who
from accounts.policy.middleware import policy_table
from fastlane.lanes import operations as lanes
from fastlane.lanes.acting import Actor
from fastlane.publishing import describing, reading, sandbox
from fastlane.rules import LANES
from fastlane.scopes import SCOPES
from fastlane.webhooks import operations as webhooks
from tests import builders
from tests.fastlane.conftest import a_partner
from tests.fastlane.lanes import harbor
from tests.proofs.test_every_form import (
    PLANTED_DAY,
    PLANTED_NUMBER,
    PLANTED_WORD,
    Kept,
    done,
    plants,
    put_back,
)
from tests.world import QUICK_PASSWORDS

pytestmark = pytest.mark.django_db(transaction=True)

AQUA = "/api/v1/lanes/aqua/requests"
_keys = count(1)


@dataclass(frozen=True)
class Call:
    """A call with a body that works; `token` is the client's that it works for."""

    route: str
    method: str
    path: str
    body: Mapping[str, Any]
    token: str

    def send(self, body: Mapping[str, Any]) -> tuple[int, set[str]]:
        """The status, and the names of the fields that were refused."""
        client = Client(raise_request_exception=False)
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": f"key-{next(_keys)}"}
        answer = client.generic(
            self.method, self.path, json.dumps(body), content_type="application/json", headers=headers
        )
        told = json.loads(answer.content) if answer.status_code == 400 else {}
        return answer.status_code, {error["pointer"].rpartition("/")[2] for error in told.get("errors", ())}


def names() -> dict[str, Any]:
    """Every field name of every model, with a value that is found again."""
    found: dict[str, Any] = {}
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            for name in {column.name, column.attname}:
                if isinstance(column, models.BooleanField):
                    found[name] = True
                elif isinstance(column, models.DateField):
                    found[name] = PLANTED_DAY
                elif isinstance(column, models.IntegerField | models.ForeignKey):
                    found[name] = PLANTED_NUMBER
                else:
                    found[name] = PLANTED_WORD
    return found


def calls() -> list[Call]:
    """Every call of the API that changes something, with what it needs."""
    now = timezone.now()
    eta = now + timedelta(days=5)
    quay = harbor.build()
    partner, trying = a_partner("Blue Current IT", quota=10**7), a_partner("Trying Lines", quota=10**7)
    trying.row.is_sandbox = True
    trying.row.save()
    number = sandbox.furnish(trying.row, at=now)[1].number
    who.grant_consent(account=quay.carrier, partner=partner.row, actor=quay.agent, at=now, acts=True)
    acting = Actor(client_id=partner.client_id)
    row = lanes.draft(account=quay.carrier, filing=harbor.a_filing(eta, voyage="200E"), actor=acting, at=now)
    quay.observe(row, at=now)
    lanes.submit(request=row, actor=acting, at=now)
    hook, _secret = webhooks.create(
        partner=partner.row, url="https://partner.example/on", at=now, actor=webhooks.Acting.machine(partner.client_id)
    )
    sent = webhooks.send_test(endpoint=hook, actor=webhooks.Acting.machine(partner.client_id), at=now)
    type(sent).objects.filter(pk=sent.pk).update(state="failed")
    token, moment = partner.token(*SCOPES), now.isoformat().replace("+00:00", "Z")
    carrier = {"scheme": "account", "value": quay.carrier.number}
    filing = harbor.FILING | {"carrier": carrier, "eta": eta.isoformat().replace("+00:00", "Z"), "voyage": "300E"}
    fact = {"value": 0, "source": "Targeting", "observed_at": moment}
    one, own = f"{AQUA}/{row.reference}", f"/api/v1/webhooks/{hook.key}"
    return [
        Call("api:lane_requests", "POST", AQUA, filing, token),
        Call("api:lane_request", "PATCH", one, {"voyage": "201E"}, token),
        Call("api:lane_request_events", "POST", f"{one}/events", {"kind": "all_fast", "happened_at": moment}, token),
        Call("api:lane_request_withdraw", "POST", f"{one}/withdraw", {"reason": "The call is off."}, token),
        Call("api:what_if", "POST", "/api/v1/lanes/aqua/what-if", LANES["aqua"].example(), token),
        Call(
            "api:port_call_facts", "PUT", "/api/v1/facts/port-calls/9703291/200E/2704",
            {"facts": {"targeting.holds": fact}}, token,
        ),
        Call("api:webhooks", "POST", "/api/v1/webhooks", {"url": "https://partner.example/new"}, token),
        Call("api:webhook", "PATCH", own, {"active": False}, token),
        Call("api:replay", "POST", f"{own}/replay", {}, token),
        Call("api:webhook_secret", "POST", f"{own}/secret", {}, token),
        Call("api:webhook_test", "POST", f"{own}/test", {}, token),
        Call(
            "api:sandbox_member", "PUT", f"/api/v1/sandbox/members/{number}", {"status": "suspended"},
            trying.token(*SCOPES),
        ),
        Call("api:webhook", "DELETE", own, {}, token),
    ]  # fmt: skip


def schema_of(call: Call) -> Mapping[str, Any]:
    """What the published description says of this call's body."""
    if call.route == "api:what_if":  # each lane has its own
        return LANES["aqua"].schema()
    paths = describing.schema()["paths"]
    described = next(methods for path, methods in paths.items() if _is(path, call.path))
    content: dict[str, Any] = described[call.method.lower()].get("requestBody", {}).get("content", {})
    schema: Mapping[str, Any] = content.get("application/json", {}).get("schema", {})
    return schema


def _is(described: str, path: str) -> bool:
    ours, theirs = path.split("/"), described.split("/")
    return len(ours) == len(theirs) and all(t.startswith("{") or o == t for o, t in zip(ours, theirs, strict=True))


def opened(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema behind a reference."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return describing.schema()["components"]["schemas"][name] if name else schema


type Place = tuple[Mapping[str, Any], set[str], Callable[[Any], Any]]


def places(
    body: Mapping[str, Any], schema: Mapping[str, Any], rebuild: Callable[[Any], Any] = lambda inner: inner
) -> Iterator[Place]:
    """Each object in a body, the names that are described for it, and how the body reads when it reads otherwise."""
    described = opened(schema).get("properties", {})
    yield body, set(described), rebuild
    for name, value in body.items():

        def outer(inner: Any, name: str = name) -> Any:
            return rebuild({**body, name: inner})

        if isinstance(value, dict):
            yield from places(value, described[name], outer)
        elif isinstance(value, list) and value and isinstance(value[0], dict):

            def in_list(inner: Any, rest: Any = value[1:], outer: Any = outer) -> Any:
                return outer([inner, *rest])

            yield from places(value[0], opened(described[name])["items"], in_list)


def taken(call: Call) -> tuple[list[str], int]:
    """Names that this call took, or what it did with them; and how many were sent."""
    put_back()
    assert call.send(call.body)[0] < 300, call
    alone = done()[0]
    put_back()
    wrong, sent = [], 0
    every = names()
    for inner, described, rebuild in places(call.body, schema_of(call)):
        assert inner.keys() <= described, f"{call.route} takes what is not described"
        more = {name: value for name, value in every.items() if name not in described}
        sent += len(more)
        status, refused = call.send(rebuild({**inner, **more}))
        if status < 400:  # it doesn't look at what it doesn't know
            found, tables = done()
            wrong += [f"a planted value stands in {table}" for table in plants(tables)]
            if found.rows != alone.rows or found.columns - alone.columns:
                wrong.append(f"alone {alone}, with planted fields {found}")
            put_back()
            continue
        # Those that were refused together with others have to be refused for themselves.
        for name in more.keys() - refused:
            if call.send(rebuild({**inner, name: more[name]}))[0] < 400:
                wrong.append(f"takes {name}")
    if changed := done()[0]:
        wrong.append(f"was refused, and changed {changed}")
    return wrong, sent


def test_no_call_takes_a_field_that_it_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    with QUICK_PASSWORDS, builders.system():
        known = calls()
    Kept.keep()
    wrong, fields = [], 0
    for call in known:
        found, sent = taken(call)
        fields += sent
        wrong += [f"{call.method} {call.route}: {word}" for word in found]
    print(f"\n{len(known)} calls, {fields:,} fields sent, {len(wrong)} taken, {time.monotonic() - began:.0f} s")
    print(*wrong, sep="\n")
    assert wrong == []
    writing = {name for name, rows in policy_table().items() if name.startswith("api:") and set(rows) - {"GET", "HEAD"}}
    assert writing - {call.route for call in known} == {"api:token"}, "it takes the two words of OAuth alone"
    # The control: a reader that lets what it doesn't know pass, and a call that takes it.
    hooks = next(call for call in known if call.route == "api:webhooks")

    def careless(request: Any, _known: Any) -> dict[str, Any]:
        document = json.loads(request._request.body)
        return {"url": document["url"], "description": str(document.get("purpose", ""))}

    with monkeypatch.context() as patch:
        patch.setattr(reading, "document", careless)
        found, _sent = taken(hooks)
    print("a call that takes a word it doesn't know:", found)
    assert "a planted value stands in fastlane_endpoint" in found
    put_back()
