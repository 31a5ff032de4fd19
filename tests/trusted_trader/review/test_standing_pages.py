"""Suspend and reinstate by page: one director proposes, another confirms, and nobody is both."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Event
from tests.builders import system
from tests.trusted_trader.review.conftest import grow_old, page, sign_in
from tests.world import World, a_world  # noqa: F401 - fixtures
from trusted_trader.standing import queries
from trusted_trader.standing.models import StandingChange

pytestmark = pytest.mark.django_db

WHY = "Seals were found broken at two of its sites."
SENT = {"kind": "suspend", "reason": WHY, "letter": "Dear company,\n\nyour membership is suspended.", "step": "send"}


@pytest.fixture
def url(world: World) -> str:
    return f"/admin/standing/{world.member.account.number}/"


@pytest.fixture
def director(world: World) -> Client:
    return sign_in(world.staff.director)


@pytest.fixture
def deputy(world: World) -> Client:
    return sign_in(world.staff.deputy)


def status(world: World) -> str:
    with system():
        return queries.standing(world.member.account, at=timezone.now()).status


def proposal(world: World) -> StandingChange | None:
    with system():
        return StandingChange.objects.filter(account=world.member.account, status="proposed").first()


def test_a_proposal_needs_a_reason_and_a_letter_and_loses_neither(world, director, url):
    for field in ("reason", "letter"):
        answer = director.post(f"{url}propose/", SENT | {field: ""})
        assert answer.status_code == 422
        assert "There is a problem" in page(answer)
        kept = "letter" if field == "reason" else "reason"
        assert SENT[kept].splitlines()[0] in page(answer)
    assert proposal(world) is None


def test_the_letter_is_filled_from_the_reason_and_nothing_is_kept(world, director, url):
    shown = page(director.post(f"{url}propose/", {"kind": "suspend", "reason": WHY, "step": "fill"}))
    assert WHY in shown.partition('name="letter"')[2]
    assert proposal(world) is None


def test_until_another_director_confirms_nothing_changes(world, director, deputy, url):
    assert director.post(f"{url}propose/", SENT).status_code == 302
    change = proposal(world)
    assert "Another director must confirm it." in page(director.get(url))
    assert "Confirm: suspend" not in page(director.get(url))
    told = page(director.post(f"{url}confirm/", {"change": change.pk}, follow=True))
    assert "director" in told
    assert status(world) == "good"
    # The control: the second person may, and sees what follows before pressing.
    shown = page(deputy.get(url))
    assert "Confirm: suspend" in shown
    assert WHY in shown
    assert "There is no undo" in shown
    deputy.post(f"{url}confirm/", {"change": change.pk})
    assert status(world) == "suspended"
    with system():
        [event] = Event.objects.filter(operation="standing.propose", object_id=str(change.pk))
        change.refresh_from_db()
    assert (event.actor_id, event.reason) == (str(world.staff.director.pk), WHY)
    assert (change.status, change.concluded_by_id) == ("confirmed", world.staff.deputy.pk)


def test_a_suspended_member_is_reinstated_the_same_way(world, director, deputy, url):
    director.post(f"{url}propose/", SENT)
    deputy.post(f"{url}confirm/", {"change": proposal(world).pk})
    assert "Propose to reinstate" in page(deputy.get(url))
    deputy.post(f"{url}propose/", SENT | {"kind": "reinstate", "reason": "The seals were replaced, and we saw them."})
    deputy.post(f"{url}confirm/", {"change": proposal(world).pk})
    assert status(world) == "suspended"
    director.post(f"{url}confirm/", {"change": proposal(world).pk})
    assert status(world) == "good"


def test_a_proposal_that_is_turned_down_changes_nothing_and_stays_on_record(world, director, deputy, url):
    director.post(f"{url}propose/", SENT)
    change = proposal(world)
    deputy.post(f"{url}reject/", {"change": change.pk})
    assert status(world) == "good"
    assert proposal(world) is None
    assert WHY in page(director.get(url)).partition("Earlier proposals")[2]
    late = page(deputy.post(f"{url}confirm/", {"change": change.pk}, follow=True))
    assert "Done." not in late
    assert status(world) == "good"


@pytest.mark.parametrize("step", ["propose", "confirm"])
def test_both_steps_ask_for_a_fresh_factor(world, director, url, step):
    grow_old(director)
    answer = director.post(f"{url}{step}/", SENT)
    assert "reauthenticate" in answer["Location"]
    assert proposal(world) is None


def test_the_list_shows_what_waits_for_a_second_director(world, director, deputy, url):
    name = world.member.company.legal_name

    def waiting() -> str:
        return page(deputy.get("/admin/standing/")).partition("<h2>Members</h2>")[0]

    assert name not in waiting()
    director.post(f"{url}propose/", SENT)
    assert name in waiting()
