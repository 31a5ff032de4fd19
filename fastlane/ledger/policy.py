"""Who may open the ledger."""

from __future__ import annotations

from accounts.policy import GET, POST, row
from accounts.roles import Role

READERS = {Role.OFFICER, Role.CONTACT, Role.COMPANY_USER, Role.CONSULTANT}
STAFF = {Role.SPECIALIST, Role.SUPERVISOR, Role.DIRECTOR, Role.PORT_OFFICER, Role.TARGETING_ANALYST, Role.AUDITOR}

ROWS = (
    row("benefits", GET, READERS, own="number"),
    row("benefits_csv", GET, READERS, own="number"),
    row("admin:ledger", GET, STAFF),
    row("admin:ledger", POST, {Role.PORT_OFFICER}, note="a terminal's call without the lane"),
)
