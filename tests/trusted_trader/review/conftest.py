"""The people of the review, signed in with two factors, and cases that operations have brought where they stand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from tests import builders
from tests.builders import NOW, system
from trusted_trader.application.models import Application


def sign_in(user: User) -> Client:
    """A client in whose session this user has just shown two factors."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    now = time.time()
    session["account_authentication_methods"] = [
        {"method": "password", "at": now, "email": user.email},
        {"method": "mfa", "at": now, "type": "totp"},
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Nobody signs in by password here, so none has to be slow to guess."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def in_system(db: None) -> Iterator[None]:
    with system():
        yield


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """Everybody of a review, by name; `tied` is a specialist who is also of the company of `submitted`."""
    return {
        "specialist": builders.staff("Sam Specialist", Role.SPECIALIST),
        "colleague": builders.staff("Cora Colleague", Role.SPECIALIST, office="gulf"),
        "supervisor": builders.staff("Sue Supervisor", Role.SUPERVISOR),
        "second": builders.staff("Sid Second", Role.SUPERVISOR, Role.SPECIALIST),
        "director": builders.staff("Dora Director", Role.DIRECTOR),
        "deputy": builders.staff("Dan Deputy", Role.DIRECTOR),
        "vetter": builders.staff("Vera Vetter", Role.VETTING_OFFICER),
        "auditor": builders.staff("Ada Auditor", Role.AUDITOR),
        "tied": builders.staff("Tia Tied", Role.SPECIALIST, Role.SUPERVISOR, Role.VETTING_OFFICER),
        "officer": builders.a_user("Olive Ocampo"),
    }


@pytest.fixture
def client_of(people: dict[str, User]) -> Callable[[str], Client]:
    return lambda name: sign_in(people[name])


@pytest.fixture
def submitted(people: dict[str, User]) -> Application:
    """A case in the pool, whose company one specialist has a tie to."""
    with system():
        company = builders.a_company(people["officer"])
        account = builders.an_account(people["officer"], company)
        case = builders.submitted(people["officer"], account, at=NOW)
        case.account, case.company = account, company
        tie_to(people["tied"], company.pk)
    return case


def tie_to(user: User, company: int) -> None:
    user.ties.create(company_id=company, reason="Worked there.")


@pytest.fixture
def in_review(submitted: Application, people: dict[str, User]) -> Application:
    with system():
        return builders.in_review(submitted, people["specialist"])


@pytest.fixture
def recommended(submitted: Application, people: dict[str, User]) -> Application:
    with system():
        return builders.recommended(submitted, people["specialist"], people["vetter"])


@pytest.fixture
def fresh(in_system: None) -> Callable[[Application], Application]:
    """Read a case again."""

    def read(case: Application) -> Application:
        return Application.objects.get(pk=case.pk)

    return read


def page(response: Any) -> str:
    return str(response.content.decode())


def grow_old(client: Client) -> None:
    """The factors of this session were shown an hour ago."""
    session = client.session
    session["account_authentication_methods"] = [
        record | {"at": record["at"] - 3600} for record in session["account_authentication_methods"]
    ]
    session.save()
