"""Every page for every kind of user under axe, at 320 and 1280 pixels: empty, filled and with errors (P37, WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.files.base import ContentFile
from playwright.sync_api import Page

from accounts.models import Account, Membership, User
from accounts.roles import Role
from fastlane.console import operations as console
from fastlane.parcels import columns
from fastlane.parcels import operations as parcels
from fastlane.rulebook import operations as rulebook
from fastlane.webhooks import operations as webhooks
from fastlane.webhooks.operations import Acting
from tests import builders
from tests.fastlane.conftest import a_partner
from tests.fastlane.lanes import harbor
from tests.journeys.rooms import STAFF, visits
from tests.journeys.stage import an_account, let_in, now
from tests.journeys.walk import Walk
from trusted_trader.application.models import Application, SheetImport
from trusted_trader.review import operations as review
from trusted_trader.standing import operations as standing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIDES = {"visitors and companies": ("", "officer"), "staff": STAFF}


@pytest.fixture
def accounts(people: dict[str, tuple[User, str]]) -> list[Account]:
    """One officer's accounts: a beginner's, a filled draft, one that owes an answer, one certified with a proposal open."""
    officer, specialist, vetter = (people[role][0] for role in ("officer", "specialist", "vetting"))
    made = [an_account(officer) for _n in range(4)]
    with builders.system():
        builders.ready_to_submit(officer, made[1], at=now())
        for account in made[2:]:
            builders.submitted(officer, account, at=now())
        asked, certified = (Application.objects.get(account=account) for account in made[2:])
        builders.in_review(asked, specialist, at=now())
        review.ask(application=asked, questions={"1.1": "Since when?"}, message="", actor=specialist, at=now())
        builders.certified(certified, specialist, vetter, people["supervisor"][0], at=now())
        change = {"reason": "Seals were found broken.", "letter": "Dear company,"}
        director = people["director"][0]
        standing.propose_change(account=made[3], kind="suspend", **change, actor=director, at=now())
        template = ContentFile(columns.template().encode())
        parcels.upload(account=made[3], name="parcels.csv", file=template, actor=officer, at=now())
        SheetImport.objects.create(
            company_id=made[1].company_id, account=made[1], rows=[], errors=[], uploaded_by=officer, uploaded_at=now()
        )
    return made


@pytest.fixture
def cases(people: dict[str, tuple[User, str]], accounts: list[Account]) -> list[Application]:
    """The cases of these accounts, with one in the pool, one in review and one recommended."""
    officer, specialist, vetter = (people[role][0] for role in ("officer", "specialist", "vetting"))
    with builders.system():
        more = []
        for _n in range(3):
            account = builders.an_account(officer, builders.a_company(officer, at=now()), at=now())
            more.append(builders.submitted(officer, account, at=now()))
        builders.in_review(more[1], specialist, at=now())
        builders.recommended(more[2], specialist, vetter, at=now())
        return [*Application.objects.filter(account__in=accounts).exclude(status="draft"), *more]


@pytest.fixture
def quay(people: dict[str, tuple[User, str]], site: str) -> harbor.Harbor:
    """Lane requests approved, held and not sent, of a carrier whose officer is ours; and a rule book in the making."""
    with builders.system():
        made = harbor.build()
        at, eta = now(), now() + timedelta(days=5)
        made.file(at=at, eta=eta)
        made.file(at=at, eta=eta, voyage="119E", facts=False, terminal="W190")
        made.draft(at=at, eta=eta, voyage="120E")
        rulebook.draft(name="next", note="", actor=made.steward, at=at)
        Membership.objects.create(
            company=made.carrier.company, user=people["officer"][0], role=Role.OFFICER, started_at=at
        )
    return made


@pytest.fixture
def partner(people: dict[str, tuple[User, str]]) -> None:
    """The officer looks after a partner client as well, which has a webhook."""
    row = a_partner().row
    row.is_sandbox = True
    row.save()
    officer = people["officer"][0]
    console.name_steward(partner=row, user=officer, actor=None, at=now())
    webhooks.create(partner=row, url="https://hooks.example.org/", actor=Acting.person(officer), at=now())


@pytest.fixture
def users(people: dict[str, tuple[User, str]], quay: harbor.Harbor) -> dict[str, User]:
    """One person a kind of user."""
    with builders.system():
        more = {role: builders.staff(role.title(), role) for role in (Role.TARGETING_ANALYST, Role.ADMINISTRATOR)}
    RecoveryCodes.activate(people["officer"][0])
    known = {role: user for role, (user, _secret) in people.items()}
    return {
        **known, **more, Role.VETTING_OFFICER: known["vetting"], Role.PORT_OFFICER: quay.officer,
        Role.DATA_STEWARD: quay.steward,
    }  # fmt: skip


@pytest.mark.full
@pytest.mark.parametrize("roles", SIDES.values(), ids=SIDES)
def test_every_page_has_no_fault_for_anyone(
    roles: tuple[str, ...],
    new_page: Callable[..., Page],
    users: dict[str, User],
    accounts: list[Account],
    cases: list[Application],
    partner: None,
    site: str,
) -> None:
    with builders.system():
        planned, homeless = visits(users["officer"], accounts, cases)
    assert homeless == set(), "give these routes an address in tests/journeys/rooms.py"
    assert {visit.role for visit in planned} == {role for side in SIDES.values() for role in side}
    seen: set[tuple[str, ...]] = set()
    walks = []
    for role in roles:
        page = new_page()
        if role:
            let_in(page.context, site, users[role])
        walks.append(Walk(page, seen))
        for visit in planned:
            if visit.role == role:
                walks[-1].look(visit)
    assert {name: told for walk in walks for name, told in walk.found.items()} == {}
    opened = {route for walk in walks for route in walk.opened}
    assert {visit.route for visit in planned if visit.role in roles} - opened == set(), "these pages were never open"
    assert {route for walk in walks for route in walk.said_no}, "no form said no"
