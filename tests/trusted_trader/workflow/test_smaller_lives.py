"""Vetting, information request and standing: each cell, each guard with its control."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.roles import Role as R
from tests.trusted_trader.workflow.cells import DIRECTOR, NOW, OTHER, acting, code_of, differences, someone
from trusted_trader.workflow import application, information_request, standing, validation, vetting
from trusted_trader.workflow.information_request import RequestView
from trusted_trader.workflow.standing import CHANGES, PROPOSALS, Proposal, ProposalView, StandingView, Status
from trusted_trader.workflow.validation import ValidationView
from trusted_trader.workflow.vetting import VettingView

TRACK = VettingView(status="open", application_status="in_review")
REQUEST = RequestView(status="open", due_at=NOW)
VISIT = ValidationView(status="none", level="certified", standing="good", visited_on=NOW.date(), recorder_id=OTHER)
ACCOUNT = StandingView(status="good")
PROPOSED = ProposalView(status="proposed", kind="suspend", standing="good", proposer_id=OTHER)
TIED = {"ties": frozenset({DIRECTOR})}

V, Q, L = vetting.State, information_request.State, validation.State
LIVES = {
    "vetting": (
        vetting.TABLE,
        TRACK,
        V,
        {
            "clear": ({V.OPEN}, V.CLEARED, {R.VETTING_OFFICER}),
            "fail": ({V.OPEN}, V.FAILED, {R.VETTING_OFFICER}),
            "reopen": ({V.CLEARED, V.FAILED}, V.OPEN, {R.VETTING_OFFICER}),
        },
    ),
    "request": (
        information_request.TABLE,
        REQUEST,
        Q,
        {
            "answer": ({Q.OPEN}, Q.ANSWERED, {R.OFFICER, R.CONTACT, R.COMPANY_USER}),
            "lapse": ({Q.OPEN}, Q.LAPSED, set()),
            "close": ({Q.OPEN}, Q.CLOSED, {R.OFFICER, R.CONTACT}),
        },
    ),
    "validation": (
        validation.TABLE,
        VISIT,
        validation.State,
        {
            "record": ({L.NONE}, L.RECORDED, {R.SPECIALIST}),
            "confirm": ({L.RECORDED}, L.CONFIRMED, {R.SUPERVISOR}),
            "reject": ({L.RECORDED}, L.REJECTED, {R.SUPERVISOR}),
        },
    ),
    "standing": (
        CHANGES,
        ACCOUNT,
        Status,
        {
            "suspend": ({Status.GOOD}, Status.SUSPENDED, {R.DIRECTOR}),
            "reinstate": ({Status.SUSPENDED}, Status.GOOD, {R.DIRECTOR}),
        },
    ),
    "proposal": (
        PROPOSALS,
        PROPOSED,
        Proposal,
        {
            "confirm": ({Proposal.PROPOSED}, Proposal.CONFIRMED, {R.DIRECTOR}),
            "reject": ({Proposal.PROPOSED}, Proposal.REJECTED, {R.DIRECTOR}),
        },
    ),
}


@pytest.mark.parametrize("life", LIVES)
def test_every_cell_is_as_written_down_here(life: str):
    table, view, states, rights = LIVES[life]
    assert differences(table, rights, states, lambda action, state: (replace(view, status=state), DIRECTOR)) == []


@pytest.mark.parametrize("life", LIVES)
def test_a_cell_that_is_opened_is_noticed(life: str):
    table, view, states, rights = LIVES[life]
    action = next(iter(table))
    wider = dict(table) | {action: replace(table[action], by=table[action].by | {R.AUDITOR})}
    assert differences(wider, rights, states, lambda action, state: (replace(view, status=state), DIRECTOR)) != []


OBJECTIONS = [
    ("vetting", "no_tie", "clear", TIED),
    ("vetting", "no_tie", "fail", TIED),
    ("vetting", "no_tie", "reopen", TIED),
    ("vetting", "case_open", "clear", {"application_status": "withdrawn"}),
    ("vetting", "case_open", "fail", {"application_status": "refused"}),
    ("vetting", "case_open", "reopen", {"application_status": "certified"}),
    ("request", "all_answered", "answer", {"untouched": ("4.1",)}),
    ("standing", "no_tie", "suspend", TIED),
    ("standing", "no_tie", "reinstate", TIED),
    ("standing", "nothing_proposed", "suspend", {"change_proposed": True}),
    ("standing", "nothing_proposed", "reinstate", {"change_proposed": True}),
    ("proposal", "no_tie", "confirm", TIED),
    ("proposal", "another_director", "confirm", {"proposer_id": DIRECTOR}),
    ("proposal", "still_fits", "confirm", {"standing": "none"}),
    ("proposal", "still_fits", "confirm", {"kind": "reinstate"}),
    ("proposal", "no_tie", "reject", TIED),
    ("request", "time_is_over", "lapse", {"due_at": NOW + timedelta(seconds=1)}),
    ("request", "time_is_over", "lapse", {"due_at": None}),
    *(("validation", "no_tie", action, TIED) for action in ("record", "confirm", "reject")),
    *(("validation", "certified_member", action, {"standing": "suspended"}) for action in ("record", "confirm")),
    ("validation", "certified_member", "record", {"level": "none"}),
    ("validation", "visit_is_over", "record", {"visited_on": NOW.date() + timedelta(days=1)}),
    *(("validation", "another_person", action, {"recorder_id": DIRECTOR}) for action in ("confirm", "reject")),
]


@pytest.mark.parametrize(("life", "guard", "action", "trouble"), OBJECTIONS)
def test_a_guard_objects_and_without_it_the_step_would_go_through(life: str, guard: str, action: str, trouble: dict):
    table, view, _states, _rights = LIVES[life]
    transition = table[action]
    case = replace(view, status=min(transition.sources), **trouble)
    actor = acting(transition, DIRECTOR)
    assert code_of(table, action, case, actor) == guard
    others = tuple(g for g in transition.guards if g.__name__ != guard)
    assert code_of({action: replace(transition, guards=others)}, action, case, actor) == ""


def test_every_guard_of_every_row_is_seen_objecting():
    listed = {(life, action, guard) for life, guard, action, _trouble in OBJECTIONS}
    assert listed == {
        (life, action, guard.__name__)
        for life, (table, *_rest) in LIVES.items()
        for action, row in table.items()
        for guard in row.guards
    }


def test_who_proposed_may_take_the_proposal_back_but_not_confirm_it():
    own = replace(PROPOSED, proposer_id=DIRECTOR)
    director = someone(DIRECTOR, R.DIRECTOR)
    assert code_of(PROPOSALS, "reject", own, director) == ""
    assert code_of(PROPOSALS, "confirm", own, director) == "another_director"


def test_each_kind_of_change_undoes_the_other():
    assert CHANGES["suspend"].sources == {CHANGES["reinstate"].to}
    assert CHANGES["reinstate"].sources == {CHANGES["suspend"].to}


def test_who_may_answer_the_request_may_answer_in_the_application():
    assert information_request.TABLE["answer"].by == application.TABLE["answer"].by
    assert information_request.TABLE["close"].by == application.TABLE["withdraw"].by


@pytest.mark.parametrize(
    ("words", "states"),
    [
        (vetting.COMPANY_WORD, V),
        (vetting.STAFF_WORD, V),
        (information_request.COMPANY_WORD, Q),
        (information_request.STAFF_WORD, Q),
        (validation.STAFF_WORD, L),
        (standing.COMPANY_WORD, Status),
        (standing.PROPOSAL_WORD, Proposal),
    ],
)
def test_every_state_has_a_word_of_its_own(words: dict, states: type):
    assert set(words) == set(states)
    assert len(set(words.values())) == len(words)
