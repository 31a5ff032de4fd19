"""P15 and P3: every form of every page, found by following links: twice is once, and no field too many is taken."""

from __future__ import annotations

import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.urls import Resolver404, resolve

from accounts import once
from accounts.models import User
from accounts.policy.middleware import policy_table
from tests import builders, racing, services
from tests.builders import NOW
from tests.proofs.forms import Form, forms_of
from tests.proofs.house import equip, settle, sign_in
from tests.world import QUICK_PASSWORDS, World, a_firm, build, change_standing
from trusted_trader.standing import operations as standing

pytestmark = pytest.mark.django_db(transaction=True)

STAGE = "every_form"
VISITS = 3  # pages of one route that one person looks at
# Papers hold no forms; the probe waits for a worker.
PAPER = re.compile(r"\.(pdf|zip|xlsx)$|/(file|picture)/$|/readyz$")
# Forms that these pages don't offer, and where their doubles are proved.
ELSEWHERE = {
    "account_": "allauth's own: codes and links that work once (tests of sign-in)",
    "mfa_": "allauth's own: codes that work once (tests of sign-in)",
    "second_factor": "leads on, and writes nothing",
    "api:": "machines: Idempotency-Key and signed answers (tests of the API)",
    "verify_": "asks, and writes nothing",
    "admin:logout": "ends the session",
    "sign_out_everywhere": "ends the session",
}
# They show or look for something.
WRITES_NOTHING = {"admin:review_search", "admin:review_letter", "verify_statement"}
# Routes that take a POST which no page of this stage offers, and why: their doubles are not proved here.
NOT_OFFERED = {
    "admin:lane_approve": "lanes: the stage holds no port call and no port officer",
    "admin:lane_fact": "lanes: the stage holds no port call and no port officer",
    "admin:lane_propose": "lanes: the stage holds no port call and no port officer",
    "admin:lane_refuse": "lanes: the stage holds no port call and no port officer",
    "admin:lane_revoke": "lanes: the stage holds no port call and no port officer",
    "lane_amend": "lanes: the stage holds no port call and no port officer",
    "lane_arrival": "lanes: the stage holds no port call and no port officer",
    "lane_autosave": "lanes: the stage holds no port call and no port officer",
    "lane_form": "lanes: the stage holds no port call and no port officer",
    "lane_new": "lanes: the stage holds no port call and no port officer",
    "lane_port_calls": "lanes: the stage holds no port call and no port officer",
    "lane_send": "lanes: the stage holds no port call and no port officer",
    "lane_withdraw": "lanes: the stage holds no port call and no port officer",
    "admin:rulebook_confirm": "rule book: the stage holds no data steward",
    "admin:rulebook_drop": "rule book: the stage holds no data steward",
    "admin:rulebook_new": "rule book: the stage holds no data steward",
    "admin:rulebook_propose": "rule book: the stage holds no data steward",
    "admin:rulebook_reject": "rule book: the stage holds no data steward",
    "admin:rulebook_roll_back": "rule book: the stage holds no data steward",
    "admin:rulebook_row": "rule book: the stage holds no data steward",
    "admin:rulebook_row_new": "rule book: the stage holds no data steward",
    "admin:rulebook_submit": "rule book: the stage holds no data steward",
    "partner_people": "partner console: the stage holds no person of a partner",
    "partner_person_end": "partner console: the stage holds no person of a partner",
    "partner_sandbox": "partner console: the stage holds no person of a partner",
    "partner_secret": "partner console: the stage holds no person of a partner",
    "partner_webhook_act": "partner console: the stage holds no person of a partner",
    "partner_webhook_new": "partner console: the stage holds no person of a partner",
    "partner_webhook_secret": "partner console: the stage holds no person of a partner",
    "autosave": "written by script while one types, no form",
    "admin:ledger": "offered only in a state that this stage doesn't reach",
    "admin:review_accept": "offered only in a state that this stage doesn't reach",
    "admin:review_filter_remove": "offered only in a state that this stage doesn't reach",
    "admin:review_flag": "offered only in a state that this stage doesn't reach",
    "admin:review_flag_clear": "offered only in a state that this stage doesn't reach",
    "admin:review_letter": "offered only in a state that this stage doesn't reach",
    "admin:review_reassign": "offered only in a state that this stage doesn't reach",
    "admin:review_recommend": "offered only in a state that this stage doesn't reach",
    "admin:review_undo": "offered only in a state that this stage doesn't reach",
    "admin:standing_propose": "offered only in a state that this stage doesn't reach",
    "admin:validation_confirm": "offered only in a state that this stage doesn't reach",
    "admin:validation_record": "offered only in a state that this stage doesn't reach",
    "admin:validation_reject": "offered only in a state that this stage doesn't reach",
    "admin:vetting_reopen": "offered only in a state that this stage doesn't reach",
    "admin:vetting_reveal": "offered only in a state that this stage doesn't reach",
    "copy_answers": "offered only in a state that this stage doesn't reach",
    "invitation": "offered only in a state that this stage doesn't reach",
    "sheet_preview": "offered only in a state that this stage doesn't reach",
    "tasks": "offered only in a state that this stage doesn't reach",
}
QUIET_TABLES = {"django_session", "accounts_once", "django_migrations"}
CONTROLS = 5  # forms that must be seen doubled once the guard is taken away
PLANTED_WORD, PLANTED_NUMBER, PLANTED_DAY = "planted-4711", 471_147, "1971-04-07"


