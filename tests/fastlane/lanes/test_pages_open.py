"""The lanes' rules as everybody reads them, and what would happen if: two variants, nothing stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Event
from fastlane.lanes.models import LaneDecision, LaneRequest
from fastlane.rules import LANES
from tests import builders
from tests.builders import NOW
from tests.fastlane.lanes.harbor import Harbor
from tests.fastlane.lanes.pages import sign_in, text

URL = "/lanes/aqua/what-if/"


@pytest.fixture(autouse=True)
def at_the_harbors_time(quay: Harbor) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anybody(quay: Harbor) -> Client:
    return sign_in(builders.a_user("Nora Nobody"))


def typed(client: Client, url: str = URL, **query: str) -> dict[str, Any]:
    """What the page would send if nothing was changed."""
    data: dict[str, Any] = {}
    for form in client.get(url, query).context["forms"]:
        for bound in form:
            value = bound.value()
            if bound.field.__class__.__name__ == "MomentField":
                parts = bound.field.widget.decompress(value)
                data |= {f"{bound.html_name}_{n}": part or "" for n, part in enumerate(parts)}
            else:
                data[bound.html_name] = "" if value is None else value
    return data | query


def test_every_rule_is_told_with_authority_and_tag_in_words(anybody: Client) -> None:
    page = anybody.get("/lanes/")
    shown = text(page)
    for lane in LANES.values():
        for rule in (*lane.rules, *lane.listed):
            assert f'id="{rule.code}"' in page.content.decode(), rule.code
            assert rule.authority in shown, rule.code
    assert "demonstration data" in shown
    assert "design of this portal; no published rule was seen" in shown
    assert "%(" not in shown


def test_a_visitor_reads_no_rules() -> None:
    assert Client().get("/lanes/").status_code == 302
    assert Client().get(URL).status_code == 302


@pytest.mark.parametrize("lane", LANES)
def test_every_lane_begins_with_an_example_that_passes(anybody: Client, lane: str) -> None:
    url = f"/lanes/{lane}/what-if/"
    answer = anybody.post(url, typed(anybody, url))
    assert answer.status_code == 200, text(answer)
    shown = text(answer)
    assert "Both variants come out the same" in shown
    assert "Variant A: Eligible" in shown
    assert "Variant B: Eligible" in shown


def test_the_difference_of_two_variants_is_shown_and_nothing_is_stored(anybody: Client) -> None:
    before = (LaneRequest.objects.count(), LaneDecision.objects.count(), Event.objects.count())
    data = typed(anybody) | {"b-passengers": "3", "b-carrier.in_good_standing": "no"}
    shown = text(anybody.post(URL, data))
    assert "The variants come out differently" in shown
    assert "Variant B: Not eligible" in shown
    assert re.search(r"Passengers 0 3", shown)
    assert "AQ-02" in shown
    assert "AQ-25" in shown
    assert "only in this variant" in shown
    assert (LaneRequest.objects.count(), LaneDecision.objects.count(), Event.objects.count()) == before


def test_what_cannot_be_read_is_told_at_its_field(anybody: Client) -> None:
    data = typed(anybody) | {"a-stowaways": "many", "b-port_calls_24m.calls": "SG,,2026-99-01"}
    answer = anybody.post(URL, data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'href="#id_a-stowaways"' in page
    assert 'value="many"' in page
    assert "Line 1, date: There is no such date." in text(answer)


def test_variant_a_is_copied_to_b(anybody: Client) -> None:
    answer = anybody.post(URL, typed(anybody) | {"a-passengers": "7", "copy": "1"})
    assert re.search(r'name="b-passengers"[^>]*value="7"', answer.content.decode())


def test_a_carrier_begins_with_its_request_but_not_with_what_targeting_knows(quay: Harbor) -> None:
    row = quay.file()
    quay.observe(row, wpm__carrier_violations_12m=9)
    own = typed(sign_in(quay.agent), request=row.reference)
    whole = typed(sign_in(quay.officer), request=row.reference)
    assert own["a-vessel.imo"] == whole["a-vessel.imo"] == "9703291"
    assert own["a-wpm.carrier_violations_12m"] == ""
    assert whole["a-wpm.carrier_violations_12m"] == 9
    assert "A person must look" in text(sign_in(quay.agent).post(URL, own))


def test_an_unknown_lane_or_request_is_missing(anybody: Client) -> None:
    assert anybody.get("/lanes/nothing/what-if/").status_code == 404
    assert anybody.get(URL, {"request": "AQ-2026-999999"}).status_code == 404
