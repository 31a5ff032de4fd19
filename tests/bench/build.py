"""Make the members and the partner of the bench, by operations, and the references' tables from them."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from datetime import timedelta

import psycopg
from allauth.idp.oidc.models import Client, Token
from django.utils import timezone

from accounts import identifiers
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


_next_number = itertools.count(5_000_000)


def more_members(like: str, count: int) -> list[str]:
    """So many more members in the likeness of one, written at COPY's speed; the partner sees them as well."""
    numbers = list(itertools.islice(_well_formed(), count))
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute("create temp table more (company bigserial, number text)")
        owner.execute("select setval('more_company_seq', (select max(id) from accounts_company))")
        with owner.cursor().copy("copy more (number) from stdin") as copy:
            for number in numbers:
                copy.write_row([number])
        account = "(select id from accounts_account where number = %(like)s)"
        for table, one, changed in (
            (
                "accounts_company",
                f"id = (select company_id from accounts_account where id = {account})",
                {"id": "company"},
            ),
            (
                "accounts_account",
                f"id = {account}",
                {"id": "company", "company_id": "company", "number": "more.number"},
            ),
            ("trusted_trader_standing", f"account_id = {account}", {"account_id": "company", "company_id": "company"}),
            ("accounts_consent", f"account_id = {account}", {"account_id": "company", "company_id": "company"}),
        ):
            columns = [
                name
                for (name,) in owner.execute(
                    "select column_name from information_schema.columns where table_name = %s and is_generated = 'NEVER'",
                    [table],
                )
                if name != "id" or "id" in changed
            ]
            values = [changed.get(name, f"t.{name}") for name in columns]
            owner.execute(
                f"insert into {table} ({', '.join(columns)}) overriding user value select {', '.join(values)}"
                f" from {table} t, more where t.{one}",
                {"like": like},
            )
        owner.execute("vacuum (analyze)")
    return numbers


def _well_formed() -> Iterator[str]:
    """Account numbers whose check digit is right."""
    for number in _next_number:
        yield next(n for n in (f"TT-{number}{digit}" for digit in range(10)) if not identifiers.check("account", n))
