"""Ask, answer, compare: what the company wrote anew stands beside the old; two reviewers see each other."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.builders import system
from tests.trusted_trader.review.conftest import page, sign_in
from tests.world import World, a_world  # noqa: F401 - fixtures
from trusted_trader.application.models import Application, Response
from trusted_trader.review import presence
from trusted_trader.review.models import InformationRequest

pytestmark = pytest.mark.django_db

ANEW = {"2.1": "The quality manager owns this procedure.", "3.1": "Since March 2019."}


@pytest.fixture
def url(world: World) -> str:
    return f"/admin/review/{world.asked.application.pk}/"


@pytest.fixture
def reviewer(world: World) -> Client:
    return sign_in(world.staff.specialist)


@pytest.fixture
def officer(world: World) -> Client:
    return sign_in(world.asked.officer)


def status(world: World) -> str:
    with system():
        return Application.objects.get(pk=world.asked.application.pk).status


def write(world: World, officer: Client, number: str, text: str) -> int:
    """Save an answer by its page; the status of what comes back."""
    with system():
        row = Response.objects.get(account=world.asked.account, number=number)
    sent = {"version": row.version, "state": row.state, "text": text}
    return officer.post(f"/accounts/{world.asked.account.number}/profile/{number}/answer/", sent).status_code


def text_of(world: World, number: str) -> str:
    with system():
        return Response.objects.get(account=world.asked.account, number=number).text


def answer(world: World, officer: Client) -> None:
    for number, text in ANEW.items():
        assert write(world, officer, number, text) == 302
    assert officer.post(f"/accounts/{world.asked.account.number}/questions/").status_code == 302


def test_only_what_was_asked_is_open_and_all_of_it_is_needed(world, officer):
    frozen = text_of(world, "1.1")
    write(world, officer, "1.1", "Something else.")
    assert text_of(world, "1.1") == frozen
    write(world, officer, "2.1", ANEW["2.1"])
    assert text_of(world, "2.1") == ANEW["2.1"]  # the control
    officer.post(f"/accounts/{world.asked.account.number}/questions/")
    assert status(world) == "waiting_for_company"
    write(world, officer, "3.1", ANEW["3.1"])
    officer.post(f"/accounts/{world.asked.account.number}/questions/")
    assert status(world) == "in_review"


def test_what_comes_back_stands_beside_the_old_with_the_question(world, officer, reviewer, url):
    old = text_of(world, "2.1")
    assert "Answered again" not in page(reviewer.get(url))
    answer(world, officer)
    shown = page(reviewer.get(url))
    assert shown.count("Answered again") == len(ANEW)
    card = shown.partition('id="answer-2-1"')[2].partition('class="judge"')[0]
    assert "Who owns this procedure?" in card
    before, after = card.split('class="new"')
    assert "removed" in before.partition("<del>")[2]
    assert "added" in after.partition("<ins>")[2]
    assert "<del>" not in after
    assert words(before.partition('class="text"')[2]) == words(old)
    assert words(after.partition('class="text"')[2].partition("</div>")[0]) == words(ANEW["2.1"])


def words(markup: str) -> list[str]:
    """What is read, without the marks for readers."""
    bare = re.sub(r'<span class="visually-hidden">.*?</span>', "", markup.partition("</div>")[0], flags=re.DOTALL)
    text = re.sub(r"<[^>]+>|^>", "", bare).replace("&#x27;", "'").replace("&amp;", "&")
    return text.split()


def test_compare_counts_what_it_lists(world, officer, reviewer, url):
    answer(world, officer)

    def listed(query: str) -> tuple[int, int, int]:
        shown = page(reviewer.get(f"{url}compare/{query}"))
        told = int(re.search(r"(\d+) answers? changed", shown)[1])
        return told, shown.count('class="panel changed"'), shown.count('class="panel')

    with system():
        everything = Response.objects.filter(account=world.asked.account).exclude(state="").count()
    assert listed("") == listed("?old=1&new=2") == (2, 2, 2)
    assert listed("?old=1&new=2&all=1") == (2, 2, everything)
    assert listed("?old=0&new=1") == (everything, everything, everything)
    assert listed("?old=99&new=x") == (2, 2, 2)
    assert listed("?old=2&new=1")[0] == 2
    assert "Nothing differs" in page(reviewer.get(f"{url}compare/?old=2&new=2"))


def test_questions_are_seen_before_they_go(world, officer, reviewer, url):
    answer(world, officer)
    sent = {"question-1.1": "On which day was it signed?", "message": "One more thing."}
    empty = reviewer.post(f"{url}ask/", {"message": "Hello?", "step": "send"})
    assert empty.status_code == 422
    assert "Hello?" in page(empty)
    shown = page(reviewer.post(f"{url}ask/", sent | {"step": "preview"}))
    assert "As the company will read it" in shown
    assert sent["question-1.1"] in shown
    assert status(world) == "in_review"
    assert reviewer.post(f"{url}ask/", sent | {"step": "send"}).status_code == 302
    assert status(world) == "waiting_for_company"
    with system():
        request = InformationRequest.objects.get(application=world.asked.application, status="open")
    assert request.due_at > timezone.now() + timedelta(days=20)
    told = page(officer.get(f"/accounts/{world.asked.account.number}/questions/"))
    assert sent["question-1.1"] in told
    assert "Who owns this procedure?" not in told


def test_two_reviewers_see_each_other_and_not_themselves(world, reviewer, url):
    colleague = sign_in(world.staff.colleague)
    assert "has this case open" not in page(reviewer.get(url))
    seen = page(colleague.get(url))
    assert "Sam Specialist has this case open" in seen
    assert "Cora Colleague has this case open" not in seen
    assert "Cora Colleague has this case open" in page(reviewer.get(f"{url}here/"))
    later = timezone.now() + presence.GONE_AFTER + timedelta(seconds=1)
    assert presence.beat(world.asked.application.pk, world.staff.specialist, later) == []
