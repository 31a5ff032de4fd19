"""What is done and what is missing in an application, as the task list and the check page show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Facility, Person
from trusted_trader import checks, entity_types
from trusted_trader.application import queries
from trusted_trader.application.models import Application, Response
from trusted_trader.checks import Finding
from trusted_trader.checks.finding import Severity
from trusted_trader.criteria import Category, Criterion, Level
from trusted_trader.entity_types import EntityType

NOT_STARTED, IN_PROGRESS, COMPLETED, PROBLEM, CANNOT_START = (
    "not_started",
    "in_progress",
    "completed",
    "problem",
    "cannot_start",
)

STATE_WORDS = {
    NOT_STARTED: gettext_lazy("Not started"),
    IN_PROGRESS: gettext_lazy("In progress"),
    COMPLETED: gettext_lazy("Completed"),
    PROBLEM: gettext_lazy("There is a problem"),
    CANNOT_START: gettext_lazy("Cannot start yet"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One row of the task list. `url` is empty where the task can't start yet."""

    title: str
    state: str
    url: str
    detail: str = ""
    who: str = ""

    @property
    def word(self) -> str:
        return str(STATE_WORDS[self.state])


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that stops the submission, as a link to where it is mended."""

    text: str
    url: str
    authority: str


@dataclass(frozen=True)
class Progress:
    """The whole state of an application at a moment."""

    application: Application
    company_tasks: Sequence[Task]
    profile_tasks: Sequence[Task]
    findings: Sequence[Finding]
    answered: int
    asked: int
    by_criterion: Mapping[str, Sequence[Finding]] = field(default_factory=dict)

    @property
    def stops(self) -> list[Missing]:
        number = self.application.account.number
        stopping = [f for f in self.findings if f.severity == Severity.STOPS]
        return [Missing(sentence(f), place_url(f.place, number), f.authority) for f in stopping]

    @property
    def hints(self) -> list[Missing]:
        number = self.application.account.number
        softer = [f for f in self.findings if f.severity != Severity.STOPS]
        return [Missing(sentence(f), place_url(f.place, number), f.authority) for f in softer]

    @property
    def percent(self) -> int:
        return round(100 * self.answered / self.asked) if self.asked else 0


def sentence(finding: Finding) -> str:
    return str(_(finding.message) % finding.params)


def place_url(place: str, number: str) -> str:
    """Where a finding is mended."""
    kind, _colon, key = place.partition(":")
    if kind == "criterion":
        return reverse("criterion", args=[number, key])
    if kind == "evidence":
        return reverse("evidence_edit", args=[number, key])
    pages = {"eligibility": "eligibility", "profile": "profile_questions", "agreement": "agreement"}
    if kind in pages:
        return reverse(pages[kind], args=[number])
    company_pages = {
        "identifiers": "identifiers",
        "partners": "business_partners",
        "conveyances": "business_partners",
        "profile": "profile_questions",
        "eligibility": "eligibility",
    }
    if key in company_pages:
        return reverse(company_pages[key], args=[number])
    return reverse("company_part", args=[number, key or "details"])


def progress(application: Application, on: date) -> Progress:
    account = application.account
    number = account.number
    facts = queries.case_facts(application, on)
    found = checks.run(facts)
    stopping: dict[str, list[Finding]] = {}
    for finding in found:
        if finding.criterion:
            stopping.setdefault(finding.criterion, []).append(finding)
    responses = queries.responses_of(account)
    tasks = []
    answered_all = asked_all = 0
    for category, asked in facts.edition.by_category(EntityType(account.entity_type)).items():
        done = [c for c in asked if c.number in responses and responses[c.number].state]
        answered_all += len(done)
        asked_all += len(asked)
        tasks.append(_category_task(category, asked, done, responses, stopping, number))
    return Progress(application, _company_tasks(application, found), tasks, found, answered_all, asked_all, stopping)


def _category_task(
    category: Category,
    asked: Sequence[Criterion],
    done: Sequence[Criterion],
    responses: Mapping[str, Response],
    findings: Mapping[str, Sequence[Finding]],
    number: str,
) -> Task:
    problems = sum(any(f.severity == Severity.STOPS for f in findings.get(c.number, ())) for c in done)
    state = NOT_STARTED if not done else IN_PROGRESS if len(done) < len(asked) else PROBLEM if problems else COMPLETED
    last = max((responses[c.number] for c in asked if c.number in responses), key=lambda r: r.updated_at, default=None)
    who = str(last.updated_by) if last and last.updated_by else ""
    detail = _("%(done)s of %(asked)s answered") % {"done": len(done), "asked": len(asked)}
    return Task(_(category.title), state, reverse("category", args=[number, category.number]), detail, who)


def _company_tasks(application: Application, found: Sequence[Finding]) -> list[Task]:
    account, company = application.account, application.account.company
    number = account.number
    facts = entity_types.for_type(EntityType(account.entity_type))
    questions = {q.code for q in facts.questions}
    said = {code: value for code, value in application.eligibility.items() if code in questions and value is not None}
    signed = queries.agreement_of(account)

    def part(name: str, has: bool) -> str:
        trouble = any(f.place == f"company:{name}" and f.severity == Severity.STOPS for f in found)
        return PROBLEM if has and trouble else COMPLETED if has else NOT_STARTED

    eligibility = (
        NOT_STARTED
        if not said
        else PROBLEM
        if False in said.values()
        else COMPLETED
        if len(said) == len(questions)
        else IN_PROGRESS
    )
    answered = [value for value in application.profile.values() if value is not None]
    return [
        Task(_("Check that you can apply"), eligibility, reverse("eligibility", args=[number])),
        Task(
            _("Describe your company"),
            part("details", bool(company.street and company.employees is not None)),
            _part(number, "details"),
        ),
        Task(
            _("Give the numbers you are known by"),
            part("identifiers", account.identifiers.exists()),
            reverse("identifiers", args=[number]),
        ),
        Task(
            _("List your sites"),
            part("facilities", Facility.objects.filter(company=company).exists()),
            _part(number, "facilities"),
        ),
        Task(
            _("Name officers, contacts and owners"),
            part("people", Person.objects.filter(company=company).exists()),
            _part(number, "people"),
        ),
        Task(
            _("List partners and means of transport"),
            part("partners", account.business_partners.exists() or account.conveyances.exists()),
            reverse("business_partners", args=[number]),
        ),
        Task(
            _("Say how you work"),
            COMPLETED if len(answered) == 8 else IN_PROGRESS if answered else NOT_STARTED,
            reverse("profile_questions", args=[number]),
        ),
        Task(
            _("Sign the partner agreement"),
            COMPLETED if signed else NOT_STARTED,
            reverse("agreement", args=[number]),
            who=str(signed.signed_by) if signed else "",
        ),
    ]


def _part(number: str, name: str) -> str:
    return reverse("company_part", args=[number, name])


def level_word(criterion: Criterion, entity_type: str) -> str:
    return _("Must") if criterion.level(EntityType(entity_type)) == Level.MUST else _("Should")
