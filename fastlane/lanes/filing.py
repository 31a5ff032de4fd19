"""What a vessel agent declares: the fields of form 3171 and the declarations that go with it, read strictly.

Numbers in brackets are the boxes of the form. A draft may leave anything out; `missing` says what keeps it from being
sent. Authority: CBP Form 3171; 19 CFR 4.30.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime

from fastlane.rules.aqua_facts import COUNTRY, MOST_CALLS, SNAKE, VOYAGE, PortCall
from fastlane.rules.facts import DECLARED, Problem, fact, group, items, read, schema
from fastlane.rules.kinds import DAY, FLAG, IMO, MOMENT, count, shaped, text, word
from fastlane.rules.rule import gettext_noop as _

MANIFEST = ("ams", "paperless", "paper")
PORT = shaped(r"[0-9]{4}", "2704")
TERMINAL = shaped(r"[A-Z0-9]{1,10}", "W185")
SCAC = shaped(r"[A-Z]{2,4}", "ZXAB")


@dataclass(frozen=True, slots=True)
class Ship:
    imo: str | None = fact(IMO, DECLARED, _("IMO number"), _("7 digits, the last is a check digit"))
    name: str | None = fact(text(80), DECLARED, _("Vessel"), "[1]")
    type: str | None = fact(SNAKE, DECLARED, _("Type of ship"), _("container for a container ship"))
    flag: str | None = fact(COUNTRY, DECLARED, _("Flag"), "[3]")
    operator: str | None = fact(text(120), DECLARED, _("Owner or operator"), "[4]")
    operator_nationality: str | None = fact(COUNTRY, DECLARED, _("Nationality of the owner or operator"), "[4]")


@dataclass(frozen=True, slots=True)
class Agent:
    name: str | None = fact(text(120), DECLARED, _("Agent"), "[5]")
    day_phone: str | None = fact(text(40), DECLARED, _("Agent's phone by day"), "[5]")
    night_phone: str | None = fact(text(40), DECLARED, _("Agent's phone at night"), "[5]")
    address: str | None = fact(text(200), DECLARED, _("Agent's address"), "[21]")
    signature: str | None = fact(text(120), DECLARED, _("Signature"), _("[22] the name, typed"))


@dataclass(frozen=True, slots=True)
class Place:
    port: str | None = fact(text(80), DECLARED, _("Port"))
    country: str | None = fact(COUNTRY, DECLARED, _("Country"))


@dataclass(frozen=True, slots=True)
class Leg:
    port: str | None = fact(text(80), DECLARED, _("Port"))
    country: str | None = fact(COUNTRY, DECLARED, _("Country"))
    departed_on: date | None = fact(DAY, DECLARED, _("Departure"))


@dataclass(frozen=True, slots=True)
class Boxes:
    """Section 9: the operations applied for."""

    box_1: bool | None = fact(
        FLAG, DECLARED, _("Unlade or lade at night, on Sundays or holidays"), "[9.1]", optional=True
    )
    box_2: bool | None = fact(FLAG, DECLARED, _("Preliminary entry"), "[9.2]", optional=True)
    box_3: bool | None = fact(FLAG, DECLARED, _("Unlade before entry"), "[9.3]", optional=True)
    box_4: bool | None = fact(FLAG, DECLARED, _("Retain merchandise on board"), "[9.4]", optional=True)
    box_5: bool | None = fact(FLAG, DECLARED, _("Other"), "[9.5]")
    other_text: str | None = fact(text(), DECLARED, _("Words in box 5"), _("AQUA Lane"))


@dataclass(frozen=True, slots=True)
class OnBoard:
    """A carrier or slot charterer whose cargo is on board, and how its manifest was sent."""

    name: str | None = fact(text(120), DECLARED, _("Carrier on board"), "[12]")
    scac: str | None = fact(SCAC, DECLARED, _("SCAC"), "[12]")
    manifest: str | None = fact(word(MANIFEST), DECLARED, _("Manifest"), "[12]")


@dataclass(frozen=True, slots=True)
class Bond:
    """Boxes 13 to 20: overtime and the bond that pays for it."""

    overtime: bool | None = fact(FLAG, DECLARED, _("Overtime is asked for"), "[13]", optional=True)
    number: str | None = fact(text(40), DECLARED, _("Bond number"), "[14]", optional=True)
    amount: int | None = fact(count(1_000_000_000), DECLARED, _("Bond amount in dollars"), "[15]", optional=True)
    date: date | None = fact(DAY, DECLARED, _("Date of the bond"), "[16]", optional=True)
    principal: str | None = fact(text(120), DECLARED, _("Principal"), "[17]", optional=True)
    surety_code: str | None = fact(shaped(r"[0-9]{3}", "891"), DECLARED, _("Surety code"), "[18]", optional=True)
    importer_number: str | None = fact(text(20), DECLARED, _("Importer number to bill"), "[19-20]", optional=True)


@dataclass(frozen=True, slots=True)
class Filing:
    """Everything an agent files for one port call. Times are in UTC."""

    ship: Ship = group(Ship, DECLARED, _("The ship"))
    voyage: str | None = fact(VOYAGE, DECLARED, _("Voyage"))
    port: str | None = fact(PORT, DECLARED, _("Port of arrival"), _("[2] Schedule D, four digits"))
    terminal: str | None = fact(TERMINAL, DECLARED, _("Dock or terminal"), "[8]")
    eta: datetime | None = fact(MOMENT, DECLARED, _("Estimated arrival"), "[7]")
    agent: Agent = group(Agent, DECLARED, _("The agent"))
    arriving_from: Place = group(Place, DECLARED, _("Arriving from"))
    operations: Boxes = group(Boxes, DECLARED, _("Operations applied for"))
    itinerary: tuple[Leg, ...] | None = items(Leg, DECLARED, _("Itinerary of the voyage"), 60, "[10]")
    cargo_type: str | None = fact(SNAKE, DECLARED, _("Type of cargo"), _("[11] container for containers"))
    carriers: tuple[OnBoard, ...] | None = items(OnBoard, DECLARED, _("Carriers and slot charterers"), 40, "[12]")
    bond: Bond = group(Bond, DECLARED, _("Overtime and bond"))
    notice_of_arrival_ref: str | None = fact(text(60), DECLARED, _("Reference of the Notice of Arrival"))
    containers_delivered_direct: bool | None = fact(
        FLAG, DECLARED, _("All containers go straight to this terminal's operator")
    )
    fumigation_on_arrival: bool | None = fact(FLAG, DECLARED, _("Cargo needs fumigation on arrival"))
    fsmc_certificate: bool | None = fact(FLAG, DECLARED, _("A moth certificate is on board"))
    crew_undertaking: bool | None = fact(FLAG, DECLARED, _("Crew stay on board until they are cleared"))
    stowaways: int | None = fact(count(10_000), DECLARED, _("Stowaways"))
    passengers: int | None = fact(count(100_000), DECLARED, _("Passengers"))
    formal_entry_done: bool | None = fact(FLAG, DECLARED, _("Formal entry was made at an earlier US port"))
    port_calls: tuple[PortCall, ...] | None = items(PortCall, DECLARED, _("Port calls of 24 months"), MOST_CALLS)


# What a request can't be sent without: the call's key and what the officer needs to reach somebody. All else may be
# sent as it is, and the rules say what they miss.
NEEDED = ("ship.imo", "voyage", "port", "terminal", "eta", "agent.name", "agent.day_phone", "agent.night_phone",
          "agent.signature")  # fmt: skip


def parse(document: object) -> Filing:
    """Read a filing. Raises FactsRefused with every problem in it."""
    return read(Filing, document)


def json_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of a filing."""
    return schema(Filing, "AQUA request")


def missing(filing: Filing) -> tuple[Problem, ...]:
    """What keeps the filing from being sent, with pointers."""
    return tuple(
        Problem("/" + path.replace(".", "/"), "required", "Fill this in before you send the request.")
        for path in NEEDED
        if _at(filing, path) in (None, "")
    )


def _at(filing: object, path: str) -> object:
    for name in path.split("."):
        filing = getattr(filing, name)
    return filing


def amended(filing: Filing, **changes: object) -> Filing:
    """The filing with another arrival, terminal or voyage."""
    known: object = dataclasses.replace(filing, **changes)  # type: ignore[arg-type]
    assert isinstance(known, Filing)  # noqa: S101 - replace keeps the class
    return known
