"""What a rule is, what it says when it fires, and the decision that follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Self

from fastlane.rules.outcome import Outcome

if TYPE_CHECKING:
    from fastlane.rules.reference import Reference


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for makemessages; pages translate it when they show it."""
    return sentence


_ = gettext_noop

# What a company reads where the cause is for staff alone.
A_PERSON_MUST_LOOK = _("A person must look at this port call first.")

HIDDEN_CODE = "AQ-PERSON"
HIDDEN_AUTHORITY = _("[D]; the cause is for the agency's staff")

SOURCED, DESIGN, UNCONFIRMED = "S", "D", "U"
TAGS: Mapping[str, str] = {
    SOURCED: _("stated in a public source"),
    DESIGN: _("design of this portal; no published rule was seen"),
    UNCONFIRMED: _("believed, not confirmed in a source"),
}

type Params = tuple[tuple[str, str | int], ...]


@dataclass(frozen=True, slots=True)
class Law:
    """What reference data say to a rule on the day that counts.

    `amount` is the figure that the law names for this rule on that day (dollars, days), None where it names none.
    """

    reference: Reference
    on: date
    amount: int | None


@dataclass(frozen=True, slots=True)
class Missing:
    """A rule's answer when it meets facts it can't do without deeper in a list; paths like "calls.0.date"."""

    paths: tuple[str, ...]


# True, or the values of the rule's sentence, when it fires; False when it doesn't.
type Answer = bool | Mapping[str, str | int] | Missing


def _values(paths: tuple[str, ...]) -> Callable[[Any], tuple[object, ...]]:
    if not paths:
        return lambda facts: ()
    get = attrgetter(*paths)
    return get if len(paths) > 1 else lambda facts: (get(facts),)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a small pure function of the facts it needs, and what it means when it fires.

    `needs` are the paths of facts without which nothing can be said; their values are the function's arguments, in that
    order. `may` are those that may be missing (passed as None). `silent_without` are facts whose absence another rule
    tells. `when` is a fact and the value with which the rule is asked at all. `law` puts a Law first. `outside_law` says
    what a rule does on a day "before" or "after" the dates that reference data give it: it fires, since nothing allows
    the lane then.
    """

    code: str
    text: str
    authority: str
    tag: str
    outcome: Outcome
    fires: Callable[..., Answer]
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    silent_without: frozenset[str] = frozenset()
    when: tuple[str, str] | None = None
    law: bool = False
    outside_law: frozenset[str] = frozenset()
    public_text: str = ""
    values: Callable[[Any], tuple[object, ...]] = lambda facts: ()

    @property
    def shown_text(self) -> str:
        """The sentence that a company may read."""
        return self.public_text or self.text


def rule(
    code: str,
    outcome: Outcome,
    text: str,
    authority: str,
    tag: str,
    *,
    needs: tuple[str, ...] = (),
    may: tuple[str, ...] = (),
    silent_without: frozenset[str] = frozenset(),
    when: tuple[str, str] | None = None,
    law: bool = False,
    outside_law: frozenset[str] = frozenset(),
    public_text: str = "",
) -> Callable[[Callable[..., Answer]], Rule]:
    """Turn a function into a Rule; `text` is its translatable sentence when it fires."""

    def made(fires: Callable[..., Answer]) -> Rule:
        return Rule(
            code, text, authority, tag, outcome, fires, needs, may, silent_without, when, law, outside_law,
            public_text,
            _values(needs + may),
        )  # fmt: skip

    return made


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule of the table that acts on a life, a benefit or a consequence rather than on facts; `acts` says where."""

    code: str
    text: str
    authority: str
    tag: str
    acts: str


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired. `message` and `public_message` are translatable templates with `params`.

    `reason` is for staff; a company reads `public_reason` alone.
    """

    code: str
    outcome: Outcome
    message: str
    params: Params
    authority: str
    tag: str
    public_message: str

    @property
    def reason(self) -> str:
        """The whole reason in English, for staff."""
        return self.message % dict(self.params)

    @property
    def public_reason(self) -> str:
        """What a company may read, in English."""
        return self.public_message % dict(self.params)

    @property
    def hidden(self) -> bool:
        """Tell whether the cause is for staff alone; then the rule's code would tell it as well."""
        return self.public_message != self.message

    @property
    def public_code(self) -> str:
        """The code that a company may read."""
        return HIDDEN_CODE if self.hidden else self.code

    @property
    def public_authority(self) -> str:
        """The authority that a company may read."""
        return HIDDEN_AUTHORITY if self.hidden else self.authority

    def as_json(self) -> dict[str, object]:
        """Return all of it as plain values, to be kept with a decision."""
        return {
            "code": self.code,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "public_reason": self.public_reason,
            "message": self.message,
            "public_message": self.public_message,
            "params": dict(self.params),
            "authority": self.authority,
            "tag": self.tag,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `as_json` kept."""
        return cls(
            kept["code"], Outcome(kept["outcome"]), kept["message"], tuple(sorted(kept["params"].items())),
            kept["authority"], kept["tag"], kept["public_message"],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome, every rule that fired in the table's order, and the version of the rule set that said so."""

    outcome: Outcome
    rules: tuple[Fired, ...]
    rule_set: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the rules that fired."""
        return tuple(fired.code for fired in self.rules)

    def as_json(self) -> dict[str, object]:
        """Return all of it as plain values."""
        rules = [fired.as_json() for fired in self.rules]
        return {"outcome": self.outcome.value, "rules": rules, "rule_set": self.rule_set}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `as_json` kept."""
        return cls(Outcome(kept["outcome"]), tuple(map(Fired.from_json, kept["rules"])), kept["rule_set"])
