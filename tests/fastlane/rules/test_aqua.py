"""Each AQUA rule: a case that fires it, one at each edge, and one just outside."""

from __future__ import annotations

from typing import Any

import pytest

from fastlane.rules import LANES, Outcome
from tests.fastlane.rules.documents import Absent, changed, decided, with_rows

KR_IN_JULY = [{"country": "KR", "region": "", "date": "2026-07-10"}]
LONG_AGO = {"submitted_at": "2015-01-01T00:00:00Z", "port_calls_24m.received_at": "2015-01-01T00:00:00Z"}
CHINA = "china_north_of_31_15"


def call(country: str, region: str, day: str) -> dict[str, Any]:
    return {"port_calls_24m.calls": [{"country": country, "region": region, "date": day}]}


# code, outcome, what makes the rule fire
FIRES: list[tuple[str, str, dict[str, Any]]] = [
    ("AQ-01", "ineligible", {"carrier.business_type": "importer"}),
    ("AQ-01", "ineligible", {"carrier.ctpat_status": "certified"}),
    ("AQ-01", "ineligible", {"carrier.ctpat_status": "none"}),
    ("AQ-02", "ineligible", {"carrier.in_good_standing": False}),
    ("AQ-03", "ineligible", {"terminal.operator.ctpat_status": "certified"}),
    ("AQ-03", "ineligible", {"terminal.operator.in_good_standing": False}),
    ("AQ-04", "ineligible", {"containers_delivered_direct": False}),
    ("AQ-05", "ineligible", {"vessel.type": "bulk"}),
    ("AQ-05", "ineligible", {"cargo_type": "break_bulk"}),
    ("AQ-06", "ineligible", {"port_code": "9999"}),
    ("AQ-06", "ineligible", LONG_AGO | {"eta": "2016-09-14T23:59:59Z"}),
    ("AQ-07", "ineligible", {"terminal.approved": False}),
    ("AQ-09", "ineligible", {"submitted_at": "2026-12-13T09:30:01Z"}),
    ("AQ-09", "ineligible", {"submitted_at": "2026-12-14T09:30:01Z"}),
    ("AQ-10", "incomplete", {"f3171.attached": False}),
    ("AQ-10", "incomplete", {"f3171.box9_5_ticked": False}),
    ("AQ-10", "incomplete", {"f3171.box9_other_text": "other operations"}),
    ("AQ-10", "incomplete", {"f3171.box9_other_text": ""}),
    ("AQ-10", "incomplete", {"f3171": Absent}),
    ("AQ-11", "incomplete", {"notice_of_arrival_ref": Absent}),
    ("AQ-11", "incomplete", {"notice_of_arrival_ref": "  "}),
    ("AQ-12", "ineligible", {"isf.stow_plan": False}),
    ("AQ-12", "ineligible", {"isf.csm": False}),
    ("AQ-13", "manual_review", {"isf.bills_without_isf": 1}),
    ("AQ-14", "manual_review", {"targeting.high_risk_bills": 1}),
    ("AQ-14", "manual_review", {"targeting.holds": 1}),
    ("AQ-15", "ineligible", {"targeting.do_not_load_breach": True}),
    ("AQ-16", "ineligible", {"cargo.fumigation_on_arrival": True}),
    ("AQ-17", "ineligible", {"port_calls_24m.calls": KR_IN_JULY}),
    ("AQ-18", "manual_review", {"port_calls_24m.calls": KR_IN_JULY, "fsmc_certificate": True}),
    ("AQ-19", "manual_review", {"port_calls_24m.received_at": "2026-12-10T09:30:01Z"}),
    ("AQ-19", "manual_review", {"port_calls_24m.received_at": Absent}),
    ("AQ-19", "manual_review", {"port_calls_24m.calls": Absent}),
    ("AQ-19", "manual_review", {"port_calls_24m.calls": []}),
    ("AQ-19", "manual_review", {"port_calls_24m": Absent}),
    ("AQ-20", "ineligible", {"ean.open_on_voyage": True}),
    ("AQ-20", "ineligible", {"fsmc_found": True}),
    ("AQ-21", "manual_review", {"wpm.carrier_violations_12m": 3}),
    ("AQ-21", "manual_review", {"wpm.carrier_violations_12m": 4}),
    ("AQ-22", "incomplete", {"crew.undertaking_signed": False}),
    ("AQ-23", "manual_review", {"crew.discrepancies": 1}),
    ("AQ-23", "manual_review", {"crew.mala_fide": 1}),
    ("AQ-24", "ineligible", {"stowaways": 1}),
    ("AQ-25", "manual_review", {"passengers": 1}),
    ("AQ-26", "not_required", {"last_us_port.formal_entry_done": True}),
]

