"""Is the evidence about the right site?"""

from collections.abc import Iterator

from trusted_trader.checks.evidence import at_document, linked
from trusted_trader.checks.facts import IMPLEMENTED, CaseFacts, chapter
from trusted_trader.checks.finding import HOUSE, Hit, Severity, at_criterion, rule
from trusted_trader.checks.finding import gettext_noop as _

LOOK = Severity.LOOK

# Categories whose measures stand where the cargo is: conveyances, seals, pests, buildings.
CARGO_CHAPTERS = frozenset({"5", "6", "8", "9"})


@rule(
    "SIT-01", LOOK, HOUSE,
    _("A document is about a site that is not the company's"),
    _("Choose the site that %(title)s is about. The one given is not among your facilities."),
)  # fmt: skip
def evidence_about_unknown_site(facts: CaseFacts) -> Iterator[Hit]:
    sites = {facility.key for facility in facts.facilities}
    for document in linked(facts):
        if document.facility and document.facility not in sites:
            yield at_document(facts, document)


@rule(
    "SIT-02", LOOK, HOUSE,
    _("A cargo site has no evidence of its own"),
    _("Link at least one document or photo from %(facility)s. Cargo is handled there, and nothing shows that site."),
)  # fmt: skip
def cargo_site_without_evidence(facts: CaseFacts) -> Iterator[Hit]:
    if facts.focus:
        return
    shown = {document.facility for key, document in facts.evidence.items() if facts.uses(key)}
    for facility in facts.facilities:
        if facility.handles_cargo and facility.key not in shown:
            yield Hit("company:facilities", {"facility": facility.name})


@rule(
    "SIT-03", LOOK, HOUSE,
    _("Only evidence from a site without cargo"),
    _("Link evidence from a site with cargo to %(number)s, %(topic)s. What is linked shows other sites only."),
)  # fmt: skip
def evidence_from_the_wrong_site(facts: CaseFacts) -> Iterator[Hit]:
    cargo = {facility.key for facility in facts.facilities if facility.handles_cargo}
    if not cargo:
        return
    for criterion, answer in facts.answered(IMPLEMENTED):
        sites = {document.facility for document in facts.documents(answer)}
        # A document about the whole company names no site and may well cover the cargo sites.
        if chapter(criterion.number) in CARGO_CHAPTERS and sites and "" not in sites and not sites & cargo:
            yield at_criterion(criterion)


RULES = (evidence_about_unknown_site, cargo_site_without_evidence, evidence_from_the_wrong_site)
