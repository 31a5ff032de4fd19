"""Points add up, every factor is weighted, and more risk never means fewer points."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trusted_trader.facts import good_facts, with_answer, with_partner, with_profile
from trusted_trader.checks import cross_company, run
from trusted_trader.checks.cross_company import IdentifierMatch, OfficerMatch, OthersFacts
from trusted_trader.entity_types import EntityType
from trusted_trader.risk import RiskFacts, assess, load_model, risk_facts, tier
from trusted_trader.risk.factors import FACTORS

CALM = RiskFacts(
    on=date(2026, 11, 24),
    started_on=date(1999, 1, 1),
    uncertified_foreign_partners=0,
    musts=60,
    musts_not_implemented=0,
    evidence_missing=0,
    evidence_old=0,
    partner_countries=("CA",),
    sites=1,
    findings=0,
    duplicates=0,
    not_applicable_share=0.0,
    subcontracts=False,
)
# For every factor the facts that make it speak as loudly as it can.
LOUD = {
    "years_in_business": {"started_on": date(2026, 11, 24)},
    "uncertified_foreign_partners": {"uncertified_foreign_partners": 99},
    "musts_not_implemented": {"musts_not_implemented": 60},
    "evidence_missing": {"evidence_missing": 60},
    "evidence_old": {"evidence_old": 99},
    "partner_countries": {"partner_countries": ("QM", "QN", "XX", "XY")},
    "number_of_sites": {"sites": 99},
    "findings": {"findings": 99},
    "duplicates": {"duplicates": 9},
    "not_applicable_share": {"not_applicable_share": 1.0},
    "subcontracting": {"subcontracts": True},
}
ORDER = ("low", "medium", "high")


def points(facts: RiskFacts) -> dict[str, int]:
    return {factor.code: factor.points for factor in assess(facts).factors}


def test_every_factor_is_weighted_and_every_weight_used():
    model = load_model()
    assert set(model.weights) == set(FACTORS) == set(model.full_at) == set(LOUD)
    assert sum(model.weights.values()) == 100
    assert all(weight > 0 for weight in model.weights.values())


def test_a_calm_case_has_no_points_and_still_gives_every_reason():
    found = assess(CALM)
    assert found.points == 0
    assert found.tier == "low"
    assert found.version == load_model().version
    assert len(found.factors) == len(FACTORS)
    assert all(factor.reason for factor in found.factors)


@pytest.mark.parametrize("code", LOUD)
def test_each_factor_alone_gives_its_full_weight(code):
    found = points(replace(CALM, **LOUD[code]))
    assert found.pop(code) == load_model().weights[code]
    assert set(found.values()) == {0}


def test_everything_at_once_is_a_hundred_and_high():
    loud = {name: value for changes in LOUD.values() for name, value in changes.items()}
    found = assess(replace(CALM, **loud))
    assert found.points == 100
    assert found.tier == "high"


def test_an_unknown_start_counts_as_new_and_an_unknown_subcontractor_half():
    model = load_model()
    assert points(replace(CALM, started_on=None))["years_in_business"] == model.weights["years_in_business"]
    assert points(replace(CALM, subcontracts=None))["subcontracting"] == model.weights["subcontracting"] / 2


facts = st.builds(
    RiskFacts,
    on=st.just(date(2026, 11, 24)),
    started_on=st.none() | st.dates(),
    uncertified_foreign_partners=st.integers(0, 50),
    musts=st.just(60),
    musts_not_implemented=st.integers(0, 60),
    evidence_missing=st.integers(0, 60),
    evidence_old=st.integers(0, 60),
    partner_countries=st.lists(st.sampled_from(["CA", "QM", "QN", "XX"]), unique=True).map(tuple),
    sites=st.integers(0, 200),
    findings=st.integers(0, 200),
    duplicates=st.integers(0, 10),
    not_applicable_share=st.floats(0, 1),
    subcontracts=st.none() | st.booleans(),
)


@given(facts=facts)
def test_points_are_the_sum_of_the_factors(facts):
    found = assess(facts)
    assert found.points == sum(factor.points for factor in found.factors)
    assert 0 <= found.points <= 100
    assert [f.points for f in found.factors] == sorted((f.points for f in found.factors), reverse=True)


@given(
    facts=facts, name=st.sampled_from(["musts_not_implemented", "evidence_missing", "sites", "findings", "duplicates"])
)
def test_more_risk_never_means_fewer_points(facts, name):
    more = replace(facts, **{name: getattr(facts, name) + 1})
    assert assess(more).points >= assess(facts).points


@given(st.integers(0, 100), st.integers(0, 100))
def test_tiers_rise_with_the_points(one, other):
    low, high = sorted((one, other))
    model = load_model()
    assert ORDER.index(tier(low, model)) <= ORDER.index(tier(high, model))


def test_each_tier_begins_at_its_threshold():
    model = load_model()
    assert tuple(model.tiers) == ORDER
    for name, least in model.tiers.items():
        assert tier(least, model) == name
    assert tier(model.tiers["high"] - 1, model) == "medium"


def test_other_weights_give_another_assessment():
    model = load_model()
    heavier = replace(model, weights=model.weights | {"evidence_old": 40})
    old = replace(CALM, evidence_old=99)
    assert assess(old, heavier).points == 40 != assess(old).points


def test_facts_are_drawn_from_the_case_its_findings_and_others():
    case = good_facts(EntityType.IMPORTER)
    calm = risk_facts(case, run(case))
    assert (calm.musts_not_implemented, calm.evidence_missing, calm.findings, calm.evidence_old) == (0, 0, 0, 0)
    assert calm.uncertified_foreign_partners == 0

    case = with_answer(case, "4.1", state="", text="", evidence=())
    case = with_answer(case, "4.2", evidence=())
    case = with_answer(case, "1.1", state="not_applicable", because="The owners sit in the same room as all staff.")
    case = with_profile(with_partner(case, certified_claim=False), subcontracts_transport=False)
    same = OthersFacts(
        same_identifier=(IdentifierMatch("ein", "12-3456782", "A-17", "Beta Example"),),
        same_officer=(
            OfficerMatch("Ada Example", "A-17", "Beta Example"),
            OfficerMatch("Ada", "A-18", "Gamma Example"),
        ),
    )
    found = risk_facts(case, run(case), same)
    assert found.findings == risk_facts(case, (*run(case), *cross_company.run(same)), same).findings
    assert (found.musts_not_implemented, found.evidence_missing, found.duplicates) == (1, 1, 2)
    assert found.uncertified_foreign_partners == 1
    assert found.findings > 0
    assert found.not_applicable_share == pytest.approx(1 / len(case.asked))
    assert found.subcontracts is False
