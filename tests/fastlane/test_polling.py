"""Polling: ETag and 304, the quota, the fast path, and how fast a "no" arrives."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
import time_machine
from django.utils import timezone

from accounts import operations as who
from accounts.effects.models import Effect
from accounts.policy import middleware
from fastlane import handlers
from fastlane.publishing import cache, fastpath, marks, quota, valkey
from fastlane.scopes import MEMBERS_READ
from tests import builders
from tests.fastlane.conftest import GOOD, SUSPENDED, Member, Partner, a_partner, forget
from tests.fastlane.wsgi import Reply, call, valkey_away

OWN = {"x-request-id", "ratelimit"}


def told(reply: Reply) -> tuple[object, ...]:
    return reply.status, {n: v for n, v in reply.headers.items() if n not in OWN}, reply.body


def warm(member: Member, token: str) -> Reply:
    """Let Django give both kinds of answer once, so that the fast path has them at hand."""
    first = call(member.path, token=token)
    call(member.path, token=token, if_none_match=first.headers["etag"])
    return first


# --- ETag ---------------------------------------------------------------------------------------------------------


def test_an_unchanged_answer_is_a_304_with_the_same_etag(member: Member, token: str) -> None:
    first = call(member.path, token=token)
    for named in (first.headers["etag"], f'"other", {first.headers["etag"]}', f"W/{first.headers['etag']}", "*"):
        again = call(member.path, token=token, if_none_match=named, fast=False)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert call(member.path, token=token, if_none_match='"other"').status == 200


def test_equal_etags_mean_equal_bodies_and_the_other_way_round(member: Member, token: str) -> None:
    seen: dict[str, bytes] = {}
    bodies: dict[bytes, str] = {}
    for turn in range(12):
        if turn % 3 == 0:
            member.becomes(SUSPENDED if turn % 2 else GOOD)
        forget()
        for fast in (True, True, False):
            reply = call(member.path, token=token, fast=fast)
            assert seen.setdefault(reply.headers["etag"], reply.body) == reply.body
            assert bodies.setdefault(reply.body, reply.headers["etag"]) == reply.headers["etag"]
    assert len(seen) == 4


def test_two_processes_give_the_same_answer(member: Member, token: str) -> None:
    first = call(member.path, token=token)
    forget()  # what another process doesn't know
    assert call(member.path, token=token).body == first.body


def test_no_304_confirms_an_expired_statement(member: Member, token: str) -> None:
    first = warm(member, token)
    until = datetime.fromisoformat(first.json["valid_until"]).timestamp()
    with time_machine.travel(until - 1, tick=False):
        assert call(member.path, token=token, if_none_match=first.headers["etag"]).status == 304
    with time_machine.travel(until, tick=False):
        valkey.client().flushdb()  # its clock doesn't travel
        late = call(member.path, token=token, if_none_match=first.headers["etag"])
    assert late.status == 200
    assert late.headers["etag"] != first.headers["etag"]
    assert datetime.fromisoformat(late.json["valid_until"]).timestamp() > until


def test_an_expired_answer_is_given_by_nobody_even_if_valkey_still_holds_it(member: Member, token: str) -> None:
    first = warm(member, token)
    with time_machine.travel(datetime.fromisoformat(first.json["valid_until"]), tick=False):
        for fast in (True, False):
            again = call(member.path, token=token, fast=fast)
            assert datetime.fromisoformat(again.json["valid_until"]) > timezone.now()


# --- The quota -------------------------------------------------------------------------------------------------------


def minute(second: int) -> float:
    """A second of the next minute, or of the one after."""
    return (time.time() // 60 + 1) * 60 + second


def left(reply: Reply) -> int:
    return int(re.search(r"r=(\d+)", reply.headers["ratelimit"]).group(1))  # type: ignore[union-attr]


def test_a_304_costs_nothing_and_all_else_does(member: Member, token: str) -> None:
    with time_machine.travel(minute(10), tick=False):
        first = call(member.path, token=token)
        assert left(first) == 5999
        for fast in (False, True, True):
            assert left(call(member.path, token=token, if_none_match=first.headers["etag"], fast=fast)) == 5999
        for fast in (False, True, True):
            call(member.path, token=token, fast=fast)
        assert left(call(f"{member.path}?at=x", token=token)) == 5995
        assert left(call("/api/v1/members/ein/1", token=token)) == 5994


@pytest.mark.parametrize("fast", [True, False])
def test_a_spent_quota_is_429_with_the_time_to_wait_but_304s_go_on(fast: bool, member: Member) -> None:
    small = a_partner("Small Quota", quota=3)
    member.consents_to(small)
    token = small.token(MEMBERS_READ)
    this, following = minute(10), minute(70)
    with time_machine.travel(this, tick=False):
        replies = [call(member.path, token=token, fast=fast) for _ in range(5)]
        assert [r.status for r in replies] == [200, 200, 200, 429, 429]
        assert replies[-1].headers["retry-after"] == str(60 - 10)
        assert (left(replies[-1]), replies[-1].headers["ratelimit-policy"]) == (0, '"minute";q=3;w=60')
        assert replies[-1].headers["content-type"] == "application/problem+json"
        assert call(member.path, token=token, if_none_match=replies[0].headers["etag"], fast=fast).status == 304
        assert call(member.path, token=token, if_none_match='"old"', fast=fast).status == 429
    with time_machine.travel(following, tick=False):
        assert call(member.path, token=token, fast=fast).status == 200


def test_one_clients_quota_is_not_anothers(member: Member) -> None:
    tokens = []
    for name in ("One", "Two"):
        partner = a_partner(name, quota=1)
        member.consents_to(partner)
        tokens.append(partner.token(MEMBERS_READ))
    assert [call(member.path, token=t).status for t in (tokens[0], tokens[0], tokens[1])] == [200, 429, 200]


def test_processes_count_together_and_without_valkey_each_alone() -> None:
    now = time.time() // 60 * 60 + 5
    assert quota.charge("caller", 10, now=now).used == 1
    quota.forget()  # another process
    assert quota.charge("caller", 10, now=now).used == 2
    with valkey_away():
        assert quota.charge("caller", 10, now=now).used == 3
        assert [quota.charge("lonely", 1, now=now).exceeded for _ in range(2)] == [False, True]


# --- The fast path ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("conditional", [True, False])
def test_both_ways_give_the_same_answer(method: str, conditional: bool, member: Member, token: str) -> None:
    etag = call(member.path, token=token).headers["etag"]
    more = {"if_none_match": etag} if conditional else {}
    whole = call(member.path, method=method, token=token, **more)
    quick = call(member.path, method=method, token=token, **more)
    assert (whole.fast, quick.fast) == (False if (method, conditional) != ("GET", False) else whole.fast, True)
    slow = call(member.path, method=method, token=token, fast=False, **more)
    assert told(quick) == told(slow)
    assert set(quick.headers) == set(slow.headers)
    assert quick.headers["x-request-id"] != slow.headers["x-request-id"]


def test_the_fast_path_obeys_the_policy_table(member: Member, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    warm(member, token)
    assert call(member.path, token=token).fast
    table = dict(middleware.policy_table())
    row = table[fastpath.MEMBERS[1]]["GET"]
    flipped = replace(row, who=frozenset({"scope:lanes:read"}))
    for changed in ({"GET": flipped, "HEAD": flipped}, {}):
        monkeypatch.setattr(middleware, "policy_table", lambda c=changed: table | {fastpath.MEMBERS[1]: c})
        monkeypatch.setattr(fastpath, "policy_table", middleware.policy_table)
        reply = call(member.path, token=token)
        assert (reply.fast, reply.status) == (False, 403)


def test_a_token_without_the_scope_never_takes_the_fast_path(member: Member, partner: Partner, token: str) -> None:
    warm(member, token)
    other = partner.token("lanes:read")
    assert [call(member.path, token=other).status for _ in range(2)] == [403, 403]


@pytest.mark.parametrize(
    "unusual", [{"cookie": "a=b"}, {"x_request_id": "given-by-caller"}, {"range": "bytes=0-3"}, {"accept": "text/html"}]
)
def test_what_is_unusual_goes_the_whole_way(unusual: dict[str, str], member: Member, token: str) -> None:
    warm(member, token)
    assert call(member.path, token=token).fast
    assert not call(member.path, token=token, **unusual).fast


def test_questions_about_the_past_go_the_whole_way(member: Member, token: str) -> None:
    path = f"{member.path}?at=2026-11-03T00:00:00Z"
    assert not any(call(path, token=token).fast for _ in range(3))


# --- A "no" arrives ------------------------------------------------------------------------------------------


def test_a_suspension_is_seen_by_the_process_that_wrote_it_at_once(member: Member, token: str) -> None:
    first = warm(member, token)
    member.becomes(SUSPENDED)
    reply = call(member.path, token=token, if_none_match=first.headers["etag"])
    assert (reply.status, reply.json["status"]) == (200, "suspended")


def test_another_process_sees_it_when_it_looks_at_the_marks_again(
    member: Member, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = warm(member, token)
    call(member.path, token=token)
    # The other process changes the marks; this one isn't told and still trusts what it heard.
    monkeypatch.setattr(marks._latest, "forget", lambda: None)
    member.becomes(SUSPENDED)
    asked = marks._latest._asked
    while time.monotonic() - asked <= marks.TRUSTED_SECONDS:
        assert time.monotonic() - asked < 1
    assert marks.TRUSTED_SECONDS < 1
    reply = call(member.path, token=token, if_none_match=first.headers["etag"])
    assert (reply.fast, reply.json["status"]) == (False, "suspended")


def test_the_control_without_the_mark_the_old_yes_is_repeated(
    member: Member, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = warm(member, token)
    monkeypatch.setattr(handlers.marks, "change", lambda **_: None)
    member.becomes(SUSPENDED)
    assert call(member.path, token=token, if_none_match=first.headers["etag"]).status == 304


def test_the_whole_way_never_repeats_an_old_yes_even_without_the_mark(
    member: Member, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm(member, token)
    monkeypatch.setattr(handlers.marks, "change", lambda **_: None)
    member.becomes(SUSPENDED)
    assert call(member.path, token=token, fast=False).json["status"] == "suspended"


def test_the_effect_renews_the_answers_as_well(member: Member, token: str) -> None:
    account = member.account.pk
    before = marks.read("somebody", account)
    with member.commit(), builders.system():
        effect = Effect(kind="standing.changed", payload={"account": account})
        assert handlers.standing_changed(effect)
    assert marks.read("somebody", account).account != before.account


def test_a_change_of_one_member_keeps_the_answers_about_others(
    member: Member, new_member: Callable[..., Member], partner: Partner, token: str
) -> None:
    other = new_member()
    other.consents_to(partner)
    warm(other, token)
    member.becomes(SUSPENDED)
    assert call(other.path, token=token).fast


def test_a_number_that_was_taken_away_is_not_found_any_more(member: Member, token: str) -> None:
    path = f"/api/v1/members/ein/{member.number('ein')}"
    for _ in range(2):
        assert call(path, token=token).status == 200
    with member.commit(), builders.system():
        who.set_identifier(account=member.account, scheme="ein", raw="", actor=member.officer, at=timezone.now())
    assert call(path, token=token).status == 404


# --- Without Valkey -------------------------------------------------------------------------------------------


def test_without_valkey_answers_are_right_and_keep_their_etag(member: Member, token: str) -> None:
    with valkey_away():
        first = call(member.path, token=token)
        again = call(member.path, token=token, if_none_match=first.headers["etag"])
        assert (first.status, again.status, again.fast) == (200, 304, False)
        member.becomes(SUSPENDED)
        assert call(member.path, token=token).json["status"] == "suspended"


def test_a_wiped_valkey_is_noticed(member: Member, token: str) -> None:
    warm(member, token)
    account = member.account.pk
    before = marks.read("somebody", account)
    valkey.client().flushdb()
    marks.forget()
    after = marks.read("somebody", account)
    assert not after.same_subject(before)
    reply = call(member.path, token=token)
    assert (reply.status, reply.fast) == (200, False)


def test_while_valkey_is_away_nobody_waits_for_it_again_and_again() -> None:
    with valkey_away():
        began = time.monotonic()
        for _ in range(200):
            with pytest.raises(valkey.Away):
                valkey.ask(lambda server: server.ping())
        assert time.monotonic() - began < 1


def test_what_two_processes_sign_at_once_becomes_one_answer() -> None:
    now = time.time()
    one, two = (cache.answer(text, last_modified="", valid_until=now + 60) for text in (b"one", b"two"))
    assert cache.shared(1, "now", "facts", now=now, sign=lambda: one).body == b"one"
    # The second had looked before the first wrote: its own signature is given up for the one that others hold.
    assert valkey.ask(
        lambda s: cache._share(
            s, valkey.name("answer", 1, "now"), cache.hashlib.sha256(b"facts").digest()[:16], two, now
        )
    ).endswith(b"one")  # type: ignore[union-attr]
    assert cache.shared(1, "now", "other facts", now=now, sign=lambda: two).body == b"two"
