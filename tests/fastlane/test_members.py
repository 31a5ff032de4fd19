"""GET /api/v1/members/{scheme}/{value}: what is answered, to whom, and what a stranger learns."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts import identifiers, machines
from fastlane.publishing import keys
from fastlane.scopes import MEMBERS_READ, SCOPES
from tests import builders
from tests.fastlane.conftest import GOOD, SUSPENDED, Member, Partner, a_partner
from tests.fastlane.wsgi import call
from trusted_trader.statements import verify

MISSING = "/api/v1/members/account/TT-99999997"


def test_a_good_member_is_told_with_reason_and_time(member: Member, token: str) -> None:
    reply = call(member.path, token=token)
    content = reply.json
    assert reply.status == 200
    assert content["member"] == {
        "account": member.account.number, "name": member.account.company.legal_name, "entity_type": "importer"
    }  # fmt: skip
    assert (content["level"], content["tier"], content["status"], content["in_good_standing"]) == (
        "certified",
        1,
        "good",
        True,
    )
    assert content["reasons"] == [{"code": "certified", "text": "The member is certified and in good standing."}]
    lasts = datetime.fromisoformat(content["valid_until"]) - datetime.fromisoformat(content["as_of"])
    assert timedelta(0) < lasts <= timedelta(seconds=300)
    assert reply.headers["cache-control"] == "private, no-cache"
    assert reply.headers["content-type"] == "application/json"
    assert {"etag", "last-modified", "x-request-id", "ratelimit", "ratelimit-policy", "x-poll-interval"} <= set(
        reply.headers
    )


def test_the_statement_says_the_rest_and_holds_with_the_published_keys_alone(member: Member, token: str) -> None:
    content = call(member.path, token=token).json
    statement = content.pop("statement")
    published = call("/.well-known/jwks.json").json
    assert verify(statement, published) == content


def test_a_statement_under_another_portals_key_does_not_hold(
    member: Member, token: str, settings: object, tmp_path: object
) -> None:
    statement = call(member.path, token=token).json["statement"]
    settings.KEYS_DIR = str(tmp_path)  # type: ignore[attr-defined]
    with pytest.raises(Exception, match="names a key"):
        verify(statement, call("/.well-known/jwks.json").json)


def test_an_old_statement_still_holds_after_the_keys_were_rotated(member: Member, token: str) -> None:
    before = call(member.path, token=token).json["statement"]
    keys.ring().rotate()
    after = call(member.path, token=token, fast=False).json["statement"]
    published = call("/.well-known/jwks.json").json
    assert before != after
    assert verify(before, published)["status"] == verify(after, published)["status"] == "good"


def test_head_tells_the_same_without_a_body(member: Member, token: str) -> None:
    got, asked = (call(member.path, method=method, token=token, fast=False) for method in ("GET", "HEAD"))
    assert (asked.status, asked.body) == (200, b"")
    assert asked.headers["etag"] == got.headers["etag"]
    assert asked.headers["content-length"] == str(len(got.body))


@pytest.mark.parametrize("scheme", ["ein"])
def test_a_member_is_found_by_any_of_its_numbers_however_it_is_written(scheme: str, member: Member, token: str) -> None:
    number = member.number(scheme)
    for written in (number, f"{number[:2]}-{number[2:]}", f" {number} "):
        assert (
            call(f"/api/v1/members/{scheme}/{quote(written)}", token=token).json["member"]["account"]
            == member.account.number
        )


def test_why_a_member_was_suspended_stays_between_it_and_the_programme(member: Member, token: str) -> None:
    member.becomes(SUSPENDED)
    content = call(member.path, token=token).json
    assert (content["status"], content["level"], content["in_good_standing"]) == ("suspended", "certified", False)
    assert SUSPENDED.reason not in json.dumps(content)
    assert "suspended" in content["reasons"][0]["text"]


def test_an_account_without_a_record_has_no_status(new_member: Callable[..., Member], partner: Partner) -> None:
    member = new_member(certified=False)
    member.consents_to(partner)
    content = call(member.path, token=partner.token()).json
    assert (content["level"], content["tier"], content["status"], content["in_good_standing"]) == (
        "none",
        None,
        "none",
        False,
    )


# --- ?at= ---------------------------------------------------------------------------------------------------------


def test_yesterday_is_still_told_after_a_suspension(member: Member, token: str) -> None:
    yesterday = (timezone.now() - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    member.becomes(SUSPENDED)
    then, now = call(f"{member.path}?at={yesterday}", token=token).json, call(member.path, token=token).json
    assert (then["status"], now["status"]) == ("good", "suspended")
    assert datetime.fromisoformat(then["at"]) - datetime.fromisoformat(yesterday) < timedelta(milliseconds=1)


def test_before_the_first_record_there_was_no_standing(member: Member, token: str) -> None:
    content = call(f"{member.path}?at=2019-05-01T12:00:00%2B02:00", token=token).json
    assert (content["level"], content["status"]) == ("none", "none")


@pytest.mark.parametrize(
    "at",
    ["", "yesterday", "2026-11-01", "2026-11-01T10:00:00", "2026-13-01T10:00:00Z",
     "2026-11-01T25:00:00Z", "0001-01-01T00:00:00%2B10:00",
     "2026-11-01T10:00:00+02:00", "9999-01-01T00:00:00Z",
     "２０２６-11-01T10:00:00Z", "2026-11-01T10:00:00Z%00", "1'--"],
)  # fmt: skip
def test_a_time_that_cannot_be_told_is_refused_with_a_pointer(at: str, member: Member, token: str) -> None:
    reply = call(f"{member.path}?at={quote(at, safe='%+')}", token=token)
    assert reply.status == 400
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["errors"][0]["pointer"] == "/at"


def test_the_future_is_not_told(member: Member, token: str) -> None:
    ahead = (timezone.now() + timedelta(seconds=5)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert call(f"{member.path}?at={ahead}", token=token).status == 400


# --- Several accounts ----------------------------------------------------------------------------------------------


def test_two_accounts_under_one_number_are_listed_and_told_apart_by_type(
    member: Member, new_member: Callable[..., Member], partner: Partner, token: str
) -> None:
    other = new_member("exporter", of=member)
    with other.commit(), builders.system():
        builders.who.set_identifier(
            account=other.account, scheme="ein", raw=member.number("ein"), actor=other.officer, at=builders.NOW
        )
    path = f"/api/v1/members/ein/{member.number('ein')}"
    assert call(path, token=token).json["member"]["entity_type"] == "importer"
    other.consents_to(partner)
    reply = call(path, token=token)
    assert (reply.status, reply.json["entity_types"]) == (409, ["exporter", "importer"])
    assert call(f"{path}?entity_type=exporter", token=token).json["member"]["account"] == other.account.number
    assert call(f"{path}?entity_type=sea_carrier", token=token).status == 404
    wrong = call(f"{path}?entity_type=pirate", token=token)
    assert (wrong.status, wrong.json["errors"][0]["pointer"]) == (400, "/entity_type")


# --- Tokens ---------------------------------------------------------------------------------------------------------


def test_without_a_token_401_says_what_is_needed(member: Member) -> None:
    reply = call(member.path)
    assert (reply.status, reply.headers["www-authenticate"]) == (401, 'Bearer realm="trusted-trader"')
    assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "authorization", ["Bearer nonsense", "Bearer", "Bearer ", "Basic dTpw", "Bearer a b", "bearer \xff", "x" * 9000]
)
def test_a_token_that_is_none_of_ours_is_401(authorization: str, member: Member) -> None:
    assert call(member.path, authorization=authorization).status == 401


def test_an_expired_token_is_401(member: Member, partner: Partner) -> None:
    reply = call(member.path, token=partner.token(MEMBERS_READ, lasts=timedelta(seconds=-1)))
    assert reply.status == 401
    assert 'error="invalid_token"' in reply.headers["www-authenticate"]


def test_a_token_without_the_scope_is_403_and_names_it(member: Member, partner: Partner) -> None:
    member.consents_to(partner)
    reply = call(member.path, token=partner.token(*set(SCOPES) - {MEMBERS_READ}))
    assert reply.status == 403
    assert reply.headers["content-type"] == "application/problem+json"
    assert 'error="insufficient_scope", scope="members:read"' in reply.headers["www-authenticate"]


def test_a_switched_off_client_is_401_within_the_second(member: Member, partner: Partner, token: str) -> None:
    assert call(member.path, token=token).status == 200
    partner.row.is_active = False
    partner.row.save()
    machines.forget()  # what time does by itself, in less than a second
    assert machines.REMEMBERED_SECONDS < 1
    assert call(member.path, token=token).status == 401


def test_a_revoked_token_is_401_within_the_second(member: Member, partner: Partner, token: str) -> None:
    assert call(member.path, token=token).status == 200
    partner.row.client.token_set.all().delete()
    machines.forget()
    assert call(member.path, token=token).status == 401


# --- Strangers --------------------------------------------------------------------------------------------------------


def same(reply: object) -> tuple[object, ...]:
    """What may not differ between two refusals: all but the request's own id and the count."""
    own = {"x-request-id", "ratelimit"}
    return reply.status, {n: v for n, v in reply.headers.items() if n not in own}, reply.body  # type: ignore[attr-defined]


