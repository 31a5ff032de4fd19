"""Make the members and the partner of the bench, by operations, and the references' tables from them."""

from __future__ import annotations

from datetime import timedelta

import psycopg
from allauth.idp.oidc.models import Client, Token
from django.utils import timezone

from accounts import operations as who
from accounts.models import Account, PartnerClient, User
from fastlane.scopes import SCOPES
from tests import builders
from trusted_trader.standing import operations as standings
from trusted_trader.standing.operations import NewStanding

TOKEN = "the-bench-token"
GOOD = NewStanding("certified", 1, "good")
SUSPENDED = NewStanding("certified", 1, "suspended", "Open findings.")


def members(count: int) -> list[str]:
    with builders.system():
        partner = _partner()
        officer = builders.a_user("Bench Officer")
        numbers = []
        for _ in range(count):
            account = _member(officer)
            who.grant_consent(account=account, partner=partner, actor=officer, at=builders.NOW)
            numbers.append(account.number)
    return numbers


def _partner() -> PartnerClient:
    client = Client(name="Bench", type=Client.Type.CONFIDENTIAL)
    client.set_scopes(list(SCOPES))
    client.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
    client.save()
    token = Token(client=client, type=Token.Type.ACCESS_TOKEN, expires_at=timezone.now() + timedelta(days=1))
    token.set_value(TOKEN)
    token.set_scopes(list(SCOPES))
    token.save()
    return PartnerClient.objects.create(client=client, organisation="Bench", quota_per_minute=1_000_000_000)


def _member(officer: User) -> Account:
    company = who.found_company(legal_name="Harbor Lantern Trading", actor=officer, at=builders.NOW, country="US")
    account = who.open_account(company=company, entity_type="importer", actor=officer, at=builders.NOW)
    standings.set_standing(account=account, new=GOOD, actor=None, at=builders.NOW, because="Bench.")
    return account


def references(url: str) -> None:
    """The references' own tables, with the same members."""
    with psycopg.connect(url) as owner:
        owner.execute("create table bench_token (key varchar(80) primary key, client varchar(80))")
        owner.execute("insert into bench_token values (%s, 'bench')", [TOKEN])
        owner.execute(
            "create table bench_member as"
            " select a.number, c.legal_name as name, a.entity_type, s.level, s.tier, s.status"
            " from accounts_account a join accounts_company c on c.id = a.company_id"
            " join trusted_trader_standing s on s.account_id = a.id and upper_inf(s.known) and upper_inf(s.valid)"
        )
        owner.execute("alter table bench_member add primary key (number)")


def suspend(number: str) -> None:
    with builders.system():
        account = Account.objects.get(number=number)
        standings.set_standing(account=account, new=SUSPENDED, actor=None, at=timezone.now(), because="Bench.")
