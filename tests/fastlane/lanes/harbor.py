"""A validated sea carrier, a validated terminal operator, port officers, and a rule book that names the operator."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import time_machine

from accounts import effects
from accounts import operations as who
from accounts.effects.models import Effect
from accounts.models import Account, User
from accounts.roles import Role
from fastlane.lanes import agency, deciding, filing, following, operations  # noqa: F401 - following registers
from fastlane.lanes.acting import Actor
from fastlane.lanes.agency import Observation
from fastlane.lanes.models import LaneRequest
from fastlane.rulebook import operations as rulebook
from fastlane.rulebook.models import Activation
from fastlane.rules import LANES
from tests import builders
from tests.builders import NOW
from trusted_trader.standing.operations import NewStanding, set_standing

VALIDATED = NewStanding("validated", None, "good")
SUSPENDED = NewStanding("validated", None, "suspended", "Open findings.")
ETA = NOW + timedelta(days=5)
AGENCY = LANES["aqua"].example()

FILING: dict[str, Any] = {
    "ship": {"imo": "9703291", "name": "Demonstration Star", "type": "container", "flag": "PA",
             "operator": "Blue Current Lines", "operator_nationality": "US"},
    "voyage": "118E",
    "port": "2704",
    "terminal": "W185",
    "agent": {"name": "Harbor Agency", "day_phone": "+1 555 0100", "night_phone": "+1 555 0101",
              "address": "1 Quay", "signature": "Ada Agent"},
    "arriving_from": {"port": "Busan", "country": "KR"},
    "operations": {"box_5": True, "other_text": "AQUA Lane"},
    "itinerary": [{"port": "Singapore", "country": "SG", "departed_on": "2026-11-10"}],
    "cargo_type": "container",
    "carriers": [{"name": "Blue Current Lines", "scac": "ZXAB", "manifest": "ams"}],
    "notice_of_arrival_ref": "NOA-1",
    "containers_delivered_direct": True,
    "fumigation_on_arrival": False,
    "fsmc_certificate": False,
    "crew_undertaking": True,
    "stowaways": 0,
    "passengers": 0,
    "formal_entry_done": False,
    "port_calls": [{"country": "SG", "region": "", "date": "2026-08-02"}],
}  # fmt: skip

GOOD_FACTS: dict[str, Any] = {
    "isf.stow_plan": True, "isf.csm": True, "isf.bills_without_isf": 0,
    "targeting.high_risk_bills": 0, "targeting.holds": 0, "targeting.do_not_load_breach": False,
    "ean.open_on_voyage": False, "fsmc_found": False, "wpm.carrier_violations_12m": 0,
    "crew.discrepancies": 0, "crew.mala_fide": 0, "notice_of_arrival_received": True,
}  # fmt: skip


@dataclass
class Harbor:
    agent: User
    carrier: Account
    operator: Account
    keeper: User  # the officer of the terminal's operator
    officer: User
    second: User
    steward: User
    supervisor: User

    def file(self, *, at: datetime = NOW, eta: datetime = ETA, facts: bool = True, **changes: Any) -> LaneRequest:
        """A request that was sent; with what the agency knows unless told otherwise."""
        request = self.draft(at=at, eta=eta, **changes)
        if facts:
            self.observe(request, at=at)
        return operations.submit(request=request, actor=Actor(self.agent), at=at)

    def draft(self, *, at: datetime = NOW, eta: datetime = ETA, **changes: Any) -> LaneRequest:
        return operations.draft(account=self.carrier, filing=a_filing(eta, **changes), actor=Actor(self.agent), at=at)

    def observe(self, request: LaneRequest, *, at: datetime = NOW, **changes: Any) -> None:
        facts = GOOD_FACTS | {path.replace("__", "."): value for path, value in changes.items()}
        if changes:
            facts = {path: facts[path] for path in (key.replace("__", ".") for key in changes)}
        told = [Observation(path, value, "Simulated feed", at) for path, value in facts.items()]
        agency.observe(
            imo=request.imo, voyage=request.voyage, port=request.port, observations=told, actor=Actor(), at=at
        )

    def stands(self, account: Account, new: NewStanding, *, at: datetime) -> None:
        set_standing(account=account, new=new, actor=None, at=at, because="A test.")


def a_filing(eta: datetime = ETA, **changes: Any) -> filing.Filing:
    document = deepcopy(FILING) | {"eta": eta.isoformat().replace("+00:00", "Z")}
    for name, value in changes.items():
        head, _, rest = name.partition("__")
        if rest:
            document[head] = document[head] | {rest: value}
        else:
            document[head] = value
    return filing.parse(document)


def build() -> Harbor:
    agent = builders.a_user("Ada Agent")
    company = builders.a_company(agent, name="Blue Current Lines")
    carrier = who.open_account(company=company, entity_type="sea_carrier", actor=agent, at=NOW)
    keeper = builders.a_user("Tom Terminal")
    quay = builders.a_company(keeper, name="Harbor Gate Terminals")
    operator = who.open_account(company=quay, entity_type="marine_port_terminal_operator", actor=keeper, at=NOW)
    for account in (carrier, operator):
        set_standing(account=account, new=VALIDATED, actor=None, at=NOW - timedelta(days=30), because="A test.")
    harbor = Harbor(
        agent, carrier, operator, keeper,
        officer=builders.staff("Pia Port", Role.PORT_OFFICER),
        second=builders.staff("Paul Port", Role.PORT_OFFICER),
        steward=builders.staff("Dora Data", Role.DATA_STEWARD),
        supervisor=builders.staff("Susan Super", Role.SUPERVISOR),
    )  # fmt: skip
    put_in_force(harbor, "operators", [("terminals", "W185", {"operator_account": operator.number})], at=NOW)
    return harbor


def an_edition(harbor: Harbor, name: str, edits: list[tuple[str, str, dict[str, str]]], *, at: datetime) -> Any:
    """A closed edition with some rows changed; a row is known by one of its values, the first that has it."""
    edition = rulebook.draft(name=name, note="A test.", actor=harbor.steward, at=at)
    for table, key, changes in edits:
        rows = edition.rows[table]
        number = next(n for n, row in enumerate(rows) if key in row.values())
        edition = rulebook.put_row(
            edition=edition, table=table, number=number, row=rows[number] | changes, actor=harbor.steward, at=at
        )
    edition = rulebook.submit(edition=edition, actor=harbor.steward, at=at)
    run_effects("rulebook.replay", at=at)
    edition.refresh_from_db()
    return edition


def put_in_force(
    harbor: Harbor, name: str, edits: list[tuple[str, str, dict[str, str]]], *, at: datetime
) -> Activation:
    edition = an_edition(harbor, name, edits, at=at)
    row = rulebook.propose(edition=edition, starts_at=at, reason="The test needs it so.", actor=harbor.steward, at=at)
    return rulebook.confirm(activation=row, actor=harbor.supervisor, at=at)


def run_effects(*kinds: str, at: datetime) -> None:
    """Run what is due of these kinds at a moment, as a worker would."""
    rows = Effect.objects.filter(kind__in=kinds, done_at=None, cancelled_at=None)
    with time_machine.travel(at, tick=False):
        for pk in list(rows.values_list("pk", flat=True)):
            effects.run(pk)
