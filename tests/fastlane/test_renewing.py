"""What a process remembers of a token is renewed by one poll ahead of time, and never outlives its bound."""

from __future__ import annotations

import threading

import pytest
from django.db import OperationalError

from accounts import machines
from accounts.machines import REMEMBERED_SECONDS, RENEWED_SECONDS


@pytest.fixture
def asked(monkeypatch):
    """How often the database was asked."""
    calls: list[str] = []
    ask = machines._ask
    monkeypatch.setattr(machines, "_ask", lambda value: (calls.append(value), ask(value))[1])
    return calls


def grow_old(token: str, seconds: float) -> None:
    at, machine = machines._seen[token]
    machines._seen[token] = (at - seconds, machine)


def test_a_young_answer_is_given_without_asking(token, asked):
    assert machines.remembered(token) is None  # never asked: not by this way
    known = machines.by_token(token)
    assert known is not None
    assert machines.remembered(token) == known
    assert len(asked) == 1


def test_an_answer_is_renewed_before_it_is_too_old_and_by_one_alone(token, asked, monkeypatch):
    known = machines.by_token(token)
    grow_old(token, RENEWED_SECONDS)
    inside, go_on, counted = threading.Event(), threading.Event(), machines._ask

    def slow(value: str) -> object:
        inside.set()
        assert go_on.wait(20)
        asked.append(value)
        return known

    monkeypatch.setattr(machines, "_ask", slow)
    renewing = threading.Thread(target=machines.remembered, args=[token])
    renewing.start()
    assert inside.wait(20)
    assert machines.remembered(token) == known  # does not wait for the one that asks
    go_on.set()
    renewing.join()
    assert len(asked) == 2
    monkeypatch.setattr(machines, "_ask", counted)
    assert machines.remembered(token) == known
    assert len(asked) == 2  # it is young again


def test_an_answer_that_is_too_old_is_not_given_nor_renewed_here(token, asked):
    assert machines.by_token(token)
    grow_old(token, REMEMBERED_SECONDS)
    assert machines.remembered(token) is None
    assert len(asked) == 1


def test_a_revoked_token_is_noticed_by_the_renewal(token, partner):
    assert machines.by_token(token)
    partner.row.is_active = False
    partner.row.save()
    assert machines.remembered(token)  # the control: until then the old answer holds
    grow_old(token, RENEWED_SECONDS)
    assert machines.remembered(token) is None
    assert machines.by_token(token) is None


def test_a_database_that_is_away_leaves_the_answer_to_the_whole_way(token, monkeypatch):
    assert machines.by_token(token)
    grow_old(token, RENEWED_SECONDS)

    def away(value: str) -> None:
        raise OperationalError

    monkeypatch.setattr(machines, "_ask", away)
    assert machines.remembered(token) is None
    assert not machines._renewing
