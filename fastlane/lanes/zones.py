"""Time zones in which people give and read the times of a port call. A time without its zone is never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fastlane.rules.rule import gettext_noop as _

ZONES: Mapping[str, str] = {
    "UTC": _("UTC"),
    "America/New_York": _("Eastern time (New York)"),
    "America/Chicago": _("Central time (Chicago)"),
    "America/Los_Angeles": _("Pacific time (Los Angeles)"),
    "Pacific/Honolulu": _("Hawaii time (Honolulu)"),
    "America/Puerto_Rico": _("Atlantic time (San Juan)"),
}
# Where a port's clocks differ from New York's; by the first digits of its Schedule D code (district).
_DISTRICTS = {
    "20": "America/Chicago",
    "53": "America/Chicago",
    "27": "America/Los_Angeles",
    "28": "America/Los_Angeles",
    "30": "America/Los_Angeles",
    "32": "Pacific/Honolulu",
    "49": "America/Puerto_Rico",
}


class NoSuchTime(ValueError):
    """A wall time that clocks skip or show twice, when they are set forward or back."""


def zone_of(port: str) -> str:
    """The zone of a port's clocks; UTC for a port that nobody knows."""
    return _DISTRICTS.get(port[:2], "America/New_York") if len(port) == 4 and port.isdecimal() else "UTC"


def local(moment: datetime, port: str) -> datetime:
    """The moment by the port's clocks."""
    return moment.astimezone(ZoneInfo(zone_of(port)))


def moment_of(day: date, clock: time, zone: str) -> datetime:
    """The moment (UTC) of a wall time. Raises NoSuchTime where the clocks are changed over it."""
    wall = datetime.combine(day, clock, ZoneInfo(zone))
    moment = wall.astimezone(UTC)
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall.replace(tzinfo=None):
        raise NoSuchTime
    if wall.replace(fold=1).astimezone(UTC) - moment > timedelta():
        raise NoSuchTime
    return moment
