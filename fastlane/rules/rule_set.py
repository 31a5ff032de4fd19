"""A rule set: the rules' code and the data in force, under one version; decisions that can be replayed bit by bit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from fastlane.rules.evaluation import evaluate
from fastlane.rules.facts import canonical, digest, struck
from fastlane.rules.lanes import LANES, Lane
from fastlane.rules.reference import Reference
from fastlane.rules.rule import Decision

# Whoever changes what a rule finds raises it; it is part of every decision.
CODE_VERSION = "2026.1"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules and data under a version: the name people gave the data, the code's version, and a digest of both."""

    name: str
    reference: Reference
    code_version: str = CODE_VERSION
    version: str = field(init=False)

    def __post_init__(self) -> None:
        rows = json.dumps(self.reference.rows(), sort_keys=True, separators=(",", ":"))
        seal = digest(f"{self.code_version}\n{rows}")[:12]
        object.__setattr__(self, "version", f"{self.name}+{self.code_version}.{seal}")

    @classmethod
    def packaged(cls) -> RuleSet:
        """Return the rule set of the data that come with the program."""
        return cls("packaged", Reference.load())


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with all that is needed to take it again: the lane and the canonical facts with their SHA-256."""

    lane: str
    facts: str
    facts_sha256: str
    decision: Decision


def decide(lane: Lane, facts: object, rule_set: RuleSet, *, unconfirmed: Iterable[str] = ()) -> Decided:
    """Decide on facts; those that are not confirmed are left out of what is kept, as they played no part."""
    facts = struck(facts, unconfirmed)
    text = canonical(facts)
    decision = evaluate(lane, facts, rule_set.reference, rule_set=rule_set.version)
    return Decided(lane.code, text, digest(text), decision)


def decide_again(lane: str, facts: str, rule_set: RuleSet) -> Decision:
    """Take a kept decision again from its lane and canonical facts. Raises FactsRefused when they no longer fit."""
    known = LANES[lane]
    return evaluate(known, known.parse(json.loads(facts)), rule_set.reference, rule_set=rule_set.version)
