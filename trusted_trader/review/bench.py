"""Reads of the workbench: one case with its answers, findings, verdicts, questions and everything beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from trusted_trader import workflow
from trusted_trader.application import queries as applications
from trusted_trader.application.models import Application, Evidence, Response, Snapshot
from trusted_trader.checks.finding import Severity
from trusted_trader.criteria import Category, Criterion, Level
from trusted_trader.entity_types import EntityType
from trusted_trader.review.compare import AnswerChange, compare_answer
from trusted_trader.review.models import (
    Assessment,
    Decision,
    Flag,
    InformationRequest,
    Note,
    RequestedAnswer,
    Verdict,
    Vetting,
)
from trusted_trader.workflow import ActorView, CaseView, Offer
from trusted_trader.workflow.application import TABLE

SUGGESTED = {
    "accept": gettext_lazy("Suggested: accept"),
    "look": gettext_lazy("Look closer"),
    "ask": gettext_lazy("Suggested: ask"),
}
SEVERITY_WORDS = {
    Severity.STOPS: gettext_lazy("Stops the submission"),
    Severity.LOOK: gettext_lazy("Look at this"),
    Severity.HINT: gettext_lazy("Hint"),
}
SIMILAR_AMONG = 300  # the newest decided cases of the entity type in which similar ones are looked for
SHOWN_TEXT = 1200  # characters of an evidence's text in the preview


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A finding or a reason of a suggestion, as a sentence."""

    text: str
    severity: str = ""
    authority: str = ""
    internal: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True)
class FactorLine:
    points: int
    text: str


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """One answer as the reviewer sees it: what was submitted, what the checks say, what was judged and asked."""

    criterion: Criterion
    must: bool
    state: str
    state_word: str
    text: str
    because: str
    evidence: Sequence[Evidence]
    suggested: str
    suggested_word: str
    reasons: Sequence[FoundLine]
    findings: Sequence[FoundLine]
    verdict: Verdict | None
    asked: RequestedAnswer | None
    change: AnswerChange | None

    @property
    def number(self) -> str:
        return self.criterion.number

    @property
    def anchor(self) -> str:
        return f"answer-{self.criterion.number.replace('.', '-')}"

    @property
    def answered(self) -> bool:
        return bool(self.state)


@dataclass(frozen=True, slots=True)
class Similar:
    """An earlier case of the same entity type in which the same criteria were asked about or not accepted."""

    pk: int
    reference: str
    company: str
    status: str
    shared: Sequence[str]


@dataclass(frozen=True)
class Bench:
    """Everything one screen shows about a case."""

    application: Application
    snapshots: Sequence[Snapshot]
    categories: Sequence[tuple[Category, Sequence[AnswerCard]]]
    assessment: Assessment | None
    findings: Sequence[FoundLine]
    factors: Sequence[FactorLine]
    requests: Sequence[InformationRequest]
    vetting: Vetting | None
    flags: Sequence[Flag]
    notes: Sequence[Note]
    decisions: Sequence[Decision]
    similar: Sequence[Similar]
    offers: Mapping[str, Offer] = field(default_factory=dict)

    @property
    def cards(self) -> list[AnswerCard]:
        return [card for _category, cards in self.categories for card in cards]

    @property
    def open_flags(self) -> list[Flag]:
        return [flag for flag in self.flags if flag.cleared_at is None]

    @property
    def unjudged(self) -> list[AnswerCard]:
        return [card for card in self.cards if card.answered and card.verdict is None]

    @property
    def acceptable(self) -> list[AnswerCard]:
        """Answers without a verdict that the checks suggest to accept."""
        return [card for card in self.unjudged if card.suggested == "accept"]

    @property
    def judged(self) -> int:
        return sum(card.verdict is not None for card in self.cards)

    @property
    def answered(self) -> int:
        return sum(card.answered for card in self.cards)

    @property
    def refused_cards(self) -> list[AnswerCard]:
        return [card for card in self.cards if card.verdict and card.verdict.word == Verdict.Word.REJECTED]

    @property
    def decision(self) -> Decision | None:
        return next((decision for decision in self.decisions if decision.undone_at is None), None)

    @property
    def facts(self) -> Mapping[str, Any]:
        """The company's own details, as submitted."""
        return self.snapshots[0].content if self.snapshots else {}


