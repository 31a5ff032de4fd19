"""What a lane can answer, and which answer wins."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Outcome(StrEnum):
    """The answer to a request, and what one rule makes of it when it fires."""

    NOT_REQUIRED = "not_required"
    INELIGIBLE = "ineligible"
    INCOMPLETE = "incomplete"
    MANUAL_REVIEW = "manual_review"
    ELIGIBLE = "eligible"


# NOT_REQUIRED stands above all, since no permission is needed then.
PRECEDENCE = (
    Outcome.NOT_REQUIRED,
    Outcome.INELIGIBLE,
    Outcome.INCOMPLETE,
    Outcome.MANUAL_REVIEW,
    Outcome.ELIGIBLE,
)
_RANK = {outcome: rank for rank, outcome in enumerate(PRECEDENCE)}


def weightiest(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome that wins; eligible when nothing fired."""
    return min(outcomes, key=_RANK.__getitem__, default=Outcome.ELIGIBLE)
