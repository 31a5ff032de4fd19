"""Each criterion gets a suggestion that its findings explain."""

import pytest

from tests.trusted_trader.facts import good_facts, with_answer, with_document
from trusted_trader.checks import RULES, CaseFacts, run
from trusted_trader.entity_types import EntityType
from trusted_trader.suggestions import ASK, Suggestion, Verdict, suggest, suggest_all


def suggestion(facts: CaseFacts, number: str) -> Suggestion:
    return suggest(facts, run(facts), number)


@pytest.mark.parametrize("entity_type", EntityType)
def test_every_answer_of_a_good_case_may_be_accepted(entity_type):
    facts = good_facts(entity_type)
    assert {each.verdict for each in suggest_all(facts, run(facts)).values()} == {Verdict.ACCEPT}


def test_every_criterion_gets_a_suggestion_with_reasons_in_words():
    facts = with_answer(good_facts(EntityType.IMPORTER), "4.1", text="Yes.")
    every = suggest_all(facts, run(facts))
    assert list(every) == [criterion.number for criterion in facts.asked]
    assert all(each.reasons and all(reason.text for reason in each.reasons) for each in every.values())


@pytest.mark.parametrize(
    ("changes", "verdict", "code"),
    [
        ({"text": "Yes."}, Verdict.ASK, "WOR-02"),
        ({"evidence": ()}, Verdict.ASK, "EVI-01"),
        ({"state": "", "text": ""}, Verdict.ASK, "COM-01"),
        (
            {"text": "We do not have a written policy for our computers, as the firm is small and new."},
            Verdict.LOOK,
            "WOR-10",
        ),
    ],
)
def test_the_verdict_follows_from_what_was_found(changes, verdict, code):
    facts = with_answer(good_facts(EntityType.IMPORTER), "4.1", **changes)
    found = suggestion(facts, "4.1")
    assert found.verdict == verdict
    assert found.reasons[0].code == code


def test_a_person_judges_whether_a_reason_holds():
    because = "The owners see one another each day and need no plan."
    facts = with_answer(good_facts(EntityType.IMPORTER), "1.3", state="not_applicable", because=because)
    found = suggestion(facts, "1.3")
    assert found.verdict == Verdict.LOOK
    assert [reason.code for reason in found.reasons] == [""]


def test_a_should_left_open_or_without_evidence_asks_for_nothing():
    facts = good_facts(EntityType.IMPORTER)
    assert suggestion(with_answer(facts, "1.1", state="", text="", evidence=()), "1.1").verdict == Verdict.ACCEPT
    assert suggestion(with_answer(facts, "1.1", evidence=()), "1.1").verdict == Verdict.ACCEPT
    assert suggestion(with_answer(facts, "1.1", state="not_yet", text="By May, Ada."), "1.1").verdict == Verdict.LOOK


def test_a_refused_document_counts_for_each_answer_that_uses_it():
    facts = with_document(good_facts(EntityType.IMPORTER), "e0", state="refused")
    for number in facts.uses("e0"):
        assert suggestion(facts, number).verdict == Verdict.ASK
    stranger = next(number for number in facts.answers if number not in facts.uses("e0"))
    assert suggestion(facts, stranger).verdict == Verdict.ACCEPT


def test_rules_that_ask_are_rules():
    assert {rule.code for rule in RULES} >= ASK
