"""Row-level security and triggers of the programme's tables, and the certificate number sequence."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from accounts.guards import (
    PUBLIC, STAFF, consented, frozen, no_tie, officer_alone, protect, status_needs_event, tenant,
)  # fmt: skip

TENANT = (
    "application", "response", "evidence", "responseevidence", "businesspartner", "conveyance", "agreementsignature",
    "snapshot", "verdict", "informationrequest", "requestedanswer", "flag", "vetting", "decision", "standingchange",
)  # fmt: skip
STAFF_ALONE = ("assessment", "assignment", "note")

STANDING_NEEDS_EVENT = """
create function portal_standing_needs_event() returns trigger
language plpgsql set portal.scope = 'system' as $$
begin
  if upper_inf(new.valid) and upper_inf(new.known) and not exists (
    select 1 from accounts_event e
     where e.transaction = pg_current_xact_id()::text::bigint and e.operation = 'standing.change'
       and e.object_type = 'accounts_account' and e.object_id = new.account_id::text)
  then
    raise exception 'a standing begins only with its event' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger standing_needs_event before insert on trusted_trader_standing for each row
  execute function portal_standing_needs_event();
create function portal_standing_only_ends() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or not upper_inf(old.known) or upper_inf(new.known)
     or (to_jsonb(new) - 'known') is distinct from (to_jsonb(old) - 'known') or lower(new.known) <> lower(old.known) then
    raise exception 'a standing is never rewritten: its knowledge ends and a new row begins' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger standing_only_ends before update or delete on trusted_trader_standing for each row
  execute function portal_standing_only_ends();
"""

DROP_STANDING = """
drop trigger standing_needs_event on trusted_trader_standing; drop function portal_standing_needs_event();
drop trigger standing_only_ends on trusted_trader_standing; drop function portal_standing_only_ends();
"""


class Migration(migrations.Migration):
    dependencies = [("trusted_trader", "0001_initial"), ("accounts", "0003_guards")]
    operations = [
        RunSQL("create sequence portal_certificate_number start 1;", "drop sequence portal_certificate_number;"),
        *[protect(f"trusted_trader_{name}", tenant()) for name in TENANT],
        *[protect(f"trusted_trader_{name}", STAFF) for name in STAFF_ALONE],
        protect("trusted_trader_standing", tenant(), read=f"{PUBLIC} or {consented('trusted_trader_standing.account_id')}"),
        protect("trusted_trader_certificate", tenant(), read=PUBLIC),
        *[
            status_needs_event(f"trusted_trader_{name}")
            for name in ("application", "informationrequest", "vetting", "standingchange")
        ],
        frozen("trusted_trader_snapshot"),
        frozen("trusted_trader_agreementsignature"),
        no_tie("trusted_trader_decision", "decided_by_id"),
        no_tie("trusted_trader_application", "decided_by_id"),
        no_tie("trusted_trader_application", "reviewer_id"),
        no_tie("trusted_trader_standingchange", "concluded_by_id"),
        officer_alone("trusted_trader_agreementsignature"),
        officer_alone("trusted_trader_snapshot", when="new.sworn_version <> ''"),
        RunSQL(STANDING_NEEDS_EVENT, DROP_STANDING),
    ]
