"""No fact changes by itself: a guarded row moves only in a transaction that recorded why, and equals its events."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import events, grants, origin
from accounts.events.verifying import chain_faults
from accounts.models import Company, Event
from tests import builders, folding
from tests.builders import NOW
from tests.world import a_world, in_the_system  # noqa: F401 - fixtures
from trusted_trader.application.models import Application, Snapshot
from trusted_trader.standing.models import Standing

pytestmark = pytest.mark.usefixtures("in_system")


def run(sql: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def refused(sql: str, *values: object) -> str:
    """The database's reason for refusing this statement."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        run(sql, *values)
    return str(caught.value)


def guarded_columns() -> set[tuple[str, str]]:
    """Table and column of every trigger that wants an event, from the catalogue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select t.tgrelid::regclass::text, a.attname from pg_trigger t"
            " join pg_attribute a on a.attrelid = t.tgrelid and a.attnum = any(t.tgattr)"
            " where t.tgfoid = 'portal_needs_event'::regproc"
        )
        return set(cursor.fetchall())


def test_every_model_with_a_status_is_guarded(world):
    guarded = {table for table, _column in guarded_columns()} | {Standing._meta.db_table}
    assert {model._meta.db_table for model in folding.models_with_a_status()} <= guarded


def has_rows(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"select 1 from {table} limit 1")
        return cursor.fetchone() is not None


def test_every_guarded_column_refuses_a_change_without_its_event(world):
    # A trigger for each row can be seen where there is a row; the lanes' own tests have theirs.
    columns = {(table, column) for table, column in guarded_columns() if has_rows(table)}
    assert len(columns) >= 4
    for table, column in sorted(columns):
        assert "changes only with its event" in refused(f"update {table} set {column} = 'elsewhere'"), table


def test_an_event_that_tells_another_value_does_not_help(world):
    row = world.beginner.application
    subject = events.account_subject(world.beginner.account.number)
    with transaction.atomic():
        events.record(
            subject, "test", actor=None, at=NOW, about=row, changes={"status": {"old": "draft", "new": "withdrawn"}}
        )
        assert "changes only with its event" in refused(
            "update trusted_trader_application set status = 'certified' where id = %s", row.pk
        )
        # The control: the value that the event tells goes through.
        assert run("update trusted_trader_application set status = 'withdrawn' where id = %s", row.pk) == 1


def test_without_the_trigger_the_status_would_move_by_itself(world, as_owner):
    with as_owner():
        run("set constraints all immediate")
        run("alter table trusted_trader_application disable trigger user")
    assert run("update trusted_trader_application set status = 'elsewhere'")
    assert folding.differences()


def test_a_standing_is_never_rewritten_removed_or_begun_without_its_event(world, as_owner):
    assert "never rewritten" in refused("update trusted_trader_standing set status = 'good', known = known")
    assert "never rewritten" in refused("update trusted_trader_standing set known = tstzrange(lower(known), null)")
    with as_owner():
        assert "never rewritten" in refused("delete from trusted_trader_standing")
    account = world.beginner.account
    assert "only with its event" in refused(
        "insert into trusted_trader_standing (company_id, account_id, valid, known, level, status, reason)"
        " values (%s, %s, tstzrange(now(), null), tstzrange(now(), null), 'certified', 'good', '')",
        account.company_id,
        account.pk,
    )


def test_events_are_added_and_never_touched_again_by_the_app(world):
    for statement in (
        "update accounts_event set reason = 'x'",
        "delete from accounts_event",
        "truncate accounts_event",
        "alter table accounts_event add column x int",
        "alter table accounts_event disable row level security",
    ):
        reason = refused(statement)
        assert "permission denied" in reason or "must be owner" in reason, statement


@pytest.mark.parametrize("table", grants.NEVER_REMOVED)
def test_a_case_and_whose_it_is_can_not_disappear(table, world):
    assert "permission denied" in refused(f"delete from {table}")


def test_what_is_guarded_is_never_removed_either(world):
    guarded = {model._meta.db_table for model in folding.models_with_a_status()}
    assert guarded <= set(grants.NEVER_REMOVED)


def test_the_app_may_not_switch_the_guards_off(world):
    for statement in (
        "set local session_replication_role = replica",
        "alter table trusted_trader_application disable trigger all",
        "drop trigger trusted_trader_snapshot_is_frozen on trusted_trader_snapshot",
        "create or replace function portal_is_frozen() returns trigger language plpgsql as 'begin return new; end'",
    ):
        reason = refused(statement)
        assert "permission denied" in reason or "must be owner" in reason, statement


def test_the_rows_equal_the_fold_of_their_events(world):
    assert Application.objects.count() == 3
    assert folding.differences() == []


def test_the_fold_notices_a_row_that_moved_alone(world, as_owner):
    with as_owner():
        run("set constraints all immediate")
        run("alter table trusted_trader_vetting disable trigger user")
        run("update trusted_trader_vetting set status = 'failed'")
    assert folding.differences()


def test_every_chain_of_the_world_holds(world):
    rows = Event.objects.order_by("subject", "sequence").values(*events.HASHED, "hash")
    assert len(rows) > 300
    assert chain_faults(rows, {}) == []


def test_an_event_holds_who_for_whom_what_why_when_and_whence(world):
    company = world.beginner.company
    with origin.coming_from("page", request_id="r-1"):
        event = events.record(
            "company:1",
            "company.change",
            actor=world.beginner.officer,
            at=NOW,
            about=company,
            changes={"city": {"old": "Norfolk", "new": "Savannah"}},
            reason="Moved.",
            company_id=company.pk,
            on_behalf_of=company.pk,
        )
    event.refresh_from_db()
    assert (event.actor_kind, event.actor_id) == ("user", str(world.beginner.officer.pk))
    assert (event.channel, event.request_id, event.reason) == ("page", "r-1", "Moved.")
    assert (event.object_type, event.object_id) == ("accounts_company", str(company.pk))
    assert event.on_behalf_of == company.pk
    assert event.changes == {"city": {"old": "Norfolk", "new": "Savannah"}}


def test_an_operation_that_fails_leaves_neither_row_nor_event(world):
    events_before, companies_before = Event.objects.count(), Company.objects.count()
    officer = builders.a_user("Fay Fails")
    with transaction.atomic():
        builders.a_company(officer, name="Never There")
        assert Event.objects.count() > events_before
        transaction.set_rollback(True)
    assert (Event.objects.count(), Company.objects.count()) == (events_before, companies_before)


def test_a_snapshot_and_a_signature_are_frozen_even_for_the_owner(world, as_owner):
    assert Snapshot.objects.count() == 2
    for table in ("trusted_trader_snapshot", "trusted_trader_agreementsignature"):
        for statement in (f"update {table} set address = null", f"delete from {table}"):
            assert "permission denied" in refused(statement)
            with as_owner():
                assert "never changed once written" in refused(statement)
