"""The companies of the demonstration world as plain values, and the numbers they are known by."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from stdnum import ean
from stdnum.iso7064 import mod_97_10
from stdnum.mx import rfc

from trusted_trader.entity_types import EntityType

DATA = Path(__file__).parent / "data"

# A plan says how far a company has come. These have written a whole profile and more than half of one.
SUBMITTED = frozenset(
    {"submitted", "review", "waiting", "recommended", "certified", "suspended", "reinstated", "refused", "withdrawn"}
)
CERTIFIED = frozenset({"certified", "suspended", "reinstated"})
WRITTEN = {"ready": 1.0, "draft3": 0.9, "draft2": 0.35, "withdrawndraft": 0.25, "draft1": 0.08}

SITE_KIND = {
    EntityType.FOREIGN_MANUFACTURER: "factory", EntityType.MARINE_PORT_TERMINAL_OPERATOR: "terminal",
    EntityType.HIGHWAY_CARRIER: "yard", EntityType.MEXICAN_LONG_HAUL_CARRIER: "yard", EntityType.RAIL_CARRIER: "yard",
    EntityType.SEA_CARRIER: "yard", EntityType.CUSTOMS_BROKER: "office",
}  # fmt: skip
FLEET = {
    EntityType.HIGHWAY_CARRIER: "tractors and trailers", EntityType.MEXICAN_LONG_HAUL_CARRIER: "tractors and trailers",
    EntityType.RAIL_CARRIER: "locomotives and cars", EntityType.SEA_CARRIER: "vessels",
    EntityType.AIR_CARRIER: "aircraft", EntityType.THIRD_PARTY_LOGISTICS: "delivery trucks",
}  # fmt: skip
UNIT = {
    EntityType.HIGHWAY_CARRIER: "trailer", EntityType.MEXICAN_LONG_HAUL_CARRIER: "trailer",
    EntityType.RAIL_CARRIER: "railcar", EntityType.AIR_CARRIER: "load device",
    EntityType.THIRD_PARTY_LOGISTICS: "trailer", EntityType.FOREIGN_MANUFACTURER: "trailer",
}  # fmt: skip
HISTORIES = (
    "Founded in {since} in {city} by two families, we deal in {goods}. "
    "Our main partner is {partner} in {origin}; today {staff} people work here.",
    "{legal} began in {since} with one rented room. "
    "We now handle {goods} at {site} and work with {partner} and {partner2}.",
    "Since {since} we have been known for {goods}. "
    "Most of it passes through {site}, and {origin} is the place we know best.",
    "A former harbor master started the firm in {since}. "
    "{staff} people now see to {goods} between {origin} and {city}.",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One company: what it is, and how far its application has come (`ago` days before today)."""

    key: str
    legal_name: str
    entity_type: EntityType
    plan: str
    ago: int
    specialist: int | None
    city: str
    region: str
    postal_code: str
    country: str
    goods: str
    origin: str
    origin_country: str
    partner: str
    partner2: str
    site: str
    employees: int
    since: int
    weak: frozenset[str]
    number: int

    @property
    def handles_cargo(self) -> bool:
        return self.entity_type != EntityType.CUSTOMS_BROKER

    @property
    def unit(self) -> str:
        return UNIT.get(self.entity_type, "container")

    @property
    def street(self) -> str:
        return f"{self.number * 7 + 11} Demonstration Street"

    @property
    def written(self) -> float:
        """Which part of the profile is written, 0 to 1."""
        return 1.0 if self.plan in SUBMITTED else WRITTEN.get(self.plan, 0.0)

    @property
    def fleet(self) -> str:
        return FLEET.get(self.entity_type, "")

    @property
    def site_kind(self) -> str:
        return SITE_KIND.get(self.entity_type, "warehouse")

    @property
    def started_on(self) -> date:
        return date(self.since, self.number % 12 + 1, self.number % 27 + 1)


def lines(name: str) -> list[list[str]]:
    """The rows of a data file of this package."""
    return read_lines(DATA / name)


def read_lines(file: Path) -> list[list[str]]:
    """The rows of a text file, split at bars; a line that begins with # is a comment."""
    text = file.read_text(encoding="utf-8")
    return [
        [part.strip() for part in line.split("|")]
        for line in text.splitlines()
        if line.strip() and not line.startswith("#")
    ]


@cache
def plans() -> Sequence[Plan]:
    return tuple(_plan(row, number) for number, row in enumerate(lines("companies.txt"), start=1))


def _plan(row: list[str], number: int) -> Plan:
    key, legal, kind, plan, ago, specialist, *rest, employees, since, weak = row
    city, region, postal, country, goods, origin, origin_country, partner, partner2, site = rest
    return Plan(
        key,
        legal,
        EntityType(kind),
        plan,
        int(ago),
        None if specialist == "-" else int(specialist),
        city,
        region,
        postal,
        country,
        goods,
        origin,
        origin_country,
        partner,
        partner2,
        site,
        int(employees),
        int(since),
        frozenset(weak.split()),
        number,
    )


def dice(*parts: object) -> int:
    """A large number that is always the same for the same words."""
    return int.from_bytes(hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=6).digest())


def identifier(plan: Plan, scheme: str) -> str:
    """A well-formed number that nobody could take for a real one; check digits are right."""
    n = plan.number
    letters = "".join(chr(65 + n // 26**i % 26) for i in (1, 0))
    match scheme:
        case "ein" | "ior":
            return f"99-00{n:05d}"
        case "duns":
            return f"00-000-{1000 + n:04d}"
        case "lei":
            stem = f"DEMO00EXAMPLE{n:05d}"
            return stem + mod_97_10.calc_check_digits(stem)
        case "gln":  # 952 is the prefix that GS1 keeps for demonstrations
            stem = f"9520000{n:05d}"
            return stem + ean.calc_check_digit(stem)
        case "rfc":
            stem = f"DEM{plan.started_on:%y%m%d}{letters[1]}0"
            return stem + rfc.calc_check_digit(stem)
        case "mid":
            city = "".join(c for c in plan.city.upper() if c.isalpha())[:3]
            country = "XQ" if plan.region == "QC" else "XO" if plan.country == "CA" else plan.country
            return f"{country}DEMEXA{n}{city}"
        case _:
            return _other_number(scheme, n, letters)


def _other_number(scheme: str, n: int, letters: str) -> str:
    return {
        "scac": f"ZX{letters}", "bond": f"99DEMO{n:03d}", "iata": f"DEMO{n:03d}", "fmc": f"DM{n:04d}",
        "filer": f"Z{n:02d}", "dot": f"9900{n:03d}", "broker_license": f"990{n:02d}", "sct": f"DEMO{n:04d}",
        "tsa": f"DEMO{n:04d}", "mc": f"MC99{n:04d}", "ace_fast": f"DEMO{n:04d}",
    }[scheme]  # fmt: skip
