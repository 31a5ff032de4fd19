"""Who may open the staff's pages and press their buttons; the workflow table and the guards say more in each case."""

from __future__ import annotations

from accounts.policy import BOTH, GET, POST, Factor, row
from accounts.roles import Role

REVIEWERS = {Role.SPECIALIST, Role.SUPERVISOR}
WRITERS = REVIEWERS | {Role.DIRECTOR}
READERS = WRITERS | {Role.AUDITOR}
VETTERS = {Role.VETTING_OFFICER}
DIRECTORS = {Role.DIRECTOR}
REGISTERS = ("application", "evidence", "decision", "certificate", "standing", "standingchange", "vetting")

ROWS = (
    row("admin:review_queue", GET, READERS),
    row("admin:review_search", POST, READERS, note="a POST, so that numbers stay out of addresses; it writes nothing"),
    row("admin:review_bulk", POST, REVIEWERS, note="giving cases to others is for supervisors; the operation holds it"),
    row("admin:review_settings", BOTH, READERS),
    row("admin:review_filter_save", POST, READERS),
    row("admin:review_filter_remove", POST, READERS),
    row("admin:review_case", GET, READERS, note="a tie to the company: 404"),
    row("admin:review_here", GET, READERS),
    row("admin:review_compare", GET, READERS),
    row("admin:review_history", GET, READERS),
    row("admin:evidence_preview", GET, READERS),
    row("admin:evidence_picture", GET, READERS),
    row("admin:review_claim", POST, {Role.SPECIALIST}),
    row("admin:review_release", POST, {Role.SPECIALIST}),
    row("admin:review_reassign", POST, {Role.SUPERVISOR}),
    row("admin:review_verdict", POST, {Role.SPECIALIST}),
    row("admin:review_accept", POST, {Role.SPECIALIST}),
    row("admin:review_ask", POST, {Role.SPECIALIST}),
    row("admin:review_note", POST, WRITERS),
    row("admin:review_flag", POST, WRITERS),
    row("admin:review_flag_clear", POST, WRITERS),
    row("admin:review_letter", POST, REVIEWERS, note="shows a letter as it would read; it writes nothing"),
    row("admin:review_recommend", POST, {Role.SPECIALIST}),
    row("admin:review_decide", POST, {Role.SUPERVISOR}),
    row("admin:review_return", POST, {Role.SUPERVISOR}),
    row("admin:review_undo", POST, {Role.SUPERVISOR}),
    row("admin:vetting_list", GET, VETTERS | {Role.AUDITOR}),
    row("admin:vetting_case", GET, VETTERS | {Role.AUDITOR}),
    row("admin:vetting_reveal", POST, VETTERS, factor=Factor.FRESH),
    row("admin:vetting_conclude", POST, VETTERS),
    row("admin:vetting_reopen", POST, VETTERS),
    row("admin:standing_list", GET, READERS),
    row("admin:standing", GET, READERS),
    row("admin:standing_propose", POST, DIRECTORS, factor=Factor.FRESH),
    row("admin:standing_confirm", POST, DIRECTORS, factor=Factor.FRESH),
    row("admin:standing_reject", POST, DIRECTORS),
    row("admin:validation_record", POST, {Role.SPECIALIST}),
    row("admin:validation_confirm", POST, {Role.SUPERVISOR}, factor=Factor.FRESH),
    row("admin:validation_reject", POST, {Role.SUPERVISOR}),
    *(row(f"admin:trusted_trader_{name}_changelist", GET, READERS) for name in REGISTERS),
    *(row(f"admin:trusted_trader_{name}_change", GET, READERS) for name in REGISTERS),
)
