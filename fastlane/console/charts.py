"""A client's calls over time: slots for the chart, and the rows that each of them opens into. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

WIDTH, HEIGHT = 720, 160
SPANS = {1: timedelta(hours=1), 7: timedelta(days=1), 30: timedelta(days=1)}  # days shown: how long a slot is


@dataclass(frozen=True, slots=True)
class Counted:
    """Calls of one route in an hour, answered with one status."""

    hour: datetime
    route: str
    status: int
    calls: int

    @property
    def failed(self) -> bool:
        return self.status >= 400


@dataclass(frozen=True, slots=True)
class Bar:
    """A slot of time with its calls, and where its bars stand in the picture (pixels)."""

    begins: datetime
    well: int
    failed: int
    x: float
    width: float
    well_y: float
    well_height: float
    failed_y: float
    failed_height: float


def slots(rows: Sequence[Counted], *, days: int, now: datetime, zone: ZoneInfo) -> list[Bar]:
    """The slots of the last days up to now, oldest first, empty ones too."""
    begins = _starts(days, now, zone)
    counts = [[0, 0] for _ in begins]
    for row in rows:
        place = _place(begins, row.hour)
        if place is not None:
            counts[place][row.failed] += row.calls
    most = max((sum(pair) for pair in counts), default=0) or 1
    step = WIDTH / len(begins)
    return [_bar(start, pair, number * step, step, most)
            for number, (start, pair) in enumerate(zip(begins, counts, strict=True))]  # fmt: skip


def behind(
    rows: Iterable[Counted], *, days: int, slot: datetime | None, now: datetime, zone: ZoneInfo
) -> list[Counted]:
    """The rows behind the chart, or behind one of its slots; newest first."""
    begins = _starts(days, now, zone)
    wanted = begins.index(slot) if slot in begins else None
    found = [row for row in rows if (place := _place(begins, row.hour)) is not None and wanted in {None, place}]
    return sorted(found, key=lambda row: (row.hour, row.route, row.status), reverse=True)


def _starts(days: int, now: datetime, zone: ZoneInfo) -> list[datetime]:
    local = now.astimezone(zone)
    if days == 1:
        last = local.replace(minute=0, second=0, microsecond=0)
        return [(last - timedelta(hours=back)) for back in reversed(range(24))]
    last = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return [last - timedelta(days=back) for back in reversed(range(days))]


def _place(begins: Sequence[datetime], hour: datetime) -> int | None:
    later = sum(start <= hour for start in begins)
    return later - 1 if later else None


def _bar(start: datetime, pair: Sequence[int], x: float, step: float, most: int) -> Bar:
    well, failed = pair
    well_height, failed_height = (round(count / most * HEIGHT, 1) for count in (well, failed))
    return Bar(
        start, well, failed, round(x + 1, 1), round(max(step - 2, 1), 1), round(HEIGHT - well_height, 1), well_height,
        round(HEIGHT - well_height - failed_height, 1), failed_height,
    )  # fmt: skip
