"""The main journeys by keys alone (P38), and without script (P48): apply, save and return, upload, review, decide, read."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.journeys.browsing import one_time_code
from tests.journeys.hands import Hand, Keys, Pointer, see
from tests.journeys.stage import PASSWORD, forget_used_codes, ready, the_minute_is_over

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILE = {"name": "lamp-round.txt", "mimeType": "text/plain", "buffer": b"Round of the lamps at Norfolk, 2026-11-02.\n"}
FIRST = "Our president signed the statement in May. It hangs at the gate and in both canteens."
BETTER = "Our president signed the statement on May 4, 2026. It hangs at the gate and in both canteens."


def enter(hand: Hand, person: tuple[User, str]) -> None:
    """Sign in with password and one-time code, as the page offers it."""
    user, secret = person
    forget_used_codes()
    hand.page.goto("/")
    hand.follow("Sign in")
    hand.write("Email", user.email)
    hand.write("Password", PASSWORD)
    hand.send()
    hand.write("Code", one_time_code(secret))
    hand.send()
    expect(hand.page.get_by_role("button", name="Sign out")).to_be_visible()


def apply(hand: Hand, officer: tuple[User, str], number: str) -> None:
    enter(hand, officer)
    hand.follow("My companies")
    hand.follow(number)
    hand.follow("Go on with your application")
    hand.follow("Check that you can apply")
    question = hand.page.locator("main fieldset legend").first.inner_text()
    hand.choose("No", group=question[:40])
    hand.press("Save")
    see(hand.page, "You can't apply yet")
    hand.choose("Yes", group=question[:40])
    hand.press("Save")
    see(hand.page, "Your application")


def save_and_return(hand: Hand, officer: tuple[User, str], number: str) -> None:
    part = hand.page.locator("[aria-labelledby=part-profile] a").first.inner_text()
    hand.follow(part)
    hand.follow("1.1")
    hand.write("How do you meet it?", FIRST)
    hand.press("Save and continue")
    see(hand.page, re.compile("^1.2"))
    hand.press("Sign out")
    enter(hand, officer)
    hand.follow("My companies")
    hand.follow(number)
    hand.follow("Go on with your application")
    hand.follow(part)
    hand.follow("1.1")
    expect(hand.page.locator("#id_text")).to_have_value(FIRST)


def upload(hand: Hand) -> None:
    """From the criterion's page and back to it."""
    criterion = hand.page.url
    hand.follow("Upload another document")
    hand.attach("File", file=FILE)
    hand.write("Title", "Round of the lamps")
    hand.press("Upload")
    see(hand.page, "is uploaded and being checked")
    come_back_until(hand.page, lambda: hand.page.locator("tr", has_text="Round of the lamps").get_by_text("Ready"))
    hand.page.goto(criterion)
    hand.choose("Round of the lamps")
    hand.press("Save and stay")
    expect(hand.page.get_by_label("Round of the lamps")).to_be_checked()


def come_back_until(page: Page, sign: Callable[[], Locator]) -> None:
    """Look again until the worker is done."""
    deadline = time.monotonic() + 30
    while not sign().count() and time.monotonic() < deadline:
        page.wait_for_timeout(500)
        page.reload()
    expect(sign()).to_be_visible()


def submit(hand: Hand, number: str) -> None:
    hand.follow("Task list")
    hand.follow("Check your answers and submit")
    hand.choose("I have read the statement above")
    hand.press("Swear and submit")
    see(hand.page, "We have received your application")


def ask(hand: Hand, specialist: tuple[User, str], company: str) -> None:
    enter(hand, specialist)
    hand.follow("Unclaimed cases")
    hand.follow(company)
    hand.press("Assign to me", key="a")
    see(hand.page, "is yours now")
    hand.press("Next answer without a verdict", key="n")
    hand.write("Question to the company", "On which day was it signed?")
    hand.press("See it as the company reads it")
    see(hand.page, "As the company will read it")
    hand.press("Send the questions")
    see(hand.page, re.compile("The questions for .* are sent"))


def answer(hand: Hand, number: str) -> None:
    hand.page.goto(f"/accounts/{number}/")
    hand.follow("Answer the reviewer's questions")
    hand.follow("1.1")
    hand.write("How do you meet it?", BETTER)
    hand.press("Save and continue")
    hand.press("Send the answers to the reviewer")
    see(hand.page, "In review")


def vet(hand: Hand, vetter: tuple[User, str], company: str) -> None:
    enter(hand, vetter)
    hand.follow("Vettings")
    hand.follow(company)
    hand.choose("Passed", group="Conclusion")
    hand.write("What was checked", "Numbers, people and history: nothing was found.")
    hand.press("Conclude the vetting")
    see(hand.page, "is concluded")


def review(hand: Hand, company: str) -> None:
    hand.page.goto("/admin/")
    hand.follow("My cases")
    hand.follow(company)
    expect(hand.page.locator("ins").first).to_contain_text("4")
    hand.follow("Accept", key="s")
    see(hand.page, "The checks suggest to accept")
    hand.press("Accept the ticked answers")
    see(hand.page, re.compile("answers? (is|are) accepted"))
    while hand.page.locator("[data-unjudged]").count():
        left = hand.page.locator("[data-unjudged]").count()
        hand.press("Next answer without a verdict", key="n")
        hand.choose("Accept")
        hand.press("Save the verdict")
        expect(hand.page.locator("[data-unjudged]")).to_have_count(left - 1)
    hand.follow("Recommend to certify", key="r")
    see(hand.page, "What follows")
    hand.press("Send the recommendation: certify")
    see(hand.page, re.compile(r"\) goes to the supervisors"))


def decide(hand: Hand, supervisor: tuple[User, str], company: str) -> None:
    enter(hand, supervisor)
    hand.follow("Decisions to take")
    hand.follow(company)
    hand.press("Decide: certify", key="d")
    see(hand.page, "You can undo the decision until")
    hand.press("Undo the decision", key="u")
    see(hand.page, "No letter has left")
    hand.press("Decide: certify", key="d")
    see(hand.page, "is certified")


def read(hand: Hand, number: str) -> bytes:
    """The certificate, from the company's page of the account."""
    hand.page.goto(f"/accounts/{number}/")
    see(hand.page, "in good standing")
    come_back_until(hand.page, lambda: hand.page.get_by_role("link", name="Open the certificate"))
    return hand.read("Open the certificate (PDF)")


@pytest.mark.parametrize("way", ["keys", "without script"])
def test_a_company_applies_and_is_certified(
    way: str, new_page: Callable[..., Page], people: dict[str, tuple[User, str]]
) -> None:
    application = ready(people["officer"][0])
    number, company = application.account.number, application.account.company.legal_name

    def hand() -> Hand:
        return Keys(new_page()) if way == "keys" else Pointer(new_page(script=False))

    officer, specialist = hand(), hand()
    apply(officer, people["officer"], number)
    save_and_return(officer, people["officer"], number)
    upload(officer)
    submit(officer, number)
    ask(specialist, people["specialist"], company)
    answer(officer, number)
    vet(hand(), people["vetting"], company)
    review(specialist, company)
    decide(hand(), people["supervisor"], company)
    the_minute_is_over()
    assert read(officer, number).startswith(b"%PDF-")
