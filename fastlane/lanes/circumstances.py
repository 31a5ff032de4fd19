"""What the life of a request adds to the rules' answer: pure, kept with each decision, so that it replays with it.

Three rules of the table look at a life rather than at facts: the Notice of Arrival as the agency received it (AQ-11),
an arrival that changed after approval (AQ-27, told when an approval falls) and an earlier misuse (AQ-29).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from fastlane.rules import Decision, Fired, Outcome, weightiest
from fastlane.rules.rule import gettext_noop as _

NOT_CONFIRMED = _("Not confirmed yet: %(facts)s. %(who)s confirms it.")
MISUSED = _("An earlier AQUA approval was misused; a person looks at each request for 12 months.")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known beside the facts. `lifted` are the codes that an officer has already looked at and lifted."""

    notice_confirmed: bool = True
    misused: bool = False
    lifted: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"lifted": list(self.lifted)}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        return cls(kept["notice_confirmed"], kept["misused"], tuple(kept["lifted"]))


def added(circumstances: Circumstances) -> Iterator[Fired]:
    """The rules that fire by the life alone."""
    if not circumstances.notice_confirmed:
        params = (("facts", _("the Notice of Arrival")), ("who", _("The port officer")))
        yield Fired("AQ-11", Outcome.MANUAL_REVIEW, NOT_CONFIRMED, params, "[S 1]", "S", NOT_CONFIRMED)
    if circumstances.misused:
        yield Fired("AQ-29", Outcome.MANUAL_REVIEW, MISUSED, (), "[D]; crew penalty [S 15]", "D", MISUSED)


def with_circumstances(decision: Decision, circumstances: Circumstances) -> Decision:
    """The rules' answer together with what the life adds to it."""
    rules = (*decision.rules, *added(circumstances))
    return replace(decision, rules=rules, outcome=weightiest(fired.outcome for fired in rules))


def only_lifted(decision: Decision, circumstances: Circumstances) -> bool:
    """Whether everything that fired was left to a person, and an officer has lifted all of it before."""
    return decision.outcome == Outcome.MANUAL_REVIEW and set(decision.codes) <= set(circumstances.lifted)
