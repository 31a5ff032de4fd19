"""The workflow holds under any order: random steps by everybody on the real database, beside a model of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Membership
from accounts.roles import Role
from tests import builders
from tests.builders import NOW
from tests.trusted_trader.case_machine import STATIONS, machine
from tests.world import QUICK_PASSWORDS, Firm, a_firm, a_staff, size
from trusted_trader.workflow.application import TABLE

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def stations(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    """A company at every station of its way; each run begins at one of them and is rolled back."""
    with django_db_blocker.unblock(), QUICK_PASSWORDS, transaction.atomic():
        with builders.system():
            people = a_staff()
            firms = {name: a_firm(f"Olga {name.title()}") for name in STATIONS}
            for name, firm in firms.items():
                bring(firm, people, STATIONS.index(name))
            yield SimpleNamespace(people=people, firms=firms, stranger=builders.a_user("Stan Stranger"))
        transaction.set_rollback(True)


def bring(firm: Firm, people: SimpleNamespace, station: int) -> None:
    builders.ready_to_submit(firm.officer, firm.account)
    for role in (Role.CONTACT, Role.CONSULTANT):
        person = builders.a_user(f"{role.title()} of {firm.company.pk}")
        Membership.objects.create(company=firm.company, user=person, role=role, started_at=NOW)
    if station >= 1:
        builders.submit(firm.officer, firm.application)
    if station >= 2:
        builders.judged(firm.application, people.specialist, people.vetter)
    if station >= 3:
        builders.recommend(firm.application, people.specialist)
    if station >= 4:
        builders.decide(firm.application, people.supervisor)


SMALL = settings(
    max_examples=size(200, 2000),
    stateful_step_count=size(10, 50),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


def test_the_workflow_holds_under_any_order(stations):
    run_state_machine_as_test(machine(stations), settings=SMALL)


def test_a_hole_in_the_table_is_noticed(stations, monkeypatch):
    """The control: a row that lets every role through is found by the same runs.

    A rarer hole may need the full size; the workflow tables' own tests look at every cell.
    """
    monkeypatch.setitem(TABLE, "withdraw", replace(TABLE["withdraw"], by=frozenset(Role)))
    with pytest.raises(AssertionError, match="against the model"):
        run_state_machine_as_test(machine(stations), settings=settings(SMALL, phases=[Phase.generate]))
