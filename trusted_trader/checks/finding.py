"""What a rule is, and what it says when it fires."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trusted_trader.criteria import Criterion

# Authorities: [S] sourced, [K] general knowledge, [I] inferred; house rules are this portal's own.
STATUTE = "6 U.S.C. 961-973 (SAFE Port Act) [S]"
CRITERIA = "Minimum Security Criteria, level for this entity type [S/I per criterion]"
ELIGIBILITY = "Programme eligibility for this entity type [S]"
VETTING = "Owner and manager data for vetting, since 2022 [S]"
RECOGNITION = "Mutual recognition arrangements, criteria 3.4 and 3.5 [S]"
HOUSE = "House rule [I]"


class Severity(StrEnum):
    """What a finding means for the case."""

    STOPS = "stops"  # the company can't submit
    LOOK = "look"  # a reviewer must look
    HINT = "hint"  # may help the company


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule found. `place` says where it is mended, as "criterion:4.1" or "company:people".

    `message` is a translatable template with %(name)s placeholders filled from `params`.
    An `internal` finding is for reviewers alone and never shown to the company.
    """

    code: str
    severity: Severity
    criterion: str | None
    place: str
    message: str
    params: Mapping[str, str | int] = field(hash=False)
    authority: str
    internal: bool = False

    @property
    def text(self) -> str:
        """The sentence in English."""
        return self.message % self.params


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a rule fired, with the values its sentence needs."""

    place: str
    params: Mapping[str, str | int] = field(default_factory=dict, hash=False)
    criterion: str | None = None


@dataclass(frozen=True, slots=True)
class Rule[Facts]:
    """One rule: a small pure function and what its hits mean."""

    code: str
    severity: Severity
    authority: str
    title: str
    message: str
    check: Callable[[Facts], Iterable[Hit]]
    internal: bool = False

    def find(self, facts: Facts) -> Iterator[Finding]:
        """Yield a finding for each hit, in the order found."""
        for hit in self.check(facts):
            yield Finding(
                self.code,
                self.severity,
                hit.criterion,
                hit.place,
                self.message,
                hit.params,
                self.authority,
                self.internal,
            )


def rule[Facts](
    code: str, severity: Severity, authority: str, title: str, message: str, *, internal: bool = False
) -> Callable[[Callable[[Facts], Iterable[Hit]]], Rule[Facts]]:
    """Turn a check into a Rule; `message` is what the company (or, when internal, the reviewer) reads."""

    def made(check: Callable[[Facts], Iterable[Hit]]) -> Rule[Facts]:
        return Rule(code, severity, authority, title, message, check, internal)

    return made


def at_criterion(criterion: Criterion, **params: str | int) -> Hit:
    """Return a hit mended at a criterion's page; its sentence may use %(number)s and %(topic)s."""
    return Hit(
        f"criterion:{criterion.number}",
        {"number": criterion.number, "topic": criterion.topic} | params,
        criterion.number,
    )


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for makemessages; pages translate it when they show it."""
    return sentence
