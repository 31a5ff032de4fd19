"""A validation takes two people and a member in good standing; then the level rises, and partners see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Event, Facility, Notice
from accounts.refusals import Refused
from tests.accounts.signing_in import signed_in
from tests.builders import NOW, system
from tests.trusted_trader.review.rows import past_the_triggers
from tests.world import a_world, change_standing, in_the_system  # noqa: F401 - fixtures
from trusted_trader.standing.queries import standing
from trusted_trader.validation import operations
from trusted_trader.validation.models import Validation

AT = NOW + timedelta(days=10)
SAW = "Gates, seals and the yard were seen; all as described."


def recorded(world, **more) -> Validation:
    account = world.member.account
    values = {
        "account": account, "visited_on": (AT - timedelta(days=2)).date(), "basis": "on_site", "summary": SAW,
        "sites": list(Facility.objects.filter(company=account.company)), "actor": world.staff.specialist, "at": AT,
    }  # fmt: skip
    return operations.record(**values | more)


def level(world, at=AT + timedelta(days=1)) -> tuple[str, int | None]:
    view = standing(world.member.account, at=at)
    return view.level, view.tier


@pytest.mark.usefixtures("in_system")
def test_a_confirmed_validation_lifts_the_level_and_leaves_event_and_notice(world, django_capture_on_commit_callbacks):
    assert level(world) == ("certified", 1)
    row = recorded(world)
    assert level(world) == ("certified", 1)
    operations.confirm(validation=row, actor=world.staff.supervisor, at=AT)
    assert level(world) == ("validated", 2)
    # Before the confirmation it was certified, and stays known as that.
    assert level(world, AT - timedelta(hours=1)) == ("certified", 1)
    assert Event.objects.filter(operation="validation.confirm", object_id=str(row.pk)).exists()


@pytest.mark.usefixtures("in_system")
def test_the_company_is_told(world):
    from accounts.effects.models import Effect
    from trusted_trader.validation.telling import confirmed

    row = operations.confirm(validation=recorded(world), actor=world.staff.supervisor, at=AT)
    confirmed(Effect.objects.get(kind="validation.confirmed", payload__validation=row.pk))
    told = Notice.objects.get(kind="validation.confirmed", user=world.member.officer)
    assert "tier 2" in told.body


REFUSALS = [
    ("no sites", {"sites": []}, "sites"),
    ("in the future", {"visited_on": (AT + timedelta(days=2)).date()}, "visit_is_over"),
    ("unknown basis", {"basis": "hearsay"}, "basis"),
    ("says nothing", {"summary": "Good."}, "summary"),
]


@pytest.mark.usefixtures("in_system")
@pytest.mark.parametrize(("changes", "code"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_what_does_not_hold_is_refused(world, changes, code):
    with pytest.raises(Refused) as refused:
        recorded(world, **changes)
    assert code in {refused.value.code, refused.value.field}
    assert not Validation.objects.exists()


@pytest.mark.usefixtures("in_system")
def test_a_foreign_validation_needs_no_site_and_a_foreign_site_is_refused(world):
    with pytest.raises(Refused):
        recorded(world, sites=list(Facility.objects.filter(company=world.beginner.company)))
    assert recorded(world, sites=[], basis="foreign").status == "recorded"


@pytest.mark.usefixtures("in_system")
def test_a_suspended_member_is_not_validated(world):
    row = recorded(world)
    change_standing(world.member, "suspend", world.staff, days=11)
    with pytest.raises(Refused, match="in good standing"):
        operations.confirm(validation=row, actor=world.staff.supervisor, at=AT + timedelta(days=3))
    assert level(world, AT + timedelta(days=4)) == ("certified", 1)


@pytest.mark.usefixtures("in_system")
def test_only_one_record_waits_and_only_once_it_is_concluded(world):
    row = recorded(world)
    with pytest.raises(Refused, match="waits for a supervisor"):
        recorded(world, actor=world.staff.colleague)
    operations.reject(validation=row, reason="The yard was not seen.", actor=world.staff.supervisor, at=AT)
    with pytest.raises(Refused, match="already"):
        operations.confirm(validation=row, actor=world.staff.second_supervisor, at=AT)
    assert recorded(world).status == "recorded"


@pytest.mark.usefixtures("in_system")
def test_the_database_holds_that_two_people_confirm(world):
    row = recorded(world)
    with pytest.raises(IntegrityError, match="changes only with its event"), transaction.atomic():
        Validation.objects.filter(pk=row.pk).update(status="confirmed", concluded_by=world.staff.supervisor)
    # Past the triggers the constraint still stands.
    with (
        pytest.raises(IntegrityError, match="validation_takes_two_people"),
        transaction.atomic(),
        past_the_triggers(),
    ):
        Validation.objects.create(
            company=row.company, account=row.account, visited_on=row.visited_on, basis="on_site", summary=SAW,
            status="confirmed", recorded_by=world.staff.specialist, concluded_by=world.staff.specialist,
            recorded_at=AT, concluded_at=AT,
        )  # fmt: skip


def test_specialist_and_supervisor_do_it_in_their_pages(world):
    number = world.member.account.number
    page = f"/admin/standing/{number}/"
    with system():
        site = Facility.objects.filter(company=world.member.company)[0]
    client = signed_in(world.staff.specialist)
    assert "Record a validation" in client.get(page).content.decode()
    fields = {"visited_on": "2026-01-02", "basis": "on_site", "sites": [site.pk], "summary": SAW}
    wrong = client.post(f"{page}validation/", fields | {"visited_on": "2999-01-01"})
    assert wrong.status_code == 422
    assert "lies in the future" in wrong.content.decode()
    assert client.post(f"{page}validation/", fields).status_code == 302
    with system():
        row = Validation.objects.get()
    # The specialist may not confirm, and the company doesn't see the record.
    assert client.post(f"{page}validation/{row.pk}/confirm/").status_code == 403
    company: Client = signed_in(world.member.officer)
    assert SAW not in company.get(f"/accounts/{number}/").content.decode()
    assert signed_in(world.staff.supervisor).post(f"{page}validation/{row.pk}/confirm/").status_code == 302
    with system():
        assert Validation.objects.get().status == "confirmed"
