"""P15 and P3: every form of every page, found by following links: twice is once, and no field too many is taken."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client

from accounts import once
from accounts.models import User
from accounts.policy.middleware import policy_table
from accounts.views import companies, people, sites
from tests import builders, racing, services
from tests.proofs import walking
from tests.proofs.forms import Form, forms_in
from tests.proofs.house import sign_in
from tests.proofs.stages import STAGES, Visitor, stage_of
from tests.world import QUICK_PASSWORDS, a_firm
from trusted_trader.review.operations import deciding
from trusted_trader.workflow import application as workflow

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = "every_form"  # where the stage's rows are kept
TRIES = 3  # forms of one kind that are tried until one does something
# Forms that are proved elsewhere, or that have nothing to prove.
ELSEWHERE = {
    "account_": "allauth's own: codes and links that work once (tests of sign-in)",
    "mfa_": "allauth's own: codes that work once (tests of sign-in)",
    "second_factor": "leads on, and writes nothing",
    "api:": "machines: Idempotency-Key and signed answers (tests of the API)",
    "admin:logout": "ends the session",
    "sign_out_everywhere": "ends the session",
}
# The registers are for looking: the policy table takes no form from there.
LOOKED_AT = ("admin:trusted_trader_",)
# They look for something or show what would be; a form that the answer holds is proved as well.
SHOWS = {
    "admin:review_search", "admin:lane_search", "admin:review_letter by script", "verify_statement", "lane_what_if",
    "lane_what_if copy=1", "lane_form more=itinerary", "lane_form more=carriers",
    "admin:review_bulk action=flag", "admin:review_bulk action=assign", "admin:review_ask step=preview",
    "admin:review_recommend step=preview", "admin:review_recommend step=fill",
    "admin:review_decide step=preview", "admin:review_decide step=fill", "admin:standing_propose step=fill",
}  # fmt: skip
# Routes that take a POST which no page offers, and why: their doubles are not proved here.
NOT_OFFERED: dict[str, str] = {}
# What is done anew each time, and why.
EACH_TIME = {"admin:vetting_reveal": "a look at sealed values: shown twice, it is on record twice"}
# A second copy is told that somebody else was quicker: the page's script sends one after the other, with the new version.
SAYS_SO = {"autosave by script", "lane_autosave by script"}
QUIET_TABLES = {"django_session", "accounts_once", "django_migrations"}
CONTROLS = 5  # forms that must be seen doubled once the guard is taken away
PLANTED_WORD, PLANTED_NUMBER, PLANTED_DAY = "planted-4711", 471_147, "1971-04-07"


@dataclass(frozen=True)
class Offer:
    """A form with the person to whom it was offered, and whether every box is ticked."""

    user: User
    form: Form
    ticked: bool = True

    @property
    def place(self) -> tuple[int, str]:
        return self.user.pk, self.form.action


@dataclass(frozen=True)
class Effect:
    """What a form did: rows that came or went by table, columns of rows that read differently, and yes or no in new rows."""

    rows: dict[str, int] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()
    answers: Counter[str] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.rows or self.columns)


# --- Looking for forms ----------------------------------------------------------------------------------------


def walk(visitor: Visitor) -> Iterator[Offer]:
    """Every form on this person's way."""
    client = sign_in(visitor.user)
    client.raise_request_exception = False  # the builders' documents have no file behind them
    shown: set[tuple[str, frozenset[str]]] = set()
    for _address, page in walking.walk(client, visitor.begins, but=(*ELSEWHERE, *LOOKED_AT)):
        for form in forms_in(page):
            yield Offer(visitor.user, form)
            if form.title in SHOWS and form.kind not in shown:
                shown.add(form.kind)
                yield from behind(visitor.user, client, form)


def behind(user: User, client: Client, form: Form) -> Iterator[Offer]:
    """The forms on the page that a form leads to without having done anything yet."""
    page = client.post(form.action, form.filled())
    if page.status_code == 200:
        yield from (Offer(user, further) for further in forms_in(page) if further.title not in SHOWS)


