"""Grant the app role what it needs after each migration: rows, never ownership; events may only be added and read."""

from __future__ import annotations

from typing import Any

from django.db import connections

APP_ROLE = "portal_app"
ADD_ONLY = ("accounts_event", "accounts_seal", "trusted_trader_snapshot", "trusted_trader_agreementsignature")

GRANTS = f"""
do $$ begin
  if not exists (select from pg_roles where rolname = '{APP_ROLE}') then create role {APP_ROLE} nologin; end if;
end $$;
grant usage on schema public to {APP_ROLE};
grant select, insert, update, delete on all tables in schema public to {APP_ROLE};
grant usage, select on all sequences in schema public to {APP_ROLE};
revoke insert, update, delete on django_migrations from {APP_ROLE};
"""


def grant(using: str = "default", **_: Any) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(GRANTS)
        for table in ADD_ONLY:
            cursor.execute(f"revoke update, delete, truncate on {table} from {APP_ROLE}")
