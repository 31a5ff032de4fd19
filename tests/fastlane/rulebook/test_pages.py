"""The rule book's pages: draft, edit with row errors, replay, two people, the way back; and who did what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.roles import Role
from fastlane.rulebook import queries, words
from fastlane.rulebook.models import Activation, Edition
from fastlane.rules.reference.tables import TABLES
from tests import builders
from tests.builders import NOW
from tests.fastlane.lanes.harbor import ETA, Harbor, run_effects
from tests.fastlane.lanes.pages import sign_in, text

REASON = "The port has asked for it in writing."
BOOK = "/admin/rule-book/"


@pytest.fixture(autouse=True)
def at_the_harbors_time(quay: Harbor) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def steward(quay: Harbor) -> Client:
    return sign_in(quay.steward)


def a_draft(steward: Client) -> Edition:
    assert steward.post(f"{BOOK}new/", {"name": "Winter", "note": "For winter."}).status_code == 302
    return Edition.objects.get(name="Winter")


def row_of(client: Client, url: str, **changes: str) -> dict[str, Any]:
    """What the row's page would send, with some of it changed."""
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    return data | {f"c_{name}": value for name, value in changes.items()}


def number_of(edition: Edition, table: str, first: str) -> int:
    return next(n for n, row in enumerate(edition.rows[table]) if row[TABLES[table].columns[0].name] == first)


def closed_without_the_port(steward: Client) -> Edition:
    """An edition in which port 2704 no longer takes part on the harbor's arrival day."""
    edition = a_draft(steward)
    url = f"{BOOK}{edition.pk}/ports/{number_of(edition, 'ports', '2704')}/"
    assert steward.post(url, row_of(steward, url, to=f"{ETA:%Y-%m-%d}")).status_code == 302
    assert steward.post(f"{BOOK}{edition.pk}/submit/").status_code == 302
    run_effects("rulebook.replay", at=NOW)
    edition.refresh_from_db()
    return edition


def proposal(steward: Client, edition: Edition, **changes: str) -> Any:
    data = {"starts_at_0": "2026-11-02", "starts_at_1": "12:00", "starts_at_2": "America/New_York", "reason": REASON}
    return steward.post(f"{BOOK}{edition.pk}/propose/", data | changes)


def test_the_book_says_what_is_in_force_since_when_and_by_whom(quay: Harbor, steward: Client) -> None:
    page = text(steward.get(BOOK))
    assert queries.in_force(NOW).version in page
    assert "Dora Data, Susan Super" in page
    assert "Terminals, W185: Operator's account: – →" in page


def test_pages_open_for_their_roles_alone(quay: Harbor, steward: Client) -> None:
    edition = a_draft(steward)
    auditor, analyst = builders.staff("Al Audit", Role.AUDITOR), builders.staff("Tia Target", Role.TARGETING_ANALYST)
    people = {quay.steward: 200, quay.supervisor: 200, quay.officer: 200, auditor: 200, analyst: 403, quay.agent: 403}
    for user, wanted in people.items():
        client = sign_in(user)
        answers = {client.get(BOOK).status_code, client.get(f"{BOOK}{edition.pk}/").status_code}
        assert answers == {wanted}, user
    for user in (quay.supervisor, auditor):
        assert sign_in(user).get(f"{BOOK}{edition.pk}/ports/0/").status_code == 403
        assert sign_in(user).post(f"{BOOK}new/", {"name": "Mine"}).status_code == 403


def test_a_bad_row_is_told_at_its_column_and_nothing_is_kept(steward: Client) -> None:
    edition = a_draft(steward)
    url = f"{BOOK}{edition.pk}/ports/0/"
    answer = steward.post(url, row_of(steward, url, **{"from": "2026-02-30", "code": "27"}))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'href="#id_c_from"' in page
    assert 'href="#id_c_code"' in page
    assert 'value="2026-02-30"' in page
    before = edition.rows
    edition.refresh_from_db()
    assert edition.rows == before


def test_a_row_that_another_table_needs_stays(steward: Client) -> None:
    edition = a_draft(steward)
    number = number_of(edition, "terminals", "W185")
    row = row_of(steward, f"{BOOK}{edition.pk}/terminals/{number}/")
    page = text(steward.post(f"{BOOK}{edition.pk}/terminals/{number}/drop/", {"before": row["before"]}, follow=True))
    assert "is not in the table it refers to" in page


