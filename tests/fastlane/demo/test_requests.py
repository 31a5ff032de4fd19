"""Every story of the demonstration's requests ends where it should, through the lane's own operations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from accounts import operations as who
from accounts.models import Effect, Notice
from fastlane.demo import calls, operators
from fastlane.demo.calls import Call
from fastlane.demo.requests import Carrier
from fastlane.lanes import deciding
from fastlane.lanes.models import LaneRequest
from fastlane.ledger.models import Benefit
from fastlane.rulebook.models import Edition
from fastlane.rulebook.queries import in_force
from tests import builders
from tests.builders import NOW
from tests.fastlane.lanes.harbor import VALIDATED, Harbor, run_effects
from trusted_trader.demo.companies import plans
from trusted_trader.demo.founding import Days, Founded
from trusted_trader.demo.people import CAST, sign_in_ready
from trusted_trader.demo.reviewing import Staff
from trusted_trader.standing.operations import set_standing

TODAY = NOW + timedelta(days=260)  # all of the world's past lies after the harbor was built
ENDS = {
    "used": "used", "lifted": "used", "lapsed": "expired", "withdrawn": "withdrawn", "late list": "manual_review",
    "not required": "not_required", "approved": "approved", "proposed": "manual_review", "incomplete": "incomplete",
    "moth": "refused", "draft": "draft", "misused": "revoked", "suspended": "void",
}  # fmt: skip


@pytest.fixture
def carriers(quay: Harbor, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Carrier]]:
    """The world's carriers with a rule book that names one operator at all of the world's terminals."""
    days = Days(TODAY)
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1000)
    with time_machine.travel(TODAY, tick=False):
        staff = Staff(sign_in_ready("key", [person for person in CAST if person.office], at=NOW))
        operator = _founded("harborgate", quay, "marine_port_terminal_operator")
        others = {key: operator for _terminal, key in operators.lines("operators.txt") if key != "pilingpoint"}
        operators.name_operators(others, staff, days)
        made = [_founded(key, quay, "sea_carrier") for key in ("petrelocean", "gannetline", "skuaocean")]
        yield {one.plan.key: Carrier(one, staff, days) for one in made}


def _founded(key: str, quay: Harbor, kind: str) -> Founded:
    plan = next(plan for plan in plans() if plan.key == key)
    officer = builders.a_user(f"Otto {key}")
    company = builders.a_company(officer, name=plan.legal_name)
    account = who.open_account(company=company, entity_type=kind, actor=officer, at=NOW)
    set_standing(account=account, new=VALIDATED, actor=None, at=NOW, because="A test.")
    return Founded(plan, company, account, None, officer, (officer,))  # type: ignore[arg-type]


def _told(carriers: dict[str, Carrier], *keys: str) -> list[tuple[Call, LaneRequest]]:
    told = [(call, carriers[key].live(call)) for key in keys for call in calls.of_carrier(key)]
    for _call, row in told:
        row.refresh_from_db()
    return told


def test_every_story_ends_where_it_should(carriers: dict[str, Carrier]) -> None:
    told = _told(carriers, "petrelocean", "skuaocean")
    assert {call.story: row.status for call, row in told if call.story in ENDS} == {
        call.story: ENDS[call.story] for call, _row in told if call.story in ENDS
    }
    void = next(row for call, row in told if call.story == "suspended")
    assert [(kept.trigger, kept.outcome) for kept in void.decisions.order_by("number")] == [
        ("filed", "eligible"), ("standing", "ineligible"),
    ]  # fmt: skip
    assert [rule["code"] for rule in void.decisions.latest("number").rules] == ["AQ-02"]


def test_a_misuse_sends_the_carrier_s_next_requests_to_a_person(carriers: dict[str, Carrier]) -> None:
    told = _told(carriers, "gannetline")
    assert [row.status for call, row in told if call.story == "misused"] == ["revoked"]
    later = next(row for call, row in told if call.story == "filed" and call.terminal == "Y258")
    assert later.status == "manual_review"
    assert [rule["code"] for rule in later.decisions.latest("number").rules] == ["AQ-29"]


def test_everything_told_is_told_at_its_time_and_in_its_state(carriers: dict[str, Carrier]) -> None:
    call = next(call for call in calls.of_carrier("petrelocean") if call.story == "used")
    request = carriers["petrelocean"].live(call)
    assert not Effect.objects.filter(kind=deciding.CHANGED, subject=request.reference, done_at=None).exists()
    subjects = [row.subject for row in Notice.objects.filter(kind="lane.decision").order_by("pk")]
    assert any("Approved" in subject for subject in subjects)
    run_effects("lane.arrived", at=TODAY)
    assert Benefit.objects.filter(about=request.reference, kind="crew_gap").exists()


def test_the_rule_book_names_the_members_and_a_second_run_changes_nothing(carriers: dict[str, Carrier]) -> None:
    days, staff = Days(TODAY), Staff({})
    assert in_force(TODAY).reference.terminals["W185"].operator_account
    assert not in_force(days.at(operators.IN_FORCE + 1)).reference.terminals["Y258"].operator_account
    operators.name_operators({}, staff, days)
    assert Edition.objects.filter(name=operators.NAME).count() == 1
