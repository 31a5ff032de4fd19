"""Every page for every kind of user under axe, at 320 and 1280 pixels: empty, filled and with errors (P37, WCAG 2.2 AA)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from accounts.models import Account, User
from accounts.roles import Role
from tests import builders
from tests.journeys.rooms import Visit, visits
from tests.journeys.stage import an_account, enrolled, let_in, now, sign_in
from trusted_trader.application.models import Application, SheetImport
from trusted_trader.review import operations as review
from trusted_trader.standing import operations as standing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
WIDTHS = (1280, 320)
BESIDE_THE_ROUTES = ("/nothing-here",)
# What a page is made of, so that one that looks the same for another role isn't measured twice.
MADE_OF = re.compile(
    r"<(?:h[1-4]|form|button|table|details|section|nav|dl|ul|select|textarea|input)\b[^>]*?(?: name=\"[^\"]*\")?"
)
FORMS = """[...document.querySelectorAll('main form, #content form')].filter((form) => form.method === 'post' &&
  [...form.elements].some((e) => e.matches('textarea, select, input:not([type=hidden])') && !e.closest('details.answer')))"""
# Empty every field that is seen and press the form's own button, as somebody in a hurry does.
IN_A_HURRY = f"""(n) => {{
  const form = {FORMS}[n];
  for (const e of form.elements) {{
    if (e.matches('[type=radio], [type=checkbox]')) e.checked = false;
    else if (e.matches('textarea, input:not([type=hidden])')) e.value = '';
  }}
  form.noValidate = true;
  const sends = (e) => e.type === 'submit' && !['fill', 'preview'].includes(e.value) && !e.disabled;
  form.requestSubmit([...form.elements].find(sends));
}}"""
MOST_OF_A_PAGE = 4
ERRORS = "#error-summary, .summary[role=alert]"


def faults(page: Page) -> list[str]:
    """What axe finds, and whether the page scrolls sideways."""
    found = Axe().run(page, options=RULES).response["violations"]
    told = [f"{v['id']}: {', '.join(n['html'][:120] for n in v['nodes'][:3])}" for v in found]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
        told.append("the page scrolls sideways")
    if page.locator("h1").count() != 1:
        told.append(f"{page.locator('h1').count()} first headings")
    return told


def faults_at(page: Page, name: str) -> dict[str, list[str]]:
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if told := faults(page):
            found[f"{name} at {width}"] = told
    return found


@dataclass
class Round:
    """One user's walk through the pages; `seen` are the kinds of page, `errors` those that showed an error."""

    page: Page
    seen: set[tuple[str, ...]]
    found: dict[str, list[str]] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    errors: set[str] = field(default_factory=set)

    def look(self, visit: Visit) -> None:
        answer = self.page.request.get(visit.path)
        markup = answer.text()
        if answer.status != 200:
            return
        self.opened.add(visit.route)
        kind = (visit.route, *sorted(set(MADE_OF.findall(markup))))
        if kind in self.seen:
            return
        self.seen.add(kind)
        self.page.goto(visit.path)
        self.found |= faults_at(self.page, f"{visit.role or 'visitor'} {visit.path}")
        self._hurry(visit)

    def _hurry(self, visit: Visit) -> None:
        """Every form of the page sent empty: what comes back with an error is looked at as well."""
        for n in range(min(self.page.evaluate(f"{FORMS}.length"), MOST_OF_A_PAGE)):
            if ("hurry", visit.route, str(n)) in self.seen:
                continue
            with self.page.expect_navigation():
                self.page.evaluate(IN_A_HURRY, n)
            if self.page.locator(ERRORS).count():
                self.seen.add(("hurry", visit.route, str(n)))
                self.errors.add(visit.route)
                self.found |= faults_at(self.page, f"{visit.role or 'visitor'} {visit.path} with errors")
            self.page.goto(visit.path)


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


