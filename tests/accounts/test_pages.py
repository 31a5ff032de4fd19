"""Pages about WHO: each works, for the right people alone, and says no in a way that helps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts import notices
from accounts.models import Company, Consent, Facility, Invitation, Membership, Notice, Person
from accounts.roles import Role
from tests import builders
from tests.accounts.conftest import World
from tests.accounts.signing_in import signed_in
from tests.builders import NOW, system

COMPANY_PAGES = ("", "sites/", "people/", "members/")


def at(world: World, page: str = "") -> str:
    return f"/companies/{world.company.pk}/{page}"


def partners(world: World) -> str:
    return f"/accounts/{world.account.number}/partners/"


def words(response) -> str:
    return response.content.decode()


COMPANY = {"legal_name": "Harbor Lantern", "country": "US", "base_version": "1"}
SITE = {"name": "Yard", "kind": "yard", "street": "2 Quay", "city": "Norfolk", "country": "US"}
PERSON = {"name": "Mary Manager", "is_manager": "on", "birth_date": "1970-05-01", "document_number": "P999888777"}


@pytest.mark.parametrize("page", COMPANY_PAGES)
@pytest.mark.parametrize("name", ["officer", "contact", "company_user", "consultant"])
def test_every_role_reads_the_company(world, name, page):
    response = signed_in(world.users[name]).get(at(world, page))
    assert response.status_code == 200
    assert "<h1>" in words(response)


@pytest.mark.parametrize("page", [*COMPANY_PAGES, "sites/{site}/", "people/{person}/"])
def test_a_stranger_sees_the_same_as_for_a_company_that_is_not_there(world, page):
    client = signed_in(world.users["stranger"])
    page = page.format(site=world.facility.pk, person=world.person.pk)
    foreign, missing = client.get(at(world, page)), client.get(f"/companies/999999/{page}")
    assert (foreign.status_code, missing.status_code) == (404, 404)


def test_a_stranger_may_not_see_or_give_consents(world):
    client = signed_in(world.users["stranger"])
    assert client.get(partners(world)).status_code == 404
    assert client.post(partners(world), {"partner": world.partner.pk}).status_code == 404
    with system():
        assert not Consent.objects.exists()


def test_nobody_signed_in_is_led_to_the_sign_in_page_and_back(world):
    response = Client().get(at(world, "sites/"))
    assert response.status_code == 302
    assert response["Location"] == f"/sign-in/login/?next=%2Fcompanies%2F{world.company.pk}%2Fsites%2F"


WRITES = [
    ("", COMPANY, {"officer", "contact"}),
    ("sites/", SITE, {"officer", "contact"}),
    ("sites/{site}/", SITE | {"base_version": "1"}, {"officer", "contact"}),
    ("sites/{site}/remove/", {}, {"officer", "contact"}),
    ("people/", PERSON, {"officer", "contact"}),
    ("people/{person}/", PERSON | {"base_version": "1"}, {"officer", "contact"}),
    ("people/{person}/remove/", {}, {"officer", "contact"}),
    ("members/", {"email": "new@example.org", "role": "contact"}, {"officer"}),
    ("members/{consultant}/role/", {"role": "contact"}, {"officer"}),
    ("members/{contact}/end/", {}, {"officer", "contact"}),
]


@pytest.mark.parametrize(("page", "data", "allowed"), WRITES)
@pytest.mark.parametrize("name", ["officer", "contact", "company_user", "consultant"])
def test_only_the_roles_of_the_table_change_things(world, name, page, data, allowed):
    page = page.format(
        site=world.facility.pk,
        person=world.person.pk,
        consultant=world.membership("consultant").pk,
        contact=world.membership("contact").pk,
    )
    response = signed_in(world.users[name]).post(at(world, page), data)
    assert response.status_code == (302 if name in allowed else 403)


@pytest.mark.parametrize("name", ["contact", "company_user", "consultant"])
def test_only_an_officer_gives_consent(world, name):
    assert signed_in(world.users[name]).post(partners(world), {"partner": world.partner.pk}).status_code == 403
    assert signed_in(world.users["officer"]).post(partners(world), {"partner": world.partner.pk}).status_code == 302


def test_consent_is_given_and_taken_back_on_one_page(world):
    client = signed_in(world.users["officer"])
    assert "Blue Current Lines" in words(client.get(partners(world)))
    client.post(partners(world), {"partner": world.partner.pk})
    with system():
        consent = Consent.objects.get()
    assert consent.revoked_at is None
    client.post(f"{partners(world)}{consent.pk}/revoke/")
    with system():
        assert Consent.objects.get().revoked_at is not None
    assert "taken back" in words(client.get(partners(world)))


@pytest.mark.parametrize(
    ("page", "data", "field", "sentence"),
    [
        ("", COMPANY | {"legal_name": ""}, "legal_name", "Enter: Legal name"),
        ("", COMPANY | {"started_on": "2999-01-01"}, "started_on", "lies in the future"),
        ("", COMPANY | {"website": "nope"}, "website", "Enter the whole address"),
        ("", COMPANY | {"employees": "many"}, "employees", "Enter a whole number"),
        ("", COMPANY | {"country": "XX"}, "country", "valid choice"),
        ("sites/", SITE | {"name": ""}, "name", "Enter: "),
        ("sites/", SITE | {"name": "x" * 121}, "name", "at most 120"),
        ("sites/", SITE | {"name": "Norfolk office and warehouse"}, "name", "already"),
        ("sites/", SITE | {"kind": "castle"}, "kind", "valid choice"),
        ("people/", PERSON | {"name": ""}, "name", "Enter: "),
        ("people/", PERSON | {"is_manager": ""}, "is_officer", "Tick at least one"),
        ("people/", PERSON | {"birth_date": "2999-01-01"}, "birth_date", "Check the date of birth"),
        ("people/", PERSON | {"email": "nobody"}, "email", "valid email"),
        ("members/", {"email": "nobody", "role": "contact"}, "email", "valid email"),
        ("members/", {"email": "a@example.org", "role": "director"}, "role", "valid choice"),
        ("members/", {"email": "a@example.org", "role": "vessel_agent"}, "until", "Say until when"),
    ],
)
def test_a_wrong_value_is_named_at_the_top_and_at_its_field(world, page, data, field, sentence):
    page = words(signed_in(world.users["officer"]).post(at(world, page), data))
    assert "<title>Error:" in page
    assert f'href="#id_{field}"' in page
    assert page.count(sentence) >= 2
    for name, value in data.items():
        if value and name not in {"is_manager", "base_version", "country", "kind", "role"}:
            assert value in page, f"{name} was cleared"


@pytest.mark.parametrize(("page", "entries"), [("sites/{site}/", SITE), ("people/{person}/", PERSON)])
def test_a_stale_page_of_a_site_or_a_person_is_refused_with_both_texts(world, page, entries):
    client = signed_in(world.users["officer"])
    page = at(world, page.format(site=world.facility.pk, person=world.person.pk))
    first = entries | {"name": "First writer", "base_version": "1"}
    second = entries | {"name": "Second writer", "base_version": "1"}
    assert client.post(page, first).status_code == 302
    response = client.post(page, second)
    assert response.status_code == 409
    assert "First writer" in words(response)
    assert 'value="Second writer"' in words(response)
    # Control: with the version that the page now carries, the second text is saved.
    assert 'name="base_version" value="2"' in words(response)
    assert client.post(page, second | {"base_version": "2"}).status_code == 302
    assert 'value="Second writer"' in words(client.get(page))


def test_a_stale_page_keeps_both_texts_and_can_be_saved_next(world):
    client = signed_in(world.users["officer"])
    client.post(at(world), COMPANY | {"trade_name": "First writer"})
    response = client.post(at(world), COMPANY | {"trade_name": "Second writer"})
    assert response.status_code == 409
    assert "First writer" in words(response)
    assert "Second writer" in words(response)
    assert 'name="base_version" value="2"' in words(response)
    assert client.post(at(world), COMPANY | {"trade_name": "Second writer", "base_version": "2"}).status_code == 302
    with system():
        assert Company.objects.get(pk=world.company.pk).trade_name == "Second writer"


def test_vetting_details_are_never_shown_again(world):
    client = signed_in(world.users["officer"])
    client.post(at(world, "people/"), PERSON)
    with system():
        person = Person.objects.get(name="Mary Manager")
    for page in (client.get(at(world, f"people/{person.pk}/")), client.get(at(world, "people/"))):
        assert "P999888777" not in words(page)
        assert "1970-05-01" not in words(page)
    assert words(client.get(at(world, f"people/{person.pk}/"))).count("Given, and not shown again") == 2


def test_a_form_sent_twice_adds_one_site(world):
    client = signed_in(world.users["officer"])
    for _ in range(2):
        assert client.post(at(world, "sites/"), SITE | {"once": "same-key"}).status_code == 302
    with system():
        assert Facility.objects.filter(company=world.company, name="Yard").count() == 1


def test_the_last_officer_is_told_why_leaving_is_refused(world):
    client = signed_in(world.users["officer"])
    own = world.membership("officer").pk
    for page, data in ((f"members/{own}/end/", {}), (f"members/{own}/role/", {"role": "contact"})):
        assert "Name another officer first" in words(client.post(at(world, page), data, follow=True))
    assert world.membership("officer").role == Role.OFFICER


def test_an_officer_leaves_once_there_is_a_successor(world):
    client = signed_in(world.users["officer"])
    client.post(at(world, f"members/{world.membership('contact').pk}/role/"), {"role": "officer"})
    response = client.post(at(world, f"members/{world.membership('officer').pk}/end/"))
    assert response["Location"] == "/companies/"
    assert client.get(at(world)).status_code == 404
    with system():
        assert Membership.objects.get(user=world.users["officer"]).ended_at is not None


def test_a_membership_ends_the_sight_of_the_company_at_once(world):
    officer, consultant = signed_in(world.users["officer"]), signed_in(world.users["consultant"])
    assert consultant.get(at(world)).status_code == 200
    officer.post(at(world, f"members/{world.membership('consultant').pk}/end/"))
    assert consultant.get(at(world)).status_code == 404


def test_an_invitation_can_be_taken_back(world):
    client = signed_in(world.users["officer"])
    client.post(at(world, "members/"), {"email": "new@example.org", "role": "contact"})
    with system():
        invitation = Invitation.objects.get()
    client.post(at(world, f"invitations/{invitation.pk}/revoke/"))
    with system():
        assert Invitation.objects.get().revoked_at is not None


def test_a_new_person_registers_a_company_and_becomes_its_officer(world):
    client = signed_in(world.users["stranger"])
    response = client.post("/companies/register/", {"legal_name": "Tidewater Tools", "country": "US"})
    with system():
        company = Company.objects.get(legal_name="Tidewater Tools")
        assert Membership.objects.get(company=company).role == Role.OFFICER
    assert response["Location"] == f"/companies/{company.pk}/open-account/"
    assert "Tidewater Tools" in words(client.get("/companies/"))


def test_who_is_invited_reads_so_among_the_companies(world):
    guest = builders.a_user("Gina Guest")
    signed_in(world.users["officer"]).post(at(world, "members/"), {"email": guest.email, "role": "contact"})
    page = words(signed_in(guest).get("/companies/"))
    assert "You are invited" in page
    assert world.company.legal_name in page
    # Control: who isn't invited doesn't learn of it.
    assert "You are invited" not in words(signed_in(world.users["stranger"]).get("/companies/"))


def _tell(user, subject, *, at):
    with system():
        notices.tell([user], kind="x", subject=subject, body=".", at=at)


def test_what_is_not_read_stands_first_in_the_inbox(world):
    user = world.users["officer"]
    for day, subject in ((1, "Older and not read"), (2, "Newer and read")):
        _tell(user, subject, at=NOW + timedelta(days=day))
    with system():
        Notice.objects.filter(subject="Newer and read").update(read_at=NOW)
    page = words(signed_in(user).get("/inbox/"))
    assert page.index("Older and not read") < page.index("Newer and read")


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("password/change/", "Change your password"),
        ("password/reset/", "Forgotten your password?"),
        ("password/reset/done/", "Look into your mail"),
        ("email/", "Your e-mail addresses"),
        ("logout/", "Sign out"),
        ("factors/recovery-codes/generate/", "Make new recovery codes"),
        ("factors/totp/deactivate/", "Take the authenticator app away"),
        ("factors/webauthn/", "Your passkeys"),
        ("password/reset/key/x-y/", "Choose a new password"),
    ],
)
def test_the_sign_in_pages_speak_our_words(world, page, title):
    response = signed_in(world.users["officer"]).get(f"/sign-in/{page}")
    assert response.status_code == 200
    assert f"<h1>{title}</h1>" in words(response)
