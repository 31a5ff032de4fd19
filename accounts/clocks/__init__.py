"""Clocks from events: start, pause, resume, stop. Due times are computed, never counted down by night.

Programme days are days in America/New_York. A clock of N days that starts on day D is due at midnight New York time at
the end of day D+N (the Nth counted day after D). Whole days on which the clock stood still (from the day of the pause
up to, and without, the day of the resume) don't count. Working-day clocks skip weekends and US federal holidays.
"""

from __future__ import annotations

import tomllib
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("America/New_York")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """A clock as the data file gives it; event names are operations of the event chain."""

    code: str
    title: str
    days: int
    counts: str
    starts_on: frozenset[str]
    stops_on: frozenset[str]
    pauses_on: frozenset[str] = frozenset()
    resumes_on: frozenset[str] = frozenset()
    restarts_on: frozenset[str] = frozenset()
    remind_days_left: tuple[int, ...] = ()
    authority: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """Something that happened, at an aware time."""

    at: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class ClockState:
    """A clock as its events leave it. Times are aware UTC; `due_at` is the first moment that is too late.

    While the clock is paused, `due_at` is what it would be if it went on at `as_of`.
    """

    started_at: datetime | None = None
    due_at: datetime | None = None
    paused_at: datetime | None = None
    stopped_at: datetime | None = None
    as_of: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def running(self) -> bool:
        return self.started_at is not None and self.paused_at is None and self.stopped_at is None

    def overdue(self, at: datetime) -> bool:
        return self.running and self.due_at is not None and at >= self.due_at

    def days_left(self, at: datetime) -> int | None:
        """Whole programme days from today to the last day; negative when overdue; None when nothing runs."""
        if self.due_at is None or self.stopped_at is not None:
            return None
        return (programme_day(self.due_at - timedelta(microseconds=1)) - programme_day(at)).days


@cache
def specs() -> Mapping[str, ClockSpec]:
    """Every clock of the data file, by its code."""
    raw = tomllib.loads(Path(__file__).with_name("clocks.toml").read_text(encoding="utf-8"))
    sets = ("starts_on", "stops_on", "pauses_on", "resumes_on", "restarts_on")
    return {
        code: ClockSpec(
            code=code,
            **{
                name: frozenset(value) if name in sets else tuple(value) if name == "remind_days_left" else value
                for name, value in fields.items()
            },
        )
        for code, fields in raw.items()
    }


class FederalHolidays:
    """US federal holidays, of any year asked for."""

    def __init__(self) -> None:
        self._known = holidays.UnitedStates(observed=True)  # type: ignore[attr-defined]

    def __contains__(self, day: object) -> bool:
        return day in self._known


FEDERAL = FederalHolidays()


def programme_day(at: datetime) -> date:
    """The day in New York at this moment."""
    return at.astimezone(ZONE).date()


def end_of(day: date) -> datetime:
    """Midnight in New York at the end of a programme day, as UTC."""
    return datetime.combine(day + DAY, time(), ZONE).astimezone(UTC)


def counts(spec: ClockSpec, day: date, free: Container[date]) -> bool:
    return spec.counts == "calendar" or (day.weekday() < 5 and day not in free)


def due(spec: ClockSpec, events: Iterable[ClockEvent], *, at: datetime, free: Container[date] = FEDERAL) -> ClockState:
    """The clock's state at `at`, from the events up to then (in any order; at the same instant, as listed).

    A second start while it runs, a pause while paused and a resume while running change nothing.
    """
    started: datetime | None = None
    paused: datetime | None = None
    stopped: datetime | None = None
    pauses: list[tuple[date, date]] = []
    for event in sorted((e for e in events if e.at <= at), key=lambda e: e.at):
        if event.kind in spec.starts_on and started is None:
            started = event.at
        elif started is None:
            continue
        elif event.kind in spec.restarts_on and stopped is not None:
            stopped = None
        elif stopped is not None:
            continue
        elif event.kind in spec.stops_on:
            stopped = event.at
        elif event.kind in spec.pauses_on and paused is None:
            paused = event.at
        elif event.kind in spec.resumes_on and paused is not None:
            pauses.append((programme_day(paused), programme_day(event.at)))
            paused = None
    if started is None:
        return ClockState(as_of=at)
    still = [*pauses, (programme_day(paused), programme_day(at))] if paused else pauses
    last = _last_day(spec, programme_day(started), still, free)
    return ClockState(started, end_of(last), paused, stopped, at)


def _last_day(spec: ClockSpec, start: date, pauses: Iterable[tuple[date, date]], free: Container[date]) -> date:
    """The Nth counted day after the start, days of a pause left out."""
    spans = sorted(pauses)
    if spec.counts == "calendar":
        last = start + spec.days * DAY
        for begin, end in spans:
            # The start day itself never counts, so a pause on it costs nothing.
            begin = max(begin, start + DAY)
            if begin <= last and end > begin:
                last += end - begin
        return last
    day, left = start, spec.days
    while left:
        day += DAY
        if not any(begin <= day < end for begin, end in spans) and counts(spec, day, free):
            left -= 1
    return day


def reminders(spec: ClockSpec, state: ClockState) -> tuple[datetime, ...]:
    """When to remind, from the due time backwards: nine in the morning, New York, on the days the file gives."""
    if state.due_at is None:
        return ()
    last = programme_day(state.due_at - timedelta(microseconds=1))
    return tuple(
        datetime.combine(last - left * DAY, time(9), ZONE).astimezone(UTC)
        for left in sorted(spec.remind_days_left, reverse=True)
    )
