"""The simulated feed: what it knows follows from the ship, it fills in what waits, and keeps out of others' calls."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fastlane.demo import feed
from fastlane.lanes import agency, queries
from fastlane.lanes.acting import Actor
from fastlane.lanes.agency import Observation
from fastlane.lanes.models import AgencyFact, LaneRequest
from fastlane.rulebook.queries import in_force
from tests.builders import NOW
from tests.fastlane.lanes.harbor import ETA, Harbor, run_effects

CLEAN, HELD, UNPLANNED = "9703291", "2000107", "2000119"
TWO_MINUTES = NOW + timedelta(minutes=2)


def _filed(quay: Harbor, imo: str, voyage: str) -> LaneRequest:
    return quay.file(facts=False, ship__imo=imo, voyage=voyage)


def test_the_feed_knows_every_fact_that_the_rules_ask_of_the_agency() -> None:
    for imo in (CLEAN, HELD, UNPLANNED, "2000418"):
        assert feed.known_of(imo).keys() == queries.AGENCY_PATHS | {queries.NOTICE}


@pytest.mark.parametrize(
    ("imo", "voyage", "status"),
    [(CLEAN, "1F", "approved"), (HELD, "2F", "manual_review"), (UNPLANNED, "3F", "refused")],
)
def test_a_request_filed_by_hand_is_decided_when_the_feed_has_told(
    quay: Harbor, imo: str, voyage: str, status: str
) -> None:
    request = _filed(quay, imo, voyage)
    assert request.status == "manual_review"  # nothing is confirmed yet
    assert feed.tick(TWO_MINUTES) == 1
    run_effects(agency.TOLD, at=TWO_MINUTES)
    request.refresh_from_db()
    assert request.status == status
    assert {row.source for row in AgencyFact.objects.filter(imo=imo)} == {feed.SOURCE}


def test_a_call_is_told_once_until_its_facts_grow_old(quay: Harbor) -> None:
    _filed(quay, CLEAN, "4F")
    assert feed.tick(TWO_MINUTES) == 1
    assert feed.tick(TWO_MINUTES + timedelta(hours=1)) == 0
    assert feed.tick(TWO_MINUTES + feed.RENEWED) == 1


def test_an_approval_outlives_the_limit_of_its_facts_with_the_feed_alone(quay: Harbor) -> None:
    request = _filed(quay, CLEAN, "5F")
    feed.tick(TWO_MINUTES)
    run_effects(agency.TOLD, at=TWO_MINUTES)
    later = TWO_MINUTES + timedelta(hours=13)
    gathered = queries.gather(request, in_force(NOW), now=later)
    assert "targeting.holds" in gathered.unconfirmed  # the control: without the feed it would fall
    feed.tick(later)
    assert not queries.gather(request, in_force(NOW), now=later).unconfirmed


def test_a_call_that_a_partner_s_system_told_of_is_left_to_it(quay: Harbor) -> None:
    request = _filed(quay, CLEAN, "6F")
    _tell(request, "targeting.holds", 1, Actor(client_id="partner"))
    assert feed.tick(TWO_MINUTES) == 0


def test_what_an_officer_entered_is_not_overwritten(quay: Harbor) -> None:
    request = _filed(quay, CLEAN, "7F")
    _tell(request, "targeting.holds", 1, Actor(quay.officer))
    assert feed.tick(TWO_MINUTES) == 1
    known = queries.agency_facts(request.imo, request.voyage, request.port)
    assert known["targeting.holds"].value == 1
    assert known["isf.csm"].source == feed.SOURCE


def test_a_call_that_is_over_or_not_sent_is_not_told_of(quay: Harbor) -> None:
    quay.draft(voyage="8F")
    quay.file(facts=False, voyage="9F")
    assert feed.tick(ETA + timedelta(minutes=1)) == 0
    assert feed.tick(TWO_MINUTES) == 1  # the control: the sent one, before its arrival


def _tell(request: LaneRequest, path: str, value: int, actor: Actor) -> None:
    call = {"imo": request.imo, "voyage": request.voyage, "port": request.port}
    agency.observe(**call, observations=[Observation(path, value, "Somebody else", NOW)], actor=actor, at=NOW)
