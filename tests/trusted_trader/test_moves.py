"""The one door of an application's status: it records, moves the clocks, and says who was quicker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import Event
from accounts.refusals import Refused
from tests.builders import NOW
from tests.world import a_world, in_the_system  # noqa: F401 - fixtures
from trusted_trader import moves
from trusted_trader.application import operations as company
from trusted_trader.application.models import Application
from trusted_trader.review import operations as review

pytestmark = pytest.mark.usefixtures("in_system")
AT = NOW + timedelta(days=9)


def refusal(step: Callable[[], object]) -> str:
    """What one hears who comes too late."""
    with pytest.raises(Refused) as caught:
        step()
    assert caught.value.code == "state"
    return str(caught.value)


def test_staff_who_come_too_late_hear_what_happened_and_by_whom(world):
    case = world.member.application
    heard = refusal(lambda: review.claim(application=case, actor=world.staff.colleague, at=AT))
    assert "It is now: Certified (Sue Supervisor)." in heard


def test_a_company_that_comes_too_late_hears_what_happened_and_no_name_of_staff(world):
    firm = world.member
    heard = refusal(
        lambda: company.withdraw(application=firm.application, reason="Not now.", actor=firm.officer, at=AT)
    )
    assert "It is now: Certified." in heard
    assert "Sue" not in heard


def test_staff_hear_the_name_of_who_withdrew(world):
    case = world.asked.application
    company.withdraw(application=case, reason="Not now.", actor=world.asked.officer, at=AT)
    heard = refusal(lambda: review.claim(application=case, actor=world.staff.colleague, at=AT))
    assert "Withdrawn (Otto Asked)" in heard


def test_a_move_records_old_and_new_and_for_whom(world):
    case = world.asked.application
    company.withdraw(application=case, reason="Not now.", actor=world.asked.officer, at=AT)
    event = Event.objects.get(operation="application.withdraw", object_id=str(case.pk))
    assert event.changes["status"] == {"old": "waiting_for_company", "new": "withdrawn"}
    assert (event.on_behalf_of, event.company_id) == (case.company_id, case.company_id)
    assert event.reason == "Not now."
    assert not event.internal


def test_a_member_of_staff_acts_on_behalf_of_no_company(world):
    event = Event.objects.filter(operation="application.claim").order_by("pk")[0]
    assert event.on_behalf_of is None
    assert event.company_id


def test_the_clock_stands_still_while_the_company_owes_an_answer(world):
    row = Application.objects.get(pk=world.asked.application.pk)
    assert row.paused_at == NOW + timedelta(days=2)
    due, urgency = row.due_at, row.urgency
    for number in ("2.1", "3.1"):
        answer = world.asked.account.responses.get(number=number)
        company.save_answer(
            account=world.asked.account, number=number, state=answer.state, text="In writing since 2019.",
            because="", version=answer.version, actor=world.asked.officer, at=AT,
        )  # fmt: skip
    company.answer_request(application=row, actor=world.asked.officer, at=AT, address="")
    row.refresh_from_db()
    assert row.paused_at is None
    assert row.due_at - due == timedelta(days=7)  # from the second day to the ninth
    assert row.urgency < urgency  # no longer behind everything


def test_the_roles_that_count_are_those_in_this_company(world):
    view = moves.actor_view(world.member.officer, world.asked.application, AT)
    assert view.roles == frozenset()
    assert moves.actor_view(world.asked.officer, world.asked.application, AT).roles == {"officer"}
