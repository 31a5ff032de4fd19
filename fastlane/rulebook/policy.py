"""Who may read the rule book and change it; its workflow table and the two people of an activation say more."""

from __future__ import annotations

from accounts.policy import BOTH, GET, POST, Factor, row
from accounts.roles import Role

STEWARDS = {Role.DATA_STEWARD}
SECONDS = {Role.DATA_STEWARD, Role.SUPERVISOR, Role.DIRECTOR}
READERS = SECONDS | {Role.AUDITOR, Role.PORT_OFFICER}

ROWS = (
    row("admin:rulebook", GET, READERS),
    row("admin:rulebook_edition", GET, READERS),
    row("admin:rulebook_new", POST, STEWARDS),
    row("admin:rulebook_row_new", BOTH, STEWARDS),
    row("admin:rulebook_row", BOTH, STEWARDS),
    row("admin:rulebook_drop", POST, STEWARDS),
    row("admin:rulebook_submit", POST, STEWARDS),
    row("admin:rulebook_propose", POST, STEWARDS),
    row("admin:rulebook_roll_back", POST, STEWARDS),
    row("admin:rulebook_confirm", POST, SECONDS, factor=Factor.FRESH, note="never the one who proposed it"),
    row("admin:rulebook_reject", POST, SECONDS),
)
