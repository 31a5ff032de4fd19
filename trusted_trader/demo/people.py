"""The people who sign in to the demonstration world, with secrets that are always the same for one key."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction

from accounts.models import StaffGrant, User
from accounts.roles import Role

STAFF_DOMAIN = "agency.example"
WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "jetty", "knoll", "ledge",
         "maple", "north", "otter", "plume")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with a sign-in. `company` is the key of a demonstration company; staff have an `office` instead."""

    role: Role
    name: str
    company: str = ""
    office: str = ""
    tries: str = ""

    @property
    def email(self) -> str:
        domain = f"{self.company}.example" if self.company else STAFF_DOMAIN
        domain = "tradeadvice.example" if self.role == Role.CONSULTANT else domain
        return f"{self.name.lower().replace(' ', '.')}@{domain}"


CAST: Sequence[Person] = (
    Person(Role.OFFICER, "Olive Ocampo", "lanternquay", tries="Read what is sworn and submit the application."),
    Person(
        Role.OFFICER,
        "Oscar Oyelaran",
        "tidewheel",
        tries="Answer the reviewer's three questions before the time is over.",
    ),
    Person(
        Role.OFFICER, "Odette Oakes", "brightharbor", tries="Open the certificate; give or take away a partner's sight."
    ),
    Person(Role.OFFICER, "Opal Ortega", "copperfinch", tries="Read why the membership is suspended and what to do."),
    Person(Role.OFFICER, "Orson Obi", "saltmarsh", tries="Read the refusal, its reasons and how to appeal."),
    Person(Role.OFFICER, "Otis Orchard", "orchardline", tries="Go on with a half written security profile."),
    Person(Role.CONTACT, "Carl Contreras", "lanternquay", tries="Change an answer, link evidence, try to submit."),
    Person(
        Role.COMPANY_USER, "Uma Usher", "lanternquay", tries="Write answers; take the profile out as a spreadsheet."
    ),
    Person(Role.CONSULTANT, "Connie Consuelo", "tidewheel", tries="Help with the answers; signing is refused."),
    Person(
        Role.OFFICER,
        "Orla Osmond",
        "larkspur",
        tries="Open the exporter's account: it began with the importer's answers.",
    ),
    Person(
        Role.OFFICER,
        "Oren Ostrander",
        "baysidemarine",
        tries="Read which approved ships come to your terminals, and which fell.",
    ),
    Person(
        Role.VESSEL_AGENT,
        "Vito Vance",
        "petrelocean",
        tries="File an AQUA request; its facts arrive within two minutes.",
    ),
    Person(Role.SPECIALIST, "Sam Okafor", office="north", tries="Open the queue, judge answers, ask, recommend."),
    Person(
        Role.SPECIALIST,
        "Maya Lindqvist",
        office="gulf",
        tries="Carry the heaviest load; one company is closed to her by a tie.",
    ),
    Person(
        Role.SPECIALIST, "Teo Marchetti", office="south", tries="Compare old and new answers of a case that came back."
    ),
    Person(Role.SPECIALIST, "Ines Duarte", office="pacific", tries="Claim a case from the pool."),
    Person(
        Role.SUPERVISOR,
        "Sue Abernathy",
        office="north",
        tries="Decide a recommended case, and undo it within the minute.",
    ),
    Person(Role.SUPERVISOR, "Ravi Menon", office="gulf", tries="Reassign cases; decide what a colleague can't."),
    Person(Role.DIRECTOR, "Dana Whitlock", office="headquarters", tries="Propose to suspend a member."),
    Person(Role.DIRECTOR, "Hugo Brandt", office="headquarters", tries="Confirm or reject what a colleague proposed."),
    Person(
        Role.VETTING_OFFICER,
        "Vic Tanaka",
        office="headquarters",
        tries="Conclude a vetting; reveal a date of birth with a reason.",
    ),
    Person(
        Role.AUDITOR,
        "Ada Novak",
        office="headquarters",
        tries="Read an account's history; take a case out as a bundle.",
    ),
    Person(
        Role.DATA_STEWARD,
        "Dov Stein",
        office="headquarters",
        tries="Finish the draft edition, read its replay, and propose it.",
    ),
    Person(Role.PORT_OFFICER, "Pia Sorensen", office="gulf", tries="Decide what the rules left to a person."),
    Person(Role.PORT_OFFICER, "Paolo Quist", office="pacific", tries="Approve or refuse what Pia Sorensen proposed."),
    Person(
        Role.TARGETING_ANALYST, "Tarek Haddad", office="headquarters", tries="Read the requests with holds on board."
    ),
    Person(Role.ADMINISTRATOR, "Alma Ruiz", office="headquarters", tries="Look after partner clients."),
)

