"""One company with a person in each role, a stranger, and a member of staff."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from allauth.idp.oidc.models import Client as OAuthClient
from django.core.cache import cache
from pytest_django import Settings

from accounts.models import Account, Company, Facility, Membership, PartnerClient, Person, User
from accounts.roles import Role
from tests import builders
from tests.builders import NOW, system


@dataclass
class World:
    company: Company
    account: Account
    facility: Facility
    person: Person
    partner: PartnerClient
    users: dict[str, User]

    def membership(self, name: str) -> Membership:
        with system():
            return Membership.objects.get(user=self.users[name], ended_at=None)


@pytest.fixture(autouse=True)
def no_counts_left() -> None:
    """Each test begins with no wrong tries counted."""
    cache.clear()


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """The real hash takes half a second by design; here only whether it fits matters."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def world(db: None) -> World:
    names = ("officer", "contact", "company_user", "consultant", "stranger")
    users = {name: builders.a_user(name.replace("_", " ").title()) for name in names}
    users["specialist"] = builders.staff("Sam Specialist", Role.SPECIALIST)
    with system():
        company = builders.a_company(users["officer"])
        for name in names[1:4]:
            Membership.objects.create(company=company, user=users[name], role=Role(name), started_at=NOW)
        builders.a_company(users["stranger"])
        account = builders.an_account(users["officer"], company)
        facility = Facility.objects.get(company=company)
        person = Person.objects.filter(company=company).order_by("pk")[0]
        client = OAuthClient.objects.create(id="carrier", name="Carrier", type=OAuthClient.Type.CONFIDENTIAL)
        partner = PartnerClient.objects.create(client=client, organisation="Blue Current Lines", purpose="Booking")
    return World(company, account, facility, person, partner, users)
