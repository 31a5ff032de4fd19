"""Every kind of visitor and user, each put where the site's own steps would lead: signed in, or only half of the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse
from playwright.sync_api import Page

from tests.journeys.conftest import mailed
from tests.journeys.rooms import (
    FORGETFUL,
    KEYHOLDER,
    NEWCOMER,
    OTHERS,
    SIGNING_IN,
    SIGNING_UP,
    SIGNING_UP_BY_KEY,
    VISITOR,
    Stage,
)
from tests.journeys.stage import PASSWORD, let_in
from tests.journeys.test_passkeys import Device, make_passkey
from tests.journeys.walk import Walk

SENDS = "main form button[type=submit]"


def walker(role: str, page: Page, stage: Stage, site: str, seen: set[tuple[str, ...]]) -> Walk:
    """This kind of person, ready to walk."""
    if role in STEPS:
        STEPS[role](page, stage)
        return Walk(page, seen)
    if role == VISITOR:
        return Walk(page, seen)
    user = stage.users[role]
    factors = ("password",) if role == NEWCOMER else ("password", "mfa")
    let_in(page.context, site, user, factors)
    if role == KEYHOLDER:
        Device(page)
        page.goto("/sign-in/factors/webauthn/add/")
        make_passkey(page)
        page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    return Walk(page, seen, renew=lambda: let_in(page.context, site, user, factors), briefly=role in OTHERS)


def _sign_up(page: Page, stage: Stage) -> None:
    page.goto("/sign-in/signup/")
    page.get_by_label("Full name").fill("Sid Signup")
    page.get_by_label("Email", exact=False).first.fill("sid.signup@example.org")
    page.locator("#id_password1").fill(PASSWORD)
    page.locator("#id_password2").fill(PASSWORD)
    page.locator(SENDS).first.click()
    page.locator("#id_code").wait_for()


def _sign_up_by_key(page: Page, stage: Stage) -> None:
    email = "kit.signup@example.org"
    page.goto("/sign-in/signup/passkey/")
    page.get_by_label("Full name").fill("Kit Signup")
    page.get_by_label("Email", exact=False).first.fill(email)
    page.locator(SENDS).first.click()
    page.locator("#id_code").fill(mailed(email, r"\n\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*\n"))
    page.locator(SENDS).first.click()
    page.locator("#mfa_webauthn_signup").wait_for()


def _sign_in(page: Page, stage: Stage) -> None:
    page.goto("/sign-in/login/")
    page.locator("#id_login").fill(stage.users[SIGNING_IN].email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator(SENDS).first.click()
    page.locator("#id_code").wait_for()


def _forgot(page: Page, stage: Stage) -> None:
    """The link in the mail."""
    user = stage.users[FORGETFUL]
    key = default_token_generator.make_token(user)
    page.goto(reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key}))
    page.locator("#id_password1").wait_for()


STEPS: Mapping[str, Callable[[Page, Stage], None]] = {
    SIGNING_UP: _sign_up,
    SIGNING_UP_BY_KEY: _sign_up_by_key,
    SIGNING_IN: _sign_in,
    FORGETFUL: _forgot,
}
