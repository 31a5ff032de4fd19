"""A parcel file in words and figures, for its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from fastlane.lanes.showing import OUTCOME_WORD
from fastlane.parcels.life import LIVE, WORD, State
from fastlane.parcels.models import ParcelFile
from fastlane.rules import LANES, Outcome, paths
from fastlane.rules.evaluation import NOT_GIVEN

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
    """A sentence that rows were given, its rules and authority, and how many had it (`width`: in percent of all)."""

    codes: str
    text: str
    outcome: str
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
    shown = "< 0.1" if 0 < width < 0.1 else f"{width:.1f}"
    return f"{shown} %".replace(" ", "\N{NO-BREAK SPACE}")


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
    return [_reason_line(codes, text, outcome, count, whole) for codes, text, outcome, count in row.reasons]


def _reason_line(codes: list[str], text: str, outcome: str, count: int, whole: int) -> ReasonLine:
    # What is missing has no authority of its own: several rules ask for it.
    said_by = [] if outcome == Outcome.INCOMPLETE else [_authorities().get(code, "") for code in codes]
    authority = "; ".join(dict.fromkeys(said_by))
    return ReasonLine(", ".join(codes), _sentence(text), outcome, authority, count, round(count * 100 / whole, 3))


def _sentence(text: str) -> str:
    """A kept sentence in the reader's language; a missing fact is told without the advice, as the page gives it once."""
    before = NOT_GIVEN.split("%(facts)s")[0]
    if not text.startswith(before):
        return _(text)
    titles = {NOT_GIVEN % {"facts": fact.title}: fact.title for fact in paths(LANES["low_value"].facts).values()}
    return capfirst(_(titles.get(text, text)))


@cache
def _authorities() -> dict[str, str]:
    return {rule.code: rule.authority for rule in LANES["low_value"].rules}
