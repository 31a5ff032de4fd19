"""The carrier's pages: file, see why, change, report, withdraw; what is wrong is told and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Membership
from fastlane.lanes import deciding
from fastlane.lanes.models import LaneRequest
from tests import builders
from tests.builders import NOW
from tests.fastlane.lanes.harbor import ETA, SUSPENDED, Harbor
from tests.fastlane.lanes.pages import FIELDS, sign_in, text
from trusted_trader.papers import signing


@pytest.fixture(autouse=True)
def at_the_harbors_time(quay: Harbor) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def agent(quay: Harbor) -> Client:
    return sign_in(quay.agent)


def base(quay: Harbor) -> str:
    return f"/accounts/{quay.carrier.number}/lanes/"


def a_draft(agent: Client, quay: Harbor) -> str:
    return str(agent.post(f"{base(quay)}new/").headers["Location"]).removesuffix("form/")


def newest(quay: Harbor) -> LaneRequest:
    return LaneRequest.objects.filter(account=quay.carrier).latest("pk")


def test_an_empty_list_says_what_one_needs(agent: Client, quay: Harbor) -> None:
    page = agent.get(base(quay))
    assert page.status_code == 200
    assert "No request yet" in text(page)
    assert "Ask for the fast lane" in text(page)


def test_a_filled_form_is_sent_and_decided(agent: Client, quay: Harbor) -> None:
    url = a_draft(agent, quay)
    draft = newest(quay)
    agent.post(f"{url}port-calls/", {"pasted": "SG,,2026-08-02,SGSIN", "version": draft.version})
    answer = agent.post(f"{url}form/", FIELDS | {"version": draft.version + 1, "send": "1"}, follow=True)
    row = newest(quay)
    assert row.status == "manual_review", text(answer)
    assert (row.imo, row.voyage, row.port, row.terminal, row.eta) == ("9703291", "118E", "2704", "W185", ETA)
    assert row.form["itinerary"] == [{"port": "Singapore", "country": "SG", "departed_on": "2026-11-01"}]
    assert row.form["operations"]["box_5"] is True
    page = text(answer)
    assert "A port officer looks at it" in page
    assert "AQ-12" in page
    assert "Rule set" in page
    assert "PST" in page  # arrival by the port's clocks
    assert "15:00 UTC" in page


def test_the_company_never_reads_what_targeting_knows(agent: Client, quay: Harbor) -> None:
    row = quay.draft()
    quay.observe(row)
    quay.observe(row, targeting__holds=7)
    quay.file(facts=False, voyage="119E")
    row = newest(quay)
    quay.observe(row)
    quay.observe(row, targeting__holds=7)
    deciding.recheck(row.pk, "facts", at=NOW)
    page = text(agent.get(f"{base(quay)}{row.reference}/"))
    assert "AQ-14" not in page  # the code would tell it as well
    assert "A person must look at this port call first." in page
    assert "not all low risk" not in page
    assert "High-risk bills" not in page
    assert "stow plan" in page.lower()


def test_a_wrong_imo_is_told_at_its_field_and_nothing_is_cleared(agent: Client, quay: Harbor) -> None:
    url = a_draft(agent, quay)
    answer = agent.post(f"{url}form/", FIELDS | {"ship.imo": "9703292", "version": 1})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'href="#id_ship.imo"' in page
    assert "check digit" in page
    assert 'value="9703292"' in page
    assert 'value="Harbor Agency"' in page
    assert newest(quay).imo == ""


def test_a_time_without_zone_is_refused_not_guessed(agent: Client, quay: Harbor) -> None:
    url = a_draft(agent, quay)
    answer = agent.post(f"{url}form/", FIELDS | {"eta_2": "", "version": 1})
    assert answer.status_code == 422
    assert "Choose the time zone. It is not guessed." in text(answer)


def test_a_time_that_clocks_skip_is_refused(agent: Client, quay: Harbor) -> None:
    url = a_draft(agent, quay)
    skipped = {"eta_0": "2027-03-14", "eta_1": "02:30", "eta_2": "America/Los_Angeles", "version": 1}
    assert "Give it in UTC instead" in text(agent.post(f"{url}form/", FIELDS | skipped))
    twice = {"eta_0": "2027-11-07", "eta_1": "01:30", "eta_2": "America/Los_Angeles", "version": 1}
    assert "Give it in UTC instead" in text(agent.post(f"{url}form/", FIELDS | twice))
    assert agent.post(f"{url}form/", FIELDS | twice | {"eta_2": "UTC"}).status_code == 302


def test_what_is_missing_is_told_when_sending_and_the_draft_is_kept(agent: Client, quay: Harbor) -> None:
    url = a_draft(agent, quay)
    answer = agent.post(f"{url}form/", FIELDS | {"agent.signature": "", "version": 1, "send": "1"})
    assert answer.status_code == 422
    assert 'href="#id_agent.signature"' in answer.content.decode()
    row = newest(quay)
    assert row.status == "draft"
    assert row.imo == "9703291"


def test_a_terminal_of_another_port_is_refused_at_its_field(agent: Client, quay: Harbor) -> None:
    url = a_draft(agent, quay)
    answer = agent.post(f"{url}form/", FIELDS | {"terminal": "Y258", "version": 1, "send": "1"})
    assert answer.status_code == 422
    assert "belongs to another port" in text(answer)
    assert 'href="#id_terminal"' in answer.content.decode()


def test_a_row_is_added_without_saving_and_without_script(agent: Client, quay: Harbor) -> None:
    url = a_draft(agent, quay)
    answer = agent.post(f"{url}form/", FIELDS | {"version": 1, "more": "carriers"})
    page = answer.content.decode()
    assert 'name="carriers.1.scac"' in page
    assert 'name="itinerary.1.port"' not in page
    assert 'value="ZXAB"' in page
    assert "There is a problem" not in page
    assert newest(quay).version == 1
    two = FIELDS | {"carriers.1.name": "Slot Charter", "carriers.1.scac": "zxcd", "carriers.1.manifest": "paper"}
    agent.post(f"{url}form/", two | {"version": 1})
    assert [row["scac"] for row in newest(quay).form["carriers"]] == ["ZXAB", "ZXCD"]


def test_a_stale_page_is_refused_and_both_are_shown(agent: Client, quay: Harbor) -> None:
    url = a_draft(agent, quay)
    agent.post(f"{url}form/", FIELDS | {"version": 1})
    answer = agent.post(f"{url}form/", FIELDS | {"voyage": "120W", "version": 1})
    assert answer.status_code == 409
    assert "What was saved meanwhile" in text(answer)
    page = answer.content.decode()
    assert 'value="120W"' in page  # mine
    assert "<dd>118E</dd>" in page  # theirs
    assert 'id="id_version" value="2"' in page
    assert newest(quay).voyage == "118E"
    agent.post(f"{url}form/", FIELDS | {"voyage": "120W", "version": 2})
    assert newest(quay).voyage == "120W"


def test_the_draft_is_saved_while_one_writes(agent: Client, quay: Harbor) -> None:
    url = a_draft(agent, quay)
    answer = agent.post(f"{url}autosave/", {"ship.name": "Half a name", "version": 1})
    assert 'data-version="2"' in answer.content.decode()
    assert newest(quay).form["ship"]["name"] == "Half a name"
    assert agent.post(f"{url}autosave/", {"ship.name": "Older", "version": 1}).status_code == 409
    assert agent.post(f"{url}autosave/", {"ship.imo": "1", "version": 2}).status_code == 422


ROWS = ["country,region,date,locode", *["SG,,2026-08-02,SGSIN"] * 9_999]


def test_ten_bad_rows_of_ten_thousand_are_all_told_and_nothing_is_kept(agent: Client, quay: Harbor) -> None:
    url = a_draft(agent, quay)
    rows = list(ROWS)
    bad = [7, 100, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_999]
    for line in bad:
        rows[line - 1] = "SG,atlantis,2026-08-02,SGSIN" if line % 2 else "SG,,2026-02-30,SGSIN"
    file = SimpleUploadedFile("calls.csv", "\n".join(rows).encode())
    answer = agent.post(f"{url}port-calls/", {"file": file, "version": 1})
    assert answer.status_code == 422
    told = text(answer)
    assert "10 things to mend in 9999 rows" in told
    assert all(f"Line {line}, " in told for line in bad)
    assert "port_calls" not in newest(quay).form
    good = SimpleUploadedFile("calls.csv", "\n".join(ROWS).encode())
    agent.post(f"{url}port-calls/", {"file": good, "version": 1})
    assert len(newest(quay).form["port_calls"]) == 9_999


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe\x00SG", "no text in UTF-8"),
        (b"nation,date\nSG,2026-08-02", "not known"),
        (b"SG,,2026-08-02,SGSIN,more", "more columns"),
        (b"SG;;02.08.2026", "Give a date like"),
        (b"JP,republic_of_korea,2026-08-02", "lies in KR"),
        (b",,2026-08-02", "Give a value"),
    ],
)
def test_a_list_that_cannot_be_read_says_why(agent: Client, quay: Harbor, data: bytes, said: str) -> None:
    url = a_draft(agent, quay)
    answer = agent.post(f"{url}port-calls/", {"file": SimpleUploadedFile("c.csv", data), "version": 1})
    assert answer.status_code == 422
    assert said in text(answer)


def test_rows_pasted_from_a_sheet_are_taken(agent: Client, quay: Harbor) -> None:
    url = a_draft(agent, quay)
    agent.post(f"{url}port-calls/", {"pasted": "Date\tCountry\n2026-08-02\tSG\n", "version": 1})
    assert newest(quay).form["port_calls"] == [{"country": "SG", "date": "2026-08-02"}]


def test_a_change_of_terminal_ends_the_approval_and_says_so(agent: Client, quay: Harbor) -> None:
    row = quay.file()
    assert row.status == "approved"
    url = f"{base(quay)}{row.reference}/"
    change = {"voyage": "118E", "terminal": "w190", "eta_0": f"{ETA:%Y-%m-%d}", "eta_1": "15:00", "eta_2": "UTC"}
    agent.post(f"{url}change/", change | {"version": row.version})
    page = text(agent.get(url))
    assert newest(quay).status == "void"  # the approval fell, and the other terminal's operator is no member
    assert "AQ-03" in page
    assert "A refusal of this lane is not a refusal to unlade" in page


def test_a_stale_change_is_refused_and_shows_what_stands(agent: Client, quay: Harbor) -> None:
    row = quay.file()
    url = f"{base(quay)}{row.reference}/"
    change = {"voyage": "121E", "terminal": "W185", "eta_0": f"{ETA:%Y-%m-%d}", "eta_1": "15:00", "eta_2": "UTC"}
    answer = agent.post(f"{url}change/", change | {"version": row.version - 1})
    assert answer.status_code == 409
    assert "Saved now: 118E" in text(answer)
    assert 'value="121E"' in answer.content.decode()


def test_arrival_is_reported_and_the_minutes_stand_there(agent: Client, quay: Harbor) -> None:
    row = quay.file()
    url = f"{base(quay)}{row.reference}/"
    with time_machine.travel(ETA + timedelta(hours=3), tick=False):
        agent = sign_in(quay.agent)
        for kind, clock in (("all_fast", "15:10"), ("first_container", "15:32"), ("crew_cleared", "17:10")):
            when = {"happened_at_0": f"{ETA:%Y-%m-%d}", "happened_at_1": clock, "happened_at_2": "UTC"}
            assert agent.post(f"{url}arrival/", {"kind": kind} | when).status_code == 302
        page = text(agent.get(url))
    assert "22 minutes from all fast to the first container" in page
    assert "The crew waited 120 minutes" in page


def test_a_withdrawn_request_can_be_asked_again(agent: Client, quay: Harbor) -> None:
    row = quay.file()
    url = f"{base(quay)}{row.reference}/"
    agent.post(f"{url}withdraw/", {"reason": "Another berth."})
    assert newest(quay).status == "withdrawn"
    agent.post(f"{base(quay)}new/", {"from": row.reference})
    again = newest(quay)
    assert again.status == "draft"
    assert again.form["ship"]["imo"] == "9703291"
    assert "signature" not in again.form["agent"]
    assert again.eta is None


def test_the_papers_are_signed_and_say_what_was_filed(agent: Client, quay: Harbor) -> None:
    row = quay.file()
    url = f"{base(quay)}{row.reference}/"
    form = agent.get(f"{url}form-3171.pdf")
    decision = agent.get(f"{url}decisions/{row.decisions.get().pk}.pdf")
    for paper in (form, decision):
        assert paper.headers["Content-Type"] == "application/pdf"
        assert signing.verify(paper.content).holds


def test_roles_see_what_is_theirs(quay: Harbor) -> None:
    row = quay.file()
    url = f"{base(quay)}{row.reference}/"
    colleagues = {}
    for role in ("contact", "company_user", "vessel_agent", "consultant"):
        user = builders.a_user(f"Cora {role}")
        Membership.objects.create(user=user, company=quay.carrier.company, role=role, started_at=NOW)
        colleagues[role] = sign_in(user)
    answers = {role: client.get(url).status_code for role, client in colleagues.items()}
    assert answers == dict.fromkeys(colleagues, 200)
    assert colleagues["consultant"].post(f"{url}withdraw/", {"reason": "No."}).status_code == 403
    assert "Withdraw the request" not in text(colleagues["consultant"].get(url))
    assert "Withdraw the request" in text(colleagues["vessel_agent"].get(url))
    assert colleagues["vessel_agent"].post(f"{url}withdraw/", {"reason": "Done."}).status_code == 302


def test_a_stranger_gets_404_everywhere(quay: Harbor) -> None:
    row = quay.file()
    stranger = sign_in(builders.a_user("Stella Stranger"))
    url = f"{base(quay)}{row.reference}/"
    for path in ("", "form/", "port-calls/", "form-3171.pdf", f"decisions/{row.decisions.get().pk}.pdf"):
        assert stranger.get(f"{url}{path}").status_code == 404, path
    assert stranger.get("/lanes/aqua/what-if/", {"request": row.reference}).status_code == 404


def test_the_list_is_filtered_by_its_address(agent: Client, quay: Harbor) -> None:
    sent, draft = quay.file(), quay.draft(voyage="300W")
    all_, open_, drafts = (text(agent.get(base(quay), {"state": s})) for s in ("", "yes", "draft"))
    assert sent.reference in all_
    assert draft.reference in all_
    assert sent.reference in open_
    assert draft.reference not in open_
    assert draft.reference in drafts
    assert "No request is in this state" in text(agent.get(base(quay), {"state": "past"}))
    assert sent.reference not in text(agent.get(base(quay), {"port": "2002"}))


def test_a_fallen_approval_says_why_after_a_suspension(agent: Client, quay: Harbor) -> None:
    row = quay.file()
    quay.stands(quay.carrier, SUSPENDED, at=NOW + timedelta(minutes=1))
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        deciding.recheck(row.pk, "standing", at=NOW + timedelta(minutes=2))
        page = text(agent.get(f"{base(quay)}{row.reference}/"))
    assert "The carrier is not in good standing" in page
    assert "stated in a public source" in page


def test_an_importers_account_has_no_lane_page(quay: Harbor) -> None:
    importer = builders.an_account(quay.agent, quay.carrier.company)
    client: Any = sign_in(quay.agent)
    assert client.get(f"/accounts/{importer.number}/lanes/").status_code == 404
