"""The demonstration's port calls as plain values, and the form that an agent files for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any

from accounts.clocks import ZONE
from fastlane.demo.data import lines
from trusted_trader.demo.companies import dice, identifier
from trusted_trader.demo.founding import Days, Founded

# A list is due 96 hours ahead; whoever files five days ahead is in time with it.
AHEAD = 5
PHONES = {"day_phone": "+1 555 0140", "night_phone": "+1 555 0141"}
ABROAD = (("BR", "Santos"), ("CO", "Cartagena"), ("MY", "Tanjung Pelepas"), ("LK", "Colombo"), ("TH", "Laem Chabang"))
# The middle of the risk period of the Republic of Korea, by the packaged moth table.
MOTH_CALL = {"country": "KR", "region": "republic_of_korea", "locode": "KRPUS"}
PORTS = {"W185": "2704", "Z985": "2811", "Y258": "2709", "S847": "5301", "E425": "4601"}


@dataclass(frozen=True, slots=True)
class Ship:
    imo: str
    name: str
    carrier: str
    last_port: str
    country: str


@dataclass(frozen=True, slots=True)
class Call:
    """One port call. `days` until arrival from today, negative when past; minutes count from all fast."""

    story: str
    days: int
    hour: int
    terminal: str
    ship: Ship
    voyage: str
    first_container: int
    crew_cleared: int

    @property
    def port(self) -> str:
        return PORTS[self.terminal]

    @property
    def filed_ago(self) -> int:
        """How many days ago it was filed; today's world has no request that is filed in the future."""
        ahead = 3 if self.story == "late list" else AHEAD
        return max(ahead - self.days, 1)

    def eta(self, days: Days) -> datetime:
        return datetime.combine(days.today + timedelta(days=self.days), time(self.hour), ZONE)


@cache
def ships() -> dict[str, Ship]:
    return {imo: Ship(imo, name, carrier, port, country) for imo, name, carrier, port, country in lines("ships.txt")}


@cache
def calls() -> Sequence[Call]:
    return tuple(
        Call(story, int(day), int(hour), terminal, ships()[imo], voyage, int(container), int(crew))
        for story, day, hour, terminal, imo, voyage, container, crew in lines("port_calls.txt")
    )


def of_carrier(key: str) -> list[Call]:
    return [call for call in calls() if call.ship.carrier == key]


def document(call: Call, made: Founded, agent: str, days: Days) -> dict[str, Any]:
    """The form as the agent fills it in; what a story leaves out or adds makes its rule fire."""
    ship, eta = call.ship, call.eta(days)
    left = (eta - timedelta(days=12)).date()
    found: dict[str, Any] = {
        "ship": {
            "imo": ship.imo, "name": ship.name, "type": "container", "flag": "LR",
            "operator": made.company.legal_name, "operator_nationality": "US",
        },
        "voyage": call.voyage, "port": call.port, "terminal": call.terminal, "eta": eta.isoformat(),
        "agent": {"name": f"{agent}, for {made.company.legal_name}", "address": made.plan.street, "signature": agent}
        | PHONES,
        "arriving_from": {"port": ship.last_port, "country": ship.country},
        "operations": {"box_5": True, "other_text": "AQUA Lane"},
        "itinerary": [{"port": ship.last_port, "country": ship.country, "departed_on": left.isoformat()}],
        "cargo_type": "container",
        "carriers": [
            {"name": made.company.legal_name, "scac": identifier(made.plan, "scac"), "manifest": "ams"},
            {"name": "Plover Slot Charter Example", "scac": "ZZPS", "manifest": "ams"},
        ],
        "notice_of_arrival_ref": f"NOA-{ship.imo[-3:]}-{call.voyage}",
        "containers_delivered_direct": True, "fumigation_on_arrival": False, "fsmc_certificate": False,
        "crew_undertaking": call.story != "incomplete", "stowaways": 0, "passengers": 0,
        "formal_entry_done": call.story == "not required",
        "port_calls": _port_calls(call, eta),
    }  # fmt: skip
    if call.story == "draft":
        for name in ("agent", "notice_of_arrival_ref", "crew_undertaking", "port_calls"):
            del found[name]
    return found


def _port_calls(call: Call, eta: datetime) -> list[dict[str, Any]]:
    """Two years of calls, one in some six weeks; no moth area but where the story wants one."""
    rows = []
    for number in range(16):
        country, _port = ABROAD[dice(call.ship.imo, call.voyage, number) % len(ABROAD)]
        day = (eta - timedelta(days=14 + number * 44)).date()
        rows.append({"country": country, "region": "", "date": day.isoformat()})
    if call.story == "moth":
        last = eta.year if eta.month > 7 else eta.year - 1
        rows.append(MOTH_CALL | {"date": f"{last}-07-15"})
    return rows
