"""Is the evidence of the right day: fresh, not expired, and dated as it says itself?"""

from collections.abc import Iterator
from datetime import timedelta

from trusted_trader.checks.evidence import at_document, linked
from trusted_trader.checks.facts import IMPLEMENTED, CaseFacts
from trusted_trader.checks.finding import CRITERIA, HOUSE, Hit, Severity, at_criterion, rule
from trusted_trader.checks.finding import gettext_noop as _
from trusted_trader.checks.words import labelled_dates, months_before

STOPS, LOOK, HINT = Severity.STOPS, Severity.LOOK, Severity.HINT

REVIEW = timedelta(days=90)  # the agency's time to decide; a document should live through it
SAME_DATE = timedelta(days=31)  # a document is often approved some days after it was written


@rule(
    "DAY-01", LOOK, CRITERIA,
    _("The evidence is too old"),
    _("Add newer evidence for %(number)s, %(topic)s. The newest is over %(months)s months old."),
)  # fmt: skip
def evidence_stale(facts: CaseFacts) -> Iterator[Hit]:
    # Earlier versions may stand beside the newest one: criterion 2.3 even asks for two in a row.
    for criterion, answer in facts.answered(IMPLEMENTED):
        months = criterion.evidence_fresh_months
        days = [document.issued_on for document in facts.documents(answer) if document.issued_on]
        if months and days and max(days) < months_before(facts.on, months):
            yield at_criterion(criterion, months=months)


@rule(
    "DAY-02", LOOK, HOUSE,
    _("A document has expired"),
    _("Replace %(title)s. It expired on %(day)s."),
)  # fmt: skip
def evidence_expired(facts: CaseFacts) -> Iterator[Hit]:
    for document in linked(facts):
        if document.expires_on and document.expires_on < facts.on:
            yield at_document(facts, document, day=document.expires_on.isoformat())


@rule(
    "DAY-03", HINT, HOUSE,
    _("A document expires during the review"),
    _("Renew %(title)s soon and add the new one. It expires on %(day)s, within the time of the review."),
)  # fmt: skip
def evidence_expires_soon(facts: CaseFacts) -> Iterator[Hit]:
    for document in linked(facts):
        if document.expires_on and facts.on <= document.expires_on < facts.on + REVIEW:
            yield at_document(facts, document, day=document.expires_on.isoformat())


@rule(
    "DAY-04", STOPS, HOUSE,
    _("A document is dated in the future"),
    _("Correct the issue date of %(title)s. It lies in the future."),
)  # fmt: skip
def evidence_from_the_future(facts: CaseFacts) -> Iterator[Hit]:
    for document in linked(facts):
        if document.issued_on and document.issued_on > facts.on:
            yield at_document(facts, document)


@rule(
    "DAY-05", STOPS, HOUSE,
    _("A document expires before it was issued"),
    _("Correct the dates of %(title)s. It would expire before it was issued."),
)  # fmt: skip
def evidence_ends_before_it_begins(facts: CaseFacts) -> Iterator[Hit]:
    for document in linked(facts):
        if document.issued_on and document.expires_on and document.expires_on < document.issued_on:
            yield at_document(facts, document)


@rule(
    "DAY-06", HINT, HOUSE,
    _("A document has no issue date"),
    _("Give the issue date of %(title)s. Without it nobody can tell how fresh it is."),
)  # fmt: skip
def evidence_undated(facts: CaseFacts) -> Iterator[Hit]:
    return (at_document(facts, document) for document in linked(facts) if not document.issued_on)


@rule(
    "DAY-07", LOOK, HOUSE,
    _("A document says another date itself"),
    _("Check the issue date of %(title)s. Inside it says %(day)s."),
)  # fmt: skip
def evidence_says_another_date(facts: CaseFacts) -> Iterator[Hit]:
    for document in linked(facts):
        inside = list(labelled_dates(document.text))
        if document.issued_on and inside:
            gap, nearest = min((abs(day - document.issued_on), day) for day in inside)
            if gap > SAME_DATE:
                yield at_document(facts, document, day=nearest.isoformat())


RULES = (
    evidence_stale,
    evidence_expired,
    evidence_expires_soon,
    evidence_from_the_future,
    evidence_ends_before_it_begins,
    evidence_undated,
    evidence_says_another_date,
)
