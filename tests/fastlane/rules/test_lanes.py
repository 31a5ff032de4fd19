"""The lanes hold every rule of the table; examples answer eligible; schemas say what is read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastlane.rules import LANES, TAGS, FactsRefused, Outcome, evaluate, paths
from tests.fastlane.rules.documents import PACKAGED, decided

# By hand from the rule table.
TABLE = {
    "aqua": [f"AQ-{number:02d}" for number in range(1, 30)],
    "fast": ["FS-01", "FS-02", "FS-03", "FS-04", "FS-05"],
    "low_value": [*(f"S3-{number:02d}" for number in range(1, 10)), "E8-01", "E8-02", "E8-03"],
    "trade_compliance": ["TC-01", "TI-01", "TI-02", "TI-03", "TI-04"],
    "acas": ["AC-01"],
    "gbi": ["GB-01", "GB-02", "GB-03", "GB-04", "GB-05", "GB-06"],
}
ACT_ELSEWHERE = {
    "AQ-08", "AQ-27", "AQ-28", "AQ-29", "FS-05", "S3-09", "TI-01", "TI-02", "TI-03", "TI-04", "GB-06",
}  # fmt: skip


def test_the_lanes_are_those_of_the_table():
    assert list(LANES) == ["aqua", "fast", "low_value", "trade_compliance", "acas", "gbi"]


@pytest.mark.parametrize("lane", LANES)
def test_every_rule_of_the_table_is_there_once(lane):
    codes = [rule.code for rule in (*LANES[lane].rules, *LANES[lane].listed)]
    assert sorted(codes) == sorted(TABLE[lane])


def test_rules_that_act_elsewhere_say_where():
    listed = [rule for lane in LANES.values() for rule in lane.listed]
    assert {rule.code for rule in listed} == ACT_ELSEWHERE
    assert all(rule.acts and rule.text and rule.authority and rule.tag in TAGS for rule in listed)


def test_rules_have_text_authority_tag_and_know_their_facts():
    for lane in LANES.values():
        known = paths(lane.facts)
        assert lane.dated_by in known
        for rule in lane.rules:
            assert rule.text.endswith(".")
            assert len(rule.text.split()) <= 25
            assert rule.authority
            assert rule.tag in TAGS
            assert {*rule.needs, *rule.may, *rule.silent_without} <= set(known)
            assert rule.when is None or rule.when[0] in known


def test_every_fact_is_read_by_a_rule_or_optional():
    for lane in LANES.values():
        read = {lane.dated_by} | {
            path for rule in lane.rules for path in (*rule.needs, *rule.may, *(rule.when or ())[:1])
        }
        assert {path for path, fact in paths(lane.facts).items() if not fact.optional} <= read


@pytest.mark.parametrize("lane", LANES)
def test_the_example_is_eligible_with_no_rule_fired(lane):
    decision = decided(lane)
    assert (decision.outcome, decision.rules) == (Outcome.ELIGIBLE, ())


@pytest.mark.parametrize("lane", LANES)
def test_the_schema_says_what_is_read_and_from_whom(lane):
    schema: Any = LANES[lane].schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False
    assert set(LANES[lane].example()) <= set(schema["properties"])

    def described(properties: dict[str, Any]) -> None:
        for about in properties.values():
            assert about["x-source"] in {"portal", "declared", "agency"}
            assert about["title"]
            assert "null" in about["type"]
            described((about.get("items") or about).get("properties", {}))

    described(schema["properties"])


def test_an_example_is_a_copy_that_can_be_changed():
    LANES["aqua"].example()["carrier"].clear()
    assert decided("aqua").outcome == Outcome.ELIGIBLE


def test_no_sentence_has_a_placeholder_left():
    for lane in LANES:
        known = LANES[lane]
        for fired in evaluate(known, known.parse({}), PACKAGED.reference, rule_set="v").rules:
            assert not re.search(r"%\(|%s", fired.reason + fired.public_reason)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def spoilt(draw: Any) -> tuple[str, Any]:
    """A lane and its example, in which some facts are replaced by anything at all."""
    lane = draw(st.sampled_from(sorted(LANES)))
    document: Any = LANES[lane].example()
    for path in draw(st.lists(st.sampled_from(sorted(paths(LANES[lane].facts))), max_size=3)):
        *way, last = path.split(".")
        place = document
        for step in way:
            place = place.setdefault(step, {}) if isinstance(place, dict) else {}
        if isinstance(place, dict):
            place[last] = draw(JSON)
    return lane, document


@settings(max_examples=600, deadline=None)
@given(spoilt() | st.tuples(st.sampled_from(sorted(LANES)), JSON))
def test_random_documents_are_refused_or_decided_and_never_break(case):
    lane, document = case
    try:
        facts = LANES[lane].parse(document)
    except FactsRefused as refused:
        told = refused.problems
        complete = bool(told) and all(problem.code and problem.detail for problem in told)
    else:
        complete = evaluate(LANES[lane], facts, PACKAGED.reference, rule_set="v").outcome in Outcome
    assert complete