def test_foreign_missing_ill_formed_and_unknown_schemes_are_the_same_404(
    member: Member, new_member: Callable[..., Member], token: str
) -> None:
    foreign = new_member()
    refusals = [
        call(path, token=token)
        for path in (
            foreign.path, MISSING, f"/api/v1/members/ein/{foreign.number('ein')}", "/api/v1/members/ein/1",
            "/api/v1/members/ior/123456789",
            "/api/v1/members/shoe/43", "/api/v1/members/account/a/b/c", "/api/v1/members/account/%00",
            "/api/v1/members/account/%FF",
            f"{MISSING}?at=2020-01-01T00:00:00Z", f"{foreign.path}?entity_type=importer",
        )
    ]  # fmt: skip
    assert {r.status for r in refusals} == {404}
    assert len({str(same(r)) for r in refusals}) == 1


def test_the_control_a_member_that_consented_is_no_404(member: Member, token: str) -> None:
    assert same(call(member.path, token=token)) != same(call(MISSING, token=token))


def test_sight_comes_and_goes_with_the_consent(member: Member, partner: Partner) -> None:
    token = partner.token(MEMBERS_READ)
    assert call(member.path, token=token).status == 404
    consent = member.consents_to(partner)
    assert call(member.path, token=token).status == 200
    assert call(member.path, token=token).fast
    member.revokes(consent)
    assert call(member.path, token=token).status == 404
    member.consents_to(partner)
    assert call(member.path, token=token).status == 200


