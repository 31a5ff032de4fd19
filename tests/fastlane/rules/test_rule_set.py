"""Versions and canonical facts: a decision can be taken again, bit by bit."""

from __future__ import annotations

import json
import random

import pytest

from fastlane.rules import (
    LANES,
    Decision,
    FactsRefused,
    Outcome,
    Reference,
    RuleSet,
    canonical,
    decide,
    decide_again,
    digest,
)
from tests.fastlane.rules.documents import PACKAGED, changed, with_rows
from tests.fastlane.rules.random_facts import any_lane

STRICT = {
    "port": "*",
    "name": "moth_policy",
    "value": "strict",
    "from": "1990-01-01",
    "to": "",
    "tag": "D",
    "source": "test",
}


def strict_rule_set() -> RuleSet:
    rows = [STRICT, *(row for row in PACKAGED.reference.rows()["settings"] if row["name"] != "moth_policy")]
    return with_rows("settings", *rows, instead=True)


def test_five_thousand_decisions_come_out_the_same_bit_by_bit():
    chance = random.Random(20261214)
    again = RuleSet("packaged", Reference.of(json.loads(json.dumps(PACKAGED.reference.rows()))))
    outcomes = set()
    for _ in range(5_000):
        lane, document = any_lane(chance)
        made = decide(LANES[lane], LANES[lane].parse(document), PACKAGED)
        kept = json.loads(json.dumps(made.decision.as_json()))
        replayed = decide_again(made.lane, made.facts, again)
        assert replayed == made.decision == Decision.from_json(kept)
        assert json.dumps(replayed.as_json()) == json.dumps(made.decision.as_json())
        assert canonical(LANES[lane].parse(json.loads(made.facts))) == made.facts
        assert digest(made.facts) == made.facts_sha256
        outcomes.add(made.decision.outcome)
    assert outcomes == set(Outcome)


def test_the_same_facts_have_one_canonical_text_however_they_are_written():
    document = changed("aqua", {"eta": "2026-12-14T01:30:00-08:00", "voyage": None})
    reversed_document = dict(reversed(list(document.items())))
    parse = LANES["aqua"].parse
    texts = {canonical(parse(d)) for d in (document, reversed_document, LANES["aqua"].example())}
    assert len(texts) == 1
    assert " " not in texts.pop().replace("AQUA Lane", "")


def test_the_version_names_data_and_code_and_changes_with_either():
    assert PACKAGED.version.startswith("packaged+2026.1.")
    assert RuleSet("packaged", Reference.load()).version == PACKAGED.version
    assert RuleSet("packaged", strict_rule_set().reference).version != PACKAGED.version
    assert RuleSet("packaged", Reference.load(), code_version="2026.2").version != PACKAGED.version


def test_unconfirmed_facts_are_not_kept_with_the_decision():
    known = LANES["aqua"]
    made = decide(known, known.parse(known.example()), PACKAGED, unconfirmed=["targeting"])
    assert "targeting" not in json.loads(made.facts)
    assert decide_again("aqua", made.facts, PACKAGED) == made.decision
    assert made.decision.outcome == Outcome.MANUAL_REVIEW


def test_an_old_decision_fares_otherwise_under_another_rule_set_and_tells_why():
    call = [{"country": "KR", "region": "", "date": "2026-07-10"}]
    document = changed("aqua", {"port_calls_24m.calls": call, "fsmc_certificate": True})
    made = decide(LANES["aqua"], LANES["aqua"].parse(document), PACKAGED)
    after = decide_again("aqua", made.facts, strict_rule_set())
    assert (made.decision.outcome, made.decision.codes) == (Outcome.MANUAL_REVIEW, ("AQ-18",))
    assert (after.outcome, after.codes) == (Outcome.INELIGIBLE, ("AQ-17",))
    assert after.rule_set == strict_rule_set().version


def test_facts_that_no_longer_fit_are_told_as_such():
    made = decide(LANES["aqua"], LANES["aqua"].parse(LANES["aqua"].example()), PACKAGED)
    with pytest.raises(FactsRefused) as refused:
        decide_again("aqua", made.facts.replace('"port_code"', '"harbour"'), PACKAGED)
    assert [problem.code for problem in refused.value.problems] == ["unknown_field"]