# --- What has become of the tables ----------------------------------------------------------------------------


class Kept:
    """How the stage was: how many rows each table held, and the last transaction that belongs to it."""

    rows: dict[str, int]
    last: int

    @classmethod
    def keep(cls) -> None:
        racing.keep(KEPT)
        with services.as_owner():
            names = [table for table in racing.tables() if table not in {"django_session", "django_migrations"}]
            cls.rows = dict(racing.run(" union all ".join(f"select '{t}', count(*)::int from {t}" for t in names)))
        cls.mark()

    @classmethod
    def mark(cls) -> None:
        [(cls.last,)] = racing.run("select pg_current_xact_id()::text::bigint")


def touched() -> list[str]:
    """Tables that were written to since the stage was set; asked in one query."""
    with services.as_owner():
        asked = (
            f"select '{table}' where (select count(*) from {table}) <> {rows}"
            f" or exists (select 1 from {table} where xmin::text::bigint > {Kept.last})"
            for table, rows in Kept.rows.items()
        )
        return [name for (name,) in racing.run(" union all ".join(asked))]


def put_back() -> None:
    """The stage as it was; only what was touched is written, so that no table fills with dead rows."""
    tables = touched()
    with services.as_owner():
        racing.run("set session_replication_role = replica")
        for table in tables:
            racing.run(f"delete from {table}; insert into {table} table {KEPT}.{table}")
        racing.run("set session_replication_role = default")
    Kept.mark()


def effect(tables: list[str]) -> Effect:
    """What differs in these tables from the stage as it was kept."""
    rows, columns, answers = {}, set(), Counter[str]()
    with services.as_owner():
        for table in tables:
            [(now, before)] = racing.run(
                f"select (select count(*) from {table})::int, (select count(*) from {KEPT}.{table})::int"
            )
            if now != before:
                rows[table] = now - before
            changed = racing.run(
                f"select distinct n.key from (table {table} except table {KEPT}.{table}) t"
                f" join {KEPT}.{table} o on to_jsonb(o)->'id' = to_jsonb(t)->'id'"
                f" cross join jsonb_each(to_jsonb(t)) n where n.value is distinct from to_jsonb(o)->n.key"
            )
            columns |= {f"{table}.{column}" for (column,) in changed}
            said = racing.run(
                f"select n.key, n.value::text, count(*)::int from (table {table} except table {KEPT}.{table}) t"
                f" cross join jsonb_each(to_jsonb(t)) n where jsonb_typeof(n.value) = 'boolean' group by 1, 2"
            )
            answers.update({f"{table}.{column} {value}": count for column, value, count in said})
    return Effect(rows, frozenset(columns), answers)


def plants(tables: list[str]) -> list[str]:
    """Where a planted value has come to stand."""
    found = []
    with services.as_owner():
        for table in tables:
            words = f"to_jsonb(t)::text ~ '{PLANTED_WORD}|\\m{PLANTED_NUMBER}\\M|{PLANTED_DAY}'"
            if racing.run(f"select 1 from (table {table} except table {KEPT}.{table}) t where {words} limit 1"):
                found.append(table)
    return found


def done() -> tuple[Effect, list[str]]:
    """What was done since the stage was put back, and the tables in which it was."""
    tables = [table for table in touched() if table not in QUIET_TABLES]
    return effect(tables), tables


