"""Lanes and their dated rules, pure: facts and reference data in, a decision with every rule that fired out.

A rule is one small function of the facts it needs, made a Rule by the `rule` decorator, which gives its code, outcome,
sentence, authority and tag. Dates in force and figures are reference data. A missing fact never counts as good.
"""

from fastlane.rules.evaluation import evaluate
from fastlane.rules.facts import FactsRefused, Problem, Source, canonical, digest, paths, plain, struck
from fastlane.rules.lanes import LANES, Lane
from fastlane.rules.outcome import PRECEDENCE, Outcome, weightiest
from fastlane.rules.reference import Reference, ReferenceRefused, RowProblem
from fastlane.rules.rule import TAGS, Decision, Fired, Listed, Rule
from fastlane.rules.rule_set import CODE_VERSION, Decided, RuleSet, decide, decide_again

__all__ = [
    "CODE_VERSION",
    "LANES",
    "PRECEDENCE",
    "TAGS",
    "Decided",
    "Decision",
    "FactsRefused",
    "Fired",
    "Lane",
    "Listed",
    "Outcome",
    "Problem",
    "Reference",
    "ReferenceRefused",
    "RowProblem",
    "Rule",
    "RuleSet",
    "Source",
    "canonical",
    "decide",
    "decide_again",
    "digest",
    "evaluate",
    "paths",
    "plain",
    "struck",
    "weightiest",
]
