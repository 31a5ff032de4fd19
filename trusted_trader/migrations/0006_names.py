"""Companies by name for the staff: under row-level security nobody but the owner can use the trigram indexes.

PostgreSQL runs a policy before any operator that is not leakproof, and those of pg_trgm are not: as the app's role every
search reads every company. These functions run as the owner and ask the policy's question themselves, once. An owner
without `bypassrls` gets the same answers, only slower.
"""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from accounts.guards import STAFF

OWNERS = "language plpgsql stable security definer set search_path = public, pg_temp"

FUNCTIONS = f"""
create function portal_companies_named(words text) returns setof bigint {OWNERS} rows 200 as $$
declare
  pattern text := '%' || regexp_replace(words, '([\\\\%_])', '\\\\\\1', 'g') || '%';
begin
  if {STAFF} then
    return query execute format(
      'select c.id from accounts_company c where c.legal_name ilike %1$L or c.trade_name ilike %1$L', pattern);
  end if;
end $$;

create function portal_companies_alike(words text, states text[], most integer) returns setof bigint
{OWNERS} set pg_trgm.word_similarity_threshold = 0.4 rows 10 as $$
begin
  if {STAFF} then
    return query
      select c.id from accounts_company c
       where words <% c.legal_name
         and exists (select 1 from trusted_trader_application a where a.company_id = c.id and a.status = any(states))
       order by word_similarity(words, c.legal_name) desc, c.id limit most;
  end if;
end $$;
"""  # noqa: S608 - built from our own names

UNDO = "drop function portal_companies_named(text); drop function portal_companies_alike(text, text[], integer);"


class Migration(migrations.Migration):
    dependencies = [("trusted_trader", "0005_ties"), ("accounts", "0003_guards")]
    operations = [
        RunSQL(
            "create index company_trade_name_trigram on accounts_company using gin (trade_name gin_trgm_ops);",
            "drop index company_trade_name_trigram;",
        ),
        RunSQL(FUNCTIONS, UNDO),
    ]
