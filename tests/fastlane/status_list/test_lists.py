"""The status list as the world fetches it: signed, true within seconds, and silent about whose place is whose."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet

from accounts import effects, tenancy
from accounts.effects.models import Effect
from fastlane.scopes import MEMBERS_READ
from fastlane.status_list import codes, operations
from fastlane.status_list.models import PublishedList, Slot
from tests.fastlane.conftest import GOOD, SUSPENDED, Member, Partner, a_partner
from tests.fastlane.feed.test_feed import run_effects
from tests.fastlane.wsgi import call

URL = "/api/v1/status-list/0"


def run_builds() -> int:
    """Run what waits; returns how often a list was really built."""
    with tenancy.enter(tenancy.Scope.SYSTEM):
        due = list(Effect.objects.filter(kind=operations.BUILD, done_at=None).values_list("pk", flat=True))
    return sum(effects.run(pk) for pk in due)


def settle() -> int:
    run_effects()
    return run_builds()


def claims() -> dict[str, Any]:
    """As a relying party that has nothing but the published keys."""
    token = jwt.decode(
        call(URL).body.decode(), KeySet.import_key_set(call("/.well-known/jwks.json").json), algorithms=["ES256"]
    )
    assert token.header["typ"] == "statuslist+jwt"
    return dict(token.claims)


def read(index: int) -> int:
    """Written out here once more, from the specification."""
    text = claims()["status_list"]["lst"]
    raw = zlib.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return raw[index // 4] >> (2 * (index % 4)) & 3


def place(member: Member, partner: Partner) -> Any:
    return call(member.path, token=partner.token(MEMBERS_READ)).json.get("status_list")


def test_a_member_reads_as_it_stands(member: Member, partner: Partner) -> None:
    consent = member.consents_to(partner)
    settle()
    told = place(member, partner)
    assert told["uri"].endswith(URL)
    assert read(told["idx"]) == codes.VALID
    member.becomes(SUSPENDED)
    settle()
    assert read(told["idx"]) == codes.SUSPENDED
    member.becomes(GOOD)
    member.revokes(consent)
    settle()
    assert read(told["idx"]) == codes.INVALID


def test_a_member_without_consent_has_no_place(member: Member, partner: Partner) -> None:
    settle()
    assert not Slot.objects.exists()
    assert call(URL).status == 404


def test_the_place_is_told_to_who_may_see_the_member_alone(member: Member, partner: Partner) -> None:
    member.consents_to(partner)
    settle()
    assert place(member, partner)
    other = a_partner("Other Terminal")
    assert call(member.path, token=other.token(MEMBERS_READ)).status == 404
    with tenancy.enter(tenancy.Scope.PARTNER, client_id=other.client_id):
        assert not Slot.objects.exists()
    assert member.account.number not in json.dumps(claims())


def test_the_answer_that_stood_before_the_place_is_renewed(member: Member, partner: Partner) -> None:
    member.consents_to(partner)
    assert place(member, partner) is None
    settle()
    assert place(member, partner)


def test_places_are_drawn_at_random_and_kept(new_member: Callable[..., Member], partner: Partner) -> None:
    members = [new_member() for _ in range(4)]
    consents = [member.consents_to(partner) for member in members]
    settle()
    first = [place(member, partner)["idx"] for member in members]
    assert first != sorted(first) or first[-1] - first[0] > 1000
    members[0].revokes(consents[0])
    members[0].consents_to(partner)
    settle()
    assert place(members[0], partner)["idx"] == first[0]


def test_many_changes_at_once_are_one_build(new_member: Callable[..., Member], partner: Partner) -> None:
    for _ in range(5):
        new_member().consents_to(partner)
    run_effects()
    with tenancy.enter(tenancy.Scope.SYSTEM):
        assert Effect.objects.filter(kind=operations.BUILD, done_at=None).count() == 5
    assert run_builds() == 1


def test_anyone_may_fetch_and_keep_it_for_seconds_with_an_etag(member: Member, partner: Partner) -> None:
    member.consents_to(partner)
    settle()
    reply = call(URL, accept="application/statuslist+jwt")
    assert reply.headers["content-type"] == "application/statuslist+jwt"
    assert reply.headers["cache-control"] == "public, max-age=5"
    assert "set-cookie" not in reply.headers
    assert "cookie" not in reply.headers.get("vary", "").lower()
    again = call(URL, if_none_match=reply.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert call("/api/v1/status-list/7").status == call("/api/v1/status-list/99999999999").status == 404


def test_it_is_signed_anew_before_it_expires(member: Member, partner: Partner) -> None:
    member.consents_to(partner)
    settle()
    now = timezone.now()
    before = claims()
    assert before["exp"] - before["iat"] == 300
    assert operations.refresh(at=now) == 0
    assert operations.refresh(at=now + operations.SIGNED_ANEW_AFTER * 1.1) == 1
    assert claims()["iat"] > before["iat"]


def test_the_codes_kept_are_those_that_standing_and_consent_give(
    new_member: Callable[..., Member], partner: Partner
) -> None:
    """The fold: whatever order the effects run in, the kept code is the one computed from the truth."""
    for step in range(6):
        member = new_member()
        consent = member.consents_to(partner)
        if step % 2:
            member.becomes(SUSPENDED)
        if step % 3 == 2:
            member.revokes(consent)
    run_effects(newest_first=True)
    with tenancy.enter(tenancy.Scope.SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "select s.code, case when c.id is null then 1 when st.status = 'good' then 0"
            " when st.status = 'suspended' then 2 else 1 end from fastlane_slot s"
            " left join accounts_consent c on c.account_id = s.account_id and c.revoked_at is null"
            " left join trusted_trader_standing st on st.account_id = s.account_id and upper_inf(st.known)"
            " and upper_inf(st.valid)"
        )
        rows = cursor.fetchall()
    assert len(rows) >= 4
    assert [kept for kept, _ in rows] == [true for _, true in rows]


def test_no_list_is_given_out_before_it_is_signed(db: None) -> None:
    PublishedList.objects.create(
        number=0, codes="", token="", etag="", built_at=timezone.now(), signed_at=timezone.now()
    )
    assert call(URL).status == 404