def test_another_client_sees_nothing_of_it(member: Member, token: str) -> None:
    other = a_partner("Somebody Else").token(MEMBERS_READ)
    assert call(member.path, token=token).status == 200
    assert call(member.path, token=other).status == 404


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scheme=st.sampled_from([*identifiers.API_SCHEMES, "ior", "x", ""]), value=st.text(max_size=150))
@example(scheme="account", value="TT-\u0661\u0662")
@example(scheme="ein", value="'; drop table accounts_account; --")
@example(scheme="lei", value="\ud7ff" * 100)
def test_no_shape_of_a_number_is_more_than_a_404(scheme: str, value: str, token: str) -> None:
    reply = call(f"/api/v1/members/{scheme}/{quote(value, safe='')}", token=token)
    assert reply.status == 404


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(min_size=1, max_size=40))
def test_no_bytes_in_the_path_are_more_than_a_404(raw: bytes, token: str) -> None:
    assert call(f"/api/v1/members/account/{quote(raw, safe='')}", token=token).status == 404


# --- Methods and forms --------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_405_and_list_what_is_served(method: str, member: Member, token: str) -> None:
    reply = call(member.path, method=method, token=token)
    assert (reply.status, reply.headers.get("allow")) == (405, "GET, HEAD")
    assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        ("application/json", 200),
        ("text/html", 406),
        ("text/html, */*;q=0.1", 200),
        ("application/json;q=0", 406),
        ("", 406),
    ],
)
def test_json_is_all_there_is(accept: str, status: int, member: Member, token: str) -> None:
    assert call(member.path, token=token, accept=accept).status == status


def test_a_strange_format_parameter_changes_nothing(member: Member, token: str) -> None:
    assert call(f"{member.path}?format=xml", token=token).status == 200


def test_a_second_record_of_the_same_standing_is_no_new_answer(member: Member, token: str) -> None:
    first = call(member.path, token=token)
    member.becomes(GOOD)
    assert call(member.path, token=token).body == first.body
