"""The lane's demonstration data is whole: numbers with right check digits, every story told, nothing but known places."""

from __future__ import annotations

from collections import Counter

import pytest

from fastlane.demo import calls, feed
from fastlane.demo.calls import Call
from fastlane.demo.data import lines
from fastlane.demo.requests import STORIES
from fastlane.rules import Reference
from fastlane.rules.kinds import IMO
from trusted_trader.demo.companies import plans

REFERENCE = Reference.load()
MEMBERS = {plan.key: plan for plan in plans()}
WITHOUT_A_STORY = {"approved", "late list", "not required", "incomplete", "moth", "draft", "filed"}
NUMBERS = sorted({*calls.ships(), *(row[3] for row in lines("measured.txt"))})  # in one order for every process


@pytest.mark.parametrize("number", NUMBERS)
def test_a_ship_has_a_made_up_number_with_the_right_check_digit(number: str) -> None:
    assert IMO.read(number) == number
    assert number.startswith("2000")


def test_terminals_belong_to_the_ports_that_are_named() -> None:
    for call in calls.calls():
        assert REFERENCE.terminals[call.terminal].port == call.port
    for row in lines("measured.txt"):
        assert row[2] in REFERENCE.terminals


def test_operators_are_terminal_operators_of_this_world() -> None:
    for terminal, company in lines("operators.txt"):
        assert terminal in REFERENCE.terminals
        assert MEMBERS[company].entity_type == "marine_port_terminal_operator"


def test_every_story_is_told_and_no_unknown_one() -> None:
    told = Counter(call.story for call in calls.calls())
    assert told.keys() == STORIES.keys() | WITHOUT_A_STORY
    past = Counter(call.terminal for call in calls.calls() if call.first_container)
    assert sum(past.values()) >= 12
    assert min(past["W185"], past["S847"]) >= 5


def test_no_two_requests_are_for_the_same_port_call() -> None:
    keys = [(call.ship.imo, call.voyage, call.port) for call in calls.calls()]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("call", calls.calls(), ids=lambda call: f"{call.ship.name} {call.voyage}")
def test_a_carrier_sails_its_own_ships_and_files_in_time(call: Call) -> None:
    assert MEMBERS[call.ship.carrier].entity_type == "sea_carrier"
    assert call.filed_ago >= 1
    assert call.filed_ago + call.days >= 3


def test_the_feed_finds_something_in_a_ship_whose_story_needs_it() -> None:
    for call in calls.calls():
        held = feed.known_of(call.ship.imo)["targeting.holds"] != 0
        assert held == (call.story in {"lifted", "proposed"}), call
