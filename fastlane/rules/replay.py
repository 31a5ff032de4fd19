"""Take old decisions again under another rule set, and tell which would come out differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fastlane.rules.facts import FactsRefused, Problem
from fastlane.rules.rule import Decision, Fired
from fastlane.rules.rule_set import RuleSet, decide_again


@dataclass(frozen=True, slots=True)
class Past:
    """A kept decision: the keeper's key, the lane, the canonical facts, and what was decided."""

    key: str
    lane: str
    facts: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Difference:
    """A decision that comes out differently. `after` is None where the facts can't be read any more, and `refused` says why.

    `gained` fire now and didn't (or with another outcome), `lost` fired and don't now.
    """

    key: str
    lane: str
    before: Decision
    after: Decision | None
    gained: tuple[Fired, ...] = ()
    lost: tuple[Fired, ...] = ()
    refused: tuple[Problem, ...] = ()

    @property
    def fares_differently(self) -> bool:
        """Tell whether the outcome itself changes, not only the rules behind it."""
        return self.after is None or self.after.outcome != self.before.outcome


def replay(decisions: Iterable[Past], rule_set: RuleSet) -> Iterator[Difference]:
    """Yield the decisions whose outcome or fired rules differ under a rule set, one by one as they come."""
    for past in decisions:
        try:
            after = decide_again(past.lane, past.facts, rule_set)
        except FactsRefused as refused:
            yield Difference(past.key, past.lane, past.decision, None, refused=refused.problems)
            continue
        if (after.outcome, after.rules) != (past.decision.outcome, past.decision.rules):
            yield Difference(
                past.key, past.lane, past.decision, after,
                gained=_not_in(after, past.decision), lost=_not_in(past.decision, after),
            )  # fmt: skip


def _not_in(one: Decision, other: Decision) -> tuple[Fired, ...]:
    there = {(fired.code, fired.outcome) for fired in other.rules}
    return tuple(fired for fired in one.rules if (fired.code, fired.outcome) not in there)
