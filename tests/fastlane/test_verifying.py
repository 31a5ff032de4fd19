"""The public checks: a certificate by number and code, and a pasted statement."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from fastlane.publishing import verifying
from tests import builders
from tests.fastlane.conftest import SUSPENDED, Member
from tests.fastlane.wsgi import call
from trusted_trader.application import operations as applications
from trusted_trader.application import queries
from trusted_trader.standing.models import Certificate
from trusted_trader.standing.operations import draw_certificate


@pytest.fixture
def certificate(member: Member) -> Certificate:
    with builders.system():
        applications.start(account=member.account, actor=member.officer, at=builders.NOW)
        application = queries.open_application(member.account)
        assert application is not None
        today = timezone.localdate()
        return draw_certificate(
            application=application,
            level="certified",
            tier=1,
            valid_from=today,
            valid_until=today + timedelta(days=365),
            at=timezone.now(),
        )


def check(number: str, code: str, *, accept: str = "application/json") -> object:
    return call(f"/verify/{number}?code={code}", accept=accept)


def test_a_real_certificate_is_told_with_the_standing_now(member: Member, certificate: Certificate) -> None:
    reply = check(certificate.number, certificate.code.lower())
    assert reply.status == 200
    told = reply.json
    assert (told["member"]["name"], told["level"], told["status"], told["holds"]) == (
        member.account.company.legal_name, "certified", "good", True,
    )  # fmt: skip
    member.becomes(SUSPENDED)
    told = check(certificate.number, certificate.code).json
    assert (told["status"], told["holds"]) == ("suspended", False)
    assert SUSPENDED.reason not in str(told)


def test_the_page_says_suspended(member: Member, certificate: Certificate) -> None:
    member.becomes(SUSPENDED)
    page = check(certificate.number, certificate.code, accept="text/html").body.decode()
    assert "Real, but suspended" in page
    assert member.account.company.legal_name in page


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_wrong_code_and_an_unknown_number_are_the_same_answer(accept: str, certificate: Certificate) -> None:
    def strip(reply: object) -> tuple[object, ...]:
        return reply.status, {n: v for n, v in reply.headers.items() if n != "x-request-id"}, reply.body  # type: ignore[attr-defined]

    tries = [
        (certificate.number, "0000000000"), (certificate.number, ""), ("TTC-2026-999999", certificate.code),
        ("nonsense", "x"), ("%00", "%00"), (certificate.number, "%C3%A9" * 5),
    ]  # fmt: skip
    answers = [strip(check(*pair, accept=accept)) for pair in tries]
    assert {answer[0] for answer in answers} == {404}
    assert len({str(answer) for answer in answers}) == 1
    assert check(certificate.number, certificate.code, accept=accept).status == 200  # the control


def test_a_withdrawn_certificate_is_unknown(certificate: Certificate) -> None:
    with builders.system():
        Certificate.objects.filter(pk=certificate.pk).update(withdrawn_at=timezone.now())
    assert check(certificate.number, certificate.code).status == 404


def test_it_does_not_hold_after_its_last_day(certificate: Certificate) -> None:
    after = datetime.combine(certificate.valid_until, datetime.min.time(), tzinfo=timezone.get_default_timezone())
    before = after - timedelta(seconds=1)
    for moment, holds in ((before, True), (after, False)):
        found = verifying.check(certificate.number, certificate.code, now=moment)
        assert found is not None
        assert found.holds is holds


def test_guessing_is_limited_by_address(db: None) -> None:
    with time_machine.travel(timezone.now().replace(second=5), tick=False):
        replies = [check("TTC-2026-000001", f"{n:010d}") for n in range(verifying.CHECKS_PER_MINUTE + 1)]
    assert [r.status for r in replies[:-1]] == [404] * verifying.CHECKS_PER_MINUTE
    assert (replies[-1].status, "retry-after" in replies[-1].headers) == (429, True)


# --- Statements -------------------------------------------------------------------------------------------------------


def paste(text: str) -> str:
    return Client().post("/verify-statement", {"statement": text}).content.decode()


def test_a_statement_is_judged_by_signature_time_and_content(member: Member, token: str) -> None:
    content = call(member.path, token=token).json
    page = paste(f"  {content['statement'][:40]}\n{content['statement'][40:]}  ")
    assert "The statement holds" in page
    assert member.account.company.legal_name in page


def test_an_expired_statement_is_told_as_signed_but_out_of_time(member: Member, token: str) -> None:
    content = call(member.path, token=token).json
    with time_machine.travel(datetime.fromisoformat(content["valid_until"]), tick=False):
        assert "Signed by us, but out of time" in paste(content["statement"])


def test_a_changed_statement_tells_nothing_of_its_content(member: Member, token: str) -> None:
    head, body, signature = call(member.path, token=token).json["statement"].split(".")
    page = paste(f"{head}.{body[:-4]}AAAA.{signature}")
    assert "Not a statement of ours" in page
    assert member.account.company.legal_name not in page


@pytest.mark.parametrize("text", ["", " ", "a.b.c", "x" * 20_000, "é.é.é", "<script>"])
def test_what_is_no_statement_gets_a_clear_answer(text: str, db: None) -> None:
    page = paste(text)
    assert "Not a statement of ours" in page or "There is a problem" in page
