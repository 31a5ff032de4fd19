"""Cases and companies by name: staff find them by index, and no other tenant learns that one exists."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts import tenancy
from accounts.models import Account, Company
from accounts.tenancy import Scope
from tests.builders import NOW, system
from tests.trusted_trader.review.rows import many_cases, past_the_triggers
from trusted_trader.application.models import Application
from trusted_trader.review import names
from trusted_trader.review.filters import IN_QUEUE


@pytest.fixture
def cases(people) -> dict[str, Application]:
    """Cases by a short name of their companies, all open but one."""
    made = {}
    with system():
        for key, legal, trade in (
            ("heron", "Grey Heron Line Example", ""),
            ("trade", "Example Holding 7", "Heron & Daughters"),
            ("percent", "Fifty % Off_Example \\ Co", ""),
            ("other", "Cedar Freight Example", "Cedar"),
            ("over", "Old Heron Line Example", ""),
        ):
            company = Company.objects.create(legal_name=legal, trade_name=trade, created_at=NOW)
            account = Account.objects.create(
                company=company, number=f"TT-7{company.pk:07d}", entity_type="importer", opened_at=NOW
            )
            with past_the_triggers():
                made[key] = Application.objects.create(
                    company=company, account=account, edition="2020-03",
                    status="withdrawn" if key == "over" else "submitted",
                )  # fmt: skip
    return made


def found(words: str) -> set[int]:
    return set(names.cases_named(words, states=IN_QUEUE))


def without_the_guard(function: str) -> None:
    """Put the owner's function in place without its question about the scope."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef(%s::regproc)", [function])
        (text,) = cursor.fetchone()
        changed = text.replace(
            "if (select current_setting('portal.scope', true)) in ('staff', 'system') then", "if true then"
        )
        assert changed != text
        cursor.execute(changed)


def test_open_cases_are_found_by_legal_and_trade_names_in_any_letters(cases, in_system):
    assert found("HERON") == {cases["heron"].pk, cases["trade"].pk}
    assert found("on lin") == {cases["heron"].pk}
    assert names.cases_named("heron", states=["withdrawn"]) == [cases["over"].pk]


@pytest.mark.parametrize("words", ["% off_", "_Example", "% ", "\\"])
def test_signs_of_a_pattern_are_only_signs(words, cases, in_system):
    assert found(words) == {cases["percent"].pk}
    assert found("heron%line") == set()


@pytest.mark.parametrize("scope", [Scope.NOBODY, Scope.USER, Scope.PARTNER, Scope.PUBLIC])
def test_nobody_but_staff_finds_a_company_by_name(scope, cases, people, as_owner):
    with system():
        many_cases(30, [people["specialist"]])
    with tenancy.enter(Scope.STAFF):
        assert cases["heron"].pk in found("heron")
        assert names.alike("Hern Line", states=IN_QUEUE, most=10)
    # Not even one's own: what a company may see it reads under the policies.
    with tenancy.enter(scope, user_id=people["officer"].pk, companies=[cases["heron"].company_id], client_id="x"):
        assert found("heron") == set()
        assert names.alike("Hern Line", states=IN_QUEUE, most=10) == []
    # The control: the owner's functions would tell everyone, were it not for their question.
    with as_owner():
        without_the_guard("portal_cases_named")
        without_the_guard("portal_companies_alike")
    with tenancy.enter(scope, user_id=people["officer"].pk):
        assert cases["heron"].pk in found("heron")
        assert names.alike("Hern Line", states=IN_QUEUE, most=10)


def test_the_likest_name_comes_first_and_companies_without_an_open_case_are_left_out(cases, people, in_system):
    many = [case for case in many_cases(40, [people["specialist"]]) if case.status in IN_QUEUE]
    open_names = {case.company_id: case.account.company.legal_name for case in many}
    wanted = next(company for company, name in open_names.items() if name.startswith("Cedar"))
    found = names.alike(open_names[wanted].replace("Cedar", "Ceder"), states=IN_QUEUE, most=10)
    assert open_names[found[0]].startswith("Cedar")
    assert set(found) <= open_names.keys() | {case.company_id for case in cases.values()}
    likest = names.alike("Old Heron Lyne Example", states=IN_QUEUE, most=10)
    assert cases["heron"].company_id in likest
    assert cases["over"].company_id not in likest
    assert len(names.alike("Cedar Line Example", states=IN_QUEUE, most=2)) == 2


def test_the_functions_run_as_an_owner_that_the_app_is_not(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.prosecdef, p.proowner = 'portal_app'::regrole, p.proconfig::text from pg_proc p"
            " where p.proname in ('portal_cases_named', 'portal_companies_alike')"
        )
        rows = cursor.fetchall()
    assert len(rows) == 2
    # A search path of the caller's could put another function or table in the place of ours.
    assert all(definer and not ours and "search_path=public, pg_temp" in path for definer, ours, path in rows)
