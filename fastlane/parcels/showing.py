"""A parcel file in words and figures, for its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _

from fastlane.lanes.showing import OUTCOME_WORD
from fastlane.parcels.life import LIVE, WORD, State
from fastlane.parcels.models import ParcelFile
from fastlane.rules import LANES, Outcome

SHOWN = (Outcome.ELIGIBLE, Outcome.INELIGIBLE, Outcome.INCOMPLETE, Outcome.MANUAL_REVIEW)
BAD = "bad"


@dataclass(frozen=True, slots=True)
class Share:
    """Rows of one outcome: the count, and where its piece of the whole bar begins and how wide it is, in percent."""

    code: str
    word: str
    count: int
    start: float
    width: float

    @property
    def percent(self) -> str:
        return percent(self.width)


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A sentence that rows were given, its rule and authority, and how many had it (`width`: in percent of all)."""

    code: str
    text: str
    outcome: str
    outcome_word: str
    authority: str
    count: int
    width: float

    @property
    def percent(self) -> str:
        return percent(self.width)


def word(row: ParcelFile) -> str:
    return _(WORD[State(row.status)])


def is_live(row: ParcelFile) -> bool:
    return row.status in LIVE


def done_percent(row: ParcelFile) -> int:
    """How far it is; the last hundredth is the joining of the parts."""
    return min(99, row.rows_done * 100 // row.rows_total) if row.rows_total else 0


def percent(width: float) -> str:
    if 0 < width < 0.1:
        return "< 0.1 %"
    return f"{width:.1f} %"


def shares(row: ParcelFile) -> list[Share]:
    """The file's rows by outcome, and the bad ones last; together they are the whole file."""
    counts = [(outcome.value, str(OUTCOME_WORD[outcome]), row.outcomes.get(outcome.value, 0)) for outcome in SHOWN]
    counts.append((BAD, _("Bad rows, left out"), row.bad))
    whole = sum(count for _code, _word, count in counts) or 1
    found, start = [], 0.0
    for code, title, count in counts:
        width = count * 100 / whole
        found.append(Share(code, title, count, round(start, 3), round(width, 3)))
        start += width
    return found


def reasons(row: ParcelFile) -> Sequence[ReasonLine]:
    """Why rows are not eligible, the most frequent first. A row may have several reasons."""
    whole = row.rows_done or 1
    return [_reason_line(code, text, outcome, count, whole) for code, text, outcome, count in row.reasons]


def _reason_line(code: str, text: str, outcome: str, count: int, whole: int) -> ReasonLine:
    outcome_word = str(OUTCOME_WORD[Outcome(outcome)])
    width = round(count * 100 / whole, 3)
    return ReasonLine(code, _(text), outcome, outcome_word, _authorities().get(code, ""), count, width)


@cache
def _authorities() -> dict[str, str]:
    return {rule.code: rule.authority for rule in LANES["low_value"].rules}
