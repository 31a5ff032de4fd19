"""POST /api/oauth/token: client credentials."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

import pytest

from tests.fastlane.conftest import Member, Partner
from tests.fastlane.wsgi import Reply, call

FORM = "application/x-www-form-urlencoded"


def ask(partner: Partner | None = None, *, basic: bool = True, secret: str = "", **fields: str) -> Reply:
    headers = {"content_type": FORM}
    fields = {"grant_type": "client_credentials", **fields}
    if partner and basic:
        pair = f"{partner.client_id}:{secret or partner.secret}"
        headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    elif partner:
        fields |= {"client_id": partner.client_id, "client_secret": secret or partner.secret}
    return call("/api/oauth/token", method="POST", body=urlencode(fields).encode(), **headers)


@pytest.mark.parametrize("basic", [True, False])
def test_a_client_gets_a_token_that_opens_what_was_asked_for(basic: bool, member: Member, partner: Partner) -> None:
    member.consents_to(partner)
    reply = ask(partner, basic=basic, scope="members:read")
    assert (reply.status, reply.json["token_type"], reply.headers["cache-control"]) == (200, "Bearer", "no-store")
    assert call(member.path, token=reply.json["access_token"]).status == 200


def test_a_token_for_another_scope_does_not_open_members(member: Member, partner: Partner) -> None:
    member.consents_to(partner)
    token = ask(partner, scope="lanes:read").json["access_token"]
    assert call(member.path, token=token).status == 403


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"scope": "members:read everything"}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, "unauthorized_client"),
    ],
)
def test_what_the_client_may_not_ask_is_refused_in_oauths_words(
    fields: dict[str, str], error: str, partner: Partner
) -> None:
    reply = ask(partner, **fields)
    assert (reply.status in {400, 401}, "access_token" in reply.json) == (True, False)
    assert reply.json["error"] in {error, "invalid_grant", "invalid_request"}


def test_a_wrong_secret_and_an_unknown_client_are_the_same_401(partner: Partner) -> None:
    wrong = ask(partner, secret="guess")
    unknown = ask(basic=False, client_id="nobody", client_secret="guess")
    assert (wrong.status, wrong.json["error"]) == (401, "invalid_client")
    assert (unknown.status, unknown.body) == (wrong.status, wrong.body)


def test_a_switched_off_client_gets_none(partner: Partner) -> None:
    partner.row.is_active = False
    partner.row.save()
    reply = ask(partner, scope="members:read")
    assert (reply.status, reply.json["error"]) == (401, "invalid_client")


def test_another_method_is_405(db: None) -> None:
    assert call("/api/oauth/token").status == 405
