"""The pages of parcel files: bring one, see how far it is, read how it came out, take it out; strangers find nothing."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.roles import Role
from fastlane.parcels import columns
from fastlane.parcels.models import ParcelFile
from tests.fastlane.lanes.pages import text
from tests.fastlane.parcels.conftest import Sender, a_sender
from tests.fastlane.rules.test_bulk import GOOD, NAMES, write_csv


@pytest.fixture
def officer(sender: Sender) -> Client:
    return sender.client()


def send(client: Client, sender: Sender, content: bytes, name: str = "parcels.csv") -> Any:
    return client.post(sender.base, {"file": SimpleUploadedFile(name, content)})


def whole(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_an_empty_list_tells_what_to_do_and_what_the_columns_mean(officer: Client, sender: Sender) -> None:
    page = officer.get(sender.base)
    assert page.status_code == 200
    said = text(page)
    assert "No file yet." in said
    assert "up to 250 MB and 1,000,000 parcels" in said
    for name in [*NAMES, "parcel"]:
        assert f"<code>{name}</code>" in page.content.decode()


def test_the_file_to_begin_with_is_decided_as_it_is(officer: Client, sender: Sender) -> None:
    answer = officer.get(f"{sender.base}template.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="parcels.csv"'
    assert next(csv.reader(answer.content.decode().splitlines())) == ["parcel", *NAMES]
    row = sender.work(sender.bring(answer.content))
    assert (row.status, row.outcomes, row.bad) == ("done", {"eligible": 2}, 0)
    assert {column.name for column in columns.columns()} == {"parcel", *NAMES}


def test_a_file_is_brought_followed_and_taken_out(officer: Client, sender: Sender) -> None:
    source = sender.made(12_000, bad=120)
    answer = send(officer, sender, source.read_bytes())
    row = ParcelFile.objects.get(account=sender.account)
    assert answer.headers["Location"] == sender.page(row)
    assert "Waiting to be looked at" in text(officer.get(sender.page(row)))
    sender.step(row, 2)
    page = officer.get(sender.page(row))
    assert "5,000 of 12,000 rows, 41 %" in text(page)
    assert f'hx-get="{sender.page(row)}progress/?seen=2"' in page.content.decode()
    assert "Show how far it is now" in text(page)  # without script
    assert officer.get(f"{sender.page(row)}progress/?seen=2").status_code == 204
    assert "5,000 of 12,000" in text(officer.get(f"{sender.page(row)}progress/?seen=1"))
    assert officer.get(f"{sender.page(row)}result/").status_code == 404

    sender.work(row)
    changed = officer.get(f"{sender.page(row)}progress/?seen=2").content.decode()
    assert "hx-get" not in changed
    assert 'id="parcel-said" hx-swap-oob' in changed
    page = officer.get(sender.page(row))
    said = text(page)
    assert "11,880 parcels decided" in said
    assert f"Not eligible {row.outcomes['ineligible']:,}" in said
    assert f"Something is missing {row.outcomes['incomplete']:,}" in said
    assert "Bad rows, left out 120 1.0 %" in said
    assert "Why parcels are not eligible" in said
    assert "S3-05 · EO 14324" in said
    assert "What is missing" in said
    assert "The date of arrival" in said
    assert row.rule_set in said
    assert "120 bad rows were left out" in said
    assert "2 day_total_usd: Give an amount" in said
    assert "The first 100 are shown" in said
    assert "hx-swap-oob" not in page.content.decode()

    result = officer.get(f"{sender.page(row)}result/")
    assert result.headers["Content-Disposition"] == f'attachment; filename="decided-{row.pk}.csv"'
    assert result.headers["Cache-Control"] == "private, no-store"
    assert whole(result).count(b"\n") == 11_881
    assert whole(officer.get(f"{sender.page(row)}bad-rows.csv")).count(b"\n") == 121
    listed = text(officer.get(sender.base))
    assert "parcels.csv" in listed
    assert "Bad rows, left out: 120" in listed
    history = text(officer.get(f"/accounts/{sender.account.number}/history/"))
    assert "uploaded a file of parcels" in history


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("parcels.xlsx", b"PK\x03\x04....", "This is a workbook or a packed file."),
        ("parcels.csv", b"PK\x03\x04....", "This is a workbook or a packed file."),
        ("parcels.txt", b"goods\n", "Give a CSV or Parquet file"),
        ("parcels.csv", b"PAR1....", "The file’s content isn’t what its name says."),
        ("parcels.parquet", b"goods\n", "The file’s content isn’t what its name says."),
        ("parcels.csv", "goods\n".encode("utf-16"), "This is no plain text in UTF-8."),
        ("parcels.csv", b"", "The file is empty."),
    ],
)
def test_a_file_of_a_wrong_kind_is_refused_at_once(
    officer: Client, sender: Sender, name: str, content: bytes, told: str
) -> None:
    answer = send(officer, sender, content, name)
    assert answer.status_code == 422
    assert told.replace("’", "'") in text(answer)
    assert 'href="#id_file"' in answer.content.decode()
    assert not ParcelFile.objects.exists()


def test_no_file_and_too_large_a_file_are_told(officer: Client, sender: Sender, settings: Any) -> None:
    answer = officer.post(sender.base)
    assert (answer.status_code, "Choose a file first." in text(answer)) == (422, True)
    settings.PARCELS_MAX_BYTES = 1_048_576
    answer = send(officer, sender, b"x" * 1_048_577)
    assert answer.status_code == 413
    assert "larger than 1 MB" in text(answer)


def test_a_file_that_cannot_be_decided_says_so_on_its_page(officer: Client, sender: Sender) -> None:
    row = sender.work(sender.bring("<b>colour</b>\nred\n"))
    page = officer.get(sender.page(row))
    assert "Unknown columns: <b>colour</b>" in text(page).replace("&lt;", "<").replace("&gt;", ">")
    assert b"<b>colour" not in page.content
    assert "Nothing was decided" in text(page)


def test_a_file_is_stopped_by_its_button(officer: Client, sender: Sender) -> None:
    row = sender.step(sender.bring(sender.made(12_000)), 2)
    answer = officer.post(f"{sender.page(row)}cancel/", follow=True)
    assert "is stopped" in text(answer)
    assert "Nothing of this file is kept." in text(answer)
    assert sender.work(row).status == "cancelled"
    assert "not possible" in text(officer.post(f"{sender.page(row)}cancel/", follow=True))


def test_a_consultant_reads_and_brings_nothing(sender: Sender) -> None:
    row = sender.step(sender.bring("goods\ngeneral\n"))
    client = sender.colleague(Role.CONSULTANT)
    page = text(client.get(sender.base))
    assert "Upload and decide" not in page
    assert "Stop this file" not in text(client.get(sender.page(row)))
    assert send(client, sender, b"goods\n").status_code == 403
    assert client.post(f"{sender.page(row)}cancel/").status_code == 403
    agent = sender.colleague(Role.VESSEL_AGENT)
    assert agent.get(sender.base).status_code == 403


def test_strangers_and_neighbours_get_the_same_404(sender: Sender, files: Path) -> None:
    row = sender.work(sender.bring(write_csv(files / "parcels.csv", [GOOD])))
    stranger = a_sender(files, "Sten Stranger")
    client = stranger.client()
    for path in (
        "",
        f"{row.pk}/",
        f"{row.pk}/progress/",
        f"{row.pk}/result/",
        f"{row.pk}/bad-rows.csv",
        "template.csv",
    ):
        assert client.get(f"{sender.base}{path}").status_code == 404, path
        if path not in {"", "template.csv"}:  # through the own account's address
            assert client.get(f"{stranger.base}{path}").status_code == 404, path
    assert client.post(f"{sender.page(row)}cancel/").status_code == 404
    assert client.post(f"{stranger.base}{row.pk}/cancel/").status_code == 404
    assert send(client, sender, b"goods\n").status_code == 404


def test_accounts_that_send_no_parcels_have_no_such_page(sender: Sender, files: Path) -> None:
    terminal = a_sender(files, "Tom Terminal", "marine_port_terminal_operator")
    client = terminal.client()
    assert client.get(terminal.base).status_code == 404
    assert "Decide low-value parcels" not in text(client.get(f"/accounts/{terminal.account.number}/"))
    assert "Decide low-value parcels" in text(sender.client().get(f"/accounts/{sender.account.number}/"))