def bench(application: Application, user: User, at: datetime) -> Bench:
    """Load the case. The queries stay as many whatever the number of answers."""
    snapshots = list(application.snapshots.order_by("-number"))
    assessment = Assessment.objects.filter(application=application).order_by("-pk").first()
    verdicts = {v.number: v for v in Verdict.objects.filter(application=application).select_related("given_by")}
    requests = list(
        InformationRequest.objects.filter(application=application)
        .select_related("asked_by", "answered_by")
        .prefetch_related("answers")
        .order_by("-pk")
    )
    vetting = Vetting.objects.filter(application=application).select_related("officer").first()
    flags = list(Flag.objects.filter(application=application).select_related("owner", "cleared_by").order_by("pk"))
    categories = _categories(application, snapshots, assessment, verdicts, requests)
    shown = Bench(
        application=application,
        snapshots=snapshots,
        categories=categories,
        assessment=assessment,
        findings=_findings(assessment, at_answers=False),
        factors=_factors(assessment),
        requests=requests,
        vetting=vetting,
        flags=flags,
        notes=list(Note.objects.filter(application=application).select_related("written_by").order_by("-pk")),
        decisions=_decisions(application),
        similar=similar(application, _in_question(verdicts, requests, assessment)),
    )
    actor = ActorView(user_id=user.pk, roles=user.staff_roles, at=at)
    offers = workflow.available(TABLE, case=_case_view(shown), actor=actor)
    return replace(shown, offers={offer.action: offer for offer in offers})


def _decisions(application: Application) -> list[Decision]:
    """The decisions, newest first, undone ones too; a case that nobody has recommended has none."""
    if application.recommender_id is None:
        return []
    rows = Decision.objects.filter(application=application).select_related("decided_by", "recommended_by")
    return list(rows.order_by("-pk"))


def _case_view(shown: Bench) -> CaseView:
    """What the guards look at, from the rows already here; the operation reads them again under its lock.

    Who has a tie never gets here, so ties are left out.
    """
    application = shown.application
    return CaseView(
        status=application.status,
        reviewer_id=application.reviewer_id,
        eligibility_passed=True,
        agreement_signed=True,
        unverdicted=tuple(card.number for card in shown.unjudged),
        musts_not_accepted=tuple(
            card.number
            for card in shown.cards
            if card.verdict
            and card.verdict.word == Verdict.Word.REJECTED
            and card.criterion.is_official_must(EntityType(application.account.entity_type))
        ),
        blocking_flags=tuple(flag.title for flag in shown.open_flags if flag.blocks_decision),
        vetting=shown.vetting.status if shown.vetting else "open",
        recommender_id=application.recommender_id,
        decided_by_id=application.decided_by_id,
        decided_at=application.decided_at,
        letter_reasons=("to be chosen",),
    )


# --- Answers ----------------------------------------------------------------------------------------------------


def _categories(
    application: Application,
    snapshots: Sequence[Snapshot],
    assessment: Assessment | None,
    verdicts: Mapping[str, Verdict],
    requests: Sequence[InformationRequest],
) -> list[tuple[Category, list[AnswerCard]]]:
    entity_type = EntityType(application.account.entity_type)
    answers: Mapping[str, Any] = snapshots[0].content["answers"] if snapshots else {}
    files = _evidence(application, answers)
    found = _findings_by_criterion(assessment)
    suggested: Mapping[str, Any] = assessment.suggestions if assessment else {}
    last = next((request for request in requests if request.status in {"open", "answered"}), None)
    asked = {row.number: row for row in last.answers.all()} if last else {}
    groups = applications.edition_of(application).by_category(entity_type)
    return [
        (
            category,
            [
                _card(
                    criterion,
                    entity_type,
                    answers.get(criterion.number, {}),
                    files,
                    found.get(criterion.number, []),
                    suggested.get(criterion.number),
                    verdicts.get(criterion.number),
                    asked.get(criterion.number),
                    answered=last is not None and last.status == "answered",
                )
                for criterion in criteria
            ],
        )
        for category, criteria in groups.items()
    ]


