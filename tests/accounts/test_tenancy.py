"""Row-level security on every table of a company: complete, forced, and holding on reused connections."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection

from accounts import tenancy
from accounts.tenancy import Scope
from tests.world import World, a_world  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def rows(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def company_tables() -> list[str]:
    """Every table with a company column, and the companies themselves, from the catalogue."""
    found = rows(
        "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace"
        " and a.attname = 'company_id' and not a.attisdropped order by 1"
    )
    return ["accounts_company", *(name for (name,) in found)]


def seen(table: str) -> set[int | None]:
    """The companies whose rows this transaction sees in a table."""
    column = "id" if table == "accounts_company" else "company_id"
    return {company for (company,) in rows(f"select distinct {column} from {table}")}


def test_every_table_with_a_company_forces_row_level_security(db):
    covered = {
        name
        for (name,) in rows(
            "select c.relname from pg_class c where c.relrowsecurity and c.relforcerowsecurity"
            " and exists (select 1 from pg_policy p where p.polrelid = c.oid)"
        )
    }
    missing = set(company_tables()) - covered
    assert not missing
    print(f"\n{len(company_tables())} of {len(company_tables())} tables covered")


def test_every_model_of_a_company_is_among_these_tables(db):
    owned = {
        model._meta.db_table
        for model in apps.get_models()
        if any(field.name == "company" and field.many_to_one for field in model._meta.get_fields())
    }
    assert owned <= set(company_tables())


def test_what_hangs_on_a_company_through_a_link_table_is_known(db):
    """Tables without a company column that point to a company's table: each is named here with why it may be open."""
    open_by_reason = {
        "accounts_partnerclient": "a partner's system belongs to no company",
        "trusted_trader_validation_sites": "ids alone, and those of validations that one may see (a policy of its own)",
        "trusted_trader_note_mentions": "ids of staff and of a note that the company can't read",
    }
    pointing = {
        name
        for (name,) in rows(
            "select distinct k.conrelid::regclass::text from pg_constraint k where k.contype = 'f'"
            " and k.confrelid::regclass::text = any(%s)",
            company_tables(),
        )
    }
    assert pointing - set(company_tables()) <= set(open_by_reason)


def test_the_app_role_neither_owns_nor_bypasses(db):
    assert rows("select current_user") == [("portal_app",)]
    assert rows("select count(*) from pg_class where relowner = 'portal_app'::regrole") == [(0,)]
    assert rows("select rolsuper or rolbypassrls or rolcreaterole from pg_roles where rolname = 'portal_app'") == [
        (False,)
    ]
    # No way up: the role is a member of no other one.
    assert rows("select count(*) from pg_auth_members where member = 'portal_app'::regrole") == [(0,)]


def test_without_a_tenant_no_row_is_seen(world):
    leaked = {table: count for table in company_tables() if (count := len(rows(f"select 1 from {table}")))}
    assert not leaked


def test_the_owner_sees_the_rows_so_there_is_something_to_hide(world, as_owner):
    """The control: nearly every table holds rows of at least one company, and only the policy hides them."""
    with as_owner():
        filled = {table for table in company_tables() if rows(f"select 1 from {table} limit 1")}
    print(f"\n{len(filled)} of {len(company_tables())} tables hold rows in this world")
    assert {"accounts_company", "accounts_event", "trusted_trader_application", "trusted_trader_standing"} <= filled
    # The lanes have a world of their own; here it is about the programme.
    programme = [table for table in company_tables() if not table.startswith("fastlane_")]
    assert len(filled) >= len(programme) * 3 // 4


def test_a_company_never_sees_another_one_by_raw_sql(world):
    own = world.member.company.pk
    with tenancy.enter(Scope.USER, user_id=world.member.officer.pk, companies=[own]):
        leaked = {table: found for table in company_tables() if (found := seen(table) - {own, None})}
    assert not leaked


def test_what_staff_alone_may_know_stays_hidden_from_the_company_itself(world):
    own = world.member.company.pk
    with tenancy.enter(Scope.USER, user_id=world.member.officer.pk, companies=[own]):
        for table in ("trusted_trader_assessment", "trusted_trader_assignment", "trusted_trader_note"):
            assert not seen(table)
        assert not rows("select 1 from accounts_event where internal")
    with tenancy.enter(Scope.STAFF):
        assert seen("trusted_trader_assessment")
        assert rows("select 1 from accounts_event where internal")


def test_a_policy_that_is_lifted_shows_the_foreign_rows(world, as_owner):
    """The control: with one table's security switched off, the same look finds the leak."""
    own = world.member.company.pk
    with as_owner():
        run("set constraints all immediate")
        run("alter table trusted_trader_application disable row level security")
    with tenancy.enter(Scope.USER, companies=[own]):
        assert seen("trusted_trader_application") - {own}


def foreign_writes(world: World) -> list[tuple[str, str, tuple]]:
    own, foreign = world.member, world.asked
    return [
        ("insert a facility", "insert into accounts_facility (company_id, name, kind, street, city,"
         " region, postal_code, country, staffed, handles_cargo, version)"
         " values (%s, 'X', 'office', 'S', 'C', '', '', 'US', true, true, 1)",
         (foreign.company.pk,)),
        ("insert a membership", "insert into accounts_membership (company_id, user_id, role, started_at)"
         " values (%s, %s, 'officer', now())", (foreign.company.pk, own.officer.pk)),
        ("insert a note", "insert into trusted_trader_note (company_id, application_id, text, written_by_id,"
         " written_at) values (%s, %s, 'x', %s, now())", (own.company.pk, own.application.pk, own.officer.pk)),
        ("insert an event", "insert into accounts_event (subject, sequence, at, operation, actor_kind, actor_id,"
         " company_id, object_type, object_id, changes, reason, internal, channel, request_id, previous_hash, hash)"
         " values ('account:x', 1, now(), 'x', 'user', '1', %s, '', '', '{}', '', false, '', '', '', 'x')",
         (foreign.company.pk,)),
        ("give a row away", "update accounts_facility set company_id = %s, name = 'Given' where company_id = %s",
         (foreign.company.pk, own.company.pk)),
    ]  # fmt: skip


def test_a_row_of_another_company_can_not_be_written(world):
    for name, sql, values in foreign_writes(world):
        with (
            pytest.raises(DatabaseError, match="row-level security"),
            tenancy.enter(Scope.USER, user_id=world.member.officer.pk, companies=[world.member.company.pk]),
        ):
            assert not rows(sql + " returning 1", *values), name


def test_the_same_writes_pass_where_they_belong(world):
    """The control: the statements are sound; only whose company they name was wrong."""
    for name, sql, values in foreign_writes(world):
        with tenancy.enter(Scope.SYSTEM):
            assert rows(sql + " returning 1", *values), name


def test_an_update_or_delete_reaches_no_foreign_row(world):
    own, foreign = world.member.company.pk, world.asked.company.pk
    with tenancy.enter(Scope.USER, companies=[own]):
        assert not rows("update accounts_facility set city = 'X' where company_id = %s returning 1", foreign)
        assert not rows("delete from accounts_facility where company_id = %s returning 1", foreign)
        assert rows("update accounts_facility set city = 'X' where company_id = %s returning 1", own)
