"""The sandbox: made-up members that behave like real ones, and are never mixed with them."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import effects, tenancy
from accounts.effects.models import Effect
from accounts.forms import ConsentForm
from fastlane.publishing import sandbox
from fastlane.publishing.models import SandboxMember
from fastlane.scopes import ELIGIBILITY_READ, MEMBERS_READ
from tests.fastlane.conftest import Member, Partner, a_partner
from tests.fastlane.wsgi import Reply, call


@pytest.fixture
def sandboxed(db: None) -> Partner:
    found = a_partner("Sandbox of Harbour Terminal")
    found.row.is_sandbox = True
    found.row.save()
    sandbox.furnish(found.row, at=timezone.now())
    return found


def rows(partner: Partner) -> list[SandboxMember]:
    with tenancy.enter(tenancy.Scope.SYSTEM):
        return list(SandboxMember.objects.filter(partner=partner.row).order_by("pk"))


def flip(partner: Partner, row: SandboxMember, **fields: object) -> Reply:
    return call(
        f"/api/v1/sandbox/members/{row.number}", method="PUT", token=partner.token(MEMBERS_READ),
        body=json.dumps(fields).encode(), content_type="application/json",
    )  # fmt: skip


def test_made_up_members_answer_like_real_ones_and_say_what_they_are(sandboxed: Partner) -> None:
    line = rows(sandboxed)[0]
    token = sandboxed.token(MEMBERS_READ, ELIGIBILITY_READ)
    told = call(f"/api/v1/members/account/{line.number}", token=token).json
    assert (told["in_good_standing"], told["sandbox"], told["member"]["account"]) == (True, True, line.number)
    lane = call(f"/api/v1/eligibility?lane=aqua&port=2704&scheme=account&value={line.number}", token=token).json
    assert (lane["outcome"], lane["sandbox"]) == ("eligible", True)


def test_a_flip_is_seen_at_once_and_told_in_the_feed(
    sandboxed: Partner, django_capture_on_commit_callbacks: object
) -> None:
    line = rows(sandboxed)[0]
    token = sandboxed.token(MEMBERS_READ)
    path = f"/api/v1/members/account/{line.number}"
    etag = call(path, token=token).headers["etag"]
    assert flip(sandboxed, line, status="suspended").json["status"] == "suspended"
    again = call(path, token=token, if_none_match=etag)
    assert (again.status, again.json["in_good_standing"]) == (200, False)
    with tenancy.enter(tenancy.Scope.SYSTEM):
        pk = Effect.objects.get(kind=sandbox.CHANGED).pk
    assert effects.run(pk)
    [change] = call("/api/v1/members/changes", token=token).json["changes"]
    assert (change["account"], change["status"]) == (line.number, "suspended")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"status": "perfect"}, "/status"),
        ({"level": "gold"}, "/level"),
        ({"tier": 2}, "/tier"),
        ({"tier": True}, "/tier"),
        ({"name": "X"}, "/name"),
    ],
)
def test_what_no_member_could_be_is_refused(sandboxed: Partner, fields: dict[str, object], pointer: str) -> None:
    reply = flip(sandboxed, rows(sandboxed)[0], **fields)
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (400, pointer)


def test_another_client_sees_none_of_them(sandboxed: Partner, partner: Partner) -> None:
    line = rows(sandboxed)[0]
    assert call(f"/api/v1/members/account/{line.number}", token=partner.token(MEMBERS_READ)).status == 404
    assert flip(partner, line, status="suspended").status == 404
    assert call("/api/v1/sandbox/members", token=partner.token(MEMBERS_READ)).json["members"] == []
    assert len(call("/api/v1/sandbox/members", token=sandboxed.token(MEMBERS_READ)).json["members"]) == 5


def test_a_sandbox_sees_no_real_member_and_no_member_can_consent_to_it(sandboxed: Partner, member: Member) -> None:
    assert call(member.path, token=sandboxed.token(MEMBERS_READ)).status == 404
    with tenancy.enter(tenancy.Scope.SYSTEM):
        assert sandboxed.row not in ConsentForm(account=member.account).fields["partner"].queryset  # type: ignore[attr-defined]
    with pytest.raises(IntegrityError, match="made-up members alone"), transaction.atomic():
        member.consents_to(sandboxed)


def test_a_client_that_members_consented_to_can_not_become_a_sandbox(partner: Partner, member: Member) -> None:
    member.consents_to(partner)
    partner.row.is_sandbox = True
    with pytest.raises(IntegrityError, match="is no sandbox"), transaction.atomic():
        partner.row.save()
    partner.row.is_sandbox = False
    with pytest.raises(ValueError, match="sandbox client alone"):
        sandbox.furnish(partner.row, at=timezone.now())
