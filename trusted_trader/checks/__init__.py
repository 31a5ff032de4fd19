"""Automatic validation: pure rules over the facts of a case.

A rule is one small function `(facts) -> Iterable[Hit]`, made a Rule by the `rule` decorator, which gives its code,
severity, authority, title and the sentence the company reads. Order in RULES is the order on the page. A rule never
raises whatever people wrote, reads nothing but its facts, and speaks about one criterion only while facts are focused.
Whoever changes what a rule finds raises RULE_SET_VERSION, which is stored with every submission.
"""

from trusted_trader.checks import (
    completeness,
    contradictions,
    evidence,
    evidence_dates,
    evidence_sites,
    identifiers,
    people,
    recognition,
    scope,
    wording,
)
from trusted_trader.checks.facts import CaseFacts
from trusted_trader.checks.finding import Finding, Rule, Severity

RULE_SET_VERSION = "2026.1"

RULES: tuple[Rule[CaseFacts], ...] = (
    *completeness.RULES,
    *people.RULES,
    *identifiers.RULES,
    *scope.RULES,
    *evidence.RULES,
    *evidence_dates.RULES,
    *evidence_sites.RULES,
    *contradictions.RULES,
    *recognition.RULES,
    *wording.RULES,
)


def run(facts: CaseFacts, only: Severity | None = None) -> tuple[Finding, ...]:
    """Return what the rules find, in the order of RULES; `only` leaves rules of other severities unasked."""
    return tuple(finding for rule in RULES if only in (None, rule.severity) for finding in rule.find(facts))


def run_for(facts: CaseFacts, number: str) -> tuple[Finding, ...]:
    """Return what the rules find about one criterion; cheap enough to ask while someone writes."""
    return tuple(finding for finding in run(facts.focused_on(number)) if finding.criterion == number)


__all__ = ["RULES", "RULE_SET_VERSION", "CaseFacts", "Finding", "Rule", "Severity", "run", "run_for"]
