"""Figures and lists of the programme that policy may change, read from programme.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a certificate runs (years), who has tiers, and the days for an appeal."""

    certificate_years: int
    tiered: frozenset[str]
    tier_after_validation: int
    appeal_days: int
    false_information_days: int
    appeal_decision_days: int
    appeal_where: str

    def first_tier(self, entity_type: str) -> int | None:
        """Tier I for the entity types that have tiers, none for the rest."""
        return 1 if entity_type in self.tiered else None

    def validated_tier(self, entity_type: str, now: int | None) -> int | None:
        """Tier II after a validation, for those that have tiers; a higher one stays."""
        return max(self.tier_after_validation, now or 0) if entity_type in self.tiered else None


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("programme.toml").read_text(encoding="utf-8"))


@cache
def terms() -> Terms:
    data = _data()
    appeal = data["appeal"]
    return Terms(
        certificate_years=data["certificate"]["years"],
        tiered=frozenset(data["certificate"]["tiered"]),
        tier_after_validation=data["validation"]["tier"],
        appeal_days=appeal["days"],
        false_information_days=appeal["false_information_days"],
        appeal_decision_days=appeal["decision_days"],
        appeal_where=appeal["where"],
    )


def refusal_reasons() -> Mapping[str, str]:
    """Code and sentence of every reason for a refusal, in the order of the list."""
    reasons: Mapping[str, str] = _data()["refusal_reasons"]
    return reasons


def appeal_until(decided_on: date, reasons: Collection[str]) -> date:
    """The last programme day on which an appeal is in time (6 U.S.C. 961-973)."""
    days = terms().false_information_days if "false_information" in reasons else terms().appeal_days
    return decided_on + timedelta(days=days)
