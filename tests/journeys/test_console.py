"""The partner console under axe, at 320 and 1280 pixels, filled and with errors; and a webhook set up without script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from fastlane.console import operations
from fastlane.publishing import sandbox
from fastlane.publishing.models import UsageHour
from fastlane.webhooks import operations as webhooks
from fastlane.webhooks.models import Attempt, Delivery
from fastlane.webhooks.operations import Acting
from tests import builders
from tests.fastlane.conftest import a_partner
from tests.journeys.stage import let_in
from tests.journeys.test_accessible import faults_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stage(site: str) -> tuple[object, object, str]:
    """A steward of a sandbox client that has a webhook, deliveries and usage."""
    partner = a_partner()
    partner.row.is_sandbox = True
    partner.row.save()
    now = timezone.now()
    with builders.system():
        user = builders.a_user("Petra Partner")
        sandbox.furnish(partner.row, at=now)
        for hours, status, calls in ((1, 200, 40), (2, 304, 400), (30, 404, 7), (50, 429, 90)):
            UsageHour.objects.create(
                client_id=partner.client_id, hour=now - timedelta(hours=hours), route="api:member", status=status,
                calls=calls,
            )  # fmt: skip
    operations.name_steward(partner=partner.row, user=user, actor=None, at=now)
    acting = Acting.person(user)
    endpoint, _ = webhooks.create(
        partner=partner.row, url="https://hooks.example.org/" + "long" * 40, actor=acting, at=now
    )
    with builders.system():
        for state in ("pending", "failed", "delivered"):
            row = Delivery.objects.create(
                endpoint=endpoint, lane=state, type="standing.changed", about=state, body='{"type":"standing.changed"}',
                state=state, created_at=now, tried_since=now, due_at=now,
            )  # fmt: skip
            Attempt.objects.create(
                delivery=row, at=now, took_ms=12, status=500, answer="x" * 500,
                request_headers={"webhook-signature": "v1," + "a" * 200},
            )  # fmt: skip
    base = f"/partners/{partner.row.pk}/"
    return user, endpoint, base


def test_every_page_of_the_console_is_accessible(
    new_page: Callable[..., Page], site: str, stage: tuple[object, object, str]
) -> None:
    user, endpoint, base = stage
    page = let_in(new_page().context, site, user)  # type: ignore[arg-type]
    found: dict[str, list[str]] = {}
    pages = ("/partners/", base, f"{base}usage/", f"{base}usage/?days=1", f"{base}code/", f"{base}webhooks/",
             f"{base}webhooks/new/", f"{base}webhooks/{endpoint.key}/", f"{base}sandbox/")  # type: ignore[attr-defined]  # fmt: skip
    for path in pages:
        answer = page.goto(path)
        assert answer is not None, path
        assert answer.status == 200, path
        for fold in page.locator("details").all():
            fold.evaluate("(node) => node.open = true")
        found |= faults_at(page, path)
    page.goto(f"{base}webhooks/new/")
    page.locator("#id_url").fill("ftp://nowhere")
    page.get_by_role("button", name="Set it up").click()
    assert "Error:" in page.title()
    found |= faults_at(page, "a wrong address")
    assert found == {}


def test_a_webhook_and_a_secret_without_script(
    new_page: Callable[..., Page], site: str, stage: tuple[object, object, str]
) -> None:
    user, _endpoint, base = stage
    page = let_in(new_page(script=False, width=320).context, site, user)  # type: ignore[arg-type]
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
