"""Which port calls lay in a regulated moth area in its risk period (rules AQ-17 and AQ-18)."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from fastlane.rules.aqua_facts import PortCall
from fastlane.rules.moth_areas import AREAS, WHOLE
from fastlane.rules.reference import Reference

DESTINATION = "US"


def months_before(day: date, months: int) -> date:
    """Return the same day of the month some months earlier, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def risk_calls(reference: Reference, calls: Iterable[PortCall], since: date) -> Iterator[Mapping[str, str | int]]:
    """Yield area and day of each call since a day that fell into its area's period; first and last day count."""
    for call in calls:
        if call.date is None or call.date < since:
            continue
        whole = WHOLE.get(call.country or "")
        area = call.region or (whole.code if whole else "")
        if area and reference.moth_risk(DESTINATION, area, call.date):
            yield {"area": AREAS[area].title, "day": call.date.isoformat()}
