"""One client that asks far too often takes nothing away from the others: it is refused cheaply (P26)."""

from __future__ import annotations

from fastlane.scopes import MEMBERS_READ
from tests.fastlane.conftest import Member, a_partner
from tests.fastlane.wsgi import call

QUOTA = 10


def test_a_client_with_twenty_times_its_quota_is_refused_before_django(member: Member, db: None) -> None:
    greedy, other = a_partner("Greedy Terminal", quota=QUOTA), a_partner("Modest Terminal")
    for partner in (greedy, other):
        member.consents_to(partner)
    token = greedy.token(MEMBERS_READ)
    replies = [call(member.path, token=token) for _ in range(20 * QUOTA)]
    served = [reply for reply in replies if reply.status == 200]
    refused = [reply for reply in replies if reply.status == 429]
    print(f"\n{len(served)} served, {len(refused)} refused, {sum(r.fast for r in refused)} of them before Django")
    assert (len(served), len(served) + len(refused)) == (QUOTA, 20 * QUOTA)
    assert sum(not reply.fast for reply in refused) <= 1
    assert all(int(reply.headers["retry-after"]) <= 60 for reply in refused)
    modest = other.token(MEMBERS_READ)
    assert {call(member.path, token=modest).status for _ in range(QUOTA)} == {200}


def test_the_cheap_refusal_is_the_same_as_the_whole_one(member: Member, db: None) -> None:
    greedy = a_partner("Greedy Terminal", quota=1)
    member.consents_to(greedy)
    token = greedy.token(MEMBERS_READ)
    call(member.path, token=token)
    whole, cheap = (call(member.path, token=token) for _ in range(2))
    assert [reply.fast for reply in (whole, cheap)] == [False, True]
    assert whole.headers.keys() == cheap.headers.keys()
    assert {**whole.json, "instance": ""} == {**cheap.json, "instance": ""}
    assert cheap.json["instance"] == f"urn:request:{cheap.headers['x-request-id']}"


def test_who_is_refused_may_still_learn_that_nothing_has_changed(member: Member, db: None) -> None:
    greedy = a_partner("Greedy Terminal", quota=1)
    member.consents_to(greedy)
    token = greedy.token(MEMBERS_READ)
    etag = call(member.path, token=token).headers["etag"]
    for _ in range(3):
        call(member.path, token=token)
    assert call(member.path, token=token, if_none_match=etag).status == 304


def test_a_refusal_of_the_scope_is_not_hidden_by_the_quota(member: Member, db: None) -> None:
    greedy = a_partner("Greedy Terminal", quota=1)
    member.consents_to(greedy)
    for _ in range(3):
        call(member.path, token=greedy.token(MEMBERS_READ))
    assert call(member.path, token=greedy.token("lanes:read")).status == 403