# --- Sending --------------------------------------------------------------------------------------------------


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
            sent = (more or {}) | offer.form.filled(ticked=offer.ticked)
            headers = {"HX-Request": "true"} if offer.form.by_script else {}
            answers.append(client.post(offer.form.action, sent, headers=headers).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def planted(known: set[str]) -> dict[str, Any]:
    """Every field name of every model that isn't known to a form, with words that are found again."""
    found: dict[str, Any] = {}
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            for name in {column.name, column.attname} - known - {"once"}:
                if isinstance(column, models.DateField):
                    found[name] = PLANTED_DAY
                elif isinstance(column, models.BooleanField | models.IntegerField | models.ForeignKey):
                    found[name] = str(PLANTED_NUMBER)
                else:
                    found[name] = PLANTED_WORD
    return found


def effective(offers: list[Offer]) -> tuple[Offer, Effect] | None:
    """The first of these forms that does something, and what it does."""
    places = {offer.place: offer for offer in offers}
    for first in list(places.values())[:TRIES]:
        for offer in (first, Offer(first.user, first.form, ticked=False)) if first.form.unticked else (first,):
            put_back()
            [answer] = send(offer)
            found, _tables = done()
            if found and answer < 400:
                return offer, found
    return None


def too_much(offer: Offer, alone: Effect, known: set[str]) -> list[str]:
    """Send the form with every other field name there is; what that changed besides."""
    put_back()
    send(offer, more=planted(known))
    found, tables = done()
    wrong = [f"a planted value stands in {table}" for table in plants(tables)]
    wrong += [f"{column} changed as well" for column in sorted(found.columns - alone.columns)]
    if found.rows != alone.rows:
        wrong.append(f"alone {alone.rows}, with planted fields {found.rows}")
    return wrong + [f"a new row says {word}" for word in sorted((found.answers - alone.answers).elements())]


def twice(offer: Offer, alone: Effect) -> list[str]:
    """Send it twice at the same moment, go back, and send it again; what that did besides."""
    put_back()
    answers = send(offer, 2)
    answers += send(offer)
    found, _tables = done()
    wrong = [f"answered {answers}"] if max(answers) >= 400 and offer.form.title not in SAYS_SO else []
    if offer.form.title in EACH_TIME:
        return wrong + ([] if found.rows == {table: 3 * count for table, count in alone.rows.items()} else ["not each"])
    return wrong + ([f"once {alone.rows}, twice {found.rows}"] if found.rows != alone.rows else [])


# --- The proof ------------------------------------------------------------------------------------------------


def offers_on(stage: str) -> dict[tuple[str, frozenset[str]], list[Offer]]:
    """Set the stage, keep it, and find the forms of each kind that the proof of this stage is about."""
    with QUICK_PASSWORDS, builders.system():
        visitors = STAGES[stage]()
    Kept.keep()
    found: dict[tuple[str, frozenset[str]], list[Offer]] = {}
    for visitor in visitors:
        for offer in walk(visitor):
            route = offer.form.route
            # Registers have forms that the policy table takes from nobody.
            if stage_of(route) == stage and "POST" in policy_table()[route] and not route.startswith(tuple(ELSEWHERE)):
                found.setdefault(offer.form.kind, []).append(offer)
    return dict(sorted(found.items(), key=lambda pair: (pair[0][0], sorted(pair[0][1]))))


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_each_form_sent_twice_does_its_work_once_and_takes_no_field_too_many(
    stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.monotonic()
    for module in (workflow, deciding):  # the minute in which a decision can be undone lasts as long as the proof
        monkeypatch.setattr(module, "UNDO", timedelta(hours=3))
    offers = offers_on(stage)
    walked = time.monotonic() - began
    wrong: list[str] = []
    silent: list[str] = []
    writing: list[tuple[Offer, Effect]] = []
    fields = 0
    # What another form of the same address offers is not too much.
    known: dict[str, set[str]] = defaultdict(set)
    for offer in (offer for alike in offers.values() for offer in alike):
        known[offer.form.route] |= offer.form.offered
    for (title, _names), alike in offers.items():
        if title in SHOWS:
            continue
        found = effective(alike)
        if found is None:
            silent.append(f"{title}: {alike[0].form.filled()}")
            continue
        writing.append(found)
        mine = known[found[0].form.route]
        fields += len(planted(mine))
        wrong += [f"{title}: {word}" for word in (*twice(*found), *too_much(*found, mine))]
    posts = {name for name, rows in policy_table().items() if "POST" in rows and stage_of(name) == stage}
    posts -= {name for name in posts if name.startswith(tuple(ELSEWHERE))}
    offered = {offer.form.route for alike in offers.values() for offer in alike}
    print(
        f"\n{stage}: {len(writing)} forms of {len({o.form.route for o, _ in writing})} routes sent twice, "
        f"{len(posts)} routes take a POST; {fields:,} fields planted; {len(wrong)} wrong; "
        f"{walked:.0f} s to walk, {time.monotonic() - began:.0f} s in all"
    )
    print("did nothing:", *silent, "wrong:", *wrong, sep="\n")
    assert wrong == []
    assert silent == []
    missing = {name for name in NOT_OFFERED if stage_of(name) == stage}
    assert posts - offered == missing, "a route nobody was offered needs its reason, an offered one none"
    control_of_the_guard(writing, monkeypatch)


def control_of_the_guard(writing: list[tuple[Offer, Effect]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the guard the second copy does its work again, and that is seen."""
    doubled = []
    with monkeypatch.context() as patch:
        patch.setattr(once, "first", lambda key: True)
        for offer, alone in writing:
            if any(word.startswith("once") for word in twice(offer, alone)):
                doubled.append(offer.form.title)
            if len(doubled) == CONTROLS:
                break
    print(f"without the guard {len(doubled)} forms do their work twice: {', '.join(doubled)}")
    assert len(doubled) == CONTROLS


BROKEN = "alone {"  # the form did its work, and doesn't do it with a word that it takes and can't read
MISTAKES = (
    ("facilities", "sites/", sites, "FacilityForm", "version", BROKEN),
    ("people", "people/", people, "PersonForm", "wrapped_key", BROKEN),
    ("company_details", "", companies, "CompanyForm", "created_at", "accounts_company.created_at changed as well"),
)


@pytest.mark.parametrize(
    ("route", "page", "module", "name", "extra", "told"), MISTAKES, ids=[row[0] for row in MISTAKES]
)
def test_the_control_a_form_that_takes_a_field_too_many_is_found(
    monkeypatch: pytest.MonkeyPatch, route: str, page: str, module: ModuleType, name: str, extra: str, told: str
) -> None:
    """A careless `fields` takes more than the page offers; what the proof does to every form shows it."""
    offer = one_form(route, page)
    found = effective([offer])
    assert found
    offer, alone = found
    assert too_much(offer, alone, offer.form.offered) == []
    careful = getattr(module, name)
    fields = (*careful._meta.fields, extra)
    greedy = type(name, (careful,), {"Meta": type("Meta", (careful.Meta,), {"fields": fields})})
    monkeypatch.setattr(module, name, greedy)
    wrong = too_much(offer, alone, offer.form.offered)
    print(f"\na form at {route} that takes {extra}: {wrong}")
    assert any(word.startswith(told) for word in wrong)


def test_the_control_a_box_too_many_is_found() -> None:
    """A page that no longer offers a box which its form still takes."""
    offer = one_form("facilities", "sites/")
    less = replace(offer.form, unticked={}, offered=offer.form.offered - {"handles_cargo"})
    found = effective([Offer(offer.user, less)])
    assert found
    wrong = too_much(*found, less.offered)
    print(f"\na form at facilities that takes a box besides: {wrong}")
    assert "a new row says accounts_facility.handles_cargo true" in wrong


def one_form(route: str, page: str) -> Offer:
    """The form of a small stage: a company and its officer."""
    with QUICK_PASSWORDS, builders.system():
        firm = a_firm("Carla Control")
    Kept.keep()
    pages = sign_in(firm.officer).get(f"/companies/{firm.company.pk}/{page}")
    return next(Offer(firm.officer, form) for form in forms_in(pages) if form.route == route)