def _card(
    criterion: Criterion,
    entity_type: EntityType,
    answer: Mapping[str, Any],
    files: Mapping[str, Evidence],
    findings: Sequence[FoundLine],
    suggestion: Mapping[str, Any] | None,
    verdict: Verdict | None,
    asked: RequestedAnswer | None,
    *,
    answered: bool,
) -> AnswerCard:
    state = answer.get("state", "")
    word = suggestion["verdict"] if suggestion else ""
    reasons = [FoundLine(_(r["message"]) % r["params"]) for r in suggestion["reasons"]] if suggestion else []
    said = {line.text for line in reasons}
    return AnswerCard(
        criterion=criterion,
        must=criterion.level(entity_type) == Level.MUST,
        state=state,
        state_word=str(Response.State(state).label),
        text=answer.get("text", ""),
        because=answer.get("because", ""),
        evidence=[files[e["id"]] for e in answer.get("evidence", []) if e["id"] in files],
        suggested=word,
        suggested_word=str(SUGGESTED[word]) if word else "",
        reasons=reasons,
        findings=[line for line in findings if line.text not in said],
        verdict=verdict,
        asked=asked,
        change=compare_answer(asked.number, asked.before, answer) if asked and answered else None,
    )


def _evidence(application: Application, answers: Mapping[str, Any]) -> dict[str, Evidence]:
    keys = {int(e["id"]) for answer in answers.values() for e in answer.get("evidence", [])}
    rows = Evidence.objects.filter(pk__in=keys, company=application.company_id).select_related("facility")
    return {str(row.pk): row for row in rows}


def _findings(assessment: Assessment | None, *, at_answers: bool) -> list[FoundLine]:
    """Findings about the whole case, those across companies among them; the ones at answers stand there."""
    if assessment is None:
        return []
    return [_line(f) for f in assessment.findings if bool(f.get("criterion")) is at_answers]


def _findings_by_criterion(assessment: Assessment | None) -> dict[str, list[FoundLine]]:
    grouped: dict[str, list[FoundLine]] = {}
    for finding in assessment.findings if assessment else []:
        if finding.get("criterion"):
            grouped.setdefault(finding["criterion"], []).append(_line(finding))
    return grouped


def findings_across(application: Application) -> list[FoundLine]:
    """What the checks across companies found in the newest submission."""
    newest = Assessment.objects.filter(application=application).order_by("-pk").first()
    return [_line(f) for f in newest.findings if f.get("internal")] if newest else []


def _line(finding: Mapping[str, Any]) -> FoundLine:
    return FoundLine(
        text=str(_(finding["message"]) % finding["params"]),
        severity=str(SEVERITY_WORDS[Severity(finding["severity"])]),
        authority=finding["authority"],
        internal=finding.get("internal", False),
        place=finding["place"],
    )


def _factors(assessment: Assessment | None) -> list[FactorLine]:
    if assessment is None:
        return []
    return [FactorLine(round(f["points"]), str(_(f["message"]) % f["params"])) for f in assessment.factors]


# --- Similar cases ----------------------------------------------------------------------------------------------


def _in_question(
    verdicts: Mapping[str, Verdict], requests: Sequence[InformationRequest], assessment: Assessment | None
) -> set[str]:
    numbers = {number for number, verdict in verdicts.items() if verdict.word == Verdict.Word.REJECTED}
    numbers |= {answer.number for request in requests for answer in request.answers.all()}
    if numbers or assessment is None:
        return numbers
    return {number for number, found in assessment.suggestions.items() if found["verdict"] == "ask"}


def similar(application: Application, numbers: set[str], limit: int = 5) -> list[Similar]:
    """Earlier decided cases with the same criteria in question, the most alike first."""
    if not numbers:
        return []
    newest = (
        Application.objects.filter(
            status__in=["certified", "refused"], account__entity_type=application.account.entity_type
        )
        .exclude(pk=application.pk)
        .order_by("-pk")
        .values("pk")[:SIMILAR_AMONG]
    )
    rejected = Verdict.objects.filter(application__in=newest, number__in=numbers, word=Verdict.Word.REJECTED)
    asked = RequestedAnswer.objects.filter(request__application__in=newest, number__in=numbers)
    pairs = (
        rejected.order_by()
        .values_list(*_shown("application"))
        .union(asked.order_by().values_list(*_shown("request__application")))
    )
    shared: dict[tuple[int, str, str], set[str]] = {}
    for number, *case in pairs:
        shared.setdefault((case[0], case[1], case[2]), set()).add(number)
    best = sorted(shared, key=lambda case: (-len(shared[case]), -case[0]))[:limit]
    return [
        Similar(pk, Application(pk=pk).reference, company, status, sorted(shared[pk, company, status]))
        for pk, company, status in best
    ]


def _shown(application: str) -> tuple[str, ...]:
    return ("number", application, f"{application}__company__legal_name", f"{application}__status")
