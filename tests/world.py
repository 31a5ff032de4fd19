"""A small world built once a module through operations; each test sees it whole and leaves nothing behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Account, Company, User
from accounts.roles import Role
from tests import builders
from tests.builders import NOW
from trusted_trader.application.models import Application
from trusted_trader.review import operations as review
from trusted_trader.standing import operations as standing

FULL = os.environ.get("PORTAL_TEST_SIZE", "small") == "full"
QUICK_PASSWORDS = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])


def size(small: int, full: int) -> int:
    """How much of something a run tries: PORTAL_TEST_SIZE=full for the long one."""
    return full if FULL else small


@dataclass(frozen=True)
class Staff:
    """Everybody of the government side whom a case meets."""

    specialist: User
    colleague: User
    vetter: User
    supervisor: User
    second_supervisor: User
    director: User
    deputy: User

    @property
    def everyone(self) -> tuple[User, ...]:
        return tuple(vars(self).values())


@dataclass(frozen=True)
class Firm:
    """A company with its officer, one account and its application."""

    officer: User
    company: Company
    account: Account
    application: Application


@dataclass(frozen=True)
class World:
    """`member` was certified, suspended and reinstated; `asked` owes an answer; `beginner` has a draft."""

    staff: Staff
    member: Firm
    asked: Firm
    beginner: Firm


def a_staff() -> Staff:
    return Staff(
        specialist=builders.staff("Sam Specialist", Role.SPECIALIST),
        colleague=builders.staff("Cora Colleague", Role.SPECIALIST, office="gulf"),
        vetter=builders.staff("Vera Vetter", Role.VETTING_OFFICER),
        supervisor=builders.staff("Sue Supervisor", Role.SUPERVISOR),
        second_supervisor=builders.staff("Sid Second", Role.SUPERVISOR, Role.SPECIALIST),
        director=builders.staff("Dora Director", Role.DIRECTOR),
        deputy=builders.staff("Dan Deputy", Role.DIRECTOR),
    )


def a_firm(name: str) -> Firm:
    """A company whose importer account has a draft."""
    officer = builders.a_user(name)
    company = builders.a_company(officer)
    account = builders.an_account(officer, company)
    return Firm(officer, company, account, account.applications.get())


def change_standing(firm: Firm, kind: str, people: Staff, *, days: int) -> None:
    """A director proposes, the deputy confirms a day later."""
    change = standing.propose_change(
        account=firm.account,
        kind=kind,
        reason="Seals were found broken at two of its sites.",
        letter="Dear company,",
        actor=people.director,
        at=NOW + timedelta(days=days),
    )
    standing.confirm_change(change=change, actor=people.deputy, at=NOW + timedelta(days=days, hours=1))


def build() -> World:
    people = a_staff()
    member, asked, beginner = a_firm("Olga Member"), a_firm("Otto Asked"), a_firm("Ove Beginner")
    builders.submitted(member.officer, member.account)
    builders.certified(member.application, people.specialist, people.vetter, people.supervisor)
    change_standing(member, "suspend", people, days=5)
    change_standing(member, "reinstate", people, days=7)
    builders.submitted(asked.officer, asked.account)
    builders.in_review(asked.application, people.specialist)
    review.ask(
        application=asked.application,
        questions={"2.1": "Who owns this procedure?", "3.1": "Since when?"},
        message="Two answers need more.",
        actor=people.specialist,
        at=NOW + timedelta(days=2),
    )
    for firm in (member, asked, beginner):
        firm.application.refresh_from_db()
    return World(people, member, asked, beginner)


@pytest.fixture(name="world", scope="module")
def a_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """In one transaction that is rolled back at the end; the tests of the module run in savepoints of it."""
    with django_db_blocker.unblock(), QUICK_PASSWORDS, transaction.atomic():
        with builders.system():
            made = build()
        yield made
        transaction.set_rollback(True)


@pytest.fixture(name="in_system")
def in_the_system(world: World, db: None) -> Iterator[None]:
    with builders.system():
        yield
