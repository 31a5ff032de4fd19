"""Retries are safe: one effect per key, the same answer again, and nothing else under the same key."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import RequestFactory
from django.utils import timezone

from accounts import tenancy
from accounts.models import Once
from fastlane.publishing import idempotency, problems
from fastlane.publishing.models import KeptAnswer

NOW = timezone.now()
TOO_LATE = idempotency.KEPT + timedelta(seconds=1)


def posting(body: str = '{"a": 1}', path: str = "/api/v1/webhooks") -> HttpRequest:
    return RequestFactory().post(path, body, content_type="application/json")


class Work:
    """Work that leaves a row each time it is done."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self) -> HttpResponse:
        self.done += 1
        Once.objects.create(key=f"work {self.done} {threading.get_ident()} {id(self)}"[:80])
        return JsonResponse({"done": self.done, "secret": "whsec_shown"}, status=201, headers={"Location": "/there"})


def send(work: Callable[[], HttpResponse], *, request: HttpRequest | None = None, key: str = "k", client: str = "c",
         now: object = NOW) -> HttpResponse:  # fmt: skip
    with tenancy.enter(tenancy.Scope.PARTNER, client_id=client):
        return idempotency.answered(client, key, request or posting(), work, now=now)  # type: ignore[arg-type]


def test_a_repeat_gets_the_same_answer_and_does_nothing(db: None) -> None:
    work = Work()
    first, again = send(work), send(work)
    assert work.done == 1
    assert (again.status_code, again.content, again["Location"]) == (201, first.content, "/there")
    assert again["Content-Type"] == "application/json"
    assert (again[idempotency.REPLAYED], idempotency.REPLAYED in first) == ("true", False)


def test_without_the_key_the_work_is_done_twice(db: None) -> None:
    """The control: the work itself can't tell a repeat."""
    work = Work()
    work()
    work()
    assert Once.objects.count() == 2


@pytest.mark.parametrize(
    "other", [posting('{"a": 2}'), posting(path="/api/v1/other"), posting(path="/api/v1/webhooks?x=1")]
)
def test_another_call_under_the_same_key_is_refused(db: None, other: HttpRequest) -> None:
    work = Work()
    send(work)
    with pytest.raises(problems.Refusal) as refused:
        send(work, request=other)
    assert (refused.value.status_code, work.done) == (422, 1)


def test_another_client_and_another_key_are_other_calls(db: None) -> None:
    work = Work()
    send(work)
    send(work, client="d")
    send(work, key="l")
    assert work.done == 3


def test_after_a_day_the_key_is_free(db: None) -> None:
    work = Work()
    send(work)
    send(work, now=NOW + idempotency.KEPT - timedelta(seconds=1))
    assert work.done == 1
    send(work, now=NOW + TOO_LATE)
    assert work.done == 2
    with tenancy.enter(tenancy.Scope.SYSTEM):
        assert idempotency.forget_old(at=NOW + 3 * TOO_LATE) == 1


def test_work_that_fails_leaves_the_key_free(db: None) -> None:
    def fails() -> HttpResponse:
        raise problems.WrongValue("/url", "url", "Mend it.")

    with pytest.raises(problems.WrongValue):
        send(fails)
    assert send(Work()).status_code == 201


def test_the_kept_body_can_not_be_read_in_the_database(db: None) -> None:
    send(Work())
    with tenancy.enter(tenancy.Scope.SYSTEM):
        assert "whsec_shown" not in KeptAnswer.objects.get().sealed


def test_another_client_does_not_see_kept_answers(db: None) -> None:
    send(Work())
    with tenancy.enter(tenancy.Scope.PARTNER, client_id="d"):
        assert not KeptAnswer.objects.exists()


def test_while_the_first_is_still_running_the_second_is_told_so(transactional_db: None) -> None:
    inside, go_on, work = threading.Event(), threading.Event(), Work()

    def slow() -> HttpResponse:
        inside.set()
        assert go_on.wait(20)
        return work()

    def first() -> None:
        send(slow)
        connection.close()

    sender = threading.Thread(target=first)
    sender.start()
    assert inside.wait(20)
    with pytest.raises(problems.Refusal) as refused:
        send(work)
    assert (refused.value.status_code, refused.value.headers) == (409, {"Retry-After": "1"})
    go_on.set()
    sender.join()
    assert send(work).status_code == 201
    assert work.done == 1
