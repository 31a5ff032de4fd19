"""The calls about webhooks: what they give, and whose they are."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from accounts import tenancy
from accounts.models import Event
from fastlane.scopes import MEMBERS_READ, WEBHOOKS_MANAGE
from fastlane.webhooks import sending
from fastlane.webhooks.models import Endpoint
from tests.fastlane.conftest import Partner, a_partner
from tests.fastlane.webhooks.receiver import Receiver
from tests.fastlane.wsgi import Reply, call

URL = "/api/v1/webhooks"


@pytest.fixture
def ask(partner: Partner, loopback: None) -> Callable[..., Reply]:
    token = partner.token(WEBHOOKS_MANAGE)

    def send(method: str, path: str = "", body: Any = None, *, key: str | None = "", token: str = token) -> Reply:
        headers = {} if key is None else {"idempotency_key": key or uuid.uuid4().hex}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        return call(URL + path, method=method, token=token, body=raw, content_type="application/json", **headers)

    return send


def test_the_secret_is_shown_once(ask: Callable[..., Reply], receiver: Receiver) -> None:
    made = ask("POST", body={"url": receiver.url, "types": ["standing.changed"]})
    assert (made.status, made.json["active"], made.json["types"]) == (201, True, ["standing.changed"])
    assert made.json["secret"].startswith("whsec_")
    assert made.headers["location"] == f"{URL}/{made.json['id']}"
    assert made.headers["cache-control"] == "no-store"
    again = ask("GET", f"/{made.json['id']}").json
    assert again == {key: value for key, value in made.json.items() if key != "secret"}
    assert ask("GET").json == {"webhooks": [again], "next": None}


def test_a_repeat_with_the_same_key_makes_one(ask: Callable[..., Reply], receiver: Receiver) -> None:
    replies = [ask("POST", body={"url": receiver.url}, key="one") for _ in range(3)]
    assert len({reply.body for reply in replies}) == 1
    assert len(ask("GET").json["webhooks"]) == 1
    assert ask("POST", body={"url": receiver.url, "description": "x"}, key="one").status == 422
    assert ask("POST", body={"url": receiver.url}, key=None).status == 400


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"url": "ftp://example.org/"}, "/url"),
        ({"url": ""}, "/url"),
        ({}, "/url"),
        ({"url": 7}, "/url"),
        ({"url": "https://u:p@example.org/"}, "/url"),
        ({"url": "https://example.org/", "types": ["nonsense"]}, "/types"),
        ({"url": "https://example.org/", "types": "all"}, "/types"),
        ({"url": "https://example.org/", "more": 1}, "/more"),
        ([], ""),
        (b'{"url": "https://a.example/", "url": "https://b.example/"}', ""),
        (b'{"url": NaN}', ""),
        (b"{" * 500, ""),
        (b"[" * 100_000, ""),
        (b"\xff", ""),
    ],
)  # fmt: skip
def test_wrong_bodies_are_refused_with_a_pointer(ask: Callable[..., Reply], body: Any, pointer: str) -> None:
    reply = ask("POST", body=body)
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (400, pointer)
    assert ask("GET").json["webhooks"] == []


def test_an_inward_address_can_be_set_up_but_not_reached(
    ask: Callable[..., Reply], receiver: Receiver, settings: Any
) -> None:
    made = ask("POST", body={"url": receiver.url}).json
    settings.WEBHOOK_LOCAL_NETWORKS = []
    assert ask("POST", f"/{made['id']}/test").status == 202
    with tenancy.enter(tenancy.Scope.SYSTEM):
        sending.drain(Endpoint.objects.get(key=made["id"]).pk)
    [message] = ask("GET", f"/{made['id']}/deliveries").json["deliveries"]
    assert "private network" in message["tries"][0]["error"]
    assert receiver.got == []


def test_test_list_rotate_replay_switch_and_delete(ask: Callable[..., Reply], receiver: Receiver) -> None:
    made = ask("POST", body={"url": receiver.url}).json
    one = f"/{made['id']}"
    receiver.behave = lambda got: (200, {}, b"thanks")
    sent = ask("POST", f"{one}/test").json["delivery"]
    with tenancy.enter(tenancy.Scope.SYSTEM):
        pk = Endpoint.objects.get(key=made["id"]).pk
    sending.drain(pk)
    [message] = ask("GET", f"{one}/deliveries?state=delivered").json["deliveries"]
    assert (message["id"], message["type"], message["tries"][0]["answer"]) == (sent, "webhook.test", "thanks")
    assert message["tries"][0]["request_headers"]["webhook-id"] == sent
    assert ask("POST", f"{one}/replay", body={"delivery": sent}).json == {"replayed": 1}
    sending.drain(pk)
    assert receiver.ids == [sent, sent]
    assert ask("POST", f"{one}/secret").json["secret"] != made["secret"]
    assert ask("PATCH", one, body={"active": False}).json["active"] is False
    assert ask("POST", f"{one}/test").status == 409
    assert ask("DELETE", one, key=None).status == 204
    assert ask("GET", one).status == 404
    with tenancy.enter(tenancy.Scope.SYSTEM):
        told = list(Event.objects.filter(subject__startswith="client:").values_list("operation", flat=True))
    assert told == [f"webhook.{word}" for word in ("create", "test", "replay", "rotate", "switch_off", "delete")]


def test_pages_lead_through_all_deliveries(ask: Callable[..., Reply], receiver: Receiver) -> None:
    made = ask("POST", body={"url": receiver.url}).json
    for _ in range(53):
        assert ask("POST", f"/{made['id']}/test").status == 202
    first = ask("GET", f"/{made['id']}/deliveries").json
    second = ask("GET", f"/{made['id']}/deliveries?{first['next'].partition('?')[2]}").json
    ids = [message["id"] for message in first["deliveries"] + second["deliveries"]]
    assert (len(ids), len(set(ids)), second["next"]) == (53, 53, None)


def test_another_clients_webhooks_are_the_same_404_as_none(ask: Callable[..., Reply], receiver: Receiver) -> None:
    made = ask("POST", body={"url": receiver.url}).json
    stranger = a_partner("Other Terminal").token(WEBHOOKS_MANAGE)
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/deliveries"), ("POST", "/test"), ("POST", "/secret")):
        foreign = ask(method, f"/{made['id']}{path}", token=stranger)
        missing = ask(method, f"/{uuid.uuid4()}{path}", token=stranger)
        assert (foreign.status, foreign.body) == (404, missing.body), path
    assert ask("GET", token=stranger).json["webhooks"] == []
    with tenancy.enter(tenancy.Scope.PARTNER, client_id="another"):
        assert not Endpoint.objects.exists()


def test_the_scope_is_needed(ask: Callable[..., Reply], partner: Partner) -> None:
    assert ask("GET", token=partner.token(MEMBERS_READ)).status == 403
    assert call(URL).status == 401
