"""What an edition of the security criteria is made of, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from trusted_trader.entity_types import EntityType

FIRST_HOUSE_NUMBER = 51

# What a criterion may presume of a company.
FACTS = frozenset(
    {
        "aircraft",
        "cameras",
        "cargo",
        "conveyances",
        "foreign_partners",
        "guards",
        "it_systems",
        "paper_documents",
        "rail",
        "remote_access",
        "seals",
        "security_technology",
        "subcontracted_transport",
        "uncertified_partners",
        "vessels",
        "wood_packaging",
    }
)


class Level(StrEnum):
    """How strongly a criterion binds an entity type."""

    MUST = "must"
    SHOULD = "should"
    NA = "na"  # not for this entity type


@dataclass(frozen=True, slots=True)
class Category:
    """One of the twelve parts of the profile. `name` is the field's term, `title` the task in the task list."""

    code: str
    number: int
    name: str
    title: str
    focus_area: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of an edition.

    `help` says in plain words what a good answer shows. `confidence` (high, medium, low) and `note` say what number and
    levels rest on. Evidence older than `evidence_fresh_months` is stale. Where a company has none of the facts in
    `tied_to`, the criterion does not arise for it.
    """

    number: str
    focus_area: str
    category: str
    topic: str
    question: str
    evidence: str
    help: str
    levels: Mapping[EntityType, Level] = field(hash=False)
    confidence: str
    note: str
    evidence_fresh_months: int | None = None
    tied_to: frozenset[str] = frozenset()

    @property
    def supplementary(self) -> bool:
        """Whether this is a house number: never to be shown as official."""
        return order(self.number)[1] >= FIRST_HOUSE_NUMBER

    def is_official_must(self, entity_type: EntityType) -> bool:
        """Whether this is a must for the entity type under an official number."""
        return not self.supplementary and self.level(entity_type) == Level.MUST

    def level(self, entity_type: EntityType) -> Level:
        """Return how strongly this criterion binds an entity type."""
        return self.levels.get(entity_type, Level.NA)


@dataclass(frozen=True)
class Edition:
    """All criteria in force from a programme day on, by number. `renumbered` leads from old numbers to new ones."""

    id: str
    title: str
    in_force: date
    source: str
    mark: str
    categories: tuple[Category, ...]
    criteria: tuple[Criterion, ...]
    renumbered: Mapping[str, str] = field(default_factory=dict, hash=False)

    def get(self, number: str) -> Criterion | None:
        """Return a criterion by its number, None where the edition has no such number."""
        return self._by_number.get(number)

    def for_entity(self, entity_type: EntityType) -> tuple[Criterion, ...]:
        """Return the criteria that are a must or a should for an entity type, by number."""
        return tuple(c for c in self.criteria if c.level(entity_type) != Level.NA)

    def by_category(self, entity_type: EntityType) -> Mapping[Category, tuple[Criterion, ...]]:
        """Return an entity type's criteria under each category, in order; categories without any are left out."""
        asked = self.for_entity(entity_type)
        grouped = {category: tuple(c for c in asked if c.category == category.code) for category in self.categories}
        return {category: criteria for category, criteria in grouped.items() if criteria}

    def category(self, code: str) -> Category:
        """Return a category by its code. Raises LookupError."""
        for category in self.categories:
            if category.code == code:
                return category
        raise LookupError(f"Edition {self.id} has no category {code}.")

    @cached_property
    def _by_number(self) -> Mapping[str, Criterion]:
        return {criterion.number: criterion for criterion in self.criteria}


def order(number: str) -> tuple[int, int]:
    """Return what to sort criteria by: 4.10 comes after 4.9."""
    category, _, place = number.partition(".")
    return int(category), int(place)
