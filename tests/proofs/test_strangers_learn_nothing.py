"""P2: what belongs to others looks, byte for byte and in time, like what isn't there; pages and API alike."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, User
from accounts.policy.middleware import owners
from fastlane.scopes import MEMBERS_READ
from tests import builders
from tests.fastlane.conftest import Partner, a_partner
from tests.fastlane.wsgi import Reply, call
from tests.proofs.house import ALL, NOBODYS, OWNED, House, Route
from tests.world import size

PAIRS = size(200, 2_000)
WITHIN = 0.005  # seconds between the medians
STRANGERS = ("visitor", "half", "stranger", "tied")
# A tie keeps people out of casework; the auditor's rooms hold nothing to decide.
AUDITORS_ROOMS = {"audit_account", "audit_bundle"}
# A page of the public status list is nobody's.
PUBLIC = {"api:status_list"}
# What differs between any two answers: the reference of the request and the key of the form.
OWN_WORDS = re.compile(rb'[0-9a-f]{32}|name="csrfmiddlewaretoken" value="\w+"')


def plain(content: bytes, address: str) -> bytes:
    return OWN_WORDS.sub(b"*", content).replace(address.encode(), b"*")


def told(client: Client, method: str, address: str) -> tuple[int, str, bytes]:
    response = client.generic(method, address)
    where = str(response.headers.get("Location", "")).replace(address.replace("/", "%2F"), "*")
    body = b"".join(response) if response.streaming else response.content
    return response.status_code, where, plain(body, address)


def own_values(user: User) -> dict[str, Any]:
    """The company and account that this person does belong to."""
    with builders.system():
        membership = user.memberships.filter(ended_at=None).first()
        if membership is None:
            return {}
        account = Account.objects.filter(company=membership.company_id).first()
        return {"company": membership.company_id, "number": account.number}


def differences(house: House, name: str) -> tuple[list[str], int]:
    """Compare, on every route and method with an id in its address, what is another's with what isn't there."""
    client = house.client(name)
    found, compared = [], 0
    ways = [{}]
    if name == "stranger":
        ways.append(own_values(house.people[name]))  # one's own company, somebody else's row
    for route in ALL:
        if (
            not OWNED & set(route.arguments)
            or route.name in PUBLIC
            or (name == "tied" and route.name in AUDITORS_ROOMS)
        ):
            continue
        theirs = house.way(route, guide(house, route))
        for own in ways:
            there, missing = route.address(theirs | own), route.missing(theirs | own, but=own)
            if there is None or there == missing:
                continue
            for method in sorted(route.rows.keys() & {"GET", "POST"}):
                compared += 1
                one, other = told(client, method, there), told(client, method, missing)
                if one != other:
                    found.append(f"{name} {method} {route.name} {there} {missing}: {one[0]} and {other[0]}")
    return found, compared


def guide(house: House, route: Route) -> Client:
    """Somebody who is let in here, to find the address."""
    rows = route.rows.get("GET") or next(iter(route.rows.values()))
    name = next((str(who) for who in sorted(rows.who, key=str) if str(who) in house.people), "officer")
    return house.client(name)


@pytest.mark.parametrize("name", STRANGERS)
def test_foreign_and_missing_pages_are_the_same_in_every_byte(house: House, db: None, name: str) -> None:
    found, compared = differences(house, name)
    print(f"\n{name}: {compared} pairs, {len(found)} differences", *found, sep="\n")
    assert found == []
    assert compared > 100


def test_the_control_a_page_that_tells_is_found(house: House, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the finder raise another error for what is another's."""
    real = owners.company_of

    def leaky(argument: str, value: str) -> int | None:
        with builders.system():
            if real(argument, value) is not None:
                raise PermissionError("not yours")
        return None

    monkeypatch.setattr(owners, "company_of", leaky)
    client = house.client("stranger")
    client.raise_request_exception = False
    there, missing = f"/companies/{house.firms[0].company.pk}/", "/companies/999999999/"
    assert told(client, "GET", there) != told(client, "GET", missing)


# --- The API -------------------------------------------------------------------------------------------------------


@pytest.fixture
def machine(house: House, db: None) -> str:
    partner: Partner = a_partner("Nosy Lines", quota=10**6)
    return partner.token(MEMBERS_READ)


def answered(reply: Reply) -> tuple[int, bytes]:
    return reply.status, OWN_WORDS.sub(b"*", reply.body)


def test_foreign_and_missing_members_are_the_same_in_every_byte(house: House, machine: str) -> None:
    firm = house.firms[0]
    with builders.system():
        numbers = {row.scheme: row.value for row in firm.account.identifiers.all()} | {"account": firm.account.number}
    for scheme, number in numbers.items():
        missing = NOBODYS["number"] if scheme == "account" else "00-0000000"
        one = call(f"/api/v1/members/{scheme}/{number}", token=machine)
        other = call(f"/api/v1/members/{scheme}/{missing}", token=machine)
        assert answered(one) == answered(other), scheme
        assert one.status == 404


# --- Time ----------------------------------------------------------------------------------------------------------


def apart(foreign: Callable[[], object], missing: Callable[[], object], pairs: int = PAIRS) -> float:
    """How far the medians lie apart, in seconds; the two are asked in turn, each first as often as the other."""
    times: dict[int, list[float]] = {0: [], 1: []}
    for number in range(pairs + 5):
        for which in (0, 1) if number % 2 else (1, 0):
            began = time.perf_counter()
            (foreign, missing)[which]()
            if number >= 5:
                times[which].append(time.perf_counter() - began)
    return abs(statistics.median(times[0]) - statistics.median(times[1]))


def pairs_of(house: House, machine: str) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    firm, client = house.firms[0], house.client("stranger")

    def ask(path: str) -> Callable[[], object]:
        return lambda: client.get(path)

    def poll(number: str) -> Callable[[], object]:
        return lambda: call(f"/api/v1/members/account/{number}", token=machine)

    return {
        "company": (ask(f"/companies/{firm.company.pk}/"), ask("/companies/999999999/")),
        "account": (ask(f"/accounts/{firm.account.number}/"), ask(f"/accounts/{NOBODYS['number']}/")),
        "member": (poll(firm.account.number), poll(NOBODYS["number"])),
    }


@pytest.mark.parametrize("what", ["company", "account", "member"])
def test_the_time_tells_nothing_either(house: House, machine: str, what: str) -> None:
    # A busy machine may part them once; what tells something parts them each time.
    difference = min(apart(*pairs_of(house, machine)[what], pairs=PAIRS // 2) for _ in range(2))
    print(f"\n{what}: {PAIRS} pairs, medians {difference * 1000:.2f} ms apart")
    assert difference < WITHIN


def test_the_control_ten_milliseconds_are_seen(house: House, machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = owners.company_of
    theirs = str(house.firms[0].company.pk)

    def slow(argument: str, value: str) -> int | None:
        until = time.perf_counter() + 0.010
        while str(value) == theirs and time.perf_counter() < until:
            pass
        return real(argument, value)

    monkeypatch.setattr(owners, "company_of", slow)
    assert min(apart(*pairs_of(house, machine)["company"], pairs=40) for _ in range(2)) > WITHIN
