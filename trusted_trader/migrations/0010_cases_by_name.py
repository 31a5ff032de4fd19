"""Open cases by their company's name, in place of the companies: a name that a tenth bears is joined once, by the owner."""

from importlib import import_module

from django.db import migrations
from django.db.migrations.operations import RunSQL

from accounts.guards import STAFF

names = import_module("trusted_trader.migrations.0006_names")

FUNCTION = f"""
create function portal_cases_named(words text, states text[]) returns setof bigint {names.OWNERS} as $$
declare
  pattern text := '%' || regexp_replace(words, '([\\\\%_])', '\\\\\\1', 'g') || '%';
begin
  if {STAFF} then
    return query execute format(
      'select a.id from trusted_trader_application a join accounts_company c on c.id = a.company_id'
      ' where a.status = any(%2$L::text[]) and (c.legal_name ilike %1$L or c.trade_name ilike %1$L)',
      pattern, states);
  end if;
end $$;
"""  # noqa: S608 - built from our own names
BEFORE = names.FUNCTIONS.partition("create function portal_companies_alike")[0]


class Migration(migrations.Migration):
    dependencies = [("trusted_trader", "0009_consents_row_by_row")]
    operations = [
        RunSQL("drop function portal_companies_named(text);", BEFORE),
        RunSQL(FUNCTION, "drop function portal_cases_named(text, text[]);"),
    ]
