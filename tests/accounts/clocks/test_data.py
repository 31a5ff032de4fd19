"""The file of clocks is whole."""

import re
from pathlib import Path

import pytest

from accounts.clocks import specs

ROOT = Path(__file__).parents[3]


def test_the_decision_takes_ninety_calendar_days_and_waits_for_the_company():
    decision = specs()["decision"]
    assert (decision.days, decision.counts, decision.mark) == (90, "calendar", "S")
    assert decision.pauses_on == {"application.ask"}


@pytest.mark.parametrize("code", specs())
def test_a_clock_has_an_authority_a_mark_and_reminders_within_its_time(code: str):
    spec = specs()[code]
    assert spec.title
    assert spec.authority
    assert spec.mark in {"S", "K", "I", "D"}
    assert spec.counts in {"calendar", "working"}
    assert spec.days > 0
    assert spec.starts_on
    assert spec.stops_on
    assert bool(spec.pauses_on) == bool(spec.resumes_on)
    assert all(0 <= left < spec.days for left in spec.remind_days_left)


@pytest.mark.parametrize("code", specs())
def test_a_clock_listens_to_events_that_the_operations_write(code: str):
    written = {
        name
        for path in (ROOT / "trusted_trader").rglob("*.py")
        for name in re.findall(r'"([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    spec = specs()[code]
    heard = spec.starts_on | spec.stops_on | spec.pauses_on | spec.resumes_on | spec.restarts_on
    assert not heard - written
    # Control: a name that nobody writes would be seen.
    assert "application.resume_by_magic" not in written
