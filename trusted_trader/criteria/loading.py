"""Reads an edition from its two files: `<id>.toml` says what it is, `<id>.csv` holds a criterion a row."""

import csv
import tomllib
from collections.abc import Mapping
from pathlib import Path

from trusted_trader.criteria.model import Category, Criterion, Edition, Level, order
from trusted_trader.entity_types import EntityType

EDITIONS = Path(__file__).parent / "editions"
NEWEST = EDITIONS / "2020-03.toml"


class BadEdition(Exception):
    """An edition's files contradict each other or themselves."""


def load(path: Path = NEWEST) -> Edition:
    """Return the edition of a `.toml` file and the `.csv` beside it, sorted by number. Raises BadEdition.

    A made-up edition may leave out entity types (not for them), help, evidence, notes and hints.
    """
    about = tomllib.loads(path.read_text(encoding="utf-8"))
    categories = tuple(sorted((Category(**row) for row in about["category"]), key=lambda c: c.number))
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as rows:
        criteria = tuple(sorted(map(_criterion, csv.DictReader(rows)), key=lambda c: order(c.number)))
    edition = Edition(
        id=about["id"],
        title=about["title"],
        in_force=about["in_force"],
        source=about.get("source", ""),
        mark=about.get("mark", ""),
        categories=categories,
        criteria=criteria,
        renumbered=about.get("renumbered", {}),
    )
    _hold_together(edition)
    return edition


def _criterion(row: Mapping[str, str]) -> Criterion:
    months = row.get("fresh_months", "")
    return Criterion(
        number=row["id"],
        focus_area=row["focus_area"],
        category=row["category"],
        topic=row["topic"],
        question=row["question"],
        evidence=row.get("evidence", ""),
        help=row.get("help", ""),
        levels={entity_type: Level(row.get(entity_type) or Level.NA) for entity_type in EntityType},
        confidence=row.get("confidence", "low"),
        note=row.get("note", ""),
        evidence_fresh_months=int(months) if months else None,
        tied_to=frozenset(row.get("tied_to", "").split()),
    )


def _hold_together(edition: Edition) -> None:
    numbers = [criterion.number for criterion in edition.criteria]
    if len(numbers) != len(set(numbers)):
        raise BadEdition(f"Edition {edition.id} gives a number twice.")
    known = {(category.code, category.number, category.focus_area) for category in edition.categories}
    for criterion in edition.criteria:
        if (criterion.category, order(criterion.number)[0], criterion.focus_area) not in known:
            raise BadEdition(f"Criterion {criterion.number} of edition {edition.id} doesn't fit its category.")
    if unknown := set(edition.renumbered.values()) - set(numbers):
        raise BadEdition(f"Edition {edition.id} renumbers to {sorted(unknown)}, which it doesn't have.")