@pytest.mark.full
def test_every_page_has_no_fault_for_anyone(
    new_page: Callable[..., Page],
    people: dict[str, tuple[User, str]],
    accounts: list[Account],
    cases: list[Application],
    site: str,
) -> None:
    with builders.system():
        planned, homeless = visits(people["officer"][0], accounts, cases)
    assert homeless == set(), "give these routes an address in tests/journeys/rooms.py"
    seen: set[tuple[str, ...]] = set()
    found, opened, errors = {}, set(), set()
    by_role = {"vetting_officer": "vetting"}
    for role in dict.fromkeys(visit.role for visit in planned):
        page = new_page()
        if role:
            let_in(page.context, site, people[by_role.get(role, role)][0])
        walk = Round(page, seen)
        for visit in planned:
            if visit.role == role:
                walk.look(visit)
        found |= walk.found
        opened |= walk.opened
        errors |= walk.errors
    assert found == {}
    assert {visit.route for visit in planned} - opened == set(), "these pages were never open"
    assert len(errors) >= MOST_FORMS, sorted(errors)


MOST_FORMS = 20  # forms that say no to being sent empty


@pytest.mark.parametrize("path", BESIDE_THE_ROUTES)
def test_pages_beside_the_routes(path: str, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto(path)
    assert faults_at(page, path) == {}


def test_axe_sees_a_planted_fault(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto("/sign-in/login/")
    assert faults(page) == []
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert any("lang" in told for told in faults(page))
    page.reload()
    page.evaluate("document.querySelector('main button').style.cssText = 'min-width: 0; width: 12px; height: 12px'")
    page.evaluate(
        "document.querySelector('main').append(Object.assign(document.createElement('input'), {type: 'text'}))"
    )
    assert any("label" in told for told in faults(page))


PUBLIC = (
    "/",
    "/sign-in/login/",
    "/sign-in/signup/",
    "/sign-in/password/reset/",
    "/verify-statement",
    "/api/v1/docs",
    "/nothing-here",
)


def all_faults(page: Page, paths: tuple[str, ...]) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path)
            if told := faults(page):
                found[f"{path} at {width}"] = told
    return found


def test_pages_for_anyone(new_page: Callable[..., Page]) -> None:
    assert all_faults(new_page(), PUBLIC) == {}


def test_pages_of_a_company(new_page: Callable[..., Page]) -> None:
    with builders.system():
        officer = builders.a_user("Olive Officer")
        secret = enrolled(officer)
        company = builders.a_company(officer, at=now())
        account = builders.an_account(officer, company, at=now())
        builders.ready_to_submit(officer, account, at=now())
    page = new_page()
    sign_in(page, officer, secret)
    base = f"/accounts/{account.number}/"
    company_pages = ("", "sites/", "people/", "members/")
    pages = (
        "", "numbers/", "apply/", "apply/eligibility/", "apply/how-you-work/", "apply/partners/", "apply/agreement/",
        "profile/3/", "profile/3.1/answer/", "sheet/", "evidence/", "check/", "withdraw/", "history/", "partners/",
    )  # fmt: skip
    paths = (
        "/companies/", "/companies/register/", "/inbox/", "/me/", f"/companies/{company.pk}/open-account/",
        *(f"/companies/{company.pk}/{part}" for part in company_pages), *(base + part for part in pages),
    )  # fmt: skip
    assert all_faults(page, paths) == {}
    page.goto("/companies/register/")
    page.get_by_role("button", name="Register").click()
    assert page.title().startswith("Error:")
    assert faults(page) == []


def test_pages_of_the_staff(new_page: Callable[..., Page]) -> None:
    with builders.system():
        officer = builders.a_user("Olive Officer")
        company = builders.a_company(officer, at=now())
        account = builders.an_account(officer, company, at=now())
        application = builders.submitted(officer, account, at=now())
        specialist = builders.staff("Sam Specialist", Role.SPECIALIST, Role.SUPERVISOR)
        auditor = builders.staff("Aud Auditor", Role.AUDITOR)
        vetting = builders.staff("Vic Vetting", Role.VETTING_OFFICER)
        secrets = {user: enrolled(user) for user in (specialist, auditor, vetting)}
        builders.in_review(application, specialist, at=now())
    for user, paths in (
        (specialist, ("/admin/", "/admin/review/", f"/admin/review/{application.pk}/", "/admin/standing/")),
        (vetting, ("/admin/vetting/",)),
        (auditor, ("/audit/", "/audit/chain/", "/audit/reveals/", f"/audit/accounts/{account.number}/")),
    ):
        page = new_page()
        sign_in(page, user, secrets[user])
        assert all_faults(page, paths) == {}
