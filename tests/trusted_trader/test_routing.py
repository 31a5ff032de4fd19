"""Cases find their office, and reviewers are picked fairly and without a tie."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trusted_trader import routing
from trusted_trader.entity_types import EntityType
from trusted_trader.routing import Reviewer, RouteFacts, pick_reviewer, route

FACTS = RouteFacts(entity_type="importer", country="US", region="VA", risk_tier="low", first_time=False, company_id=7)


@pytest.mark.parametrize(
    ("changes", "office", "rule"),
    [
        ({"entity_type": "sea_carrier", "region": "WA"}, "gulf", "entity_type"),
        ({"entity_type": "mexican_long_haul_carrier", "country": "MX"}, "south", "entity_type"),
        ({"country": "MX", "region": "NL"}, "south", "country"),
        ({"country": "CA", "region": "ON"}, "north", "country"),
        ({"region": "CA"}, "pacific", "region"),
        ({"region": " tx "}, "gulf", "region"),
        ({}, "north", "default"),
        ({"country": "", "region": ""}, "north", "default"),
    ],
)
def test_the_first_rule_that_answers_wins_and_gives_its_reason(changes: dict, office: str, rule: str):
    found = route(replace(FACTS, **changes))
    assert (found.office, found.rule) == (office, rule)
    assert found.reason


def test_the_order_of_the_rules_is_the_policy(monkeypatch: pytest.MonkeyPatch):
    ship = replace(FACTS, entity_type="sea_carrier", country="MX")
    assert route(ship).office == "gulf"
    monkeypatch.setattr(routing, "RULES", tuple(reversed(routing.RULES[:-1])) + routing.RULES[-1:])
    assert route(ship).office == "south"


def test_two_letters_of_another_country_are_no_state_of_ours():
    assert route(replace(FACTS, country="ES", region="CA")).rule == "default"
    assert route(replace(FACTS, country="US", region="CA")).rule == "region"


@pytest.mark.parametrize(
    ("risk", "first_time", "queue"),
    [("high", True, "high_risk"), ("high", False, "high_risk"), ("low", True, "first_time"), ("low", False, "general")],
)
def test_risk_and_then_novelty_choose_the_queue(risk: str, first_time: bool, queue: str):
    assert route(replace(FACTS, risk_tier=risk, first_time=first_time)).queue == queue


def test_the_file_names_known_offices_and_kinds_and_says_that_it_is_made_up():
    data = routing.data()
    named = {data["default_office"], *data["entity_types"].values(), *data["countries"].values()}
    assert named | set(data["regions"].values()) <= set(routing.offices())
    assert set(data["entity_types"]) <= {kind.value for kind in EntityType}
    assert data["demonstration"] is True
    assert all("demonstration" in name for name in routing.offices().values())


@settings(max_examples=300, deadline=None)
@given(
    st.builds(
        RouteFacts,
        entity_type=st.sampled_from(EntityType) | st.text(max_size=5),
        country=st.sampled_from(["US", "MX", "CA", "DE", ""]),
        region=st.sampled_from(["CA", "tx", "", "ON"]) | st.text(max_size=5),
        risk_tier=st.sampled_from(["low", "medium", "high", ""]),
        first_time=st.booleans(),
        company_id=st.integers(1, 9),
    )
)
def test_every_case_has_an_office(facts: RouteFacts):
    assert route(facts).office in routing.offices()


def reviewer(user_id: int, open_cases: int = 0, **changes: object) -> Reviewer:
    return replace(Reviewer(user_id, "north", open_cases, ties=frozenset(), away=False), **changes)


def test_the_one_with_the_least_open_work_in_the_office_is_picked():
    people = [reviewer(1, 5), reviewer(2, 3), reviewer(3, 0, office="south")]
    assert pick_reviewer(people, FACTS, "north").user_id == 2
    # Control: without the office the free hand elsewhere would win.
    assert pick_reviewer(people, FACTS, "pacific").user_id == 3


def test_a_tie_or_an_absence_excludes_and_the_reason_says_so():
    tied = reviewer(1, ties=frozenset({7}))
    assert pick_reviewer([tied, reviewer(2, 9)], FACTS, "north").user_id == 2
    assert pick_reviewer([tied, reviewer(2, 9)], replace(FACTS, company_id=8), "north").user_id == 1
    assert pick_reviewer([reviewer(1, away=True), reviewer(2, 9)], FACTS, "north").user_id == 2
    nobody = pick_reviewer([tied, reviewer(2, away=True)], FACTS, "north")
    assert nobody.user_id is None
    assert "tie" in nobody.reason


PEOPLE = st.lists(
    st.builds(
        Reviewer,
        user_id=st.integers(1, 20),
        office=st.sampled_from(["north", "south"]),
        open_cases=st.integers(0, 3),
        ties=st.frozensets(st.integers(6, 8), max_size=2),
        away=st.booleans(),
    ),
    unique_by=lambda person: person.user_id,
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_pick_does_not_depend_on_the_order_of_the_list(people: list[Reviewer], chance):
    shuffled = list(people)
    chance.shuffle(shuffled)
    assert pick_reviewer(shuffled, FACTS, "north") == pick_reviewer(people, FACTS, "north")


def test_work_stays_balanced_when_cases_come_one_after_the_other():
    loads = {1: 4, 2: 0, 3: 1}
    for _case in range(10):
        picked = pick_reviewer([reviewer(user, load) for user, load in loads.items()], FACTS, "north").user_id
        assert picked is not None
        loads[picked] += 1
    assert loads == {1: 5, 2: 5, 3: 5}
