"""No life begins in the middle: a row is inserted in its first state, and moves from there with its events."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from accounts.guards import begins_as

BEGINS_AS = """
create function portal_begins_as() returns trigger language plpgsql as $$
begin
  raise exception 'the % of % begins as %', tg_argv[0], tg_table_name, tg_argv[1] using errcode = 'check_violation';
end $$;
"""
FIRST = {
    "application": "draft",
    "informationrequest": "open",
    "vetting": "open",
    "standingchange": "proposed",
    "validation": "recorded",
}


class Migration(migrations.Migration):
    dependencies = [("trusted_trader", "0007_validation")]
    operations = [
        RunSQL(BEGINS_AS, "drop function portal_begins_as();"),
        *[begins_as(f"trusted_trader_{name}", first) for name, first in FIRST.items()],
    ]
