"""The tests' own database: row-level security binds, and each run stands alone."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts import tenancy
from accounts.models import Company
from tests import services


def current_user() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        return str(cursor.fetchone()[0])


def test_tests_act_as_the_role_the_portal_logs_in_as(db):
    assert current_user() == "portal_app"


def test_the_owner_comes_and_goes(as_owner):
    with as_owner():
        assert current_user() == "postgres"
    assert current_user() == "portal_app"


def test_the_role_returns_after_a_failure_inside(as_owner):
    with pytest.raises(ProgrammingError), transaction.atomic(), as_owner(), connection.cursor() as cursor:
        cursor.execute("select nonsense")
    assert current_user() == "portal_app"


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_acts_as_the_role_too():
    assert current_user() == "portal_app"
    connection.close()
    assert current_user() == "portal_app"


@pytest.mark.django_db(transaction=True)
def test_tables_were_emptied_by_the_owner_before_this_test():
    assert current_user() == "portal_app"


def test_a_company_is_seen_only_by_those_who_may(as_owner):
    with as_owner():
        company = Company.objects.create(legal_name="Example Freight")
    assert not Company.objects.filter(pk=company.pk).exists()
    with tenancy.enter(tenancy.Scope.USER, companies=[company.pk]):
        assert Company.objects.filter(pk=company.pk).exists()
    with tenancy.enter(tenancy.Scope.USER, companies=[company.pk + 1]):
        assert not Company.objects.filter(pk=company.pk).exists()
    with as_owner():  # the control: without the role everything is seen
        assert Company.objects.filter(pk=company.pk).exists()


def test_the_app_role_owns_nothing(db):
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_class where relowner = 'portal_app'::regrole")
        assert cursor.fetchone() == (0,)
        cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = 'portal_app'")
        assert cursor.fetchone() == (False,)


def test_processes_of_a_test_use_the_tests_database(db):
    environment = services.process_environment()
    assert environment["DATABASE_URL"].endswith("/" + connection.settings_dict["NAME"])
    assert "test_" in environment["DATABASE_URL"]
