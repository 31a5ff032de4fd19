"""Each entity type knows its numbers and its conditions."""

import pytest

from accounts.identifiers import ENTERED_SCHEMES
from trusted_trader.entity_types import (
    DATA,
    EntityType,
    choices,
    eligibility_problems,
    for_type,
    missing_identifiers,
)

COMMON = {
    "active_12_months",
    "no_security_events",
    "responsible_officer",
    "officer_signs",
    "profile_completed",
    "no_unpaid_debt",
}
each_type = pytest.mark.parametrize("entity_type", EntityType)


def yes_to_all(entity_type):
    return {question.code: True for question in for_type(entity_type).questions}


def test_there_are_twelve_types_each_with_its_file():
    assert len(EntityType) == 12
    assert {path.stem for path in DATA.glob("*.toml")} == {*EntityType, "common"}
    assert [value for value, _title in choices()] == list(EntityType)
    assert len({title for _value, title in choices()}) == 12


@each_type
def test_the_facts_of_a_type_are_whole(entity_type):
    facts = for_type(entity_type)
    codes = [question.code for question in facts.questions]
    assert len(codes) == len(set(codes))
    assert set(codes) > COMMON
    assert set(facts.schemes) <= set(ENTERED_SCHEMES)
    assert facts.required
    assert {facts.mark, *(question.mark for question in facts.questions)} <= {"S", "K", "I"}
    for question in facts.questions:
        assert "?" in question.text
        assert question.why.endswith(".")
        assert question.if_no.endswith(".")
        assert question.authority
        for sentence in (question.text, question.why, *question.if_no.split(". ")):
            assert len(sentence.split()) <= 26, sentence


@each_type
def test_yes_to_every_question_leaves_no_problem(entity_type):
    assert eligibility_problems(entity_type, yes_to_all(entity_type)) == ()


@each_type
def test_each_no_alone_says_which_condition_why_and_what_to_do(entity_type):
    for question in for_type(entity_type).questions:
        (problem,) = eligibility_problems(entity_type, yes_to_all(entity_type) | {question.code: False})
        assert problem.code == "eligibility_no"
        assert problem.params["code"] == question.code
        for part in (question.text, question.why, question.if_no):
            assert part in str(problem)


def test_an_open_question_is_no_yes():
    answers = yes_to_all(EntityType.IMPORTER) | {"no_unpaid_debt": None}
    del answers["staffed_office"]
    problems = eligibility_problems(EntityType.IMPORTER, answers)
    assert {problem.code for problem in problems} == {"eligibility_open"}
    assert [problem.params["code"] for problem in problems] == ["no_unpaid_debt", "staffed_office"]


@pytest.mark.parametrize(
    ("entity_type", "held", "missing"),
    [
        (EntityType.IMPORTER, (), ("ior", "bond")),
        (EntityType.IMPORTER, ("ior", "bond"), ()),
        (EntityType.EXPORTER, (), (("ein", "duns"),)),
        (EntityType.EXPORTER, ("duns",), ()),
        (EntityType.EXPORTER, ("lei",), (("ein", "duns"),)),
        (EntityType.HIGHWAY_CARRIER, ("scac",), ("dot",)),
        (EntityType.SEA_CARRIER, ("scac",), ("bond",)),
        (EntityType.MEXICAN_LONG_HAUL_CARRIER, (), ("sct", "rfc")),
        (EntityType.CUSTOMS_BROKER, {"filer"}, ("broker_license",)),
        (EntityType.THIRD_PARTY_LOGISTICS, ["dot"], ()),
    ],
)
def test_what_is_missing_follows_the_type(entity_type, held, missing):
    assert missing_identifiers(entity_type, held) == missing