# At an edge, or just outside of a rule: nothing fires.
PASSES: list[dict[str, Any]] = [
    {},
    {"submitted_at": "2026-12-13T09:30:00Z"},  # exactly 24 hours ahead
    {"port_calls_24m.received_at": "2026-12-10T09:30:00Z"},  # exactly 96 hours ahead
    LONG_AGO | {"eta": "2016-09-15T00:00:00Z"},  # the port's first day
    {"wpm.carrier_violations_12m": 2},
    {"f3171.box9_other_text": "Advanced Qualified Unlading Approval requested"},
    {"f3171.box9_other_text": "advance qualified unlading approval"},
    {"f3171.box9_other_text": "please: AQUA  LANE."},
    {"port_code": "1003"}, {"port_code": "1001"},  # other codes of New York/Newark
    {"port_calls_24m.calls": KR_IN_JULY, "last_us_port.formal_entry_done": False, "eta": "2029-07-11T00:00:00Z",
     "submitted_at": "2029-07-01T00:00:00Z"},  # longer ago than 24 months
    call("JP", "", "2026-07-10"), call("CN", "", "2026-07-10"), call("RU", "", "2026-08-10"),
    call("SG", "", "2026-07-10"), call("KR", "", "2026-01-10"),
    {"now": "2027-01-01T00:00:00Z"}, {"voyage": "118E"}, {"voyage": None, "now": None},
    {"port_calls_24m.calls.0.locode": "SGSIN"},
]  # fmt: skip

# area, its country, first and last day of the risk period in 2026
PERIODS = [
    ("russian_far_east", "RU", "2026-07-01", "2026-09-30"),
    ("northern_japan", "JP", "2026-07-01", "2026-09-30"),
    ("republic_of_korea", "KR", "2026-06-01", "2026-09-30"),
    ("", "KR", "2026-06-01", "2026-09-30"),
    (CHINA, "CN", "2026-06-01", "2026-09-30"),
    ("western_japan", "JP", "2026-06-25", "2026-09-15"),
    ("eastern_japan", "JP", "2026-06-20", "2026-08-20"),
    ("southern_japan", "JP", "2026-06-01", "2026-08-10"),
    ("far_southern_japan", "JP", "2026-05-25", "2026-06-30"),
]
DAY_BEFORE = {"2026-07-01": "2026-06-30", "2026-06-01": "2026-05-31", "2026-06-25": "2026-06-24",
              "2026-06-20": "2026-06-19", "2026-05-25": "2026-05-24"}  # fmt: skip
DAY_AFTER = {"2026-09-30": "2026-10-01", "2026-09-15": "2026-09-16", "2026-08-20": "2026-08-21",
             "2026-08-10": "2026-08-11", "2026-06-30": "2026-07-01"}  # fmt: skip


@pytest.mark.parametrize(("code", "outcome", "changes"), FIRES)
def test_a_rule_fires_alone_and_decides(code, outcome, changes):
    decision = decided("aqua", changes)
    assert decision.outcome == outcome
    assert decision.codes == (code,)
    assert decision.rules[0].reason


@pytest.mark.parametrize("changes", PASSES)
def test_nothing_fires_at_the_edge_or_outside(changes):
    decision = decided("aqua", changes)
    assert decision.rules == ()
    assert decision.outcome == Outcome.ELIGIBLE


def test_every_rule_of_facts_has_a_case_that_fires_it():
    assert {code for code, _, _ in FIRES} == {rule.code for rule in LANES["aqua"].rules}


def test_without_their_rule_the_bad_cases_would_pass():
    control = [rule for rule in LANES["aqua"].rules if rule.code != "AQ-24"]
    assert len(control) == len(LANES["aqua"].rules) - 1
    facts = LANES["aqua"].parse(changed("aqua", {"stowaways": 1}))
    fired = [rule.code for rule in control if rule.values(facts) and not rule.law and rule.fires(*rule.values(facts))]
    assert fired == []


@pytest.mark.parametrize(("area", "country", "first", "last"), PERIODS)
def test_a_risk_period_counts_its_first_and_last_day(area, country, first, last):
    for day in (first, last):
        assert decided("aqua", call(country, area, day)).codes == ("AQ-17",)
    for day in (DAY_BEFORE[first], DAY_AFTER[last]):
        assert decided("aqua", call(country, area, day)).codes == ()


