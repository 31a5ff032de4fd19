"""Every page for every kind of user under axe, at 320 and 1280 pixels: empty, filled and with errors (P37, WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from accounts.roles import Role
from tests import builders
from tests.journeys import everything
from tests.journeys.answers import ANSWERS
from tests.journeys.conftest import Running
from tests.journeys.halfway import STEPS, walker
from tests.journeys.looking import WIDTHS
from tests.journeys.rooms import (
    DEMONSTRATION,
    KEYHOLDER,
    NEWCOMER,
    NO_PAGE,
    OTHERS,
    VISITOR,
    Stage,
    Visit,
    everybody,
    passages,
    visits,
)
from tests.journeys.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Who looks at the same pages walks together, and the longest walks come first.
GROUPS = {
    "reviewers": (Role.SPECIALIST, Role.SUPERVISOR),
    "a company's officer": (Role.OFFICER,),
    "directors, auditors and vetting officers": (Role.DIRECTOR, Role.AUDITOR, Role.VETTING_OFFICER),
    "port officers, stewards and administrators": (
        Role.PORT_OFFICER, Role.TARGETING_ANALYST, Role.DATA_STEWARD, Role.ADMINISTRATOR,
    ),
    "others of a company": OTHERS,
    "visitors and newcomers": (VISITOR, *STEPS, NEWCOMER, KEYHOLDER),
}  # fmt: skip


@pytest.fixture
def stage(site: str) -> Stage:
    return everything.staged()


@pytest.mark.parametrize("roles", GROUPS.values(), ids=GROUPS)
def test_no_page_has_a_fault(roles: tuple[str, ...], new_page: Callable[..., Page], stage: Stage, site: str) -> None:
    seen: set[tuple[str, ...]] = set()
    walks = {role: walker(role, new_page(), stage, site, seen) for role in roles}
    with builders.system():
        planned, homeless = visits(stage, roles)
        between, lost = passages(stage, roles)
    assert homeless == set(), "give these routes an address in tests/journeys/rooms.py"
    assert lost & NO_PAGE.keys() == set(), "give these routes an address in tests/journeys/rooms.py"
    assert set(chain.from_iterable(GROUPS.values())) == everybody()
    for visit in planned:
        walks[visit.role].look(visit)
    for visit in between:
        walks[visit.role].pass_by(visit)
    for role in roles:
        if role in ANSWERS:
            ANSWERS[role](walks[role], stage)
    assert {name: told for walk in walks.values() for name, told in walk.found.items()} == {}
    wanted = {(visit.route, visit.role) for visit in planned}
    opened = {(route, role) for role, walk in walks.items() for route in walk.opened}
    assert wanted - opened == set(), "these pages were never open"
    slow = [walk for walk in walks.values() if not walk.briefly]
    assert not slow or {route for walk in slow for route in walk.said_no}, "no form said no"


@pytest.fixture
def demonstration(running: Running) -> Iterator[str]:
    """The address of the same portal as a demonstration."""
    with running.beside(PORTAL_DEMO="yes") as address:
        yield address


def test_the_demonstrations_own_pages_have_no_fault(chromium: Browser, demonstration: str) -> None:
    page = chromium.new_page(base_url=demonstration)
    walk = Walk(page, set())
    for name in sorted(DEMONSTRATION | {"home"}):
        walk.look(Visit(name, reverse(name), VISITOR))
    page.close()
    assert walk.found == {}
    assert walk.opened == DEMONSTRATION | {"home"}


PLANTED = {
    "html-has-lang": "document.documentElement.removeAttribute('lang')",
    "label": "main.append(Object.assign(document.createElement('input'), {type: 'text'}))",
    "target-size": "main.append(...['+', '-'].map((sign) => Object.assign(document.createElement('button'), {"
    "textContent: sign, style: 'all: unset; display: inline-block; width: 10px; height: 10px'})))",
    "color-contrast": "main.append(Object.assign(document.createElement('p'), {textContent: 'Pale', style: 'color: #ccc'}))",
    "scrolls sideways": "main.append(Object.assign(document.createElement('div'), {textContent: 'Wide', style: 'width: 200vw'}))",
    "first headings": "main.append(document.createElement('h1'))",
}


def test_the_walk_sees_planted_faults(new_page: Callable[..., Page]) -> None:
    """The control: the walk tells of each at both widths, and without them of nothing."""
    login = Visit("account_login", reverse("account_login"), VISITOR)
    clean = Walk(new_page(), set())
    clean.look(login)
    assert clean.found == {}
    page = new_page()
    faults = "; ".join(PLANTED.values())
    page.add_init_script(
        f"addEventListener('DOMContentLoaded', () => {{ const main = document.querySelector('main'); {faults} }})"
    )
    walk = Walk(page, set())
    walk.look(login)
    for width in WIDTHS:
        told = " ".join(walk.found[f"visitor {login.path} at {width}"])
        assert [fault for fault in PLANTED if fault not in told] == []
