"""Clocks from events: start, pause, resume, stop. Due times are computed, never counted down by night.

Programme days are days in America/New_York. A clock of N days that starts on day D is due at midnight New York time at
the end of day D+N (the Nth counted day after D). Whole days on which the clock stood still (from the day of the pause
up to, and without, the day of the resume) don't count: a day is lost when the clock stands still at its midnight.
Working-day clocks skip weekends and US federal holidays.

A clock runs once, from its first start. A stop ends it, in a pause as well; a restart takes the stop back as if it had
never been (a pause that was open then is open again), and the time between counts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("America/New_York")
DAY = timedelta(days=1)
# US federal holidays, of any year asked for, with the days on which they are kept.
FEDERAL: Container[date] = holidays.country_holidays("US")


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """A clock as the data file gives it; event names are operations of the event chain.

    `counts` is "calendar" or "working"; `remind_days_left` are days before the last one.
    """

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
    """Something that happened, at an aware time. Raises ValueError for a time without a zone."""

    at: datetime
    kind: str

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"{self.kind}: the time has no zone")


@dataclass(frozen=True, slots=True)
class ClockState:
    """A clock as its events leave it. Times are aware; `due_at`, in UTC, is the first moment that is too late.

    While the clock is paused, `due_at` is what it would be if the clock went on at the moment asked about.
    """

    started_at: datetime | None = None
    due_at: datetime | None = None
    paused_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def running(self) -> bool:
        return self.started_at is not None and self.paused_at is None and self.stopped_at is None

    def overdue(self, at: datetime) -> bool:
        """Whether it runs and its time is over; a clock that stands still isn't overdue."""
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
    return {code: _spec(code, fields) for code, fields in raw.items()}


def _spec(code: str, fields: Mapping[str, Any]) -> ClockSpec:
    def names(key: str) -> frozenset[str]:
        return frozenset(fields.get(key, ()))

    return ClockSpec(
        code=code,
        title=fields["title"],
        days=fields["days"],
        counts=fields["counts"],
        starts_on=names("starts_on"),
        stops_on=names("stops_on"),
        pauses_on=names("pauses_on"),
        resumes_on=names("resumes_on"),
        restarts_on=names("restarts_on"),
        remind_days_left=tuple(fields.get("remind_days_left", ())),
        authority=fields["authority"],
        mark=fields["mark"],
    )


def programme_day(at: datetime) -> date:
    """The day in New York at this moment."""
    return at.astimezone(ZONE).date()


def end_of(day: date) -> datetime:
    """Midnight in New York at the end of a programme day, as UTC."""
    return datetime.combine(day + DAY, time(), ZONE).astimezone(UTC)


def counts(spec: ClockSpec, day: date, free: Container[date]) -> bool:
    """Whether this clock counts such a day at all."""
    return spec.counts == "calendar" or (day.weekday() < 5 and day not in free)


def due(spec: ClockSpec, events: Iterable[ClockEvent], *, at: datetime, free: Container[date] = FEDERAL) -> ClockState:
    """The clock's state at `at`, from the events up to then (in any order; at the same instant, as listed).

    A second start, a pause while paused and a resume while running change nothing.
    """
    started: datetime | None = None
    paused: datetime | None = None
    stopped: datetime | None = None
    pauses: list[tuple[date, date]] = []
    for event in sorted((e for e in events if e.at <= at), key=lambda e: e.at):
        if started is None:
            started = event.at if event.kind in spec.starts_on else None
        elif stopped is not None:
            stopped = None if event.kind in spec.restarts_on else stopped
        elif event.kind in spec.stops_on:
            stopped = event.at
        elif event.kind in spec.pauses_on and paused is None:
            paused = event.at
        elif event.kind in spec.resumes_on and paused is not None:
            pauses.append((programme_day(paused), programme_day(event.at)))
            paused = None
    if started is None:
        return ClockState()
    if paused is not None:
        pauses.append((programme_day(paused), programme_day(stopped or at)))
    last = _last_day(spec, programme_day(started), pauses, free)
    return ClockState(started, end_of(last), None if stopped else paused, stopped)


def _last_day(spec: ClockSpec, start: date, spans: Iterable[tuple[date, date]], free: Container[date]) -> date:
    """The Nth counted day after the start, days of a pause (in order, each without its end) left out."""
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
    """When to remind: nine in the morning, New York, so many days before the last one as the file gives.

    A clock that stands still or has stopped reminds of nothing, and none reminds before it started.
    """
    if state.started_at is None or state.due_at is None or not state.running:
        return ()
    last = programme_day(state.due_at - timedelta(microseconds=1))
    mornings = (
        datetime.combine(last - left * DAY, time(9), ZONE).astimezone(UTC)
        for left in sorted(spec.remind_days_left, reverse=True)
    )
    return tuple(morning for morning in mornings if morning > state.started_at)
