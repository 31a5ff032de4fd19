"""Probes say what is away, every answer has its id, pages of failure help without a trace, mail is kept whole."""

from __future__ import annotations

import email
import json
import logging
from email.policy import default as modern
from pathlib import Path

import pytest
import redis
from django.core.mail import EmailMessage
from django.db import DatabaseError
from django.test import Client

from portal import health, home, logs
from portal.mail import FolderBackend
from portal.middleware import WELL_FORMED_ID
from tests import builders
from tests.accounts.signing_in import signed_in

# --- Probes -----------------------------------------------------------------------------------------------------


@pytest.fixture
def all_there(db: None) -> None:
    health.beat()


def test_ready_means_that_all_four_answer(all_there: None):
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready", "database": "ok", "broker": "ok", "worker": "ok", "storage": "ok",
    }  # fmt: skip


def test_without_a_heartbeat_the_worker_is_named(all_there: None):
    health.broker().delete(health.HEARTBEAT_KEY)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["worker"], answer.json()["broker"]) == (503, "failing", "ok")


def test_a_broker_that_is_away_is_named_with_the_worker_behind_it(all_there: None, monkeypatch: pytest.MonkeyPatch):
    nobody = redis.Redis.from_url("redis://127.0.0.1:9/0", socket_connect_timeout=0.2)
    monkeypatch.setattr(health, "broker", lambda: nobody)
    found = Client().get("/readyz").json()
    assert (found["broker"], found["worker"], found["database"]) == ("failing", "failing", "ok")


def test_a_storage_without_room_or_right_is_named(all_there: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "ROOM", 10**18)
    assert Client().get("/readyz").json()["storage"] == "failing"


def test_a_database_that_is_away_is_named_and_the_process_lives(all_there: None, monkeypatch: pytest.MonkeyPatch):
    def away() -> None:
        raise DatabaseError("connection to 10.0.0.7 failed: password of user portal")

    monkeypatch.setitem(health.CHECKS, "database", away)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "failing")
    assert b"password" not in answer.content
    assert Client().get("/healthz").status_code == 200


# --- Request ids and log lines ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given", ["trace-0123456789", "", "short", "with space in it", "x" * 65, "emoji-☃-long-enough"]
)
def test_every_answer_carries_an_id_the_callers_own_if_it_is_well_formed(db: None, given: str):
    # A header is bytes on the wire.
    told = Client().get("/", headers={"X-Request-ID": given.encode().decode("latin-1")}).headers["X-Request-ID"]
    assert WELL_FORMED_ID.fullmatch(told)
    assert (told == given) == (given == "trace-0123456789")


def test_a_line_names_the_route_and_never_the_path_or_a_person(db: None, caplog: pytest.LogCaptureFixture):
    user = builders.a_user("Paula Private")
    client = signed_in(user)
    caplog.clear()
    with caplog.at_level(logging.INFO, "portal.request"):
        client.get("/companies/8675309/?q=secret-word")
    formatter = logs.JsonFormatter()
    lines = [formatter.format(record) for record in caplog.records if record.name == "portal.request"]
    assert lines
    found = json.loads(lines[-1])
    assert (found["route"], found["status"]) == ("companies/<int:company>/", 404)
    for hidden in ("8675309", "secret-word", user.email, "Paula"):
        assert hidden not in "".join(lines)


def a_record(message: str, failure: Exception | None = None) -> logging.LogRecord:
    info = (type(failure), failure, failure.__traceback__) if failure else None
    return logging.LogRecord("x", logging.ERROR, __file__, 1, message, (), info)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("mail to olive.ocampo@example.org failed", "olive.ocampo"),
        ("GET /search?name=Ocampo&born=1970 failed", "Ocampo"),
        ("number 52-7654321 is taken", "7654321"),
        ("DETAIL: Failing row contains (Olive, 1970)", "Olive"),
    ],
)
def test_what_may_not_stand_in_a_line_is_scrubbed_from_message_and_trace(text: str, hidden: str):
    assert hidden in text
    assert hidden not in logs.JsonFormatter().format(a_record(text))
    assert hidden not in logs.JsonFormatter().format(a_record("failed", ValueError(text)))


# --- Failures ---------------------------------------------------------------------------------------------------


def test_a_failure_shows_a_reference_and_no_trace(db: None, monkeypatch: pytest.MonkeyPatch):
    def broken(*_a: object, **_k: object) -> None:
        raise RuntimeError("the secret inner name")

    monkeypatch.setattr(home, "render", broken)
    client = Client(raise_request_exception=False)
    answer = client.get("/", headers={"X-Request-ID": "trace-0123456789"})
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "trace-0123456789" in page
    assert "The fault is ours" in page
    for hidden in ("secret inner name", "RuntimeError", "Traceback"):
        assert hidden not in page
    monkeypatch.undo()
    assert client.get("/").status_code == 200  # Control


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [("/no/such/page", 404, "could not find this page"), ("/admin/review/", 403, "cannot open this page")],
)
def test_a_page_that_is_refused_says_what_to_do(db: None, path: str, status: int, words: str):
    answer = signed_in(builders.a_user("Peter Plain")).get(path)
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_a_form_without_its_token_says_that_nothing_was_saved(db: None):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/sign-in/login/", {"login": "a@example.org", "password": "x"})
    assert answer.status_code == 403
    assert "Nothing was saved" in answer.content.decode()


def test_the_api_answers_with_problem_documents(db: None):
    answer = Client().get("/api/v1/no-such-call")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["status"] == 404


# --- Mail -------------------------------------------------------------------------------------------------------


def test_local_mail_is_kept_as_files_that_a_mail_reader_opens(settings, tmp_path: Path):
    settings.MAIL_DIR = tmp_path / "mail"
    messages = [
        EmailMessage("Grüße", "Zeile eins\nline two", "portal@example.org", ["olive@example.org"]),
        EmailMessage("nobody", "x", "portal@example.org", []),
    ]
    assert FolderBackend().send_messages(messages) == 1
    (file,) = settings.MAIL_DIR.iterdir()
    found = email.message_from_bytes(file.read_bytes(), policy=modern)
    assert (file.suffix, found["Subject"], found["To"]) == (".eml", "Grüße", "olive@example.org")
    assert "line two" in found.get_content()
