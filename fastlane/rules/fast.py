"""The FAST lane for trucks: facts and rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fastlane.rules.aqua_facts import LEVEL, SNAKE
from fastlane.rules.facts import DECLARED, PORTAL, fact, group
from fastlane.rules.kinds import FLAG, MOMENT, count, word
from fastlane.rules.outcome import Outcome
from fastlane.rules.rule import SOURCED, Listed, rule
from fastlane.rules.rule import gettext_noop as _

APPROVED = frozenset({"certified", "validated"})
TRUCKERS = frozenset({"highway_carrier", "mexican_long_haul_carrier"})
RELEASES = ("ncap", "paps")


@dataclass(frozen=True, slots=True)
class Importer:
    ctpat_status: str | None = fact(LEVEL, PORTAL, _("the importer's level"))
    in_good_standing: bool | None = fact(FLAG, PORTAL, _("the importer's good standing"))


@dataclass(frozen=True, slots=True)
class Carrier:
    business_type: str | None = fact(SNAKE, PORTAL, _("the carrier's business type"))
    ctpat_status: str | None = fact(LEVEL, PORTAL, _("the carrier's level"))
    in_good_standing: bool | None = fact(FLAG, PORTAL, _("the carrier's good standing"))


@dataclass(frozen=True, slots=True)
class Driver:
    fast_card: bool | None = fact(FLAG, DECLARED, _("the driver's FAST card"), _("valid on arrival"))


@dataclass(frozen=True, slots=True)
class Manufacturer:
    ctpat_status: str | None = fact(LEVEL, PORTAL, _("the manufacturer's level"))
    in_good_standing: bool | None = fact(FLAG, PORTAL, _("the manufacturer's good standing"))
    sealed_load: bool | None = fact(FLAG, DECLARED, _("the manufacturer's seal"), _("the manufacturer sealed the load"))


@dataclass(frozen=True, slots=True)
class Load:
    loaded_units: int | None = fact(count(100), DECLARED, _("the loaded units"), _("trailers and containers"))
    high_security_seals: int | None = fact(
        count(100), DECLARED, _("the units with a high-security seal"), _("ISO 17712, loaded units alone")
    )


@dataclass(frozen=True, slots=True)
class FastFacts:
    """One truck at the border. The manufacturer is asked for at the southern border alone."""

    arrival_at: datetime | None = fact(MOMENT, DECLARED, _("the time of arrival"))
    border: str | None = fact(word(("north", "south")), DECLARED, _("the border"))
    importer: Importer = group(Importer, PORTAL, _("the importer"))
    carrier: Carrier = group(Carrier, PORTAL, _("the highway carrier"))
    driver: Driver = group(Driver, DECLARED, _("the driver"))
    manufacturer: Manufacturer = group(Manufacturer, PORTAL, _("the manufacturer"))
    load: Load = group(Load, DECLARED, _("the load"))
    advance_release: str | None = fact(
        word((*RELEASES, "none")),
        DECLARED,
        _("the advance release"),
        _("ncap: electronic; paps: pre-arrival processing"),
    )


def _lacking(conditions: Iterable[tuple[bool, str]]) -> Mapping[str, str]:
    titles = [title for met, title in conditions if not met]
    return {"lacking": ", ".join(titles)} if titles else {}


@rule(
    "FS-01", Outcome.INELIGIBLE,
    _("FAST needs an approved importer, an approved carrier and a driver with a FAST card. Lacking: %(lacking)s."),
    "68 FR 55405 [S 23]; good standing [D]", SOURCED,
    needs=(
        "arrival_at", "importer.ctpat_status", "importer.in_good_standing", "carrier.business_type",
        "carrier.ctpat_status", "carrier.in_good_standing", "driver.fast_card",
    ),
)  # fmt: skip
def parties_not_approved(
    arrival: datetime, importer: str, importer_good: bool, kind: str, carrier: str, carrier_good: bool, card: bool
) -> Mapping[str, str]:
    return _lacking(
        (
            (importer in APPROVED and importer_good, _("approved importer")),
            (kind in TRUCKERS and carrier in APPROVED and carrier_good, _("approved carrier")),
            (card, _("FAST card")),
        )
    )


@rule(
    "FS-02", Outcome.INELIGIBLE,
    _("At the southern border an approved manufacturer seals the load. Lacking: %(lacking)s."),
    "[S 23]; good standing [D]", SOURCED,
    needs=("manufacturer.ctpat_status", "manufacturer.in_good_standing", "manufacturer.sealed_load"),
    when=("border", "south"),
)  # fmt: skip
def manufacturer_not_approved(level: str, good: bool, sealed: bool) -> Mapping[str, str]:
    return _lacking(((level in APPROVED and good, _("approved manufacturer")), (sealed, _("manufacturer's seal"))))


@rule(
    "FS-03", Outcome.INELIGIBLE, _("Every loaded unit needs a high-security seal (ISO 17712)."),
    "[S 24]", SOURCED, needs=("load.loaded_units", "load.high_security_seals"),
)  # fmt: skip
def seals_lacking(loaded: int, sealed: int) -> bool:
    return sealed < loaded


@rule(
    "FS-04", Outcome.INELIGIBLE, _("FAST needs an electronic advance release (NCAP or PAPS)."),
    "[S 23]", SOURCED, needs=("advance_release",),
)  # fmt: skip
def no_advance_release(release: str) -> bool:
    return release not in RELEASES


RULES = (parties_not_approved, manufacturer_not_approved, seals_lacking, no_advance_release)

LISTED = (
    Listed(
        "FS-05",
        _("Drug cases of a FAST carrier: half the penalty at first, then all of it. Two clean years reset the count."),
        "19 USC 1584; CBP FAST guidelines [S 25]", SOURCED,
        _("The consequence ladder: 1st at most 50 percent, 2nd full, both decided in 120 days; 3rd and later full."),
    ),
)  # fmt: skip

EXAMPLE: dict[str, object] = {
    "arrival_at": "2026-12-14T15:00:00Z",
    "border": "south",
    "importer": {"ctpat_status": "certified", "in_good_standing": True},
    "carrier": {"business_type": "highway_carrier", "ctpat_status": "certified", "in_good_standing": True},
    "driver": {"fast_card": True},
    "manufacturer": {"ctpat_status": "validated", "in_good_standing": True, "sealed_load": True},
    "load": {"loaded_units": 1, "high_security_seals": 1},
    "advance_release": "paps",
}
