"""Every way in asks for two factors; sessions end; guesses fail and shut nobody out; invitations lead on."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from accounts import operations
from accounts.models import Invitation, Membership, User
from accounts.roles import Role
from tests import builders
from tests.accounts.conftest import World
from tests.accounts.signing_in import PASSWORD, code, give_password, signed_in, verified, with_app
from tests.builders import system

INSIDE = "/companies/"
STAFF_INSIDE = "/admin/"


@pytest.fixture(params=["company", "staff"])
def user(request: pytest.FixtureRequest, db: None) -> User:
    made = builders.a_user("Olive Ocampo") if request.param == "company" else builders.staff("Sam", Role.SPECIALIST)
    return verified(made)


def inside_of(user: User) -> str:
    return STAFF_INSIDE if user.is_staff else INSIDE


def is_in(client: Client, user: User) -> bool:
    return client.get(inside_of(user)).status_code == 200


def words(response) -> str:
    return response.content.decode()


# --- Two factors on every way in ------------------------------------------------------------------------------


def test_password_and_code_let_in(user):
    assert is_in(signed_in(user), user)


def test_a_password_alone_leads_to_the_code_and_no_further(user):
    client = Client()
    response = give_password(client, with_app(user))
    assert response["Location"] == "/sign-in/factors/authenticate/"
    assert not is_in(client, user)
    assert "_auth_user_id" not in client.session


def test_a_password_alone_leads_who_has_no_second_factor_to_set_one_up(user):
    client = Client()
    give_password(client, user)
    response = client.get(inside_of(user))
    assert response["Location"].startswith("/sign-in/second-factor/")
    page = words(client.get(response["Location"]))
    assert "Use a passkey" in page
    assert "Use an authenticator app" in page


@pytest.mark.parametrize("page", ["/me/", "/inbox/", "/companies/register/", "/sign-in/factors/recovery-codes/"])
def test_no_page_opens_with_one_factor(user, page):
    client = Client()
    give_password(client, user)
    assert client.get(page)["Location"].startswith("/sign-in/second-factor/")
    answer = client.post(page, {"legal_name": "X", "country": "US"})
    assert answer.status_code == 403 or answer["Location"].startswith("/sign-in/second-factor/")


def test_a_reset_password_lets_nobody_in_without_the_code(user):
    with_app(user)
    client = Client()
    client.post("/sign-in/password/reset/", {"email": user.email})
    link = re.search(r"http://\S+(/sign-in/password/reset/key/\S+)", mail.outbox[-1].body)
    assert link
    form = client.get(link.group(1))["Location"]
    new = "another horse battery"
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    assert not is_in(client, user)
    assert give_password(client, user, new)["Location"] == "/sign-in/factors/authenticate/"
    assert not is_in(client, user)
    client.post("/sign-in/factors/authenticate/", {"code": code()})
    assert is_in(client, user)


def test_the_admin_site_has_no_sign_in_of_its_own(user):
    response = Client().post("/admin/login/", {"username": user.email, "password": PASSWORD})
    assert response.status_code in {302, 403, 405}
    assert Client().get("/admin/login/", follow=True).request["PATH_INFO"] == "/sign-in/login/"


@pytest.mark.parametrize("path", ["/api/v1/eligibility", "/api/v1/members/changes"])
def test_a_signed_in_person_is_nobody_to_the_api(user, path):
    assert signed_in(user).get(path).status_code in {401, 404}


@pytest.mark.parametrize("late", [-4, -20, 4], ids=["two minutes old", "ten minutes old", "two minutes early"])
def test_a_late_code_is_refused(user, late):
    client = Client()
    give_password(client, with_app(user))
    response = client.post("/sign-in/factors/authenticate/", {"code": code(steps=late)})
    assert "doesn&#x27;t fit" in words(response)
    assert not is_in(client, user)


def test_a_code_lets_in_once(user):
    signed_in(user)
    client = Client()
    give_password(client, user)
    response = client.post("/sign-in/factors/authenticate/", {"code": code()})
    assert "doesn&#x27;t fit" in words(response)
    assert not is_in(client, user)


def test_the_last_second_factor_stays(user):
    client = signed_in(user)
    client.post("/sign-in/factors/totp/deactivate/")
    assert Authenticator.objects.filter(user=user, type="totp").exists()


@pytest.mark.django_db(transaction=True)  # allauth tells of a new factor once it is committed
def test_a_session_from_before_the_second_factor_ends_when_one_is_set_up(user):
    early, own = Client(), Client()
    give_password(early, user)
    give_password(own, user)
    assert early.get("/sign-in/factors/totp/activate/").status_code == 200
    page = words(own.get("/sign-in/factors/totp/activate/"))
    secret = re.search(r'id="totp-secret">([A-Z2-7]+)<', page)
    assert secret
    response = own.post("/sign-in/factors/totp/activate/", {"code": code(secret=secret.group(1))})
    assert response["Location"] == "/sign-in/factors/recovery-codes/"
    assert "left" in words(own.get(response["Location"]))
    assert is_in(own, user)
    assert early.get("/sign-in/factors/webauthn/add/")["Location"].startswith("/sign-in/login/")


def test_a_recovery_code_stands_in_for_the_app_once(user):
    client = signed_in(user)
    client.post("/sign-in/factors/recovery-codes/generate/")
    found = re.findall(r"<code>(\w+)</code>", words(client.get("/sign-in/factors/recovery-codes/")))
    assert len(found) == 10
    for expected in (True, False):
        client = Client()
        give_password(client, user)
        client.post("/sign-in/factors/authenticate/", {"code": found[0]})
        assert is_in(client, user) is expected


# --- Sessions -------------------------------------------------------------------------------------------------


def test_a_session_ends_after_half_an_hour_without_a_click(user):
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False) as clock:
        client = signed_in(user)
        clock.move_to(now + timedelta(minutes=29))
        assert is_in(client, user)
        clock.move_to(now + timedelta(minutes=58))
        assert is_in(client, user)
        clock.move_to(now + timedelta(minutes=89))
        assert not is_in(client, user)


def test_a_session_ends_after_twelve_hours_whatever_is_done(user):
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False) as clock:
        client = signed_in(user)
        for minutes in range(25, 12 * 60, 25):
            clock.move_to(now + timedelta(minutes=minutes))
            assert is_in(client, user)
        clock.move_to(now + timedelta(hours=12, minutes=1))
        assert not is_in(client, user)


def test_no_setting_makes_a_session_longer_than_an_hour_idle(user, settings):
    settings.SESSION_IDLE = timedelta(days=3)
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False) as clock:
        client = signed_in(user)
        clock.move_to(now + timedelta(minutes=61))
        assert not is_in(client, user)


def copy_of(client: Client) -> Client:
    """Another browser with the same cookies."""
    other = Client()
    other.cookies.load(client.cookies.output(header="", sep=";"))
    return other


def test_signing_out_ends_the_session_on_the_server(user):
    client = signed_in(user)
    thief = copy_of(client)
    assert is_in(thief, user)
    client.post("/sign-in/logout/")
    assert not is_in(thief, user)


def test_signing_out_everywhere_ends_every_session_of_this_user_alone(user):
    other = builders.a_user("Other")
    bystander = signed_in(other)
    first = signed_in(user)
    with time_machine.travel(time.time() + 60):
        second = signed_in(user)
        first.post("/me/sign-out-everywhere/")
        assert not is_in(second, user)
        assert is_in(bystander, other)


def test_a_disabled_user_is_out_at_once(user):
    client = signed_in(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not is_in(client, user)


def test_a_changed_password_ends_the_other_sessions(user):
    client = signed_in(user)
    thief = copy_of(client)
    new = {"oldpassword": PASSWORD, "password1": "another horse battery", "password2": "another horse battery"}
    assert client.post("/sign-in/password/change/", new).status_code == 302
    assert not is_in(thief, user)


def test_signing_in_makes_a_new_session_id(user):
    client = Client()
    give_password(client, with_app(user))
    before = client.session.session_key
    client.post("/sign-in/factors/authenticate/", {"code": code()})
    assert client.session.session_key != before


def test_changing_factors_asks_for_a_fresh_one(user):
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False) as clock:
        client = signed_in(user)
        assert client.get("/sign-in/password/change/").status_code == 200
        clock.move_to(now + timedelta(minutes=6))
        for page in ("password/change/", "factors/recovery-codes/", "factors/webauthn/add/"):
            assert client.get(f"/sign-in/{page}")["Location"].partition("?")[0].endswith("/reauthenticate/")
        # A password alone makes nothing fresh: its page leads on to the second factor.
        response = client.post("/sign-in/reauthenticate/", {"password": PASSWORD})
        assert response["Location"].startswith("/sign-in/factors/reauthenticate/")
        assert client.get("/sign-in/password/change/").status_code == 302
        client.post("/sign-in/factors/reauthenticate/", {"code": code()})
        assert client.get("/sign-in/password/change/").status_code == 200


# --- Guessing -------------------------------------------------------------------------------------------------


def test_guesses_fail_and_the_true_user_gets_in_meanwhile(db):
    user = with_app(builders.a_user("Olive Ocampo"))
    for number in range(1_000):
        guesser = Client(REMOTE_ADDR=f"203.0.{number // 5 % 250}.{number % 250 + 1}")
        response = give_password(guesser, user, f"guess number {number}")
        assert response.status_code in {200, 429}
        assert "_auth_user_id" not in guesser.session
    assert is_in(signed_in(user), user)


def test_one_address_may_guess_a_few_times_only(db):
    user = with_app(builders.a_user("Olive Ocampo"))
    guesser = Client(REMOTE_ADDR="203.0.113.7")
    for number in range(6):
        response = give_password(guesser, user, f"guess number {number}")
    assert "Too many wrong tries" in words(response)
    assert "Too many wrong tries" in words(give_password(guesser, user))  # even the right one, from there


def test_known_and_unknown_addresses_get_the_same_answers(db):
    user = verified(builders.a_user("Olive Ocampo"))
    stranger = User(email="nobody@example.org")

    def answers(about: User) -> list[tuple[int, str]]:
        client = Client()
        said = [
            give_password(client, about, "wrong wrong wrong"),
            client.post("/sign-in/password/reset/", {"email": about.email}, follow=True),
            Client().post(
                "/sign-in/signup/",
                {"email": about.email, "name": "X Y", "password1": "some long phrase", "password2": "some long phrase"},
                follow=True,
            ),
        ]
        hide = re.compile(rf"{re.escape(about.email)}|name=\"csrfmiddlewaretoken\" value=\"\w+\"|nonce=\S+")
        return [(answer.status_code, hide.sub("", words(answer))) for answer in said]

    assert answers(user) == answers(stranger)


# --- Invitations ----------------------------------------------------------------------------------------------


def invited(world: World, email: str) -> str:
    with system():
        _, token = operations.invite(
            company=world.company, email=email, role=Role.CONTACT, actor=world.users["officer"], at=datetime.now(UTC)
        )
    return f"/invitation/{token}/"


def test_an_invitation_joins_the_company(world):
    link = invited(world, world.users["stranger"].email)
    client = signed_in(world.users["stranger"])
    assert world.company.legal_name in words(client.get(link))
    assert client.post(link)["Location"] == "/companies/"
    assert client.get(f"/companies/{world.company.pk}/").status_code == 200


def test_an_invited_person_without_an_account_is_led_back_to_the_invitation(world):
    link = invited(world, "new@example.org")
    client = Client()
    page = words(client.get(link))
    assert f"/sign-in/signup/?next={link}" in page
    assert f"/sign-in/login/?next={link}" in page
    client.post(
        "/sign-in/signup/",
        {"email": "new@example.org", "name": "Nora", "password1": PASSWORD, "password2": PASSWORD, "next": link},
    )
    sent = re.search(r"^([A-Z0-9]+-[A-Z0-9]+)$", mail.outbox[-1].body, re.MULTILINE)
    assert sent
    response = client.post("/sign-in/confirm-email/", {"code": sent.group(1)})
    assert response["Location"] == link


def test_one_factor_is_not_enough_to_join(world):
    link = invited(world, world.users["stranger"].email)
    client = Client()
    give_password(client, verified(world.users["stranger"]))
    assert client.post(link).status_code == 302
    with system():
        assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize("case", ["unknown", "expired", "revoked", "used", "foreign"])
def test_a_bad_invitation_is_refused_with_the_way_forward(world, case):
    link = invited(world, world.users["stranger"].email)
    now = datetime.now(UTC)
    changes = {
        "expired": {"expires_at": now - timedelta(days=1)},
        "revoked": {"revoked_at": now},
        "used": {"accepted_at": now},
        "foreign": {"email": "other@example.org"},
    }
    ways = {
        "unknown": "send a new one",
        "expired": "send a new one",
        "revoked": "send a new one",
        "used": "tell the company",
        "foreign": "Sign in with that address",
    }
    with system():
        Invitation.objects.update(**changes.get(case, {}))
        before = Membership.objects.count()
    link = "/invitation/no-such-token/" if case == "unknown" else link
    client = signed_in(world.users["stranger"])
    response = client.post(link)
    assert response.status_code == 409
    assert ways[case] in words(response)
    with system():
        assert Membership.objects.count() == before
