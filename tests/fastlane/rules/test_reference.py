"""Reference data are whole, pass the same checks from files and rows, and answer by date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from fastlane.rules import LANES, TAGS, Reference, ReferenceRefused, Source, paths
from fastlane.rules.reference.tables import DATED_RULES, TABLES
from tests.fastlane.rules.documents import PACKAGED

REFERENCE = PACKAGED.reference
# By hand from the port table.
PORTS = {
    "2015-12-15": {"2002", "1303", "2811", "5203"},
    "2016-09-15": {"5201", "2709", "2704", "4601", "1703", "3001", "3002"},
    "2016-12-15": {"1601", "5301", "1803", "3201", "1101", "0401", "4909", "1401", "1103", "1501"},
}


def refused(table: str, change: dict[str, str], row: int = 0) -> list[tuple[str, int, str]]:
    rows = REFERENCE.rows()
    rows[table][row] |= change
    with pytest.raises(ReferenceRefused) as told:
        Reference.of(rows)
    return [(problem.table, problem.row, problem.column) for problem in told.value.problems]


def test_the_packaged_ports_are_those_of_the_table():
    by_day: dict[str, set[str]] = {}
    for port in REFERENCE.port_rows:
        by_day.setdefault(port.start.isoformat(), set()).add(port.code)
    assert by_day == PORTS


def test_every_row_has_a_source_and_a_tag():
    for name, rows in REFERENCE.rows().items():
        assert rows, name
        assert all(row["source"] and row["tag"] in TAGS for row in rows)


def test_every_dated_rule_is_in_the_law_and_the_law_names_no_other():
    low_value = {rule.code for rule in (*LANES["low_value"].rules, *LANES["low_value"].listed)}
    identifiers = {rule.code for rule in (*LANES["gbi"].rules, *LANES["gbi"].listed)}
    assert set(REFERENCE.law) == DATED_RULES == low_value | identifiers | {"AC-01"}


def test_terminals_that_no_source_names_are_marked_as_demonstration():
    for terminal in REFERENCE.terminal_rows:
        assert "demonstration" in terminal.source
    assert REFERENCE.terminals["W185"].port == "2704"


def test_rows_come_back_the_same():
    rows = REFERENCE.rows()
    assert Reference.of(rows) == REFERENCE
    assert Reference.of(rows).rows() == rows
    assert Reference.load() == REFERENCE


def test_rows_may_hold_dates_and_numbers_and_nothing():
    rows = REFERENCE.rows()
    rows["law"][0] |= {"from": date(2016, 3, 10), "amount": 800}
    rows["settings"][0]["to"] = None
    assert Reference.of(rows) == REFERENCE


@pytest.mark.parametrize(
    ("table", "change", "column"),
    [
        ("ports", {"code": "27O4"}, "code"),
        ("ports", {"from": "2016-02-30"}, "from"),
        ("ports", {"to": "2015-12-15"}, "to"),
        ("ports", {"phase": "9"}, "phase"),
        ("ports", {"aliases": "1001"}, "aliases"),
        ("ports", {"aliases": "2704"}, "aliases"),
        ("ports", {"tag": "X"}, "tag"),
        ("ports", {"source": ""}, "source"),
        ("ports", {"colour": "blue"}, "colour"),
        ("terminals", {"port": "9999"}, "port"),
        ("terminals", {"code": "W190"}, "code"),
        ("approvals", {"terminal": "NONE"}, "terminal"),
        ("approvals", {"terminal": "W190"}, "terminal"),
        ("moth_periods", {"area": "atlantis"}, "area"),
        ("moth_periods", {"first_day": "02-30"}, "first_day"),
        ("moth_periods", {"last_day": "06-30"}, "last_day"),
        ("law", {"from": "2025-08-29"}, "to"),
        ("law", {"amount": "eight hundred"}, "amount"),
        ("settings", {"value": "sometimes"}, "value"),
        ("settings", {"name": "colour"}, "name"),
        ("settings", {"to": "2030-01-01"}, "moth_policy"),
        ("settings", {"from": "2000-01-01"}, "moth_policy"),
        ("settings", {"port": "9999"}, "port"),
        ("fact_ages", {"hours": "-1"}, "hours"),
    ],
)
def test_a_fault_is_named_by_table_row_and_column(table, change, column):
    assert any(problem[0] == table and problem[2] == column for problem in refused(table, change))


def test_a_dated_rule_without_dates_is_refused_since_it_would_hold_for_ever():
    rows = REFERENCE.rows()
    rows["law"] = [row for row in rows["law"] if row["code"] != "S3-05"]
    with pytest.raises(ReferenceRefused, match="S3-05 needs its dates"):
        Reference.of(rows)


def test_an_unknown_table_is_refused():
    with pytest.raises(ReferenceRefused):
        Reference.of(REFERENCE.rows() | {"colours": []})


def test_two_periods_of_one_thing_may_follow_but_not_overlap():
    rows = REFERENCE.rows()
    rows["approvals"][0]["to"] = "2026-01-01"
    rows["approvals"].append(rows["approvals"][0] | {"from": "2026-06-01", "to": ""})
    gap = Reference.of(rows)
    days = {"2025-12-31": True, "2026-01-01": False, "2026-05-31": False, "2026-06-01": True}
    assert {day: gap.terminal_approved("W185", date.fromisoformat(day)) for day in days} == days
    rows["approvals"][-1]["from"] = "2025-12-31"
    with pytest.raises(ReferenceRefused, match="overlaps"):
        Reference.of(rows)


def test_georgias_terminals_joined_seven_years_after_their_port():
    assert REFERENCE.takes_part("1703", date(2016, 9, 15))
    assert not REFERENCE.terminal_approved("GPA1", date(2023, 7, 31))
    assert REFERENCE.terminal_approved("GPA1", date(2023, 8, 1))


def test_a_port_that_left_takes_no_part_from_that_day_on():
    rows = REFERENCE.rows()
    rows["ports"][0]["to"] = "2027-01-01"
    left = Reference.of(rows)
    assert left.takes_part("2002", date(2026, 12, 31))
    assert not left.takes_part("2002", date(2027, 1, 1))


def test_a_newer_moth_table_counts_from_its_year_on():
    rows = REFERENCE.rows()
    rows["moth_periods"].append(rows["moth_periods"][2] | {"year": "2027", "first_day": "05-01"})
    newer = Reference.of(rows)
    assert not newer.moth_risk("US", "republic_of_korea", date(2026, 5, 1))
    assert newer.moth_risk("US", "republic_of_korea", date(2027, 5, 1))
    assert newer.moth_risk("US", "republic_of_korea", date(2018, 6, 1))
    assert not newer.moth_risk("CL", "republic_of_korea", date(2027, 6, 1))


def test_defaults_are_those_that_the_table_leaves_open():
    day = date(2026, 12, 14)
    assert REFERENCE.moth_policy("2704", day) == "certificate"
    assert REFERENCE.wood_packaging_count("2704", day) == 3
    assert REFERENCE.eta_change_hours("2704", day) == 6


def test_a_port_setting_holds_under_the_ports_other_codes_too():
    rows = REFERENCE.rows()
    rows["settings"].append(rows["settings"][2] | {"port": "4601", "value": "2", "from": "2026-01-01"})
    assert Reference.of(rows).eta_change_hours("1003", date(2026, 1, 1)) == 2
    assert Reference.of(rows).eta_change_hours("1003", date(2025, 12, 31)) == 6


def test_a_fact_is_stale_beyond_its_limit_alone():
    now = datetime(2026, 12, 14, tzinfo=UTC)
    limit = now - timedelta(hours=12)
    observed = {"targeting.holds": limit, "targeting.high_risk_bills": limit - timedelta(seconds=1), "isf.csm": limit}
    assert REFERENCE.stale(observed, now) == {"targeting.high_risk_bills"}


def test_every_agency_fact_has_a_limit_of_age():
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    agency = [path for path, fact in paths(LANES["aqua"].facts).items() if fact.source is Source.AGENCY]
    assert REFERENCE.stale(dict.fromkeys(agency, long_ago), datetime(2026, 1, 1, tzinfo=UTC)) == set(agency)


def test_every_table_has_a_file():
    assert set(REFERENCE.rows()) == set(TABLES)
