"""The law of low-value goods by date: each edition, its first and last day, and each rule at its edges."""

from __future__ import annotations

import pytest

from fastlane.rules import LANES, Outcome
from fastlane.rules.evaluation import NO_LAW
from tests.fastlane.rules.documents import PACKAGED, decided, with_rows

S321 = {"entry_type": "section_321"}
DONATION = {"exception": "donation"}


def on(day: str, **facts: object) -> dict[str, object]:
    return {"arrival_date": day, "filed_on": day} | facts


@pytest.mark.parametrize(
    ("day", "section_321", "type_86"),
    [
        ("2016-03-09", ("S3-01",), ("S3-01", "E8-01")),
        ("2016-03-10", (), ("E8-01",)),
        ("2019-09-27", (), ("E8-01",)),
        ("2019-09-28", (), ()),
        ("2025-08-28", (), ()),
        ("2025-08-29", ("S3-05", "E8-03"), ("S3-05", "E8-03")),
        ("2026-02-19", ("S3-05", "E8-03"), ("S3-05", "E8-03")),
        ("2026-02-20", ("S3-05", "S3-06", "E8-03"), ("S3-05", "S3-06", "E8-03")),
        ("2026-06-23", ("S3-05", "S3-06", "E8-03"), ("S3-05", "S3-06", "E8-03")),
        ("2026-06-24", ("S3-05", "S3-06", "S3-07", "E8-03"), ("S3-05", "S3-06", "S3-07", "E8-03")),
        ("2027-06-30", ("S3-05", "S3-06", "S3-07", "E8-03"), ("S3-05", "S3-06", "S3-07", "E8-03")),
        ("2027-07-01", ("S3-05", "S3-06", "S3-07", "S3-08", "E8-03"), ("S3-05", "S3-06", "S3-07", "S3-08", "E8-03")),
    ],
)
def test_each_edition_of_the_law_counts_its_first_and_last_day(day, section_321, type_86):
    for facts, codes in ((S321, section_321), ({}, type_86)):
        decision = decided("low_value", on(day) | facts)
        assert decision.codes == codes
        assert decision.outcome == (Outcome.INELIGIBLE if codes else Outcome.ELIGIBLE)


@pytest.mark.parametrize("day", ["2025-08-29", "2026-02-20", "2026-06-24", "2027-07-01"])
def test_excepted_goods_stay_free_within_the_last_limit(day):
    for exception in ("donation", "information_material", "personal_baggage"):
        assert decided("low_value", on(day) | S321 | {"exception": exception}).codes == ()
    assert decided("low_value", on(day, day_total_usd=800.01) | S321 | DONATION).codes == ("S3-05",)
    assert decided("low_value", on(day) | DONATION).codes == ("E8-03",)


# code, what fires it, what just doesn't
EDGES = [
    ("S3-01", {"fair_retail_value_usd": 800.01, "day_total_usd": 800.01}, {"fair_retail_value_usd": 800, "day_total_usd": 800}),
    ("S3-01", {"day_total_usd": 800.01}, {"day_total_usd": 800.0}),
    ("S3-01", {"fair_retail_value_usd": 900}, {"fair_retail_value_usd": 0}),
    ("S3-02", {"split_order": True}, {"split_order": False}),
    ("S3-03", {"goods": "alcohol"}, {"goods": "general"}),
    ("S3-03", {"goods": "cigars"}, {}),
    ("S3-03", {"goods": "cigarettes"}, {}),
    ("S3-03", {"goods": "quota"}, {}),
    ("S3-03", {"goods": "alcohol_perfume", "fair_retail_value_usd": 5.01}, {"goods": "alcohol_perfume", "fair_retail_value_usd": 5}),
    ("S3-03", {"consolidated_total_usd": 800.01}, {"consolidated_total_usd": 800}),
    ("S3-04", {"antidumping_or_countervailing": True}, {}),
    ("S3-04", {"duty_tax_or_fee_due": True}, {}),
    ("E8-01", {"filer": "consignee"}, {"filer": "owner"}),
    ("E8-01", {"filer": "other"}, {"filer": "purchaser"}),
    ("E8-01", {"power_of_attorney": False}, {"filer": "owner", "power_of_attorney": False}),
    ("E8-01", {"hts_code": "610910001"}, {"hts_code": "6109100012"}),
    ("E8-02", {"filed_on": "2025-08-21"}, {"filed_on": "2025-08-20"}),
    ("E8-02", on("2024-02-15", filed_on="2024-02-16"), on("2024-02-15", filed_on="2024-02-15")),
    ("E8-02", on("2024-02-14", filed_on="2024-03-01"), on("2024-02-14", filed_on="2024-02-29")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "fires", "passes"), EDGES)
def test_a_rule_fires_beyond_its_edge_alone(code, fires, passes):
    assert decided("low_value", fires).codes == (code,)
    assert decided("low_value", fires).outcome == Outcome.INELIGIBLE
    assert decided("low_value", passes).codes == ()


def test_every_rule_has_a_case():
    by_date = {"S3-05", "S3-06", "S3-07", "S3-08", "E8-03"}
    assert {code for code, _, _ in EDGES} | by_date == {rule.code for rule in LANES["low_value"].rules}


def test_type_86_rules_leave_section_321_alone():
    facts = S321 | {"filer": "other", "hts_code": "1", "filed_on": "2025-09-30"}
    assert decided("low_value", facts).codes == ()


def test_before_any_law_the_reason_is_that_there_is_none():
    (fired,) = decided("low_value", on("2016-03-09") | S321).rules
    assert fired.reason == NO_LAW


def test_the_limit_and_its_dates_are_data():
    lower = [row | {"amount": "50"} if row["code"] == "S3-01" else row for row in PACKAGED.reference.rows()["law"]]
    decision = decided("low_value", {}, with_rows("law", *lower, instead=True))
    assert decision.codes == ("S3-01",)
    assert "$50" in decision.rules[0].reason
