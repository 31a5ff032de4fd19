"""The vetting pages: sealed values are shown for a reason alone, and a conclusion stands with who drew it."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Event, Person
from accounts.roles import Role
from tests import builders
from tests.builders import system
from tests.trusted_trader.review.conftest import grow_old, page, sign_in
from tests.world import World, a_world  # noqa: F401 - fixtures
from trusted_trader.review.models import Vetting

pytestmark = pytest.mark.django_db

WHY = "A man of this name is on the list of debarred parties."


@pytest.fixture
def vetter(world: World) -> Client:
    return sign_in(world.staff.vetter)


@pytest.fixture
def url(world: World) -> str:
    return f"/admin/vetting/{world.asked.application.pk}/"


@pytest.fixture
def person(world: World) -> Person:
    with system():
        return Person.objects.filter(company=world.asked.company, is_owner=True).get()


def reveals(person: Person) -> list[Event]:
    with system():
        return list(Event.objects.filter(operation="person.reveal", object_id=str(person.pk)))


def secrets_of(world: World, vetter: Client, url: str) -> list[str]:
    """The document numbers of everybody whom the page names, as the pages reveal them."""
    with system():
        people = list(Person.objects.filter(company=world.asked.company))
    shown = [page(vetter.post(f"{url}people/{p.pk}/reveal/", {"reason": WHY})) for p in people]
    return [text.partition("<dt>Number of the document</dt><dd>")[2].partition("<")[0] for text in shown]


def test_the_page_names_people_and_covers_what_they_gave(world, vetter, url, person):
    shown = page(vetter.get(url))
    assert person.name in shown
    numbers = secrets_of(world, vetter, url)
    assert len(numbers) == 3
    assert all(number.startswith("P") for number in numbers)  # the control: the pages hold what they cover
    assert not any(number in shown for number in numbers)
    assert not any(number in page(vetter.get(f"{url}?person={person.pk}")) for number in numbers)


@pytest.mark.parametrize("reason", ["", "  ", "me"])
def test_without_a_reason_nothing_is_shown_and_nothing_recorded(vetter, url, person, reason):
    answer = vetter.post(f"{url}people/{person.pk}/reveal/", {"reason": reason})
    assert answer.status_code == 422
    assert "Say why you need to see these details" in page(answer)
    assert "Number of the document" not in page(answer)
    assert reveals(person) == []


def test_a_reveal_shows_one_person_once_and_leaves_who_and_why(world, vetter, url, person):
    answer = vetter.post(f"{url}people/{person.pk}/reveal/", {"reason": WHY})
    assert page(answer).count("Number of the document") == 1
    assert answer["Cache-Control"] == "no-store"
    [event] = reveals(person)
    assert (event.actor_id, event.reason) == (str(world.staff.vetter.pk), WHY)
    assert "Number of the document" not in page(vetter.get(url))


def test_the_auditor_reads_who_looked_and_why(world, vetter, url, person):
    from_before = "/audit/reveals/"
    auditor = sign_in(builders.staff("Ada Auditor", Role.AUDITOR))
    assert WHY not in page(auditor.get(from_before))
    vetter.post(f"{url}people/{person.pk}/reveal/", {"reason": WHY})
    shown = page(auditor.get(from_before))
    assert WHY in shown
    assert person.name in shown
    assert str(world.staff.vetter) in shown


def test_a_reveal_asks_for_a_fresh_factor(vetter, url, person):
    grow_old(vetter)
    answer = vetter.post(f"{url}people/{person.pk}/reveal/", {"reason": WHY})
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert reveals(person) == []


def test_people_of_another_company_are_not_there(world, vetter, url):
    with system():
        stranger = Person.objects.filter(company=world.member.company).first()
    assert vetter.post(f"{url}people/{stranger.pk}/reveal/", {"reason": WHY}).status_code == 404
    assert reveals(stranger) == []


@pytest.mark.parametrize("sent", [{"cleared": "yes"}, {"conclusion": "All was checked, nothing was found."}, {}])
def test_half_a_conclusion_is_sent_back_as_typed(world, vetter, url, sent):
    answer = vetter.post(f"{url}conclude/", sent)
    assert answer.status_code == 422
    assert "There is a problem" in page(answer)
    assert sent.get("conclusion", "") in page(answer)
    with system():
        assert Vetting.objects.get(application=world.asked.application).status == "open"


@pytest.mark.parametrize(("word", "status"), [("yes", "cleared"), ("no", "failed")])
def test_a_conclusion_stands_with_its_officer_and_can_only_be_opened_again_for_a_reason(
    world, vetter, url, word, status
):
    vetting_officer = world.staff.vetter.pk
    sent = {"cleared": word, "conclusion": "Numbers, people and history were checked."}
    assert vetter.post(f"{url}conclude/", sent).status_code == 302
    with system():
        row = Vetting.objects.get(application=world.asked.application)
        [event] = Event.objects.filter(operation="vetting.conclude", object_id=str(row.pk))
    assert (row.status, row.officer_id, event.actor_id) == (status, vetting_officer, str(vetting_officer))
    again = vetter.post(f"{url}conclude/", sent)
    assert again.status_code == 422
    assert "has concluded this vetting already" in page(again)
    assert vetter.post(f"{url}reopen/", {"reason": ""}).status_code == 422
    assert vetter.post(f"{url}reopen/", {"reason": "A new owner was named."}).status_code == 302
    with system():
        assert Vetting.objects.get(pk=row.pk).status == "open"
