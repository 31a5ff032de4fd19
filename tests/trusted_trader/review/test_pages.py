"""Each staff page: it works, for the right roles alone; a tie hides the case; wrong methods and states are told."""

from __future__ import annotations

from tests.builders import system
from tests.trusted_trader.review.conftest import page
from trusted_trader.review.policy import ROWS
from trusted_trader.review.urls import urlpatterns

EVERYONE = ("specialist", "supervisor", "director", "vetter", "auditor", "officer")
PAGES = {
    "/admin/review/?view=all": {"specialist", "supervisor", "director", "auditor"},
    "/admin/review/settings/": {"specialist", "supervisor", "director", "auditor"},
    "/admin/review/{pk}/": {"specialist", "supervisor", "director", "auditor"},
    "/admin/review/{pk}/here/": {"specialist", "supervisor", "director", "auditor"},
    "/admin/review/{pk}/compare/": {"specialist", "supervisor", "director", "auditor"},
    "/admin/review/{pk}/history/": {"specialist", "supervisor", "director", "auditor"},
    "/admin/vetting/": {"vetter", "auditor"},
    "/admin/vetting/{pk}/": {"vetter", "auditor"},
    "/admin/standing/": {"specialist", "supervisor", "director", "auditor"},
    "/admin/standing/{number}/": {"specialist", "supervisor", "director", "auditor"},
    "/admin/trusted_trader/application/": {"specialist", "supervisor", "director", "auditor"},
    "/admin/trusted_trader/application/{pk}/change/": {"specialist", "supervisor", "director", "auditor"},
    "/admin/trusted_trader/vetting/": {"specialist", "supervisor", "director", "auditor"},
}


def at(url, case):
    return url.format(pk=case.pk, number=case.account.number)


def test_a_page_opens_for_its_roles_alone(client_of, in_review):
    clients = {name: client_of(name) for name in EVERYONE}
    for url, allowed in PAGES.items():
        answers = {name: client.get(at(url, in_review)).status_code for name, client in clients.items()}
        assert answers == {name: 200 if name in allowed else 403 for name in EVERYONE}, url


def test_every_route_has_its_row():
    named = {row.route for row in ROWS}
    assert {f"admin:{pattern.name}" for pattern in urlpatterns} <= named


CASE_PAGES = [
    "/admin/review/{pk}/",
    "/admin/review/{pk}/compare/",
    "/admin/review/{pk}/history/",
    "/admin/vetting/{pk}/",
    "/admin/standing/{number}/",
]


def test_a_tie_looks_like_a_missing_case(client_of, in_review):
    for url in CASE_PAGES:
        free = client_of("vetter" if "vetting" in url else "specialist")
        assert free.get(at(url, in_review)).status_code == 200
        assert client_of("tied").get(at(url, in_review)).status_code == 404
        assert client_of("tied").get(url.format(pk=987654, number="TT-1")).status_code == 404


def test_registers_leave_out_companies_with_a_tie_and_edit_nothing(client_of, in_review):
    assert in_review.reference in page(client_of("specialist").get("/admin/trusted_trader/application/"))
    assert in_review.reference not in page(client_of("tied").get("/admin/trusted_trader/application/"))
    assert (
        client_of("specialist")
        .post(f"/admin/trusted_trader/application/{in_review.pk}/change/", {"status": "certified"})
        .status_code
        == 403
    )
    assert '<input type="submit"' not in page(
        client_of("specialist").get(f"/admin/trusted_trader/application/{in_review.pk}/change/")
    )


STEPS = {
    "claim": "specialist",
    "release": "specialist",
    "reassign": "supervisor",
    "answers/1.1/verdict": "specialist",
    "accept": "specialist",
    "ask": "specialist",
    "recommend": "specialist",
    "decide": "supervisor",
    "return": "supervisor",
    "undo": "supervisor",
}


def test_a_step_is_only_for_its_role_and_only_sent(client_of, in_review):
    clients = {name: client_of(name) for name in (*EVERYONE, "tied")}
    for step, role in STEPS.items():
        url = f"/admin/review/{in_review.pk}/{step}/"
        assert clients[role].get(url).status_code in {403, 405}, step
        refused = {clients[name].post(url).status_code for name in EVERYONE if name != role}
        assert refused == {403}, step
        assert clients["tied"].post(url, {}).status_code == 404, step


def test_a_step_in_the_wrong_state_says_so_and_changes_nothing(client_of, in_review, fresh):
    for step in ("decide", "return"):
        response = client_of("supervisor").post(
            f"/admin/review/{in_review.pk}/{step}/",
            {"outcome": "certify", "letter": "Dear company", "reason": "Look again"},
        )
        assert response.status_code in {409, 422}
        assert "state" in page(response)
        assert fresh(in_review).status == "in_review"


def test_a_draft_is_nobodys_case(client_of, people, in_system):
    from tests import builders

    account = builders.an_account(people["officer"], builders.a_company(people["officer"]))
    draft = account.applications.get()
    assert client_of("specialist").get(f"/admin/review/{draft.pk}/").status_code == 404


def test_vetting_officers_see_the_vetting_and_not_the_answers(client_of, in_review):
    shown = page(client_of("vetter").get(f"/admin/vetting/{in_review.pk}/"))
    assert "our security manager" not in shown
    assert "Show the details" in shown
    assert "Show the details" not in page(client_of("auditor").get(f"/admin/vetting/{in_review.pk}/"))


def test_the_overview_leads_each_role_to_its_work(client_of, submitted):
    assert "Unclaimed cases" in page(client_of("specialist").get("/admin/"))
    assert "Unclaimed cases" not in page(client_of("vetter").get("/admin/"))
    with system():
        assert submitted.status == "submitted"
