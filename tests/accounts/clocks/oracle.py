"""A slow second opinion on clocks: walks day by day, replays every event at every midnight, knows its own calendar.

It shares nothing with the clocks but the two dataclasses: no zone data (the US rule for daylight saving is written out)
and no package for holidays (the law's list is written out). Good from 2022 to 2035.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache

from accounts.clocks import ClockEvent, ClockSpec

DAY = timedelta(days=1)


@cache
def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _hours_behind(at: datetime) -> int:
    """How far New York is behind UTC: four hours from March's second Sunday, 07:00 UTC, to November's first, 06:00."""
    spring = _nth_weekday(at.year, 3, 6, 2)
    autumn = _nth_weekday(at.year, 11, 6, 1)
    begins = datetime(spring.year, spring.month, spring.day, 7, tzinfo=UTC)
    ends = datetime(autumn.year, autumn.month, autumn.day, 6, tzinfo=UTC)
    return 4 if begins <= at < ends else 5


def day_of(at: datetime) -> date:
    at = at.astimezone(UTC)
    return (at - timedelta(hours=_hours_behind(at))).date()


def midnight_after(day: date) -> datetime:
    """The moment at which this day ends in New York: four or five o'clock UTC, whichever reads as midnight there."""
    following = datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY
    for hours in (4, 5):
        moment = following + timedelta(hours=hours)
        if _hours_behind(moment) == hours:
            return moment
    raise AssertionError("every day has a midnight")


@cache
def federal_holidays(year: int) -> set[date]:
    """5 U.S.C. 6103: eleven days; one on a Saturday is kept on Friday, one on a Sunday on Monday."""
    thursday = _nth_weekday(year, 11, 3, 4)
    last_of_may = date(year, 5, 31)
    moving = {
        _nth_weekday(year, 1, 0, 3),
        _nth_weekday(year, 2, 0, 3),
        last_of_may - timedelta(days=last_of_may.weekday()),
        _nth_weekday(year, 9, 0, 1),
        _nth_weekday(year, 10, 0, 2),
        thursday,
    }
    fixed = {date(year, 1, 1), date(year, 6, 19), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)}
    # New Year's Day of the next year may be kept on the last day of this one.
    fixed.add(date(year + 1, 1, 1))
    kept = {day + {5: -DAY, 6: DAY}.get(day.weekday(), timedelta()) for day in fixed}
    return moving | fixed | kept


def _paused_at(moment: datetime, spec: ClockSpec, events: list[ClockEvent]) -> bool:
    """Whether the clock stands still at this moment, replayed from the first event."""
    started = paused = stopped = False
    for event in events:
        if event.at > moment:
            break
        if not started:
            started = event.kind in spec.starts_on
        elif stopped:
            stopped = event.kind not in spec.restarts_on
        elif event.kind in spec.stops_on:
            stopped = True
        elif event.kind in spec.pauses_on:
            paused = True
        elif event.kind in spec.resumes_on:
            paused = False
    return paused


def due_at(spec: ClockSpec, events: Iterable[ClockEvent], *, at: datetime) -> datetime | None:
    """When the clock is due, seen from `at`: a day counts unless the clock stands still at the midnight that ends it.

    A clock that is still paused, or was stopped while paused, is taken to go on at `at` or at the stop.
    """
    known = sorted((event for event in events if event.at <= at), key=lambda event: event.at)
    first = next((place for place, event in enumerate(known) if event.kind in spec.starts_on), None)
    if first is None:
        return None
    stop: datetime | None = None
    for event in known[first + 1 :]:
        if stop is None and event.kind in spec.stops_on:
            stop = event.at
        elif stop is not None and event.kind in spec.restarts_on:
            stop = None
    goes_on = stop or at
    day, counted = day_of(known[first].at), 0
    while counted < spec.days:
        day += DAY
        midnight = midnight_after(day)
        # "Up to, and without, the day of the resume": at a midnight after the clock went on, nothing stands still.
        still = midnight <= goes_on and _paused_at(midnight - timedelta(microseconds=1), spec, known)
        working = day.weekday() < 5 and day not in federal_holidays(day.year)
        if not still and (spec.counts == "calendar" or working):
            counted += 1
    return midnight_after(day)
