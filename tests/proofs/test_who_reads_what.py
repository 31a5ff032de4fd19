"""P3, reading: who may read which field stands in a table; words planted in every field are shown to nobody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from accounts import notices
from accounts import operations as who
from accounts.models import Account, Company, Membership, PartnerClient, StaffTie, User
from accounts.policy.middleware import policy_table
from accounts.roles import COMPANY_ROLES, Role
from fastlane.console import operations as console
from fastlane.lanes.models import LaneRequest
from fastlane.publishing import valkey
from fastlane.rules import LANES
from fastlane.scopes import SCOPES
from fastlane.webhooks.models import Endpoint
from tests import builders
from tests.builders import NOW
from tests.fastlane.conftest import Partner, a_partner, forget
from tests.proofs import readers, stages
from tests.proofs.house import furnish, settle, sign_in
from tests.proofs.readers import CANARY, Field
from tests.proofs.test_nothing_leaks import words_of
from tests.proofs.walking import sort_of, walk
from tests.world import QUICK_PASSWORDS, Firm, a_firm, size
from trusted_trader.review import operations as review

VISITS = size(1, 2)  # pages of one sort that each opens
# A drawn paper says the same to everyone whom it is shown: one of each side reads them all.
PAPER_READERS = {"officer", "vessel_agent", "specialist", "auditor", "port_officer", "partner_person"}
# They open what anybody has found; the others walk to what they may open.
STRANGERS = ("visitor", "half", "stranger", "tied", "partner_person", "vessel_agent")
SHOWN = 50  # fields that somebody is shown, at the least
# They change something by being looked at, or have nothing of anybody in them.
NOT_OPENED = ("account_", "mfa_", "api:", "second_factor", "admin:logout", "admin:jsi18n")


@dataclass
class Seen:
    """Which fields each principal was shown, and where; how many pages and answers were read."""

    planted: dict[str, Field]
    where: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))  # field, principal, address
    read: int = 0

    def look(self, principal: str, address: str, text: str) -> None:
        self.read += 1
        for number in set(CANARY.findall(text)):
            if (found := self.planted.get(f"zq{number}qz")) is not None:
                self.where[found.name].setdefault(principal, address)
        for value, found in self.planted.items():
            if not found.planted and value in text:
                self.where[found.name].setdefault(principal, address)

    def wrong(self) -> list[str]:
        may = {found.name: found.may_read for found in self.planted.values()}
        return [
            f"{name} is shown to {principal} at {address}"
            for name, shown in sorted(self.where.items())
            for principal, address in sorted(shown.items())
            if principal not in may[name]
        ]


@dataclass
class Cast:
    """Everybody at the door: people by role, and the machines' tokens."""

    people: dict[str, User]
    begins: tuple[str, ...]
    partner: Partner
    other: Partner

    def client(self, name: str) -> Client:
        if name == "visitor":
            client = Client()
        elif name == "half":
            client = Client()
            client.force_login(self.people["half"], backend="allauth.account.auth_backends.AuthenticationBackend")
        else:
            client = sign_in(self.people[name])
        client.raise_request_exception = False
        return client


def everybody() -> Cast:
    """Cases, requests and partners in one house; a person for each role, of the company side in every company."""
    stages.fast_lane()
    house = furnish()
    people, staff, at = dict(house.people), house.world.staff, timezone.now()
    with_case(house.world.asked, staff.specialist, staff.supervisor)
    sheet_page = stages.a_changed_sheet(house.world.beginner)
    for company in Company.objects.exclude(pk__in=[firm.company.pk for firm in house.firms]):
        for role in sorted(COMPANY_ROLES):
            Membership.objects.create(company=company, user=people[role], role=role, started_at=NOW)
        StaffTie.objects.create(company=company, user=people["tied"], reason="Worked there.")
    people["partner_person"] = builders.a_user("Pavel Partner")
    partner, other = a_partner("Reading Lines", quota=10**6), a_partner("Nosy Lines", quota=10**6)
    for row in (partner.row, *PartnerClient.objects.filter(is_sandbox=True)):
        console.name_steward(partner=row, user=people["partner_person"], actor=None, at=at)
    stages.hooks(partner.row, people["partner_person"])
    for account in Account.objects.all():
        who.grant_consent(account=account, partner=partner.row, actor=people["officer"], at=at)
    for row in LaneRequest.objects.order_by("pk")[:3]:
        LaneRequest.objects.filter(pk=row.pk).update(client_id=partner.client_id)
    _row, token = who.invite(
        company=house.firms[0].company, email="guest@example.org", role=Role.CONTACT, actor=people["officer"], at=at
    )
    settle()
    return Cast(people, (sheet_page, f"/invitation/{token}/"), partner, other)


def with_case(firm: Firm, specialist: User, supervisor: User) -> None:
    """What is written about a case: a note, a flag, a verdict; a validation and a filter beside it."""
    case, at = firm.application, timezone.now()
    review.add_note(application=case, text=f"Look here @{supervisor.email}", actor=specialist, at=at)
    review.raise_flag(
        application=case, title="Look at the yard", company_word="We look into it.", blocks_decision=True,
        owner=specialist, ends_on=None, actor=specialist, at=at,
    )  # fmt: skip
    review.save_filter(owner=specialist, name="Mine", query="view=all", shared=True)


