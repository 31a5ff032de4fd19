"""The SQL that guards tables: row-level security and triggers, used by migrations of every app.

`protect` forces row-level security on a table; `status_needs_event` lets a status change only when the same
transaction has recorded an event that says so.
"""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

SCOPE = "(select current_setting('portal.scope', true))"
COMPANIES = "(select string_to_array(nullif(current_setting('portal.companies', true), ''), ',')::bigint[])"
USER = "(select nullif(current_setting('portal.user', true), '')::bigint)"
CLIENT = "(select current_setting('portal.client', true))"

STAFF = f"{SCOPE} in ('staff', 'system')"
SYSTEM = f"{SCOPE} = 'system'"
PUBLIC = f"{SCOPE} = 'public'"


def tenant(column: str = "company_id") -> str:
    """The rows of the companies named for this transaction; all of them for staff and the portal itself."""
    return f"{STAFF} or {column} = any({COMPANIES}::bigint[])"


def consented(account_column: str, more: str = "true") -> str:
    """The rows of accounts that consented (`c`, and `more` holds) to the partner client named for this transaction.

    `offset 0` has the consent looked up row by row, by its index. Else PostgreSQL reads all consents of a client first,
    which takes a quarter of a second where it has 100,000 members.
    """
    return (
        f"{SCOPE} = 'partner' and exists (select 1 from accounts_consent c join accounts_partnerclient p"  # noqa: S608 - built from our own names
        f" on p.id = c.partner_id where c.account_id = {account_column} and c.revoked_at is null"
        f" and {more} and p.client_id = {CLIENT} offset 0)"
    )


def protect(table: str, using: str, *, read: str = "", check: str = "") -> RunSQL:
    """Force row-level security: `using` for every command, `read` adds rows that may be looked at only."""
    statements = [
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f"create policy tenant on {table} using ({using}) with check ({check or using})",
    ]
    if read:
        statements.append(f"create policy reader on {table} for select using ({read})")
    undo = [
        f"drop policy if exists reader on {table}",
        f"drop policy if exists tenant on {table}",
        f"alter table {table} disable row level security",
    ]
    return RunSQL([f"{s};" for s in statements], [f"{s};" for s in undo])


def reread(table: str, read: str) -> RunSQL:
    """Say anew which more rows may be looked at."""
    return RunSQL(f"alter policy reader on {table} using ({read});", RunSQL.noop)


def status_needs_event(table: str, column: str = "status") -> RunSQL:
    """A trigger: this column changes only in a transaction that recorded the change as an event before."""
    return RunSQL(
        f"create trigger {table}_{column}_needs_event before update of {column} on {table} for each row"
        f" when (old.{column} is distinct from new.{column}) execute function portal_needs_event('{column}');",
        f"drop trigger {table}_{column}_needs_event on {table};",
    )


def begins_as(table: str, first: str, column: str = "status") -> RunSQL:
    """A trigger: a row of this table begins its life at the beginning, whoever writes it."""
    return RunSQL(
        f"create trigger {table}_{column}_begins before insert on {table} for each row"
        f" when (new.{column} is distinct from '{first}') execute function portal_begins_as('{column}', '{first}');",
        f"drop trigger {table}_{column}_begins on {table};",
    )


def frozen(table: str) -> RunSQL:
    """A trigger: rows of this table are added and never changed or removed."""
    return RunSQL(
        f"create trigger {table}_is_frozen before update or delete on {table} for each row"
        f" execute function portal_is_frozen();",
        f"drop trigger {table}_is_frozen on {table};",
    )


def no_tie(table: str, column: str) -> RunSQL:
    """Triggers: this person has no tie to the company of the row when they come in (see portal_is_tied).

    A tie that is found later keeps nobody from saving the row: the company may still withdraw, a colleague take over.
    """
    call = f"execute function portal_no_tie('{column}')"
    new, old = f"new.{column}", f"old.{column}"
    return RunSQL(
        f"create or replace trigger {table}_{column}_no_tie before insert on {table} for each row"
        f" when ({new} is not null) {call};"
        f"create or replace trigger {table}_{column}_no_tie_later before update of {column} on {table} for each row"
        f" when ({new} is not null and {new} is distinct from {old}) {call};",
        f"drop trigger if exists {table}_{column}_no_tie on {table};"
        f"drop trigger if exists {table}_{column}_no_tie_later on {table};",
    )


def officer_alone(table: str, column: str = "signed_by_id", *, when: str = "true") -> RunSQL:
    """A trigger: this person is a company officer of the row's company now (a consultant never signs)."""
    return RunSQL(
        f"create trigger {table}_{column}_officer before insert on {table} for each row"
        f" when ({when}) execute function portal_officer_alone('{column}');",
        f"drop trigger {table}_{column}_officer on {table};",
    )


FUNCTIONS = """
create function portal_chain_head(wanted text, out sequence integer, out hash varchar)
language plpgsql set portal.scope = 'system' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(wanted, 7411));
  select e.sequence, e.hash into sequence, hash from accounts_event e
   where e.subject = wanted order by e.sequence desc limit 1;
  sequence := coalesce(sequence, 0);
  hash := coalesce(hash, '');
end $$;

create function portal_needs_event() returns trigger
language plpgsql set portal.scope = 'system' as $$
declare
  wanted text := to_jsonb(new) ->> tg_argv[0];
begin
  if not exists (
    select 1 from accounts_event e
     where e.transaction = pg_current_xact_id()::text::bigint and e.object_type = tg_table_name
       and e.object_id = new.id::text and e.changes -> tg_argv[0] ->> 'new' is not distinct from wanted)
  then
    raise exception 'the % of % % changes only with its event', tg_argv[0], tg_table_name, new.id
      using errcode = 'check_violation';
  end if;
  return new;
end $$;

create function portal_is_frozen() returns trigger language plpgsql as $$
begin
  raise exception '% is never changed once written', tg_table_name using errcode = 'check_violation';
end $$;

create function portal_is_tied(person bigint, company bigint, years integer) returns boolean
language sql stable set portal.scope = 'system' as $$
  select exists (select 1 from accounts_membership m where m.user_id = person and m.company_id = company
                   and (m.ended_at is null or m.ended_at > now() - make_interval(years => years)))
      or exists (select 1 from accounts_stafftie t where t.user_id = person and t.company_id = company
                   and (t.until is null or t.until > now()))
$$;

create function portal_no_tie() returns trigger language plpgsql as $$
begin
  if portal_is_tied((to_jsonb(new) ->> tg_argv[0])::bigint, new.company_id, 2) then
    raise exception 'the person in % has a tie to the company', tg_argv[0] using errcode = 'check_violation';
  end if;
  return new;
end $$;

create function portal_officer_alone() returns trigger
language plpgsql set portal.scope = 'system' as $$
begin
  if not exists (select 1 from accounts_membership m where m.user_id = (to_jsonb(new) ->> tg_argv[0])::bigint
                  and m.company_id = new.company_id and m.role = 'officer' and m.ended_at is null) then
    raise exception 'only an officer of the company signs' using errcode = 'check_violation';
  end if;
  return new;
end $$;
"""

DROP_FUNCTIONS = """
drop function portal_chain_head(text); drop function portal_needs_event(); drop function portal_is_frozen();
drop function portal_no_tie(); drop function portal_is_tied(bigint, bigint, integer); drop function portal_officer_alone();
"""
