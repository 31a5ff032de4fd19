"""A small part of the demonstration world, told as the command tells it."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings as django_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import CommandError, call_command
from django.db import transaction
from django.http import Http404
from django.test import RequestFactory
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from accounts import tenancy
from accounts.models import Account, Consent, Event, User
from fastlane.demo import story as lanes
from portal import demo, demo_client
from trusted_trader.application.models import Application, Evidence, Response
from trusted_trader.demo import people, story
from trusted_trader.standing.queries import standing

KEY = "key of the test"
FEW = ("gulfpecan", "harborledger", "mapleanvil", "pinesworth")


def tell() -> None:
    story.tell(KEY, demo_client.ready(KEY), only=FEW, now=timezone.now())


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The world, told once for this module in a transaction that is rolled back; cheap hashes make it quicker."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1000)
        tell()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def world(told: None, db: None) -> None:
    """The world for one test, which may change it."""


def test_a_second_run_changes_nothing(world: None) -> None:
    with tenancy.enter(tenancy.Scope.SYSTEM):
        before = (Event.objects.count(), User.objects.order_by("pk").values_list("password", flat=True)[:5])
        before = (before[0], list(before[1]))
    tell()
    with tenancy.enter(tenancy.Scope.SYSTEM):
        after = (Event.objects.count(), list(User.objects.order_by("pk").values_list("password", flat=True)[:5]))
    assert after == before
    assert story.whole(FEW)


def test_companies_stand_where_their_plans_say(world: None) -> None:
    with tenancy.enter(tenancy.Scope.SYSTEM):
        states = {
            row.company.legal_name.split()[0]: row.status for row in Application.objects.select_related("company")
        }
        member = Account.objects.get(company__legal_name__startswith="Pinesworth")
        assert states == {
            "Gulf": "draft", "Harbor": "draft", "Maple": "draft", "Pinesworth": "certified",
        }  # fmt: skip
        assert standing(member, at=timezone.now()).in_good_standing
        assert Consent.objects.filter(account=member, revoked_at=None).exists()
        assert Response.objects.filter(account=member).count() > 50


def test_evidence_was_checked_and_can_be_opened(world: None) -> None:
    with tenancy.enter(tenancy.Scope.SYSTEM):
        rows = list(Evidence.objects.all())
    assert rows
    assert all(row.state == "ready" and row.stored_as for row in rows)


def test_people_can_sign_in_with_what_is_told(world: None) -> None:
    person = next(person for person in people.CAST if person.office)
    user = User.objects.get(email=person.email)
    code = format_hotp_value(
        hotp_value(people.totp_secret(KEY, person.email), next(iter(yield_hotp_counters_from_time())))
    )
    assert user.check_password(people.password(KEY, person.email))
    assert Authenticator.objects.get(user=user, type="totp").wrap().validate_code(code)
    assert not user.check_password(people.password("another key", person.email))


def test_a_changed_password_is_set_back(world: None) -> None:
    user = User.objects.get(email=people.CAST[0].email)
    user.set_password("something else entirely")
    user.save()
    people.sign_in_ready(KEY, people.CAST[:1], at=timezone.now())
    user.refresh_from_db()
    assert user.check_password(people.password(KEY, user.email))


def test_the_command_prints_one_object(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    told = []
    settings.DEVELOPMENT = True
    monkeypatch.setattr(story, "tell", lambda *args, **more: told.append(args))
    monkeypatch.setattr(lanes, "tell", lambda **more: None)
    outputs = []
    for _time in range(2):
        out = StringIO()
        call_command("seed_demo", "--json", stdout=out)
        outputs.append(json.loads(out.getvalue()))
    assert outputs[0] == outputs[1]
    assert len(told) == 2
    assert {"role", "email", "password", "totp_secret", "name", "what_awaits"} <= set(outputs[0]["sign_ins"][0])
    assert set(outputs[0]["api_client"]["example"]) == {"scheme", "value"}
    assert set(outputs[0]["api_client"]["lanes_example"]) == {"lane", "carrier", "port", "terminal"}


def test_the_command_is_refused_outside_development(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    told = []
    monkeypatch.setattr(story, "tell", lambda *args, **more: told.append(args))
    monkeypatch.setattr(lanes, "tell", lambda **more: None)
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="known passwords"):
        call_command("seed_demo", "--json", stdout=StringIO())
    assert not told
    call_command("seed_demo", "--even-though-this-is-not-a-development-server", stdout=StringIO())
    assert told


@pytest.mark.parametrize("view", [demo.people, demo.mail])
def test_the_pages_do_not_exist_outside_the_demonstration(db: None, settings: Any, view: object) -> None:
    settings.DEMO = False
    with pytest.raises(Http404):
        view(RequestFactory().get("/demo/"))  # type: ignore[operator]


def test_the_pages_show_people_and_mail(world: None, client: object, settings: Any) -> None:
    assert django_settings.DEMO
    page = client.get("/demo/")  # type: ignore[attr-defined]
    assert page.status_code == 200
    assert "specialist" in page.content.decode()
    assert all(person.email in page.content.decode() for person in people.CAST)
    listed = client.get("/demo/mail")  # type: ignore[attr-defined]
    assert listed.status_code == 200
    assert client.get("/demo/mail?open=../keys/demo").status_code == 404  # type: ignore[attr-defined]
