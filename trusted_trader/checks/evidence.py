"""Is there evidence, can it be opened, and does it carry the answer it is linked to?"""

from collections.abc import Iterator

from trusted_trader.checks.facts import IMPLEMENTED, CaseFacts, EvidenceFacts
from trusted_trader.checks.finding import CRITERIA, HOUSE, Hit, Severity, at_criterion, rule
from trusted_trader.checks.finding import gettext_noop as _
from trusted_trader.checks.words import words
from trusted_trader.criteria import Level

STOPS, LOOK, HINT = Severity.STOPS, Severity.LOOK, Severity.HINT

MOST_CRITERIA = 12  # a document linked to more is rarely read for each
BLANKS = (
    "[company name]",
    "<company name>",
    "[insert",
    "<insert",
    "your company name",
    "lorem ipsum",
    "[date]",
    "xx/xx/xxxx",
)


def linked(facts: CaseFacts) -> Iterator[EvidenceFacts]:
    """Yield the files that an answer relies on, narrowed to the focus."""
    for key, document in facts.evidence.items():
        if any(facts.in_focus(number) for number in facts.uses(key)):
            yield document


def at_document(facts: CaseFacts, document: EvidenceFacts, **params: str | int) -> Hit:
    """Return a hit mended at a file; it counts for a criterion when just one uses it or one is in focus."""
    numbers = facts.uses(document.id)
    criterion = facts.focus or (numbers[0] if len(numbers) == 1 else None)
    return Hit(f"evidence:{document.id}", {"title": document.title or document.filename} | params, criterion)


@rule(
    "EVI-01", STOPS, CRITERIA,
    _("A must has no evidence"),
    _("Link a document or photo that shows %(number)s, %(topic)s. A must needs evidence."),
)  # fmt: skip
def must_without_evidence(facts: CaseFacts) -> Iterator[Hit]:
    for criterion, answer in facts.answered(IMPLEMENTED):
        if facts.is_must(criterion) and not criterion.supplementary and not answer.evidence:
            yield at_criterion(criterion)


@rule(
    "EVI-02", LOOK, HOUSE,
    _("A supplementary must has no evidence"),
    _("Link a document or photo that shows %(number)s, %(topic)s. A reviewer will ask for it."),
)  # fmt: skip
def supplementary_must_without_evidence(facts: CaseFacts) -> Iterator[Hit]:
    for criterion, answer in facts.answered(IMPLEMENTED):
        if facts.is_must(criterion) and criterion.supplementary and not answer.evidence:
            yield at_criterion(criterion)


@rule(
    "EVI-03", HINT, HOUSE,
    _("A should has no evidence"),
    _("Link evidence for %(number)s, %(topic)s, if you have some. It saves a question later."),
)  # fmt: skip
def should_without_evidence(facts: CaseFacts) -> Iterator[Hit]:
    for criterion, answer in facts.answered(IMPLEMENTED):
        if facts.level(criterion) == Level.SHOULD and not answer.evidence:
            yield at_criterion(criterion)


@rule(
    "EVI-04", STOPS, HOUSE,
    _("A linked document is gone"),
    _("Remove or replace the missing document at %(number)s, %(topic)s. It was deleted."),
)  # fmt: skip
def evidence_gone(facts: CaseFacts) -> Iterator[Hit]:
    for criterion in facts.asked:
        if any(key not in facts.evidence for key in facts.answer(criterion.number).evidence):
            yield at_criterion(criterion)


@rule(
    "EVI-05", STOPS, HOUSE,
    _("A linked document was refused"),
    _("Replace %(title)s. The file check refused it; the reason stands beside it."),
)  # fmt: skip
def evidence_refused(facts: CaseFacts) -> Iterator[Hit]:
    return (at_document(facts, document) for document in linked(facts) if document.state == "refused")


@rule(
    "EVI-06", STOPS, HOUSE,
    _("A linked document is still being checked"),
    _("Wait until %(title)s has been checked, then try again. This mostly takes a minute."),
)  # fmt: skip
def evidence_still_checking(facts: CaseFacts) -> Iterator[Hit]:
    return (at_document(facts, document) for document in linked(facts) if document.state in ("uploading", "checking"))


@rule(
    "EVI-07", LOOK, HOUSE,
    _("No text could be read from a document"),
    _("Check that %(title)s can be read. We found no text in it; a clearer scan helps."),
)  # fmt: skip
def evidence_unreadable(facts: CaseFacts) -> Iterator[Hit]:
    for document in linked(facts):
        picture = document.media_type.startswith("image/")
        if document.state == "ready" and not picture and not words(document.text):
            yield at_document(facts, document)


@rule(
    "EVI-08", LOOK, HOUSE,
    _("A document is a template that was never filled in"),
    _("Replace %(title)s by the version you use. It still has blanks such as %(blank)s."),
)  # fmt: skip
def evidence_is_a_template(facts: CaseFacts) -> Iterator[Hit]:
    for document in linked(facts):
        text = document.text.casefold()
        for blank in BLANKS:
            if blank in text:
                yield at_document(facts, document, blank=blank)
                break


@rule(
    "EVI-09", LOOK, HOUSE,
    _("One document for too many criteria"),
    _("Link %(title)s only where it helps, or name the pages. It is linked to %(count)s criteria."),
)  # fmt: skip
def one_document_for_too_many(facts: CaseFacts) -> Iterator[Hit]:
    for document in linked(facts):
        count = len(facts.uses(document.id))
        if count > MOST_CRITERIA:
            yield at_document(facts, document, count=count)


@rule(
    "EVI-10", HINT, HOUSE,
    _("A document is not linked"),
    _("Link %(title)s to the criteria it shows, or delete it. Nobody will look at it now."),
)  # fmt: skip
def evidence_unused(facts: CaseFacts) -> Iterator[Hit]:
    for key, document in facts.evidence.items():
        if not facts.focus and not facts.uses(key):
            yield at_document(facts, document)


@rule(
    "EVI-11", HINT, HOUSE,
    _("The same document was uploaded twice"),
    _("Keep one copy of %(title)s and link it where it is needed. The same text was uploaded twice."),
)  # fmt: skip
def evidence_twice(facts: CaseFacts) -> Iterator[Hit]:
    seen: set[tuple[str, ...]] = set()
    for document in facts.evidence.values():
        text = words(document.text)
        if len(text) > 20 and text in seen and not facts.focus:
            yield at_document(facts, document)
        seen.add(text)


@rule(
    "EVI-12", HINT, HOUSE,
    _("A document does not name the company"),
    _("Check that %(title)s is yours. Your company's name does not stand in it."),
)  # fmt: skip
def evidence_names_someone_else(facts: CaseFacts) -> Iterator[Hit]:
    names = [words(name)[0] for name in (facts.company.legal_name, facts.company.trade_name) if words(name)]
    for document in linked(facts):
        text = words(document.text)
        if names and len(text) > 100 and not any(name in text for name in names):
            yield at_document(facts, document)


RULES = (
    must_without_evidence,
    supplementary_must_without_evidence,
    should_without_evidence,
    evidence_gone,
    evidence_refused,
    evidence_still_checking,
    evidence_unreadable,
    evidence_is_a_template,
    one_document_for_too_many,
    evidence_unused,
    evidence_twice,
    evidence_names_someone_else,
)
