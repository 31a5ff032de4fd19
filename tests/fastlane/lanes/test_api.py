"""The lanes' calls: what-if by the contract's document, filing with a key, changing, reporting, facts of the agency."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import operations as who
from accounts.models import Consent, Event, Notice
from fastlane.lanes.models import AgencyFact, LaneDecision, LaneRequest
from fastlane.publishing import keys
from fastlane.rules import LANES
from tests.builders import system
from tests.fastlane.conftest import Partner, a_partner
from tests.fastlane.lanes.harbor import FILING, GOOD_FACTS, Harbor, run_effects
from trusted_trader import statements

REQUESTS = "/api/v1/lanes/aqua/requests"
NEXT = (f"key-{number}" for number in range(10**6))


@pytest.fixture
def partner(quay: Harbor) -> Partner:
    made = a_partner("Blue Current IT")
    who.grant_consent(account=quay.carrier, partner=made.row, actor=quay.agent, at=timezone.now(), acts=True)
    return made


class Caller:
    def __init__(self, token: str) -> None:
        self.client, self.token = Client(), token

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        content = body if isinstance(body, str | bytes) else json.dumps(body) if body is not None else ""
        sent = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": next(NEXT)} | headers
        return self.client.generic(method, path, content, content_type="application/json", headers=sent)


@pytest.fixture
def call(partner: Partner) -> Caller:
    return Caller(partner.token())


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def filing(quay: Harbor, **changes: Any) -> dict[str, Any]:
    eta = timezone.now() + timedelta(days=5)
    carrier = {"scheme": "account", "value": quay.carrier.number}
    return deepcopy(FILING) | {"carrier": carrier, "eta": moment(eta)} | changes


def observed(**changes: Any) -> dict[str, Any]:
    facts = GOOD_FACTS | {path.replace("__", "."): value for path, value in changes.items()}
    now = moment(timezone.now())
    return {"facts": {p: {"value": v, "source": "Feed", "observed_at": now} for p, v in facts.items()}}


# --- What would happen if ---------------------------------------------------------------------------------------


def test_the_documents_of_the_lanes_answer_eligible(call: Caller):
    lanes = call("GET", "/api/v1/lanes").json()["lanes"]
    assert {lane["code"] for lane in lanes} == set(LANES)
    for lane in lanes:
        answer = call("POST", f"/api/v1/lanes/{lane['code']}/what-if", lane["example"]).json()
        assert (lane["code"], answer["outcome"], answer["rules"]) == (lane["code"], "eligible", [])


def test_a_what_if_tells_every_rule_that_fired_and_stores_nothing(call: Caller):
    facts = LANES["aqua"].example() | {"stowaways": 1, "passengers": 4}
    answer = call("POST", "/api/v1/lanes/aqua/what-if", facts, **{"Idempotency-Key": ""}).json()
    assert answer["outcome"] == "ineligible"
    assert [rule["code"] for rule in answer["rules"]] == ["AQ-24", "AQ-25"]
    assert all(rule["authority"] and rule["reason"] for rule in answer["rules"])
    with system():
        assert not LaneRequest.objects.exists()


BAD = [
    ("unknown field", {"captain": "Ahab"}, "/captain", "unknown_field"),
    ("wrong check digit", {"vessel": {"imo": "9703292", "type": "container"}}, "/vessel/imo", "check_digit"),
    ("time without zone", {"eta": "2026-12-14T09:30:00"}, "/eta", "zone"),
    ("impossible date", {"eta": "2026-02-30T09:30:00Z"}, "/eta", "date"),
    ("a flag for a number", {"passengers": True}, "/passengers", "type"),
]


@pytest.mark.parametrize(("changes", "pointer", "code"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_facts_are_refused_with_their_place(call: Caller, changes, pointer, code):
    response = call("POST", "/api/v1/lanes/aqua/what-if", LANES["aqua"].example() | changes)
    assert response.status_code == 400
    assert (pointer, code) in {(error["pointer"], error["code"]) for error in response.json()["errors"]}


TEXTS = {
    "doubled key": ('{"passengers": 0, "passengers": 1}', "duplicate_key"),
    "not a number": ('{"passengers": NaN}', "number"),
    "no JSON": ("{", "json"),
    "200 levels": ("[" * 200 + "]" * 200, "too_deep"),
    "100,000 levels": ("[" * 100_000, "too_deep"),
    "5 MB": ('{"a": "' + "x" * 5_000_000 + '"}', "too_large"),
    "not UTF-8": (b'{"a": "\xff"}', "json"),
}


@pytest.mark.parametrize(("text", "code"), TEXTS.values(), ids=TEXTS)
def test_a_body_that_is_no_sound_document_is_refused(call: Caller, text, code):
    response = call("POST", "/api/v1/lanes/aqua/what-if", text)
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == code


# --- Requests ---------------------------------------------------------------------------------------------------


def test_a_partner_files_polls_changes_and_withdraws(call: Caller, quay: Harbor):
    facts = call("PUT", "/api/v1/facts/port-calls/9703291/118E/2704", observed())
    assert facts.status_code == 200
    filed = call("POST", REQUESTS, filing(quay))
    assert filed.status_code == 201
    answer = filed.json()
    assert (answer["status"], answer["outcome"], answer["rules"]) == ("approved", "eligible", [])
    path = f"{REQUESTS}/{answer['id']}"
    assert filed.headers["Location"].endswith(path)
    polled = call("GET", path)
    assert polled.headers["ETag"] == filed.headers["ETag"]
    assert call("GET", path, **{"If-None-Match": polled.headers["ETag"]}).status_code == 304
    # Anyone can check the statement with the published keys.
    said = statements.verify(polled.json()["statement"], keys.jwks())
    assert said == {name: value for name, value in polled.json().items() if name != "statement"}
    later = moment(timezone.now() + timedelta(days=6))
    changed = call("PATCH", path, {"eta": later}).json()
    assert (changed["status"], changed["at"][:19]) == ("approved", later[:19])
    assert call("PATCH", path, {"port": "2709"}).status_code == 400
    assert call("POST", f"{path}/withdraw", {"reason": "Another berth."}).json()["status"] == "withdrawn"
    assert call("POST", f"{path}/withdraw").status_code == 409


def test_a_yes_is_not_told_a_moment_longer_than_its_reason(call: Caller, quay: Harbor):
    from tests.fastlane.lanes.harbor import SUSPENDED

    call("PUT", "/api/v1/facts/port-calls/9703291/118E/2704", observed())
    path = f"{REQUESTS}/{call('POST', REQUESTS, filing(quay)).json()['id']}"
    quay.stands(quay.carrier, SUSPENDED, at=timezone.now())
    # No worker has run yet.
    answer = call("GET", path).json()
    assert (answer["status"], answer["outcome"]) == ("void", "ineligible")
    assert [rule["code"] for rule in answer["rules"]] == ["AQ-02"]
    assert "ordinary preliminary entry" in answer["what_remains"]


def test_the_same_key_files_once_and_the_same_call_is_a_duplicate(call: Caller, quay: Harbor):
    body = filing(quay)
    first = call("POST", REQUESTS, body, **{"Idempotency-Key": "once"})
    again = call("POST", REQUESTS, body, **{"Idempotency-Key": "once"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert call("POST", REQUESTS, filing(quay), **{"Idempotency-Key": "once"}).status_code == 422
    assert call("POST", REQUESTS, body).status_code == 409
    with system():
        assert LaneRequest.objects.exclude(status="draft").count() == 1


WRONG = [
    ("no carrier", {"carrier": None}, 400, "/carrier"),
    ("no agent", {"agent": {"name": "A"}}, 400, "/agent/day_phone"),
    ("terminal of another port", {"terminal": "Y258"}, 400, "/terminal"),
    ("unknown terminal", {"terminal": "Q1"}, 400, "/terminal"),
    ("arrival in the past", {"eta": "2020-01-01T00:00:00Z"}, 400, "/eta"),
    ("voyage in another alphabet", {"voyage": "рейс 1"}, 400, "/voyage"),
    ("unknown field", {"remark": "x"}, 400, "/remark"),
]


@pytest.mark.parametrize(("changes", "status", "pointer"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_filing_is_refused_and_nothing_is_kept(call: Caller, quay: Harbor, changes, status, pointer):
    response = call("POST", REQUESTS, filing(quay, **changes))
    assert response.status_code == status
    assert pointer in {error["pointer"] for error in response.json()["errors"]}
    with system():
        assert not LaneRequest.objects.exists()


def test_only_who_may_file_files_and_strangers_see_nothing(call: Caller, quay: Harbor, partner: Partner):
    stranger = Caller(a_partner("Somebody Else").token())
    path = f"{REQUESTS}/{call('POST', REQUESTS, filing(quay)).json()['id']}"
    assert stranger("POST", REQUESTS, filing(quay)).status_code == 404
    foreign, missing = stranger("GET", path), stranger("GET", f"{REQUESTS}/AQ-2026-999999")
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert stranger("PATCH", path, {"terminal": "W190"}).status_code == 404
    # May look, but not file any more.
    with system():
        Consent.objects.filter(partner=partner.row).update(acts=False)
    assert call("GET", path).status_code == 200
    assert call("PATCH", path, {"terminal": "W190"}).status_code == 404
    with system():
        Consent.objects.filter(partner=partner.row).update(revoked_at=timezone.now())
    assert call("GET", path).status_code == 404


def test_scopes_part_the_calls(partner: Partner, quay: Harbor):
    reader = Caller(partner.token("lanes:read", "eligibility:read"))
    assert reader("POST", REQUESTS, filing(quay)).status_code == 403
    assert reader("PUT", "/api/v1/facts/port-calls/9703291/118E/2704", observed()).status_code == 403
    assert reader("GET", "/api/v1/lanes").status_code == 200
    assert Caller(partner.token("lanes:write"))("GET", "/api/v1/lanes").status_code == 403
    assert Caller("no-token")("GET", "/api/v1/lanes").status_code == 401


def test_arrival_is_reported_and_minutes_can_be_counted(call: Caller, quay: Harbor):
    call("PUT", "/api/v1/facts/port-calls/9703291/118E/2704", observed())
    eta = timezone.now() + timedelta(days=5)
    path = f"{REQUESTS}/{call('POST', REQUESTS, filing(quay)).json()['id']}"
    ahead = call("POST", f"{path}/events", {"kind": "all_fast", "happened_at": moment(eta)})
    assert (ahead.status_code, ahead.json()["errors"][0]["pointer"]) == (400, "/happened_at")
    now = moment(timezone.now())
    assert call("POST", f"{path}/events", {"kind": "party", "happened_at": now}).status_code == 400
    told = call("POST", f"{path}/events", {"kind": "all_fast", "happened_at": now})
    assert told.status_code == 201
    assert set(told.json()["events"]) == {"all_fast"}
    assert call("POST", f"{path}/events", {"kind": "all_fast", "happened_at": now}).status_code == 409


# --- The agency's facts -----------------------------------------------------------------------------------------


def test_facts_are_updated_in_part_and_decide_anew(call: Caller, quay: Harbor):
    filed = call("POST", REQUESTS, filing(quay)).json()
    assert filed["status"] == "manual_review"
    # What targeting has not said is not told to the carrier's system.
    assert all("holds" not in rule["reason"] for rule in filed["rules"])
    path = "/api/v1/facts/port-calls/9703291/118e/2704"
    call("PUT", path, observed())
    with system():
        run_effects("lane.facts", at=timezone.now())
    assert call("GET", f"{REQUESTS}/{filed['id']}").json()["status"] == "approved"
    one = {"facts": {"targeting.holds": {"value": 1, "source": "Targeting", "observed_at": moment(timezone.now())}}}
    known = call("PUT", path, one).json()["facts"]
    assert (known["targeting.holds"]["value"], known["isf.csm"]["value"]) == (1, True)
    with system():
        assert AgencyFact.objects.filter(path="targeting.holds").count() == 2  # the history stays


FACTS = [
    ("unknown fact", {"weather": {"value": 1, "source": "x", "observed_at": "2026-01-01T00:00:00Z"}}, "unknown_fact"),
    ("wrong type", {"fsmc_found": {"value": 3, "source": "x", "observed_at": "2026-01-01T00:00:00Z"}}, "type"),
    ("ahead", {"fsmc_found": {"value": True, "source": "x", "observed_at": "2099-01-01T00:00:00Z"}}, "future"),
    ("no zone", {"fsmc_found": {"value": True, "source": "x", "observed_at": "2026-01-01T00:00:00"}}, "zone"),
    ("no source", {"fsmc_found": {"value": True, "source": " ", "observed_at": "2026-01-01T00:00:00Z"}}, "required"),
    ("declared", {"passengers": {"value": 0, "source": "x", "observed_at": "2026-01-01T00:00:00Z"}}, "unknown_fact"),
    ("half", {"fsmc_found": {"value": True}}, "fields"),
]


@pytest.mark.parametrize(("facts", "code"), [row[1:] for row in FACTS], ids=[row[0] for row in FACTS])
def test_wrong_facts_are_refused_whole(call: Caller, quay: Harbor, facts, code):
    good = {"isf.csm": {"value": True, "source": "x", "observed_at": "2026-01-01T00:00:00Z"}}
    response = call("PUT", "/api/v1/facts/port-calls/9703291/118E/2704", {"facts": good | facts})
    assert response.status_code == 400
    assert code in {error["code"] for error in response.json()["errors"]}
    with system():
        assert not AgencyFact.objects.exists()


@pytest.mark.parametrize("call_path", ["9703292/118E/2704", "970/118E/2704", "9703291/118E/27"])
def test_a_port_call_that_can_not_be_is_refused(call: Caller, call_path):
    assert call("PUT", f"/api/v1/facts/port-calls/{call_path}", observed()).status_code == 400


def test_what_targeting_knows_is_told_by_no_code_reason_history_or_notice(call: Caller, quay: Harbor):
    facts = observed(targeting__holds=3, targeting__high_risk_bills=2, ean__open_on_voyage=False)
    call("PUT", "/api/v1/facts/port-calls/9703291/118E/2704", facts)
    filed = call("POST", REQUESTS, filing(quay)).json()
    assert filed["status"] == "manual_review"
    assert [rule["code"] for rule in filed["rules"]] == ["AQ-PERSON"]
    with system():
        run_effects("lane.changed", at=timezone.now())
        history = list(Event.objects.filter(subject=f"account:{quay.carrier.number}", internal=False))
        notices = list(Notice.objects.filter(user=quay.agent))
        kept = LaneDecision.objects.get(request__reference=filed["id"])
    told = json.dumps(filed) + "".join(f"{e.reason} {e.changes}" for e in history) + "".join(n.body for n in notices)
    assert notices
    assert "AQ-14" not in told
    assert "low risk" not in told
    # Control: the staff read it.
    assert kept.rules[0]["code"] == "AQ-14"