def test_the_look_back_is_24_months_to_the_day():
    arrival = {"eta": "2028-07-10T12:00:00Z", "submitted_at": "2028-07-01T00:00:00Z"}
    assert decided("aqua", call("KR", "", "2026-07-10") | arrival).codes == ("AQ-17",)
    assert decided("aqua", call("KR", "", "2026-07-09") | arrival).codes == ()


def test_a_port_with_a_strict_policy_refuses_despite_a_certificate():
    strict = {"port": "2704", "name": "moth_policy", "value": "strict", "from": "2026-12-14", "to": "2026-12-15",
              "tag": "D", "source": "test"}  # fmt: skip
    case = {"port_calls_24m.calls": KR_IN_JULY, "fsmc_certificate": True}
    assert decided("aqua", case, with_rows("settings", strict)).codes == ("AQ-17",)
    day_after = case | {"eta": "2026-12-15T00:00:00Z"}
    assert decided("aqua", day_after, with_rows("settings", strict)).codes == ("AQ-18",)


def test_a_ports_own_wood_packaging_count_is_used():
    one = {"port": "2704", "name": "wood_packaging_count", "value": "1", "from": "2026-01-01", "to": "", "tag": "D",
           "source": "test"}  # fmt: skip
    assert decided("aqua", {"wpm.carrier_violations_12m": 1}, with_rows("settings", one)).codes == ("AQ-21",)
    assert decided("aqua", {"wpm.carrier_violations_12m": 1}).codes == ()


def test_the_moth_reason_names_area_and_day():
    assert "Republic of Korea on 2026-07-10" in decided("aqua", {"port_calls_24m.calls": KR_IN_JULY}).rules[0].reason


def test_an_unknown_port_makes_no_statement_about_its_terminal():
    assert decided("aqua", {"port_code": "0000", "terminal.approved": False}).codes == ("AQ-06",)


PORTS = "2002 1303 2811 5203 5201 2709 2704 4601 1703 3001 3002 1601 5301 1803 3201 1101 0401 4909 1401 1103 1501"


def test_every_port_of_the_table_takes_part_by_now():
    assert [decided("aqua", {"port_code": port}).codes for port in PORTS.split()] == [()] * 21


@pytest.mark.parametrize(
    ("port", "before", "first"),
    [("2002", "2015-12-14", "2015-12-15"), ("2704", "2016-09-14", "2016-09-15"), ("1601", "2016-12-14", "2016-12-15")],
)
def test_a_ports_start_day_counts(port, before, first):
    early = LONG_AGO | {"port_code": port}
    assert decided("aqua", early | {"eta": f"{before}T23:59:59Z"}).codes == ("AQ-06",)
    assert decided("aqua", early | {"eta": f"{first}T00:00:00Z"}).codes == ()


def test_outcomes_outrank_each_other_in_the_tables_order():
    manual = {"passengers": 1}
    incomplete = manual | {"crew.undertaking_signed": False}
    ineligible = incomplete | {"stowaways": 1}
    not_required = ineligible | {"last_us_port.formal_entry_done": True}
    told = [
        (d.outcome.value, d.codes) for d in (decided("aqua", c) for c in (manual, incomplete, ineligible, not_required))
    ]
    assert told == [
        ("manual_review", ("AQ-25",)),
        ("incomplete", ("AQ-22", "AQ-25")),
        ("ineligible", ("AQ-22", "AQ-24", "AQ-25")),
        ("not_required", ("AQ-22", "AQ-24", "AQ-25", "AQ-26")),
    ]


@pytest.mark.parametrize("code", ["AQ-13", "AQ-14", "AQ-15", "AQ-20", "AQ-21", "AQ-23"])
def test_the_company_does_not_read_what_targeting_knows(code):
    for fired_code, _, changes in FIRES:
        if fired_code == code:
            (fired,) = decided("aqua", changes).rules
            assert fired.public_reason == "A person must look at this port call first."
            assert fired.reason != fired.public_reason


@pytest.mark.parametrize("code", ["AQ-01", "AQ-12", "AQ-17"])
def test_other_reasons_are_the_companys_to_read(code):
    for fired_code, _, changes in FIRES:
        if fired_code == code:
            (fired,) = decided("aqua", changes).rules
            assert fired.public_reason == fired.reason
