"""Is a party eligible for a lane as it stands? Signed, explained, short-lived, and honest about what it leaves out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fastlane.publishing import eligibility, keys
from fastlane.publishing.members import Facts
from fastlane.rules import LANES, RuleSet, evaluate
from fastlane.scopes import ELIGIBILITY_READ, MEMBERS_READ
from tests.fastlane.conftest import SUSPENDED, Member, Partner
from tests.fastlane.wsgi import Reply, call
from trusted_trader.entity_types import EntityType
from trusted_trader.standing.operations import NewStanding
from trusted_trader.statements import verify

AT = datetime(2026, 12, 14, 15, tzinfo=UTC)
VALIDATED = NewStanding("validated", None, "good")


def party(entity_type: str, level: str = "validated", status: str = "good", tier: int | None = None) -> Facts:
    return Facts("TT-1", "X", entity_type, level, tier, status, status == "good" and level != "none", None)


def judged(lane: str, facts: Facts, port: str | None = None) -> eligibility.Judged:
    return eligibility.judge(LANES[lane], facts, RuleSet.packaged(), port=port, at=AT)


@pytest.mark.parametrize(
    ("lane", "facts", "port", "outcome", "codes"),
    [
        ("aqua", party("sea_carrier"), "2704", "eligible", ()),
        ("aqua", party("sea_carrier"), None, "eligible", ()),
        ("aqua", party("sea_carrier"), "9999", "ineligible", ("AQ-06",)),
        ("aqua", party("sea_carrier", "certified"), "2704", "ineligible", ("AQ-01",)),
        ("aqua", party("sea_carrier", status="suspended"), "2704", "ineligible", ("AQ-02",)),
        ("aqua", party("importer"), "2704", "ineligible", ("AQ-01",)),
        ("fast", party("highway_carrier", "certified"), None, "eligible", ()),
        ("fast", party("importer", status="removed"), None, "ineligible", ("FS-01",)),
        ("fast", party("foreign_manufacturer", status="suspended"), None, "ineligible", ("FS-02",)),
        ("trade_compliance", party("importer", tier=2), None, "eligible", ()),
        ("trade_compliance", party("importer", tier=1), None, "ineligible", ("TC-01",)),
        ("gbi", party("exporter"), None, "ineligible", ("GB-01",)),
        ("acas", party("air_carrier"), None, "incomplete", ()),
    ],
)  # fmt: skip
def test_the_rules_about_the_party_decide(
    lane: str, facts: Facts, port: str | None, outcome: str, codes: tuple[str, ...]
) -> None:
    found = judged(lane, facts, port).decision
    assert (str(found.outcome), found.codes) == (outcome, codes)


def test_the_law_of_the_day_says_no_to_everybody() -> None:
    found = judged("low_value", party("importer")).decision
    assert str(found.outcome) == "ineligible"
    assert "S3-07" in found.codes


def test_every_lane_has_its_roles_and_nobody_without_standing_gets_a_yes_from_a_partys_rule() -> None:
    assert eligibility.ROLES.keys() == LANES.keys()
    for lane in ("aqua", "fast", "trade_compliance"):
        for entity_type in EntityType:
            for status in ("suspended", "removed", "withdrawn", "none"):
                found = judged(lane, party(entity_type, status=status, tier=3))
                assert str(found.decision.outcome) == "ineligible", (lane, entity_type, status)


def test_rules_that_need_a_shipments_facts_are_named_as_left_out() -> None:
    left = dict(judged("aqua", party("sea_carrier"), "2704").not_considered)
    assert "AQ-13" in left
    assert {"AQ-01", "AQ-02", "AQ-06"} & left.keys() == set()
    assert "AQ-06" in dict(judged("aqua", party("sea_carrier")).not_considered)
    assert {code for lane in LANES.values() for code in [rule.code for rule in lane.rules]} >= left.keys()


def test_the_examples_that_fill_the_gaps_fire_nothing_themselves() -> None:
    """The ground it stands on: whatever fires is due to the party, the port or the day."""
    for lane in LANES.values():
        found = evaluate(lane, lane.parse(lane.example()), RuleSet.packaged().reference, rule_set="x")
        assert found.codes == (), lane.code


@pytest.fixture
def carrier(new_member: Callable[..., Member], partner: Partner) -> Member:
    made = new_member("sea_carrier", certified=False)
    made.becomes(VALIDATED)
    made.consents_to(partner)
    return made


def ask(
    partner: Partner, member: Member, lane: str = "aqua", *, port: str = "2704", more: str = "", **headers: Any
) -> Reply:
    where = f"/api/v1/eligibility?lane={lane}&scheme=account&value={member.account.number}&port={port}{more}"
    return call(where, token=partner.token(ELIGIBILITY_READ), **headers)


def test_the_answer_is_signed_explained_and_short_lived(partner: Partner, carrier: Member) -> None:
    told = ask(partner, carrier).json
    assert (told["lane"], told["port"], told["outcome"], told["rules"]) == ("aqua", "2704", "eligible", [])
    assert told["member"]["account"] == carrier.account.number
    assert told["rule_set"]
    span = datetime.fromisoformat(told["valid_until"]) - datetime.fromisoformat(told["as_of"])
    assert timedelta(0) < span <= timedelta(seconds=60)
    statement = told.pop("statement")
    assert verify(statement, keys.jwks()) == told


def test_a_suspension_turns_it_at_once_with_rule_and_authority(partner: Partner, carrier: Member) -> None:
    etag = ask(partner, carrier).headers["etag"]
    assert ask(partner, carrier, if_none_match=etag).status == 304
    carrier.becomes(SUSPENDED)
    again = ask(partner, carrier, if_none_match=etag)
    assert (again.status, again.json["outcome"]) == (200, "ineligible")
    assert {"AQ-02"} <= {rule["code"] for rule in again.json["rules"]}
    assert all(rule["reason"] and rule["authority"] for rule in again.json["rules"])


def test_an_unchanged_answer_takes_the_fast_path_and_a_304_is_free(partner: Partner, carrier: Member) -> None:
    token = partner.token(ELIGIBILITY_READ)
    where = f"/api/v1/eligibility?lane=aqua&scheme=account&value={carrier.account.number}&port=2704"
    slow = call(where, token=token)
    fast = call(where, token=token)
    unchanged = call(where, token=token, if_none_match=slow.headers["etag"])
    assert [reply.fast for reply in (slow, fast)] == [False, True]
    assert fast.body == slow.body
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert call(where, token=token, if_none_match=slow.headers["etag"]).fast
    carrier.becomes(SUSPENDED)
    turned = call(where, token=token, if_none_match=slow.headers["etag"])
    assert (turned.status, turned.fast) == (200, False)


def test_the_fast_path_asks_for_the_calls_own_scope(partner: Partner, carrier: Member) -> None:
    where = f"/api/v1/eligibility?lane=aqua&scheme=account&value={carrier.account.number}"
    token = partner.token(ELIGIBILITY_READ)
    assert call(where, token=token).status == call(where, token=token).status == 200
    assert call(where, token=partner.token(MEMBERS_READ)).status == 403
    assert call(carrier.path, token=token).status == 403


def test_the_lane_implies_the_entity_type(partner: Partner, new_member: Callable[..., Member]) -> None:
    importer = new_member("importer")
    carrier = new_member("sea_carrier", of=importer)
    for one in (importer, carrier):
        one.consents_to(partner)
    where = f"/api/v1/eligibility?lane=aqua&scheme=ein&value={carrier.number('ein')}"
    # Each account has a number of its own here, so the importer's leads to the importer alone, who takes no part.
    told = call(where, token=partner.token(ELIGIBILITY_READ)).json
    assert told["member"]["entity_type"] == "sea_carrier"
    foreign = call(where.replace(carrier.number("ein"), importer.number("ein")), token=partner.token(ELIGIBILITY_READ))
    assert "AQ-01" in {rule["code"] for rule in foreign.json["rules"]}


def test_strangers_and_ill_formed_numbers_are_the_same_404(partner: Partner, new_member: Callable[..., Member]) -> None:
    stranger = new_member("sea_carrier")
    bodies = {ask(partner, stranger).body}
    for value in ("TT-00000018", "nonsense", "TS-00000001", "%00"):
        where = f"/api/v1/eligibility?lane=aqua&scheme=account&value={value}"
        reply = call(where, token=partner.token(ELIGIBILITY_READ))
        assert reply.status == 404
        bodies.add(reply.body)
    assert len(bodies) == 1


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("scheme=account&value=x", "/lane"),
        ("lane=none&scheme=account&value=x", "/lane"),
        ("lane=aqua&value=x", "/scheme"),
        ("lane=aqua&scheme=account", "/value"),
        ("lane=aqua&scheme=account&value=x&at=tomorrow", "/at"),
        ("lane=aqua&scheme=account&value=x&at=2026-12-14T15:00:00", "/at"),
        ("lane=aqua&scheme=account&value=x&port=Nowhere", "/port"),
        ("lane=aqua&scheme=account&value=x&entity_type=king", "/entity_type"),
    ],
)
def test_wrong_questions_are_refused_with_a_pointer(partner: Partner, query: str, pointer: str) -> None:
    reply = call(f"/api/v1/eligibility?{query}", token=partner.token(ELIGIBILITY_READ))
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (400, pointer)


def test_a_time_ahead_is_judged_by_the_law_of_that_day(partner: Partner, carrier: Member) -> None:
    told = ask(partner, carrier, more="&at=2026-12-14T15:00:00Z").json
    assert (told["at"], told["outcome"]) == ("2026-12-14T15:00:00.000Z", "eligible")
    assert ask(partner, carrier, more="&at=1999-12-14T15:00:00Z").json["outcome"] == "ineligible"