@pytest.fixture(scope="module")
def shown(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Cast, Seen]]:
    with django_db_blocker.unblock(), QUICK_PASSWORDS, transaction.atomic():
        with builders.system():
            cast = everybody()
            seen = Seen(readers.plant())
            # They come when all is planted: what is theirs holds no planted word.
            cast.people["stranger"] = a_firm("Sten Stranger").officer
            cast.people["half"] = builders.a_user("Hal Half")
            notices.tell(cast.people.values(), kind="test", subject="A word", body="Words.", at=timezone.now())
        cache.clear()
        valkey.client().flushdb()
        forget()
        look_around(cast, seen)
        machines_ask(cast, seen)
        yield cast, seen
        transaction.set_rollback(True)
    valkey.client().flushdb()


def look_around(cast: Cast, seen: Seen) -> None:
    """Everybody walks along every link; then those whom least is shown open what anybody has found."""
    opened: dict[str, set[str]] = defaultdict(set)
    names = ["visitor", *sorted(cast.people)]
    for name in names:
        papers = name in PAPER_READERS
        for address, page in walk(cast.client(name), cast.begins, but=NOT_OPENED, papers=papers, visits=VISITS):
            opened[name].add(address)
            seen.look(name, address, words_of(page))
    known = one_of_each(set().union(*opened.values()))
    for name in STRANGERS:
        client = cast.client(name)
        for address in known:
            if address not in opened[name]:
                seen.look(name, address, words_of(client.get(address)))


def machines_ask(cast: Cast, seen: Seen) -> None:
    """Three systems send every call that only reads, for everything there is; to `other_client` nobody has consented."""
    with builders.system():
        numbers = list(Account.objects.values_list("number", flat=True))
        requests = list(LaneRequest.objects.values_list("reference", flat=True))
        hooks = list(Endpoint.objects.values_list("key", flat=True))
    calls = {
        "api:member": [f"members/account/{number}" for number in numbers],
        "api:changes": ["members/changes"],
        "api:eligibility": [
            f"eligibility?lane={lane}&scheme=account&value={n}&port=2704" for n in numbers for lane in LANES
        ],
        "api:sandbox_members": ["sandbox/members"],
        "api:webhooks": ["webhooks"],
        "api:webhook": [f"webhooks/{key}" for key in hooks],
        "api:deliveries": [f"webhooks/{key}/deliveries" for key in hooks],
        "api:lanes": ["lanes"],
        "api:lane_request": [f"lanes/aqua/requests/{reference}" for reference in requests],
        "api:status_list": ["status-list/1"],
        "api:schema": ["schema"],
        "api:docs": ["docs"],
    }
    reading = {name for name, rows in policy_table().items() if name.startswith("api:") and "GET" in rows}
    assert reading - {"api:jwks"} == set(calls)
    trying = PartnerClient.objects.filter(is_sandbox=True)[0]
    systems = {"client": cast.partner, "other_client": cast.other, "sandbox_client": Partner(trying, "")}
    for principal, system in systems.items():
        bearer = {"Authorization": f"Bearer {system.token(*SCOPES)}"}
        for address in (f"/api/v1/{path}" for paths in calls.values() for path in paths):
            answer = Client().get(address, headers=bearer)
            if answer.status_code == 200:
                seen.look(principal, address, words_of(answer))


def one_of_each(addresses: set[str]) -> list[str]:
    """One address for each route and the same words of query: what it shows, it shows of every row."""
    found = {sort_of(address): address for address in sorted(addresses)}
    return sorted(found.values())


def test_the_table_speaks_of_every_model() -> None:
    known = set(readers.table()["fields"])
    assert known == {model._meta.label for _name, model, _column in readers.columns()}
    for label, rule in readers.table()["fields"].items():
        if not isinstance(rule, str):
            names = {column.name for _name, model, column in readers.columns() if model._meta.label == label}
            assert set(rule) - {"", "words"} <= names, label
            assert set(rule.get("words", ())) <= names, label


def test_each_field_is_shown_to_whom_the_table_says_and_to_nobody_else(shown: tuple[Cast, Seen], db: None) -> None:
    cast, seen = shown
    fields = {found.name for found in seen.planted.values()}
    wrong = seen.wrong()
    print(
        f"\n{len(cast.people) + 1} principals, {len(fields)} fields, {seen.read:,} pages, papers and answers read; "
        f"{len(seen.where)} fields were shown to somebody; {len(wrong)} wrong"
    )
    print(*wrong, sep="\n")
    assert wrong == []
    assert len(seen.where) >= SHOWN, "the control: words are seen by those who may"


def test_the_control_a_field_that_is_shown_to_the_wrong_one_is_found(shown: tuple[Cast, Seen], db: None) -> None:
    """A note among staff comes to stand on a company's page, in the reader's own name."""
    cast, seen = shown
    word = next(word for word, found in seen.planted.items() if found.name == "trusted_trader.Note.text")
    with builders.system():
        User.objects.filter(pk=cast.people["officer"].pk).update(name=word)
    again = Seen(seen.planted)
    again.look("officer", "/companies/", words_of(cast.client("officer").get("/companies/")))
    assert "trusted_trader.Note.text is shown to officer at /companies/" in again.wrong()
