"""The rules of the AQUA lane: may cargo work begin on arrival, before the ship is boarded?

Authorities name the public sources of the rule table by number. Days are UTC days of the estimated arrival.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from fastlane.rules.aqua_facts import PortCall
from fastlane.rules.moth import months_before, risk_calls
from fastlane.rules.outcome import Outcome
from fastlane.rules.rule import A_PERSON_MUST_LOOK, DESIGN, SOURCED, UNCONFIRMED, Law, Listed, Missing, rule
from fastlane.rules.rule import gettext_noop as _

INELIGIBLE, INCOMPLETE, MANUAL_REVIEW = Outcome.INELIGIBLE, Outcome.INCOMPLETE, Outcome.MANUAL_REVIEW

FILED_BEFORE = timedelta(hours=24)
PORT_LIST_BEFORE = timedelta(hours=96)
_ANNOTATION = re.compile(r"aqua\s+lane|advanced?\s+qualified\s+unlading\s+approval", re.IGNORECASE)


@rule(
    "AQ-01", INELIGIBLE,
    _("The carrier is not a validated CTPAT sea carrier."),
    "[S 1,8]; the pilot's text said certified [S 2]", SOURCED,
    needs=("carrier.business_type", "carrier.ctpat_status"),
)  # fmt: skip
def carrier_not_validated(business_type: str, level: str) -> bool:
    return business_type != "sea_carrier" or level != "validated"


@rule(
    "AQ-02", INELIGIBLE,
    _("The carrier is not in good standing for the unlading date."),
    "[S 1]; looked at again until arrival [D]", SOURCED, needs=("carrier.in_good_standing",),
)  # fmt: skip
def carrier_not_in_good_standing(good: bool) -> bool:
    return not good


@rule(
    "AQ-03", INELIGIBLE,
    _("The terminal operator is not a validated CTPAT marine port terminal operator in good standing."),
    "[S 1,8]", SOURCED, needs=("terminal.operator.ctpat_status", "terminal.operator.in_good_standing"),
)  # fmt: skip
def operator_not_validated(level: str, good: bool) -> bool:
    return level != "validated" or not good


@rule(
    "AQ-04", INELIGIBLE,
    _("All containers must be delivered directly to the approved terminal."),
    "[S 1,4,8]", SOURCED, needs=("containers_delivered_direct",),
)  # fmt: skip
def not_delivered_direct(direct: bool) -> bool:
    return not direct


@rule(
    "AQ-05", INELIGIBLE, _("AQUA covers container ships only."),
    "[S 2], the pilot's notice; later texts speak of containers", SOURCED,
    needs=("vessel.imo", "vessel.type", "cargo_type"),
)  # fmt: skip
def not_a_container_ship(imo: str, ship: str, cargo: str) -> bool:
    return ship != "container" or cargo != "container"


@rule(
    "AQ-06", INELIGIBLE, _("This port does not offer AQUA on the arrival date."),
    "[S 1,4]", SOURCED, needs=("port_code", "eta"), law=True,
)  # fmt: skip
def port_does_not_take_part(law: Law, port: str, eta: datetime) -> bool:
    return not law.reference.takes_part(port, eta.date())


@rule(
    "AQ-07", INELIGIBLE, _("This terminal has not been approved for AQUA."),
    "[S 9]", SOURCED, needs=("port_code", "eta", "terminal.code", "terminal.approved"), law=True,
)  # fmt: skip
def terminal_not_approved(law: Law, port: str, eta: datetime, terminal: str, approved: bool) -> bool:
    return not approved and law.reference.takes_part(port, eta.date())


@rule(
    "AQ-09", INELIGIBLE,
    _("The request came less than 24 hours before arrival; ask for ordinary preliminary entry."),
    "[S 1,4]", SOURCED, needs=("submitted_at", "eta"),
)  # fmt: skip
def asked_too_late(submitted_at: datetime, eta: datetime) -> bool:
    return eta - submitted_at < FILED_BEFORE


@rule(
    "AQ-10", INCOMPLETE, _("Tick box 5 in section 9 and state the AQUA request."),
    "[S 1,2]", SOURCED, may=("f3171.attached", "f3171.box9_5_ticked", "f3171.box9_other_text"),
)  # fmt: skip
def form_without_the_request(attached: bool | None, ticked: bool | None, words: str | None) -> bool:
    return not attached or not ticked or not _ANNOTATION.search(words or "")


@rule(
    "AQ-11", INCOMPLETE, _("Send the request with the Notice of Arrival."),
    "[S 1]; the notice itself is due 96 hours ahead, 33 CFR 160 [U]", SOURCED, may=("notice_of_arrival_ref",),
)  # fmt: skip
def no_notice_of_arrival(reference: str | None) -> bool:
    return not (reference or "").strip()


@rule(
    "AQ-12", INELIGIBLE, _("The carrier's own advance data are missing."),
    "[S 17] lets the agency delay or refuse the permit to unlade", SOURCED, needs=("isf.stow_plan", "isf.csm"),
)  # fmt: skip
def no_advance_data(stow_plan: bool, status_messages: bool) -> bool:
    return not stow_plan or not status_messages


@rule(
    "AQ-13", MANUAL_REVIEW, _("Some bills have no importer security filing and will be held."),
    "[S 2,4]; 48 h hold practice [S 18]", SOURCED,
    needs=("isf.bills_without_isf",), public_text=A_PERSON_MUST_LOOK,
)  # fmt: skip
def bills_without_security_filing(bills: int) -> bool:
    return bills > 0


@rule(
    "AQ-14", MANUAL_REVIEW, _("Cargo on board is not all low risk."),
    "[S 8] low risk; threshold [D]", SOURCED,
    needs=("targeting.high_risk_bills", "targeting.holds"), public_text=A_PERSON_MUST_LOOK,
)  # fmt: skip
def risky_cargo(bills: int, holds: int) -> bool:
    return bills > 0 or holds > 0


@rule(
    "AQ-15", INELIGIBLE, _("A do-not-load order was ignored."),
    "[D]", DESIGN, needs=("targeting.do_not_load_breach",), public_text=A_PERSON_MUST_LOOK,
)  # fmt: skip
def loaded_against_an_order(breach: bool) -> bool:
    return breach


@rule(
    "AQ-16", INELIGIBLE, _("Cargo needing fumigation on arrival is excluded."),
    "[S 5]", SOURCED, needs=("cargo.fumigation_on_arrival",),
)  # fmt: skip
def fumigation_needed(fumigation: bool) -> bool:
    return fumigation


def _unsaid(calls: tuple[PortCall, ...]) -> Iterator[str]:
    for number, call in enumerate(calls):
        if call.country is None or call.region is None or call.date is None:
            for name in ("country", "region", "date"):
                if getattr(call, name) is None:
                    yield f"port_calls_24m.calls.{number}.{name}"


def _call_of_risk(law: Law, calls: tuple[PortCall, ...], eta: datetime) -> Mapping[str, str | int]:
    # The first call is told; one is enough.
    return next(risk_calls(law.reference, calls, months_before(eta.date(), 24)), {})


@rule(
    "AQ-17", INELIGIBLE,
    _("The ship called at a regulated moth area in the risk period: %(area)s on %(day)s."),
    "[S 5], one press report; policy a port [D]", SOURCED,
    needs=("port_code", "eta", "port_calls_24m.calls", "fsmc_certificate"),
    silent_without=frozenset({"port_calls_24m.calls"}), law=True,
)  # fmt: skip
def moth_call(
    law: Law, port: str, eta: datetime, calls: tuple[PortCall, ...], certificate: bool
) -> Mapping[str, str | int] | Missing:
    if unsaid := tuple(_unsaid(calls)):
        return Missing(unsaid)
    if certificate and law.reference.moth_policy(port, eta.date()) != "strict":
        return {}
    return _call_of_risk(law, calls, eta)


@rule(
    "AQ-18", MANUAL_REVIEW,
    _("Agriculture must confirm the moth certificate: the ship called at %(area)s on %(day)s."),
    "a certificate doesn't guarantee entry if eggs are found [S 21]", SOURCED,
    needs=("port_code", "eta", "port_calls_24m.calls", "fsmc_certificate"),
    silent_without=frozenset({"port_calls_24m.calls"}), law=True,
)  # fmt: skip
def moth_call_with_certificate(
    law: Law, port: str, eta: datetime, calls: tuple[PortCall, ...], certificate: bool
) -> Mapping[str, str | int]:
    if not certificate or law.reference.moth_policy(port, eta.date()) != "certificate":
        return {}
    return _call_of_risk(law, calls, eta)


@rule(
    "AQ-19", MANUAL_REVIEW, _("Send two years of port calls 96 hours before arrival."),
    "[S 21]", SOURCED, needs=("eta",), may=("port_calls_24m.received_at", "port_calls_24m.calls"),
)  # fmt: skip
def port_list_late(eta: datetime, received_at: datetime | None, calls: tuple[PortCall, ...] | None) -> bool:
    return received_at is None or not calls or eta - received_at < PORT_LIST_BEFORE


@rule(
    "AQ-20", INELIGIBLE, _("An agriculture action is open on this ship."),
    "agriculture compliance [S 2,4]; ship may be ordered out [S 21]; mapping [D]", SOURCED,
    needs=("ean.open_on_voyage", "fsmc_found"), public_text=A_PERSON_MUST_LOOK,
)  # fmt: skip
def agriculture_action(action: bool, eggs: bool) -> bool:
    return action or eggs


@rule(
    "AQ-21", MANUAL_REVIEW, _("Repeated wood-packaging violations."),
    "[D] on [S 22]", DESIGN,
    needs=("port_code", "eta", "wpm.carrier_violations_12m"), public_text=A_PERSON_MUST_LOOK, law=True,
)  # fmt: skip
def wood_packaging(law: Law, port: str, eta: datetime, violations: int) -> bool:
    return violations >= law.reference.wood_packaging_count(port, eta.date())


@rule(
    "AQ-22", INCOMPLETE, _("Confirm that crew stay on board until CBP clears them."),
    "[S 3,4,14,15]", SOURCED, needs=("crew.undertaking_signed",),
)  # fmt: skip
def crew_undertaking_open(signed: bool) -> bool:
    return not signed


@rule(
    "AQ-23", MANUAL_REVIEW, _("The crew list does not match."),
    "[U] no stored source states it as a condition", UNCONFIRMED,
    needs=("crew.discrepancies", "crew.mala_fide"), public_text=A_PERSON_MUST_LOOK,
)  # fmt: skip
def crew_list_differs(discrepancies: int, mala_fide: int) -> bool:
    return discrepancies > 0 or mala_fide > 0


@rule("AQ-24", INELIGIBLE, _("Stowaways were reported."), "[U]", UNCONFIRMED, needs=("stowaways",))
def stowaways_reported(stowaways: int) -> bool:
    return stowaways > 0


@rule(
    "AQ-25", MANUAL_REVIEW, _("Passengers on board need clearance first."),
    "19 CFR 4.30 [S 12]; mapping [D]", SOURCED, needs=("passengers",),
)  # fmt: skip
def passengers_on_board(passengers: int) -> bool:
    return passengers > 0


@rule(
    "AQ-26", Outcome.NOT_REQUIRED,
    _("Formal entry was made at an earlier US port; a permit may issue without preliminary entry."),
    "19 CFR 4.30(a)(2) [S 12]", SOURCED, needs=("last_us_port.formal_entry_done",),
)  # fmt: skip
def formal_entry_made(done: bool) -> bool:
    return done


RULES = (
    carrier_not_validated, carrier_not_in_good_standing, operator_not_validated, not_delivered_direct,
    not_a_container_ship, port_does_not_take_part, terminal_not_approved, asked_too_late, form_without_the_request,
    no_notice_of_arrival, no_advance_data, bills_without_security_filing, risky_cargo, loaded_against_an_order,
    fumigation_needed, moth_call, moth_call_with_certificate, port_list_late, agriculture_action, wood_packaging,
    crew_undertaking_open, crew_list_differs, stowaways_reported, passengers_on_board, formal_entry_made,
)  # fmt: skip

LISTED = (
    Listed(
        "AQ-08", _("A request for this port call already exists."), "per voyage and port [S 7,8]; key [D]", SOURCED,
        _("Filing refuses a second open or decided request for the same ship, voyage and port."),
    ),
    Listed(
        "AQ-27", _("The port call changed after approval."), "[D]", DESIGN,
        _("An approval is void when the ETA moves by more hours than the port allows, or terminal or voyage change."),
    ),
    Listed(
        "AQ-28", _("Decision overdue."), "12 h [S 3]; no automatic approval [D]", SOURCED,
        _("A request without decision 12 hours before arrival goes to a supervisor; it is never approved by itself."),
    ),
    Listed(
        "AQ-29", _("An earlier AQUA approval was misused."), "[D]; crew penalty [S 15]", DESIGN,
        _("Misuse revokes the approval, opens a consequence case and sends the next 12 months to a person."),
    ),
)  # fmt: skip
