"""Route a case to a field office and queue: rules in order, the first that answers wins, and its reason is kept."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@cache
def data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("routing.toml").read_text(encoding="utf-8"))


def offices() -> dict[str, str]:
    """Code and name of the field offices; the names say that they are demonstration data."""
    found: dict[str, str] = data()["offices"]
    return found


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """What routing looks at; `region` is the state of the company's address, `country` its ISO code."""

    entity_type: str
    country: str
    region: str
    risk_tier: str
    first_time: bool
    company_id: int


@dataclass(frozen=True, slots=True)
class Route:
    """Where a case goes, by which rule and why."""

    office: str
    queue: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A specialist who might take a case. `ties` are companies they must keep away from."""

    user_id: int
    office: str
    open_cases: int
    ties: frozenset[int]
    away: bool


@dataclass(frozen=True, slots=True)
class Pick:
    """Who is suggested, and why; None when nobody can take it."""

    user_id: int | None
    reason: str


type Rule = Callable[[RouteFacts], Route | None]


def _queue(facts: RouteFacts) -> str:
    if facts.risk_tier == "high":
        return "high_risk"
    return "first_time" if facts.first_time else data()["default_queue"]


def by_entity_type(facts: RouteFacts) -> Route | None:
    """Some kinds of company have an office that knows them: ships and terminals where the harbours are."""
    office = data()["entity_types"].get(facts.entity_type)
    if office:
        return Route(office, _queue(facts), "entity_type", "Companies of this kind go to this office.")
    return None


def by_country(facts: RouteFacts) -> Route | None:
    office = data()["countries"].get(facts.country)
    if office:
        return Route(office, _queue(facts), "country", f"Companies in {facts.country} go to this office.")
    return None


def by_region(facts: RouteFacts) -> Route | None:
    """By the state of the United States; other countries use the same two letters for other places."""
    office = data()["regions"].get(facts.region.strip().upper())
    if office and facts.country == "US":
        return Route(office, _queue(facts), "region", f"Companies in {facts.region} go to this office.")
    return None


def default(facts: RouteFacts) -> Route:
    return Route(data()["default_office"], _queue(facts), "default", "No other rule applied.")


RULES: Sequence[Rule] = (by_entity_type, by_country, by_region, default)


def route(facts: RouteFacts) -> Route:
    """The first rule that answers wins; the last one always answers."""
    for rule in RULES:
        if found := rule(facts):
            return found
    raise AssertionError("the default rule always answers")


def pick_reviewer(candidates: Sequence[Reviewer], facts: RouteFacts, office: str) -> Pick:
    """The specialist with the least open work in the office, then anywhere; never one with a tie or away.

    Of two with the same work the one with the lower id, so that the same question has the same answer.
    """
    free = [c for c in candidates if not c.away and facts.company_id not in c.ties]
    if not free:
        return Pick(None, "No specialist can take it: each is away or has a tie to the company.")
    here = [c for c in free if c.office == office]
    best = min(here or free, key=lambda c: (c.open_cases, c.user_id))
    where = "in this office" if here else "in another office"
    return Pick(best.user_id, f"Least open work {where} (open cases: {best.open_cases}).")