@dataclass(frozen=True)
class Offer:
    """A form with the person to whom it was offered."""

    user: User
    form: Form


def stage() -> list[User]:
    """Cases in every state, with the people who have something to do in them."""
    world: World = build()
    people = world.staff
    beginner = world.beginner
    for firm in (world.member, beginner):
        equip(firm)
    pool, held, ready = a_firm("Paula Pool"), a_firm("Hanna Held"), a_firm("Rita Ready")
    for firm in (pool, held, ready):
        builders.submitted(firm.officer, firm.account)
    builders.in_review(held.application, people.specialist)
    builders.recommended(ready.application, people.specialist, people.vetter)
    change_standing(world.member, "suspend", people, days=9)
    standing.propose_change(
        account=world.member.account, kind="reinstate", reason="The seals are sound again.", letter="Dear company,",
        actor=people.director, at=NOW + timedelta(days=11),
    )  # fmt: skip
    settle()
    officers = [firm.officer for firm in (beginner, world.asked, world.member, pool)]
    return [*officers, people.specialist, people.supervisor, people.director, people.deputy, people.vetter]


def walk(user: User) -> Iterator[Offer]:
    """Follow every link from the start pages, a few pages of each route, and take the forms along."""
    client = sign_in(user)
    client.raise_request_exception = False  # the builders' documents have no file behind them
    waiting, seen, visits = (
        ["/", "/companies/", "/me/", "/inbox/", "/admin/", "/admin/review/?view=all", "/admin/vetting/"],
        set(),
        Counter(),
    )
    waiting += ["/admin/standing/"]
    while waiting:
        address = waiting.pop(0)
        try:
            name = resolve(address.partition("?")[0]).view_name
        except Resolver404:
            continue
        if (
            address in seen
            or visits[name] >= VISITS
            or name.startswith(("account_", "mfa_", "api:"))
            or PAPER.search(address)
        ):
            continue
        seen.add(address)
        visits[name] += 1
        page = client.get(address)
        if (
            page.status_code != 200
            or page.streaming
            or not page.headers.get("Content-Type", "").startswith("text/html")
        ):
            continue
        waiting += [link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)', page.content.decode())]
        yield from (Offer(user, form) for form in forms_of(client, address))


def counts() -> dict[str, int]:
    with services.as_owner():
        tables = [t for t in racing.tables() if t not in QUIET_TABLES]
        return dict(racing.run(" union all ".join(f"select '{t}', count(*)::int from {t}" for t in tables)))


def grown(before: dict[str, int]) -> dict[str, int]:
    after = counts()
    return {table: after[table] - before[table] for table in after if after[table] != before[table]}


