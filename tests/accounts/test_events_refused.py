"""A refused try by someone known leaves an event: who, what, and why it was refused."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Event
from tests.accounts.signing_in import signed_in
from tests.builders import system


def refusals() -> list[Event]:
    with system():
        return list(Event.objects.filter(operation="access.refused").order_by("pk"))


@pytest.fixture
def page(world) -> str:
    return reverse("company_details", args=[world.company.pk])


def test_a_strangers_try_is_answered_404_and_noted(world, page):
    assert signed_in(world.users["stranger"]).get(page).status_code == 404
    (event,) = refusals()
    assert event.actor_id == str(world.users["stranger"].pk)
    assert event.subject == f"user:{world.users['stranger'].pk}"
    assert event.reason == "GET company_details: stranger"
    assert event.internal
    assert event.channel == "page"
    assert event.request_id


def test_a_try_without_the_role_is_answered_403_and_noted(world):
    answer = signed_in(world.users["consultant"]).post(reverse("members", args=[world.company.pk]), {"email": "x"})
    assert answer.status_code == 403
    (event,) = refusals()
    assert event.actor_id == str(world.users["consultant"].pk)
    assert "role" in event.reason
    assert "POST members" in event.reason


def test_what_is_allowed_leaves_no_refusal(world, page):
    """The control."""
    assert signed_in(world.users["officer"]).get(page).status_code == 200
    assert refusals() == []


def test_someone_unknown_is_sent_to_sign_in_and_leaves_no_chain(world, page):
    assert Client().get(page).status_code == 302
    assert refusals() == []


def test_a_refusal_holds_nothing_of_what_was_typed(world):
    client = signed_in(world.users["consultant"])
    client.post(reverse("members", args=[world.company.pk]), {"email": "secret.word@example.org"})
    (event,) = refusals()
    assert "secret.word" not in f"{event.reason}{event.changes}"
