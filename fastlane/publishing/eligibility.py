"""Is a party eligible for a lane as it stands, without a request? Pure but for reading what the caller hands over.

Only rules about the party, the port and the day are asked. The others need facts of one shipment, which nobody has
given here; the answer names them in `not_considered`. What a rule needs beside the party is taken from the lane's own
example, which answers eligible, so that whatever fires here is due to the party, the port or the law of the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from fastlane.publishing.members import Facts
from fastlane.rules import Decision, Lane, Outcome, RuleSet, evaluate
from fastlane.rules.rule import Rule
from trusted_trader.entity_types import EntityType

# Per lane the entity types that take part, and where such a party stands in the lane's facts ("": nowhere).
ROLES: Mapping[str, Mapping[EntityType, str]] = {
    "aqua": {EntityType.SEA_CARRIER: "carrier"},
    "fast": {
        EntityType.HIGHWAY_CARRIER: "carrier",
        EntityType.MEXICAN_LONG_HAUL_CARRIER: "carrier",
        EntityType.IMPORTER: "importer",
        EntityType.FOREIGN_MANUFACTURER: "manufacturer",
    },
    "low_value": {EntityType.IMPORTER: "", EntityType.CUSTOMS_BROKER: "", EntityType.CONSOLIDATOR: ""},
    "trade_compliance": {EntityType.IMPORTER: "importer"},
    "acas": {EntityType.AIR_CARRIER: "", EntityType.CONSOLIDATOR: ""},
    "gbi": {EntityType.IMPORTER: "participant", EntityType.CUSTOMS_BROKER: "participant"},
}
PARTICIPANTS = {EntityType.IMPORTER: "importer_of_record", EntityType.CUSTOMS_BROKER: "customs_broker"}


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say of the party, and which facts of which rules nobody has given."""

    decision: Decision
    not_considered: tuple[tuple[str, tuple[str, ...]], ...]


def judge(lane: Lane, party: Facts, rule_set: RuleSet, *, port: str | None, at: datetime) -> Judged:
    """Ask the lane's rules about this party, at this port (four digits; None: any) and time."""
    role = _role(lane, party)
    document = lane.example()
    known = {lane.dated_by} | _place(document, lane, role, party)
    document[lane.dated_by] = _written(document[lane.dated_by], at)
    if "port_code" in document and port is not None:
        document["port_code"] = port
        known.add("port_code")
    if lane.code == "fast" and role == "manufacturer":
        document["border"] = "south"  # only there the manufacturer is asked for
    asked = [rule for rule in lane.rules if _speaks_of(rule, role, known)]
    # The law of the day may say no whatever the facts are; that it says nothing else proves nothing.
    by_law = [rule for rule in lane.rules if not role and rule not in asked and _is_law(rule, rule_set)]
    answered = evaluate(
        replace(lane, rules=(*asked, *by_law)), lane.parse(document), rule_set.reference, rule_set=rule_set.version
    )
    if not asked and not answered.rules:
        # Nothing about the party or the day decides here: that is no yes.
        answered = Decision(Outcome.INCOMPLETE, (), rule_set.version)
    left = tuple((rule.code, unknown) for rule in lane.rules if (unknown := _unknown(rule, known)))
    return Judged(answered, tuple(entry for entry in left if entry[0] not in answered.codes))


def _role(lane: Lane, party: Facts) -> str:
    """Where the party stands in the lane's facts. Who doesn't take part stands where the rules will say so."""
    roles = ROLES[lane.code]
    entity_type = EntityType(party.entity_type)
    return roles.get(entity_type, next(iter(roles.values())))


def _place(document: dict[str, Any], lane: Lane, role: str, party: Facts) -> set[str]:
    """Write what the portal knows of the party into the facts; returns their paths."""
    if role == "participant":
        document[role] = PARTICIPANTS.get(EntityType(party.entity_type), "other")
        return {role}
    if not role:
        return set()
    values = {
        "business_type": party.entity_type,
        "ctpat_status": party.level,
        "tier": party.tier or 0,
        "in_good_standing": party.in_good_standing,
    }
    group = document[role]
    for name in values.keys() & _names(lane, role):
        group[name] = values[name]
    return {f"{role}.{name}" for name in values.keys() & _names(lane, role)}


def _names(lane: Lane, role: str) -> set[str]:
    return set(lane.example()[role])


def _unknown(rule: Rule, known: set[str]) -> tuple[str, ...]:
    return tuple(path for path in (*rule.needs, *rule.may) if path not in known)


def _speaks_of(rule: Rule, role: str, known: set[str]) -> bool:
    """Does the rule look at the party, or does it need nothing but what is known?"""
    needed = (*rule.needs, *rule.may)
    if role and any(path == role or path.startswith(f"{role}.") for path in needed):
        return True
    return bool(needed) and not _unknown(rule, known)


def _is_law(rule: Rule, rule_set: RuleSet) -> bool:
    return bool(rule_set.reference.law.get(rule.code)) and rule.when is None


def _written(example: object, at: datetime) -> str:
    """The time in the form in which the lane's example has it: a moment, or a day."""
    moment = at.astimezone(UTC)
    return moment.date().isoformat() if len(str(example)) == len("2026-12-14") else moment.isoformat()
