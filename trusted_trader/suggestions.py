"""What the reviewer might do with each answer, and why; a person decides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from trusted_trader.checks import completeness, evidence, evidence_dates, evidence_sites, wording
from trusted_trader.checks.facts import IMPLEMENTED, NOT_APPLICABLE, NOT_YET, CaseFacts
from trusted_trader.checks.finding import Finding, Severity
from trusted_trader.checks.finding import gettext_noop as _

# Findings that only the company can clear up: a reviewer who agrees asks for more, whatever the severity.
ASK = frozenset(
    rule.code
    for rule in (
        completeness.reason_too_short,
        evidence.supplementary_must_without_evidence,
        evidence.evidence_is_a_template,
        evidence_dates.evidence_stale,
        evidence_dates.evidence_expired,
        evidence_sites.evidence_from_the_wrong_site,
        wording.empty_words,
        wording.too_short,
        wording.copied_from_question,
        wording.copied_from_help,
        wording.only_points_to_attachment,
        wording.repeats_itself,
    )
)


class Verdict(StrEnum):
    """What is suggested: accept the answer, look closer, or ask the company."""

    ACCEPT = "accept"
    LOOK = "look"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Reason:
    """A translatable sentence with its values; `code` names the rule that it comes from, if any."""

    message: str
    params: Mapping[str, str | int] = field(default_factory=dict, hash=False)
    code: str = ""

    @property
    def text(self) -> str:
        """The sentence in English."""
        return self.message % self.params


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested verdict with its reasons, the strongest first; never without a reason."""

    verdict: Verdict
    reasons: tuple[Reason, ...]


def suggest(facts: CaseFacts, findings: Iterable[Finding], number: str) -> Suggestion:
    """Suggest what to do with the answer to one criterion, from what the checks found in the whole case."""
    places = {f"evidence:{key}" for key in facts.answer(number).evidence}
    own = [finding for finding in findings if finding.criterion == number or finding.place in places]
    asks = [finding for finding in own if finding.severity == Severity.STOPS or finding.code in ASK]
    looks = [finding for finding in own if finding.severity == Severity.LOOK and finding.code not in ASK]
    if not asks and not looks:
        return _without_findings(facts, number)
    reasons = tuple(Reason(finding.message, finding.params, finding.code) for finding in (*asks, *looks))
    return Suggestion(Verdict.ASK if asks else Verdict.LOOK, reasons)


def suggest_all(facts: CaseFacts, findings: Sequence[Finding]) -> dict[str, Suggestion]:
    """Suggest for every criterion of the entity type, by number, in the edition's order."""
    return {criterion.number: suggest(facts, findings, criterion.number) for criterion in facts.asked}


def _without_findings(facts: CaseFacts, number: str) -> Suggestion:
    """Suggest by the answer's state where the checks found nothing to mind."""
    answer = facts.answer(number)
    if answer.state == IMPLEMENTED:
        count = len(facts.documents(answer))
        if count:
            reason = Reason(_("The checks found nothing to mind. %(count)s documents are linked."), {"count": count})
        else:
            reason = Reason(_("The checks found nothing to mind. No document is linked, and none is required."))
        return Suggestion(Verdict.ACCEPT, (reason,))
    criterion = facts.edition.get(number)
    if answer.state == NOT_APPLICABLE and criterion is not None and facts.exempted(criterion):
        return Suggestion(Verdict.ACCEPT, (Reason(_("The business profile agrees that this does not apply.")),))
    if answer.state == NOT_APPLICABLE:
        return Suggestion(Verdict.LOOK, (Reason(_("Judge whether the reason why it does not apply holds.")),))
    if answer.state == NOT_YET:
        return Suggestion(Verdict.LOOK, (Reason(_("A should that is not in place yet. Judge the plan.")),))
    return Suggestion(Verdict.ACCEPT, (Reason(_("A should without an answer. Nothing has to be judged.")),))
