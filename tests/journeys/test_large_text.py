"""Text at twice its size (WCAG 1.4.4): on the main pages nothing is cut off and no page scrolls sideways at 1280 pixels."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from accounts.models import User
from tests.journeys.stage import let_in, submitted

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TWICE = "document.documentElement.style.fontSize = '200%'"
# What hides a part of its own words, and what reaches beyond the page outside of a frame that scrolls.
CUT_OFF = """() => {
  const scrolls = (e) => e && (/(auto|scroll)/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  const seen = (e) => e.offsetParent && e.offsetWidth > 2 && !e.closest('.usa-sr-only, .visually-hidden, [hidden]');
  const words = [...document.querySelectorAll('a, button, h1, h2, h3, label, th, td, dt, dd, p, legend')].filter(seen);
  const hides = (e) => /hidden|clip/.test(getComputedStyle(e).overflow)
    && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
  const beyond = (e) => e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e.parentElement);
  const told = words.filter((e) => hides(e) || beyond(e)).map((e) => e.outerHTML.slice(0, 120));
  const root = document.documentElement;
  return root.scrollWidth > root.clientWidth + 1 ? [...told, 'the page scrolls sideways'] : told;
}"""


def test_nothing_is_cut_off_at_twice_the_size(
    new_page: Callable[..., Page], people: dict[str, tuple[User, str]], site: str
) -> None:
    case = submitted(people["officer"][0])
    account = f"/accounts/{case.account.number}/"
    found = {}
    for role, paths in {
        "": ("/", "/sign-in/login/", "/sign-in/signup/"),
        "officer": ("/companies/", account, f"{account}history/", f"{account}evidence/", f"{account}lanes/"),
        "specialist": ("/admin/", "/admin/review/", f"/admin/review/{case.pk}/"),
    }.items():
        page = new_page()
        if role:
            let_in(page.context, site, people[role][0])
        for path in paths:
            page.goto(path)
            page.evaluate(TWICE)
            if told := page.evaluate(CUT_OFF):
                found[path] = told
    assert found == {}
    page.evaluate("document.querySelector('h1').style.cssText = 'overflow: hidden; height: 10px'")  # the control
    assert page.evaluate(CUT_OFF)
