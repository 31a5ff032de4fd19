"""The terminal hears: its page, its people, and its system by webhook; nobody hears who has no business there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts import operations as who
from accounts import tenancy
from accounts.models import Account, Membership, Notice
from fastlane.lanes import announcing, operations
from fastlane.lanes.acting import Actor
from fastlane.lanes.models import LaneRequest
from fastlane.webhooks import operations as webhooks
from fastlane.webhooks import sending
from fastlane.webhooks.models import Delivery, Endpoint
from fastlane.webhooks.operations import Acting
from tests import builders
from tests.builders import NOW, system
from tests.fastlane.conftest import Partner, a_partner
from tests.fastlane.lanes.harbor import ETA, SUSPENDED, VALIDATED, Harbor, put_in_force, run_effects
from tests.fastlane.lanes.pages import sign_in, text
from tests.fastlane.lanes.test_api import REQUESTS, Caller
from tests.fastlane.webhooks.conftest import loopback  # noqa: F401 - fixture
from tests.fastlane.webhooks.receiver import Receiver, a_receiver

pytestmark = pytest.mark.usefixtures("loopback")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as made:
        yield made


def a_system(name: str, account: Account, url: str, *, acts: bool) -> Partner:
    made = a_partner(name)
    officer = Membership.objects.get(company=account.company_id).user
    who.grant_consent(account=account, partner=made.row, actor=officer, at=NOW, acts=acts)
    webhooks.create(partner=made.row, url=url, actor=Acting.machine(made.client_id), at=NOW, types=[announcing.CHANGED])
    return made


def suspend(quay: Harbor, *, at: Any = LATER) -> None:
    quay.stands(quay.carrier, SUSPENDED, at=at)
    run_effects("standing.changed", at=at)
    run_effects("lane.changed", at=at)


def told(partner: Partner) -> list[tuple[str, int]]:
    rows = Delivery.objects.filter(endpoint__partner=partner.row, type=announcing.CHANGED).order_by("pk")
    found = [webhooks.json.loads(row.body)["data"] for row in rows]
    return [(data["status"], data["order"]) for data in found]


def test_the_terminals_system_hears_of_the_approval_and_of_its_fall(quay: Harbor, receiver: Receiver) -> None:
    terminal = a_system("Gate System", quay.operator, receiver.url, acts=True)
    row = quay.file()
    run_effects("lane.changed", at=NOW)
    suspend(quay)
    assert [status for status, _order in told(terminal)] == ["approved", "void"]
    orders = [order for _status, order in told(terminal)]
    assert orders == sorted(orders)
    sending.drain(Endpoint.objects.get(partner=terminal.row).pk)
    assert [got.json["data"]["status"] for got in receiver.got] == ["approved", "void"]
    assert {tuple(got.json["data"]) for got in receiver.got} == {("request", "lane", "status", "order")}
    assert receiver.got[0].json["data"]["request"] == row.reference


def test_nobody_else_hears(quay: Harbor, receiver: Receiver) -> None:
    """A system that may look at both and acts for neither; the system of another terminal."""
    watcher = a_system("Watcher", quay.operator, receiver.url, acts=False)
    who.grant_consent(account=quay.carrier, partner=watcher.row, actor=quay.agent, at=NOW)
    keeper = builders.a_user("Nina Next")
    other = who.open_account(
        company=builders.a_company(keeper, name="Next Pier"), entity_type="marine_port_terminal_operator",
        actor=keeper, at=NOW,
    )  # fmt: skip
    neighbour = a_system("Next Pier System", other, receiver.url, acts=True)
    quay.file()
    run_effects("lane.changed", at=NOW)
    suspend(quay)
    assert (told(watcher), told(neighbour)) == ([], [])


def test_before_an_approval_the_carriers_system_hears_alone(quay: Harbor, receiver: Receiver) -> None:
    terminal = a_system("Gate System", quay.operator, receiver.url, acts=True)
    carrier = a_system("Fleet System", quay.carrier, receiver.url, acts=True)
    row = quay.file(facts=False)
    assert row.status == "manual_review"
    run_effects("lane.changed", at=NOW)
    assert (told(terminal), [status for status, _ in told(carrier)]) == ([], ["manual_review"])
    # A withdrawn request that was never approved is no news for the terminal; one that was is.
    operations.withdraw(request=row, reason="", actor=Actor(quay.agent), at=LATER)
    run_effects("lane.changed", at=LATER)
    assert told(terminal) == []
    approved = quay.file(voyage="119E")
    operations.withdraw(request=approved, reason="", actor=Actor(quay.agent), at=LATER)
    run_effects("lane.changed", at=LATER)
    assert [status for status, _ in told(terminal)] == ["approved", "withdrawn"]


def test_a_turn_is_announced_once_however_often_its_effect_runs(quay: Harbor, receiver: Receiver) -> None:
    terminal = a_system("Gate System", quay.operator, receiver.url, acts=True)
    row = quay.file()
    run_effects("lane.changed", at=NOW)
    before = told(terminal)
    for _turn in range(3):
        announcing.announce(row, status="approved", order=before[0][1], operator=row.operator_id, at=NOW)
    assert told(terminal) == before


def test_its_system_reads_the_call_and_changes_nothing(quay: Harbor, receiver: Receiver) -> None:
    terminal = a_system("Gate System", quay.operator, receiver.url, acts=True)
    watcher = a_system("Watcher", quay.operator, receiver.url, acts=False)
    eta = timezone.now() + timedelta(days=5)
    waiting = quay.file(at=timezone.now(), eta=eta, facts=False)
    approved = quay.file(at=timezone.now(), eta=eta, voyage="119E")
    call, foreign = Caller(terminal.token()), Caller(watcher.token())
    assert call("GET", f"{REQUESTS}/{approved.reference}").json()["status"] == "approved"
    assert call("GET", f"{REQUESTS}/{waiting.reference}").status_code == 404
    assert foreign("GET", f"{REQUESTS}/{approved.reference}").status_code == 404
    assert call("POST", f"{REQUESTS}/{approved.reference}/withdraw", {}).status_code == 404
    assert call("PATCH", f"{REQUESTS}/{approved.reference}", {"terminal": "W182"}).status_code == 404
    with system():
        consent = quay.operator.consents.get(partner=terminal.row)
        who.revoke_consent(consent=consent, actor=quay.keeper, at=timezone.now())
    assert call("GET", f"{REQUESTS}/{approved.reference}").status_code == 404


def test_the_database_lets_the_operator_see_what_was_approved_and_no_more(quay: Harbor) -> None:
    waiting, approved = quay.file(facts=False), quay.file(voyage="119E")
    keeper = builders.a_user("Nina Next")
    foreign = builders.a_company(keeper, name="Next Pier")
    for company, seen in ((quay.operator.company_id, {approved.pk}), (foreign.pk, set())):
        with tenancy.enter(tenancy.Scope.USER, companies=[company]):
            assert set(LaneRequest.objects.values_list("pk", flat=True)) == seen, company
            assert not LaneRequest.objects.filter(pk=approved.pk).update(voyage="1")
    assert waiting.operator_id == quay.operator.pk  # control: it is the approval that opens it


def test_whoever_runs_the_terminal_by_the_newest_rule_book_hears(quay: Harbor) -> None:
    keeper = builders.a_user("Nina Next")
    other = who.open_account(
        company=builders.a_company(keeper, name="Next Pier"), entity_type="marine_port_terminal_operator",
        actor=keeper, at=NOW,
    )  # fmt: skip
    row = quay.file()
    quay.stands(other, VALIDATED, at=NOW)
    put_in_force(quay, "handed over", [("terminals", "W185", {"operator_account": other.number})], at=LATER)
    run_effects("rulebook.in_force", at=LATER)
    run_effects("lane.changed", at=LATER)
    row.refresh_from_db()
    assert (row.status, row.operator) == ("approved", other)
    assert Notice.objects.filter(user=keeper, kind="lane.terminal").exists()


def test_a_call_that_moves_away_is_heard_where_it_was_approved(quay: Harbor, receiver: Receiver) -> None:
    terminal = a_system("Gate System", quay.operator, receiver.url, acts=True)
    row = quay.file()
    operations.amend(request=row, changes={"terminal": "W190"}, actor=Actor(quay.agent), at=LATER)
    run_effects("lane.changed", at=LATER)
    assert [status for status, _order in told(terminal)] == ["approved", "void"]
    assert Notice.objects.filter(user=quay.keeper, kind="lane.terminal").count() == 2


def test_the_page_tells_calls_and_why_an_approval_fell(quay: Harbor) -> None:
    with time_machine.travel(NOW, tick=False):
        client = sign_in(quay.keeper)
        address = f"/accounts/{quay.operator.number}/port-calls/"
        assert "No call yet" in text(client.get(address))
        quay.file()
        page = text(client.get(address))
        assert "Demonstration Star, 118E" in page
        assert "W185" in page
    suspend(quay)
    with time_machine.travel(LATER, tick=False):
        client = sign_in(quay.keeper)
        page = text(client.get(f"{address}?state=no"))
        assert "AQ-01" in page or "AQ-02" in page
        assert "ordinary preliminary entry" in page
        assert "No call is in this state" in text(client.get(f"{address}?state=yes"))
        assert client.get(f"/accounts/{quay.carrier.number}/port-calls/").status_code == 404
        assert sign_in(quay.agent).get(address).status_code == 404
        assert sign_in(quay.agent).get(f"/accounts/{quay.carrier.number}/port-calls/").status_code == 404


def test_the_list_keeps_its_filter_from_page_to_page(quay: Harbor) -> None:
    for number in range(30):
        quay.file(voyage=f"{number}E", eta=ETA)
    with time_machine.travel(NOW, tick=False):
        keeper = sign_in(quay.keeper)
        page = keeper.get(f"/accounts/{quay.operator.number}/port-calls/?state=yes").content.decode()
        assert 'href="?state=yes&amp;page=2"' in page
        carrier = sign_in(quay.agent).get(f"/accounts/{quay.carrier.number}/lanes/?state=yes&port=2704")
        assert 'href="?state=yes&amp;port=2704&amp;page=2"' in carrier.content.decode()
