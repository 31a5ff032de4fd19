"""The review queue's order: deadlines, brought forward by risk; who waits for the company sinks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.clocks import end_of, programme_day
from trusted_trader import urgency

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
TODAY = programme_day(NOW)
RISKS = ("low", "medium", "high")


def score(days_left: int = 40, risk: str = "low", status: str = "in_review") -> int:
    due_at = end_of(TODAY + timedelta(days=days_left))
    return urgency.score(status=status, due_at=due_at, risk_tier=risk, submitted_at=NOW)


def words(days_left: int | None = 40, risk: str = "low", status: str = "in_review", age: int = 20) -> str:
    return urgency.reason(
        status=status,
        due_at=None if days_left is None else end_of(TODAY + timedelta(days=days_left)),
        risk_tier=risk,
        submitted_at=NOW - timedelta(days=age),
        at=NOW,
    ).text


DAYS = st.integers(-400, 400)


@settings(max_examples=200, deadline=None)
@given(DAYS, DAYS, st.sampled_from(RISKS))
def test_of_two_cases_of_one_risk_the_sooner_deadline_comes_first(one: int, other: int, risk: str):
    assert (score(one, risk) < score(other, risk)) == (one < other)


@settings(max_examples=200, deadline=None)
@given(DAYS)
def test_of_two_cases_with_one_deadline_the_higher_risk_comes_first(days: int):
    assert score(days, "high") < score(days, "medium") < score(days, "low")


@settings(max_examples=200, deadline=None)
@given(DAYS, DAYS, st.sampled_from(RISKS), st.sampled_from(RISKS))
def test_a_case_that_waits_for_the_company_sinks_below_all_others(one: int, other: int, risk: str, its_risk: str):
    assert score(one, risk) < score(other, its_risk, "waiting_for_company")


def test_the_order_needs_no_now_and_is_a_whole_number_that_a_bigint_holds():
    assert isinstance(score(), int)
    assert 0 < score(400, "low", "waiting_for_company") < 2**63


def test_high_risk_is_worth_thirty_days():
    assert score(50, "high") < score(21, "low")
    assert score(52, "high") > score(21, "low")


def test_without_a_deadline_the_older_case_comes_first():
    def undated(submitted_at: datetime | None) -> int:
        return urgency.score(status="submitted", due_at=None, risk_tier="low", submitted_at=submitted_at)

    assert undated(NOW - timedelta(days=2)) < undated(NOW)
    assert undated(None) == 0


@pytest.mark.parametrize(
    ("days_left", "text"),
    [
        (-5, "overdue by 5 days"),
        (-1, "overdue by one day"),
        (0, "due today"),
        (1, "due tomorrow"),
        (2, "due in 2 days"),
        (14, "due in 14 days"),
    ],
)
def test_a_near_deadline_is_the_reason_whatever_the_risk(days_left: int, text: str):
    assert words(days_left, "high") == words(days_left, "low", "recommended") == text


@pytest.mark.parametrize(
    ("risk", "text"),
    [
        ("high", "high risk, so 30 days earlier in the queue"),
        ("medium", "medium risk, so 10 days earlier in the queue"),
        ("low", "in the queue for 20 days"),
        ("", "in the queue for 20 days"),
    ],
)
def test_a_far_deadline_leaves_the_risk_and_then_the_age_as_reason(risk: str, text: str):
    assert words(15, risk) == words(None, risk) == text


def test_every_risk_that_brings_forward_has_its_sentence():
    assert set(urgency.FORWARD_WORD) == {risk for risk, by in urgency.BROUGHT_FORWARD.items() if by}


@pytest.mark.parametrize(("age", "text"), [(0, "in the queue since today"), (1, "in the queue since yesterday")])
def test_a_new_case_says_since_when(age: int, text: str):
    assert words(age=age) == text


def test_a_recommended_case_waits_for_its_decision_and_an_asked_one_for_the_company():
    assert words(status="recommended") == "recommended, waits for a decision"
    assert words(-5, "high", "waiting_for_company") == "waits for the company; the clock is paused"


def test_the_days_are_those_of_new_york():
    # 03:00 UTC is still the evening before there.
    late = urgency.reason(
        status="in_review",
        due_at=end_of(TODAY),
        risk_tier="low",
        submitted_at=NOW,
        at=datetime(2026, 11, 25, 3, tzinfo=UTC),
    )
    assert late.text == "due today"
