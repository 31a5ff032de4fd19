"""The few figures that the risk model looks at, drawn from a case and what the checks found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from trusted_trader.checks import evidence_dates
from trusted_trader.checks.cross_company import OthersFacts
from trusted_trader.checks.facts import IMPLEMENTED, NOT_APPLICABLE, CaseFacts
from trusted_trader.checks.finding import Finding, Severity

_OLD = frozenset({evidence_dates.evidence_stale.code, evidence_dates.evidence_expired.code})


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """Counts and shares; `on` is the programme day, `partner_countries` the partners' countries without repeats."""

    on: date
    started_on: date | None
    uncertified_foreign_partners: int
    musts: int
    musts_not_implemented: int
    evidence_missing: int
    evidence_old: int
    partner_countries: tuple[str, ...]
    sites: int
    findings: int
    duplicates: int
    not_applicable_share: float
    subcontracts: bool | None


def _counts(finding: Finding) -> bool:
    # Old evidence and duplicates have factors of their own and must not count twice.
    return finding.severity != Severity.HINT and finding.code not in _OLD and not finding.internal


def risk_facts(case: CaseFacts, findings: Sequence[Finding], others: OthersFacts | None = None) -> RiskFacts:
    """Draw the model's facts from a case, what the checks found in it, and what other companies share with it."""
    musts = [criterion for criterion in case.asked if case.is_must(criterion)]
    met = [c for c in musts if case.answer(c.number).state == IMPLEMENTED]
    unmet = sum(case.answer(c.number).state not in (IMPLEMENTED, NOT_APPLICABLE) for c in musts)
    bare = sum(not any(d.state == "ready" for d in case.documents(case.answer(c.number))) for c in met)
    others = others or OthersFacts()
    return RiskFacts(
        on=case.on,
        started_on=case.company.started_on,
        uncertified_foreign_partners=sum(not partner.certified_claim for partner in case.foreign_partners),
        musts=len(musts),
        musts_not_implemented=unmet,
        evidence_missing=bare,
        evidence_old=sum(finding.code in _OLD for finding in findings),
        partner_countries=tuple(sorted({partner.country for partner in case.partners if partner.country})),
        sites=len(case.facilities),
        findings=sum(_counts(finding) for finding in findings),
        duplicates=len(
            {match.account_number for match in others.same_identifier}
            | {match.account_number for match in others.same_officer}
        ),
        not_applicable_share=case.unexplained_share,
        subcontracts=case.profile.get("subcontracts_transport"),
    )
