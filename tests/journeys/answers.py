"""Pages that no address opens: the answer to something sent, and what is said where there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.urls import reverse

from accounts.models import PartnerClient
from accounts.roles import Role
from tests import builders
from tests.journeys.rooms import VISITOR, Stage
from tests.journeys.walk import Walk

MOST_CHECKS = 100  # more than a minute allows


def of_visitors(walk: Walk, stage: Stage) -> None:
    page = walk.page
    page.goto("/nothing-here")
    walk.see("nothing there")
    page.goto("/sign-in/login/")
    page.context.clear_cookies()
    page.locator("main form button[type=submit]").first.click()
    page.get_by_role("heading", name="This form had waited too long").wait_for()
    walk.see("a form that waited too long")
    page.goto("/verify-statement")
    page.get_by_label("Statement").fill("a.b.c")
    page.get_by_role("button", name="Check the statement").click()
    page.get_by_role("heading", name="Not a statement of ours").wait_for()
    walk.see("a statement that nobody signed")
    for _n in range(MOST_CHECKS):
        if page.request.get("/verify/NOTHING").status == 429:
            break
    answer = page.goto("/verify/NOTHING")
    assert answer is not None
    assert answer.status == 429
    walk.see("too many checks")


def of_officers(walk: Walk, stage: Stage) -> None:
    page = walk.page
    page.goto("/admin/review/")
    page.get_by_role("heading", name="You cannot open this page").wait_for()
    walk.see("not for this role")
    page.goto("/inbox/")
    page.evaluate("document.querySelector('#session-end').hidden = false")
    walk.see("the session ends soon")
    page.goto("/lanes/aqua/what-if/")
    page.get_by_label("Passengers (B)").fill("3")
    page.get_by_role("button", name="Compare the variants").first.click()
    page.get_by_text("The variants come out differently").wait_for()
    walk.see("two variants that differ")
    with builders.system():
        partner = PartnerClient.objects.get(is_sandbox=True)
    page.goto(reverse("partner", args=[partner.pk]))
    page.get_by_text("Make a new secret").click()
    page.get_by_role("button", name="Yes, make a new one").click()
    page.get_by_role("heading", name="Your new client secret").wait_for()
    walk.see("a new secret")
    page.goto(reverse("partner_webhook_new", args=[partner.pk]))
    page.locator("#id_url").fill("https://hooks.example.org/new")
    page.get_by_role("button", name="Set it up").click()
    page.get_by_text("whsec_").wait_for()
    walk.see("a new webhook")


def of_specialists(walk: Walk, stage: Stage) -> None:
    _in_bulk(walk, "Flag …", "Flag them", {"Name": "Wait for the port"})


def of_supervisors(walk: Walk, stage: Stage) -> None:
    _in_bulk(walk, "Give to a specialist …", "Give them", {"Why": "Leave of absence"})


def _in_bulk(walk: Walk, action: str, button: str, words: Mapping[str, str]) -> None:
    """Choose two cases, see what would happen, send too little, then enough."""
    page = walk.page
    page.goto("/admin/review/?view=all")
    for box in page.locator("input[name=case]").all()[:2]:
        box.check()
    page.get_by_role("button", name=action).click()
    page.get_by_role("button", name=button).wait_for()
    walk.see(f"{button}: what would happen")
    page.locator("main form, #content form").last.evaluate("(form) => { form.noValidate = true }")
    page.get_by_role("button", name=button).click()
    page.get_by_role("alert").first.wait_for()
    walk.see(f"{button}: too little")
    for select in page.locator("#content select").all():
        select.select_option(index=1)
    for text in page.locator("#content textarea, #content input[type=text]").all():
        text.fill("The port asked for it.")
    page.get_by_role("button", name=button).click()
    page.get_by_role("heading", name="Done for").wait_for()
    walk.see(f"{button}: done")


def of_vetters(walk: Walk, stage: Stage) -> None:
    page = walk.page
    page.goto(f"/admin/vetting/{stage.cases[0].pk}/")
    page.get_by_role("link", name="Show the details").first.click()
    page.locator("form[action*=reveal] textarea, form[action*=reveal] input[type=text]").first.fill("A namesake.")
    page.get_by_role("button", name="Show the details").first.click()
    page.get_by_text("Shown on this page alone").wait_for()
    walk.see("a person's details")


ANSWERS: Mapping[str, Callable[[Walk, Stage], None]] = {
    VISITOR: of_visitors,
    Role.OFFICER: of_officers,
    Role.SPECIALIST: of_specialists,
    Role.SUPERVISOR: of_supervisors,
    Role.VETTING_OFFICER: of_vetters,
}
