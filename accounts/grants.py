"""Grant the app role rows, never ownership: events are only added and read, cases never removed."""

from __future__ import annotations

from typing import Any

from django.db import connections

APP_ROLE = "portal_app"
ADD_ONLY = (
    "accounts_event",
    "accounts_seal",
    "trusted_trader_snapshot",
    "trusted_trader_agreementsignature",
    "fastlane_agencyfact",
    "fastlane_arrivalevent",
    "fastlane_benefit",
    "fastlane_lanedecision",
    "fastlane_measuredcall",
    "fastlane_misuse",
)
# Rows that end, lapse or are withdrawn, and are never removed: a case may not disappear without a trace.
NEVER_REMOVED = (
    "accounts_user",
    "accounts_company",
    "accounts_account",
    "accounts_membership",
    "accounts_consent",
    "accounts_effect",
    "trusted_trader_application",
    "trusted_trader_informationrequest",
    "trusted_trader_vetting",
    "trusted_trader_decision",
    "trusted_trader_standing",
    "trusted_trader_standingchange",
    "trusted_trader_certificate",
    "trusted_trader_validation",
    "fastlane_activation",
    "fastlane_edition",
    "fastlane_lanerequest",
    "fastlane_parcelfile",
)

GRANTS = f"""
do $$ begin
  if not exists (select from pg_roles where rolname = '{APP_ROLE}') then create role {APP_ROLE} nologin; end if;
end $$;
grant usage on schema public to {APP_ROLE};
grant select, insert, update, delete on all tables in schema public to {APP_ROLE};
grant usage, select on all sequences in schema public to {APP_ROLE};
revoke insert, update, delete on django_migrations from {APP_ROLE};
"""  # noqa: S608 - a name of our own


def grant(using: str = "default", **_: Any) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(GRANTS)
        for table in ADD_ONLY:
            cursor.execute(f"revoke update, delete, truncate on {table} from {APP_ROLE}")
        for table in NEVER_REMOVED:
            cursor.execute(f"revoke delete, truncate on {table} from {APP_ROLE}")
