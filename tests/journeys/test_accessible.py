"""The main pages under axe at 320 and 1280 pixels, and the control that axe sees a fault (P37, WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from accounts.roles import Role
from tests import builders
from tests.journeys.looking import WIDTHS, faults, faults_at
from tests.journeys.stage import enrolled, now, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BESIDE_THE_ROUTES = ("/nothing-here",)


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
