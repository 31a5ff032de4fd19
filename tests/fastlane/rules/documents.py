"""Documents of facts: a lane's example with a few things changed."""

from __future__ import annotations

from typing import Any

from fastlane.rules import LANES, Decision, RuleSet, evaluate

PACKAGED = RuleSet.packaged()


class Absent:
    """Stands for a fact that is taken away."""


def changed(lane: str, changes: dict[str, Any]) -> dict[str, Any]:
    """The lane's example with facts set by dotted path, or taken away."""
    document: Any = LANES[lane].example()
    for path, value in changes.items():
        *way, last = path.split(".")
        place = document
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        if value is Absent:
            place.pop(last, None)
        elif isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
    return document


def decided(lane: str, changes: dict[str, Any] | None = None, rule_set: RuleSet = PACKAGED, **options: Any) -> Decision:
    """The decision on the lane's example with changes."""
    known = LANES[lane]
    facts = known.parse(changed(lane, changes or {}))
    return evaluate(known, facts, rule_set.reference, rule_set=rule_set.version, **options)


def with_rows(table: str, *rows: dict[str, str], instead: bool = False) -> RuleSet:
    """A rule set with more rows in a table, or with these rows instead."""
    tables = PACKAGED.reference.rows()
    tables[table] = list(rows) if instead else [*tables[table], *rows]
    return RuleSet("changed", type(PACKAGED.reference).of(tables))
