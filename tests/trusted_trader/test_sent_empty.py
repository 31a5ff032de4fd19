"""What the company's pages answer when a form is sent before anything was put into it."""

from __future__ import annotations

import io

import pytest
from django.test import Client, override_settings

from accounts.models import Account, User
from tests import builders
from tests.builders import system
from tests.trusted_trader.review.conftest import sign_in
from trusted_trader.application.models import Evidence, Response

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return builders.a_user("Olive Officer")


@pytest.fixture
def account(officer: User) -> Account:
    with system():
        return builders.an_account(officer, builders.a_company(officer))


@pytest.fixture
def client(officer: User) -> Client:
    return sign_in(officer)


def test_an_upload_without_a_file_asks_for_the_file_and_keeps_the_title(client: Client, account: Account) -> None:
    page = client.post(f"/accounts/{account.number}/evidence/", {"title": "Gate procedure"})
    words = page.content.decode()
    assert page.status_code == 200
    assert "<title>Error:" in words
    assert 'href="#id_file"' in words
    assert 'value="Gate procedure"' in words
    with system():
        assert not Evidence.objects.filter(company=account.company).exists()


def test_an_upload_that_is_too_large_is_told_apart(client: Client, account: Account) -> None:
    """The control: the same answer looks for this one reason among the file's errors."""
    large = io.BytesIO(b"%PDF-1.7 " + b"0" * 2_000)
    large.name = "large.pdf"
    with override_settings(EVIDENCE_MAX_BYTES=1_000):
        page = client.post(f"/accounts/{account.number}/evidence/", {"title": "Gate procedure", "file": large})
    assert page.status_code == 413


@pytest.mark.parametrize(("sent", "kept"), [("", "plan.txt"), ("Gate procedure", "Gate procedure")])
def test_a_document_whose_title_is_emptied_goes_by_its_file_s_name(
    client: Client, officer: User, account: Account, sent: str, kept: str
) -> None:
    with system():
        row = builders.a_document(account.company, officer)
    client.post(f"/accounts/{account.number}/evidence/{row.pk}/", {"title": sent})
    with system():
        row.refresh_from_db()
    assert row.title == kept


@pytest.mark.parametrize(
    ("text", "rows"), [("", 0), ("The gate is watched day and night.", 1)], ids=["empty", "written"]
)
def test_a_criterion_never_answered_may_be_saved_untouched(
    client: Client, account: Account, text: str, rows: int
) -> None:
    sent = {"state": "", "text": text, "because": "", "version": 0, "evidence_shown": "1"}
    page = client.post(f"/accounts/{account.number}/profile/1.1/answer/", sent)
    assert page.status_code == 302
    with system():
        assert Response.objects.filter(account=account, number="1.1").exclude(text="").count() == rows
