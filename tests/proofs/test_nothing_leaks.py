"""P11, and what P3 says of reading: secrets planted in every sensitive place are found nowhere but where they may be."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

import pikepdf
import pytest
from django.core import mail
from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone

from accounts import effects
from accounts import operations as who
from accounts.effects.models import Effect
from accounts.models import Membership, Person
from accounts.roles import COMPANY_ROLES
from fastlane.publishing import valkey
from portal.logs import JsonFormatter, RequestFilter
from tests import builders, racing
from tests.proofs.house import ALL, House, settle
from tests.proofs.test_strangers_learn_nothing import guide
from tests.world import a_firm
from trusted_trader.evidence_files.pdf_text import text_of
from trusted_trader.review import operations as review
from trusted_trader.review.models import Vetting

PEOPLE = 10
COMPANY_EYES = (*sorted(COMPANY_ROLES), "stranger", "half", "visitor")
SLOW = {"readyz"}
# A drawn paper says the same to everyone whom it is shown: one of each side reads it.
PAPER = re.compile(r"\.(pdf|zip|xlsx)$|bundle")
READERS = {"officer", "stranger", "visitor", "specialist", "auditor"}


@dataclass
class Planted:
    """`secrets` are for nobody unless revealed; `internal` words are for the staff alone."""

    house: House
    secrets: list[str] = field(default_factory=list)
    internal: list[str] = field(default_factory=list)
    logged: io.StringIO = field(default_factory=io.StringIO)
    pages: list[tuple[str, str, str]] = field(default_factory=list)  # who, address, text
    mails: list[tuple[str, str]] = field(default_factory=list)  # to whom, text


def plant(house: House) -> Planted:
    """Forty words, one in each place that is nobody's business; then the rest of the story."""
    at, staff = timezone.now(), house.world.staff
    firm = a_firm("Hanna Held")
    for role in COMPANY_ROLES:
        Membership.objects.create(company=firm.company, user=house.people[role], role=role, started_at=builders.NOW)
    found = Planted(House(house.world, (firm, *house.firms), house.people))
    for number in range(PEOPLE):
        secrets = [f"DOC7411{number:03d}X", f"NAT7412{number:03d}Y", f"19{50 + number}-0{number % 9 + 1}-17"]
        who.save_person(
            company=firm.company, actor=firm.officer, at=at,
            details={
                "name": f"Wanda Witness {number}", "is_manager": True, "birth_date": secrets[2], "birth_country": "US",
                "citizenship": "US", "document_kind": "passport", "document_number": secrets[0],
                "national_number": secrets[1],
            },
        )  # fmt: skip
        found.secrets += secrets
    found.secrets.append("52-7417417")
    who.set_identifier(account=firm.account, scheme="ein", raw="52-7417417", actor=firm.officer, at=at)
    _invitation, token = who.invite(
        company=firm.company, email="canary@example.org", role="contact", actor=firm.officer, at=at
    )
    builders.submitted(firm.officer, firm.account)
    case = builders.in_review(firm.application, staff.specialist)
    found.internal = [f"internalword{number}" for number in range(8)]
    words = iter(found.internal)
    review.add_note(application=case, text=f"{next(words)} @{staff.supervisor.email}", actor=staff.specialist, at=at)
    review.raise_flag(
        application=case, title=next(words), company_word="We look into it.", blocks_decision=False,
        owner=staff.specialist, ends_on=None, actor=staff.specialist, at=at,
    )  # fmt: skip
    review.give_verdict(
        application=case, number="2.1", word="rejected", comment=next(words), private=next(words),
        actor=staff.specialist, at=at,
    )  # fmt: skip
    review.conclude_vetting(
        vetting=Vetting.objects.get(application=case), cleared=True, conclusion=f"Checked. {next(words)} nothing found.",
        actor=staff.vetter, at=at,
    )  # fmt: skip
    review.reassign(
        application=case, reviewer=staff.colleague, reason=f"Less work: {next(words)}.", actor=staff.supervisor, at=at
    )
    person = Person.objects.filter(company=firm.company, name__startswith="Wanda Witness").latest("pk")
    who.reveal_person(person=person, actor=staff.vetter, reason=f"Compare numbers, {next(words)}.", at=at)
    found.internal.pop()
    found.secrets.append(token)
    return found


def words_of(response: HttpResponseBase) -> str:
    """All text of an answer: its headers, and its page, paper, sheet or bundle."""
    body = b"".join(response) if response.streaming else response.content
    told = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{told}\n{text_in(body)}"


def text_in(body: bytes) -> str:
    if body.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(body)) as paper:
            return text_of(paper, 10**6)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(text_in(packed.read(name)) for name in packed.namelist())
    return body.decode("utf-8", "replace")


