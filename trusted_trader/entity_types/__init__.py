"""The twelve entity types: what each is, the numbers it needs and the conditions for joining.

Facts lie in `types/`, one file a type beside the questions common to all. Sentences there are English; pages show them
through gettext like any other.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from accounts.problems import Problem

DATA = Path(__file__).parent / "types"


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for makemessages; pages translate it when they show it."""
    return sentence


_ = gettext_noop


class EntityType(StrEnum):
    """What a company does in the supply chain; it has one account for each."""

    IMPORTER = "importer"
    EXPORTER = "exporter"
    HIGHWAY_CARRIER = "highway_carrier"
    MEXICAN_LONG_HAUL_CARRIER = "mexican_long_haul_carrier"
    RAIL_CARRIER = "rail_carrier"
    SEA_CARRIER = "sea_carrier"
    AIR_CARRIER = "air_carrier"
    CUSTOMS_BROKER = "customs_broker"
    CONSOLIDATOR = "consolidator"
    THIRD_PARTY_LOGISTICS = "third_party_logistics"
    MARINE_PORT_TERMINAL_OPERATOR = "marine_port_terminal_operator"
    FOREIGN_MANUFACTURER = "foreign_manufacturer"


@dataclass(frozen=True, slots=True)
class Question:
    """A condition for joining, which must be answered yes. `mark` is S sourced, K general knowledge or I inferred."""

    code: str
    text: str
    why: str
    if_no: str
    authority: str
    mark: str


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """What is asked of an entity type. In `required` a tuple of schemes means that one of them is enough."""

    entity_type: EntityType
    title: str
    description: str
    required: tuple[str | tuple[str, ...], ...]
    optional: tuple[str, ...]
    questions: tuple[Question, ...]
    authority: str
    mark: str

    @property
    def schemes(self) -> tuple[str, ...]:
        """Every scheme that an account of this type may enter, the required ones first."""
        needed = (scheme for need in self.required for scheme in _alternatives(need))
        return tuple(dict.fromkeys((*needed, *self.optional)))


def _alternatives(need: str | tuple[str, ...]) -> tuple[str, ...]:
    return (need,) if isinstance(need, str) else need


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def for_type(entity_type: EntityType) -> TypeFacts:
    """Return what is asked of an entity type; the common questions come first."""
    data = _read(entity_type)
    return TypeFacts(
        entity_type=EntityType(entity_type),
        title=data["title"],
        description=data["description"],
        required=tuple(need if isinstance(need, str) else tuple(need) for need in data["required"]),
        optional=tuple(data["optional"]),
        questions=tuple(Question(**row) for row in (*_read("common")["question"], *data["question"])),
        authority=data["authority"],
        mark=data["mark"],
    )


def choices() -> tuple[tuple[str, str], ...]:
    """Return (value, title) pairs for a form, in the programme's order."""
    return tuple((entity_type.value, for_type(entity_type).title) for entity_type in EntityType)


_NO = _("You answered no to: %(question)s %(why)s %(if_no)s")
_OPEN = _("This question is open: %(question)s %(why)s Answer it before you go on.")


def eligibility_problems(entity_type: EntityType, answers: Mapping[str, bool | None]) -> tuple[Problem, ...]:
    """Return a problem for each condition that isn't answered yes, in the order asked; keys of `answers` are codes.

    Code is `eligibility_no` or `eligibility_open`; the question's own code is in `params["code"]`.
    """
    found = []
    for question in for_type(entity_type).questions:
        answer = answers.get(question.code)
        if answer is not True:
            code, message = ("eligibility_no", _NO) if answer is False else ("eligibility_open", _OPEN)
            params = {
                "code": question.code,
                "question": question.text,
                "why": question.why,
                "if_no": question.if_no,
            }
            found.append(Problem(code, message, params))
    return tuple(found)


def missing_identifiers(entity_type: EntityType, held: Collection[str]) -> tuple[str | tuple[str, ...], ...]:
    """Return the required schemes not held; a tuple where one of several would do."""
    return tuple(need for need in for_type(entity_type).required if not set(_alternatives(need)) & set(held))