# Company people without a sign-in are made up from these.
FIRST = ("Ana", "Bela", "Chen", "Dara", "Elif", "Femi", "Gita", "Hana", "Ivan", "Jun", "Kofi", "Lena", "Milo", "Nora",
         "Omar", "Petra", "Quinn", "Rosa", "Soren", "Tala", "Umar", "Vera", "Wen", "Yara", "Zane", "Aldo", "Brita",
         "Cyrus", "Dina", "Emil", "Frida")  # fmt: skip
LAST = ("Abbott", "Bianchi", "Castellan", "Drummond", "Eriksen", "Farouk", "Galindo", "Hollis", "Ibarra", "Jansen",
        "Kowal", "Larkin", "Mbeki", "Novotny", "Okello", "Pereira", "Quigley", "Rasmussen", "Sandoval", "Takeda",
        "Ulloa", "Varga", "Whitfield", "Yilmaz", "Zielinski", "Ashdown", "Brannigan", "Calloway", "Delacroix",
        "Espinoza", "Fontaine", "Granger", "Hawthorne", "Ivanov", "Jorgensen", "Kirkland", "Lindgren")  # fmt: skip


def made_up_name(number: int) -> str:
    """A name for each number; 1,147 of them before the first repeats."""
    return f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}"


def derive(key: str, purpose: str) -> bytes:
    """32 bytes that only this key gives for this purpose."""
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).digest()


def password(key: str, email: str) -> str:
    """Words and digits that can be typed from the screen; about 2^60 possible ones."""
    raw = derive(key, f"password:{email}")
    words = "-".join(WORDS[byte % len(WORDS)] for byte in raw[:5])
    return f"{words}-{int.from_bytes(raw[5:12]) % 10**12:012d}"


def totp_secret(key: str, email: str) -> str:
    return base64.b32encode(derive(key, f"totp:{email}")[:20]).decode()


def sign_in_ready(key: str, people: Sequence[Person], *, at: datetime) -> dict[str, User]:
    """Make sure that these people exist and can sign in with their secrets. Returns them by e-mail address."""
    known = {user.email: user for user in User.objects.filter(email__in=[p.email for p in people])}
    stale = [person for person in people if not _has_password(known.get(person.email), key, person.email)]
    with ThreadPoolExecutor(2) as pool:
        hashed = dict(zip([p.email for p in stale], pool.map(lambda p: _hash(key, p.email), stale), strict=True))
    with transaction.atomic():
        for person in people:
            user = known.get(person.email) or User(email=person.email, name=person.name, joined_at=at)
            if person.email in hashed:
                user.password = hashed[person.email]
                user.save()
            _second_factor(user, totp_secret(key, person.email))
            if person.office and not user.staff_grants.filter(role=person.role, ended_at=None).exists():
                StaffGrant.objects.create(user=user, role=person.role, office=person.office, granted_at=at)
            known[person.email] = user
    return known


def _salt(key: str, email: str) -> str:
    return derive(key, f"salt:{email}").hex()[:22]


def _hash(key: str, email: str) -> str:
    return PBKDF2PasswordHasher().encode(password(key, email), _salt(key, email))


def _has_password(user: User | None, key: str, email: str) -> bool:
    """Our salt is the sign of our password: whoever changes a password gets a random salt."""
    return user is not None and user.is_active and _salt(key, email) in user.password.split("$")


def _second_factor(user: User, secret: str) -> None:
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if row is None:
        row = Authenticator(user=user, type=Authenticator.Type.TOTP, data={})
    elif get_adapter().decrypt(row.data["secret"]) == secret:
        return
    row.data = {"secret": get_adapter().encrypt(secret)}
    row.save()