def test_a_page_that_is_old_is_refused_with_both_rows(steward: Client) -> None:
    edition = a_draft(steward)
    url = f"{BOOK}{edition.pk}/settings/0/"
    old = row_of(steward, url, value="strict")
    assert steward.post(url, row_of(steward, url, source="The first one.")).status_code == 302
    answer = steward.post(url, old)
    assert answer.status_code == 409
    assert "The first one." in text(answer)
    assert 'value="strict"' in answer.content.decode()


def test_a_row_is_added_and_taken_out(steward: Client) -> None:
    edition = a_draft(steward)
    new = f"{BOOK}{edition.pk}/settings/new/"
    data = {"c_port": "2704", "c_name": "moth_policy", "c_value": "strict", "c_from": "2026-12-01", "c_to": "",
            "c_tag": "D", "c_source": "A test."}  # fmt: skip
    assert steward.post(new, data).status_code == 302
    edition.refresh_from_db()
    assert edition.rows["settings"][-1]["value"] == "strict"
    number = len(edition.rows["settings"]) - 1
    row = row_of(steward, f"{BOOK}{edition.pk}/settings/{number}/")
    steward.post(f"{BOOK}{edition.pk}/settings/{number}/drop/", {"before": row["before"]})
    edition.refresh_from_db()
    assert len(edition.rows["settings"]) == number


def test_the_replay_tells_who_would_fare_differently_and_why(quay: Harbor, steward: Client) -> None:
    request = quay.file()
    page = text(steward.get(f"{BOOK}{closed_without_the_port(steward).pk}/"))
    assert "1 of 1 decisions of the last year come out differently." in page
    assert request.reference in page
    assert "eligible → ineligible" in page


def test_two_people_put_an_edition_in_force_and_back(quay: Harbor, steward: Client) -> None:
    before = queries.in_force(NOW).version
    edition = closed_without_the_port(steward)
    assert proposal(steward, edition).status_code == 302
    row = Activation.objects.get(status="proposed")
    assert "Another person must put it in force" in text(steward.get(BOOK))
    steward.post(f"{BOOK}proposals/{row.pk}/confirm/")
    row.refresh_from_db()
    assert row.status == "proposed"
    assert sign_in(quay.supervisor).post(f"{BOOK}proposals/{row.pk}/confirm/").status_code == 302
    later = NOW + timedelta(hours=3)
    assert queries.in_force(later).version == edition.version
    with time_machine.travel(later, tick=False):
        assert sign_in(quay.steward).post(f"{BOOK}roll-back/", {"reason": REASON}).status_code == 302
        back = Activation.objects.get(status="proposed")
        sign_in(quay.supervisor).post(f"{BOOK}proposals/{back.pk}/confirm/")
        assert queries.in_force(later + timedelta(seconds=1)).version == before
        assert "rolled back" in text(sign_in(quay.steward).get(BOOK))


def test_a_proposal_in_the_past_or_without_a_reason_is_told_at_its_field(steward: Client) -> None:
    edition = closed_without_the_port(steward)
    past = proposal(steward, edition, starts_at_0="2026-11-01")
    assert past.status_code == 422
    assert 'href="#propose_starts_at' in past.content.decode()
    assert "a moment that is over" in text(past)
    short = proposal(steward, edition, reason="So.")
    assert "Give the reason in a sentence" in text(short)
    assert 'value="2026-11-02"' in short.content.decode()


def test_a_proposal_is_turned_down(quay: Harbor, steward: Client) -> None:
    edition = closed_without_the_port(steward)
    proposal(steward, edition)
    row = Activation.objects.get(status="proposed")
    sign_in(quay.supervisor).post(f"{BOOK}proposals/{row.pk}/reject/")
    row.refresh_from_db()
    assert row.status == "rejected"
    assert "turned a proposal down" in text(steward.get(BOOK))


def test_every_table_and_column_has_its_word() -> None:
    assert TABLES.keys() == words.TABLES.keys()
    assert {column.name for table in TABLES.values() for column in table.columns} == words.COLUMNS.keys()