def send(offer: Offer, times: int = 1, more: dict[str, Any] | None = None) -> list[int]:
    """Send a form so many times at the same moment; what each was answered."""
    owner = sign_in(offer.user)
    answers: list[int] = []
    start = threading.Barrier(times)

    def go() -> None:
        client = Client(raise_request_exception=False)
        client.cookies = owner.cookies.copy()
        start.wait(20)
        try:
            answers.append(client.post(offer.form.action, (more or {}) | offer.form.filled()).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def planted(form: Form) -> dict[str, Any]:
    """Every field name of every model that this form doesn't offer, with words that are found again."""
    found: dict[str, Any] = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            for name in {field.name, field.attname} - form.offered - {"once"}:
                if isinstance(field, models.DateField):
                    found[name] = PLANTED_DAY
                elif isinstance(field, models.BooleanField | models.IntegerField | models.ForeignKey):
                    found[name] = str(PLANTED_NUMBER)
                else:
                    found[name] = PLANTED_WORD
    return found


def touched() -> list[str]:
    """Tables that don't read as they did when the stage was set; asked in one query."""
    with services.as_owner():
        return [
            name
            for (name,) in racing.run(
                " union all ".join(
                    f"select '{t}' where exists (table {t} except table {STAGE}.{t})"
                    f" or exists (table {STAGE}.{t} except table {t})"
                    for t in racing.tables()
                    if t not in {"django_session", "django_migrations"}
                )
            )
        ]


def put_back() -> None:
    """The stage as it was; only what was touched is written, so that no table fills with dead rows."""
    tables = touched()
    with services.as_owner():
        racing.run("set session_replication_role = replica")
        for table in tables:
            racing.run(f"delete from {table}; insert into {table} table {STAGE}.{table}")
        racing.run("set session_replication_role = default")


def plants() -> list[str]:
    """Where a planted value has come to stand."""
    found = []
    tables = set(touched()) - QUIET_TABLES
    with services.as_owner():
        for table in tables:
            words = f"to_jsonb(t)::text ~ '{PLANTED_WORD}|\\m{PLANTED_NUMBER}\\M|{PLANTED_DAY}'"
            if racing.run(f"select 1 from (table {table} except table {STAGE}.{table}) t where {words} limit 1"):
                found.append(table)
    return found


def changed() -> set[str]:
    """Tables and columns of rows that were there before and read differently now."""
    found = set()
    tables = set(touched()) - QUIET_TABLES
    with services.as_owner():
        for table in tables:
            rows = racing.run(
                f"select distinct n.key from (table {table} except table {STAGE}.{table}) t"
                f" join {STAGE}.{table} o on to_jsonb(o)->'id' = to_jsonb(t)->'id'"
                f" cross join jsonb_each(to_jsonb(t)) n where n.value is distinct from to_jsonb(o)->n.key"
            )
            found |= {f"{table}.{column}" for (column,) in rows}
    return found


@pytest.fixture
def offers() -> dict[str, list[Offer]]:
    with QUICK_PASSWORDS, builders.system():
        people = stage()
    racing.keep(STAGE)
    found: dict[str, list[Offer]] = defaultdict(list)
    for user in people:
        for offer in walk(user):
            found[offer.form.route].append(offer)
    return found


def effective(offers: list[Offer]) -> tuple[Offer, dict[str, int], set[str]] | None:
    """The first of these forms that does something, what it does, and which columns it changes."""
    for offer in distinct(offers)[:3]:
        put_back()
        before = counts()
        send(offer)
        alone, columns = grown(before), changed()
        if alone or columns:
            return offer, alone, columns
    return None


def distinct(offers: list[Offer]) -> list[Offer]:
    return list({(offer.user.pk, offer.form.action, frozenset(offer.form.offered)): offer for offer in offers}.values())


def test_each_form_sent_twice_does_its_work_once_and_takes_no_field_too_many(
    offers: dict[str, list[Offer]], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong: list[str] = []
    silent: list[str] = []
    writing: list[tuple[Offer, dict[str, int]]] = []
    fields = 0
    for route in sorted(offers):
        if route.startswith(tuple(ELSEWHERE)):
            continue
        found = effective(offers[route])
        if found is None:
            silent.append(f"{route}: {distinct(offers[route])[0].form.filled()}")
            continue
        offer, alone, columns = found
        put_back()
        before = counts()
        answers = send(offer, 2)
        answers += send(offer)  # Back, and again
        if (double := grown(before)) != alone:
            wrong.append(f"{route}: once {alone}, twice {double}")
        if max(answers) >= 500:
            wrong.append(f"{route}: answered {answers}")
        writing.append((offer, alone))
        put_back()
        more = planted(offer.form)
        send(offer, more=more)
        fields += len(more)
        wrong += [f"{route}: a planted value stands in {table}" for table in plants()]
        wrong += [f"{route}: {column} changed as well" for column in sorted(changed() - columns)]
    posts = {name for name, rows in policy_table().items() if "POST" in rows and not name.startswith(tuple(ELSEWHERE))}
    print(f"\n{len(writing)} forms of {len(posts)} routes sent twice; {fields:,} fields planted; {len(wrong)} wrong")
    print("did nothing:", *silent, "wrong:", *wrong, sep="\n")
    assert wrong == []
    assert silent == []
    assert posts - set(offers) == set(NOT_OFFERED), "a route nobody was offered needs its reason, an offered one none"
    assert len(writing) >= 50
    controls(writing, monkeypatch)


def controls(writing: list[tuple[Offer, dict[str, int]]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the guard the second copy does its work again; a value that came to stand is found."""
    doubled = []
    with monkeypatch.context() as patch:
        patch.setattr(once, "first", lambda key: True)
        for offer, alone in writing:
            put_back()
            before = counts()
            send(offer)
            send(offer)
            if grown(before) != alone:
                doubled.append(offer.form.route)
            if len(doubled) == CONTROLS:
                break
    print(f"without the guard {len(doubled)} forms do their work twice: {', '.join(doubled)}")
    assert len(doubled) == CONTROLS
    put_back()
    assert plants() == []
    with services.as_owner():
        racing.run(f"update accounts_company set legal_name = '{PLANTED_WORD}'")
    assert plants() == ["accounts_company"]
    assert "accounts_company.legal_name" in changed()
