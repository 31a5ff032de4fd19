"""The chart's slots add up to the rows behind them, over a change of clocks too."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fastlane.console import charts
from fastlane.console.charts import Counted

ZONE = ZoneInfo("America/New_York")


@pytest.mark.parametrize("days", list(charts.SPANS))
@pytest.mark.parametrize("now", [datetime(2026, 11, 24, 17, 5, tzinfo=UTC), datetime(2026, 11, 2, 3, 0, tzinfo=UTC)])
def test_every_bar_is_the_sum_of_the_rows_that_it_opens(days: int, now: datetime) -> None:
    chance = random.Random(days)
    hour = now.replace(minute=0)
    rows = [
        Counted(hour - timedelta(hours=chance.randrange(days * 24)), "api:member", chance.choice([200, 304, 404]), chance.randint(1, 9))
        for _ in range(300)
    ]  # fmt: skip
    bars = charts.slots(rows, days=days, now=now, zone=ZONE)
    for bar in bars:
        opened = charts.behind(rows, days=days, slot=bar.begins, now=now, zone=ZONE)
        assert sum(row.calls for row in opened) == bar.well + bar.failed
    everything = charts.behind(rows, days=days, slot=None, now=now, zone=ZONE)
    assert sum(row.calls for row in everything) == sum(bar.well + bar.failed for bar in bars)


def test_bars_stay_within_the_picture() -> None:
    now = datetime(2026, 11, 24, 17, 5, tzinfo=UTC)
    rows = [Counted(now.replace(minute=0), "api:member", status, 10**9) for status in (200, 500)]
    for bar in charts.slots(rows, days=7, now=now, zone=ZONE):
        assert bar.failed_y >= -0.1
        assert bar.x + bar.width <= charts.WIDTH
