"""Reviewers are quick (P44): a simple case is decided in at most twelve keystrokes, and the next one opens itself."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests import builders
from tests.journeys.hands import Keys, see
from tests.journeys.stage import let_in, now, submitted
from trusted_trader.application.models import Application
from trusted_trader.review import operations
from trusted_trader.review.models import Vetting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST = 12
SENT = re.compile(r"\) goes to the supervisors")


@pytest.fixture
def cases(people: dict[str, tuple[User, str]]) -> list[Application]:
    """Two simple cases in the pool, the more urgent one first, both vetted."""
    found = [submitted(people["officer"][0], days_ago=days) for days in (9, 2)]
    with builders.system():
        for case in found:
            vetting = Vetting.objects.get(application=case)
            operations.conclude_vetting(
                vetting=vetting, cleared=True, conclusion="Nothing was found.", actor=people["vetting"][0], at=now()
            )
            case.refresh_from_db(fields=["urgency"])
    return sorted(found, key=lambda case: (case.urgency, case.pk))


def status_of(case: Application) -> str:
    with builders.system():
        return Application.objects.get(pk=case.pk).status


def strokes(hand: Keys, *keys: str) -> None:
    """Strike each key as soon as the page that it works on is there."""
    for key in keys:
        hand.page.wait_for_load_state()
        hand.strike_and_go("" if key == "Enter" else key)


def review(hand: Keys) -> None:
    hand.page.goto("/admin/review/?view=unclaimed")
    strokes(hand, "j")
    hand.page.wait_for_function("document.activeElement.matches('a.open')")
    strokes(hand, "Enter", "a", "s", "Enter", "r", "Enter")


def test_a_simple_case_is_decided_in_a_dozen_keystrokes_and_the_next_one_opens(
    new_page: Callable[..., Page], people: dict[str, tuple[User, str]], cases: list[Application], site: str
) -> None:
    first, second = cases
    reviewer = Keys(let_in(new_page().context, site, people["specialist"][0]))
    review(reviewer)
    see(reviewer.page, SENT)
    expect(reviewer.page.locator("h1")).to_contain_text(second.account.company.legal_name)
    strokes(reviewer, "a", "s", "Enter", "r", "Enter")
    see(reviewer.page, SENT)
    decider = Keys(let_in(new_page().context, site, people["supervisor"][0]))
    decider.page.goto("/admin/review/?view=recommended")
    strokes(decider, "j")
    decider.page.wait_for_function("document.activeElement.matches('a.open')")
    strokes(decider, "Enter", "d", "Enter")
    see(decider.page, re.compile("is certified"))
    expect(decider.page.locator("h1")).to_contain_text(second.account.company.legal_name)
    assert status_of(first) == "certified"
    assert decider.pressed == 4 <= MOST
    assert reviewer.pressed == 7 + 5
    assert 7 + decider.pressed <= MOST


def test_a_case_that_is_not_simple_takes_more(
    new_page: Callable[..., Page], people: dict[str, tuple[User, str]], cases: list[Application], site: str
) -> None:
    """The control: the same keys don't get past what is still open."""
    with builders.system():
        vetting = Vetting.objects.get(application=cases[0])
        operations.reopen_vetting(vetting=vetting, reason="A new owner.", actor=people["vetting"][0], at=now())
    hand = Keys(let_in(new_page().context, site, people["specialist"][0]))
    review(hand)
    expect(hand.page.get_by_role("button", name="Send the recommendation")).to_be_disabled()
    assert status_of(cases[0]) == "in_review"
