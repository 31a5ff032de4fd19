"""The application's life: each cell, each guard with its control, and offers that agree with the check."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.roles import Role as R
from tests.trusted_trader.workflow.cells import (
    NOW,
    OFFICER,
    OTHER,
    SPECIALIST,
    SUPERVISOR,
    code_of,
    differences,
    someone,
)
from trusted_trader.workflow import ActorView, CaseView, Offer, TransitionRefused, available, check
from trusted_trader.workflow.application import COMPANY_WORD, OPEN, STAFF_WORD, TABLE, UNDO, State

S = State
WRITERS = {R.OFFICER, R.CONTACT, R.COMPANY_USER}
# Written out a second time on purpose: the table must be changed in two places to change who may do what.
RIGHTS = {
    "submit": ({S.DRAFT}, S.SUBMITTED, {R.OFFICER}),
    "withdraw": (
        {S.DRAFT, S.SUBMITTED, S.IN_REVIEW, S.WAITING_FOR_COMPANY, S.RECOMMENDED},
        S.WITHDRAWN,
        {R.OFFICER, R.CONTACT},
    ),
    "claim": ({S.SUBMITTED}, S.IN_REVIEW, {R.SPECIALIST}),
    "release": ({S.IN_REVIEW}, S.SUBMITTED, {R.SPECIALIST}),
    "reassign": ({S.SUBMITTED, S.IN_REVIEW, S.WAITING_FOR_COMPANY}, None, {R.SUPERVISOR}),
    "ask": ({S.IN_REVIEW}, S.WAITING_FOR_COMPANY, {R.SPECIALIST}),
    "answer": ({S.WAITING_FOR_COMPANY}, S.IN_REVIEW, WRITERS),
    "lapse": ({S.WAITING_FOR_COMPANY}, S.IN_REVIEW, set()),
    "recommend_certify": ({S.IN_REVIEW}, S.RECOMMENDED, {R.SPECIALIST}),
    "recommend_refuse": ({S.IN_REVIEW}, S.RECOMMENDED, {R.SPECIALIST}),
    "return_to_review": ({S.RECOMMENDED}, S.IN_REVIEW, {R.SUPERVISOR}),
    "certify": ({S.RECOMMENDED}, S.CERTIFIED, {R.SUPERVISOR}),
    "refuse": ({S.RECOMMENDED}, S.REFUSED, {R.SUPERVISOR}),
    "undo_decision": ({S.CERTIFIED, S.REFUSED}, S.RECOMMENDED, {R.SUPERVISOR}),
}
READY = CaseView(
    status=S.DRAFT,
    reviewer_id=SPECIALIST,
    eligibility_passed=True,
    agreement_signed=True,
    vetting="cleared",
    recommender_id=SPECIALIST,
    decided_by_id=SUPERVISOR,
    decided_at=NOW - timedelta(seconds=30),
    letter_reasons=("criteria_not_met",),
)
ACTORS = {
    "submit": someone(OFFICER, R.OFFICER),
    "withdraw": someone(OFFICER, R.CONTACT),
    "answer": someone(OFFICER, R.COMPANY_USER),
} | dict.fromkeys(
    ("claim", "release", "ask", "recommend_certify", "recommend_refuse"), someone(SPECIALIST, R.SPECIALIST)
)
SUPERVISING = someone(SUPERVISOR, R.SUPERVISOR)


def friendly(action: str, state: str) -> tuple[CaseView, int]:
    return replace(READY, status=state), ACTORS.get(action, SUPERVISING).user_id


def test_every_cell_is_as_written_down_here():
    assert differences(TABLE, RIGHTS, State, friendly) == []


def test_a_cell_that_is_opened_is_noticed():
    wider = dict(TABLE) | {"certify": replace(TABLE["certify"], by=TABLE["certify"].by | {R.SPECIALIST})}
    assert len(differences(wider, RIGHTS, State, friendly)) == len(RIGHTS["certify"][0]) + len(State) - 1
    elsewhere = dict(TABLE) | {"refuse": replace(TABLE["refuse"], to=S.CERTIFIED)}
    assert differences(elsewhere, RIGHTS, State, friendly) == ["refuse leads to certified"]


# Guard, an action it guards, and what makes it object.
OBJECTIONS = [
    ("eligible", "submit", {"eligibility_passed": False}),
    ("agreement_signed", "submit", {"agreement_signed": False}),
    ("nothing_stops", "submit", {"stopping_findings": 1}),
    ("no_tie", "claim", {"ties": frozenset({SPECIALIST})}),
    ("own_review", "release", {"reviewer_id": OTHER}),
    ("own_review", "release", {"reviewer_id": None}),
    ("no_tie", "reassign", {"ties": frozenset({SUPERVISOR})}),
    ("own_review", "ask", {"reviewer_id": OTHER}),
    ("all_answered", "answer", {"asked_open": ("4.1",)}),
    ("own_review", "recommend_certify", {"reviewer_id": OTHER}),
    ("no_tie", "recommend_certify", {"ties": frozenset({SPECIALIST})}),
    ("all_judged", "recommend_certify", {"unverdicted": ("4.1",)}),
    ("musts_met", "recommend_certify", {"musts_not_accepted": ("4.1",)}),
    ("musts_met", "certify", {"musts_not_accepted": ("4.1",)}),
    ("nothing_blocks", "recommend_certify", {"blocking_flags": ("Open debt",)}),
    ("vetting_cleared", "recommend_certify", {"vetting": "open"}),
    ("vetting_cleared", "recommend_certify", {"vetting": "failed"}),
    ("own_review", "recommend_refuse", {"reviewer_id": OTHER}),
    ("no_tie", "recommend_refuse", {"ties": frozenset({SPECIALIST})}),
    ("all_judged", "recommend_refuse", {"unverdicted": ("4.1",)}),
    ("reasons_given", "recommend_refuse", {"letter_reasons": ()}),
    ("not_own_review", "return_to_review", {"reviewer_id": SUPERVISOR}),
    ("no_tie", "return_to_review", {"ties": frozenset({SUPERVISOR})}),
    ("not_own_review", "certify", {"reviewer_id": SUPERVISOR}),
    ("not_own_review", "certify", {"recommender_id": SUPERVISOR}),
    ("no_tie", "certify", {"ties": frozenset({SUPERVISOR})}),
    ("nothing_blocks", "certify", {"blocking_flags": ("Open debt",)}),
    ("vetting_cleared", "certify", {"vetting": "open"}),
    ("vetting_cleared", "certify", {"vetting": "failed"}),
    ("not_own_review", "refuse", {"recommender_id": SUPERVISOR}),
    ("no_tie", "refuse", {"ties": frozenset({SUPERVISOR})}),
    ("nothing_blocks", "refuse", {"blocking_flags": ("Open debt",)}),
    ("reasons_given", "refuse", {"letter_reasons": ()}),
    ("own_decision", "undo_decision", {"decided_by_id": OTHER}),
    ("within_the_minute", "undo_decision", {"decided_at": NOW - UNDO - timedelta(microseconds=1)}),
    ("within_the_minute", "undo_decision", {"decided_at": None}),
]


@pytest.mark.parametrize(("guard", "action", "trouble"), OBJECTIONS)
def test_a_guard_objects_and_without_it_the_step_would_go_through(guard: str, action: str, trouble: dict):
    transition = TABLE[action]
    case = replace(READY, status=min(transition.sources), **trouble)
    actor = ACTORS.get(action, SUPERVISING)
    assert code_of(TABLE, action, case, actor) == guard
    others = tuple(g for g in transition.guards if g.__name__ != guard)
    assert code_of({action: replace(transition, guards=others)}, action, case, actor) == ""


def test_every_guard_of_every_row_is_seen_objecting():
    listed = {(action, guard) for guard, action, _ in OBJECTIONS}
    assert listed == {(action, guard.__name__) for action, row in TABLE.items() for guard in row.guards}


def test_a_submission_needs_a_fresh_factor():
    stale = someone(OFFICER, R.OFFICER, fresh_factor=False)
    assert code_of(TABLE, "submit", READY, stale) == "fresh_factor"
    relaxed = {"submit": replace(TABLE["submit"], fresh_factor=False)}
    assert code_of(relaxed, "submit", READY, stale) == ""


def test_undoing_is_possible_until_the_minute_is_over():
    assert code_of(TABLE, "undo_decision", replace(READY, status=S.REFUSED, decided_at=NOW - UNDO), SUPERVISING) == ""


def test_a_refusal_of_the_vetting_can_still_be_refused_but_not_certified():
    case = replace(READY, status=S.RECOMMENDED, vetting="failed")
    assert code_of(TABLE, "refuse", case, SUPERVISING) == ""
    assert code_of(TABLE, "certify", case, SUPERVISING) == "vetting_cleared"


def test_an_unknown_action_is_refused():
    with pytest.raises(TransitionRefused) as refused:
        check(TABLE, "approve_everything", case=READY, actor=SUPERVISING)
    assert refused.value.code == "action"


def test_every_state_has_a_word_for_the_company_and_one_for_staff():
    assert set(COMPANY_WORD) == set(STAFF_WORD) == set(State)
    assert len(set(COMPANY_WORD.values())) == len(set(STAFF_WORD.values())) == len(State)


def test_nothing_but_undoing_leads_out_of_a_closed_case():
    closed = set(State) - OPEN
    assert {action for action, row in TABLE.items() if row.sources & closed} == {"undo_decision"}


PEOPLE = st.sampled_from([SPECIALIST, SUPERVISOR, OFFICER, OTHER])
MAYBE = st.none() | PEOPLE
WORDS = st.sampled_from([(), ("4.1",), ("4.1", "4.2")])
CASES = st.builds(
    CaseView,
    status=st.sampled_from(State),
    reviewer_id=MAYBE,
    stopping_findings=st.integers(0, 2),
    eligibility_passed=st.booleans(),
    agreement_signed=st.booleans(),
    unverdicted=WORDS,
    blocking_flags=WORDS,
    vetting=st.sampled_from(["open", "cleared", "failed"]),
    asked_open=WORDS,
    recommender_id=MAYBE,
    decided_by_id=MAYBE,
    decided_at=st.none() | st.integers(0, 120).map(lambda seconds: NOW - timedelta(seconds=seconds)),
    ties=st.frozensets(PEOPLE, max_size=2),
    letter_reasons=WORDS,
)
ANYONE = st.builds(
    ActorView,
    user_id=PEOPLE,
    roles=st.frozensets(st.sampled_from(R), max_size=3),
    at=st.just(NOW),
    fresh_factor=st.booleans(),
)


def disagreements(offers: tuple[Offer, ...], case: CaseView, actor: ActorView) -> list[str]:
    """Actions whose offer says something else than the check does."""
    offered = {offer.action: offer for offer in offers}
    found = []
    for action in TABLE:
        code = code_of(TABLE, action, case, actor)
        offer = offered.get(action)
        if code in {"role", "state"}:
            agrees = offer is None
        else:
            pressable = code in {"", "fresh_factor"}
            agrees = offer is not None and offer.allowed == pressable and bool(offer.reason) == bool(code)
        if not agrees:
            found.append(action)
    return found


@settings(max_examples=500, deadline=None)
@given(CASES, ANYONE)
def test_what_is_offered_agrees_with_what_is_checked(case: CaseView, actor: ActorView):
    assert disagreements(available(TABLE, case=case, actor=actor), case, actor) == []


def test_an_offer_that_disagrees_is_noticed():
    case = replace(READY, status=S.IN_REVIEW, unverdicted=("4.1",))
    actor = someone(SPECIALIST, R.SPECIALIST)
    honest = available(TABLE, case=case, actor=actor)
    lying = tuple(replace(offer, allowed=True) for offer in honest)
    assert disagreements(honest, case, actor) == []
    assert disagreements(lying, case, actor) == ["recommend_certify", "recommend_refuse"]
    assert "release" in disagreements((), case, actor)


@settings(max_examples=500, deadline=None)
@given(CASES, ANYONE)
def test_nobody_decides_what_they_reviewed_or_with_a_tie(case: CaseView, actor: ActorView):
    for action in ("certify", "refuse"):
        if code_of(TABLE, action, case, actor) == "":
            assert actor.user_id not in {case.reviewer_id, case.recommender_id} | case.ties
