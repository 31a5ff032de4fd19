"""Who may open which page of the programme (see accounts.policy)."""

from __future__ import annotations

from accounts.policy import BOTH, GET, POST, Factor, row
from accounts.roles import Role
from trusted_trader.review.policy import ROWS as REVIEW

MEMBERS = {Role.OFFICER, Role.CONTACT, Role.COMPANY_USER, Role.CONSULTANT}
WRITERS = MEMBERS
SPEAKERS = {Role.OFFICER, Role.CONTACT}
ANSWERERS = {Role.OFFICER, Role.CONTACT, Role.COMPANY_USER}
AUDITORS = {Role.AUDITOR}
CASE_STAFF = {Role.SPECIALIST, Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR}

READ_AND_WRITE = (
    "identifiers",
    "tasks",
    "eligibility",
    "profile_questions",
    "business_partners",
    "copy_answers",
    "criterion",
    "sheet",
    "sheet_preview",
    "evidence",
    "evidence_edit",
)
READ = (
    "case",
    "company_part",
    "category",
    "agreement_pdf",
    "profile_pdf",
    "sheet_out",
    "evidence_rows",
    "receipt_page",
    "account_history",
)
WRITE = ("business_partner_remove", "conveyance_remove", "autosave", "evidence_remove")
PAPERS = ("receipt_pdf", "certificate_pdf", "letter_pdf", "change_pdf", "evidence_file")

COMPANY = (
    row("account_open", BOTH, {Role.OFFICER, Role.CONTACT}, own="company"),
    *(row(name, BOTH, WRITERS, own="number") for name in READ_AND_WRITE),
    *(row(name, GET, MEMBERS, own="number") for name in READ),
    *(row(name, POST, WRITERS, own="number") for name in WRITE),
    *(
        row(name, GET, MEMBERS | CASE_STAFF, own="number", note="staff open a company's papers from the case")
        for name in PAPERS
    ),
    row("agreement", GET, MEMBERS, own="number"),
    row("agreement", POST, {Role.OFFICER}, own="number", note="a consultant never signs"),
    row("check", GET, MEMBERS, own="number"),
    row("check", POST, {Role.OFFICER}, own="number", factor=Factor.FRESH, note="the officer submits, alone"),
    row("questions", GET, MEMBERS, own="number"),
    row("questions", POST, ANSWERERS, own="number"),
    row("withdraw", BOTH, SPEAKERS, own="number"),
)

AUDIT = tuple(
    row(name, GET, AUDITORS) for name in ("audit", "audit_reveals", "audit_chain", "audit_account", "audit_bundle")
)

ROWS = (*COMPANY, *AUDIT, *REVIEW)
