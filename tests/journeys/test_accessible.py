"""The staff's main pages under axe at 320 and 1280 pixels at each push; test_every_page walks all in the full run (P37)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from accounts.roles import Role
from tests import builders
from tests.journeys.looking import WIDTHS, faults
from tests.journeys.stage import enrolled, now, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def all_faults(page: Page, paths: tuple[str, ...]) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path)
            if told := faults(page):
                found[f"{path} at {width}"] = told
    return found


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
