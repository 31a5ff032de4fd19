"""Is everything there that this entity type has to give?"""

from collections.abc import Iterator

from trusted_trader.checks.facts import IMPLEMENTED, NOT_APPLICABLE, NOT_YET, PROFILE_QUESTIONS, CaseFacts
from trusted_trader.checks.finding import CRITERIA, ELIGIBILITY, HOUSE, Hit, Severity, at_criterion, rule
from trusted_trader.checks.finding import gettext_noop as _
from trusted_trader.checks.words import words
from trusted_trader.criteria import Level
from trusted_trader.entity_types import eligibility_problems

STOPS, LOOK, HINT = Severity.STOPS, Severity.LOOK, Severity.HINT

# Shown to the company as they stand; the pages that ask for them use the same words.
DETAILS = {
    "legal_name": _("legal name"),
    "country": _("country"),
    "started_on": _("start date"),
    "employees": _("number of employees"),
}


@rule(
    "COM-01", STOPS, CRITERIA,
    _("A must is not answered"),
    _("Answer %(number)s, %(topic)s. It is a must for your kind of business."),
)  # fmt: skip
def must_unanswered(facts: CaseFacts) -> Iterator[Hit]:
    return (at_criterion(c) for c, _answer in facts.answered("") if facts.is_must(c))


@rule(
    "COM-02", STOPS, CRITERIA,
    _("A must says nothing about how it is met"),
    _("Describe how you meet %(number)s, %(topic)s. A tick alone does not show it."),
)  # fmt: skip
def must_without_text(facts: CaseFacts) -> Iterator[Hit]:
    return (at_criterion(c) for c, a in facts.answered(IMPLEMENTED) if facts.is_must(c) and not words(a.text))


@rule(
    "COM-03", STOPS, CRITERIA,
    _("Not applicable without a reason"),
    _("Say why %(number)s, %(topic)s, does not apply to you. A reviewer needs the reason."),
)  # fmt: skip
def not_applicable_without_reason(facts: CaseFacts) -> Iterator[Hit]:
    return (at_criterion(c) for c, a in facts.answered(NOT_APPLICABLE) if not words(a.because))


@rule(
    "COM-04", STOPS, CRITERIA,
    _("A must is not in place yet"),
    _("Put %(number)s, %(topic)s, in place before you submit. Every must has to be met."),
)  # fmt: skip
def must_not_yet(facts: CaseFacts) -> Iterator[Hit]:
    return (at_criterion(c) for c, _answer in facts.answered(NOT_YET) if facts.is_must(c) and not c.supplementary)


@rule(
    "COM-05", LOOK, HOUSE,
    _("A supplementary must is not in place yet"),
    _("Say when %(number)s, %(topic)s, will be in place. A reviewer will look at it."),
)  # fmt: skip
def supplementary_must_not_yet(facts: CaseFacts) -> Iterator[Hit]:
    # House numbers are inferred, so they never stop a company; a person weighs them.
    return (at_criterion(c) for c, _answer in facts.answered(NOT_YET) if facts.is_must(c) and c.supplementary)


@rule(
    "COM-06", HINT, CRITERIA,
    _("A should is not answered"),
    _("Answer %(number)s, %(topic)s, if you can. It is a should, and it helps the review."),
)  # fmt: skip
def should_unanswered(facts: CaseFacts) -> Iterator[Hit]:
    return (at_criterion(c) for c, _answer in facts.answered("") if facts.level(c) == Level.SHOULD)


@rule(
    "COM-07", HINT, HOUSE,
    _("Not yet, and no plan"),
    _("Write by when %(number)s, %(topic)s, will be in place, and who sees to it."),
)  # fmt: skip
def not_yet_without_plan(facts: CaseFacts) -> Iterator[Hit]:
    return (at_criterion(c) for c, a in facts.answered(NOT_YET) if not words(a.text))


@rule(
    "COM-08", LOOK, CRITERIA,
    _("The reason is too short to judge"),
    _("Explain in a sentence why %(number)s, %(topic)s, does not apply to your business."),
)  # fmt: skip
def reason_too_short(facts: CaseFacts) -> Iterator[Hit]:
    return (at_criterion(c) for c, a in facts.answered(NOT_APPLICABLE) if 0 < len(words(a.because)) < 4)


@rule(
    "COM-10", STOPS, ELIGIBILITY,
    _("An eligibility question is open"),
    _("Answer all eligibility questions. %(count)s of them are still open."),
)  # fmt: skip
def eligibility_open(facts: CaseFacts) -> Iterator[Hit]:
    still_open = _eligibility(facts, "eligibility_open")
    if still_open:
        yield Hit("eligibility", {"count": still_open})


@rule(
    "COM-11", STOPS, ELIGIBILITY,
    _("An eligibility condition is not met"),
    _("You answered no to %(count)s of the eligibility conditions. Read there what you can do about each."),
)  # fmt: skip
def eligibility_not_met(facts: CaseFacts) -> Iterator[Hit]:
    refused = _eligibility(facts, "eligibility_no")
    if refused:
        yield Hit("eligibility", {"count": refused})


def _eligibility(facts: CaseFacts, code: str) -> int:
    return sum(problem.code == code for problem in eligibility_problems(facts.entity_type, facts.eligibility))


@rule(
    "COM-12", STOPS, HOUSE,
    _("A profile question is open"),
    _("Answer all questions about your business. They decide which criteria are tied to it."),
)  # fmt: skip
def profile_open(facts: CaseFacts) -> Iterator[Hit]:
    if any(facts.profile.get(question) is None for question in PROFILE_QUESTIONS):
        yield Hit("company:profile")


@rule(
    "COM-13", STOPS, ELIGIBILITY,
    _("Company details are missing"),
    _("Give your company's %(missing)s. The agency checks your business history with it."),
)  # fmt: skip
def company_details_missing(facts: CaseFacts) -> Iterator[Hit]:
    for name, label in DETAILS.items():
        if getattr(facts.company, name) in (None, ""):
            yield Hit("company:details", {"missing": label})


@rule(
    "COM-14", HINT, HOUSE,
    _("No history of the company"),
    _("Write a few sentences on what your company does and since when. Reviewers start there."),
)  # fmt: skip
def history_missing(facts: CaseFacts) -> Iterator[Hit]:
    if len(words(facts.company.history)) < 8:
        yield Hit("company:details")


@rule(
    "COM-15", STOPS, ELIGIBILITY,
    _("No facility is named"),
    _("Add the places where you work: at least one office, and every place where you keep cargo."),
)  # fmt: skip
def no_facility(facts: CaseFacts) -> Iterator[Hit]:
    if not facts.facilities:
        yield Hit("company:facilities")


@rule(
    "COM-16", STOPS, ELIGIBILITY,
    _("A facility lacks its address or country"),
    _("Give the address and country of %(facility)s. A reviewer has to find it on a map."),
)  # fmt: skip
def facility_without_address(facts: CaseFacts) -> Iterator[Hit]:
    for facility in facts.facilities:
        if not facility.address.strip() or not facility.country:
            yield Hit("company:facilities", {"facility": facility.name})


RULES = (
    must_unanswered,
    must_without_text,
    not_applicable_without_reason,
    must_not_yet,
    supplementary_must_not_yet,
    should_unanswered,
    not_yet_without_plan,
    reason_too_short,
    eligibility_open,
    eligibility_not_met,
    profile_open,
    company_details_missing,
    history_missing,
    no_facility,
    facility_without_address,
)
