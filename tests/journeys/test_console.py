"""The partner console: a webhook and a secret without script (test_every_page looks at each of its pages)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fastlane.console import operations
from tests import builders
from tests.fastlane.conftest import a_partner
from tests.journeys.stage import let_in, now

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_webhook_and_a_secret_without_script(new_page: Callable[..., Page], site: str) -> None:
    partner = a_partner().row
    with builders.system():
        user = builders.a_user("Petra Partner")
    operations.name_steward(partner=partner, user=user, actor=None, at=now())
    base = f"/partners/{partner.pk}/"
    page = let_in(new_page(script=False, width=320).context, site, user)
    page.goto(f"{base}webhooks/new/")
    page.locator("#id_url").fill("https://hooks.example.org/new")
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_text("whsec_")).to_be_visible()
    page.reload()
    expect(page.get_by_text("whsec_")).to_have_count(0)
    page.get_by_role("button", name="Send a test message").click()
    expect(page.get_by_role("heading", name="webhook.test")).to_be_visible()
    page.goto(base)
    page.get_by_text("Make a new secret").click()
    page.get_by_role("button", name="Yes, make a new one").click()
    expect(page.get_by_role("heading", name="Your new client secret")).to_be_visible()
