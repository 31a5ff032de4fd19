"""Passkeys (P8): sign-up and sign-in with a device that Chromium plays, for companies and staff; half of it gets nowhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page, expect

from accounts.models import User
from tests.journeys.conftest import mailed
from tests.journeys.stage import PASSWORD, let_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """A security key inside the browser, which asks its owner for a finger or a PIN."""

    def __init__(self, page: Page) -> None:
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable")
        self._id = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def knows_its_owner(self, known: bool) -> None:
        self._cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": known})

    def lose_keys(self) -> None:
        self._cdp.send("WebAuthn.clearCredentials", {"authenticatorId": self._id})

    def keys(self) -> int:
        return len(self._cdp.send("WebAuthn.getCredentials", {"authenticatorId": self._id})["credentials"])


def make_passkey(page: Page) -> None:
    page.get_by_label("Name").first.fill("My laptop")
    page.get_by_role("button", name="Make the passkey").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_have_count(0)


def touch(page: Page) -> None:
    page.goto("/sign-in/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()


def told_why(page: Page) -> None:
    """The page says that the passkey wasn't used and what else there is; the focus is on the sentence."""
    problem = page.get_by_role("alert", name="There is a problem")
    expect(problem).to_be_focused()
    expect(problem).to_contain_text("sign in with your password and one-time code")
    assert page.title().startswith("Error:")


def is_out(page: Page, room: str) -> bool:
    page.goto(room)
    return "/sign-in/" in page.url


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture
def device(page: Page) -> Device:
    return Device(page)


def test_a_newcomer_makes_a_passkey_and_comes_back_with_it(page: Page, device: Device) -> None:
    email = "petra.passkey@example.org"
    page.goto("/sign-in/signup/")
    page.get_by_role("link", name="Create an account with a passkey").click()
    page.get_by_label("Full name").fill("Petra Passkey")
    page.get_by_label("Email", exact=False).first.fill(email)
    page.get_by_role("button", name="Go on").click()
    page.locator("#id_code").fill(mailed(email, r"\n\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*\n"))
    page.locator("main button[type=submit]").first.click()
    assert is_out(page, "/companies/")  # a confirmed address alone opens nothing
    page.goto("/sign-in/factors/webauthn/signup/")
    make_passkey(page)
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    assert not is_out(page, "/companies/")
    assert device.keys() == 1
    page.goto("/companies/")
    sign_out(page)
    touch(page)
    expect(page.get_by_role("heading", name="My companies")).to_be_visible()


@pytest.fixture
def specialist(page: Page, device: Device, people: dict[str, tuple[User, str]], site: str) -> User:
    """A specialist who has added a passkey to the account and signed out."""
    user = people["specialist"][0]
    let_in(page.context, site, user)
    page.goto("/sign-in/factors/webauthn/add/")
    make_passkey(page)
    expect(page.get_by_role("button", name="Make the passkey")).to_have_count(0)
    assert device.keys() == 1
    page.goto("/me/")
    sign_out(page)
    return user


def test_staff_come_in_with_a_passkey(page: Page, specialist: User) -> None:
    touch(page)
    expect(page.get_by_role("heading", name="Your work")).to_be_visible()
    assert not is_out(page, "/admin/review/")


def test_a_passkey_that_nobody_unlocked_is_one_factor_and_gets_nowhere(
    page: Page, device: Device, specialist: User
) -> None:
    """The device is there, its owner isn't: no finger, no PIN."""
    device.knows_its_owner(False)
    touch(page)
    told_why(page)
    assert is_out(page, "/admin/")
    device.knows_its_owner(True)  # the control
    touch(page)
    expect(page.get_by_role("heading", name="Your work")).to_be_visible()


def test_a_lost_device_and_the_password_alone_get_nowhere(page: Page, device: Device, specialist: User) -> None:
    device.lose_keys()
    touch(page)
    told_why(page)
    assert is_out(page, "/admin/")
    page.goto("/sign-in/login/")
    page.locator("#id_login").fill(specialist.email)
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Enter your one-time code")).to_be_visible()
    assert is_out(page, "/admin/")
    assert is_out(page, "/inbox/")
