"""One request in a real browser, from an empty form to its approval."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from fastlane.lanes.models import LaneRequest
from tests import builders
from tests.fastlane.lanes.harbor import Harbor, build
from tests.journeys.stage import enrolled, now, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def quay(site: str) -> Harbor:
    with builders.system():
        return build()


def test_an_agent_files_and_an_officer_approves(quay: Harbor, new_page: Callable[..., Page], scripted: bool) -> None:
    """The whole of one request by hand, with script and without."""
    with builders.system():
        secrets = {user: enrolled(user) for user in (quay.agent, quay.officer)}
    page = new_page(script=scripted)
    sign_in(page, quay.agent, secrets[quay.agent])
    page.goto(f"/accounts/{quay.carrier.number}/lanes/")
    page.get_by_role("button", name="Ask for the fast lane").click()
    texts = {
        "IMO number": "9703291", "Vessel": "Demonstration Star", "Voyage": "118E", "Port of arrival": "2704",
        "Dock or terminal": "W185", "Agent's phone by day": "+1 555 0100", "Agent's phone at night": "+1 555 0101",
        "Signature": "Ada Agent", "Words in box 5": "AQUA Lane", "Reference of the Notice of Arrival": "NOA-1",
        "Stowaways": "0", "Passengers": "0",
    }  # fmt: skip
    for label, value in texts.items():
        page.get_by_label(label, exact=True).fill(value)
    for label in ("Type of ship", "Type of cargo"):
        page.get_by_label(label).select_option("container")
    eta = now() + timedelta(days=5)
    group = page.get_by_role("group", name="Estimated arrival")
    group.get_by_label("Date").fill(f"{eta:%Y-%m-%d}")
    group.get_by_label("Time", exact=True).fill("14:30")
    group.get_by_label("Time zone").select_option("America/Los_Angeles")
    page.locator("label", has_text="Other").locator("visible=true").last.click()
    for question, answer in (("go straight", "Yes"), ("fumigation", "No"), ("moth certificate", "No"),
                             ("Crew stay on board", "Yes"), ("Formal entry", "No")):  # fmt: skip
        page.get_by_role("group", name=question).locator("label", has_text=answer).click()
    page.get_by_role("button", name=re.compile("Add a row.*Carriers")).click()
    assert page.get_by_label("SCAC").count() == 2
    page.get_by_role("button", name="Save and send the request").click()
    assert "The request was sent" in page.content()
    with builders.system():
        row = LaneRequest.objects.get(voyage="118E")
        assert row.status == "manual_review"
        assert row.form["operations"]["box_5"] is True
        quay.observe(row, at=now())
    page = new_page(script=scripted)
    sign_in(page, quay.officer, secrets[quay.officer])
    page.goto("/admin/lanes/")
    page.get_by_role("link", name="Demonstration Star").click()
    page.get_by_text("Approve", exact=True).click()
    page.get_by_label("Reason").locator("visible=true").fill("The port list came by mail and was looked at.")
    page.get_by_role("button", name="Approve the request").click()
    assert f"{row.reference} is approved" in page.content()
