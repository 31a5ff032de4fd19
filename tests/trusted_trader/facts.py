"""A case without a fault for each entity type, and small ways to change it."""

from dataclasses import replace
from datetime import date, timedelta

from accounts.identifiers import SCHEMES
from trusted_trader.checks.facts import (
    PROFILE_QUESTIONS,
    AnswerFacts,
    CaseFacts,
    CompanyFacts,
    ConveyanceFacts,
    EvidenceFacts,
    FacilityFacts,
    IdentifierFacts,
    PartnerFacts,
    PersonFacts,
)
from trusted_trader.criteria import Criterion, load
from trusted_trader.entity_types import EntityType, for_type, missing_identifiers

TODAY = date(2026, 11, 24)
EDITION = load()

MEXICAN = {EntityType.MEXICAN_LONG_HAUL_CARRIER, EntityType.FOREIGN_MANUFACTURER}
CARGO_SITE = {EntityType.FOREIGN_MANUFACTURER: "factory", EntityType.MARINE_PORT_TERMINAL_OPERATOR: "terminal"}
_WHO = (
    "shift lead",
    "yard manager",
    "security officer",
    "branch director",
    "compliance clerk",
    "dock supervisor",
    "auditor",
)
_DOES = (
    "checks the register", "walks the round", "compares both lists", "signs the sheet", "tests the alarm",
    "reads the report", "calls the partner", "opens a ticket", "photographs the result", "briefs the crew",
    "counts the stock",
)  # fmt: skip
_WHEN = (
    "each morning",
    "every Friday",
    "before departure",
    "twice a month",
    "at handover",
    "each quarter",
    "after every change",
)
_KEEPS = ("a stamped form", "the log book", "two photographs", "an entry in the ledger", "a scanned page")
_WHERE = (
    "blue cabinet",
    "records room",
    "quality system",
    "gate house",
    "north office",
    "locked archive",
    "shared drive",
    "safe",
)


def good_text(criterion: Criterion) -> str:
    """An answer that says something of its own; neighbours share few runs of words."""
    n = sum(ord(c) * (i + 3) for i, c in enumerate(criterion.number)) + int(criterion.number.replace(".", ""))
    words = [options[n % len(options)] for options in (_WHO, _DOES, _WHEN, _KEEPS, _WHERE)]
    who, does, when, keeps, where = words
    return (
        f"Under instruction {criterion.number} on {criterion.topic.lower()} our {who} {does} {when},"
        f" then files {keeps} under number {n} in the {where} for {3 + n % 4} years."
    )


def good_document(key: str, name: str, number: int, facility: str) -> EvidenceFacts:
    return EvidenceFacts(
        id=key,
        title=f"Security manual, part {number}",
        filename=f"manual-{number}.pdf",
        media_type="application/pdf",
        state="ready",
        issued_on=TODAY - timedelta(days=60),
        expires_on=TODAY + timedelta(days=500),
        facility=facility,
        text=f"{name}. Security manual, part {number} of our own. Issued: 2026-09-25. Chapter {number} names duties.",
        pages=4 + number,
    )


def good_identifiers(entity_type: EntityType, country: str) -> tuple[IdentifierFacts, ...]:
    schemes = [need if isinstance(need, str) else need[0] for need in missing_identifiers(entity_type, set())]
    if country == "MX" and "rfc" not in schemes:
        schemes.append("rfc")
    return tuple(IdentifierFacts(scheme, SCHEMES[scheme].example) for scheme in schemes)


def good_facts(entity_type: EntityType) -> CaseFacts:
    """A case of this entity type in which no rule finds anything that stops or needs a look."""
    country = "MX" if entity_type in MEXICAN else "US"
    name = "Alpine Freight Example LLC"
    asked = EDITION.for_entity(entity_type)
    documents = {
        f"e{i}": good_document(f"e{i}", name, i, "site" if i == 1 else "") for i in range((len(asked) + 5) // 6)
    }
    return CaseFacts(
        entity_type=entity_type,
        on=TODAY,
        edition=EDITION,
        company=CompanyFacts(
            legal_name=name,
            trade_name="Alpine",
            ownership="limited",
            country=country,
            website="https://alpine.example",
            started_on=date(2009, 3, 2),
            employees=84,
            history="Founded by two sisters, we have moved machine parts across the border since the first year.",
        ),
        identifiers=good_identifiers(entity_type, country),
        facilities=(
            FacilityFacts("office", "Main office", "office", country, "12 Sample Street, Springfield", True, False),
            FacilityFacts(
                "site", "North site", CARGO_SITE.get(entity_type, "warehouse"), country, "7 Dock Road", True, True
            ),
        ),
        people=(
            PersonFacts("p1", "Ada Example", frozenset({"officer", "owner"}), "ada@alpine.example", True),
            PersonFacts("p2", "Ben Example", frozenset({"contact", "manager"}), "ben@alpine.example", True),
            PersonFacts("p3", "Cleo Example", frozenset({"contact"}), "cleo@alpine.example", False),
        ),
        partners=(
            PartnerFacts("a", "Kobe Parts Example", "JP", "supplier", True, "JP", "JP-4711"),
            PartnerFacts("b", "Prairie Trucking Example", "US", "carrier"),
        ),
        conveyances=(ConveyanceFacts("tractor", 12), ConveyanceFacts("trailer", 20)),
        profile=dict.fromkeys(PROFILE_QUESTIONS, True),
        eligibility={question.code: True for question in for_type(entity_type).questions},
        answers={
            criterion.number: AnswerFacts(criterion.number, "implemented", good_text(criterion), "", (f"e{i // 6}",))
            for i, criterion in enumerate(asked)
        },
        evidence=documents,
    )


def with_answer(facts: CaseFacts, number: str, **changes: object) -> CaseFacts:
    """The same case with one answer changed."""
    return replace(facts, answers={**facts.answers, number: replace(facts.answer(number), **changes)})


def with_document(facts: CaseFacts, key: str, **changes: object) -> CaseFacts:
    """The same case with one file changed."""
    return replace(facts, evidence={**facts.evidence, key: replace(facts.evidence[key], **changes)})


def with_company(facts: CaseFacts, **changes: object) -> CaseFacts:
    """The same case with some company details changed."""
    return replace(facts, company=replace(facts.company, **changes))


def with_profile(facts: CaseFacts, **changes: bool | None) -> CaseFacts:
    """The same case with some yes/no questions answered otherwise."""
    return replace(facts, profile={**facts.profile, **changes})


def with_partner(facts: CaseFacts, **changes: object) -> CaseFacts:
    """The same case with its first partner, a certified supplier, changed."""
    first, *rest = facts.partners
    return replace(facts, partners=(replace(first, **changes), *rest))


def with_person(facts: CaseFacts, index: int, **changes: object) -> CaseFacts:
    """The same case with one person changed."""
    people = list(facts.people)
    people[index] = replace(people[index], **changes)
    return replace(facts, people=tuple(people))


def with_site(facts: CaseFacts, index: int, **changes: object) -> CaseFacts:
    """The same case with one facility changed."""
    sites = list(facts.facilities)
    sites[index] = replace(sites[index], **changes)
    return replace(facts, facilities=tuple(sites))


def with_identifiers(facts: CaseFacts, *numbers: tuple[str, str]) -> CaseFacts:
    """The same case with these numbers added, instead of others of the same schemes."""
    schemes = {scheme for scheme, _value in numbers}
    kept = [number for number in facts.identifiers if number.scheme not in schemes]
    return replace(facts, identifiers=(*kept, *(IdentifierFacts(*number) for number in numbers)))
