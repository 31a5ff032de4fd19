"""What is missing never counts as good, and says who is to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastlane.rules import LANES, Outcome, Source, paths
from fastlane.rules.facts import look_up
from tests.fastlane.rules.documents import Absent, decided

ROWS_OF_THEIR_OWN = {
    "f3171.attached": ("AQ-10", "incomplete"),
    "f3171.box9_5_ticked": ("AQ-10", "incomplete"),
    "f3171.box9_other_text": ("AQ-10", "incomplete"),
    "notice_of_arrival_ref": ("AQ-11", "incomplete"),
    "port_calls_24m.received_at": ("AQ-19", "manual_review"),
    "port_calls_24m.calls": ("AQ-19", "manual_review"),
}


def leaves(document: Any, path: str = "") -> Iterator[str]:
    """Every path of a document, the groups and lists on the way too."""
    if path:
        yield path
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for name, value in inner:
        yield from leaves(value, f"{path}.{name}" if path else str(name))


EVERY = [
    (lane, path) for lane in LANES for path in leaves(LANES[lane].example()) if not path.rpartition(".")[2].isdigit()
]
# A manufacturer number never counts; on the example's date no law in force asks for an exception.
NOT_ASKED = {"parties.0.mid", "exception"}


@pytest.mark.parametrize(("lane", "path"), EVERY)
@pytest.mark.parametrize("gone", [Absent, None])
def test_a_missing_fact_is_never_a_yes(lane, path, gone):
    decision = decided(lane, {path: gone})
    if path in NOT_ASKED:
        assert decision.outcome == Outcome.ELIGIBLE
    else:
        assert decision.outcome in {Outcome.INCOMPLETE, Outcome.MANUAL_REVIEW, Outcome.INELIGIBLE}
        assert decision.rules


@pytest.mark.parametrize("path", paths(LANES["aqua"].facts))
def test_a_missing_fact_is_incomplete_or_a_persons_to_confirm_by_its_source(path):
    fact = look_up(LANES["aqua"].facts, path)
    if fact.optional:
        return
    decision = decided("aqua", {path: Absent})
    if path in ROWS_OF_THEIR_OWN:
        assert [(f.code, f.outcome.value) for f in decision.rules] == [ROWS_OF_THEIR_OWN[path]]
    elif fact.source is Source.AGENCY:
        assert decision.outcome == Outcome.MANUAL_REVIEW
        assert all(fired.reason.startswith("Not confirmed yet: ") for fired in decision.rules)
        assert all(fact.confirmed_by in fired.public_reason for fired in decision.rules)
    else:
        assert decision.outcome == Outcome.INCOMPLETE
        assert all(fact.title in fired.reason for fired in decision.rules)


@pytest.mark.parametrize(
    "path", [path for path, fact in paths(LANES["aqua"].facts).items() if fact.source is Source.AGENCY]
)
def test_an_unconfirmed_fact_is_as_good_as_missing(path):
    assert decided("aqua", unconfirmed=[path]) == decided("aqua", {path: Absent})


def test_a_group_of_facts_may_be_unconfirmed():
    assert decided("aqua", unconfirmed=["targeting"]).codes == ("AQ-14", "AQ-15")


@pytest.mark.parametrize("path", ["eta", "carrier.in_good_standing", "crew", "nothing"])
def test_only_an_agencys_facts_can_be_unconfirmed(path):
    with pytest.raises(ValueError, match="no fact that an agency confirms"):
        decided("aqua", unconfirmed=[path])


def test_the_public_reason_hides_which_of_targetings_facts_is_missing():
    (fired,) = decided("aqua", {"targeting.holds": Absent}).rules
    assert "holds" in fired.reason
    assert fired.public_reason == "Not confirmed yet. The targeting analyst confirms it."


@pytest.mark.parametrize("name", ["country", "region", "date"])
def test_a_port_call_without_country_region_or_date_is_incomplete(name):
    decision = decided("aqua", {f"port_calls_24m.calls.0.{name}": Absent})
    assert (decision.outcome, decision.codes) == (Outcome.INCOMPLETE, ("AQ-17",))


def test_section_321_needs_none_of_the_facts_of_type_86():
    gone = dict.fromkeys(("filed_on", "filer", "power_of_attorney", "hts_code"), Absent)
    assert decided("low_value", gone | {"entry_type": "section_321"}).outcome == Outcome.ELIGIBLE
    assert decided("low_value", gone).codes == ("E8-01", "E8-02")


def test_the_exception_is_asked_for_once_the_law_knows_one():
    decision = decided("low_value", {"exception": Absent, "arrival_date": "2025-08-29"})
    assert {"S3-05"} < set(decision.codes)
    assert decision.outcome == Outcome.INCOMPLETE
    assert decided(
        "low_value", {"exception": Absent, "arrival_date": "2025-08-29", "entry_type": "section_321"}
    ).outcome == (Outcome.INCOMPLETE)


AQUA_PATHS = [path for path, fact in paths(LANES["aqua"].facts).items() if not fact.optional]


@settings(max_examples=300, deadline=None)
@given(st.sets(st.sampled_from(AQUA_PATHS), min_size=1))
def test_any_set_of_missing_facts_is_never_a_yes(gone):
    assert decided("aqua", dict.fromkeys(gone, Absent)).outcome not in {Outcome.ELIGIBLE, Outcome.NOT_REQUIRED}
