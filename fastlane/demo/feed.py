"""What the agency's own systems would know of a port call, simulated for the demonstration.

The last digit of the ship's IMO number says what is found, so that whoever tries the lane can choose: 7 is a hold on
board, 8 are bills without security filing, 9 is a missing stow plan; every other ship is clean.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from accounts import origin, tenancy
from fastlane.lanes import agency, queries
from fastlane.lanes.acting import PORTAL
from fastlane.lanes.agency import Observation
from fastlane.lanes.life import RECHECKED
from fastlane.lanes.models import AgencyFact, LaneRequest

SOURCE = "Simulated feed (demonstration)"
RENEWED = timedelta(hours=6)  # well before the youngest limit of reference data makes a fact too old
MOST_CALLS = 50  # in one round; the next one is a minute away

CLEAN: Mapping[str, bool | int] = {
    "isf.stow_plan": True,
    "isf.csm": True,
    "isf.bills_without_isf": 0,
    "targeting.high_risk_bills": 0,
    "targeting.holds": 0,
    "targeting.do_not_load_breach": False,
    "ean.open_on_voyage": False,
    "fsmc_found": False,
    "wpm.carrier_violations_12m": 0,
    "crew.discrepancies": 0,
    "crew.mala_fide": 0,
    queries.NOTICE: True,
}
FOUND: Mapping[str, Mapping[str, bool | int]] = {
    "7": {"targeting.holds": 2},
    "8": {"isf.bills_without_isf": 3},
    "9": {"isf.stow_plan": False},
}


def known_of(imo: str) -> dict[str, bool | int]:
    """What the feed knows of a ship's call: the same for the same ship, always."""
    return {**CLEAN, **FOUND.get(imo[-1:], {})}


def tell(*, imo: str, voyage: str, port: str, at: datetime) -> int:
    """Give the facts of a call as observed now; what a person has entered stands. Returns how many."""
    others = {path for path, fact in queries.agency_facts(imo, voyage, port).items() if fact.source != SOURCE}
    told = [Observation(path, value, SOURCE, at) for path, value in known_of(imo).items() if path not in others]
    if told:
        agency.observe(imo=imo, voyage=voyage, port=port, observations=told, actor=PORTAL, at=at)
    return len(told)


def tick(at: datetime) -> int:
    """Tell of every call that waits for facts or whose facts grow old; returns how many calls.

    A call of which a partner's system has told is left to that system.
    """
    call = AgencyFact.objects.filter(imo=OuterRef("imo"), voyage=OuterRef("voyage"), port=OuterRef("port"))
    with origin.coming_from("worker"), tenancy.enter(tenancy.Scope.SYSTEM):
        waiting = (
            LaneRequest.objects.filter(status__in=sorted(RECHECKED), eta__gt=at, submitted_at__isnull=False)
            .exclude(Exists(call.exclude(client_id="")))
            .exclude(Exists(call.filter(source=SOURCE, observed_at__gt=at - RENEWED)))
            .order_by("eta", "pk")[:MOST_CALLS]
        )
        return sum(bool(tell(imo=row.imo, voyage=row.voyage, port=row.port, at=at)) for row in waiting)
