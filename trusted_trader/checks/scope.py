"""Does the case fit the entity type it is filed under?"""

from collections.abc import Iterator, Mapping

from trusted_trader.checks.facts import CaseFacts
from trusted_trader.checks.finding import CRITERIA, ELIGIBILITY, Hit, Severity, at_criterion, rule
from trusted_trader.checks.finding import gettext_noop as _
from trusted_trader.entity_types import EntityType

STOPS, LOOK, HINT = Severity.STOPS, Severity.LOOK, Severity.HINT

_US = frozenset({"US"})
_NORTH_AMERICA = frozenset({"US", "CA", "MX"})
# Where a staffed office has to be, for the entity types whose eligibility names one [S].
STAFFED_OFFICE: Mapping[EntityType, frozenset[str]] = {
    EntityType.IMPORTER: frozenset({"US", "CA"}),
    EntityType.EXPORTER: _US,
    EntityType.HIGHWAY_CARRIER: _NORTH_AMERICA,
    EntityType.RAIL_CARRIER: _NORTH_AMERICA,
    EntityType.SEA_CARRIER: _US,
    EntityType.CUSTOMS_BROKER: _US,
    EntityType.CONSOLIDATOR: _US,
    EntityType.THIRD_PARTY_LOGISTICS: _US,
}
# Foreign terminals come in by invitation, so a missing office in the United States alone can't stop one.
INVITED: Mapping[EntityType, frozenset[str]] = {
    EntityType.MARINE_PORT_TERMINAL_OPERATOR: _US,
    EntityType.FOREIGN_MANUFACTURER: frozenset({"MX", "CA"}),
    EntityType.MEXICAN_LONG_HAUL_CARRIER: frozenset({"MX"}),
}
TYPICAL_SITE: Mapping[EntityType, str] = {
    EntityType.MARINE_PORT_TERMINAL_OPERATOR: "terminal",
    EntityType.FOREIGN_MANUFACTURER: "factory",
}


@rule(
    "SCO-01", LOOK, CRITERIA,
    _("An answer to a criterion of another entity type"),
    _("Clear your answer to %(number)s, %(topic)s. It is not asked of your kind of business."),
)  # fmt: skip
def criterion_of_another_type(facts: CaseFacts) -> Iterator[Hit]:
    asked = {criterion.number for criterion in facts.edition.for_entity(facts.entity_type)}
    for number, answer in facts.answers.items():
        if answer.state and number not in asked and facts.in_focus(number):
            criterion = facts.edition.get(number)
            if criterion is not None:
                yield at_criterion(criterion)


@rule(
    "SCO-02", LOOK, CRITERIA,
    _("An answer to a criterion that this edition does not have"),
    _("Move what still counts of your answer to %(number)s elsewhere. The criterion no longer exists."),
)  # fmt: skip
def criterion_of_another_edition(facts: CaseFacts) -> Iterator[Hit]:
    for number, answer in facts.answers.items():
        if answer.state and facts.in_focus(number) and facts.edition.get(number) is None:
            yield Hit(f"criterion:{number}", {"number": number}, number)


@rule(
    "SCO-03", STOPS, ELIGIBILITY,
    _("No staffed office where one is required"),
    _("Add a staffed office in %(countries)s. Your kind of business needs one there."),
)  # fmt: skip
def no_staffed_office(facts: CaseFacts) -> Iterator[Hit]:
    where = STAFFED_OFFICE.get(facts.entity_type)
    if where and facts.facilities and not any(f.staffed and f.country in where for f in facts.facilities):
        yield Hit("company:facilities", {"countries": ", ".join(sorted(where))})


@rule(
    "SCO-04", STOPS, ELIGIBILITY,
    _("A logistics provider without assets"),
    _("Add your own warehouse or vehicles. Logistics providers that handle no cargo themselves can't join."),
)  # fmt: skip
def logistics_without_assets(facts: CaseFacts) -> Iterator[Hit]:
    handles = any(facility.handles_cargo for facility in facts.facilities) or facts.conveyance_count > 0
    if facts.entity_type == EntityType.THIRD_PARTY_LOGISTICS and not handles:
        yield Hit("company:facilities")


@rule(
    "SCO-05", LOOK, ELIGIBILITY,
    _("Joins by invitation only"),
    _("Add your invitation to the evidence. Companies from outside %(countries)s join by invitation."),
)  # fmt: skip
def by_invitation(facts: CaseFacts) -> Iterator[Hit]:
    where = INVITED.get(facts.entity_type)
    if where and facts.company.country and facts.company.country not in where:
        yield Hit("company:details", {"countries": ", ".join(sorted(where))})


@rule(
    "SCO-06", LOOK, ELIGIBILITY,
    _("No site of the kind that this entity type works at"),
    _("Add your %(kind)s to the facilities. A business of your kind has at least one."),
)  # fmt: skip
def no_typical_site(facts: CaseFacts) -> Iterator[Hit]:
    kind = TYPICAL_SITE.get(facts.entity_type)
    if kind and facts.facilities and all(facility.kind != kind for facility in facts.facilities):
        yield Hit("company:facilities", {"kind": kind})


RULES = (
    criterion_of_another_type,
    criterion_of_another_edition,
    no_staffed_office,
    logistics_without_assets,
    by_invitation,
    no_typical_site,
)
