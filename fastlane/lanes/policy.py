"""Who may open the lanes' pages and press their buttons; the workflow table and the guards say more in each case."""

from __future__ import annotations

from accounts.policy import BOTH, GET, POST, Who, row
from accounts.roles import Role

FILERS = {Role.OFFICER, Role.CONTACT, Role.COMPANY_USER, Role.VESSEL_AGENT}
READERS = FILERS | {Role.CONSULTANT}
DESK = {Role.PORT_OFFICER, Role.SUPERVISOR, Role.TARGETING_ANALYST, Role.AUDITOR}

COMPANY = (
    row("terminal_calls", GET, READERS - {Role.VESSEL_AGENT}, own="number"),
    row("lane_list", GET, READERS, own="number"),
    row("lane_request", GET, READERS, own="number"),
    row("lane_new", POST, FILERS, own="number"),
    row("lane_form", BOTH, FILERS, own="number"),
    row("lane_port_calls", BOTH, FILERS, own="number"),
    *(
        row(name, POST, FILERS, own="number")
        for name in ("lane_autosave", "lane_send", "lane_amend", "lane_withdraw", "lane_arrival")
    ),
    *(
        row(name, GET, READERS | DESK, own="number", note="staff open them from the queue; a tie to the company: 404")
        for name in ("lane_form_pdf", "lane_decision_pdf")
    ),
)

OPEN = (
    row("lane_rules", GET, {Who.SIGNED_IN}),
    row("lane_what_if", BOTH, {Who.SIGNED_IN}, note="nothing is stored; a request's facts as its reader may see them"),
)

STAFF = (
    row("admin:lane_queue", GET, DESK),
    row("admin:lane_search", POST, DESK, note="a POST, so that numbers stay out of addresses; it writes nothing"),
    row("admin:lane_request", GET, DESK, note="a tie to the company: 404"),
    row("admin:lane_fact", POST, {Role.PORT_OFFICER}),
    *(row(f"admin:lane_{step}", POST, {Role.PORT_OFFICER}) for step in ("propose", "approve", "refuse")),
    row("admin:lane_revoke", POST, {Role.PORT_OFFICER, Role.SUPERVISOR}),
)

ROWS = (*COMPANY, *OPEN, *STAFF)