def visit(planted: Planted) -> None:
    """Everybody opens everything; what a form does wrong is shown as well."""
    house = planted.house
    for name in (*COMPANY_EYES, "specialist", "supervisor", "director", "vetting_officer", "auditor"):
        client = house.client(name)
        client.raise_request_exception = False
        for route in ALL:
            if "GET" not in route.rows or route.name in SLOW or route.name.startswith(("account_", "mfa_", "api:")):
                continue
            if PAPER.search(route.pattern) and name not in READERS:
                continue
            values = house.way(route, guide(house, route))
            own = {"company": house.firms[0].company.pk, "number": house.firms[0].account.number}
            for address in dict.fromkeys(filter(None, (route.address(values), route.address(values | own)))):
                planted.pages.append((name, address, words_of(client.get(address))))
        wrong = client.post(
            f"/companies/{house.firms[0].company.pk}/people/", {"name": "", "document_number": "x" * 90}
        )
        planted.pages.append((name, "a wrong form", words_of(wrong)))


@pytest.fixture(scope="module")
def planted(house: House) -> Iterator[Planted]:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    handler.addFilter(RequestFilter())
    logging.getLogger().addHandler(handler)
    mail.outbox = []
    try:
        with builders.system():
            found = plant(house)
            settle()
        handler.setStream(found.logged)
        with builders.system():
            for effect in Effect.objects.all():
                effects._tell_a_worker(effect.pk)
        found.mails = [(to, words_in(message.message())) for message in mail.outbox for to in message.to]
        visit(found)
        yield found
    finally:
        logging.getLogger().removeHandler(handler)
        valkey.client().flushdb()


def words_in(message: Message) -> str:
    """All that stands in a message as it is sent."""
    parts = [p.get_payload(decode=True) for p in message.walk() if p.get_content_maintype() == "text"]
    return "\n".join([str(message["Subject"]), *(part.decode() for part in parts if isinstance(part, bytes))])


def kept_in_valkey() -> str:
    server = valkey.client()
    words = []
    for key in server.scan_iter():
        words.append(repr(key))
        words.append(repr(server.dump(key)))
        if server.type(key) == b"list":
            words += map(repr, server.lrange(key, 0, -1))
    return "\n".join(words)


def in_text(secrets: list[str], text: str) -> list[str]:
    return [secret for secret in secrets if secret in text or secret.replace("-", "") in text]


def test_no_secret_is_shown_to_anybody(planted: Planted, db: None) -> None:
    found = [(who_, address, s) for who_, address, text in planted.pages for s in in_text(planted.secrets, text)]
    print(f"\n{len(planted.secrets)} secrets, {len(planted.internal)} internal words, {len(planted.pages):,} pages")
    # The account's own numbers are for those who work with them; see identifiers' page.
    assert [f for f in found if f[2] != "52-7417417"] == []
    assert {who_ for who_, _, s in found} & {"stranger", "half", "visitor"} == set()


def test_internal_words_are_for_the_staff_alone(planted: Planted, db: None) -> None:
    found = [
        (n, address, w)
        for n, address, text in planted.pages
        if n in COMPANY_EYES
        for w in planted.internal
        if w in text
    ]
    assert found == []
    seen = {w for n, _, text in planted.pages if n not in COMPANY_EYES for w in planted.internal if w in text}
    assert len(seen) >= len(planted.internal) - 2, f"the control: the staff do see them ({seen})"


def test_no_secret_is_mailed_and_internal_words_reach_staff_alone(planted: Planted, db: None) -> None:
    staff = {user.email for user in planted.house.world.staff.everyone}
    for to, text in planted.mails:
        assert in_text(planted.secrets[:-1], text) == [], to
        if to not in staff:
            assert in_text(planted.internal, text) == [], to
    print(f"\n{len(planted.mails)} letters read")
    assert len(planted.mails) > 3


def test_no_secret_stands_in_logs_the_broker_or_the_cache(planted: Planted, db: None) -> None:
    logged, kept = planted.logged.getvalue(), kept_in_valkey()
    assert in_text(planted.secrets + planted.internal, logged) == []
    assert in_text(planted.secrets + planted.internal, kept) == []
    assert len(logged) > 10_000
    assert len(kept) > 1_000


def test_no_secret_stands_open_in_the_database(planted: Planted, db: None) -> None:
    """Events, effects' payloads, sessions, snapshots, notices and all else."""
    found = []
    with builders.system():
        for table in racing.tables():
            for secret in planted.secrets:
                if racing.run(f"select 1 from {table} t where to_jsonb(t)::text like '%{secret}%' limit 1"):
                    found.append(f"{table}: {secret}")
    # The invitation's link waits in its mail's effect or notice until it has been sent, and nowhere else.
    assert [f for f in found if planted.secrets[-1] not in f] == []


def test_the_control_what_is_planted_openly_is_found(planted: Planted, db: None) -> None:
    """Every ear hears: a page, a paper's bundle, a log line, the cache and the mail."""
    assert "Wanda Witness 0" in "".join(text for n, _, text in planted.pages if n == "officer")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        bundle.writestr("a.txt", "DOC7411000X")
    assert in_text(planted.secrets, text_in(packed.getvalue())) == ["DOC7411000X"]
    logging.getLogger("portal").error("Look: DOC7411001X")
    assert in_text(planted.secrets, planted.logged.getvalue()) == ["DOC7411001X"]
    valkey.client().set("leak", "DOC7411002X")
    assert in_text(planted.secrets, kept_in_valkey()) == ["DOC7411002X"]
    client = Client()
    assert client.get("/").status_code in {200, 302}
