"""What is known about one ship's call at one port, when its carrier asks to unlade on arrival."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from fastlane.rules.facts import AGENCY, DECLARED, PORTAL, Problem, fact, group, items
from fastlane.rules.kinds import DAY, FLAG, IMO, MOMENT, count, shaped, text, word
from fastlane.rules.moth_areas import AREAS, REGION
from fastlane.rules.rule import gettext_noop as _

MOST_CALLS = 10_000

LEVEL = word(("none", "certified", "validated"))
SNAKE = shaped(r"[a-z][a-z0-9_]{0,39}", "sea_carrier")
COUNTRY = shaped(r"[A-Z]{2}", "SG")
LOCODE = shaped(r"[A-Z]{2} ?[A-Z2-9]{3}", "SGSIN")
VOYAGE = shaped(r"[A-Za-z0-9][A-Za-z0-9 ./-]{0,19}", "118E")

TARGETING = _("The targeting analyst")
SECURITY_FILING = _("The security filing desk")
AGRICULTURE = _("The agriculture specialist")
PORT_OFFICER = _("The port officer")


@dataclass(frozen=True, slots=True)
class Carrier:
    business_type: str | None = fact(
        SNAKE, PORTAL, _("the carrier's business type"), _("sea_carrier for a sea carrier")
    )
    ctpat_status: str | None = fact(LEVEL, PORTAL, _("the carrier's level"))
    in_good_standing: bool | None = fact(FLAG, PORTAL, _("the carrier's good standing"), _("at the time of unlading"))


@dataclass(frozen=True, slots=True)
class Operator:
    ctpat_status: str | None = fact(LEVEL, PORTAL, _("the terminal operator's level"))
    in_good_standing: bool | None = fact(
        FLAG, PORTAL, _("the terminal operator's good standing"), _("at the time of unlading")
    )


@dataclass(frozen=True, slots=True)
class Terminal:
    code: str | None = fact(shaped(r"[A-Z0-9]{1,10}", "W185"), DECLARED, _("the terminal"), _("its facilities code"))
    operator: Operator = group(Operator, PORTAL, _("the terminal operator"))
    approved: bool | None = fact(FLAG, PORTAL, _("the terminal's approval"), _("approved for this lane on arrival"))


@dataclass(frozen=True, slots=True)
class Vessel:
    imo: str | None = fact(IMO, DECLARED, _("the ship's IMO number"), _("7 digits, the last is a check digit"))
    type: str | None = fact(SNAKE, DECLARED, _("the ship's type"), _("container for a container ship"))


@dataclass(frozen=True, slots=True)
class Form3171:
    attached: bool | None = fact(FLAG, DECLARED, _("form 3171"), _("sent along"))
    box9_5_ticked: bool | None = fact(FLAG, DECLARED, _("box 5 in section 9"), _("ticked"))
    box9_other_text: str | None = fact(
        text(), DECLARED, _("the words in box 5"), _("AQUA Lane, or Advanced Qualified Unlading Approval requested")
    )


@dataclass(frozen=True, slots=True)
class SecurityFiling:
    stow_plan: bool | None = fact(FLAG, AGENCY, _("the stow plan"), _("received"), confirmed_by=SECURITY_FILING)
    csm: bool | None = fact(
        FLAG, AGENCY, _("the container status messages"), _("received"), confirmed_by=SECURITY_FILING
    )
    bills_without_isf: int | None = fact(
        count(), AGENCY, _("bills without security filing"), confirmed_by=SECURITY_FILING
    )


@dataclass(frozen=True, slots=True)
class Targeting:
    high_risk_bills: int | None = fact(count(), AGENCY, _("high-risk bills"), confirmed_by=TARGETING)
    holds: int | None = fact(count(), AGENCY, _("holds"), confirmed_by=TARGETING)
    do_not_load_breach: bool | None = fact(FLAG, AGENCY, _("do-not-load orders"), _("ignored"), confirmed_by=TARGETING)


@dataclass(frozen=True, slots=True)
class Cargo:
    fumigation_on_arrival: bool | None = fact(FLAG, DECLARED, _("fumigation on arrival"), _("needed for any cargo"))


@dataclass(frozen=True, slots=True)
class PortCall:
    country: str | None = fact(COUNTRY, DECLARED, _("the country of a port call"), _("two letters"))
    region: str | None = fact(
        REGION, DECLARED, _("the region of a port call"), _("the moth table's area, or empty outside of all areas")
    )
    date: date | None = fact(DAY, DECLARED, _("the date of a port call"))
    locode: str | None = fact(LOCODE, DECLARED, _("the UN/LOCODE of a port call"), optional=True)

    def contradictions(self) -> Iterator[Problem]:
        """Yield a problem when the region lies in another country."""
        if self.country and self.region and AREAS[self.region].country != self.country:
            area = AREAS[self.region]
            yield Problem("/region", "contradiction", f"{area.title} lies in {area.country}, not in {self.country}.")


@dataclass(frozen=True, slots=True)
class PortCalls:
    received_at: datetime | None = fact(MOMENT, DECLARED, _("when the port list was received"))
    calls: tuple[PortCall, ...] | None = items(PortCall, DECLARED, _("the port calls of 24 months"), MOST_CALLS)


@dataclass(frozen=True, slots=True)
class EmergencyAction:
    open_on_voyage: bool | None = fact(
        FLAG, AGENCY, _("open agriculture actions"), _("on this voyage"), confirmed_by=AGRICULTURE
    )


@dataclass(frozen=True, slots=True)
class WoodPackaging:
    carrier_violations_12m: int | None = fact(
        count(), AGENCY, _("wood-packaging violations"), _("of the carrier in 12 months"), confirmed_by=AGRICULTURE
    )


@dataclass(frozen=True, slots=True)
class Crew:
    undertaking_signed: bool | None = fact(
        FLAG, DECLARED, _("the crew undertaking"), _("crew stay on board until cleared")
    )
    discrepancies: int | None = fact(count(), AGENCY, _("differences in the crew list"), confirmed_by=PORT_OFFICER)
    mala_fide: int | None = fact(count(), AGENCY, _("crew with false papers"), confirmed_by=PORT_OFFICER)


@dataclass(frozen=True, slots=True)
class LastPort:
    formal_entry_done: bool | None = fact(
        FLAG, DECLARED, _("formal entry at an earlier US port"), _("made on this voyage")
    )


@dataclass(frozen=True, slots=True)
class AquaFacts:
    """The facts of one port call. Times are in UTC; `now` is the moment asked about, submitted_at when absent."""

    carrier: Carrier = group(Carrier, PORTAL, _("the carrier"))
    terminal: Terminal = group(Terminal, DECLARED, _("the terminal"))
    containers_delivered_direct: bool | None = fact(
        FLAG, DECLARED, _("direct delivery"), _("all containers go straight to this terminal")
    )
    vessel: Vessel = group(Vessel, DECLARED, _("the ship"))
    cargo_type: str | None = fact(SNAKE, DECLARED, _("the cargo type"), _("container on form 3171"))
    port_code: str | None = fact(shaped(r"[0-9]{4}", "2704"), DECLARED, _("the port"), _("Schedule D, four digits"))
    eta: datetime | None = fact(MOMENT, DECLARED, _("the time of arrival"), _("estimated, with its time zone"))
    submitted_at: datetime | None = fact(MOMENT, DECLARED, _("when the request was sent"))
    f3171: Form3171 = group(Form3171, DECLARED, _("form 3171"))
    notice_of_arrival_ref: str | None = fact(text(60), DECLARED, _("the Notice of Arrival"), _("its reference"))
    isf: SecurityFiling = group(SecurityFiling, AGENCY, _("advance data"))
    targeting: Targeting = group(Targeting, AGENCY, _("targeting"))
    cargo: Cargo = group(Cargo, DECLARED, _("the cargo"))
    port_calls_24m: PortCalls = group(PortCalls, DECLARED, _("the port list"))
    fsmc_certificate: bool | None = fact(FLAG, DECLARED, _("the moth certificate"), _("on board"))
    ean: EmergencyAction = group(EmergencyAction, AGENCY, _("agriculture actions"))
    fsmc_found: bool | None = fact(FLAG, AGENCY, _("moth egg masses"), _("found on the ship"), confirmed_by=AGRICULTURE)
    wpm: WoodPackaging = group(WoodPackaging, AGENCY, _("wood packaging"))
    crew: Crew = group(Crew, DECLARED, _("the crew"))
    stowaways: int | None = fact(count(), DECLARED, _("stowaways"))
    passengers: int | None = fact(count(), DECLARED, _("passengers"))
    last_us_port: LastPort = group(LastPort, DECLARED, _("the last US port"))
    voyage: str | None = fact(VOYAGE, DECLARED, _("the voyage number"), optional=True)
    now: datetime | None = fact(MOMENT, PORTAL, _("the moment asked about"), optional=True)


EXAMPLE: dict[str, object] = {
    "carrier": {"business_type": "sea_carrier", "ctpat_status": "validated", "in_good_standing": True},
    "terminal": {
        "code": "W185",
        "operator": {"ctpat_status": "validated", "in_good_standing": True},
        "approved": True,
    },
    "containers_delivered_direct": True,
    "vessel": {"imo": "9703291", "type": "container"},
    "cargo_type": "container",
    "port_code": "2704",
    "eta": "2026-12-14T09:30:00Z",
    "submitted_at": "2026-12-12T08:00:00Z",
    "f3171": {"attached": True, "box9_5_ticked": True, "box9_other_text": "AQUA Lane"},
    "notice_of_arrival_ref": "NOA-20261212-77",
    "isf": {"stow_plan": True, "csm": True, "bills_without_isf": 0},
    "targeting": {"high_risk_bills": 0, "holds": 0, "do_not_load_breach": False},
    "cargo": {"fumigation_on_arrival": False},
    "port_calls_24m": {
        "received_at": "2026-12-09T00:00:00Z",
        "calls": [{"country": "SG", "region": "", "date": "2026-08-02"}],
    },
    "fsmc_certificate": False,
    "ean": {"open_on_voyage": False},
    "fsmc_found": False,
    "wpm": {"carrier_violations_12m": 0},
    "crew": {"undertaking_signed": True, "discrepancies": 0, "mala_fide": 0},
    "stowaways": 0,
    "passengers": 0,
    "last_us_port": {"formal_entry_done": False},
}
