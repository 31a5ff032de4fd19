"""The security criteria as data, by edition: what is asked, how strongly of whom, and what a good answer shows."""

from datetime import date
from functools import cache

from trusted_trader.criteria.carrying import CarryOver, carry_over
from trusted_trader.criteria.loading import EDITIONS, BadEdition, load
from trusted_trader.criteria.model import Category, Criterion, Edition, Level, order


@cache
def editions() -> tuple[Edition, ...]:
    """Return every edition, the oldest first."""
    return tuple(sorted(map(load, EDITIONS.glob("*.toml")), key=lambda e: (e.in_force, e.id)))


def edition(edition_id: str) -> Edition:
    """Return an edition by its id. Raises LookupError."""
    for known in editions():
        if known.id == edition_id:
            return known
    raise LookupError(f"There is no edition {edition_id} of the criteria.")


def current(on: date) -> Edition:
    """Return the edition in force on a programme day (America/New_York). Raises LookupError before the first."""
    in_force = [known for known in editions() if known.in_force <= on]
    if not in_force:
        raise LookupError(f"No edition of the criteria was in force on {on.isoformat()}.")
    return in_force[-1]


__all__ = [
    "BadEdition",
    "CarryOver",
    "Category",
    "Criterion",
    "Edition",
    "Level",
    "carry_over",
    "current",
    "edition",
    "editions",
    "load",
    "order",
]
