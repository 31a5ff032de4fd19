"""Bring the demonstration's fast lane to life, once its companies are there; what is there already is left alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta

from accounts import origin
from accounts.clocks import ZONE
from accounts.models import User
from accounts.roles import Role
from fastlane.demo import calls, operators, parcels, requests
from fastlane.demo.data import lines
from fastlane.ledger import operations as ledger
from fastlane.ledger.models import MeasuredCall
from trusted_trader.demo import story as companies
from trusted_trader.demo.companies import plans
from trusted_trader.demo.founding import Days, Founded, as_portal, load
from trusted_trader.demo.people import CAST
from trusted_trader.demo.reviewing import Staff

TERMINAL_SYSTEM = "Terminal operating system (demonstration)"
CARRIERS = tuple(dict.fromkeys(ship.carrier for ship in calls.ships().values()))
OPERATORS = tuple(dict.fromkeys(company for _terminal, company in lines("operators.txt")))


def tell(*, only: Collection[str] = (), now: datetime) -> None:
    """Make the fast lane's part whole. `only` names companies (all by default); they must be there."""
    days = Days(now)
    with origin.coming_from("command"):
        with as_portal():
            staff = Staff({user.email: user for user in User.objects.filter(email__in=[p.email for p in CAST])})
            made = _made(only)
            operators.name_operators(made, staff, days)
            operators.begin_draft(staff, days)
            _measure(staff, days)
        for key in CARRIERS:
            if key in made:
                _file(made[key], staff, days)
        if parcels.SENDER in made:
            parcels.bring(made[parcels.SENDER], days)
        companies.settle(days)


def whole() -> bool:
    """Whether every carrier's last request of this world is there."""
    with as_portal():
        made = _made(())
        return all(key in made and requests.is_there(made[key], calls.of_carrier(key)[-1]) for key in CARRIERS)


def _made(only: Collection[str]) -> Mapping[str, Founded]:
    wanted = [
        plan
        for plan in plans()
        if plan.key in {*CARRIERS, *OPERATORS, parcels.SENDER} and (not only or plan.key in only)
    ]
    return {plan.key: load(plan) for plan in wanted if companies.company_of(plan)}


def _file(made: Founded, staff: Staff, days: Days) -> None:
    """All requests of a carrier in one transaction: a run cut short leaves none of them."""
    with as_portal():
        told = calls.of_carrier(made.plan.key)
        if requests.is_there(made, told[0]):
            return
        carrier = requests.Carrier(made, staff, days)
        for call in told:
            carrier.live(call)


def _measure(staff: Staff, days: Days) -> None:
    """Calls without the lane, as the terminals measured them."""
    if MeasuredCall.objects.filter(source=TERMINAL_SYSTEM).exists():
        return
    for ago, hour, terminal, imo, voyage, container, crew in lines("measured.txt"):
        fast = datetime.combine(days.today - timedelta(days=int(ago)), time(int(hour), 10), ZONE)
        first = fast + timedelta(minutes=int(container))
        cleared = fast + timedelta(minutes=int(crew))
        ledger.measure_call(
            terminal=terminal, imo=imo, voyage=voyage, all_fast_at=fast, first_container_at=first,
            crew_cleared_at=cleared, source=TERMINAL_SYSTEM, actor=staff.of(Role.PORT_OFFICER)[0],
            at=max(first, cleared) + timedelta(hours=1),
        )  # fmt: skip
