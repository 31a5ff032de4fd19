"""The port officers' queue and workbench: what waits, why, and the steps with their reasons; ties hide a request."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import operations as who
from accounts.roles import Role
from fastlane.lanes import deciding
from fastlane.lanes.models import AgencyFact, LaneRequest
from tests import builders
from tests.builders import NOW
from tests.fastlane.lanes.harbor import ETA, SUSPENDED, VALIDATED, Harbor
from tests.fastlane.lanes.pages import sign_in, text

REASON = "The stow plan was seen on paper and fits."


@pytest.fixture(autouse=True)
def at_the_harbors_time(quay: Harbor) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def to_look_at(quay: Harbor, *, holds: int = 0, **changes: object) -> LaneRequest:
    """A request in manual review: passengers on board, or holds."""
    row = quay.file(facts=False, passengers=12, **changes)
    quay.observe(row)
    if holds:
        quay.observe(row, targeting__holds=holds)
    deciding.recheck(row.pk, "facts", at=NOW)
    row.refresh_from_db()
    assert row.status == "manual_review"
    return row


def test_the_queue_shows_what_waits_with_its_rules(quay: Harbor) -> None:
    row = to_look_at(quay)
    page = text(sign_in(quay.officer).get("/admin/lanes/"))
    assert row.reference in page
    assert "AQ-25" in page
    assert "Mine to look at 1" in page
    assert "PST" in page


def test_views_and_filters_stand_in_the_address(quay: Harbor) -> None:
    row = to_look_at(quay)
    done = quay.file(voyage="200W")
    officer = sign_in(quay.officer)

    def shown(**query: str) -> str:
        return text(officer.get("/admin/lanes/", query))

    assert done.reference not in shown(view="mine")
    assert done.reference in shown(view="decided")
    assert row.reference not in shown(view="overdue")
    assert row.reference in shown(view="open", port="2704", arriving=f"{ETA:%Y-%m-%d}")
    assert row.reference not in shown(view="open", port="2002")
    assert row.reference not in shown(view="open", arriving="2026-01-01")
    assert row.reference in shown(view="nonsense", port="<script>", arriving="never", after="x")
    with time_machine.travel(ETA - timedelta(hours=11), tick=False):
        officer = sign_in(quay.officer)
        assert row.reference in shown(view="overdue")
        assert "overdue" in shown(view="soon")


def test_the_search_finds_by_imo_voyage_and_reference(quay: Harbor) -> None:
    row = to_look_at(quay)
    officer = sign_in(quay.officer)
    for term in (row.imo, f"IMO {row.imo}", row.voyage.lower(), row.reference.lower()):
        answer = officer.post("/admin/lanes/search/", {"term": term})
        assert answer.headers["Location"] == f"/admin/lanes/{row.reference}/", term
    assert "Nothing found" in text(officer.post("/admin/lanes/search/", {"term": "9999999"}))
    to_look_at(quay, voyage="201W")
    assert "What was found" in text(officer.post("/admin/lanes/search/", {"term": row.imo}))


def test_a_page_opens_for_its_roles_alone(quay: Harbor) -> None:
    row = to_look_at(quay)
    analyst, auditor = builders.staff("Tia Target", Role.TARGETING_ANALYST), builders.staff("Al Audit", Role.AUDITOR)
    director = builders.staff("Di Rector", Role.DIRECTOR)
    url = f"/admin/lanes/{row.reference}/"
    people = {quay.officer: 200, quay.supervisor: 200, analyst: 200, auditor: 200, director: 403, quay.agent: 403}
    for user, wanted in people.items():
        client = sign_in(user)
        assert (client.get("/admin/lanes/").status_code, client.get(url).status_code) == (wanted, wanted), user
    assert "Approve the request" in text(sign_in(quay.officer).get(url))
    assert "Approve the request" not in text(sign_in(auditor).get(url))
    assert "Enter a fact" not in text(sign_in(analyst).get(url))
    assert sign_in(analyst).post(f"{url}approve/", {"reason": REASON}).status_code == 403


def test_a_tie_looks_like_a_missing_request(quay: Harbor) -> None:
    row = to_look_at(quay)
    assert sign_in(quay.second).get(f"/admin/lanes/{row.reference}/").status_code == 200
    quay.second.ties.create(company_id=row.company_id, reason="Worked there.")
    tied = sign_in(quay.second)
    assert row.reference not in text(tied.get("/admin/lanes/?view=open"))
    assert "Nothing found" in text(tied.post("/admin/lanes/search/", {"term": row.imo}))
    for path in ("", "approve/", "facts/"):
        answer = (
            tied.post(f"/admin/lanes/{row.reference}/{path}") if path else tied.get(f"/admin/lanes/{row.reference}/")
        )
        assert answer.status_code == 404, path
    assert tied.get(f"/accounts/{quay.carrier.number}/lanes/{row.reference}/form-3171.pdf").status_code == 404
    assert tied.get("/lanes/aqua/what-if/", {"request": row.reference}).status_code == 404


def test_a_draft_is_nobodys_request(quay: Harbor) -> None:
    row = quay.draft()
    assert sign_in(quay.officer).get(f"/admin/lanes/{row.reference}/").status_code == 404


def test_an_officer_reads_whole_reasons_sources_and_ages(quay: Harbor) -> None:
    row = to_look_at(quay, holds=3)
    with time_machine.travel(NOW + timedelta(hours=13), tick=False):
        page = text(sign_in(quay.officer).get(f"/admin/lanes/{row.reference}/"))
    assert "Cargo on board is not all low risk" in page or "Not confirmed yet" in page
    assert "Simulated feed" in page
    assert "13 hours" in page
    assert "too old, to be confirmed again" in page


def test_an_approval_takes_a_reason(quay: Harbor) -> None:
    row = to_look_at(quay)
    officer = sign_in(quay.officer)
    short = officer.post(f"/admin/lanes/{row.reference}/approve/", {"reason": "Fine."})
    assert short.status_code == 422
    assert "Give the reason in a sentence" in text(short)
    assert "Fine." in short.content.decode()
    assert officer.post(f"/admin/lanes/{row.reference}/approve/", {"reason": REASON}).status_code == 302
    row.refresh_from_db()
    assert row.status == "approved"
    assert REASON in text(sign_in(quay.agent).get(f"/accounts/{quay.carrier.number}/lanes/{row.reference}/"))


def test_holds_take_two_officers(quay: Harbor) -> None:
    row = to_look_at(quay, holds=2)
    url = f"/admin/lanes/{row.reference}/"
    first, second = sign_in(quay.officer), sign_in(quay.second)
    assert first.post(f"{url}approve/", {"reason": REASON}).status_code == 422
    assert first.post(f"{url}propose/", {"reason": REASON}).status_code == 302
    assert first.post(f"{url}approve/", {"reason": REASON}).status_code == 422
    assert row.reference not in text(first.get("/admin/lanes/?view=mine"))
    assert "proposes to approve" in text(second.get(url))
    assert second.post(f"{url}approve/", {"reason": REASON}).status_code == 302
    row.refresh_from_db()
    assert row.status == "approved"


def test_a_refusal_and_a_revocation_reach_the_company(quay: Harbor) -> None:
    officer = sign_in(quay.officer)
    row = to_look_at(quay)
    assert officer.post(f"/admin/lanes/{row.reference}/refuse/", {"reason": REASON}).status_code == 302
    row.refresh_from_db()
    assert row.status == "refused"
    good = quay.file(voyage="202W")
    url = f"/admin/lanes/{good.reference}/revoke/"
    assert officer.post(url, {"reason": REASON}).status_code == 422
    assert officer.post(url, {"reason": REASON, "misuse": "false_data"}).status_code == 302
    good.refresh_from_db()
    assert good.status == "revoked"


def test_a_step_in_the_wrong_state_says_so(quay: Harbor) -> None:
    row = quay.file()
    answer = sign_in(quay.officer).post(f"/admin/lanes/{row.reference}/refuse/", {"reason": REASON})
    assert answer.status_code == 422
    row.refresh_from_db()
    assert row.status == "approved"


def test_an_officer_enters_a_fact(quay: Harbor) -> None:
    row = to_look_at(quay)
    url = f"/admin/lanes/{row.reference}/facts/"
    seen = {"observed_at_0": "2026-11-02", "observed_at_1": "14:00", "observed_at_2": "UTC", "source": "Boarding team"}
    officer = sign_in(quay.officer)
    wrong = officer.post(url, {"path": "isf.stow_plan", "value": "7"} | seen)
    assert wrong.status_code == 422
    assert "Give true or false" in text(wrong)
    ahead = officer.post(url, {"path": "isf.stow_plan", "value": "no"} | seen | {"observed_at_1": "20:00"})
    assert "lies ahead" in text(ahead)
    assert officer.post(url, {"path": "crew.discrepancies", "value": "2"} | seen).status_code == 302
    assert officer.post(url, {"path": "isf.stow_plan", "value": "no"} | seen).status_code == 302
    told = AgencyFact.objects.filter(given_by=quay.officer).order_by("pk").values_list("path", "value")
    assert list(told) == [("crew.discrepancies", 2), ("isf.stow_plan", False)]


def test_earlier_calls_of_the_ship_stand_beside(quay: Harbor) -> None:
    earlier = quay.file(voyage="203W")
    row = to_look_at(quay)
    page = text(sign_in(quay.officer).get(f"/admin/lanes/{row.reference}/"))
    assert earlier.reference in page


def test_the_queue_asks_few_questions_whatever_its_size(quay: Harbor) -> None:
    officer = sign_in(quay.officer)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert officer.get("/admin/lanes/?view=open").status_code == 200
        return sum("SAVEPOINT" not in q["sql"] and "set_config" not in q["sql"] for q in queries)

    to_look_at(quay)
    officer.get("/admin/lanes/?view=open")
    one = asked()
    for number in range(4):
        to_look_at(quay, voyage=f"3{number}0W")
    assert asked() == one
    assert one <= 12


def test_pages_of_the_queue_follow_each_other(quay: Harbor, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [to_look_at(quay, voyage=f"4{number}0W") for number in range(3)]
    monkeypatch.setattr("fastlane.lanes.desk.PAGE", 2)
    officer = sign_in(quay.officer)
    first = officer.get("/admin/lanes/?view=open")
    link = first.content.decode().partition('class="pager"')[2].partition('href="')[2].partition('"')[0]
    second = text(officer.get("/admin/lanes/" + link.replace("&amp;", "&")))
    both = [row.reference in text(first) for row in rows], [row.reference in second for row in rows]
    assert [sum(seen) for seen in both] == [2, 1]
    assert [a or b for a, b in zip(*both, strict=True)] == [True] * 3


def test_who_shares_the_ship_and_is_no_member_is_shown_and_stops_nothing(quay: Harbor) -> None:
    shared = [
        {"name": "Blue Current Lines", "scac": "ZXAB", "manifest": "ams"},
        {"name": "Slot Taker", "scac": "ZZSL", "manifest": "ams"},
        {"name": "Good Neighbor", "scac": "ZZGN", "manifest": "ams"},
    ]
    neighbor = builders.a_user("Nora Neighbor")
    account = who.open_account(
        company=builders.a_company(neighbor, name="Good Neighbor Lines"), entity_type="sea_carrier",
        actor=neighbor, at=NOW,
    )  # fmt: skip
    for one, scac in ((quay.carrier, "ZXAB"), (account, "ZZGN")):
        who.set_identifier(account=one, scheme="scac", raw=scac, actor=quay.agent, at=NOW)
    quay.stands(account, VALIDATED, at=NOW)
    request = quay.file(carriers=shared)
    assert request.status == "approved"
    page = text(sign_in(quay.officer).get(f"/admin/lanes/{request.reference}/"))
    assert "Slot Taker (ZZSL) not a member" in page
    assert "Good Neighbor (ZZGN) member in good standing" in page
    assert "Blue Current Lines (ZXAB) " not in page
    quay.stands(account, SUSPENDED, at=NOW)
    page = text(sign_in(quay.officer).get(f"/admin/lanes/{request.reference}/"))
    assert "Good Neighbor (ZZGN) member, not in good standing" in page
