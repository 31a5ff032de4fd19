"""FAST, trade compliance, ACAS and the identifier test: each rule fires, and passes at its edge."""

from __future__ import annotations

import pytest

from fastlane.rules import Outcome
from tests.fastlane.rules.documents import Absent, decided

FAST = [
    ("FS-01", {"importer.ctpat_status": "none"}),
    ("FS-01", {"importer.in_good_standing": False}),
    ("FS-01", {"carrier.business_type": "sea_carrier"}),
    ("FS-01", {"carrier.ctpat_status": "none"}),
    ("FS-01", {"carrier.in_good_standing": False}),
    ("FS-01", {"driver.fast_card": False}),
    ("FS-02", {"manufacturer.ctpat_status": "none"}),
    ("FS-02", {"manufacturer.in_good_standing": False}),
    ("FS-02", {"manufacturer.sealed_load": False}),
    ("FS-03", {"load.high_security_seals": 0}),
    ("FS-03", {"load.loaded_units": 2}),
    ("FS-04", {"advance_release": "none"}),
]
COMPLIANCE = [
    {"importer.business_type": "exporter"}, {"importer.tier": 1}, {"importer.tier": 0},
    {"importer.in_good_standing": False}, {"every_question_yes": False}, {"agreement_signed": False},
    {"started_by": "consultant"}, {"annual_letter_current": False},
]  # fmt: skip
OLD = {"loading_at": "2018-06-12T00:00:00Z", "data_sent_at": "2018-06-11T23:59:59Z"}
LEI, GLN = "213800KUD8LAJWSQ9D15", "4006381333931"


@pytest.mark.parametrize(("code", "changes"), FAST)
def test_a_fast_rule_fires_alone(code, changes):
    decision = decided("fast", changes)
    assert (decision.outcome, decision.codes) == (Outcome.INELIGIBLE, (code,))


@pytest.mark.parametrize(
    "changes",
    [
        {"border": "north", "manufacturer": Absent},
        {"border": "north", "manufacturer.sealed_load": False},
        {"carrier.business_type": "mexican_long_haul_carrier"},
        {"load.loaded_units": 0, "load.high_security_seals": 0},
        {"load.loaded_units": 2, "load.high_security_seals": 2},
        {"advance_release": "ncap"},
    ],
)
def test_fast_passes_at_its_edges(changes):
    assert decided("fast", changes).codes == ()


def test_fast_says_all_that_is_lacking():
    (fired,) = decided("fast", {"driver.fast_card": False, "importer.ctpat_status": "none"}).rules
    assert fired.reason.endswith("Lacking: approved importer, FAST card.")


@pytest.mark.parametrize("changes", COMPLIANCE)
def test_trade_compliance_asks_for_every_condition(changes):
    decision = decided("trade_compliance", changes)
    assert (decision.outcome, decision.codes) == (Outcome.INELIGIBLE, ("TC-01",))
    assert "Lacking: " in decision.rules[0].reason


def test_tier_3_may_join_trade_compliance_too():
    assert decided("trade_compliance", {"importer.tier": 3}).codes == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"data_sent_at": "2026-12-14T22:00:00Z"}, {"data_sent_at": Absent}, {"house_level": False},
        {"house_level": Absent}, {"shipper_and_consignee_complete": False},
        {"shipper_and_consignee_complete": Absent}, OLD | {"house_level": False},
    ],
)  # fmt: skip
def test_air_cargo_without_data_is_not_loaded(changes):
    decision = decided("acas", changes)
    assert (decision.outcome, decision.codes) == (Outcome.INELIGIBLE, ("AC-01",))


@pytest.mark.parametrize(
    "changes",
    [
        {"data_sent_at": "2026-12-14T21:59:59Z"},
        OLD | {"shipper_and_consignee_complete": False},
        OLD | {"loading_at": "2018-06-11T23:59:59Z", "house_level": False},
        OLD | {"loading_at": "2023-12-31T23:59:59Z", "shipper_and_consignee_complete": Absent},
    ],
)
def test_air_cargo_is_loaded_at_the_rules_edges(changes):
    assert decided("acas", changes).codes == ()


@pytest.mark.parametrize(
    ("code", "outcome", "changes"),
    [
        ("GB-01", "ineligible", {"participant": "other"}),
        ("GB-02", "ineligible", {"entry_type": "03"}),
        ("GB-03", "incomplete", {"parties.2": {"role": "seller"}}),
        ("GB-03", "incomplete", {"parties.2": {"role": "seller", "mid": "MXALPFAB12MON"}}),
        ("GB-04", "incomplete", {"parties.2.role": "exporter"}),
        ("GB-05", "incomplete", {"parties.0.lei": LEI[:-1] + "6"}),
        ("GB-05", "incomplete", {"parties.1.gln": GLN[:-1] + "2"}),
        ("GB-05", "incomplete", {"parties.2.altana": "A-1", "parties.2.duns": "15-048"}),
    ],
)
def test_an_identifier_rule_fires_alone(code, outcome, changes):
    decision = decided("gbi", changes)
    assert (decision.outcome.value, decision.codes) == (outcome, (code,))


@pytest.mark.parametrize(
    "changes",
    [
        {"participant": "customs_broker"}, {"entry_type": "11"}, {"parties.2": {"role": "seller", "altana": "A-1"}},
        {"parties.2.duns": "000000000"}, {"arrival_date": "2024-03-01"}, {"arrival_date": "2027-02-23"},
    ],
)  # fmt: skip
def test_the_identifier_test_passes_at_its_edges(changes):
    assert decided("gbi", changes).codes == ()


@pytest.mark.parametrize(
    ("day", "codes"),
    [("2027-02-24", ("GB-01", "GB-02")), ("2024-02-29", ("GB-02",)), ("2022-12-18", ("GB-01", "GB-02"))],
)
def test_outside_of_its_dates_the_identifier_test_lets_nobody_in(day, codes):
    decision = decided("gbi", {"arrival_date": day})
    assert (decision.outcome, decision.codes) == (Outcome.INELIGIBLE, codes)


def test_no_parties_at_all_leaves_the_required_roles_open():
    assert decided("gbi", {"parties": []}).codes == ("GB-04",)
