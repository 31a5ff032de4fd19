"""No lost work (P40): the session ends, the network goes, the server dies; at most the field being typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from accounts.models import Account, User
from tests import builders
from tests.journeys.conftest import Running
from tests.journeys.stage import an_account, forget_used_codes, let_in, now, sign_in_here
from trusted_trader.application.models import Response

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Where somebody is in the middle of a form: the page, the field being typed, and what is typed.
POINTS = (
    ("{account}apply/eligibility/", "", ""),
    ("{account}apply/how-you-work/", "uses_seals", "no"),
    ("{account}apply/partners/", "name", "Bergen Ropes"),
    ("{account}numbers/", "duns", "123456789"),
    ("{account}profile/1.1/answer/", "text", "Our president signed it in May; it hangs at the gate."),
    ("{account}profile/7.1/answer/", "because", "We never load containers ourselves."),
    ("{account}evidence/", "title", "Round of the lamps"),
    ("{account}withdraw/", "reason", "We are selling the business."),
    ("{company}", "history", "We have imported ropes since 1998."),
    ("{company}sites/", "name", "Second yard"),
)
VALUES = """() => Object.fromEntries([...document.querySelectorAll('main form')].flatMap((form, n) =>
  [...new FormData(form)].filter(([name]) => !['csrfmiddlewaretoken', 'once', 'version'].includes(name))
    .map(([name, value]) => [`${n} ${name} ${value.name ?? ''}`, value.name === undefined ? value : 'file'])))"""


@dataclass(frozen=True)
class Point:
    """One page with a form that somebody is filling."""

    path: str
    field: str
    typed: str

    def type(self, page: Page) -> None:
        page.evaluate("document.querySelectorAll('main details').forEach((panel) => { panel.open = true; })")
        field = page.locator(f"main [name={self.field}]").first
        if field.get_attribute("type") == "radio":
            page.locator(f"main [name={self.field}][value={self.typed}] + label").click()
        else:
            field.fill(self.typed)

    def press(self, page: Page) -> None:
        page.locator(f"main form:has([name={self.field}]) button[type=submit]").first.click(no_wait_after=True)

    def kept(self, page: Page) -> dict[str, str]:
        """What the page shows in its forms, save the field being typed."""
        values: dict[str, str] = page.evaluate(VALUES)
        return {name: value for name, value in values.items() if name.split(" ")[1] != self.field}


@pytest.fixture
def account(people: dict[str, tuple[User, str]]) -> Account:
    officer = people["officer"][0]
    account = an_account(officer)
    with builders.system():
        builders.ready_to_submit(officer, account, at=now())
    return account


@pytest.fixture
def points(account: Account) -> list[Point]:
    rooms = {"account": f"/accounts/{account.number}/", "company": f"/companies/{account.company_id}/"}
    with builders.system():
        first = next(iter(account.applications.get().eligibility))
    return [Point(path.format(**rooms), field or first, typed or "no") for path, field, typed in POINTS]


@pytest.fixture
def page(new_page: Callable[..., Page], people: dict[str, tuple[User, str]], site: str) -> Iterator[Page]:
    return let_in(new_page().context, site, people["officer"][0])


def cut_off(page: Page, point: Point) -> None:
    """Press the button, and see the browser's own page that says it got no answer."""
    with page.expect_event("requestfailed"):
        point.press(page)
    page.wait_for_timeout(300)


def test_after_the_session_ended_one_is_back_at_the_same_question(
    page: Page, points: list[Point], people: dict[str, tuple[User, str]]
) -> None:
    for point in points:
        page.goto(point.path)
        before = point.kept(page)
        point.type(page)
        Session.objects.all().delete()
        point.press(page)
        expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
        forget_used_codes()
        sign_in_here(page, *people["officer"])
        assert urlsplit(page.url).path == point.path
        assert point.kept(page) == before


def test_after_the_network_was_away_nothing_saved_is_lost(page: Page, points: list[Point]) -> None:
    for point in points:
        page.goto(point.path)
        before = point.kept(page)
        point.type(page)
        page.context.set_offline(True)
        cut_off(page, point)
        page.context.set_offline(False)
        page.goto(point.path)
        assert point.kept(page) == before


def test_after_the_server_died_nothing_saved_is_lost(page: Page, points: list[Point], running: Running) -> None:
    pages = [page, *(page.context.new_page() for _point in points[1:])]
    before = []
    for tab, point in zip(pages, points, strict=True):
        tab.goto(point.path)
        before.append(point.kept(tab))
        point.type(tab)
    running.kill_web()
    try:
        for tab, point in zip(pages, points, strict=True):
            cut_off(tab, point)
    finally:
        running.start_web()
    for tab, point, was in zip(pages, points, before, strict=True):
        tab.goto(point.path)
        assert point.kept(tab) == was


def test_a_lost_answer_would_be_noticed(page: Page, points: list[Point], account: Account) -> None:
    """The control."""
    point = points[5]
    page.goto(point.path)
    before = point.kept(page)
    with builders.system():
        Response.objects.filter(account=account, number="7.1").update(text="")
    page.goto(point.path)
    assert point.kept(page) != before
