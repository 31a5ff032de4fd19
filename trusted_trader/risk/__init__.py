"""Risk assessment: points per factor with a reason, weights and tiers from model.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from trusted_trader.risk.factors import FACTORS, Model
from trusted_trader.risk.facts import RiskFacts, risk_facts


@dataclass(frozen=True, slots=True)
class Factor:
    """What one factor gave, in whole points; `message` is a translatable template with its `params`."""

    code: str
    points: int
    message: str
    params: Mapping[str, str | int] = field(hash=False)

    @property
    def reason(self) -> str:
        """The reason in English."""
        return self.message % self.params


@dataclass(frozen=True, slots=True)
class Assessment:
    """The model's version, all points (0 to 100), the tier (low, medium, high), factors with most points first."""

    version: str
    points: int
    tier: str
    factors: tuple[Factor, ...]


@cache
def load_model() -> Model:
    """Read model.toml, once a process."""
    raw = tomllib.loads(Path(__file__).with_name("model.toml").read_text(encoding="utf-8"))
    return Model(
        version=raw["version"],
        tiers=raw["tiers"],
        weights=raw["weights"],
        full_at=raw["full_at"],
        settled_years=raw["settled"]["years"],
        watched_countries=frozenset(raw["demonstration"]["watched_countries"]),
    )


def tier(points: int, model: Model) -> str:
    """Return the highest tier whose threshold the points reach."""
    reached = [(least, name) for name, least in model.tiers.items() if points >= least]
    return max(reached)[1]


def assess(facts: RiskFacts, model: Model | None = None) -> Assessment:
    """Weigh every factor; the sum of the factors' points is the assessment's."""
    model = model or load_model()
    factors = []
    for code, factor in FACTORS.items():
        amount = factor(facts, model)
        factors.append(Factor(code, round(amount.level * model.weights[code]), amount.message, amount.params))
    points = sum(factor.points for factor in factors)
    factors.sort(key=lambda factor: -factor.points)
    return Assessment(model.version, points, tier(points, model), tuple(factors))


__all__ = ["Assessment", "Factor", "Model", "RiskFacts", "assess", "load_model", "risk_facts", "tier"]
