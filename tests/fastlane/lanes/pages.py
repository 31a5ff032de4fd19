"""Helps for tests of the lanes' pages: sign in at the harbor's time, and read what a page says."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client

from tests.fastlane.lanes.harbor import ETA
from tests.trusted_trader.review.conftest import sign_in

FIELDS = {
    "ship.imo": "9703291", "ship.name": "Demonstration Star", "ship.type": "container", "ship.flag": "pa",
    "ship.operator": "Blue Current Lines", "ship.operator_nationality": "US", "voyage": "118E", "port": "2704",
    "terminal": "w185", "eta_0": f"{ETA:%Y-%m-%d}", "eta_1": f"{ETA:%H:%M}", "eta_2": "UTC",
    "agent.name": "Harbor Agency", "agent.day_phone": "+1 555 0100", "agent.night_phone": "+1 555 0101",
    "agent.address": "1 Quay", "agent.signature": "Ada Agent", "arriving_from.port": "Busan",
    "arriving_from.country": "KR", "operations.box_5": "on", "operations.other_text": "AQUA Lane",
    "itinerary.0.port": "Singapore", "itinerary.0.country": "SG", "itinerary.0.departed_on": "2026-11-01",
    "cargo_type": "container", "carriers.0.name": "Blue Current Lines", "carriers.0.scac": "ZXAB",
    "carriers.0.manifest": "ams", "notice_of_arrival_ref": "NOA-1", "containers_delivered_direct": "yes",
    "fumigation_on_arrival": "no", "fsmc_certificate": "no", "crew_undertaking": "yes", "stowaways": "0",
    "passengers": "0", "formal_entry_done": "no",
}  # fmt: skip


def text(response: Any) -> str:
    """What the page says, tags and spaces taken out."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


__all__ = ["FIELDS", "Client", "sign_in", "text"]
