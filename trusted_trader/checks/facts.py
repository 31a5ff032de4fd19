"""Everything a validation rule may read about a case, as plain frozen values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from trusted_trader.criteria import Criterion, Edition, Level
from trusted_trader.entity_types import EntityType

IMPLEMENTED = "implemented"
NOT_YET = "not_yet"
NOT_APPLICABLE = "not_applicable"

PROFILE_QUESTIONS = (
    "overseas_partners",
    "subcontracts_transport",
    "uses_seals",
    "handles_cargo",
    "wood_packaging",
    "uses_it_network",
    "employs_guards",
    "remote_access",
)

# The tags by which the catalogue ties a criterion to a kind of business, and the question that tells of it.
TIES = {
    "foreign_partners": "overseas_partners",
    "subcontracted_transport": "subcontracts_transport",
    "seals": "uses_seals",
    "cargo": "handles_cargo",
    "wood_packaging": "wood_packaging",
    "it_systems": "uses_it_network",
    "guards": "employs_guards",
    "remote_access": "remote_access",
}


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """The company's own details; countries everywhere are ISO 3166 two-letter codes."""

    legal_name: str
    trade_name: str = ""
    ownership: str = ""
    country: str = ""
    website: str = ""
    started_on: date | None = None
    employees: int | None = None
    history: str = ""


@dataclass(frozen=True, slots=True)
class IdentifierFacts:
    """A number the account holds; `scheme` is one of accounts.identifiers."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class FacilityFacts:
    """A site; `kind` is office, warehouse, factory, yard, terminal or other."""

    key: str
    name: str
    kind: str
    country: str
    address: str
    staffed: bool
    handles_cargo: bool


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person; `roles` hold officer, contact, owner and manager."""

    key: str
    name: str
    roles: frozenset[str]
    email: str
    vetting_complete: bool


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """A business partner; `kind` is supplier, carrier, broker, warehouse, consolidator or other."""

    key: str
    name: str
    country: str
    kind: str
    certified_claim: bool = False
    programme_country: str = ""
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class ConveyanceFacts:
    """How many of one kind of truck, trailer, railcar, vessel or aircraft the company runs."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """The answer to one criterion; `state` is implemented, not_yet, not_applicable or empty."""

    number: str
    state: str
    text: str = ""
    because: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """An uploaded file; `state` is uploading, checking, ready or refused, `text` what could be read from it."""

    id: str
    title: str
    filename: str
    media_type: str
    state: str
    issued_on: date | None = None
    expires_on: date | None = None
    facility: str = ""
    text: str = ""
    pages: int = 1


@dataclass(frozen=True)
class CaseFacts:
    """One account's case on one programme day (America/New_York).

    `other_answers` holds texts of the same company's other accounts, by any key. `focus` narrows rules
    that look at one criterion at a time, so that a page can ask about one answer while it is written.
    """

    entity_type: EntityType
    on: date
    edition: Edition
    company: CompanyFacts
    identifiers: tuple[IdentifierFacts, ...] = ()
    facilities: tuple[FacilityFacts, ...] = ()
    people: tuple[PersonFacts, ...] = ()
    partners: tuple[PartnerFacts, ...] = ()
    conveyances: tuple[ConveyanceFacts, ...] = ()
    profile: Mapping[str, bool | None] = field(default_factory=dict)
    eligibility: Mapping[str, bool | None] = field(default_factory=dict)
    answers: Mapping[str, AnswerFacts] = field(default_factory=dict)
    evidence: Mapping[str, EvidenceFacts] = field(default_factory=dict)
    other_answers: Mapping[str, str] = field(default_factory=dict)
    focus: str = ""

    # Factories

    def focused_on(self, number: str) -> "CaseFacts":
        """Return the same case, narrowed to one criterion."""
        return replace(self, focus=number)

    # Queries

    @cached_property
    def asked(self) -> tuple[Criterion, ...]:
        """The criteria of this entity type, narrowed to the focus."""
        return tuple(c for c in self.edition.for_entity(self.entity_type) if self.in_focus(c.number))

    def in_focus(self, number: str) -> bool:
        """Tell whether rules should speak about this criterion now."""
        return not self.focus or number == self.focus

    def level(self, criterion: Criterion) -> Level:
        """Return must, should or na for this entity type."""
        return criterion.level(self.entity_type)

    def is_must(self, criterion: Criterion) -> bool:
        """Tell whether the criterion is a must for this entity type."""
        return self.level(criterion) == Level.MUST

    def answer(self, number: str) -> AnswerFacts:
        """Return the answer to a criterion, an empty one where nothing was written."""
        return self.answers.get(number) or AnswerFacts(number, "")

    def answered(self, *states: str) -> Iterator[tuple[Criterion, AnswerFacts]]:
        """Yield the asked criteria whose answer is in one of `states`."""
        for criterion in self.asked:
            answer = self.answer(criterion.number)
            if answer.state in states:
                yield criterion, answer

    def exempted(self, criterion: Criterion) -> bool:
        """Tell whether the company has none of the facts that a criterion is tied to, as far as the profile tells."""
        return bool(criterion.tied_to) and all(self._lacks(fact) for fact in criterion.tied_to)

    def _lacks(self, fact: str) -> bool:
        if fact == "conveyances":  # containers of others count as well, so cargo must be denied, too
            return not self.conveyance_count and self.profile.get("handles_cargo") is False
        if fact == "uncertified_partners":
            return all(partner.certified_claim for partner in self.partners)
        return self.profile.get(TIES.get(fact, "")) is False

    @property
    def unexplained_share(self) -> float:
        """Which part of the asked criteria is said not to apply without the business profile bearing it out, 0 to 1."""
        unexplained = sum(not self.exempted(criterion) for criterion, _answer in self.answered(NOT_APPLICABLE))
        return unexplained / len(self.asked) if self.asked else 0.0

    def documents(self, answer: AnswerFacts) -> tuple[EvidenceFacts, ...]:
        """Return the files linked to an answer; links to files that are gone are left out."""
        return tuple(self.evidence[key] for key in answer.evidence if key in self.evidence)

    def uses(self, evidence_id: str) -> tuple[str, ...]:
        """Return the numbers of the criteria that a file is linked to."""
        return self._uses.get(evidence_id, ())

    @cached_property
    def _uses(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for number, answer in self.answers.items():
            for key in dict.fromkeys(answer.evidence):
                found[key] = (*found.get(key, ()), number)
        return found

    def partners_of_kind(self, *kinds: str) -> tuple[PartnerFacts, ...]:
        """Return the partners that do one of these jobs."""
        return tuple(p for p in self.partners if p.kind in kinds)

    @property
    def foreign_partners(self) -> tuple[PartnerFacts, ...]:
        """The partners outside the United States, from where cargo comes or to where it goes."""
        return tuple(p for p in self.partners if p.country and p.country != "US")

    @property
    def conveyance_count(self) -> int:
        """How many conveyances of any kind the company runs."""
        return sum(c.count for c in self.conveyances)


def chapter(number: str) -> str:
    """Return the category's number, "6" for "6.51"."""
    return number.partition(".")[0]
