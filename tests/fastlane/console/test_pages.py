"""The partner console: who sees it, secrets shown once, webhooks by hand, usage that opens into its rows."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tenancy
from accounts.models import Event
from accounts.refusals import Refused
from fastlane.console import operations
from fastlane.console.models import ClientSteward, SpareSecret
from fastlane.publishing import sandbox, usage
from fastlane.publishing.models import SandboxMember, UsageHour
from fastlane.scopes import MEMBERS_READ
from fastlane.webhooks import sending
from fastlane.webhooks.models import Delivery, Endpoint
from tests.accounts.signing_in import signed_in
from tests.fastlane.conftest import Member, Partner, a_partner
from tests.fastlane.console.conftest import Cast
from tests.fastlane.webhooks.receiver import a_receiver
from tests.fastlane.wsgi import call

PAGES = ("", "usage/", "usage/?days=1", "code/", "webhooks/", "webhooks/new/")


def secret_on(page: str) -> str:
    found = re.search(r"<code>([^<]{20,})</code></pre></div></div>", page)
    return found[1] if found else ""


def token_status(client_id: str, secret: str) -> int:
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    reply = Client().post(
        "/api/oauth/token", {"grant_type": "client_credentials", "scope": MEMBERS_READ},
        headers={"Authorization": f"Basic {basic}"},
    )  # fmt: skip
    return reply.status_code


def test_a_clients_own_people_see_it_and_for_others_it_is_not_there(
    cast: Cast, steward: Client, partner: Partner, member: Member
) -> None:
    member.consents_to(partner)
    for page in PAGES:
        assert steward.get(f"/partners/{partner.row.pk}/{page}").status_code == 200, page
    first = steward.get(f"/partners/{partner.row.pk}/").content.decode()
    assert member.account.number in first
    assert str(partner.row) in steward.get("/partners/").content.decode()
    stranger = signed_in(cast.stranger)
    missing = stranger.get("/partners/999999/").content
    for page in PAGES:
        foreign = stranger.get(f"/partners/{partner.row.pk}/{page}")
        assert foreign.status_code == 404, page
    assert len(stranger.get(f"/partners/{partner.row.pk}/").content) == len(missing)
    assert str(partner.row) not in stranger.get("/partners/").content.decode()
    assert Client().get(f"/partners/{partner.row.pk}/").status_code == 302
    other = a_partner("Other Terminal")
    assert steward.get(f"/partners/{other.row.pk}/").status_code == 404


def test_a_new_secret_is_shown_once_and_the_old_one_holds_for_a_day(
    steward: Client, partner: Partner, cast: Cast
) -> None:
    page = steward.post(f"/partners/{partner.row.pk}/secret/", follow=True).content.decode()
    new = secret_on(page)
    assert len(new) >= 40
    assert new not in steward.get(f"/partners/{partner.row.pk}/").content.decode()
    assert [token_status(partner.client_id, secret) for secret in (new, partner.secret, "wrong")] == [200, 200, 401]
    assert token_status(partner.client_id, new) == 200  # the old one took nothing away
    with tenancy.enter(tenancy.Scope.SYSTEM):
        SpareSecret.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        told = Event.objects.get(subject__startswith="client:", operation="client.rotate_secret")
    assert told.actor_id == str(cast.steward.pk)
    assert new not in str(told.changes)
    assert [token_status(partner.client_id, secret) for secret in (new, partner.secret)] == [200, 401]


def test_the_same_form_twice_makes_one_secret(steward: Client, partner: Partner) -> None:
    for _ in range(2):
        steward.post(f"/partners/{partner.row.pk}/secret/", {"once": "the same"})
    with tenancy.enter(tenancy.Scope.SYSTEM):
        assert SpareSecret.objects.count() == 1


def test_an_administrator_names_and_ends_the_people(cast: Cast, partner: Partner) -> None:
    administrator = signed_in(cast.administrator)
    where = f"/partners/{partner.row.pk}/people/"
    wrong = administrator.post(where, {"email": "nobody@example.org"})
    assert "Nobody here has this address" in wrong.content.decode()
    assert administrator.post(where, {"email": cast.stranger.email}).status_code == 302
    stranger = signed_in(cast.stranger)
    assert stranger.get(f"/partners/{partner.row.pk}/").status_code == 200
    assert stranger.get(where).status_code == 403
    with tenancy.enter(tenancy.Scope.SYSTEM):
        row = ClientSteward.objects.get(user=cast.stranger)
    assert administrator.post(f"{where}{row.pk}/end/").status_code == 302
    assert stranger.get(f"/partners/{partner.row.pk}/").status_code == 404
    with pytest.raises(Refused):
        operations.name_steward(partner=partner.row, user=cast.stranger, actor=cast.steward, at=timezone.now())
    with pytest.raises(Refused):
        operations.name_steward(partner=partner.row, user=cast.administrator, actor=None, at=timezone.now())


def test_a_webhook_by_hand_from_set_up_to_replay(steward: Client, partner: Partner, settings: object) -> None:
    settings.WEBHOOK_LOCAL_NETWORKS = ["127.0.0.0/8"]  # type: ignore[attr-defined]
    with a_receiver() as receiver:
        base = f"/partners/{partner.row.pk}/webhooks/"
        wrong = steward.post(f"{base}new/", {"url": "ftp://x"}).content.decode()
        assert "Error:" in wrong
        assert "https://" in wrong
        page = steward.post(f"{base}new/", {"url": receiver.url, "types": ["standing.changed"]}, follow=True)
        assert secret_on(page.content.decode()).startswith("whsec_")
        with tenancy.enter(tenancy.Scope.SYSTEM):
            endpoint = Endpoint.objects.get()
        one = f"{base}{endpoint.key}/"
        assert not secret_on(steward.get(one).content.decode())
        receiver.behave = lambda got: (500, {}, b"broken <b>here</b>")
        steward.post(f"{one}test/")
        sending.drain(endpoint.pk)
        page_text = steward.get(one).content.decode()
        assert "broken &lt;b&gt;here&lt;/b&gt;" in page_text
        assert "webhook-signature: v1," in page_text
        with tenancy.enter(tenancy.Scope.SYSTEM):
            Delivery.objects.update(state="failed")
            message = Delivery.objects.get()
        receiver.behave = lambda got: 204
        assert (
            "sent again: 1"
            in steward.post(f"{one}replay/", {"delivery": str(message.key)}, follow=True).content.decode()
        )
        sending.drain(endpoint.pk)
        assert ">delivered<" in steward.get(one).content.decode()
        assert secret_on(steward.post(f"{one}secret/", follow=True).content.decode()).startswith("whsec_")
        for action in ("off", "on", "delete"):
            assert steward.post(f"{one}{action}/").status_code == 302
        assert steward.get(one).status_code == 404
        assert steward.post(f"{one}nonsense/").status_code == 404


def test_usage_is_counted_and_every_figure_opens_into_its_rows(
    steward: Client, partner: Partner, member: Member
) -> None:
    member.consents_to(partner)
    token = partner.token(MEMBERS_READ)
    etag = call(member.path, token=token).headers["etag"]
    for _ in range(3):
        call(member.path, token=token, if_none_match=etag)
    call("/api/v1/members/account/TT-00000018", token=token)
    usage.hand_over()
    assert usage.collect(at=timezone.now()) == 5
    assert usage.collect(at=timezone.now()) == 0
    with tenancy.enter(tenancy.Scope.SYSTEM):
        kept = {(row.route, row.status): row.calls for row in UsageHour.objects.all()}
    assert kept == {("api:member", 200): 1, ("api:member", 304): 3, ("api:member", 404): 1}
    page = steward.get(f"/partners/{partner.row.pk}/usage/?days=1").content.decode()
    assert "4 calls were answered well and 1 with an error" in page
    [slot] = re.findall(r'\?days=1&amp;slot=([^#"]+)#rows', page)
    opened = steward.get(f"/partners/{partner.row.pk}/usage/?days=1&slot={slot}").content.decode()
    figures = [int(number) for number in re.findall(r"<td>(\d+)</td></tr>", opened.partition('id="rows"')[2])]
    assert sum(figures) == 5


def test_a_sandbox_is_set_by_its_page(cast: Cast, steward: Client) -> None:
    box = a_partner("Sandbox of Harbour Terminal")
    box.row.is_sandbox = True
    box.row.save()
    line = sandbox.furnish(box.row, at=timezone.now())[0]
    operations.name_steward(partner=box.row, user=cast.steward, actor=None, at=timezone.now())
    where = f"/partners/{box.row.pk}/sandbox/"
    assert line.number in steward.get(where).content.decode()
    sent = steward.post(where, {"member": line.pk, "level": "validated", "status": "suspended"}, follow=True)
    assert "stands as you set it" in sent.content.decode()
    with tenancy.enter(tenancy.Scope.SYSTEM):
        assert SandboxMember.objects.get(pk=line.pk).status == "suspended"
    assert "Error:" in steward.post(where, {"member": line.pk, "level": "gold"}).content.decode()


def test_pages_hold_no_inline_style_or_script(
    steward: Client, partner: Partner, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    for page in PAGES:
        text = steward.get(f"/partners/{partner.row.pk}/{page}").content.decode()
        assert " style=" not in text
        assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
