"""A member and a partner for the tests of the API, both made by operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from allauth.idp.oidc.models import Client, Token
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts import machines
from accounts import operations as who
from accounts.models import Account, Consent, PartnerClient, User
from accounts.policy.middleware import policy_table
from fastlane.publishing import cache as answers
from fastlane.publishing import fastpath, marks, quota, valkey
from fastlane.scopes import MEMBERS_READ, SCOPES
from tests import builders
from trusted_trader.standing import operations as standings
from trusted_trader.standing.operations import NewStanding

GOOD = NewStanding("certified", 1, "good")
SUSPENDED = NewStanding("certified", 1, "suspended", "Open findings.")


@pytest.fixture(autouse=True)
def fresh(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing is remembered from the test before, in this process or in Valkey."""
    settings.KEYS_DIR = str(tmp_path_factory.getbasetemp() / "api-keys")
    forget()
    cache.clear()
    valkey.client().flushdb()
    yield
    policy_table.cache_clear()


def forget() -> None:
    """As a process that has just started."""
    machines.forget()
    marks.forget()
    answers.forget()
    fastpath.forget()
    quota.forget()


@dataclass(frozen=True)
class Partner:
    row: PartnerClient
    secret: str

    @property
    def client_id(self) -> str:
        return self.row.client_id

    def token(self, *scopes: str, lasts: timedelta = timedelta(hours=1)) -> str:
        """A token as the token call would give it, without the cost of checking a secret."""
        value = f"token-{self.row.pk}-{Token.objects.count()}-{'.'.join(scopes)}"
        row = Token(client=self.row.client, type=Token.Type.ACCESS_TOKEN, expires_at=timezone.now() + lasts)
        row.set_value(value)
        row.set_scopes(list(scopes or SCOPES))
        row.save()
        return value


def a_partner(name: str = "Harbour Terminal", *, quota: int = 6000) -> Partner:
    secret = f"secret of {name}"
    client = Client(name=name, type=Client.Type.CONFIDENTIAL)
    client.set_scopes(list(SCOPES))
    client.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
    client.set_secret(secret)
    client.save()
    return Partner(PartnerClient.objects.create(client=client, organisation=name, quota_per_minute=quota), secret)


@dataclass
class Member:
    """A member and how its life goes on; every change runs what follows its commit."""

    officer: User
    account: Account
    commit: Callable[[], object]

    @property
    def path(self) -> str:
        return f"/api/v1/members/account/{self.account.number}"

    def number(self, scheme: str) -> str:
        with builders.system():
            return self.account.identifiers.get(scheme=scheme).value

    def becomes(self, new: NewStanding, *, at: datetime | None = None) -> None:
        with self.commit(), builders.system():
            standings.set_standing(
                account=self.account, new=new, actor=None, at=at or timezone.now(), because="A test."
            )

    def consents_to(self, partner: Partner) -> Consent:
        with self.commit(), builders.system():
            return who.grant_consent(account=self.account, partner=partner.row, actor=self.officer, at=timezone.now())

    def revokes(self, consent: Consent) -> None:
        with self.commit(), builders.system():
            who.revoke_consent(consent=consent, actor=self.officer, at=timezone.now())


@pytest.fixture
def new_member(django_capture_on_commit_callbacks: Callable[..., object], db: None) -> Callable[..., Member]:
    def make(entity_type: str = "importer", *, of: Member | None = None, certified: bool = True) -> Member:
        def commit() -> object:
            # In a real transaction the commit itself runs what follows it.
            return django_capture_on_commit_callbacks(execute=connection.in_atomic_block)

        with commit(), builders.system():
            officer = of.officer if of else builders.a_user("Olive Officer")
            company = of.account.company if of else builders.a_company(officer)
            account = who.open_account(company=company, entity_type=entity_type, actor=officer, at=builders.NOW)
            who.set_identifier(
                account=account,
                scheme="ein",
                raw=builders.NUMBERS["ein"](next(builders._numbers)),
                actor=officer,
                at=builders.NOW,
            )
        member = Member(officer, account, commit)
        if certified:
            member.becomes(GOOD, at=builders.NOW)
        return member

    return make


@pytest.fixture
def member(new_member: Callable[..., Member]) -> Member:
    return new_member()


@pytest.fixture
def partner(db: None) -> Partner:
    return a_partner()


@pytest.fixture
def token(partner: Partner, member: Member) -> str:
    """The token of a partner that the member consented to."""
    member.consents_to(partner)
    return partner.token(MEMBERS_READ)


@pytest.fixture
def keys_folder(settings: Settings) -> Path:
    return Path(settings.KEYS_DIR) / "statements"
