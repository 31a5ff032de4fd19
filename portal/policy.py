"""The portal's whole policy table: every story's rows in one place."""

from __future__ import annotations

from accounts.policy import BOTH, EVERY_STAFF_ROLE, GET, Who, row, table
from accounts.policy.rows import ROWS as ACCOUNTS
from accounts.roles import Role
from fastlane.policy import ROWS as FASTLANE
from trusted_trader.policy import ROWS as PROGRAMME

OPEN = {Who.ANYONE}
STEWARDS = {Role.ADMINISTRATOR, Role.DATA_STEWARD, Role.AUDITOR}

PORTAL = (
    row("home", GET, OPEN),
    row("healthz", GET, OPEN),
    row("readyz", GET, OPEN),
    row("demo", GET, OPEN, note="exists in demonstration mode alone"),
    row("demo_mail", GET, OPEN, note="exists in demonstration mode alone"),
    row("admin:index", GET, EVERY_STAFF_ROLE),
    row("admin:app_list", GET, EVERY_STAFF_ROLE),
    row("admin:jsi18n", GET, EVERY_STAFF_ROLE),
    row("admin:login", GET, OPEN, note="leads to the one sign-in page"),
    row("admin:logout", BOTH, {Who.SIGNED_IN}),
)

TABLE = table(PORTAL, ACCOUNTS, PROGRAMME, FASTLANE)
