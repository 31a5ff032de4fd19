"""Documents are read strictly: everything that is wrong is named, nothing is guessed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from fastlane.rules import LANES, FactsRefused, canonical
from fastlane.rules.facts import DECLARED, fact, items, read
from fastlane.rules.kinds import FLAG
from fastlane.rules.moth_areas import AREAS, area_code
from fastlane.rules.strict_json import read_json
from tests.fastlane.rules.documents import changed


def problems(lane: str, changes: dict) -> list[tuple[str, str]]:
    with pytest.raises(FactsRefused) as refused:
        LANES[lane].parse(changed(lane, changes))
    return [(problem.pointer, problem.code) for problem in refused.value.problems]


CALLS = "port_calls_24m.calls"


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"surprise": 1}, "/surprise", "unknown_field"),
        ({"vessel.a/b~c": 1}, "/vessel/a~1b~0c", "unknown_field"),
        ({"carrier.in_good_standing": 1}, "/carrier/in_good_standing", "type"),
        ({"carrier.in_good_standing": "true"}, "/carrier/in_good_standing", "type"),
        ({"carrier.ctpat_status": "Validated"}, "/carrier/ctpat_status", "choice"),
        ({"carrier": []}, "/carrier", "type"),
        ({"stowaways": True}, "/stowaways", "type"),
        ({"stowaways": 0.0}, "/stowaways", "type"),
        ({"stowaways": -1}, "/stowaways", "range"),
        ({"stowaways": 10**30}, "/stowaways", "range"),
        ({"stowaways": math.nan}, "/stowaways", "type"),
        ({"eta": "2026-12-14T09:30:00"}, "/eta", "zone"),
        ({"eta": "2026-02-30T09:30:00Z"}, "/eta", "date"),
        ({"eta": "2026-12-14T24:00:00Z"}, "/eta", "date"),
        ({"eta": "2026-12-14T09:60:00Z"}, "/eta", "date"),
        ({"eta": "2026-12-14"}, "/eta", "form"),
        ({"eta": "2026-W51-1T09:30:00Z"}, "/eta", "form"),
        ({"eta": "0001-01-01T00:00:00+23:59"}, "/eta", "date"),
        ({"eta": "9999-12-31T23:59:59-23:59"}, "/eta", "date"),
        ({"eta": 1797240600}, "/eta", "type"),
        ({"vessel.imo": "9703292"}, "/vessel/imo", "check_digit"),
        ({"vessel.imo": "970329"}, "/vessel/imo", "form"),
        ({"vessel.imo": "９７０３２９１"}, "/vessel/imo", "form"),
        ({"port_code": 2704}, "/port_code", "type"),
        ({"port_code": "USLAX"}, "/port_code", "form"),
        ({"voyage": "рейс 8"}, "/voyage", "form"),
        ({"voyage": "1" * 21}, "/voyage", "form"),
        ({"notice_of_arrival_ref": "a\nb"}, "/notice_of_arrival_ref", "form"),
        ({"notice_of_arrival_ref": "x" * 61}, "/notice_of_arrival_ref", "range"),
        ({CALLS: {}}, "/port_calls_24m/calls", "type"),
        ({CALLS: [{}] * 10_001}, "/port_calls_24m/calls", "too_many"),
        ({f"{CALLS}.0.date": "2026-02-29"}, "/port_calls_24m/calls/0/date", "date"),
        ({f"{CALLS}.0.date": "20260228"}, "/port_calls_24m/calls/0/date", "form"),
        ({f"{CALLS}.0.country": "sg"}, "/port_calls_24m/calls/0/country", "form"),
        ({f"{CALLS}.0.country": ["SG"]}, "/port_calls_24m/calls/0/country", "type"),
        ({f"{CALLS}.0.region": "atlantis"}, "/port_calls_24m/calls/0/region", "unknown_word"),
        ({f"{CALLS}.0.region": "eastern_japan"}, "/port_calls_24m/calls/0/region", "contradiction"),
        ({f"{CALLS}.0": 7}, "/port_calls_24m/calls/0", "type"),
    ],
)
def test_a_fault_is_named_by_place_and_code(changes, pointer, code):
    assert problems("aqua", changes) == [(pointer, code)]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.01, 1e10])
def test_an_amount_is_finite_and_in_range(value):
    assert problems("low_value", {"day_total_usd": value}) == [("/day_total_usd", "range")]


@pytest.mark.parametrize("value", [True, "12"])
def test_an_amount_is_a_number(value):
    assert problems("low_value", {"day_total_usd": value}) == [("/day_total_usd", "type")]


@pytest.mark.parametrize("document", [None, [], "{}", 1, True])
def test_a_document_is_an_object(document):
    with pytest.raises(FactsRefused):
        LANES["aqua"].parse(document)


def test_all_faults_are_told_not_only_the_first():
    told = problems("aqua", {"surprise": 1, "eta": "soon", "vessel.imo": "9703292", f"{CALLS}.0.date": "2026-13-01"})
    assert told == [
        ("/vessel/imo", "check_digit"), ("/eta", "form"), ("/port_calls_24m/calls/0/date", "date"),
        ("/surprise", "unknown_field"),
    ]  # fmt: skip


def test_an_unknown_region_lists_the_known():
    with pytest.raises(FactsRefused) as refused:
        LANES["aqua"].parse(changed("aqua", {f"{CALLS}.0.region": "atlantis"}))
    assert all(area in refused.value.problems[0].detail for area in AREAS)


def test_ten_thousand_port_calls_are_read_and_ten_bad_ones_named():
    calls = [{"country": "SG", "region": "", "date": "2026-08-02"} for _ in range(10_000)]
    for number in range(0, 10_000, 1_000):
        calls[number]["date"] = "2026-08-32"
    assert problems("aqua", {CALLS: calls}) == [
        (f"/port_calls_24m/calls/{n}/date", "date") for n in range(0, 10_000, 1_000)
    ]


def test_an_entry_seen_before_is_still_read_strictly():
    for bad in (True, 1, ["SG"], {"a": 1}):
        good = {"country": "SG", "region": "", "date": "2026-08-02"}
        LANES["aqua"].parse(changed("aqua", {CALLS: [good]}))
        assert problems("aqua", {CALLS: [good | {"country": bad}]}) == [("/port_calls_24m/calls/0/country", "type")]


def test_times_are_kept_in_utc():
    facts = LANES["aqua"].parse(changed("aqua", {"eta": "2026-12-14T01:30:00.25-08:00"}))
    assert facts.eta == datetime(2026, 12, 14, 9, 30, 0, 250_000, tzinfo=UTC)
    assert '"eta":"2026-12-14T09:30:00.250000Z"' in canonical(facts)


@pytest.mark.parametrize(
    ("word", "area"),
    [
        ("", ""), ("china_north", "china_north_of_31_15"), ("China north of 31°15'N", "china_north_of_31_15"),
        ("china_north_of_31_15_n", "china_north_of_31_15"), ("Hokkaido", "northern_japan"),
        ("okinawa", "far_southern_japan"), ("south_korea", "republic_of_korea"), ("eastern_japan", "eastern_japan"),
        ("RUSSIAN FAR EAST", "russian_far_east"),
    ],
)  # fmt: skip
def test_a_region_may_be_named_in_other_words(word, area):
    assert area_code(word) == area


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"a": 1, "a": 2}', "duplicate_key"), ('{"a": NaN}', "number"), ('{"a": -Infinity}', "number"),
        ("[" * 100_000, "too_deep"), ("{", "json"), (b'"\xff"', "json"), ("1" * 5_000, "json"), ("", "json"),
    ],
)  # fmt: skip
def test_json_that_could_be_read_in_two_ways_is_refused(text, code):
    with pytest.raises(FactsRefused) as refused:
        read_json(text)
    assert refused.value.problems[0].code == code


@dataclass(frozen=True)
class Box:
    sealed: bool | None = fact(FLAG, DECLARED, "a seal")


@dataclass(frozen=True)
class Boxes:
    boxes: tuple[Box, ...] | None = items(Box, DECLARED, "the boxes", 9)


def test_a_list_entry_with_1_is_not_taken_for_one_with_true_seen_before():
    assert read(Boxes, {"boxes": [{"sealed": True}]}) == Boxes((Box(True),))
    with pytest.raises(FactsRefused):
        read(Boxes, {"boxes": [{"sealed": 1}]})
