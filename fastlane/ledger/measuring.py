"""What a call saved, against its terminal's own baseline. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median, quantiles

# With fewer calls than this a median says too little (design of this portal).
FEWEST_CALLS = 5


@dataclass(frozen=True, slots=True)
class Saved:
    """Minutes. `value` is the baseline less what was measured, below zero when it took longer; None without baseline."""

    measured: float
    baseline: float | None
    value: float | None
    calls: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How values lie: their number, lower quartile, median and upper quartile."""

    count: int
    low: float
    middle: float
    high: float


def minutes(start: datetime, end: datetime) -> float:
    """Minutes from one aware moment to another, to a tenth."""
    return round((end - start).total_seconds() / 60, 1)


def saved(measured: float, without: Sequence[float]) -> Saved:
    """Compare a call with the calls of the same terminal without the lane."""
    if len(without) < FEWEST_CALLS:
        return Saved(measured, None, None, len(without))
    baseline = round(float(median(without)), 1)
    return Saved(measured, baseline, round(baseline - measured, 1), len(without))


def spread(values: Sequence[float]) -> Spread | None:
    """Median and quartiles; None where nothing was measured. With one value all three are that value."""
    if not values:
        return None
    if len(values) == 1:
        return Spread(1, values[0], values[0], values[0])
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return Spread(len(values), round(low, 1), round(middle, 1), round(high, 1))
