"""Clocks agree with a slow oracle over random histories, and each planted fault is noticed by the same comparison."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from accounts import clocks
from accounts.clocks import ClockEvent, ClockSpec
from tests.accounts.clocks import oracle

HISTORIES = 10_000 if os.environ.get("PORTAL_FULL") else 2_000
SPEC = ClockSpec(
    code="test",
    title="Test",
    days=10,
    counts="calendar",
    starts_on=frozenset({"start"}),
    stops_on=frozenset({"stop"}),
    pauses_on=frozenset({"pause"}),
    resumes_on=frozenset({"resume"}),
    restarts_on=frozenset({"restart"}),
)
KINDS = ("pause", "resume", "pause", "resume", "start", "stop", "restart", "noise")
# Evenings in New York (another day in UTC), both changes of the hour, and days around holidays.
BEGINNINGS = (
    datetime(2026, 3, 6, 1, tzinfo=UTC),
    datetime(2026, 10, 30, 3, 30, tzinfo=UTC),
    datetime(2026, 11, 20, 18, tzinfo=UTC),
    datetime(2027, 12, 23, 4, 59, tzinfo=UTC),
    datetime(2028, 2, 28, 5, 1, tzinfo=UTC),
    datetime(2026, 6, 17, 23, 59, 59, tzinfo=UTC),
)


@dataclass(frozen=True)
class History:
    """A clock, what happened to it (in any order), and the moment of looking."""

    spec: ClockSpec
    events: tuple[ClockEvent, ...]
    at: datetime


@st.composite
def histories(draw: st.DrawFn) -> History:
    spec = replace(SPEC, days=draw(st.integers(1, 90)), counts=draw(st.sampled_from(("calendar", "working"))))
    begin = draw(st.sampled_from(BEGINNINGS)) + timedelta(minutes=draw(st.integers(0, 60 * 24 * 400)))
    # Whole hours make events of one instant likely.
    steps = draw(st.lists(st.tuples(st.integers(-48, 24 * 60), st.sampled_from(KINDS)), max_size=8))
    events = [ClockEvent(begin, "start")] + [ClockEvent(begin + timedelta(hours=h), kind) for h, kind in steps]
    return History(
        spec, tuple(draw(st.permutations(events))), begin + timedelta(hours=draw(st.integers(-24, 24 * 120)))
    )


def agrees(history: History) -> bool:
    state = clocks.due(history.spec, history.events, at=history.at)
    return state.due_at == oracle.due_at(history.spec, history.events, at=history.at)


@settings(max_examples=HISTORIES, deadline=None)
@given(histories())
def test_a_due_time_is_what_the_slow_oracle_says(history: History):
    assert agrees(history)


def is_noticed() -> bool:
    """Whether the comparison above finds a history on which the clocks and the oracle differ."""
    try:
        find(histories(), lambda history: not agrees(history), settings=settings(max_examples=2_000, deadline=None))
    except NoSuchExample:
        return False
    return True


FAULTS: dict[str, tuple[str, Callable[[], object]]] = {
    "midnight in UTC": ("ZONE", lambda: UTC),
    "no daylight saving": ("ZONE", lambda: timezone(timedelta(hours=-5))),
    "holidays count": ("counts", lambda: lambda spec, day, free: spec.counts == "calendar" or day.weekday() < 5),
    "Saturdays count": (
        "counts",
        lambda: lambda spec, day, free: spec.counts == "calendar" or (day.weekday() < 6 and day not in free),
    ),
    "pauses count": ("_last_day", lambda: _without_spans(clocks._last_day)),
    "due a day early": ("end_of", lambda: _a_day_early(clocks.end_of)),
}


def _without_spans(real):
    return lambda spec, start, spans, free: real(spec, start, (), free)


def _a_day_early(real):
    return lambda day: real(day - clocks.DAY)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed_by_the_same_comparison(fault: str, monkeypatch: pytest.MonkeyPatch):
    name, faulty = FAULTS[fault]
    monkeypatch.setattr(clocks, name, faulty())
    assert is_noticed()


@settings(max_examples=200, deadline=None)
@given(histories(), st.integers(0, 2**32))
def test_the_order_in_which_events_are_read_changes_nothing_unless_they_share_an_instant(history: History, seed: int):
    apart = {event.at: event for event in history.events}
    shuffled = sorted(apart.values(), key=lambda event: hash((seed, event.at)))
    assert clocks.due(history.spec, shuffled, at=history.at) == clocks.due(history.spec, apart.values(), at=history.at)


def new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clocks.ZONE)


def state(*events: tuple[str, str], at: str, spec: ClockSpec = SPEC, **changes: object) -> clocks.ClockState:
    history = [ClockEvent(new_york(when), kind) for when, kind in events]
    return clocks.due(replace(spec, **changes), history, at=new_york(at))


def test_ten_days_from_a_day_end_at_the_midnight_that_ends_the_tenth_day_after_it():
    assert state(("2026-06-01 00:00", "start"), at="2026-06-02").due_at == new_york("2026-06-12 00:00")
    assert state(("2026-06-01 23:59:59", "start"), at="2026-06-02").due_at == new_york("2026-06-12 00:00")


def test_late_evening_in_new_york_is_still_that_day_though_utc_has_moved_on():
    started = ClockEvent(datetime(2026, 6, 2, 3, 59, tzinfo=UTC), "start")
    assert clocks.due(SPEC, [started], at=started.at).due_at == datetime(2026, 6, 12, 4, tzinfo=UTC)


@pytest.mark.parametrize(("start", "utc_hour"), [("2026-03-01", 4), ("2026-02-20", 5), ("2026-10-28", 5)])
def test_a_day_ends_at_midnight_there_on_both_sides_of_the_change_of_the_hour(start: str, utc_hour: int):
    due_at = state((start, "start"), at="2027-01-01").due_at
    assert due_at is not None
    assert due_at.hour == utc_hour


def test_working_days_skip_weekends_and_the_day_on_which_a_holiday_is_kept():
    # 4 July 2026 is a Saturday, so Friday the 3rd is kept: Thursday, then Monday.
    found = state(("2026-07-01 12:00", "start"), at="2026-07-01 12:00", days=2, counts="working")
    assert found.due_at == new_york("2026-07-07 00:00")
    # Control: without holidays Friday would have counted.
    spec = replace(SPEC, days=2, counts="working")
    started = [ClockEvent(new_york("2026-07-01 12:00"), "start")]
    assert clocks.due(spec, started, at=started[0].at, free=()).due_at == new_york("2026-07-04 00:00")


@pytest.mark.parametrize("year", range(2022, 2036))
def test_the_holidays_are_those_of_the_law(year: int):
    days = [datetime(year, 1, 1).date() + timedelta(days=n) for n in range(365)]
    assert {d for d in days if d in clocks.FEDERAL} == {d for d in days if d in oracle.federal_holidays(year)}


def test_days_from_the_pause_to_the_resume_are_given_back_without_the_day_of_the_resume():
    events = (("2026-06-01", "start"), ("2026-06-03 09:00", "pause"), ("2026-06-08 17:00", "resume"))
    assert state(*events, at="2026-06-09").due_at == new_york("2026-06-17 00:00")


def test_a_pause_that_ends_on_its_own_day_costs_nothing():
    events = (("2026-06-01", "start"), ("2026-06-03 09:00", "pause"), ("2026-06-03 17:00", "resume"))
    assert state(*events, at="2026-06-09").due_at == new_york("2026-06-12 00:00")


def test_a_second_pause_a_lone_resume_and_a_second_start_change_nothing():
    plain = (("2026-06-01", "start"), ("2026-06-03", "pause"), ("2026-06-05", "resume"))
    odd = (("2026-06-02", "resume"), ("2026-06-04", "pause"), ("2026-06-06", "resume"), ("2026-06-07", "start"))
    assert state(*plain, *odd, at="2026-06-09") == state(*plain, at="2026-06-09")


def test_a_paused_clock_is_due_later_each_day_and_never_overdue():
    events = (("2026-06-01", "start"), ("2026-06-03", "pause"))
    assert state(*events, at="2026-06-03").days_left(new_york("2026-06-03")) == 8
    late = state(*events, at="2026-09-01")
    assert late.paused_at == new_york("2026-06-03")
    assert late.days_left(new_york("2026-09-01")) == 8
    assert not late.overdue(new_york("2027-01-01"))


def test_a_pause_after_the_due_time_gives_nothing_back():
    events = (("2026-06-01", "start"), ("2026-06-20", "pause"), ("2026-06-25", "resume"))
    found = state(*events, at="2026-06-26")
    assert found.due_at == new_york("2026-06-12 00:00")
    assert found.days_left(new_york("2026-06-26")) == -15


def test_a_clock_is_overdue_from_its_due_moment_and_not_before():
    found = state(("2026-06-01", "start"), at="2026-06-02")
    assert not found.overdue(new_york("2026-06-11 23:59:59"))
    assert found.overdue(new_york("2026-06-12 00:00"))
    assert found.days_left(new_york("2026-06-11 23:59")) == 0
    assert found.days_left(new_york("2026-06-12 00:00")) == -1


def test_a_stop_ends_the_clock_and_a_pause_that_was_open():
    events = (("2026-06-01", "start"), ("2026-06-03", "pause"), ("2026-06-05", "stop"))
    found = state(*events, at="2026-06-05")
    assert found.stopped_at == new_york("2026-06-05")
    assert found.paused_at is None
    assert found.days_left(new_york("2026-06-05")) is None
    assert state(*events, at="2026-12-01") == found


def test_a_restart_takes_the_stop_back_as_if_it_had_never_been():
    stopped = (("2026-06-01", "start"), ("2026-06-05", "stop"))
    assert state(*stopped, ("2026-06-07", "restart"), at="2026-06-08") == state(stopped[0], at="2026-06-08")


def test_events_of_one_instant_count_in_the_order_in_which_they_are_listed():
    pause, resume = ("2026-06-05", "pause"), ("2026-06-05", "resume")
    assert state(("2026-06-01", "start"), pause, resume, at="2026-06-08").running
    assert not state(("2026-06-01", "start"), resume, pause, at="2026-06-08").running


def test_events_after_the_moment_asked_about_are_not_known_yet():
    assert state(("2026-06-01", "start"), ("2026-06-05", "stop"), at="2026-06-04").running


def test_a_clock_that_has_not_started_knows_nothing():
    found = state(("2026-06-01", "pause"), ("2026-06-05", "stop"), at="2026-06-08")
    assert found == clocks.ClockState()
    assert found.days_left(new_york("2026-06-08")) is None
    assert not found.overdue(new_york("2026-06-08"))


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no zone"):
        ClockEvent(datetime(2026, 6, 1), "start")


REMINDING = replace(SPEC, days=30, remind_days_left=(2, 15))


def test_reminders_come_at_nine_in_new_york_counted_back_from_the_last_day():
    spring = state(("2026-02-20", "start"), at="2026-02-20", spec=REMINDING)
    assert clocks.reminders(REMINDING, spring) == (new_york("2026-03-07 09:00"), new_york("2026-03-20 09:00"))


def test_reminders_move_with_a_pause_and_are_silent_while_it_lasts():
    events = (("2026-06-01", "start"), ("2026-06-03", "pause"), ("2026-06-13", "resume"))
    paused = state(*events[:2], at="2026-06-05", spec=REMINDING)
    assert clocks.reminders(REMINDING, paused) == ()
    assert clocks.reminders(REMINDING, state(*events, at="2026-06-14", spec=REMINDING))[0] == new_york(
        "2026-06-26 09:00"
    )


def test_nothing_reminds_of_a_stopped_clock_or_of_a_time_before_the_start():
    stopped = state(("2026-06-01", "start"), ("2026-06-05", "stop"), at="2026-06-06", spec=REMINDING)
    assert clocks.reminders(REMINDING, stopped) == ()
    short = replace(REMINDING, days=2)
    assert clocks.reminders(short, state(("2026-06-01 10:00", "start"), at="2026-06-01 10:00", spec=short)) == ()
    assert clocks.reminders(short, state(("2026-06-01 08:00", "start"), at="2026-06-01 10:00", spec=short)) == (
        new_york("2026-06-01 09:00"),
    )
